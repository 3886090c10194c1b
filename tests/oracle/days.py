"""The London day, worked out here again, so that the portal's own reckoning is checked.

"Dates: `starts_on` inclusive, `ends_on` exclusive, the London day, by the database's date."
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Dated(Protocol):
    """Anything with a first day and, perhaps, the first day on which it no longer holds."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date | None: ...


class Timed(Protocol):
    """Anything with a first moment and, perhaps, the first moment at which it no longer holds."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime | None: ...


def london_day(at: datetime) -> date:
    """The calendar day in London at an aware moment; a naive one is refused."""
    if at.tzinfo is None:
        raise ValueError("a moment must say its zone")
    return at.astimezone(LONDON).date()


def day_starts(day: date) -> datetime:
    """The aware UTC moment at which a London day begins (in summer 23:00 the evening before)."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def on_the_day(held: Dated, at: datetime) -> bool:
    """Whether something dated is current on a moment's London day: first day in, end day out."""
    day = london_day(at)
    return held.starts_on <= day and (held.ends_on is None or day < held.ends_on)


def at_the_moment(held: Timed, at: datetime) -> bool:
    """Whether something timed is running at a moment: first moment in, end moment out."""
    return held.starts_at <= at and (held.ends_at is None or at < held.ends_at)
