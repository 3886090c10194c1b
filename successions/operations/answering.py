"""What is answered at the successor: accepted, or declined with a reason. Nothing moves before the body closes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted, check_lengths
from access.sight import must_see
from actions.models import Action
from actions.operations.passing import keep_back
from agencies.holding import people_of
from agencies.models import Membership, Seat
from agencies.operations.dated import not_to_oneself
from agencies.roster import not_over
from agencies.rules import READING_ROLES
from reference.personal_data import sentence, undecided
from successions import rules
from successions.models import HandingOver
from successions.operations.offering import log_offer, of_open_succession
from successions.operations.telling import tell_of_the_answer
from successions.reading import came_since, may_answer, records_of, seats_of_the_portal
from timekeeping.london import london_day

LONGEST_REASON = 1000


@operation("succession.accepted")
def accept(
    *,
    by: Principal,
    now: datetime,
    offer: HandingOver,
    person: UUID | None = None,
    people: Sequence[UUID] = (),
) -> HandingOver:
    """Accept one thing for the body that it is offered to.

    Args:
        by: whoever answers for that body: an administrator for people and seats, a lead for the rest.
        now: the moment.
        offer: not answered yet; of people also one accepted before, where others act for the body since.
        person: for a seat, who sits there from the day on.
        people: of the people who act for the closing body, those who go over; for intelligence, who handles what is closed.

    Raises:
        Http404: an action, or what a deadline is about, is out of sight.
        NotPermitted: `by` does not answer for that body, may not fill the seat, or names themselves.
        NotNow: it was answered or taken back, or the succession is over.
        Invalid: nobody is named for a seat, or somebody who cannot be.
    """
    day = london_day(now)
    held = _answerable(by, offer, rules.ACCEPTED, day)
    if held.kind == rules.SEAT:
        _check_seat(by, held, person, day)
    elif held.kind == rules.PEOPLE:
        _check_people(by, held, people, day)
    elif held.kind == rules.INTELLIGENCE:
        _check_handlers(by, held, people, day)
    held.state, held.answered_at, held.answered_by_id = rules.ACCEPTED, now, by.user_id
    held.person_id = person if held.kind == rules.SEAT else None
    held.save(update_fields=["state", "answered_at", "answered_by", "person"])
    held.people.set(people if held.kind in (rules.PEOPLE, rules.INTELLIGENCE) else [])
    held.behind.set(_asked_about(held, day) - set(people) if held.kind == rules.PEOPLE else [])
    tell_of_the_answer(held, by=by, now=now)
    log_offer("succession.accepted", held, by=by, now=now)
    return held


@operation("succession.declined")
def decline(*, by: Principal, now: datetime, offer: HandingOver, reason: str) -> HandingOver:
    """Decline one thing, with a reason: it needs another taker before the body can close. Also what was accepted before.

    Raises:
        Http404: an action, or what a deadline is about, is out of sight.
        NotPermitted: `by` does not answer for that body.
        NotNow: it was declined or taken back, or the succession is over.
        Invalid: no reason, one too long, or one that names a patient.
    """
    held = _answerable(by, offer, rules.DECLINED, london_day(now))
    check_lengths({"reason": reason}, {"reason": LONGEST_REASON})
    if not reason.strip():
        raise Invalid({"reason": "Say why it is declined"})
    found = undecided({"reason": reason}, decided=frozenset(), before=[])
    if found:
        raise Invalid({field: sentence(one) for field, one in found.items()})
    if held.kind == rules.ACTION:
        keep_back(by=by, now=now, action=Action.objects.get(pk=held.thing), offered_to=held.to)
    held.state, held.answered_at, held.answered_by_id = rules.DECLINED, now, by.user_id
    held.reason = reason.strip()
    held.save(update_fields=["state", "answered_at", "answered_by", "reason"])
    tell_of_the_answer(held, by=by, now=now)
    log_offer("succession.declined", held, by=by, now=now)
    return held


def _answerable(by: Principal, offer: HandingOver, state: str, day: date) -> HandingOver:
    held = of_open_succession(offer)
    portals = seats_of_the_portal([held.thing])
    if held.kind not in rules.PEOPLES:
        by.require("succession.answer", at=held.to, sentence=f"Only a lead of {held.to} answers this.")
    elif not may_answer(by, held, portals):
        whose = "the portal: it gives such a seat" if held.thing in portals else held.to
        raise NotPermitted(f"Only an administrator of {whose} answers this.")
    for record in records_of([held]).values():
        must_see(by, record)
    done = held.state == state and not (held.kind == rules.PEOPLE and came_since(held.succession, day))
    if done or state not in rules.OFFER_TRANSITIONS[held.state]:
        words = rules.OFFER_WORDS[held.state].lower()
        raise NotNow(f"This is {words}, so that cannot be done now. Nothing was changed.")
    return held


def may_sit(offer: HandingOver, day: date) -> list[UUID]:
    """Return who could sit for the body something is offered to: its readers, and people of the closing body who go over."""
    at = Membership.objects.filter(not_over(day), role__in=READING_ROLES, user__is_active=True)
    taken = HandingOver.objects.filter(
        succession=offer.succession_id, kind=rules.PEOPLE, to=offer.to_id, state=rules.ACCEPTED
    )
    coming = at.filter(agency=offer.succession.body_id, user__in=taken.values("people"))
    rows = at.filter(agency=offer.to_id) | coming
    return list(rows.values_list("user_id", flat=True).distinct())


def _check_seat(by: Principal, offer: HandingOver, person: UUID | None, day: date) -> None:
    seat = Seat.objects.filter(pk=offer.thing).first()
    if seat is None:
        raise NotNow("This seat is held no longer, so there is nothing to accept.")
    not_to_oneself(by, person)
    if person is None or person not in may_sit(offer, day):
        raise Invalid({"person": f"Choose somebody who acts for {offer.to}, or goes over to it"})


def _asked_about(offer: HandingOver, day: date) -> set[UUID]:
    """Return everybody who acts for the closing body: an answer says of each whether they go over."""
    return set(people_of(offer.succession.body, day).values_list("user_id", flat=True))


def _check_people(by: Principal, offer: HandingOver, people: Sequence[UUID], day: date) -> None:
    if not set(people) <= _asked_about(offer, day):
        raise Invalid({"people": f"Choose among those who act for {offer.succession.body}"})
    for one in people:
        not_to_oneself(by, one)


def _check_handlers(by: Principal, offer: HandingOver, people: Sequence[UUID], day: date) -> None:
    if not set(people) <= set(may_sit(offer, day)):
        raise Invalid({"people": f"Choose among those who read at {offer.to}, or go over to it"})
    for one in people:
        not_to_oneself(by, one)
