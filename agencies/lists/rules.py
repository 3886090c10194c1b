"""What a change of a list means, in words, and which days it may have.

Pure: no framework, no database, no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from access.refusals import Invalid
from reference.columns import columns_of, title_of
from reference.rules import LISTS
from reference.steering import done_with
from timekeeping.london import day_in_words

CHANGED, ADDED, RETIRED = "changed", "added", "retired"
DEED_WORDS = {CHANGED: "Changed", ADDED: "Added", RETIRED: "Ended"}

PAPER, JUDGEMENT = "paper", "judgement"
STATUS_WORDS = {
    PAPER: "It stands in a document",
    JUDGEMENT: "It is a judgement",
}
LONGEST_REASON, LONGEST_SOURCE = 1000, 300
ONLY_SHOWN = "The portal shows this list, and does nothing else with it yet."


@dataclass(frozen=True)
class Difference:
    """One column that a change alters."""

    label: str
    before: str
    after: str


def check_day(starts_on: date, today: date) -> None:
    """Refuse a day that has begun: what was in force today was worked by today, and is not rewritten.

    Raises:
        Invalid: said on ``starts_on``.
    """
    if starts_on <= today:
        raise Invalid(
            {
                "starts_on": "What is in force today stays so until the day is over. Choose tomorrow or a later day."
            }
        )


def check_words(*, source: str, status: str, reason: str) -> None:
    """Refuse a change that does not say why, or where it comes from.

    Raises:
        Invalid: by field.
    """
    wrong = _check_text("reason", reason, "Say why, for those who read the history.", LONGEST_REASON)
    wrong |= _check_text("source", source, "Say where it comes from.", LONGEST_SOURCE)
    if status not in STATUS_WORDS:
        wrong["status"] = "Say whether it stands in a document or is a judgement."
    if wrong:
        raise Invalid(wrong)


def check_reason(reason: str) -> None:
    """Refuse a change that does not say why; raise Invalid."""
    wrong = _check_text("reason", reason, "Say why, for those who read the history.", LONGEST_REASON)
    if wrong:
        raise Invalid(wrong)


def _check_text(field: str, text: str, missing: str, longest: int) -> dict[str, str]:
    if not text.strip():
        return {field: missing}
    if len(text.strip()) > longest:
        return {field: f"Keep it to {longest:,} characters; it has {len(text.strip()):,}. Nothing was cut."}
    return {}


def differences(list_code: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the columns in which two forms of a row differ, in the list's order, then where it comes from."""
    found = [
        Difference(column.label, str(before.get(column.name) or ""), str(after.get(column.name) or ""))
        for column in columns_of(list_code)
        if str(before.get(column.name) or "") != str(after.get(column.name) or "")
    ]
    if before.get("source") != after.get("source"):
        found.append(Difference("Where it comes from", str(before.get("source")), str(after.get("source"))))
    if before.get("status") != after.get("status"):
        said = {PAPER: "in the documents", JUDGEMENT: "a judgement"}
        found.append(
            Difference("What it is", said[str(before.get("status"))], said[str(after.get("status"))])
        )
    return found


def difference_words(one: Difference) -> str:
    """Say what one column will say instead."""
    if not one.before:
        return f"{one.label}: “{one.after}”, which was blank."
    if not one.after:
        return f"{one.label} will be blank; it is “{one.before}”."
    return f"{one.label}: “{one.after}” instead of “{one.before}”."


def change_words(
    list_code: str, before: Mapping[str, Any], after: Mapping[str, Any], starts_on: date
) -> list[str]:
    """Say what a change of a row will do."""
    return [
        f"From {day_in_words(starts_on)}, “{title_of(list_code, before)}” in {_called(list_code)} changes.",
        *(difference_words(one) for one in differences(list_code, before, after)),
        *_afterwards(list_code, starts_on),
        "What was recorded before that day stays as it is.",
    ]


def add_words(list_code: str, after: Mapping[str, Any], starts_on: date) -> list[str]:
    """Say what a new row will do."""
    return [
        f"From {day_in_words(starts_on)}, {_called(list_code)} has “{title_of(list_code, after)}” as well.",
        *(
            f"{column.label}: “{after[column.name]}”."
            for column in columns_of(list_code)
            if after.get(column.name) and not column.names_row
        ),
        *_afterwards(list_code, starts_on),
    ]


def retire_words(
    list_code: str, before: Mapping[str, Any], starts_on: date, named: Mapping[str, int]
) -> list[str]:
    """Say what the end of a row will do; ``named`` counts the rows of other lists that name it."""
    said = [
        f"From {day_in_words(starts_on)}, “{title_of(list_code, before)}” is no longer in {_called(list_code)}.",
        "What was recorded with it keeps it, and nobody's role, seat or membership ends by this.",
    ]
    if named:
        where = ", ".join(f"{label} ({count})" for label, count in named.items())
        said.append(f"Rows of other lists go on naming it: {where}. Look whether they should end too.")
    return [*said, *_afterwards(list_code, starts_on)]


def undo_words(title: str, deed: str, starts_on: date) -> list[str]:
    """Say what taking a planned change back will do."""
    kept = {
        CHANGED: "goes on as it is",
        ADDED: "does not come into the list",
        RETIRED: "does not end",
    }
    return [
        f"What was planned from {day_in_words(starts_on)} does not happen: “{title}” {kept[deed]}.",
        "The history keeps that it was planned, and that you took it back.",
    ]


def _called(list_code: str) -> str:
    return f"the list “{LISTS[list_code].label}”"


def _afterwards(list_code: str, starts_on: date) -> Iterable[str]:
    does = done_with(list_code)
    if does:
        yield f"The portal works by this list: {' '.join(does)}"
    else:
        yield ONLY_SHOWN
    yield f"It can be undone until the end of {day_in_words(starts_on - timedelta(days=1))}."
