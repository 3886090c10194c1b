"""Who is told of what is offered and answered, and what the inbox says: by office, and of nothing that is hidden from some.

Each sentence says "something": what it is stands on the succession's page, for whoever may know it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from access.models import Record
from access.operations import operation
from access.principal import OWN_BODY, PORTAL, Principal, principal_of
from access.sight import visible_to
from agencies.models import Agency
from agencies.places import NOBODY
from agencies.stand_ins import administrators_of, leads_of, portal_administrators
from audit.operations import record_deed
from notifications.events import Event, Office, Row
from notifications.models import Message
from notifications.operations import tell
from successions import rules
from successions.models import HandingOver, Succession
from successions.reading import came_since, leads_who_see, may_answer, records_of, seats_of_the_portal
from timekeeping.london import day_in_words, london_day

OFFERED, TAKEN_BACK, ANSWERED = "succession.offered", "succession.taken_back", "succession.answered"
POLICY = "a body that closes"


def tell_of_offers(event: str, offers: Iterable[HandingOver], *, by: Principal, now: datetime) -> None:
    """Tell those who answer these offers, of one succession, that they were made or taken back; once for each body."""
    theirs: dict[UUID, list[HandingOver]] = {}
    for one in offers:
        theirs.setdefault(one.to_id, []).append(one)
    for to, given in theirs.items():
        people = [one for one in _who_answer(to, given, now) if one != by.user_id]
        tell(
            record=None,
            event=event,
            to=people,
            now=now,
            topic=given[0].succession_id,
            detail={"to": str(to)},
        )


def newcomers_untold(succession: Succession, now: datetime) -> HandingOver | None:
    """Return the answer that people came since of whom it does not say whether they go over, where nobody was told of that."""
    answer = succession.offers.filter(kind=rules.PEOPLE, state=rules.ACCEPTED).first()
    if answer is None or not came_since(succession, london_day(now)):
        return None
    told = Message.objects.filter(event=OFFERED, topic=succession.pk, detail=_of_newcomers(answer))
    return None if told.filter(written_at__gte=answer.answered_at).exists() else answer


@operation("succession.newcomers_told")
def tell_of_newcomers(*, by: Principal, now: datetime, answer: HandingOver) -> None:
    """Tell those who may say it that people came to a closing body of whom it is not said whether they go over.

    Args:
        by: the clockwork, or an administrator of the portal.
        now: the moment.
        answer: the accepted offer of the body's people.

    Raises:
        NotPermitted: `by` is neither.
    """
    by.require("membership.manage", at=PORTAL)
    people = administrators_of(answer.to_id, now=now)[answer.to_id]
    detail = _of_newcomers(answer)
    tell(record=None, event=OFFERED, to=people, now=now, topic=answer.succession_id, detail=detail)
    deed = "succession.newcomers_told"
    record_deed(
        by=by, now=now, deed=deed, detail={"succession": str(answer.succession_id), "to": detail["to"]}
    )


def _of_newcomers(answer: HandingOver) -> dict[str, object]:
    return {"to": str(answer.to_id), "since": True}


def tell_of_the_answer(offer: HandingOver, *, by: Principal, now: datetime) -> None:
    """Tell whoever offered a thing what was answered; where they offer nothing there any more, those who now do."""
    offerers = _who_offer(offer, now)
    mine = [one for one in offerers if one == offer.offered_by_id]
    people = [one for one in mine or offerers if one != by.user_id]
    detail = {"to": str(offer.to_id), "offer": str(offer.pk), "state": offer.state}
    tell(record=None, event=ANSWERED, to=people, now=now, topic=offer.succession_id, detail=detail)


def _who_answer(to: UUID, offers: Iterable[HandingOver], now: datetime) -> list[UUID]:
    """Return who answers at a body: for people its administrators, for the rest its leads, as far as they see what it is."""
    given = list(offers)
    portals = seats_of_the_portal(one.thing for one in given if one.kind == rules.SEAT)
    records = records_of(given)
    seen = leads_who_see(records.values(), to, now)
    leads, administrators = leads_of(to, now), administrators_of(to, now=now)[to]
    people: list[UUID] = []
    for one in given:
        if one.thing in records:
            people += seen[records[one.thing].pk]
        elif one.kind not in rules.PEOPLES:
            people += leads
        elif one.thing not in portals:
            people += administrators
    return list(dict.fromkeys(people))


def _who_offer(offer: HandingOver, now: datetime) -> list[UUID]:
    if offer.kind not in rules.IN_SIGHT:
        return portal_administrators(now)
    body = offer.succession.body_id
    for seeing in leads_who_see(records_of([offer]).values(), body, now).values():
        return seeing
    return leads_of(body, now)


def _answers(by: Principal) -> Q:
    """Return what is told to whoever answers for a body now: of what is to go to their own."""
    if not any(by.may(code, at=OWN_BODY) for code in ("succession.answer", "people.manage")):
        return Q(topic=NOBODY)
    theirs = Succession.successors.through.objects.filter(agency=by.agency_id)
    return Q(topic__in=theirs.values("succession_id"))


def _offers(by: Principal) -> Q:
    """Return what is told to whoever offers: the desk, and leads of the body that closes."""
    if by.may("membership.manage", at=PORTAL):
        return Q()
    if not by.may("succession.offer", at=OWN_BODY):
        return Q(topic=NOBODY)
    return Q(topic__in=Succession.objects.filter(body=by.agency_id).values("pk"))


def _others_who_answer(message: Message, now: datetime) -> Iterable[UUID]:
    return _who_answer(UUID(message.detail["to"]), _waiting(message), now)


def _others_who_offer(message: Message, now: datetime) -> Iterable[UUID]:
    return _who_offer(HandingOver.objects.select_related("succession").get(pk=message.detail["offer"]), now)


def _nobody_else(message: Message, now: datetime) -> Iterable[UUID]:
    return ()


OFFICES = {
    OFFERED: Office(holds=_answers, line=_others_who_answer),
    TAKEN_BACK: Office(holds=_answers, line=_nobody_else),
    ANSWERED: Office(holds=_offers, line=_others_who_offer),
}


def _waiting(message: Message) -> list[HandingOver]:
    """Return what waits there for an answer, its first or another, as far as was known when it was written."""
    live = HandingOver.objects.filter(
        succession=message.topic, succession__state=rules.OPEN, to=message.detail["to"], state__in=rules.LIVE
    ).select_related("to", "succession")
    day = london_day(message.written_at)
    return [
        one
        for one in live
        if one.state == rules.WAITING or (one.kind == rules.PEOPLE and came_since(one.succession, day))
    ]


def _still_waits(message: Message) -> bool:
    """Say whether something waits for this recipient: a mail tells nobody of what only others may answer."""
    by, waiting = principal_of(message.recipient_id), _waiting(message)
    portals = seats_of_the_portal(one.thing for one in waiting)
    records = records_of(waiting)
    theirs = Record.objects.filter(pk__in=[one.pk for one in records.values()])
    seen = set(visible_to(by, theirs).values_list("pk", flat=True))
    return any(
        may_answer(by, one, portals) and (one.thing not in records or records[one.thing].pk in seen)
        for one in waiting
    )


SUCCESSIONS = Succession.objects.select_related("body")
TAKERS = Agency.objects.all()


def _about(message: Message) -> list[Row]:
    return [(SUCCESSIONS, message.topic), (TAKERS, UUID(message.detail["to"]))]


def _both(message: Message) -> tuple[Succession, Agency]:
    of, to = _about(message)
    return message.facts[of], message.facts[to]


def _over(held: Succession) -> str:
    """Return what is so since, where nothing is offered or answered any more; else ""."""
    if held.state == rules.UNDONE:
        return f"{held.body} does not close after all. Nothing that it holds is offered any more."
    if held.state == rules.CLOSED:
        return f"{held.body} has closed. What it held was accepted, and nothing of it waits for an answer."
    return ""


def _offered_sentence(message: Message, now: datetime) -> str:
    held, to = _both(message)
    return _over(held) or (
        f"{held.body} closes, and is gone from {day_in_words(held.on)}. Something that it holds was offered to {to}. Its"
        " page says what waits for your answer."
    )


def _taken_back_sentence(message: Message, now: datetime) -> str:
    held, to = _both(message)
    return _over(held) or (
        f"Something that {held.body} holds was offered to {to}, and is no longer. Its page says what waits for your answer."
    )


def _answered_sentence(message: Message, now: datetime) -> str:
    held, to = _both(message)
    if over := _over(held):
        return over
    if message.detail["state"] == rules.ACCEPTED:
        return f"{to} accepted something that {held.body} holds."
    return (
        f"{to} declined something that {held.body} holds, and says why. {held.body} cannot close before somebody takes it:"
        " its page says what is to be offered again."
    )


def _address(message: Message) -> str:
    return reverse("successions:detail", args=[message.topic])


EVENTS = (
    Event(OFFERED, POLICY, _offered_sentence, still=_still_waits, about=_about, address=_address),
    Event(TAKEN_BACK, POLICY, _taken_back_sentence, about=_about, address=_address),
    Event(ANSWERED, POLICY, _answered_sentence, about=_about, address=_address),
)
"""What people are told about successions; registered, with whose office each is, when the app is made ready."""
