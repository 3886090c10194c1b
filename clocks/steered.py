"""What the deadlines do with the lists, and what they could not work by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from clocks.registry import ACTING_EFFECTS, FAMILIES, gaps
from clocks.rules import intervals
from clocks.rules.steps import parse_offset
from reference.files import read_table
from reference.operations import DATA
from reference.rules import LISTS
from reference.steering import Row, Unreadable, steers

_SOME_MOMENT = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""From which durations are compared: a Monday, with no holiday near."""
_DURATIONS = "Write durations such as 2h, 7d, 3m or 1wd, with a semicolon between choices, or moment."


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers(
        "clock_intervals",
        "How long each deadline runs, how it is counted, what it is called and whether it may be recorded late.",
        needs=_started,
        reads=_read_interval,
        keeps=_keep_interval,
    )
    steers(
        "clock_steps",
        "Who is told of a deadline, when, and what happens at each step.",
        reads=_read_step,
        lacks=_steps_lacking,
    )
    steers("bank_holidays", "Which days are no working days, where a deadline counts working days.")


@cache
def _shipped() -> tuple[Mapping[str, str], ...]:
    return tuple(row for _, row in read_table(DATA / "clock_intervals.csv")[0])


def _started() -> Iterable[str]:
    """Give the kinds of clock of the families that an app runs."""
    return {row["code"] for row in _shipped() if row["family"] in FAMILIES}


def _read_interval(row: Row) -> None:
    choices = _durations(row, "amount")
    longest = _durations(row, "longest")[0] if row["longest"] else None
    if longest and (longest.unit in (intervals.MOMENT, intervals.HALF) or longest.amount < 0):
        raise Unreadable("longest", "The longest allowed must be a length of time, such as 72h.")
    for one in choices:
        if one.unit in (intervals.MOMENT, intervals.HALF) or one.amount < 0:
            continue
        due = _after(row, one, "amount")
        if longest and due > _after(row, longest, "longest"):
            raise Unreadable("amount", "It offers a time that is longer than the longest allowed.")


def _durations(row: Row, column: str) -> Sequence[intervals.Duration]:
    try:
        return intervals.parse_choices(str(row[column]))
    except ValueError:
        raise Unreadable(column, f"“{row[column]}” is no length of time. {_DURATIONS}") from None


def _after(row: Row, duration: intervals.Duration, column: str) -> datetime:
    try:
        return intervals.add_duration(_SOME_MOMENT, duration, str(row["calendar"]), frozenset())
    except ValueError:
        counted = str(row["calendar"]).replace("_", " ")
        raise Unreadable(column, f"“{row[column]}” cannot be counted in {counted}. {_DURATIONS}") from None
    except OverflowError:
        raise Unreadable(column, f"“{row[column]}” is longer than any calendar here.") from None


def _keep_interval(old: Row, new: Row) -> None:
    if old["code"] not in _started():
        return
    if old["family"] != new["family"]:
        raise Unreadable("family", "The portal starts this clock in its family: that cannot change.")
    before, after = (_way(_durations(row, "amount")[0]) for row in (old, new))
    if before != after:
        raise Unreadable(
            "amount", f"The portal starts this clock with {before}: keep to that, with another number."
        )


def _way(default: intervals.Duration) -> str:
    """Say how a clock's usual time is found: whoever starts it gives no more than that needs."""
    if default.unit == intervals.MOMENT:
        return "a moment that a person gives"
    if default.unit == intervals.HALF:
        return "half of another clock"
    return "a day to count back from" if default.amount < 0 else "a length of time"


def _read_step(row: Row) -> None:
    try:
        offset = parse_offset({key: str(value) for key, value in row.items()})
    except ValueError:
        raise Unreadable(
            "at",
            f"“{row['at']}” is no moment of a clock. Write it as other rows do: start, start + 1 hour, half of the"
            " duration, 80 % of the duration, 2 hours before due, due, every 4 hours after due until met or stopped.",
        ) from None
    for sentence in gaps({str(row["clock"]): [offset]}):
        column = "recipients" if "who" in sentence else "effect"
        said = sentence.partition(": ")[2]
        raise Unreadable(column, f"{said[0].upper()}{said[1:]}")


def _steps_lacking(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Say which families would tell nobody, and which would not do what their app does at a step."""
    effects: dict[str, set[str]] = {}
    for row in rows:
        effects.setdefault(str(row["clock"]), set()).add(str(row["effect"]))
    label = LISTS["clock_steps"].label
    for code, family in FAMILIES.items():
        if code not in effects:
            yield f"“{label}” would have no step left for “{code}”: nobody would be told."
        for effect in ACTING_EFFECTS & set(family.effects) - effects.get(code, set()):
            yield f"“{label}” would have no step of “{code}” left at which “{effect}” happens."
