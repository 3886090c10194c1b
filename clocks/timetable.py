"""The clocks' reference data as it stood on a day: which intervals, which steps, which bank holidays."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from clocks.rules.intervals import Interval, parse_interval
from clocks.rules.steps import Offset, parse_offset
from reference.operations import bank_holidays, latest, rows


class Timetable:
    """Reads each day's lists once; made anew for each piece of work, so that an edit counts at the next."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._intervals: dict[date, dict[str, Interval]] = {}
        self._rows: dict[date, list[dict[str, Any]]] = {}
        self._offsets: dict[tuple[str, date], Sequence[Offset]] = {}
        self._newest: dict[str, Interval] = {}
        self._holidays: frozenset[date] | None = None

    def intervals(self, day: date) -> dict[str, Interval]:
        """Return the intervals in force on a London day, by code."""
        if day not in self._intervals:
            found = (parse_interval(row) for row in rows("clock_intervals", on=day))
            self._intervals[day] = {interval.code: interval for interval in found}
        return self._intervals[day]

    def interval(self, kind: str, day: date) -> Interval:
        """Return the interval of a clock that was started on a day, though its row may have ended since."""
        standing = self.intervals(day)
        if kind in standing:
            return standing[kind]
        if kind not in self._newest:
            self._newest[kind] = parse_interval(latest("clock_intervals")[kind])
        return self._newest[kind]

    def offsets(self, family: str, day: date) -> Sequence[Offset]:
        """Return the steps of a family in force on a London day.

        Each family is read by itself, so that a row that cannot be read stops no other clock.
        """
        if day not in self._rows:
            self._rows[day] = rows("clock_steps", on=day)
        if (family, day) not in self._offsets:
            mine = (row for row in self._rows[day] if row["clock"] == family)
            self._offsets[family, day] = tuple(parse_offset(row) for row in mine)
        return self._offsets[family, day]

    def families(self, day: date) -> dict[str, Sequence[Offset]]:
        """Return the steps of every family in force on a London day."""
        codes = {interval.family for interval in self.intervals(day).values()}
        return {code: self.offsets(code, day) for code in sorted(codes)}

    def holidays(self) -> frozenset[date]:
        """Return the bank holidays that are known."""
        if self._holidays is None:
            self._holidays = bank_holidays()
        return self._holidays
