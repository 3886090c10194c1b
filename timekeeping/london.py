"""London's calendar, as pure functions: no framework, no clock of our own.

Moments are aware ``datetime`` values and are handed back in UTC. Days are London days. Nothing here reads the time;
``now`` always comes from the caller, who had it from the database.

The trap this module exists for: arithmetic on an aware *London* ``datetime`` moves the hands on the wall, so "24 hours
after noon on 24 October 2026" would come out as noon the next day, 25 elapsed hours later. Hours are therefore added
in UTC (:func:`add_hours`) and only days are added on the wall (:func:`same_time`).
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

SATURDAY = 5
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment


def london_day(moment: datetime) -> date:
    """Return the day it is in London at ``moment``."""
    return _aware(moment).astimezone(LONDON).date()


@dataclass(frozen=True)
class Span:
    """From one London day to another: ``starts_on`` is in it, ``ends_on`` is not; None has no end."""

    starts_on: date
    ends_on: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether the span stands on this day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def day_starts(day: date) -> datetime:
    """Return the moment (UTC) at which ``day`` begins in London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the London midnight (UTC) that ends ``day``: when a day or working-day clock falls due."""
    return day_starts(day + DAY)


def add_hours(moment: datetime, hours: float) -> datetime:
    """Return the moment (UTC) that is ``hours`` elapsed hours after ``moment``, whatever the wall clocks did."""
    return _aware(moment).astimezone(UTC) + timedelta(hours=hours)


def same_time(moment: datetime, days: int) -> datetime:
    """Return the moment (UTC) with the same London time of day, ``days`` days later (earlier when negative)."""
    wall = _aware(moment).astimezone(LONDON)
    return datetime.combine(wall.date() + timedelta(days=days), wall.time(), LONDON).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month ``months`` later, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - DAY).day))


def is_working_day(day: date, holidays: AbstractSet[date]) -> bool:
    """Say whether ``day`` is neither a weekend nor one of the bank ``holidays``."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: date, count: int, holidays: AbstractSet[date]) -> date:
    """Return the ``count``-th working day strictly after ``day`` (strictly before it when ``count`` is negative).

    ``day`` itself is never counted, so a start on a closed day counts from the last open one; 0 gives ``day`` back.
    """
    stride = DAY if count > 0 else -DAY
    left = abs(count)
    while left:
        day += stride
        left -= is_working_day(day, holidays)
    return day


def day_in_words(day: date) -> str:
    """Return a day as people here write it: "3 March 2026"."""
    return f"{day.day} {day:%B %Y}"


def last_day_in_words(ends_on: date) -> str:
    """Return the last day of what no longer stands on ``ends_on``: the day before, as people here write it."""
    return day_in_words(ends_on - DAY)


def time_in_words(moment: datetime) -> str:
    """Return the London time of ``moment``: "2:30pm", "9am", "midday", "midnight"."""
    wall = _aware(moment).astimezone(LONDON)
    if wall.minute == 0 and wall.hour % 12 == 0:
        return "midday" if wall.hour else "midnight"
    minutes = f":{wall.minute:02d}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'pm' if wall.hour >= 12 else 'am'}"


def moment_in_words(moment: datetime, *, zone: bool = False) -> str:
    """Return a moment as people here write it: "3 March 2026, 2:30pm".

    ``zone=True`` names the zone in force ("3 March 2026, 2:30pm (GMT)"), for the nights when it matters.
    """
    words = f"{day_in_words(london_day(moment))}, {time_in_words(moment)}"
    return f"{words} ({moment.astimezone(LONDON):%Z})" if zone else words


def due_in_words(moment: datetime, *, zone: bool = False) -> str:
    """Return a due moment in words; a London midnight is called the end of the day that it ends."""
    if moment == day_starts(london_day(moment)):
        return f"the end of {day_in_words(london_day(moment) - DAY)}"
    return moment_in_words(moment, zone=zone)


def zone_matters(first: datetime, second: datetime) -> bool:
    """Say whether London's clocks change between two moments, so that a screen must name the zone."""
    return first.astimezone(LONDON).utcoffset() != second.astimezone(LONDON).utcoffset()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def length_in_words(length: timedelta) -> str:
    """Return a length of time in words, rounded down: "3 days", "18 hours", "2 hours 5 minutes"."""
    if length >= 3 * DAY:
        return _count(length // DAY, "day")
    hours, minutes = length // HOUR, length % HOUR // MINUTE
    if hours >= 6 or (hours and not minutes):
        return _count(hours, "hour")
    if hours:
        return f"{_count(hours, 'hour')} {_count(minutes, 'minute')}"
    return _count(minutes, "minute") if minutes else "less than a minute"


def left_in_words(due_at: datetime, now: datetime) -> str:
    """Return how long is left until ``due_at``, or how long it has been overdue: "18 hours left", "1 hour overdue".

    Rounded down in both directions, so that the screen never promises time that is not there.
    """
    if now > due_at:
        return f"{length_in_words(now - due_at)} overdue"
    return f"{length_in_words(due_at - now)} left"
