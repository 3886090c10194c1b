"""How long a clock runs: the durations of the reference data, and the one moment at which a clock is due.

A kind of clock has a calendar. *Elapsed* clocks count hours and do not stop for nights, weekends or bank holidays; a
*London day* or *working day* clock is due at the London midnight that ends its day.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from access.refusals import Invalid
from timekeeping import london

ELAPSED, LONDON_DAY, WORKING_DAYS = "elapsed", "london_day", "working_days"
CALENDARS = frozenset({ELAPSED, LONDON_DAY, WORKING_DAYS})

HOURS, DAYS, MONTHS, WORKING, MOMENT, HALF = "hours", "days", "months", "working days", "moment", "half"
_UNITS = {"h": HOURS, "d": DAYS, "m": MONTHS, "wd": WORKING}
_AMOUNT = re.compile(r"(-?)([1-9][0-9]*)(h|d|m|wd)")
_HALF = re.compile(r"half of ([a-z_]+)")

Chosen = str | date | timedelta | None
"""What a person, or the operation that starts the clock, chose: one of the durations offered ("4h"), a moment or a day,
the length that a "half of" is taken from, or nothing (the first duration offered)."""


@dataclass(frozen=True)
class Duration:
    """One duration as the reference data writes it: ``2h``, ``7d``, ``3m``, ``-2wd``, ``moment``, ``half of response``."""

    unit: str
    amount: int = 0
    of: str = ""


@dataclass(frozen=True)
class Interval:
    """One kind of clock: its family, its calendar, the durations it offers (the first is the default), the longest.

    ``label`` is what the screen calls it.
    """

    code: str
    family: str
    calendar: str
    choices: tuple[Duration, ...]
    longest: Duration | None
    may_be_recorded_late: bool
    label: str = ""

    def offers_moment(self) -> bool:
        """Say whether the due moment may be given by a person, within the longest allowed."""
        return self.longest is not None or any(choice.unit == MOMENT for choice in self.choices)


def parse_duration(text: str) -> Duration:
    """Read one duration of the reference data; raise ValueError with the text when it is none."""
    text = text.strip()
    if text == MOMENT:
        return Duration(MOMENT)
    if half := _HALF.fullmatch(text):
        return Duration(HALF, of=half[1])
    if found := _AMOUNT.fullmatch(text):
        sign, digits, unit = found.groups()
        if not sign or unit == "wd":
            return Duration(_UNITS[unit], int(sign + digits))
    raise ValueError(f"not a duration: {text!r}")


def parse_choices(text: str) -> tuple[Duration, ...]:
    """Read the durations offered, separated by semicolons, the default first."""
    return tuple(parse_duration(part) for part in text.split(";"))


def parse_interval(row: Mapping[str, str]) -> Interval:
    """Read one row of ``clock_intervals``; raise ValueError when it cannot be understood."""
    calendar = row["calendar"]
    if calendar not in CALENDARS:
        raise ValueError(f"not a calendar: {calendar!r}")
    return Interval(
        code=row["code"],
        family=row["family"],
        calendar=calendar,
        choices=parse_choices(row["amount"]),
        longest=parse_duration(row["longest"]) if row["longest"] else None,
        may_be_recorded_late=not row["may_be_recorded_late"].startswith("no"),
        label=row["label"],
    )


def add_duration(
    started_at: datetime, duration: Duration, calendar: str, holidays: AbstractSet[date]
) -> datetime:
    """Return the moment (UTC) at which a clock of this calendar, started then, has run for ``duration``."""
    if calendar == ELAPSED:
        return _add_elapsed(started_at, duration)
    day = london.london_day(started_at)
    if duration.unit == WORKING:
        day = london.add_working_days(day, duration.amount, holidays)
    elif duration.unit == MONTHS:
        day = london.add_months(day, duration.amount)
    elif duration.unit == DAYS:
        day += timedelta(days=duration.amount)
    else:
        raise ValueError(f"a {calendar} clock cannot count {duration.unit}")
    return london.end_of_day(day)


def _add_elapsed(started_at: datetime, duration: Duration) -> datetime:
    hours = {HOURS: 1, DAYS: 24}.get(duration.unit)
    if hours is None:
        raise ValueError(f"an elapsed clock cannot count {duration.unit}")
    return london.add_hours(started_at, hours * duration.amount)


def longest_at(interval: Interval, started_at: datetime, holidays: AbstractSet[date]) -> datetime | None:
    """Return the last moment at which a clock of this kind, started then, may be due; None when there is no limit."""
    if interval.longest is None:
        return None
    return add_duration(started_at, interval.longest, interval.calendar, holidays)


def due_at(
    kind: str,
    started_at: datetime,
    durations: Mapping[str, Interval],
    holidays: AbstractSet[date],
    chosen: Chosen = None,
    *,
    scale: Fraction = Fraction(1),
) -> datetime:
    """Return the one moment (UTC) at which a clock is due. It is stored, and never computed again.

    Args:
        kind: the code of the kind of clock.
        started_at: the moment it started (aware; any zone).
        durations: the intervals in force, by code.
        holidays: the bank holidays, for working days.
        chosen: what was chosen (see ``Chosen``). A duration counted back ("-2wd") needs the day it is counted from.
        scale: for an exercise, how much shorter its day is; the time itself is never scaled.

    Raises:
        ValueError: an unknown kind, or a reference row that cannot be counted.
        Invalid: a choice that this kind of clock does not offer, with the sentence for the person.
    """
    if kind not in durations:
        raise ValueError(f"no clock is called {kind!r}")
    interval = durations[kind]
    due = _unscaled(interval, started_at, holidays, chosen)
    if scale == 1:
        return due
    length = due - started_at.astimezone(UTC)
    return london.add_hours(started_at, 0) + length * scale.numerator // scale.denominator


def _unscaled(
    interval: Interval, started_at: datetime, holidays: AbstractSet[date], chosen: Chosen
) -> datetime:
    limit = longest_at(interval, started_at, holidays)
    default = interval.choices[0]
    if default.unit == HALF:
        return _half(interval, started_at, limit, chosen)
    if default.amount < 0:
        return _counted_back(interval, holidays, chosen)
    if isinstance(chosen, date):
        return _given(interval, started_at, limit, chosen)
    if isinstance(chosen, timedelta):
        raise ValueError(f"{interval.code} is not a part of another clock")
    duration = default if chosen is None else parse_duration(chosen)
    if chosen is not None and duration not in interval.choices and limit is None:
        raise Invalid({"chosen": "Choose one of the times offered."})
    if duration.unit == MOMENT:
        raise Invalid({"chosen": "Say when it is due."})
    due = add_duration(started_at, duration, interval.calendar, holidays)
    _within(due, limit)
    return due


def _half(interval: Interval, started_at: datetime, limit: datetime | None, chosen: Chosen) -> datetime:
    if not isinstance(chosen, timedelta):
        raise ValueError(f"{interval.code} needs the length that it is half of")
    due = london.add_hours(started_at, 0) + chosen / 2
    return due if limit is None else min(due, limit)


def _counted_back(interval: Interval, holidays: AbstractSet[date], chosen: Chosen) -> datetime:
    if not isinstance(chosen, date):
        raise Invalid({"chosen": "Say which day it is counted back from."})
    day = london.london_day(chosen) if isinstance(chosen, datetime) else chosen
    return add_duration(london.day_starts(day), interval.choices[0], interval.calendar, holidays)


def _given(interval: Interval, started_at: datetime, limit: datetime | None, chosen: date) -> datetime:
    if not interval.offers_moment():
        raise Invalid({"chosen": "The time for this is fixed. Choose one of the times offered."})
    if not isinstance(chosen, datetime):
        due = london.end_of_day(chosen)
    elif interval.calendar == ELAPSED:
        due = london.add_hours(chosen, 0)
    else:
        due = london.end_of_day(london.london_day(chosen))
    if due <= started_at:
        raise Invalid({"chosen": "It must be due after it started."})
    _within(due, limit)
    return due


def _within(due: datetime, limit: datetime | None) -> None:
    if limit is not None and due > limit:
        last = london.due_in_words(limit)
        raise Invalid({"chosen": f"That is later than this clock may run. It must be due by {last}."})
