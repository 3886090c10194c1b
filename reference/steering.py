"""What the portal does with a list: said once by each app, so that an administrator knows what a change will do.

The lists lie below the apps that work by them, so the apps come here when they are made ready (``AppConfig.ready``)::

    steers("severity_scale", "How serious a concern can be said to be.", needs=lambda: {"serious", "critical"})

A list that nobody steers by is shown and kept, and nothing else hangs on it yet. What an app needs of a list, or cannot
read in it, is refused before it is saved; what was lacking before is nobody's fault now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reference.columns import code_of, title_of
from reference.rules import CASES, LISTS

Row = Mapping[str, Any]
Lists = Mapping[str, Sequence[Row]]
"""The rows of every list on one day: the columns, by list."""


class Unreadable(ValueError):
    """A row that an app cannot work by: the column at fault, and a sentence."""

    def __init__(self, column: str, sentence: str) -> None:
        """Keep both."""
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


def _nothing() -> Iterable[str]:
    return ()


def _takes_any(row: Row) -> None:
    """Any row will do."""


def _keeps_none(old: Row, new: Row) -> None:
    """Any change will do."""


def _whole(rows: Sequence[Row]) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Steer:
    """What one app does with one list.

    Attributes:
        list_code: which list.
        does: what the portal does with it, in a sentence.
        needs: gives the codes that the portal cannot do without.
        reads: raises ``Unreadable`` for a row that the app cannot work by.
        keeps: raises ``Unreadable`` for a change that would undo what was promised under the row before.
        lacks: gives a sentence for whatever the rows of a day together lack.
    """

    list_code: str
    does: str
    needs: Callable[[], Iterable[str]] = _nothing
    reads: Callable[[Row], None] = _takes_any
    keeps: Callable[[Row, Row], None] = _keeps_none
    lacks: Callable[[Sequence[Row]], Iterable[str]] = _whole


STEERS: dict[str, list[Steer]] = {}


def steers(list_code: str, does: str, **more: Any) -> None:
    """Say what an app does with a list; see ``Steer``. Raises KeyError for a list that there is not."""
    LISTS[list_code]
    STEERS.setdefault(list_code, []).append(Steer(list_code, does, **more))


def done_with(list_code: str) -> list[str]:
    """Return what the portal does with a list, a sentence each; nothing for one that is only shown."""
    return [one.does for one in STEERS.get(list_code, ())]


def unread(list_code: str, row: Row, before: Row | None = None) -> dict[str, str]:
    """Return what the apps cannot work by in a row, by column; ``before`` is the row it follows, if any."""
    wrong: dict[str, str] = {}
    for one in STEERS.get(list_code, ()):
        try:
            one.reads(row)
            if before is not None:
                one.keeps(before, row)
        except Unreadable as refusal:
            wrong.setdefault(refusal.column, refusal.sentence)
    return wrong


def faults(lists: Lists) -> set[str]:
    """Return what the portal lacks with the lists as they stand on one day, a sentence each."""
    found = set(_dangling(lists))
    for list_code, held in STEERS.items():
        rows, label = lists.get(list_code, ()), LISTS[list_code].label
        if not rows:
            found.add(f"“{label}” would have no row left, and the portal works by it.")
        codes = {code_of(list_code, row) for row in rows}
        for one in held:
            found |= {
                f"The portal needs “{code}” in “{label}”: {one.does[0].lower()}{one.does[1:]}"
                for code in set(one.needs()) - codes
            }
            found |= set(one.lacks(rows))
    return found


def _dangling(lists: Lists) -> Iterable[str]:
    """Give a sentence for each cell that names a code which no list holds."""
    for list_code, rows in lists.items():
        for row in rows:
            for column in unheld(list_code, row, lists):
                yield (
                    f"“{title_of(list_code, row)}” in “{LISTS[list_code].label}” names “{row[column]}”,"
                    " which would stand on no list."
                )


def unheld(list_code: str, row: Row, lists: Lists) -> dict[str, str]:
    """Return the columns of a row that name a code which no list holds, each with a sentence.

    A row may name itself, and a word that stands for a case where there is no code for it.
    """
    found = {}
    for column, targets in LISTS[list_code].codes.items():
        value = str(row.get(column) or "")
        own = {code_of(list_code, row)} if list_code in targets else set()
        if value and value not in codes_held(lists, targets) | own | CASES:
            found[column] = f"“{value}” stands on no list on that day. Choose one that does."
    return found


def codes_held(lists: Lists, targets: Iterable[str]) -> set[str]:
    """Return the codes of these lists; ``list.column`` stands for the values of that column."""
    held: set[str] = set()
    for target in targets:
        name, _, column = target.partition(".")
        rows = lists.get(name, ())
        held |= (
            {str(row.get(column) or "") for row in rows} if column else {code_of(name, row) for row in rows}
        )
    return held


def naming(lists: Lists, list_code: str, code: str) -> dict[str, int]:
    """Return how many rows of which lists name a body or a party by its code, by the list's label."""
    if list_code not in ("agency_kinds", "relations"):
        return {}
    found = {}
    for name, rows in lists.items():
        parties = [f"{column}_codes" for column in LISTS[name].parties]
        count = sum(any(code in (row.get(column) or ()) for column in parties) for row in rows)
        if count:
            found[LISTS[name].label] = count
    return found
