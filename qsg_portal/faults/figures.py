"""The figures of the fault test beside their limits: plain arithmetic and a table."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure: under which fault, what, how much, and the most it may be; no limit where it only informs."""

    fault: str
    what: str
    measured: float
    limit: float | None = None
    unit: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the figure keeps its limit."""
        if self.limit is None:
            return True
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def share(values: Sequence[float], part: float) -> float:
    """Return the value that this part of the values does not pass: ``share(values, 0.99)`` is p99; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def disorder(recorded: Sequence[float]) -> float:
    """Return the seconds by which the worst of these, given in due order, was recorded before one due earlier."""
    worst, latest = 0.0, float("-inf")
    for moment in recorded:
        worst, latest = max(worst, latest - moment), max(latest, moment)
    return worst


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for a person."""
    lines = [f"{'fault':<34} {'figure':<34} {'measured':>10} {'limit':>12}", "-" * 96]
    for one in figures:
        measured = f"{one.measured:.2f}".rstrip("0").rstrip(".") + one.unit
        limit = "" if one.limit is None else f"{'≥' if one.at_least else '≤'} {one.limit:g}{one.unit}"
        verdict = "" if one.limit is None else ("ok" if one.holds else "FAILS")
        lines.append(f"{one.fault:<34} {one.what:<34} {measured:>10} {limit:>12}  {verdict}")
    return "\n".join(lines)
