"""What a clock does on its way: which steps are due, and when the next one is.

``clock_steps`` says in words when each step of a family of clocks is taken ("80 % of the duration", "every 4 hours
after due until met or stopped"). The words are read once into ``Offset`` values; the rest is arithmetic.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count

from clocks.rules.intervals import ELAPSED, Interval
from timekeeping import london

START, SHARE, BEFORE, DUE, EVERY = "start", "share", "before", "due", "every"

_UNIT = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_LENGTH = r"(\d+) (hours?|days?)"
_AFTER_START = re.compile(rf"start \+ {_LENGTH}( unacknowledged)?")
_SHARE = re.compile(r"(half|(\d{1,2}) %) of the duration")
_BEFORE = re.compile(rf"{_LENGTH} before due( \(or half when shorter\))?")
_EVERY = re.compile(rf"every {_LENGTH} after due until met or stopped")
_OR_EVENT = re.compile(r"due or ([a-z ]+)")

INSTANT = timedelta.resolution
"""The least time there is: a microsecond, as in the database."""

Done = AbstractSet[tuple[str, int]]
"""The steps already taken, as (step, number)."""


@dataclass(frozen=True)
class Offset:
    """When one step of a family of clocks is taken.

    Attributes:
        step: its code within the family.
        anchor: counted from the start, as a share of the duration, back from due, at due, or again and again after it.
        length: the time counted; zero where there is none.
        share: the share of the duration.
        half_when_shorter: for a reminder before due, at most half of the duration before it.
        event: what may bring it forward ("meeting opened"); empty when nothing does.
        recipients: those who are told, in the reference data's words: of each group of names, the first that is held.
        effect: what happens, in the reference data's words.
    """

    step: str
    anchor: str
    length: timedelta = timedelta(0)
    share: Fraction = Fraction(0)
    half_when_shorter: bool = False
    event: str = ""
    recipients: tuple[tuple[str, ...], ...] = ()
    effect: str = ""


@dataclass(frozen=True, order=True)
class Step:
    """One step that is due: when, its code, its number (a repeated step counts 1, 2, 3)."""

    at: datetime
    step: str
    number: int


def parse_recipients(text: str) -> tuple[tuple[str, ...], ...]:
    """Read who is told: "ring-holder; chair" is two, "deputy then agency lead" the first of two that is held."""
    everyone = text.split(": ")[-1]
    groups = (re.split(r",? then ", group) for group in re.split(r";|,? and ", everyone))
    return tuple(tuple(name.strip().removeprefix("the ") for name in group) for group in groups)


def parse_offset(row: Mapping[str, str]) -> Offset:
    """Read one row of ``clock_steps``; raise ValueError when its moment cannot be understood."""
    offset = _parse_moment(row["step"], row["at"].strip())
    return replace(offset, recipients=parse_recipients(row["recipients"]), effect=row["effect"])


def _parse_moment(step: str, words: str) -> Offset:
    if words in (START, DUE):
        return Offset(step, words)
    if found := _AFTER_START.fullmatch(words):
        return Offset(step, START, length=_length(found[1], found[2]))
    if found := _SHARE.fullmatch(words):
        return Offset(step, SHARE, share=Fraction(int(found[2] or 50), 100))
    if found := _BEFORE.fullmatch(words):
        return Offset(step, BEFORE, length=_length(found[1], found[2]), half_when_shorter=bool(found[3]))
    if found := _EVERY.fullmatch(words):
        return Offset(step, EVERY, length=_length(found[1], found[2]))
    if found := _OR_EVENT.fullmatch(words):
        return Offset(step, DUE, event=found[1])
    raise ValueError(f"not a moment of a clock: {words!r}")


def _length(number: str, unit: str) -> timedelta:
    length = int(number) * _UNIT[unit.removesuffix("s")]
    if not length:
        raise ValueError("a step cannot be repeated without time between")
    return length


def _moments(
    offset: Offset, interval: Interval, started_at: datetime, due_at: datetime, scale: Fraction
) -> Iterator[datetime]:
    """Give the moments (UTC) of one step: one, or for a repeated step one after the other without end."""
    duration = max(due_at - started_at, timedelta(0))
    length = offset.length * scale.numerator // scale.denominator
    if offset.anchor == START:
        yield started_at + length
    elif offset.anchor == SHARE:
        yield started_at + duration * offset.share.numerator // offset.share.denominator
    elif offset.anchor == BEFORE:
        earliest = due_at - duration / 2
        reminder = _days_away(due_at, -length, interval)
        yield max(reminder, earliest) if offset.half_when_shorter else reminder
    elif offset.anchor == DUE:
        yield due_at
    else:
        yield from (_days_away(due_at, number * length, interval) for number in count(1))


def _days_away(moment: datetime, length: timedelta, interval: Interval) -> datetime:
    """Return the moment that far away: whole days keep the London time of day unless the clock counts elapsed time."""
    if interval.calendar != ELAPSED and not length % timedelta(days=1):
        return london.same_time(moment, length // timedelta(days=1))
    return moment + length


def _is_due(at: datetime, due_at: datetime, now: datetime) -> bool:
    """Say whether a step is to be taken. A deed at the due moment itself still meets: its steps come just after it."""
    return at < now or (at == now and at != due_at)


def steps_due(
    kind: Interval,
    started_at: datetime,
    due_at: datetime,
    done: Done,
    offsets: Sequence[Offset],
    now: datetime,
    *,
    scale: Fraction = Fraction(1),
) -> tuple[Step, ...]:
    """Return the steps that are due and not yet taken, in the order of their moments.

    Args:
        kind: the clock's interval, for its calendar.
        started_at: as stored.
        due_at: as stored.
        done: the steps already taken.
        offsets: the steps of the clock's family, as in force when it started.
        now: the database's moment.
        scale: for an exercise, how much shorter its hours are.
    """
    return tuple(sorted(_walk(kind, started_at, due_at, done, offsets, now, scale, wanted=True)))


def next_step_at(
    kind: Interval,
    started_at: datetime,
    due_at: datetime,
    done: Done,
    offsets: Sequence[Offset],
    now: datetime,
    *,
    scale: Fraction = Fraction(1),
) -> datetime | None:
    """Return the moment of the next step once those of ``steps_due`` are taken; None when there is nothing to come.

    The due moment counts as a step while it lies ahead, whatever the reference data says: just after it the clock
    changes from running to missed.
    """
    ahead = {step.at for step in _walk(kind, started_at, due_at, done, offsets, now, scale, wanted=False)}
    if not _is_due(due_at, due_at, now):
        ahead.add(due_at)
    return min((at + INSTANT if at == due_at else at for at in ahead), default=None)


def _walk(
    kind: Interval,
    started_at: datetime,
    due_at: datetime,
    done: Done,
    offsets: Sequence[Offset],
    now: datetime,
    scale: Fraction,
    *,
    wanted: bool,
) -> Iterator[Step]:
    """Give the steps not yet taken: all that are due, or of each step the first that is not."""
    started_at, due_at = started_at.astimezone(UTC), due_at.astimezone(UTC)
    for offset in offsets:
        for number, at in enumerate(_moments(offset, kind, started_at, due_at, scale), start=1):
            due = _is_due(at, due_at, now)
            if due == wanted and (offset.step, number) not in done:
                yield Step(at, offset.step, number)
            if not due:
                break
