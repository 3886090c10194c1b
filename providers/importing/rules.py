"""What an import says of each row: plain words and tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.rules import whole_address

NEW = "new"
CHANGED = "changed"
CLOSED = "closed"
REOPENED = "reopened"
UNCHANGED = "unchanged"
PASSED_OVER = "passed_over"
ABSENT = "absent"
BAD = "bad"

OUTCOMES: Mapping[str, str] = {
    REOPENED: "Reopened",
    BAD: "Bad rows",
    NEW: "New",
    CHANGED: "Changed",
    CLOSED: "Closed",
    ABSENT: "Not in this file",
    PASSED_OVER: "Passed over",
    UNCHANGED: "Unchanged",
}
"""Every class of row, in the order in which they are shown."""

APPLIED = (NEW, CHANGED, CLOSED, REOPENED)
"""The classes that change the directory."""

OF_THE_NEWEST = (ABSENT, PASSED_OVER)
"""The classes that change nothing, row by row: kept of the newest import of a kind alone; the others keep the count."""

PREVIEWED = "previewed"
SET_ASIDE = "set_aside"
DONE = "applied"
STATES: Mapping[str, str] = {
    PREVIEWED: "Waits for a yes",
    DONE: "Applied",
    SET_ASIDE: "Set aside",
}
IMPORT_TRANSITIONS: dict[str, frozenset[str]] = {
    PREVIEWED: frozenset({DONE, SET_ASIDE}),
    DONE: frozenset(),
    SET_ASIDE: frozenset(),
}

Changes = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file as its kind reads it.

    Attributes:
        number: of the row in the file, from 1; a heading counts.
        code: what the thing is known by; "" where a faulty row gives none.
        name: what it is called.
        row: what it says, for the kind alone.
        fault: why it cannot be taken, in a sentence; "" for a sound one.
        passed: why it is none of this kind's business, such as a hospital in a list of practices; "" where it is.
    """

    number: int
    code: str = ""
    name: str = ""
    row: Any = None
    fault: str = ""
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one row means for what stands.

    Attributes:
        outcome: a code of ``OUTCOMES``.
        number: of the row; None for what stands and is not in the file.
        code: what the thing is known by.
        name: what it is called, in the file where it stands there.
        changes: by field, what stands and what the file says, as text; ("", ...) for what was blank.
        reason: why a row is bad or passed over, or what else is to be known of it.
        keep: what the kind needs to apply it; shown to nobody.
    """

    outcome: str
    number: int | None
    code: str
    name: str
    changes: Changes = field(default_factory=dict)
    reason: str = ""
    keep: Any = None

    @property
    def told(self) -> bool:
        """Whether it is told by row: an unchanged one is where there is something to say of it."""
        return self.outcome != UNCHANGED or bool(self.reason)


def ranges(numbers: list[int]) -> str:
    """Row numbers in few words: [1, 2, 3, 7] is "1 to 3, 7"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)


FIELDS: Mapping[str, str] = {
    "name": "name",
    "short_name": "short name",
    "kind": "kind",
    "address": "address",
    "town": "town",
    "postcode": "postcode",
    "telephone": "telephone",
    "opened_on": "open date",
    "closed_on": "close date",
    "said_to_close_on": "close date in the file",
    "status": "status",
    "parent": "region",
    "commissioner": "commissioner",
    "group": "group",
}
"""What the fields of an import are called on the screen; one that is not here is called by its name."""


STATUS, ADDRESS, MOVED = "status", "address", "moved"
TURNS: Mapping[str, str] = {STATUS: "Closed or open", ADDRESS: "Address", MOVED: "Moved"}
"""What is kept of a provider or a place as it turns; an address by hand may be a correction, and says only what it is."""

_STATUS_WORDS = {"open": "is open again", "closed": "closed", "dormant": "is dormant"}
_ADDRESS_FIELDS = ("address", "town", "postcode")


def turns_of(changes: Changes, stands: Mapping[str, str], *, by_hand: bool) -> list[tuple[str, str, str]]:
    """The turns in changes of one thing, as (what, before, after).

    An address that was blank before or is now is none. In a file a changed postcode is a move, and other words for the
    same place are no turn; by hand any change of an address is one, and no move is read into it.

    Args:
        changes: what changed.
        stands: the fields of the address as they stand now.
        by_hand: whether a person changed it.
    """
    found = []
    before, after = changes.get("status", ("", ""))
    if before != after:
        found.append((STATUS, before, after))
    changed = {name: changes[name][0] for name in _ADDRESS_FIELDS if name in changes}
    was, is_ = (
        whole_address(*(fields.get(name, "") for name in _ADDRESS_FIELDS))
        for fields in ({**stands, **changed}, stands)
    )
    moved = changed if by_hand else _other(*changes.get("postcode", ("", "")))
    if moved and was and is_ and was != is_:
        found.append((ADDRESS if by_hand else MOVED, was, is_))
    return found


def _other(before: str, after: str) -> bool:
    """Whether these are two postcodes; a space or a small letter makes none."""
    plain = {"".join(one.split()).casefold() for one in (before, after)}
    return len(plain) == 2 and "" not in plain


def turn_in_words(what: str, whose: str, before: str, after: str) -> str:
    """A turn in words: "The Mill closed"; `whose` is "" for the provider itself."""
    if what == ADDRESS:
        return f"{f'The address of {whose}' if whose else 'Its address'} is now {after}; it was {before}"
    said = _STATUS_WORDS.get(after, after) if what == STATUS else f"moved from {before} to {after}"
    return f"{whose or 'It'} {said}"


def in_order(changes: Changes) -> list[tuple[str, str, str]]:
    """Changes as (field, before, after), in the order of ``FIELDS``: the database keeps none."""
    order = list(FIELDS)
    fields = sorted(changes, key=lambda field: (order.index(field) if field in FIELDS else len(order), field))
    return [(field, changes[field][0], changes[field][1]) for field in fields]


def said_in_words(changes: Changes) -> str:
    """Changes in a line: "name: from Old to New; close date: from blank to 2020-09-30"."""
    return "; ".join(
        f"{FIELDS.get(field, field)}: from {before or 'blank'} to {after or 'blank'}"
        for field, before, after in in_order(changes)
    )


def idle(counts: Mapping[str, int]) -> str:
    """Why there is nothing in a file to apply; "" where there is."""
    if any(counts.get(one) for one in APPLIED):
        return ""
    if counts.get(PASSED_OVER) and not counts.get(UNCHANGED):
        return "None of its rows is of this kind. Is it the right file?"
    return "There is nothing in it to apply."


def counted(counts: Mapping[str, int]) -> list[str]:
    """What applying would do, in sentences; nothing is ever taken away."""
    new, changed, closed, absent = (counts.get(one, 0) for one in (NEW, CHANGED, CLOSED, ABSENT))
    told = [f"{new:,} will be new, {changed:,} will change and {closed:,} will be closed."]
    if again := counts.get(REOPENED, 0):
        told.insert(
            0,
            f"{again:,} that are closed here will be open again. An older file does that: look at them first.",
        )
    if absent:
        told.append(
            f"{absent:,} that stand here are not in this file. Nothing happens to them: only a close date closes."
        )
    return told
