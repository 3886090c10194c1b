"""What concerns do with the lists, and what was promised under a row that a change must not undo."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from concerns.rules.content import GOOD_PRACTICE, GRAVE, NOT_KNOWN, OTHER_SOURCE
from concerns.rules.origins import CONFIRMED, DISPROVED
from reference.rules import LISTS
from reference.steering import Row, Unreadable, steers


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers(
        "severity_scale",
        "How serious a concern can be said to be, and when somebody must go and look.",
        needs=lambda: {*GRAVE, NOT_KNOWN, GOOD_PRACTICE},
    )
    steers(
        "source_kinds",
        "How a concern can be known, what is shown of that to others, and how reports are counted.",
        needs=lambda: {OTHER_SOURCE},
        reads=_read_kind,
        keeps=_keep_protected,
    )
    steers("source_reliability", "How close a source can be said to have been.")
    steers(
        "confidence_scale",
        "How sure a body can say that it is, and which reports count.",
        needs=lambda: {CONFIRMED, DISPROVED},
    )
    steers("quality_dimensions", "Which sides of quality a concern can touch.")
    steers("outcome_domains", "To which part of the outcomes framework a concern can belong.")
    steers("outcome_codes", "With what outcome a concern can be closed.", lacks=_outcomes_lacking)


def _read_kind(row: Row) -> None:
    if not str(row["counts_as_independent_origin"]).startswith(("yes", "no")):
        raise Unreadable(
            "counts_as_independent_origin", "Begin with yes or no: the counting goes by that word."
        )


def _keep_protected(old: Row, new: Row) -> None:
    """Whoever spoke under this kind was promised that the month alone is shown (mission B4)."""
    if old["protected_by_default"] == "yes" and new["protected_by_default"] != "yes":
        raise Unreadable(
            "protected_by_default",
            "People spoke under this kind because it is protected, so it stays so. End it, and add another kind.",
        )


def _outcomes_lacking(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    closing = {row["code"] for row in rows if row["list"] == "concern_close"} - {"withdrawn"}
    if not closing:
        yield f"“{LISTS['outcome_codes'].label}” would have no outcome left with which a concern can be closed."
