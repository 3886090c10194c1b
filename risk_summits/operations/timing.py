"""Bringing a room's clocks in step with its facts: how soon they meet, who leads by when, when they meet again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from access.principal import Principal
from actions.operations import outstanding_for
from clocks.models import Clock
from clocks.operations import correct, fall_due, meet, start_clock, stop
from clocks.rules.states import CORRECTED, OPEN, STOPPED, counts_as_met
from meetings.models import Meeting, Proceedings
from meetings.operations import essential_to, present_at
from meetings.rules import HELD
from risk_summits.models import Room
from risk_summits.operations.facts import failure_at, terms
from risk_summits.operations.holding import acceptance, derive_holdings
from risk_summits.rules import response
from risk_summits.rules.response import Held
from risk_summits.rules.ring import AGREED

RESPONSE, RING, FOLLOW_UP = "response", "ring", "follow_up"


def newest(room: Room, family: str) -> Clock | None:
    """Return the newest clock of a family that was neither stopped nor replaced."""
    held = Clock.objects.filter(record=room.pk, family=family, replaced_by=None).exclude(state=STOPPED)
    return held.order_by("started_recorded_at", "started_at").last()


def stop_clocks(room: Room, families: Iterable[str], *, reason: str, by: Principal, now: datetime) -> None:
    """Stop the open clocks of these families, of the room and of its headline."""
    held = Clock.objects.filter(
        record_id__in=[room.pk, room.summit_id], family__in=list(families), state__in=OPEN
    )
    for clock in held.order_by("started_at", "pk"):
        stop(clock=clock, by=by, now=now, reason=reason)


def settle(room: Room, *, by: Principal, now: datetime) -> None:
    """Bring the response's clocks in step with what is now known.

    An earlier judgement recorded later, a mistyped start, or 48 hours that become 24, stops the
    clock as corrected and starts another; both stay (clocks.md). Meetings already recorded are
    asked again whether they meet it.
    """
    wanted = terms(room)
    if wanted is None:
        stop_clocks(room, (RESPONSE, RING), reason=CORRECTED, by=by, now=now)
        derive_holdings(room, now=now)
        return
    _align_response(room, wanted, by=by, now=now)
    _align_ring(room, wanted, by=by, now=now)
    derive_holdings(room, now=now)
    meetings_counted(room, by=by, now=now)


def _align_response(room: Room, wanted: response.Terms, *, by: Principal, now: datetime) -> None:
    clock = newest(room, RESPONSE)
    if clock is None:
        start_clock(
            kind=wanted.kind,
            record=room.record,
            by=by,
            now=now,
            started_at=wanted.started_at,
            chosen=wanted.chosen,
        )
        return
    same = clock.started_at == wanted.started_at
    length = (clock.due_at - clock.started_at) * clock.speed
    if same and (not clock.is_open or length == timedelta(hours=wanted.hours)):
        return
    correct(clock=clock, by=by, now=now, started_at=wanted.started_at, kind=wanted.kind, chosen=wanted.chosen)


def _align_ring(room: Room, wanted: response.Terms, *, by: Principal, now: datetime) -> None:
    """Keep the clock that waits for the lead in step, until that is decided."""
    if room.ring_decided_at is not None and room.ring_decided_at < wanted.started_at:
        room.ring_decided_at = None  # it was decided before the judgement, as that now stands: not at all
        room.save(update_fields=["ring_decided_at"])
    if room.ring_decided_at is not None:
        return
    length = timedelta(hours=wanted.hours)
    clock = newest(room, RING)
    if clock is None:
        start_clock(
            kind=RING, record=room.record, by=by, now=now, started_at=wanted.started_at, chosen=length
        )
    else:
        half = min(length / 2, timedelta(hours=12)) / clock.speed
        if (clock.started_at, clock.due_at - clock.started_at) != (wanted.started_at, half):
            clock = correct(clock=clock, by=by, now=now, started_at=wanted.started_at, chosen=length)
            _meet_agreed_late(room, clock, by=by, now=now)
    room.refresh_from_db(fields=["ring_decided_at", "version"])


def _meet_agreed_late(room: Room, clock: Clock, *, by: Principal, now: datetime) -> None:
    """Meet a clock that was corrected to a time before the agreement: it was agreed, but late."""
    holding = derive_holdings(Room.objects.select_related("record", "summit").get(pk=room.pk), now=now)
    if clock.is_open and clock.fell_due_at < now and holding.basis == AGREED:
        agreed_at = acceptance(room, holding.agency_id).accepted_at
        meet(clock=clock, by=by, now=now, happened_at=agreed_at, how="agreed")


def held_meetings(room: Room, now: datetime) -> list[tuple[Meeting, Held]]:
    """Return the meetings of a room that were held, as the rule asks about them."""
    held = Meeting.objects.filter(of=room.pk, status=HELD).order_by("opened_at", "pk")
    return [(one, held_as(one, one.proceedings.latest("number"), now)) for one in held]


def held_as(meeting: Meeting, proceedings: Proceedings, now: datetime) -> Held:
    """Return how a meeting was held by one version of its record, as the rule asks about it."""
    return Held(
        purpose=meeting.purpose,
        opened_at=proceedings.opened_at,
        ended_at=proceedings.closed_at or now,
        goes_on=proceedings.went_on,
        present=present_at(proceedings),
    )


def counting(room: Room, now: datetime) -> list[tuple[Meeting, datetime]]:
    """Return the meetings that count as the bodies having met to respond, each with the moment at which it opened."""
    judged_at, found = failure_at(room), []
    for meeting, held in held_meetings(room, now):
        opened_at = response.response_opened_at(held, judged_at)
        if opened_at is not None and counts_as_met(
            RESPONSE, held.present, essential_bodies(room, meeting, opened_at)
        ):
            found.append((meeting, opened_at))
    return found


def essential_bodies(room: Room, meeting: Meeting | None, opened_at: datetime) -> frozenset[UUID]:
    """Return the bodies without whom the response does not count as met (clocks.md).

    The body that leads at that moment, the lead commissioner, and those marked essential: on
    the call list, or to the meeting.
    """
    leads = room.ringholdings.filter(superseded_at=None, starts_at__lte=opened_at).latest("number")
    marked = set(room.called.filter(essential=True).values_list("agency_id", flat=True))
    if room.lead_commissioner_id:
        marked.add(room.lead_commissioner_id)
    return frozenset(marked | {leads.agency_id} | (essential_to(meeting) if meeting else frozenset()))


def meetings_counted(room: Room, *, by: Principal, now: datetime) -> None:
    """Ask of every meeting held whether it decides who leads, meets the response clock, or the follow-up."""
    judged_at = failure_at(room)
    held = held_meetings(room, now)
    first = response.first_opened([one for _, one in held], judged_at)
    if first is None:
        return
    ring = newest(room, RING)
    if ring is not None and ring.is_open and room.ring_decided_at is None:
        fall_due(clock=ring, event="meeting opened", by=by, now=now, happened_at=first[0])
        room.refresh_from_db(fields=["ring_decided_at", "version"])
        derive_holdings(room, now=now)
    for meeting, one in held:
        opened_at = response.response_opened_at(one, judged_at)
        if opened_at is not None:
            _count(room, meeting, one, opened_at, by=by, now=now)


def _count(
    room: Room, meeting: Meeting, held: Held, opened_at: datetime, *, by: Principal, now: datetime
) -> None:
    """Let one response meeting meet the clock that waits for it, and start the wait for the next."""
    clock = newest(room, RESPONSE)
    essential = essential_bodies(room, meeting, opened_at)
    if clock is not None and clock.is_open:
        if not counts_as_met(RESPONSE, held.present, essential):
            return
        meet(clock=clock, by=by, now=now, happened_at=opened_at, how=_how(meeting))
    waiting = newest(room, FOLLOW_UP)
    if waiting is not None and opened_at <= waiting.started_at:
        return
    if waiting is not None and waiting.is_open:
        meet(clock=waiting, by=by, now=now, happened_at=opened_at, how=_how(meeting))
    if room.summit.ended_at is None and action_is_outstanding(room):
        start_clock(
            kind=FOLLOW_UP,
            record=room.record,
            by=by,
            now=now,
            started_at=opened_at,
            chosen=f"{room.follow_up_days}d",
        )


def action_is_outstanding(room: Room) -> bool:
    """Say whether action is still to be taken: some was asked and is not done, or none was asked yet."""
    return outstanding_for(room.record) > 0 or not room.record.children.filter(kind="action").exists()


def _how(meeting: Meeting) -> str:
    return f"held_{meeting.proceedings.latest('number').how}"
