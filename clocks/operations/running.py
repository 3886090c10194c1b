"""Meeting, stopping and correcting clocks: what people, and the operations above, do to those that run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from clocks.models import Clock
from clocks.operations.advancing import STATE_FIELDS, advance, bring_forward, log_deed, meet_by, write_met
from clocks.operations.starting import begin, write
from clocks.registry import Deed
from clocks.rules import states
from clocks.rules.intervals import Chosen, due_at, longest_at
from clocks.timetable import Timetable
from notifications.operations import end_waiting
from timekeeping.london import due_in_words, london_day


@operation("clock.met")
def meet(
    *, clock: Clock, by: Principal, now: datetime, happened_at: datetime | None = None, how: str = ""
) -> Clock:
    """Meet a clock by a deed: done in time, done late, or done in time and recorded late. Both moments stay.

    Args:
        clock: an open clock.
        by: who records it.
        now: the moment it is recorded.
        happened_at: the moment of the deed, if not now.
        how: a code for the proof sheet, such as ``by_phone``.

    Returns:
        The clock, met, met late, or met and recorded late.

    Raises:
        NotNow: it has ended, or this kind cannot be recorded late.
        Invalid: a moment in the future, or before the clock started.
    """
    clock = _open(clock)
    happened = happened_at or now
    if happened > now:
        raise Invalid({"happened_at": "This is in the future. Say when it happened."})
    if happened < clock.started_at:
        raise Invalid(
            {"happened_at": f"This is before the clock started, on {due_in_words(clock.started_at)}."}
        )
    timetable = Timetable()
    if clock.next_step_at and clock.next_step_at <= now:
        advance([clock], now=now, timetable=timetable)
    if not clock.is_open:
        raise NotNow("This was decided when it fell due.")
    late = clock.state == states.MISSED and happened <= clock.fell_due_at
    if late and not timetable.interval(clock.kind, london_day(clock.started_at)).may_be_recorded_late:
        raise NotNow("The time for this has passed, and it cannot be recorded afterwards.")
    meet_by(clock, Deed(happened, now), by=by, how=how, now=now)
    return clock


@operation("clock.stopped")
def stop(
    *, clock: Clock, by: Principal, now: datetime, reason: str, stopped_at: datetime | None = None
) -> Clock:
    """Stop a clock, because what it was about was withdrawn or closed. No notice follows.

    Args:
        clock: an open clock.
        by: who stops it.
        now: the moment.
        reason: one of ``states.STOP_REASONS``; ``correct`` and ``extend`` give theirs themselves.
        stopped_at: when that happened, if not now.

    Raises:
        NotNow: it has ended.
    """
    clock = _open(clock)
    clock.state, clock.next_step_at = states.STOPPED, None
    clock.stopped_at, clock.stopped_by_id, clock.stop_reason = stopped_at or now, by.user_id, reason
    clock.save(update_fields=["state", "next_step_at", "stopped_at", "stopped_by", "stop_reason"])
    end_waiting(topic=clock.pk, now=now)
    log_deed(clock, "clock.stopped", by, now)
    return clock


@operation("clock.corrected")
def correct(
    *,
    clock: Clock,
    by: Principal,
    now: datetime,
    started_at: datetime | None = None,
    kind: str = "",
    chosen: Chosen = None,
) -> Clock:
    """Put right a mistyped start, an earlier judgement recorded later, or 48 hours that should be 24.

    The clock is stopped as corrected and another starts from the right moment; both stay. One that was met is not
    undone: it keeps its state, and the deed that met it is judged again by the clock that takes its place.

    Args:
        clock: any clock that was not stopped or replaced.
        by: who corrects it.
        now: the moment.
        started_at: the right start; the old one when it was right.
        kind: the right kind; the old one when it was right.
        chosen: what was chosen for it, where the kind offers a choice.

    Returns:
        The clock that took its place: running, missed, or met by the old one's deed.

    Raises:
        NotNow: it was stopped or replaced before.
    """
    old = Clock.objects.select_for_update(no_key=True).get(pk=clock.pk)
    if old.state == states.STOPPED or Clock.objects.filter(replaces=old).exists():
        raise NotNow("Another clock has taken the place of this one. Correct that one instead.")
    if old.is_open:
        stop(clock=old, by=by, now=now, reason=states.CORRECTED)
    timetable, started = Timetable(), started_at or old.started_at
    if started > now:
        raise Invalid({"started_at": "This is in the future. Say when it happened."})
    code, intervals = kind or old.kind, timetable.intervals(london_day(started))
    due = due_at(code, started, intervals, timetable.holidays(), chosen, scale=old.scale)
    limit = longest_at(intervals[code], started, timetable.holidays())
    new = _in_place_of(old, kind=code, started_at=started, due_at=due, longest_at=limit)
    log_deed(old, "clock.corrected", by, now)
    deed = Deed(old.met_at, old.met_recorded_at or now) if old.met_at else None
    return _take_place(new, old, deed, by=by, now=now, timetable=timetable)


@operation("clock.judged_again")
def judge_again(*, clock: Clock, by: Principal, now: datetime, deed: Deed | None) -> Clock:
    """Let a clock that was met follow its deed, which happened at another moment than was written down, or not at all.

    What was met is not undone: it keeps its state, and a clock of the same start and due moment takes its place.

    Args:
        clock: one that was met, and not replaced.
        by: who corrected what was written down.
        now: the moment.
        deed: when it happened, and when that it did was first recorded; None when it did not.

    Returns:
        The clock that took its place: met, met late, met and recorded late; or open.

    Raises:
        NotNow: it was not met, or was replaced before.
    """
    old = Clock.objects.select_for_update(no_key=True).get(pk=clock.pk)
    if old.state not in states.MET_STATES or Clock.objects.filter(replaces=old).exists():
        raise NotNow("This clock was not met, or another has taken its place. Nothing was changed.")
    new = _in_place_of(
        old, kind=old.kind, started_at=old.started_at, due_at=old.due_at, longest_at=old.longest_at
    )
    log_deed(old, "clock.judged_again", by, now)
    return _take_place(new, old, deed, by=by, now=now, timetable=Timetable())


def _take_place(
    new: Clock, old: Clock, deed: Deed | None, *, by: Principal, now: datetime, timetable: Timetable
) -> Clock:
    """Write a clock that takes another's place, and let the deed that met that one be judged by it.

    Nobody is told again of steps that were due before a deed done and recorded in time: those were the old clock's.
    """
    write([new], by=by, now=now)
    counts = deed is not None and deed.happened_at >= new.started_at
    if deed is None or not counts or deed.recorded_at > new.due_at:
        advance([new], now=now, timetable=timetable)
    if deed is not None and counts and new.is_open:
        write_met(new, deed, now)
        new.met_by_id, new.met_how = old.met_by_id, old.met_how
        new.save(update_fields=[*STATE_FIELDS, "met_by", "met_how"])
        log_deed(new, "clock.met", by, now)
    return new


@operation("clock.extended")
def extend(*, clock: Clock, by: Principal, now: datetime, until: datetime) -> Clock:
    """Say that it cannot be said yet, and until when it will be; the longest allowed still counts from the first start.

    Args:
        clock: an open clock of a kind that has a longest time.
        by: who says so.
        now: the moment.
        until: the new due moment.

    Returns:
        The clock that took its place.

    Raises:
        NotNow: it has ended, or this kind cannot be put off.
        Invalid: a moment not in the future, or later than the longest allowed.
    """
    old = _open(clock)
    if old.longest_at is None:
        raise NotNow("The time for this cannot be put off.")
    if until <= now:
        raise Invalid({"until": "Say a time that is still to come."})
    if until > old.longest_at:
        raise Invalid({"until": f"It must be by {due_in_words(old.longest_at)}, and no later."})
    stop(clock=old, by=by, now=now, reason=states.EXTENDED)
    log_deed(old, "clock.extended", by, now)
    new = _in_place_of(old, kind=old.kind, started_at=now, due_at=until, longest_at=old.longest_at)
    begin([new], by=by, now=now, timetable=Timetable())
    return new


@operation("clock.handed_over")
def hand_over(*, clock: Clock, by: Principal, now: datetime, to: UUID) -> Clock | None:
    """Let another body have to meet a clock, because the one that had to has closed. Start and due moment stay.

    Args:
        clock: an open clock of the body that closed.
        by: who does it.
        now: the moment.
        to: the body that accepted it.

    Returns:
        The clock that took its place; None where such a clock of that body counts already.

    Raises:
        NotNow: it has ended.
    """
    old = _open(clock)
    same = Clock.objects.filter(
        record=old.record_id, kind=old.kind, responsible_agency=to, state__in=states.OPEN
    )
    held = same.filter(responsible_person=old.responsible_person_id).exists()
    stop(clock=old, by=by, now=now, reason=states.HANDED_OVER)
    log_deed(old, "clock.handed_over", by, now)
    if held:
        return None
    new = _in_place_of(
        old, kind=old.kind, started_at=old.started_at, due_at=old.due_at, longest_at=old.longest_at
    )
    new.responsible_agency_id = to
    return _take_place(new, old, None, by=by, now=now, timetable=Timetable())


def _in_place_of(old: Clock, **values: Any) -> Clock:
    return Clock(
        record_id=old.record_id,
        family=old.family,
        responsible_agency_id=old.responsible_agency_id,
        responsible_person_id=old.responsible_person_id,
        speed=old.speed,
        replaces=old,
        **values,
    )


@operation("clock.fell_due")
def fall_due(*, clock: Clock, event: str, by: Principal, now: datetime, happened_at: datetime) -> Clock:
    """Bring forward what a clock does when it is due, because what it says may do so has happened.

    A ring clock is decided when the first response meeting opens, should that be before its due moment (NQB ch. 5
    (l.866)): met if a body then stands agreed, else its due step is taken and it is missed as of that moment.

    Args:
        clock: a clock with a step at "due or …".
        event: the words after "or", such as ``meeting opened``.
        by: who recorded the event.
        now: the moment it is recorded.
        happened_at: the moment of the event.

    Returns:
        The clock as it then stands; unchanged when it had fallen due or ended before.

    Raises:
        ValueError: none of its steps waits for such an event.
    """
    clock = Clock.objects.select_for_update(no_key=True).get(pk=clock.pk)
    log_deed(clock, "clock.fell_due", by, now)
    bring_forward(clock, event=event, at=happened_at, now=now, timetable=Timetable())
    return clock


def _open(clock: Clock) -> Clock:
    """Take the clock's row for this transaction and read it afresh; refuse when it has ended."""
    fresh = Clock.objects.select_for_update(no_key=True).get(pk=clock.pk)
    if not fresh.is_open:
        raise NotNow(f"This clock has ended: {states.WORDS[fresh.state]}. Nothing was changed.")
    return fresh
