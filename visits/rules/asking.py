"""What a provider is asked for, and what becomes of it (JF 2.1, l.105: "less duplication of requests for information")."""

from dataclasses import dataclass
from datetime import date, timedelta

from access.refusals import Invalid, NotNow, check_lengths

ASKED, ANSWERED, WITHDRAWN = "asked", "answered", "withdrawn"

REQUEST_TRANSITIONS: dict[str, frozenset[str]] = {
    ASKED: frozenset({ANSWERED, WITHDRAWN}),
    ANSWERED: frozenset(),
    WITHDRAWN: frozenset(),
}
REQUEST_WORDS = {ASKED: "Asked, not yet answered", ANSWERED: "Answered", WITHDRAWN: "Withdrawn"}

INFORMATION = {
    "action_plan": "Action or improvement plan",
    "activity": "Activity and waiting times",
    "audit": "Clinical audit",
    "complaints": "Complaints and compliments",
    "finance": "Finance and sustainability",
    "governance": "Policies, governance and board papers",
    "incidents": "Incidents and serious incident reports",
    "infection": "Infection prevention and control",
    "medicines": "Medicines",
    "mortality": "Mortality and deaths",
    "patient_experience": "Experience of people who use services and carers",
    "premises": "Premises, equipment and safety certificates",
    "safeguarding": "Safeguarding",
    "staffing": "Staffing, rotas and vacancies",
    "training": "Training, supervision and checks on staff",
    "other": "Something else",
}
"""Kinds of information. The list is a judgement: coarse, so that the same thing gets the same name."""
OTHER = "other"

LONGEST = 2000
LONGEST_LINE = 300
SHORTER = {"held_where": LONGEST_LINE}
LONGEST_PERIOD = 3660
"""Judgement: a request covers ten years at most."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a provider.

    Attributes:
        kind: a code of ``INFORMATION``.
        about: what exactly.
        covers_from, covers_to: the period that it covers, both days included.
        asked_on: the day on which the provider was, or is, asked.
        due_on: the day by which it is to answer.
    """

    kind: str
    about: str
    covers_from: date
    covers_to: date
    asked_on: date
    due_on: date


def check_wish(wish: Wish, *, today: date) -> None:
    """Refuse a request that cannot be; raise Invalid with a sentence for each field."""
    errors: dict[str, str] = {}
    if wish.kind not in INFORMATION:
        errors["kind"] = "Choose one of the answers in the list"
    if not wish.about.strip():
        errors["about"] = "Say what you ask for"
    if wish.covers_to < wish.covers_from:
        errors["covers_to"] = "The period must not end before it begins"
    elif wish.covers_to - wish.covers_from > timedelta(days=LONGEST_PERIOD):
        errors["covers_to"] = "Keep it to ten years"
    if wish.asked_on > today:
        errors["asked_on"] = "Enter it once the provider is asked: this day is still to come"
    if wish.due_on < wish.asked_on:
        errors["due_on"] = "It cannot be due before it was asked"
    if errors:
        raise Invalid(errors)
    check_texts({"about": wish.about})


def check_texts(texts: dict[str, str]) -> None:
    """Raise Invalid for each text, by its field, that is longer than is kept."""
    check_lengths(texts, {field: SHORTER.get(field, LONGEST) for field in texts})


def check_follows(status: str, then: str) -> None:
    """Raise NotNow, with how it stands, unless ``then`` may follow."""
    if then not in REQUEST_TRANSITIONS[status]:
        raise NotNow(f"This request is {REQUEST_WORDS[status].lower()} already, so that cannot be done now.")


def check_answered(answered_on: date, *, asked_on: date, today: date) -> None:
    """Refuse a day on which it cannot have been answered; raise Invalid."""
    if answered_on > today:
        raise Invalid({"answered_on": "It cannot have been answered on a day still to come"})
    if answered_on < asked_on:
        raise Invalid({"answered_on": "It cannot have been answered before it was asked"})


def is_late(status: str, due_on: date, today: date) -> bool:
    """Say whether an unanswered request is past its day."""
    return status == ASKED and today > due_on
