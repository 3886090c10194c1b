"""What a row of a sheet says, and what is said of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

MOST_ROWS = 500
"""Rows of one sheet, its heading apart: what one request previews or does in some seconds."""
LONGEST_CELL = 300
LONGEST_EMAIL, LONGEST_NAME = 254, 200
"""Characters that an account holds of each."""

EMAIL, NAME, BODY, ROLE, GROUP, SEAT, CLEARED, FIRST, LAST = COLUMNS = (
    "E-mail address",
    "Full name",
    "Body",
    "Role",
    "Group",
    "Seat",
    "Restricted items",
    "First day",
    "Last day",
)
"""The columns, in the order in which the template has them."""

NEW, CHANGED, ENDED, UNCHANGED, BAD = "new", "changed", "ended", "unchanged", "bad"
OUTCOMES: Mapping[str, str] = {
    BAD: "Bad rows",
    NEW: "New",
    CHANGED: "Changed",
    ENDED: "Ended",
    UNCHANGED: "Unchanged",
}
"""Every class of row, in the order in which they are shown."""


@dataclass(frozen=True)
class Row:
    """A row as it was read. `fault` says why it cannot be taken; "" for a sound one."""

    number: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a row wants to be so.

    Attributes:
        number: of the row in the sheet, from 1; the heading counts.
        email: in small letters.
        name: of the person.
        body: name or code of a body.
        role: a code of ``Role``; "" where the row is about a seat.
        group: name of a group; "" where the row is about a role.
        seat: a code of ``SeatKind``; "" where the row is about a role.
        cleared: the seat may receive restricted items.
        first: the first day; None where the row leaves it out.
        ends_on: the first day without; None for no end.
    """

    number: int
    email: str
    name: str
    body: str
    role: str
    group: str
    seat: str
    cleared: bool
    first: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Told:
    """What a row comes to.

    Attributes:
        outcome: a code of ``OUTCOMES``.
        number: of the row.
        who: the person, as the row names them.
        words: what will happen, or why it cannot.
        warnings: the sentences among these that are said again above all rows.
    """

    outcome: str
    number: int
    who: str
    words: str
    warnings: tuple[str, ...] = ()


class Unsound(Exception):
    """A row that cannot be taken; the sentence says why."""


_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_BRITISH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"", "no", "n", "false", "0"})


def wanted(row: Row, *, roles: Mapping[str, str], seats: Mapping[str, str]) -> Wanted:
    """What a row wants.

    Args:
        row: as it was read.
        roles: the words of each role by its code; a row may use either.
        seats: the words of each kind of seat by its code.

    Raises:
        Unsound: the row is faulty.
    """
    if row.fault:
        raise Unsound(row.fault)
    cells = {name: " ".join(row.cells.get(name, "").split()) for name in COLUMNS}
    email = cells[EMAIL].lower()
    if not _EMAIL.fullmatch(email):
        raise Unsound("It has no e-mail address, or none that can be one.")
    for name in (NAME, BODY):
        if not cells[name]:
            raise Unsound(f"“{name}” is blank.")
    for name, most in ((EMAIL, LONGEST_EMAIL), (NAME, LONGEST_NAME)):
        if len(cells[name]) > most:
            raise Unsound(f"“{name}” is longer than {most} characters.")
    about_seat = bool(cells[GROUP] or cells[SEAT])
    if about_seat == bool(cells[ROLE]):
        raise Unsound("It must say either a role, or a group and a seat: one thing in each row.")
    if about_seat and not (cells[GROUP] and cells[SEAT]):
        raise Unsound("A seat needs both the group and the seat.")
    first, last = day_in(cells[FIRST], FIRST), day_in(cells[LAST], LAST)
    if first and last and last < first:
        raise Unsound("It ends before it starts.")
    return Wanted(
        number=row.number,
        email=email,
        name=cells[NAME],
        body=cells[BODY],
        role="" if about_seat else _code(cells[ROLE], roles, ROLE),
        group=cells[GROUP],
        seat=_code(cells[SEAT], seats, SEAT) if about_seat else "",
        cleared=_yes(cells[CLEARED], about_seat=about_seat),
        first=first,
        ends_on=date.fromordinal(last.toordinal() + 1) if last else None,
    )


def day_in(text: str, column: str) -> date | None:
    """The day in a cell, as 2026-03-03 or 3/3/2026, the day before the month; None for a blank one.

    Raises:
        Unsound: it is no day.
    """
    if not text:
        return None
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    if iso:
        year, month, day = map(int, iso.groups())
    elif british:
        day, month, year = map(int, british.groups())
    else:
        raise Unsound(f"“{column}” is no date. Write it as 2026-03-31 or 31/3/2026.")
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unsound(f"“{column}” is no real date.") from None
    if not 2000 <= found.year < 2100:
        raise Unsound(f"“{column}” lies outside the years 2000 to 2099.")
    return found


def _code(text: str, words: Mapping[str, str], column: str) -> str:
    typed = text.casefold()
    for code, label in words.items():
        if typed in (code.casefold(), label.casefold()):
            return code
    raise Unsound(f"“{column}” must be one of: {', '.join(words.values())}.")


def _yes(text: str, *, about_seat: bool) -> bool:
    typed = text.casefold()
    if typed in _YES and about_seat:
        return True
    if typed in _NO:
        return False
    raise Unsound(f"“{CLEARED}” must be yes or no, and yes only of a seat.")


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike, capitals and blanks apart."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def of_two_people(rows: Iterable[Wanted]) -> dict[int, str]:
    """The rows whose address another row before them gives to somebody else, with why they are bad."""
    first: dict[str, Wanted] = {}
    wrong = {}
    for row in rows:
        held = first.setdefault(row.email, row)
        if not same_name(held.name, row.name):
            wrong[row.number] = (
                f"Row {held.number} gives this address to {held.name}. Two people never share one."
            )
    return wrong


def counted(told: Iterable[Told]) -> dict[str, int]:
    """How many rows of each class, all classes named."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for one in told:
        counts[one.outcome] += 1
    return counts


def said(counts: Mapping[str, int]) -> list[str]:
    """What applying will do, in sentences."""
    changes = counts[NEW] + counts[CHANGED] + counts[ENDED]
    done = "; ".join(f"{OUTCOMES[one].lower()} {counts[one]}" for one in (NEW, CHANGED, ENDED, UNCHANGED))
    words = [f"Rows: {done}. What is not in the sheet stays as it is."]
    if counts[BAD]:
        words.append(
            f"Bad rows: {counts[BAD]}. Nothing of them is done. Correct them and send the sheet again, so that all"
            " is done or nothing; or go on with the good rows only."
            if changes
            else f"Bad rows: {counts[BAD]}. Correct them and send the sheet again."
        )
    if not changes:
        words.append("There is nothing to change.")
    return words
