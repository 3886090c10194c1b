"""The response: sooner when it cannot wait, how often they meet, and what a regulatory step would do."""

from collections.abc import Iterable, Set
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow, NotPermitted
from clocks.operations import Start, meet, start_clocks
from clocks.rules.states import OPEN
from meetings.models import Meeting
from risk_summits.models import ImpactAssessment, ImpactRequest, Room
from risk_summits.operations.entering import ROOMS, enter, fact, guard, happened, log, own_call
from risk_summits.operations.facts import failure_at, terms
from risk_summits.operations.holding import ring_clock, rule_facts
from risk_summits.operations.retelling import follow_correction
from risk_summits.operations.stating import reveal_if_due
from risk_summits.operations.timing import FOLLOW_UP, RESPONSE, essential_bodies, newest, settle
from risk_summits.rules import response, ring
from risk_summits.rules.calling import LONGEST_LINE
from timekeeping.london import moment_in_words

IMPACT = "impact"


@operation("summit.brought_forward")
def bring_forward(
    *, by: Principal, now: datetime, room: Room, hours: int, reason: str, decided: Set[str] = frozenset()
) -> Room:
    """Ask the bodies to meet sooner: within 2, 4, 8 or 12 hours of the judgement (NQB ch. 5, l.858).

    Args:
        by: needs ``summit.convene`` at the summit.
        now: the moment.
        room: the room; before or after the judgement.
        hours: of the judgement; shorter than it stands.
        reason: why it cannot wait.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    by.require("summit.convene", at=room)
    standing = terms(room)
    response.check_sooner(
        hours,
        reason,
        current=min(filter(None, [room.sooner_hours, standing.hours if standing else None]), default=None),
    )
    let_through = guard({"reason": reason}, decided=decided, reason=LONGEST_LINE)
    room.sooner_hours, room.sooner_reason = hours, reason.strip()
    log(
        room,
        by=by,
        now=now,
        deed="summit.brought_forward",
        save=("sooner_hours", "sooner_reason"),
        hours=hours,
        **let_through,
    )
    settle(room, by=by, now=now)
    return room


@operation("summit.follow_up_set")
def set_follow_up(*, by: Principal, now: datetime, room: Room, days: int) -> Room:
    """Say how often the bodies meet while action is outstanding: 7 days unless they agree on another number.

    It counts from the next meeting held. Needs ``summit.convene`` at the summit.
    """
    room = enter(by=by, room=room)
    by.require("summit.convene", at=room)
    room.follow_up_days = response.follow_up_days(days)
    log(room, by=by, now=now, deed="summit.follow_up_set", save=("follow_up_days",), days=days)
    return room


# What the room tells its meetings: see meetings.registry


def hold(of: Record) -> None:
    """Hold the room for this transaction, as every deed in it does: whoever changes a meeting of it waits for that."""
    Room.objects.select_for_update().get(pk=of.pk)


def after_held(*, meeting: Meeting, by: Principal, now: datetime) -> None:
    """Reveal the views, decide who leads, meet the clocks: a meeting of this room was recorded as held.

    What was held before the summit was closed may still be written down; it changes nothing more.
    """
    room = ROOMS.select_for_update(of=("self",)).get(pk=meeting.of_id)
    if room.summit.ended_at is not None:
        if meeting.opened_at is not None and meeting.opened_at > room.summit.ended_at:
            raise NotNow("This risk summit had been closed by then. Call a new one if the worry is new.")
        return
    reveal_if_due(room, by=by, now=now)
    follow_correction(room, meeting, by=by, now=now)
    settle(room, by=by, now=now)


def earliest(of: object, purpose: str) -> tuple[datetime, str] | None:
    """Return the moment before which a meeting of this room cannot have opened, and its name.

    A response meeting answers the judgement: *opened* is at or after it.
    """
    room = Room.objects.select_related("record").get(pk=of.pk)  # type: ignore[attr-defined]
    judged_at = failure_at(room)
    if purpose != response.JUDGEMENT and judged_at is not None:
        return judged_at.replace(second=0, microsecond=0), "the judgement it answers"
    return room.record.happened_at.replace(second=0, microsecond=0), "the summit was called"


def before_held(
    of: object, *, purpose: str, opened_at: datetime, closed_at: datetime | None, went_on: bool
) -> str:
    """Say that an agreed lead would give way: the meeting opened, and so decided who leads, before it was agreed."""
    room = Room.objects.select_related("record", "home_holder").get(pk=of.pk)  # type: ignore[attr-defined]
    judged_at, clock, leads = failure_at(room), ring_clock(room), room.holding()
    if judged_at is None or clock is None or room.ring_decided_at or leads.basis != ring.AGREED:
        return ""
    held = response.Held(purpose, opened_at, closed_at or judged_at, went_on, frozenset())
    decides_at = response.response_opened_at(held, judged_at)
    if decides_at is None or decides_at >= clock.due_at:
        return ""
    then = ring.holder(
        room.home_holder_id,
        judged_at=judged_at,
        opened_at=decides_at,
        due_at=None,
        now=decides_at,
        **rule_facts(room),  # type: ignore[arg-type]
    )
    if then.basis == ring.AGREED:
        return ""
    return (
        f"This opened before {leads.agency} was agreed as lead. Who leads is decided when the bodies meet, so if you "
        f"save it, {room.home_holder} leads from then, {moment_in_words(decides_at)}. Look at the time again, or ring "
        f"{leads.agency} first."
    )


def before_convened(of: object, *, purpose: str, starts_at: datetime) -> str:
    """Say that a meeting would open after the deadline that it is to meet."""
    family = {response.RESPONSE: RESPONSE, response.FOLLOW_UP: FOLLOW_UP}.get(purpose)
    room = Room.objects.get(pk=of.pk)  # type: ignore[attr-defined]
    clock = newest(room, family) if family else None
    if clock is None or not clock.is_open or starts_at <= clock.due_at:
        return ""
    return f"This is after the deadline, {moment_in_words(clock.due_at)}. If you convene it, the deadline will be missed."


def bodies_called(of: object) -> list[UUID]:
    """Return the bodies called."""
    room = Room.objects.get(pk=of.pk)  # type: ignore[attr-defined]
    return list(room.called.values_list("agency_id", flat=True))


def who_must_be_there(of: object) -> list[UUID]:
    """Return the bodies without whom a response meeting does not count as the bodies having met."""
    room = Room.objects.select_related("record").get(pk=of.pk)  # type: ignore[attr-defined]
    must = essential_bodies(room, None, room.holding().starts_at)
    return list(room.called.filter(agency_id__in=must).values_list("agency_id", flat=True))


# Rapid impact assessment (NQB ch. 5, l.840)


@operation("summit.impact_asked")
def ask_for_impact(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    step: str,
    agencies: Iterable[UUID],
    due_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> ImpactRequest:
    """Ask bodies called what a regulatory step that CQC considers would do; each answers or declines.

    Args:
        by: a lead of CQC.
        now: the moment.
        room: the room.
        step: what is considered, such as closing a service.
        agencies: the bodies asked.
        due_at: by when; 24 hours unless CQC says otherwise.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    own = own_call(room, by)
    if own.agency.kind != "cqc":
        raise NotPermitted("Only CQC asks for a rapid impact assessment: it is about what CQC considers.")
    by.require("summit.impact", at=OWN_BODY, sentence="A lead for CQC asks this. Ring yours.")
    if not step.strip():
        raise Invalid({"step": "Say what is considered."})
    let_through = guard({"step": step}, decided=decided)
    wanted = set(agencies)
    asked = room.called.filter(agency_id__in=wanted).exclude(agency=own.agency).select_related("agency")
    if not wanted or {one.agency_id for one in asked} != wanted:
        raise Invalid({"agencies": "Choose at least one of the other bodies called."})
    if due_at is not None and due_at <= now:
        raise Invalid({"due_at": "Give a time that has not passed."})
    waiting = ImpactAssessment.objects.filter(
        request__room=room, agency_id__in=wanted, answered_at=None, clock__state__in=OPEN
    ).select_related("agency")
    if waiting:
        raise NotNow(f"{waiting[0].agency} has been asked already and has not answered yet.")
    starts = [Start(IMPACT, chosen=due_at, responsible_agency=one.agency_id) for one in asked]
    clocks = start_clocks(record=room.record, starts=starts, by=by, now=now)
    request = ImpactRequest.objects.create(
        step=step.strip(),
        due_at=max(clock.due_at for clock in clocks),
        **fact(room, by=by, now=now),
    )
    ImpactAssessment.objects.bulk_create(
        ImpactAssessment(request=request, agency_id=one.agency_id, clock=clock)
        for one, clock in zip(asked, clocks, strict=True)
    )
    log(room, by=by, now=now, deed="summit.impact_asked", asked=len(clocks), **let_through)
    return request


@operation("summit.impact_answered")
def answer_impact(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    assessment: UUID,
    text: str,
    declined: bool = False,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> ImpactAssessment:
    """Answer what a step would do, or decline with a reason; both meet the clock.

    Args:
        by: a lead of the body asked.
        now: the moment.
        room: the room.
        assessment: what was asked of that body.
        text: the answer, or why it declines.
        declined: whether it declines.
        happened_at: when it was said, if not now.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    own = own_call(room, by)
    asked = ImpactAssessment.objects.select_related("clock", "request").filter(
        pk=assessment, request__room=room, agency=own.agency
    )
    held = asked.first()
    if held is None:
        raise Invalid({"assessment": "Choose what your body was asked."})
    by.require("summit.impact", at=OWN_BODY, sentence=f"A lead for {own.agency} answers this. Ring yours.")
    if held.answered_at is not None:
        raise NotNow("Your body has answered this already. Nothing was changed.")
    if not text.strip():
        raise Invalid({"text": "Say why your body declines." if declined else "Say what it would do."})
    let_through = guard({"text": text}, decided=decided)
    at = max(happened(room, happened_at, now=now), held.request.happened_at)
    held.declined, held.text, held.answered_at, held.recorded_at = declined, text.strip(), at, now
    held.by_id = by.user_id
    held.save()
    meet(clock=held.clock, by=by, now=now, happened_at=at, how="declined" if declined else "answered")
    log(room, by=by, now=now, deed="summit.impact_answered", declined=declined, **let_through)
    return held
