"""The lists that concerns are written with, in one question: what is offered, and what things are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from concerns.rules.content import Lists
from concerns.rules.origins import counting
from reference.models import Entry

CODES = (
    "source_kinds",
    "source_reliability",
    "quality_dimensions",
    "outcome_domains",
    "severity_scale",
    "confidence_scale",
)
OF_FIELD = {
    "source_kind": "source_kinds",
    "reliability": "source_reliability",
    "dimensions": "quality_dimensions",
    "outcome_domain": "outcome_domains",
    "severity": "severity_scale",
    "confidence": "confidence_scale",
}


@dataclass(frozen=True)
class Shelf:
    """The lists of concerns as they stand on a day, and every row they ever held, for what is recorded already.

    Attributes:
        on: the London day.
        entries: every row, by list, in its order.
    """

    on: date
    entries: Mapping[str, list[Entry]]

    def offered(self, name: str) -> list[Entry]:
        """Return the rows of a list that are offered that day."""
        return [
            one
            for one in self.entries.get(name, [])
            if one.effective_from <= self.on and (one.effective_to is None or one.effective_to >= self.on)
        ]

    def choices(self, field: str) -> list[tuple[str, str]]:
        """Return the choices of a field: code and words."""
        return [(one.code, str(one.data["label"])) for one in self.offered(OF_FIELD[field])]

    def hints(self, field: str, column: str) -> dict[str, str]:
        """Return a column of the rows offered, by code."""
        return {one.code: str(one.data.get(column, "")) for one in self.offered(OF_FIELD[field])}

    @cached_property
    def _latest(self) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for name, rows in self.entries.items():
            held = found.setdefault(name, {})
            for one in rows:
                if one.effective_from <= self.on or one.code not in held:
                    held[one.code] = one.data
        return found

    def data(self, field: str, code: str) -> dict[str, Any]:
        """Return the newest form of a row that has begun, offered or not; empty when the list never held it."""
        return self._latest.get(OF_FIELD[field], {}).get(code, {})

    def label(self, field: str, code: str) -> str:
        """Return what a code is called."""
        return str(self.data(field, code).get("label", code))

    def shown_outside(self, kind: str) -> str:
        """Return what a kind of source is called to those outside the owner."""
        shown = str(self.data("source_kind", kind).get("shown_outside_owner_as", ""))
        return shown.split(" (")[0] or self.label("source_kind", kind)

    def is_protected(self, kind: str) -> bool:
        """Say whether a kind of source is protected: outside the owner, the month only."""
        return self.data("source_kind", kind).get("protected_by_default") == "yes"

    def kinds_shown_as(self, shown: str) -> list[str]:
        """Return the kinds of source that are called this outside the owner."""
        return [
            one.code for one in self.entries.get("source_kinds", []) if self.shown_outside(one.code) == shown
        ]

    @cached_property
    def counting(self) -> dict[str, str]:
        """How each kind of source counts as an independent origin."""
        rows = self._latest.get("source_kinds", {})
        return {
            code: counting(str(row.get("counts_as_independent_origin", ""))) for code, row in rows.items()
        }

    @property
    def lists(self) -> Lists:
        """The codes on offer, as the rules ask."""

        def codes(name: str) -> frozenset[str]:
            return frozenset(one.code for one in self.offered(name))

        return Lists(
            source_kinds=codes("source_kinds"),
            reliabilities=codes("source_reliability"),
            dimensions=codes("quality_dimensions"),
            outcome_domains=codes("outcome_domains"),
            severities=codes("severity_scale"),
            confidences=codes("confidence_scale"),
        )


def shelf(on: date) -> Shelf:
    """Read the lists of concerns, in one question."""
    entries: dict[str, list[Entry]] = {}
    for one in Entry.objects.filter(list_code__in=CODES).order_by("list_code", "position", "effective_from"):
        entries.setdefault(one.list_code, []).append(one)
    return Shelf(on, entries)
