"""When breaches and ratings form a pattern that somebody should think about (NQB ch. 2, l.217; ADASS 10).

A prompt asks; it judges nothing and starts nothing. What it rests on stands beside it.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from providers.register.rules.actions import IN_FORCE, standard_key
from providers.register.rules.ratings import INADEQUATE, QUESTIONS, REQUIRES_IMPROVEMENT
from timekeeping.london import day_in_words

_NUMBER = re.compile(r"\d+")
# The numbers of each pattern, in the order in which the list's words give them, and what they are where it gives none.
_NUMBERS = {
    "significant": (1,),
    "repeated": (2, 730),
    "multiple": (3,),
    "sustained": (180,),
    "inadequate": (),
    "repeat_ri": (2,),
}


@dataclass(frozen=True)
class Breach:
    """A published breach at one place.

    Attributes:
        key: of the place, or of the provider: names may be shared.
        place: the place's name, or the provider's.
        label: what kind of entry says so.
        standing: of the entry, on the day asked about; one that was set aside is never given.
        found_on: the day of the inspection, or from which the entry is in force.
        standards: which standards, as published.
        comply_by: the day set for putting it right.
        significant: whether the regulator judged it so.
        inspected: whether ``found_on`` is the day of an inspection. Where it is not, nobody can tell whether another
            entry is of the same inspection, so that it is counted neither as another one nor with one.
    """

    key: Hashable
    place: str
    label: str
    standing: str
    found_on: date
    standards: tuple[str, ...]
    comply_by: date | None = None
    significant: bool = False
    inspected: bool = True

    @property
    def words(self) -> str:
        """The breach in a line."""
        which = f": {', '.join(self.standards)}" if self.standards else ""
        return f"{self.label}, {day_in_words(self.found_on)}, {self.place}{which}"


@dataclass(frozen=True)
class Rated:
    """One published rating of one place; the whole of it, not of a service there. ``key`` is the place's."""

    key: Hashable
    place: str
    current: bool
    report_on: date | None
    overall: str
    questions: tuple[str, ...]

    @property
    def when(self) -> str:
        """When the report was published."""
        return f", report of {day_in_words(self.report_on)}" if self.report_on else ""


@dataclass(frozen=True)
class Prompt:
    """Something to think about.

    Attributes:
        code: of the list ``breach_patterns``.
        label: its words there.
        words: what to consider.
        rests_on: the published facts it rests on, a line each.
    """

    code: str
    label: str
    words: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """A pattern as the list has it: its words, and its numbers."""

    label: str
    numbers: tuple[int, ...]


def patterns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Pattern]:
    """Read the patterns that are looked for from the rows of the list that stand; one that ended is not looked for.

    The numbers stand in the row's own words ("same standard breached in 2 inspections within 730 days"), so that an
    administrator changes them there; where the words have too few, the usual ones hold.
    """
    found = {}
    for row in rows:
        code = str(row["code"])
        if code not in _NUMBERS:
            continue
        usual = _NUMBERS[code]
        said = tuple(int(one) for one in _NUMBER.findall(str(row.get("default_threshold") or "")))
        found[code] = Pattern(str(row["label"]), said if len(said) == len(usual) and all(said) else usual)
    return found


def numbers_wanted(row: Mapping[str, Any]) -> str:
    """Say which numbers a row's threshold lacks, so that the usual ones would hold instead; "" when it has them."""
    usual = _NUMBERS.get(str(row["code"]), ())
    said = [int(one) for one in _NUMBER.findall(str(row.get("default_threshold") or ""))]
    if not usual or (len(said) == len(usual) and all(said)):
        return ""
    such = " and ".join(map(str, usual))
    plural = "1 number" if len(usual) == 1 else f"{len(usual)} numbers"
    return f"Say it with {plural} greater than nothing, in this order: usually {such}."


def prompts(
    breaches: Sequence[Breach], ratings: Sequence[Rated], patterns: Mapping[str, Pattern], today: date
) -> list[Prompt]:
    """Return what to think about, in the order of the list.

    Args:
        breaches: every published breach that was not set aside.
        ratings: every published rating, in any order.
        patterns: from ``patterns_of``.
        today: the London day.
    """
    finders = {
        "significant": lambda of: _significant(breaches, of),
        "repeated": lambda of: _repeated(breaches, of, today),
        "multiple": lambda of: _multiple(breaches, of),
        "sustained": lambda of: _sustained(breaches, of, today),
        "inadequate": lambda of: _inadequate(ratings),
        "repeat_ri": lambda of: _repeat(ratings, of),
    }
    return [
        Prompt(code, pattern.label, words, tuple(lines))
        for code, pattern in patterns.items()
        for words, lines in finders[code](pattern.numbers)
    ]


Found = list[tuple[str, list[str]]]


def _significant(breaches: Sequence[Breach], numbers: Sequence[int]) -> Found:
    held = [one for one in breaches if one.significant and one.standing == IN_FORCE]
    if len(held) < numbers[0]:
        return []
    words = (
        "Consider whether people are at risk now, and who else should know: "
        "the regulator judged a breach significant, and it is in force."
    )
    return [(words, [one.words for one in held])]


def _repeated(breaches: Sequence[Breach], numbers: Sequence[int], today: date) -> Found:
    inspections, days = numbers
    earliest = today - timedelta(days=min(days, (today - date.min).days))
    at: dict[tuple[Hashable, str], dict[date, Breach]] = defaultdict(dict)
    for one in breaches:
        if one.inspected and earliest <= one.found_on <= today:
            for standard in one.standards:
                at[one.key, standard_key(standard)].setdefault(one.found_on, one)
    found = []
    for (_, wanted), days_found in at.items():
        if len(days_found) < inspections:
            continue
        held = [days_found[day] for day in sorted(days_found)]
        standard = next(each for each in held[-1].standards if standard_key(each) == wanted)
        words = (
            f"Consider why the same standard was breached again at {held[-1].place}: {standard}, "
            f"found on {len(held)} days within {days:,} days."
        )
        found.append((words, [one.words for one in held]))
    return found


def _multiple(breaches: Sequence[Breach], numbers: Sequence[int]) -> Found:
    at: dict[tuple[Hashable, date], list[Breach]] = defaultdict(list)
    for one in breaches:
        if one.inspected:
            at[one.key, one.found_on].append(one)
    found = []
    for (_, day), held in at.items():
        standards = {standard_key(each) for one in held for each in one.standards}
        if len(standards) >= numbers[0] and any(one.standing == IN_FORCE for one in held):
            words = (
                f"Consider whether there is one cause behind {len(standards)} standards breached at once "
                f"at {held[0].place}, found on {day_in_words(day)}."
            )
            found.append((words, [one.words for one in held]))
    return found


def _sustained(breaches: Sequence[Breach], numbers: Sequence[int], today: date) -> Found:
    held = [
        one
        for one in breaches
        if one.standing == IN_FORCE and one.comply_by and (today - one.comply_by).days > numbers[0]
    ]
    if not held:
        return []
    words = (
        f"Consider what keeps this from being put right: it is open more than {numbers[0]} days "
        "after the day set for it."
    )
    lines = [
        f"{one.words}; to be put right by {day_in_words(one.comply_by)}" for one in held if one.comply_by
    ]
    return [(words, lines)]


def _inadequate(ratings: Sequence[Rated]) -> Found:
    lines = []
    for one in ratings:
        low = [
            *(["Overall"] if one.overall == INADEQUATE else []),
            *(
                name
                for name, value in zip(QUESTIONS.values(), one.questions, strict=True)
                if value == INADEQUATE
            ),
        ]
        if one.current and low:
            lines.append(f"{one.place}: {', '.join(low)}{one.when}")
    if not lines:
        return []
    return [("Consider this provider at each information sharing meeting: it is rated Inadequate.", lines)]


def _newest(one: Rated) -> tuple[bool, int]:
    """Sort the current rating first, whose day may not be known, then the newest report."""
    return not one.current, -(one.report_on or date.min).toordinal()


def _repeat(ratings: Sequence[Rated], numbers: Sequence[int]) -> Found:
    by_place: dict[Hashable, list[Rated]] = defaultdict(list)
    for one in ratings:
        if one.overall:
            by_place[one.key].append(one)
    lines = []
    for held in by_place.values():
        latest = sorted(held, key=_newest)[: numbers[0]]
        if len(latest) == numbers[0] and all(one.overall == REQUIRES_IMPROVEMENT for one in latest):
            days = [day_in_words(one.report_on) for one in latest if one.report_on]
            lines.append(
                f"{latest[0].place}: {len(latest)} in a row"
                + (f", reports of {' and '.join(days)}" if days else "")
            )
    if not lines:
        return []
    words = (
        "Consider this provider at each information sharing meeting: "
        "it is rated Requires improvement again and again."
    )
    return [(words, lines)]
