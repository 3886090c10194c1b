"""Bringing clocks up to a moment: the one place where steps are taken and clocks become missed.

The tick calls it for what is due; starting and meeting a clock call it for the one they hold. The rules say which steps
are due; here they are written down, done, and told.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from access.models import Record
from access.principal import Principal, clockwork
from audit.operations import record_deed
from clocks.models import Clock, ClockStep
from clocks.registry import LAST_RESORT, Deed, family_of, resolver_of, together_of
from clocks.rules.intervals import Interval
from clocks.rules.states import MET, MET_RECORDED_LATE, MISSED, OPEN, RUNNING, outcome
from clocks.rules.steps import DUE, EVERY, Offset, Step, next_step_at, steps_due
from clocks.timetable import Timetable
from notifications.operations import Telling, end_waiting, tell_many
from timekeeping.london import london_day

log = logging.getLogger(__name__)

# One statement for a whole batch; Django's own way of saying it takes longer than the rest of the tick.
_SAVE = """
UPDATE clocks_clock AS clock
SET state = new.state, next_step_at = new.next_step_at, missed_at = new.missed_at, met_at = new.met_at,
    met_recorded_at = new.met_recorded_at
FROM unnest(
    %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]
) AS new (id, state, next_step_at, missed_at, met_at, met_recorded_at)
WHERE clock.id = new.id
"""
STATE_FIELDS = ["state", "next_step_at", "missed_at", "met_at", "met_recorded_at"]


def event_of(family: str) -> str:
    """Return the code under which people are told of a family's clocks."""
    return f"clock.{family}"


@dataclass
class Advance:
    """What one clock owes at a moment: the steps it takes, and who is told of which."""

    clock: Clock
    label: str
    steps: list[ClockStep] = field(default_factory=list)
    offsets: list[Offset] = field(default_factory=list)
    told: dict[UUID, list[ClockStep]] = field(default_factory=lambda: defaultdict(list))

    def tellings(self) -> list[Telling]:
        """Return one telling for all who are told of the same steps: one message says them together."""
        alike: dict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
        for person, steps in self.told.items():
            alike[tuple(step.pk for step in steps)].append(person)
        return [
            Telling(
                record=None if family_of(self.clock.family).by_office else self.clock.record_id,
                event=event_of(self.clock.family),
                to=people,
                topic=self.clock.pk,
                detail=self._detail(self.told[people[0]]),
            )
            for people in alike.values()
        ]

    def _detail(self, steps: Sequence[ClockStep]) -> dict[str, object]:
        """Return what the sentence in the inbox is made of: the clock's own words and moments, nothing a person typed."""
        return {
            "label": self.label,
            "due": self.clock.fell_due_at.isoformat(),
            "said": said(self.clock, steps[-1]),
            "steps": [[step.step, step.number] for step in steps],
        }


DONE = "done"
"""What a step amounts to that is taken as the clock is met by its time."""


def said(clock: Clock, step: ClockStep) -> str:
    """Return what a step amounts to for its reader: the start, a reminder, that it was missed or done, that it still is."""
    if step.due_at < clock.fell_due_at:
        return "start" if step.due_at == clock.started_at else "reminder"
    if step.due_at > clock.fell_due_at:
        return "again"
    return DONE if clock.met_at == step.due_at else "missed"


def advance(clocks: Sequence[Clock], *, now: datetime, timetable: Timetable) -> int:
    """Bring clocks, whose rows the caller holds, up to ``now``; return how many steps were taken.

    Run again it does nothing: what was done is read first, and the database keeps each step once.
    """
    done: dict[UUID, set[tuple[str, int]]] = defaultdict(set)
    taken = ClockStep.objects.filter(clock__in=clocks).order_by()
    for clock_id, step, number in taken.values_list("clock_id", "step", "number"):
        done[clock_id].add((step, number))
    advances = [_plan(clock, done[clock.pk], now, timetable) for clock in clocks]
    _save(clocks)
    write_advances(advances, now)
    return sum(len(one.steps) for one in advances)


def _save(clocks: Sequence[Clock]) -> None:
    columns = [[getattr(clock, name) for clock in clocks] for name in ("id", *STATE_FIELDS)]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, columns)


def _plan(clock: Clock, done: set[tuple[str, int]], now: datetime, timetable: Timetable) -> Advance:
    """Decide what one clock owes, do what its steps do, and leave the rest to be written with the others'."""
    interval, offsets = _reference(clock, timetable)
    due = steps_due(interval, clock.started_at, clock.fell_due_at, done, offsets, now, scale=clock.scale)
    if clock.state == RUNNING and now > clock.due_at:
        _fall(clock, clock.due_at, now)
    if not clock.is_open:
        by_time = family_of(clock.family).met_by_time and clock.met_at == clock.due_at
        due = tuple(step for step in due if step.at < clock.due_at or by_time)
    advance = take(clock, due, offsets, now, label=interval.label)
    done |= {(step.step, step.number) for step in advance.steps}
    clock.next_step_at = None
    if clock.is_open:
        clock.next_step_at = next_step_at(
            interval, clock.started_at, clock.fell_due_at, done, offsets, now, scale=clock.scale
        )
    return advance


def bring_forward(clock: Clock, *, event: str, at: datetime, now: datetime, timetable: Timetable) -> None:
    """Let a clock whose row the caller holds fall due at an event, if it happened before the clock did by itself."""
    interval, offsets = _reference(clock, timetable)
    waiting = [offset for offset in offsets if offset.event == event]
    if not waiting:
        raise ValueError(f"no step of {clock.family!r} waits for {event!r}")
    if clock.state != RUNNING or at > clock.due_at:
        return
    if not _fall(clock, at, now):
        steps = [Step(at, one.step, 1) for one in waiting]
        write_advances([take(clock, steps, waiting, now, label=interval.label)], now)
    clock.next_step_at = None
    clock.save(update_fields=STATE_FIELDS)
    if clock.is_open:
        advance([clock], now=now, timetable=timetable)


def _reference(clock: Clock, timetable: Timetable) -> tuple[Interval, Sequence[Offset]]:
    """Return a clock's interval and steps, as in force when it started.

    Once it was brought forward only what comes after its due moment is still to come.
    """
    day = london_day(clock.started_at)
    offsets = timetable.offsets(clock.family, day)
    if clock.missed_at and clock.missed_at < clock.due_at:
        offsets = [offset for offset in offsets if offset.anchor in (DUE, EVERY)]
    return timetable.interval(clock.kind, day), offsets


def _fall(clock: Clock, at: datetime, now: datetime) -> bool:
    """Let a running clock fall due at a moment; True when a deed recorded before has met it."""
    if _decided(clock, at, now):
        return True
    clock.state, clock.missed_at = MISSED, at
    log_deed(clock, "clock.missed", clockwork(now), now)
    return False


def _decided(clock: Clock, at: datetime, now: datetime) -> bool:
    """Let the family decide a clock that falls due at ``at``; True when a deed recorded before, or its time, has met it."""
    family = family_of(clock.family)
    deed = family.decide(clock, at) if family.decide else None
    if family.met_by_time:
        deed = deed or Deed(at, at)
    if deed is None:
        return False
    write_met(clock, deed, now)
    log_deed(clock, "clock.met", clockwork(now), now)
    return True


def write_met(clock: Clock, deed: Deed, now: datetime) -> None:
    """Set a clock to what a deed amounts to; the caller saves it. What waited for it waits no longer."""
    amounts_to = outcome(clock.fell_due_at, deed.happened_at, deed.recorded_at, None, now)
    if clock.state == MISSED and amounts_to == MET:
        amounts_to = MET_RECORDED_LATE  # written in the last moment, and the tick was first
    clock.state = amounts_to
    clock.met_at, clock.met_recorded_at, clock.next_step_at = deed.happened_at, deed.recorded_at, None
    end_waiting(topic=clock.pk, now=now)


def meet_by(clock: Clock, deed: Deed, *, by: Principal, how: str, now: datetime) -> None:
    """Meet a clock, whose row the caller holds, by what somebody did."""
    write_met(clock, deed, now)
    clock.met_by_id, clock.met_how = by.user_id, how
    clock.save(update_fields=[*STATE_FIELDS, "met_by", "met_how"])
    log_deed(clock, "clock.met", by, now)


def take(
    clock: Clock, due: Sequence[Step], offsets: Sequence[Offset], now: datetime, *, label: str
) -> Advance:
    """Take steps: do what they do. Who is told is found when all that the clocks of a batch do is done."""
    family = family_of(clock.family)
    by_step = {offset.step: offset for offset in offsets}
    advance = Advance(clock, label)
    for step in due:
        offset = by_step[step.step]
        effect = family.effects.get(offset.effect)
        if effect:
            effect(clock, at=step.at, now=now)
        row = ClockStep(
            clock=clock,
            step=step.step,
            number=step.number,
            due_at=step.at,
            recorded_at=now,
            effect=offset.effect,
        )
        advance.steps.append(row)
        advance.offsets.append(offset)
    return advance


class _Roll:
    """Who is meant by the names in the steps of several clocks; what can be looked up for all of a family is, once."""

    def __init__(self, advances: Iterable[Advance], now: datetime) -> None:
        self._now = now
        self._found: dict[tuple[str, str], Mapping[UUID, Iterable[UUID]]] = {}
        self._stepping: dict[str, list[Clock]] = defaultdict(list)
        for one in advances:
            if one.steps:
                self._stepping[one.clock.family].append(one.clock)

    def receivers(self, clock: Clock, offset: Offset) -> tuple[list[UUID], list[str]]:
        """Return who is told of a step, each once, and the names for whom nobody stands.

        Where nobody at all stands, those of last resort are told: a step is never told to nobody in silence.
        """
        people: dict[UUID, None] = {}
        nobody: list[str] = []
        for group in offset.recipients:
            found = next((found for name in group if (found := self._meant(clock, name))), [])
            people.update(dict.fromkeys(found))
            if not found:
                nobody.append(" then ".join(group))
        if not people:
            people.update(dict.fromkeys(self._meant(clock, LAST_RESORT)))
        return list(people), nobody

    def _meant(self, clock: Clock, name: str) -> list[UUID]:
        together = together_of(clock.family, name)
        if together is None:
            return _resolve(clock, name, self._now)
        key = clock.family, name
        if key not in self._found:
            self._found[key] = together(self._stepping[clock.family], self._now)
        return list(self._found[key].get(clock.pk, ()))


def _resolve(clock: Clock, name: str, now: datetime) -> list[UUID]:
    resolver = resolver_of(clock.family, name)
    if resolver is None:
        log.error("clock %s: nobody knows who “%s” is", clock.pk, name)
        return []
    return list(resolver(clock, now))


def write_advances(advances: Sequence[Advance], now: datetime) -> None:
    """Find who is told, and write the steps and messages of several clocks together."""
    roll = _Roll(advances, now)
    for advance in advances:
        for step, offset in zip(advance.steps, advance.offsets, strict=True):
            people, step.nobody = roll.receivers(advance.clock, offset)
            for person in people:
                advance.told[person].append(step)
    ClockStep.objects.bulk_create([step for one in advances for step in one.steps])
    tellings = [(one, telling) for one in advances for telling in one.tellings()]
    messages = iter(tell_many([telling for _, telling in tellings], now=now))
    through = ClockStep.messages.through
    links = []
    for one, telling in tellings:
        for person in telling.to:
            message = next(messages)
            links += [through(clockstep_id=step.pk, message_id=message.pk) for step in one.told[person]]
    through.objects.bulk_create(links)


def tell_again(*, record: Record, families: Iterable[str], now: datetime) -> None:
    """Take the last step of a record's open clocks once more, now: whom it means could not see the record before.

    A step that is repeated anyway is not meant: the last one before it is. No clock's row is held, as no clock is
    changed: a tick at the same moment, which waits for the record, is waited for by nobody.

    Args:
        record: what the clocks are about, a draft until now.
        families: the families of clocks meant.
        now: the moment.
    """
    timetable = Timetable()
    clocks = Clock.objects.filter(record=record, family__in=list(families), state__in=OPEN)
    advances = []
    for clock in clocks.order_by("due_at", "kind"):
        interval, offsets = _reference(clock, timetable)
        once = [offset.step for offset in offsets if offset.anchor != EVERY]
        last = clock.steps.filter(step__in=once).last()
        if last:
            again = [Step(now, last.step, last.number + 1)]
            advances.append(take(clock, again, offsets, now, label=interval.label))
    write_advances(advances, now)


def log_deed(clock: Clock, deed: str, by: Principal, now: datetime) -> None:
    """Write in the log what was done to a clock."""
    record_deed(
        by=by,
        now=now,
        deed=deed,
        record=clock.record_id,
        detail={"clock": str(clock.pk), "kind": clock.kind, "state": clock.state},
    )
