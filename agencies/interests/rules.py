"""What others may know of a person's tie to a provider, and when the yearly word is due."""

from collections.abc import Mapping
from datetime import date

KINDS: Mapping[str, str] = {
    "work": "Works there",
    "owner": "Owns it, or part of it",
    "office": "Trustee, governor or director",
    "family": "Through family",
    "other": "Another tie",
    "not_said": "Kind not said",
}
"""What an administrator and a chair read: that somebody is tied to a provider, and no more than how in general."""

KIND_OF_TIE: Mapping[str, str] = {
    "own_work": "work",
    "owner": "owner",
    "office": "office",
    "partners_work": "family",
    "care": "family",
    "other": "other",
    "": "not_said",
}
"""A partner's work and a relative in care are one kind to others: neither can be told from the other."""

DUE, OVERDUE, SAID = "due", "overdue", "said"
STATES: Mapping[str, str] = {
    DUE: "Not declared yet",
    OVERDUE: "Declared more than a year ago",
    SAID: "Declared",
}


def kind_of(tie: str) -> str:
    """Return in words what others read of a tie."""
    return KINDS[KIND_OF_TIE[tie]]


def due_on(said_on: date | None) -> date | None:
    """Return the day on which the next yearly word is due; None where none was given yet, so it is due now.

    A year after 29 February is 1 March.
    """
    if said_on is None:
        return None
    try:
        return said_on.replace(year=said_on.year + 1)
    except ValueError:
        return date(said_on.year + 1, 3, 1)


def year_before(day: date) -> date:
    """Return the latest day on which a word was given that is due again on this day."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def state_of(said_on: date | None, today: date) -> str:
    """Return how a person stands: never declared, declared within the year, or longer ago."""
    due = due_on(said_on)
    if due is None:
        return DUE
    return OVERDUE if due <= today else SAID


def due_words(said_on: date | None) -> str:
    """Say to the person whose word is due what is wanted."""
    if said_on is None:
        return "Say which providers you, or those close to you, are tied to. Nothing to declare is an answer."
    return "A year has passed since you declared your interests. Say whether they are still right."
