"""Which numbers are rung first: a body's desks as lines, and the council in which a place lies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

BY_DAY, OUT_OF_HOURS, ANY_HOUR = "in office hours", "out of hours", "at any hour"


@dataclass(frozen=True)
class Number:
    """A number to ring: whose desk, the number ("" when the source has none), and when it answers."""

    who: str
    number: str
    when: str = ""


@dataclass(frozen=True)
class Desk:
    """What a body answers for, such as "adults" ("": for anything), with its numbers, "" where there is none."""

    answers_for: str
    by_day: str = ""
    out_of_hours: str = ""


def lines_of(body: str, desks: Iterable[Desk]) -> list[Number]:
    """Return a body's desks as lines, each number once with when it answers.

    Args:
        body: its name.
        desks: its desks; none, if the directory names none.

    Returns:
        Lines in the order of the desks, then one without a number for what has none.
    """
    desks = list(desks)
    found: dict[str, tuple[list[str], set[str]]] = {}
    for desk in desks:
        for number, when in ((desk.by_day, BY_DAY), (desk.out_of_hours, OUT_OF_HOURS)):
            if number:
                answers_for, whens = found.setdefault(number, ([], set()))
                whens.add(when)
                if desk.answers_for and desk.answers_for not in answers_for:
                    answers_for.append(desk.answers_for)
    by_night = any(OUT_OF_HOURS in whens for _, whens in found.values())
    lines = [
        Number(_named(body, answers_for), number, _when(whens, by_night))
        for number, (answers_for, whens) in found.items()
    ]
    silent = dict.fromkeys(one.answers_for for one in desks if not (one.by_day or one.out_of_hours))
    without = [one for one in silent if one]
    if without or not lines:
        lines.append(Number(_named(body, without), ""))
    return lines


def _named(body: str, answers_for: list[str]) -> str:
    return f"{body}, {' and '.join(answers_for) or 'safeguarding'}"


def _when(whens: set[str], by_night: bool) -> str:
    if whens == {BY_DAY}:
        return BY_DAY if by_night else ""
    return ANY_HOUR if len(whens) > 1 else OUT_OF_HOURS


def place_of(name: str) -> str:
    """Return the place that a council, a CCG or an address names, in one spelling: "Bury council", "NHS Bury CCG", "BURY"."""
    words = name.casefold().replace("-", " ").strip()
    words = words.removeprefix("nhs ").removesuffix(" ccg").removesuffix(" council")
    return words.removeprefix("city of ").removeprefix("county of ")


def own_councils(
    town: str,
    *,
    councils: Mapping[str, str],
    commissioning: Iterable[str],
    ccgs: Iterable[str],
    practice: bool,
) -> list[str]:
    """Return the council in which a provider's place lies, as far as that is known; none when it is not.

    A practice belongs to the CCG of its place, and its post town is often the next city's: its CCG is asked
    first and, if it has one, alone. For others the town of the address says more than who buys there.

    Args:
        town: of the provider's address, "" if the source has none.
        councils: councils by the place they name (see ``place_of``).
        commissioning: the councils that buy care there.
        ccgs: the names of the CCGs that buy care there.
        practice: whether it is a practice.

    Returns:
        Councils as ``councils`` and ``commissioning`` give them.
    """
    buying = list(ccgs)
    theirs = [councils[place] for place in map(place_of, buying) if place in councils]
    if practice and buying:
        return theirs if len(buying) == 1 else []
    if place_of(town) in councils:
        return [councils[place_of(town)]]
    return list(commissioning) or (theirs if len(buying) == 1 else [])
