"""The body closes: everything that was accepted moves in one transaction, or nothing does."""

import logging
from collections.abc import Callable
from datetime import date, datetime

from access.operations import operation
from access.operations.inheriting import bind, inherit
from access.principal import PORTAL, Principal, clockwork
from access.refusals import Invalid, NotNow
from actions.models import Action
from actions.operations.passing import take_over
from agencies.holding import clocks_of
from agencies.models import Agency, MemberKind, Membership, QSGMember, Seat
from agencies.operations import add_membership, add_qsg_member, add_seat, end_qsg_member
from agencies.operations.closing import end_what_is_held, mark_closed, pass_area
from agencies.roster import not_over, standing
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import hand_over
from clocks.operations.ticking import alive
from providers.succession.operations import pass_commissioning
from successions import rules
from successions.models import HandingOver, Succession
from successions.operations.offering import check_open, open_one, stays_of
from successions.operations.telling import newcomers_untold, tell_of_newcomers
from successions.reading import held_in_directory, held_in_sight, left_of
from successions.rules import Held
from timekeeping.london import london_day

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
"""Bodies closed in one run of the task, so that it ends in good time; the next run goes on."""


@operation("succession.closed")
def close_body(*, by: Principal, now: datetime, succession: Succession) -> Succession:
    """Close the body: what was accepted is its successors' from now on, and every role, seat and post there ends.

    The owner on old records never changes; the predecessor's conflicts bind whoever takes something over.

    Raises:
        NotPermitted: `by` is neither an administrator of the portal nor the clockwork.
        NotNow: the day has not come, something is not accepted, a taker has closed itself, or what was accepted cannot
            stand any more; it says which.
    """
    by.require("membership.manage", at=PORTAL)
    held, day = open_one(succession), london_day(now)
    body = _locked(held)
    check_due(held, day)
    offers = _still_held(held, body, day)
    gone = next((one.to for one in offers if one.to.closed_on), None)
    if gone:
        raise NotNow(
            f"{body} cannot close yet. {gone} was to take something over, and has closed. Undo this and open it again"
            " with another body. Nothing was changed."
        )
    try:
        _move(held, body, offers, by=by, now=now, day=day)
    except Invalid as fault:
        said = " ".join(f"{sentence.rstrip('.')}." for sentence in fault.errors.values())
        raise NotNow(f"{body} cannot close yet. {said} Nothing was changed.") from None
    held.state, held.ended_at, held.ended_by_id = rules.CLOSED, now, by.user_id
    held.save(update_fields=["state", "ended_at", "ended_by"])
    detail = {"succession": str(held.pk), "body": str(body.pk), "on": str(held.on)}
    record_deed(by=by, now=now, deed="succession.closed", detail=detail)
    return held


def check_due(succession: Succession, day: date) -> None:
    """Refuse a closing for which it is not time, in a few questions; what is found as things move is not asked here.

    Raises:
        NotNow: it is over, the day has not come, or something is not accepted.
    """
    check_open(succession)
    left = left_of(succession, day)
    refusal = rules.too_early(succession.on, day) or rules.not_yet(left, succession.body.name)
    if refusal:
        raise NotNow(refusal)


def _locked(succession: Succession) -> Agency:
    """Hold the body and whoever takes something over, in one order for everybody: none of them closes meanwhile."""
    takers = succession.offers.filter(state=rules.ACCEPTED).values_list("to_id", flat=True)
    wanted = Agency.objects.filter(pk__in={succession.body_id, *takers})
    return {one.pk: one for one in wanted.select_for_update().order_by("pk")}[succession.body_id]


def _still_held(succession: Succession, body: Agency, day: date) -> list[HandingOver]:
    """Return what was accepted of what the body holds still: what ended since does not come back at the successor."""
    here = {one.key for one in (*held_in_directory(body, day), *held_in_sight(body))}
    accepted = succession.offers.filter(state=rules.ACCEPTED).select_related("to", "person", "succession")
    return [one for one in accepted.prefetch_related("people") if one.key in here]


def _move(
    succession: Succession,
    body: Agency,
    offers: list[HandingOver],
    *,
    by: Principal,
    now: datetime,
    day: date,
) -> None:
    """Move everything, in an order in which each step finds what it needs: people before seats, groups before seats."""
    seats = {one.pk: one for one in Seat.objects.filter(agency=body).select_related("qsg")}
    members = {one.pk: one for one in QSGMember.objects.filter(agency=body).select_related("qsg")}
    for agency in {one.to for one in offers}:
        bind(successor=agency.pk, predecessor=body.pk, now=now)
    try:
        _pass_in_sight(body, offers, by=by, now=now)
    except (Invalid, NotNow):  # its words may tell the desk what it is not told
        raise NotNow(rules.not_yet([Held(rules.INTELLIGENCE, body.pk)], body.name)) from None
    roles = end_what_is_held(by=by, now=now, agency=body, day=day)
    steps: dict[str, Callable[[HandingOver], object]] = {
        rules.PEOPLE: lambda one: _people(one, roles, by=by, now=now, day=day),
        rules.MEMBERSHIP: lambda one: _member(one, members[one.thing], by=by, now=now, day=day),
        rules.SEAT: lambda one: _seat(one, seats[one.thing], by=by, now=now, day=day),
        rules.AREA: lambda one: pass_area(agency=body, to=one.to, source=f"the successor of {body}"),
        rules.BUYING: lambda one: pass_commissioning(
            agency=body, to=one.to, day=day, source=f"the successor of {body}"
        ),
    }
    for kind, step in steps.items():
        for one in offers:
            if one.kind == kind:
                step(one)
    mark_closed(agency=body, on=succession.on)


def _pass_in_sight(body: Agency, offers: list[HandingOver], *, by: Principal, now: datetime) -> None:
    """Hand over intelligence, actions and deadlines; those about what the body looked after go with that."""
    for one in offers:
        if one.kind == rules.INTELLIGENCE:
            inherit(
                successor=one.to_id,
                predecessor=one.thing,
                exceptions=stays_of(one),
                handlers=[person.pk for person in one.people.all()],
                by=by,
                now=now,
            )
        elif one.kind == rules.ACTION:
            take_over(by=by, now=now, action=Action.objects.get(pk=one.thing), to=one.to)
        elif one.kind == rules.CLOCK:
            hand_over(clock=Clock.objects.get(pk=one.thing), by=by, now=now, to=one.to_id)
    heirs = {one.thing: one for one in offers if one.kind == rules.INTELLIGENCE}
    for clock in clocks_of(body):
        heir = heirs.get(clock.record.owner_id)
        if heir is None or clock.record_id in stays_of(heir):
            raise Invalid({"": "A deadline is nobody's then; a lead of the body must look at what it holds"})
        hand_over(clock=clock, by=by, now=now, to=heir.to_id)


def _people(one: HandingOver, roles: list[Membership], *, by: Principal, now: datetime, day: date) -> None:
    """Give those who go over the same roles at the successor, until the day on which they would have ended."""
    wanted = {person.pk for person in one.people.all()}
    for role in roles:
        if role.user_id in wanted:
            add_membership(
                by=by,
                now=now,
                user=role.user,
                agency=one.to,
                role=role.role,
                starts_on=max(day, role.starts_on),
                ends_on=role.ends_on,
            )


def _member(one: HandingOver, member: QSGMember, *, by: Principal, now: datetime, day: date) -> None:
    """Let the successor be in the group as long as the body was to be; a guest there becomes a member where it was one.

    Where the successor is to join later by itself, it is there in the body's place until then.
    """
    start, until = max(day, member.starts_on), member.ends_on
    theirs = QSGMember.objects.filter(not_over(start), qsg=member.qsg_id, agency=one.to_id)
    for here in theirs.order_by("starts_on"):
        if until is not None and here.starts_on >= until:
            break
        if here.kind not in (member.kind, MemberKind.FULL):
            end_qsg_member(by=by, now=now, member=here, ends_on=max(start, here.starts_on))
        elif here.starts_on <= start:
            return
        else:
            until = here.starts_on
            break
    add_qsg_member(
        by=by, now=now, qsg=member.qsg, agency=one.to, kind=member.kind, starts_on=start, ends_on=until
    )


def _seat(one: HandingOver, seat: Seat, *, by: Principal, now: datetime, day: date) -> None:
    """Seat whoever was named; where that person has such a seat for the successor already, it stands."""
    held = Seat.objects.filter(
        standing(day), qsg=seat.qsg_id, user=one.person_id, agency=one.to_id, kind=seat.kind
    )
    if held.exists() or one.person is None:
        return
    add_seat(
        by=by,
        now=now,
        qsg=seat.qsg,
        user=one.person,
        agency=one.to,
        kind=seat.kind,
        cleared=seat.cleared,
        starts_on=max(day, seat.starts_on),
        ends_on=seat.ends_on,
    )


def close_due(*, now: datetime) -> int:
    """Close the bodies whose day has come and of which everything is accepted; return how many. Run again, it goes on."""
    closed, day = 0, london_day(now)
    due = Succession.objects.filter(state=rules.OPEN, on__lte=day).select_related("body").order_by("on", "pk")
    for one in due:
        if closed == MOST_AT_ONCE:
            break
        try:
            closed += _close(one, now)
        except Exception:
            if not alive():
                raise
            log.exception(
                "the body of succession %s could not close", one.pk
            )  # one that fails holds up no other
    return closed


def _close(succession: Succession, now: datetime) -> bool:
    """Close one, and say whether it did; what waits an administrator sees on its page."""
    try:
        close_body(by=clockwork(now), now=now, succession=succession)
    except NotNow:
        if answer := newcomers_untold(succession, now):
            tell_of_newcomers(by=clockwork(now), now=now, answer=answer)
        return False
    return True
