"""Starting clocks: several about one record at once, of which one is the least."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations.advancing import advance, meet_by
from clocks.registry import Deed, family_of
from clocks.rules import states
from clocks.rules.intervals import Chosen, due_at, longest_at
from clocks.timetable import Timetable
from notifications.operations import read_already
from timekeeping.london import london_day

STARTED_IT = "called_it"
"""How a clock was met by whoever started it."""


@dataclass(frozen=True)
class Start:
    """One clock to be started.

    Attributes:
        kind: a code of ``clock_intervals``.
        started_at: the moment it started, if not now.
        chosen: the duration, moment, day or length chosen, where the kind offers one.
        responsible_agency: the body that must meet it, if one.
        responsible_person: the person, if one.
        speed: in an exercise, how many times faster it runs.
        known: whoever starts it is whom it waits for: it is met as it starts, and they have read what they are told.
    """

    kind: str
    started_at: datetime | None = None
    chosen: Chosen = None
    responsible_agency: UUID | None = None
    responsible_person: UUID | None = None
    speed: int = 1
    known: bool = False


@operation("clock.started")
def start_clocks(*, record: Record, starts: Sequence[Start], by: Principal, now: datetime) -> list[Clock]:
    """Start clocks about one record together.

    Each due moment is computed once, from the duration in force on the day the clock started, and stored. Steps that are due at the start are taken in the same transaction; a clock that started long ago may be born missed,
    and its steps are then recorded with one message. The number of statements does not grow with that of the clocks.

    Args:
        record: what they are about; whoever is told must see it.
        starts: the clocks, at least one.
        by: who starts them.
        now: the moment it is recorded.

    Returns:
        The clocks, running or missed, in the order asked for.

    Raises:
        Invalid: a start in the future, or a choice that is not offered.
        NotNow: one of them runs already.
        ValueError: an unknown kind, or a family that no app took.
    """
    timetable = Timetable()
    clocks = [_made(record, one, now, timetable) for one in starts]
    begin(clocks, by=by, now=now, timetable=timetable)
    known = [clock for clock, start in zip(clocks, starts, strict=True) if start.known]
    for clock in known:
        meet_by(clock, Deed(now, now), by=by, how=STARTED_IT, now=now)
    if known:
        read_already(topics=[clock.pk for clock in known], by=by, now=now)
    return clocks


def start_clock(
    *,
    kind: str,
    record: Record,
    by: Principal,
    now: datetime,
    started_at: datetime | None = None,
    chosen: Chosen = None,
    responsible_agency: UUID | None = None,
    responsible_person: UUID | None = None,
    speed: int = 1,
) -> Clock:
    """Start one clock: see ``Start`` and ``start_clocks``, which says what is returned and raised."""
    start = Start(kind, started_at, chosen, responsible_agency, responsible_person, speed)
    return start_clocks(record=record, starts=[start], by=by, now=now)[0]


def _made(record: Record, start: Start, now: datetime, timetable: Timetable) -> Clock:
    started = start.started_at or now
    if started > now:
        raise Invalid({"started_at": "This is in the future. Say when it happened."})
    intervals, holidays = timetable.intervals(london_day(started)), timetable.holidays()
    clock = Clock(
        kind=start.kind,
        record=record,
        responsible_agency_id=start.responsible_agency,
        responsible_person_id=start.responsible_person,
        started_at=started,
        speed=start.speed,
    )
    clock.due_at = due_at(start.kind, started, intervals, holidays, start.chosen, scale=clock.scale)
    clock.longest_at = longest_at(intervals[start.kind], started, holidays)
    clock.family = intervals[start.kind].family
    return clock


def begin(clocks: Sequence[Clock], *, by: Principal, now: datetime, timetable: Timetable) -> None:
    """Write clocks that start, all about one record, and bring them up to the moment."""
    write(clocks, by=by, now=now)
    advance(clocks, now=now, timetable=timetable)


def write(clocks: Sequence[Clock], *, by: Principal, now: datetime) -> None:
    """Write clocks that start, all about one record; the caller brings them up to the moment."""
    for clock in clocks:
        family_of(clock.family)
        clock.started_recorded_at, clock.started_by_id, clock.next_step_at = now, by.user_id, clock.started_at
    record = clocks[0].record_id
    wanted = [_mark(clock) for clock in clocks]
    running = Clock.objects.filter(
        record=record, kind__in={clock.kind for clock in clocks}, state__in=states.OPEN
    )
    if len(set(wanted)) < len(wanted) or set(wanted) & {_mark(one) for one in running}:
        raise NotNow("This is being timed already.")
    Clock.objects.bulk_create(clocks)
    detail = {
        "clocks": [str(clock.pk) for clock in clocks],
        "kinds": sorted({clock.kind for clock in clocks}),
    }
    record_deed(by=by, now=now, deed="clock.started", record=record, detail=detail)


def _mark(clock: Clock) -> tuple[str, UUID | None, UUID | None]:
    """Return what tells one clock of a record from another that runs."""
    return clock.kind, clock.responsible_agency_id, clock.responsible_person_id
