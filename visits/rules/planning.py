"""What a planned visit says, and what may follow what.

"CQC can share planned inspection schedules with commissioners" (JF 2.2, l.116), and local meetings
develop the schedule together (JF App. B, item 4).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from access.refusals import Invalid, NotNow, check_lengths
from timekeeping.london import day_in_words

PLANNED, CHANGED, DONE, CANCELLED = "planned", "changed", "done", "cancelled"

TRANSITIONS: dict[str, frozenset[str]] = {
    PLANNED: frozenset({CHANGED, DONE, CANCELLED}),
    CHANGED: frozenset({CHANGED, DONE, CANCELLED}),
    DONE: frozenset(),
    CANCELLED: frozenset(),
}
STATE_WORDS = {PLANNED: "Planned", CHANGED: "Changed", DONE: "Done", CANCELLED: "Cancelled"}
AHEAD = (PLANNED, CHANGED)
"""The states in which somebody still means to go."""

KINDS = {
    "inspection": "Inspection",
    "review": "Review",
    "quality_visit": "Quality visit",
    "contract_monitoring": "Contract monitoring visit",
    "safeguarding": "Safeguarding visit",
}
"""Kinds of visit. The list is a judgement; a joint visit is one of these with other bodies."""

LONGEST = 2000
LONGEST_LINE = 300
SHORTER = {"lead_name": 120, "outcome_link": LONGEST_LINE}
LONGEST_WINDOW = 92
"""Judgement: the most days within which a visit can be planned to fall. Lists rely on it to find what touches a day."""
FARTHEST = 731
"""Judgement: a visit begins within about two years."""

PROPOSED, ACCEPTED, DECLINED = "proposed", "accepted", "declined"
JOINT_TRANSITIONS: dict[str, frozenset[str]] = {
    PROPOSED: frozenset({ACCEPTED, DECLINED}),
    ACCEPTED: frozenset(),
    DECLINED: frozenset(),
}
JOINT_WORDS = {PROPOSED: "Proposed, not yet answered", ACCEPTED: "Accepted", DECLINED: "Declined"}


@dataclass(frozen=True)
class Plan:
    """What is planned.

    Attributes:
        kind: a code of ``KINDS``.
        location: the place; None for the provider as a whole.
        starts_on, ends_on: the days between which they go, both included.
        lead_name: who leads it, by name or post.
        purpose: what it is for.
        parties: the bodies that go along.
    """

    kind: str
    location: UUID | None
    starts_on: date
    ends_on: date
    lead_name: str = ""
    purpose: str = ""
    parties: frozenset[UUID] = frozenset()

    @property
    def texts(self) -> dict[str, str]:
        """The words that a person typed, by field."""
        return {"lead_name": self.lead_name, "purpose": self.purpose}


def check_plan(plan: Plan, *, body: UUID, today: date) -> None:
    """Refuse a plan that cannot be; raise Invalid with a sentence for each field.

    Args:
        plan: what is planned.
        body: the body that plans it.
        today: the London day.
    """
    errors: dict[str, str] = {}
    if plan.kind not in KINDS:
        errors["kind"] = "Choose one of the answers in the list"
    if not plan.purpose.strip():
        errors["purpose"] = "Say what the visit is for"
    if plan.starts_on > today + timedelta(days=FARTHEST):
        errors["starts_on"] = "A visit can be planned two years ahead at most"
    if plan.ends_on < plan.starts_on:
        errors["ends_on"] = "The last day must be the first day or after it"
    elif plan.ends_on < today:
        errors["ends_on"] = "These days are over. Plan a visit for days still to come"
    elif plan.ends_on - plan.starts_on >= timedelta(days=LONGEST_WINDOW):
        errors["ends_on"] = f"Keep it within {LONGEST_WINDOW} days"
    if body in plan.parties:
        errors["parties"] = "Your own body goes anyway. Choose other bodies"
    if errors:
        raise Invalid(errors)
    check_texts(plan.texts)


def check_texts(texts: dict[str, str]) -> None:
    """Raise Invalid for each text, by its field, that is longer than is kept."""
    check_lengths(texts, {field: SHORTER.get(field, LONGEST) for field in texts})


def check_follows(state: str, then: str) -> None:
    """Raise NotNow, with how it stands, unless ``then`` may follow."""
    if then not in TRANSITIONS[state]:
        raise NotNow(f"This visit is {STATE_WORDS[state].lower()} already, so that cannot be done now.")


def check_unanswered(state: str) -> None:
    """Raise NotNow, with how it was answered, unless a proposal waits for its answer."""
    if state != PROPOSED:
        raise NotNow(f"This proposal is {JOINT_WORDS[state].lower()} already.")


def check_done(done_on: date, *, starts_on: date, today: date) -> None:
    """Refuse a day on which a visit cannot have been made; raise Invalid."""
    if done_on > today:
        raise Invalid({"done_on": "It cannot have been made on a day still to come"})
    if done_on < starts_on:
        raise Invalid(
            {
                "done_on": f"It was planned from {day_in_words(starts_on)}. If it was made before, change its days first"
            }
        )


def days_in_words(first: date, last: date) -> str:
    """Return a window of days in words: "3 March 2026", "3 to 5 March 2026", "30 March to 2 April 2026"."""
    if first == last:
        return day_in_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_in_words(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {day_in_words(last)}"
    return f"{day_in_words(first)} to {day_in_words(last)}"
