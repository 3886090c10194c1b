"""The alert and the call list: who must be reached, and who was, here or by telephone."""

from collections.abc import Iterable, Set
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from access.operations import list_participants, operation
from access.principal import OWN_BODY, Principal, clockwork
from access.refusals import Invalid, NotNow
from agencies.models import Agency, Membership, Role
from agencies.rules import READING_ROLES
from agencies.stand_ins import standing
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import Start, meet, start_clocks
from clocks.rules.states import OPEN
from notifications.models import Message
from notifications.operations import acknowledge, told_by_phone
from providers.models import Provider
from risk_summits.models import CalledBody, PhoneCall, RiskSummit, Room
from risk_summits.operations.entering import enter, fact, guard, happened, log
from risk_summits.operations.people import cleared_holders, conflicted, listed_at, representatives
from risk_summits.rules import calling

FAMILY = "summit_alert"


def alert_bodies(
    room: Room, agencies: Iterable[UUID], *, by: Principal, now: datetime, besides: Iterable[Start] = ()
) -> None:
    """Start the alert of each body called, and the room's clocks that start with them.

    Whoever calls has acknowledged: for their own body it is met at once.
    """
    starts = [Start(FAMILY, responsible_agency=one, known=one == by.agency_id) for one in agencies]
    start_clocks(record=room.record, starts=[*starts, *besides], by=by, now=now)


def alert_seat_holders(room: Room, *, by: Principal, now: datetime) -> None:
    """Start the alert of each cleared seat-holder of the home group, about the headline; the caller's is met at once."""
    holders = cleared_holders(room.summit, now)
    starts = [Start(FAMILY, responsible_person=one, known=one == by.user_id) for one in holders]
    if starts:
        start_clocks(record=room.summit.record, starts=starts, by=by, now=now)


def acknowledge_alert(*, by: Principal, now: datetime, summit: RiskSummit) -> int:
    """Say "I have this": whatever this person was told of the summit's alerts is acknowledged.

    It reaches them and the body they act for. That another body has it is said by ``tell_by_phone``.

    Args:
        by: needs ``summit.acknowledge`` at their own body.
        now: the moment.
        summit: one in their sight.

    Returns:
        How many alerts waited.
    """
    by.require("summit.acknowledge", at=OWN_BODY)
    waiting = list(waiting_alerts(by, summit))
    for message in waiting:
        acknowledge(message=message, by=by, now=now)
    return len(waiting)


def waiting_alerts(by: Principal, summit: RiskSummit) -> QuerySet[Message]:
    """Return this person's alerts about a summit and its room that were not acknowledged or told."""
    return Message.objects.filter(
        recipient_id=by.user_id,
        record_id__in=[summit.pk, summit.room.pk],
        event=f"clock.{FAMILY}",
        acknowledged_at=None,
        told_at=None,
    ).order_by("written_at")


@operation("summit.told_by_phone")
def tell_by_phone(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    clock: UUID,
    person: UUID | None = None,
    whom: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> PhoneCall:
    """Record "told by phone by … at …" on the call list: the alert counts as received.

    Args:
        by: needs ``summit.call`` at the summit; or, for a body's alert, to be of that body.
        now: the moment.
        room: the room.
        clock: the alert.
        person: who was told, of those it is for who were sent it.
        whom: the name of somebody else who was told.
        happened_at: when, if not now.
        decided: marks of what looks like a patient's and, a person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    room = enter(by=by, room=room)
    by.require("summit.call", at=room)
    alert = Clock.objects.filter(pk=clock, family=FAMILY, record_id__in=[room.pk, room.summit_id]).first()
    if alert is None:
        raise Invalid({"clock": "Choose somebody on the call list."})
    if not alert.is_open:
        raise NotNow("This body or person has been reached already. Nothing more is needed.")
    at = happened(room, happened_at, now=now)
    sent = alert_messages([alert.pk]).filter(recipient__in=alert_for(alert))
    message = sent.filter(recipient_id=person).first() if person else None
    name = message.recipient.full_name if message else whom.strip()
    if not name:
        raise Invalid({"whom": "Say who was told."})
    let_through = guard({"whom": whom}, decided=decided, whom=calling.LONGEST_NAME)
    call = PhoneCall.objects.create(clock=alert, whom=name, **fact(room, by=by, now=now, happened_at=at))
    if message and not message.reached and at >= message.written_at:
        told_by_phone(message=message, by=by, now=now, happened_at=at)
    if Clock.objects.filter(pk=alert.pk, state__in=OPEN).exists():
        meet(clock=alert, by=by, now=now, happened_at=at, how="by_phone")
    log(room, by=by, now=now, deed="summit.told_by_phone", clock=str(alert.pk), **let_through)
    return call


def alert_for(alert: Clock) -> list[UUID]:
    """Return whom an alert is for: the seat-holder, or the people listed for the body; not all who were told of it."""
    if alert.responsible_person_id:
        return [alert.responsible_person_id]
    return listed_at(alert.record_id, [alert.responsible_agency_id])


def alert_messages(clocks: Iterable[UUID]) -> QuerySet[Message]:
    """Return the alerts sent for these clocks, with whom they went to."""
    messages = Message.objects.filter(topic__in=list(clocks), event=f"clock.{FAMILY}")
    return messages.select_related("recipient").order_by("written_at", "recipient__full_name")


@operation("summit.body_called")
def call_body(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    agency: UUID,
    why: str,
    essential: bool = False,
    decided: Set[str] = frozenset(),
) -> CalledBody:
    """Call another body to the summit, or mark one that was called as essential (NQB ch. 5, l.842).

    Args:
        by: needs ``summit.call`` at the summit.
        now: the moment.
        room: the room.
        agency: the body.
        why: why it is needed, in a few words.
        essential: the response does not count as met without it.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    by.require("summit.call", at=room)
    body = Agency.objects.filter(pk=agency, closed_on__isnull=True).first()
    if body is None:
        raise Invalid({"agency": "Choose a body."})
    called, let_through = room.called.filter(agency=body).first(), {}
    if called is None:
        let_through = guard({"why": why}, decided=decided, why=calling.LONGEST_LINE)
        called = _call(room, body, why, essential=essential, by=by, now=now)
    elif called.essential == essential:
        raise NotNow(f"{body} has been called already. Nothing was changed.")
    else:
        called.essential = essential
        called.save(update_fields=["essential"])
    log(
        room,
        by=by,
        now=now,
        deed="summit.body_called",
        agency=str(body.pk),
        essential=essential,
        **let_through,
    )
    return called


def _call(room: Room, body: Agency, why: str, *, essential: bool, by: Principal, now: datetime) -> CalledBody:
    provider: Provider = room.summit.provider
    if body.pk in conflicted(provider.pk, now)[0]:
        raise NotNow(f"An interest of {body} in this provider is recorded, so it would see nothing here.")
    if not why.strip():
        raise Invalid({"why": "Say in a few words why it is needed."})
    called = CalledBody.objects.create(
        agency=body,
        strength=calling.ASK,
        why=why.strip(),
        essential=essential,
        **fact(room, by=by, now=now),
    )
    people = sorted(representatives([body.pk], room.summit.home, provider.pk, now)[body.pk])
    list_participants(summit=room.record, people=[(user, body.pk) for user in people], now=now)
    alert_bodies(room, [body.pk], by=by, now=now)
    return called


@operation("summit.person_listed")
def list_person(*, by: Principal, now: datetime, room: Room, agency: UUID, person: UUID) -> None:
    """List a person at a body called: they are in the room while both are current.

    Args:
        by: needs ``summit.call`` at the summit, or to be a lead of that body.
        now: the moment.
        room: the room.
        agency: a body called.
        person: somebody who reads intelligence there.
    """
    room = enter(by=by, room=room)
    if not (by.agency_id == agency and by.may("summit.bring", at=OWN_BODY)):
        by.require("summit.call", at=room)
    people = Membership.objects.filter(
        standing(now), user_id=person, agency_id=agency, role__in=READING_ROLES, user__is_active=True
    )
    if not people.exists() or not room.called.filter(agency_id=agency).exists():
        raise Invalid({"person": "Choose somebody who reads intelligence at a body called."})
    if person in conflicted(room.summit.provider_id, now)[1]:
        raise Invalid({"person": "An interest of theirs in this provider is recorded. Choose somebody else."})
    list_participants(summit=room.record, people=[(person, agency)], now=now)
    log(room, by=by, now=now, deed="summit.person_listed", person=str(person), agency=str(agency))


def bring_in_the_next(clock: Clock, *, at: datetime, now: datetime) -> None:
    """List a body's leads when nobody of it has acknowledged for an hour, so that they can be told.

    An effect of the alert's clock, in the tick's transaction.
    """
    if clock.responsible_agency_id is None:
        return
    room = Room.objects.select_related("record", "summit").get(pk=clock.record_id)
    leads = Membership.objects.filter(
        standing(now), agency_id=clock.responsible_agency_id, role=Role.AGENCY_LEAD, user__is_active=True
    )
    shut_out = conflicted(room.summit.provider_id, now)[1]
    people = [user for user in leads.values_list("user_id", flat=True) if user not in shut_out]
    agency = clock.responsible_agency_id
    list_participants(summit=room.record, people=[(user, agency) for user in people], now=now)
    for user in people:
        record_deed(
            by=clockwork(now),
            now=now,
            deed="summit.person_listed",
            record=room.pk,
            detail={"person": str(user), "agency": str(agency)},
        )
