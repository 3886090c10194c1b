"""The lists as they stand on a day, one row with its days, and what was changed: in fixed numbers of questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from agencies.lists import rules
from agencies.lists.models import ListChange
from reference.columns import columns_of, said, title_of
from reference.models import Entry
from reference.rules import LISTS, PARTIES
from reference.steering import Lists
from timekeeping.london import moment_in_words

Names = Mapping[str, Mapping[str, str]]
_FAMILY = "clock_intervals.family"


def names_in(list_code: str) -> Names:
    """Return what the codes in a list's cells are called, by column: words for people; those that ended keep theirs.

    A family of clocks is called by the deadlines in it. A template is known by its code alone.
    """
    spec = LISTS[list_code]
    found: dict[str, dict[str, str]] = {
        column.name: {one: one.replace("_", " ").capitalize() for one in column.choices}
        for column in columns_of(list_code)
        if column.choices
    }
    targets = {**spec.codes, **dict.fromkeys(spec.parties, PARTIES)}
    wanted = {one.partition(".")[0] for every in targets.values() for one in every}
    rows = list(Entry.objects.filter(list_code__in=wanted).order_by("list_code", "position"))
    for column, every in targets.items():
        names: dict[str, dict[str, None]] = {}
        for row in rows:
            if row.list_code in every:
                names.setdefault(row.code, {title_of(row.list_code, row.data): None})
            elif row.list_code == "clock_intervals" and _FAMILY in every:
                names.setdefault(str(row.data["family"]), {})[title_of(row.list_code, row.data)] = None
        found[column] = {code: " / ".join(titles) for code, titles in names.items()}
    return found


@dataclass(frozen=True)
class Line:
    """One row of a list, ready to be read.

    Attributes:
        entry: the row.
        names: what the codes in its cells are called, by column (``names_in``).
    """

    entry: Entry
    names: Names = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What it is called: where another list's row is part of its key, after that one."""
        code, cells = self.entry.list_code, self.entry.data
        (called,) = (one.name for one in columns_of(code) if one.names_row)
        own = self._said(called, title_of(code, cells))
        over = [self._said(key, str(cells[key])) for key in LISTS[code].keys if key in LISTS[code].codes]
        return ": ".join([*over, own]) if called not in LISTS[code].codes else own

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What else it says: label and words."""
        called = {one.label for one in columns_of(self.entry.list_code) if one.names_row}
        return [(label, words) for label, words in self.all_facts if label not in called]

    @property
    def all_facts(self) -> list[tuple[str, str]]:
        """Everything it says: label and words."""
        return [
            (column.label, self._said(column.name, words))
            for column, words in said(self.entry.list_code, self.entry.data)
        ]

    def _said(self, column: str, words: str) -> str:
        return self.names.get(column, {}).get(words, words)

    def has(self, words: str) -> bool:
        """Whether every one of these words stands somewhere in the row."""
        text = " ".join([self.entry.code, self.entry.source, *(one for _, one in self.all_facts)]).casefold()
        return all(word in text for word in words.casefold().split())


def standing_on(day: date) -> QuerySet[Entry]:
    """Return the rows of every list in force on a London day."""
    not_ended = Q(effective_to__isnull=True) | Q(effective_to__gte=day)
    return Entry.objects.filter(not_ended, effective_from__lte=day)


def in_force(list_code: str, on: date) -> QuerySet[Entry]:
    """Return the rows of a list in force on a London day, in its order."""
    return standing_on(on).filter(list_code=list_code)


def powers_of(kind: str, on: date) -> list[dict[str, Any]]:
    """Return the powers that the list names for a kind of body on a London day (NQB, tools and levers, l.760-767).

    A team of NHS England has NHS England's powers.
    """
    kinds = {kind, "nhs_england"} if kind.startswith("nhs_england_") else {kind}
    return [one.data for one in in_force("tools_and_levers", on) if one.data["body_kind"] in kinds]


def changes_of(list_code: str, code: str) -> list[ListChange]:
    """Return what was changed of a row, the newest first."""
    found = ListChange.objects.filter(list_code=list_code, code=code)
    return list(found.select_related("by", "undone_by"))


def version_of(changes: Iterable[ListChange]) -> int:
    """Return how often a row was changed, and changed back."""
    return sum(1 if one.undone_at is None else 2 for one in changes)


def meanwhile(changes: Sequence[ListChange]) -> str:
    """Say who changed a row last, and to what: for somebody who began before that."""
    moments = [(one.undone_at or one.made_at, one) for one in changes]
    at, last = max(moments, key=lambda pair: pair[0])
    who, did = (last.undone_by, "took back a change of") if last.undone_at else (last.by, "changed")
    words = ""
    if last.undone_at is None and last.before and last.after:
        found = rules.differences(last.list_code, last.before, last.after)
        words = " " + " ".join(rules.difference_words(one) for one in found)
    return (
        f"{who} {did} this row on {moment_in_words(at)}, while you were writing.{words}"
        " Nothing was lost: what you typed is below. Look at the row as it stands, then send yours again if it still fits."
    )


def on_day(entries: Iterable[Entry], day: date) -> Lists:
    """Return the rows of every list in force on a day."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in entries:
        if one.effective_from <= day and (one.effective_to is None or one.effective_to >= day):
            found.setdefault(one.list_code, []).append(one.data)
    return found


def days_of_change(entries: Iterable[Entry], since: date) -> list[date]:
    """Return that day, and each later one on which any list changes."""
    days = {since}
    for one in entries:
        days.add(one.effective_from)
        if one.effective_to is not None and one.effective_to < date.max:
            days.add(one.effective_to + timedelta(days=1))
    return sorted(day for day in days if day >= since)


def is_planned(change: ListChange, today: date) -> bool:
    """Whether a change has not yet taken effect, and was not taken back."""
    return change.undone_at is None and change.starts_on > today


def planned(now_on: date) -> QuerySet[ListChange]:
    """Return every change that is still to come, the soonest first."""
    found = ListChange.objects.filter(undone_at__isnull=True, starts_on__gt=now_on)
    return found.order_by("starts_on", "list_code", "code")
