"""A plan for the end of a service: what it says, what may follow what, and what its numbers amount to (mission D7).

"If this relates to the ceasing of a service (including the handing back of a contract, or enforced closure of a
service), CQC and DASSs should coordinate activities" (ADASS 15); councils share it "with other commissioners … both
those in and outside their area" (ADASS 16).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from access.refusals import NotNow

CLOSURE, HAND_BACK, FAILURE = "closure", "hand_back", "failure"
KIND_WORDS = {
    CLOSURE: "Closure of a service",
    HAND_BACK: "Hand-back of a contract",
    FAILURE: "Failure of the provider",
}

DRAFTED, AGREED, RUNNING, ENDED, WITHDRAWN = "drafted", "agreed", "running", "ended", "withdrawn"
PLAN_TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFTED: frozenset({AGREED, RUNNING, WITHDRAWN}),
    AGREED: frozenset({RUNNING, WITHDRAWN}),
    RUNNING: frozenset({ENDED, WITHDRAWN}),
    ENDED: frozenset(),
    WITHDRAWN: frozenset(),
}
"""What may follow what. A failure leaves no time to agree: a draft may be carried out at once."""

STATE_WORDS = {
    DRAFTED: "Drafted",
    AGREED: "Agreed",
    RUNNING: "Being carried out",
    ENDED: "Ended",
    WITHDRAWN: "Withdrawn",
}
OVER = frozenset({ENDED, WITHDRAWN})

MADE, CHANGED, NAMED, NUMBER, DROPPED, PLACE, NO_PLACE, INCOMING, TOLD, CONFIRMED, SHARED, NOTED = (
    "made", "changed", "named", "number", "dropped", "place", "no_place", "incoming", "told", "confirmed", "shared",
    "noted",
)  # fmt: skip
DEED_WORDS = {
    MADE: "The plan was drafted",
    CHANGED: "The plan was changed",
    NAMED: "A council that places people was named",
    NUMBER: "The number of people whom a council places was changed",
    DROPPED: "A council was taken off",
    PLACE: "Alternative places were found",
    NO_PLACE: "Alternative places are no longer offered",
    INCOMING: "Who takes over was written down",
    TOLD: "Councils were told",
    CONFIRMED: "A council confirmed that it has read the plan",
    SHARED: "The plan was shared further",
    NOTED: "A note",
    AGREED: "The plan was agreed",
    RUNNING: "The plan began to be carried out",
    ENDED: "The plan ended",
    WITHDRAWN: "The plan was withdrawn",
}
"""What stands in the plan's timeline."""

READ, TELEPHONE = "read", "telephone"
HOW_WORDS = {READ: "read here", TELEPHONE: "told by telephone"}

LONGEST, LONGEST_NAME = 4_000, 200
MOST_PEOPLE = 99_999


@dataclass(frozen=True)
class Facts:
    """What a plan says of itself.

    Attributes:
        kind: closure, hand_back or failure.
        summary: what ends, why, and what is to happen.
        expected_on: the day on which it is expected to end; None while nobody knows.
        people: how many people are affected; None while nobody knows.
    """

    kind: str
    summary: str
    expected_on: date | None = None
    people: int | None = None


def check(facts: Facts) -> dict[str, str]:
    """Return what is wrong with what a plan says: a sentence for each field."""
    errors = {}
    if facts.kind not in KIND_WORDS:
        errors["kind"] = "Choose what it is"
    if not facts.summary.strip():
        errors["summary"] = "Say what ends and why, and what is to happen"
    elif len(facts.summary) > LONGEST:
        errors["summary"] = too_long(facts.summary)
    if facts.people is not None:
        errors |= check_number("people", facts.people)
    return errors


def check_number(field: str, number: int | None, *, least: int = 0) -> dict[str, str]:
    """Return what is wrong with a number of people or places."""
    if number is None or not least <= number <= MOST_PEOPLE:
        return {field: f"Give a whole number from {least:,} to {MOST_PEOPLE:,}"}
    return {}


def check_words(field: str, words: str, sentence: str) -> dict[str, str]:
    """Return what is wrong with words that must be there."""
    if not words.strip():
        return {field: sentence}
    return {field: too_long(words)} if len(words) > LONGEST else {}


def too_long(words: str) -> str:
    """Return the sentence for words that are longer than is kept."""
    return (
        f"This is {len(words):,} characters long; at most {LONGEST:,} are kept. Nothing was cut: shorten it"
    )


def check_follows(state: str, then: str) -> None:
    """Refuse a state that cannot follow.

    Raises:
        NotNow: with the sentence.
    """
    if then not in PLAN_TRANSITIONS[state]:
        raise NotNow(
            f"This plan is {STATE_WORDS[state].lower()}, so that cannot follow. Nothing was changed."
        )


def check_open(state: str) -> None:
    """Refuse to change a plan that is over.

    Raises:
        NotNow: with the sentence.
    """
    if state in OVER:
        raise NotNow(
            f"This plan is {STATE_WORDS[state].lower()}. It stays as it is, and nothing was changed."
        )


def sums(*, people: int | None, placed: Collection[int], places: Collection[int]) -> list[str]:
    """Return what the numbers amount to, in sentences: nothing is computed that they do not say.

    Args:
        people: how many are affected, if known.
        placed: how many each council places.
        places: how many alternative places each provider offers.
    """
    if people is None:
        return (
            ["It is not known yet how many people are affected."]
            if not placed
            else [f"The councils named place {sum(placed)}; how many are affected in all is not known yet."]
        )
    said = []
    if sum(placed) > people:
        said.append(
            f"The councils named place {sum(placed)}, more than the {people} of the plan: one is wrong."
        )
    elif sum(placed) < people:
        said.append(
            f"Of {people}, {sum(placed)} are placed by the councils named; {people - sum(placed)} are not."
        )
    if sum(places) < people:
        said.append(f"{sum(places)} alternative places are found; {people - sum(places)} are missing.")
    return said


def receipts(councils: Mapping[str, tuple[bool, bool]]) -> tuple[list[str], list[str]]:
    """Return the names of the councils that are not told yet, and of those told that have not confirmed.

    Args:
        councils: by name, whether it was told and whether it confirmed.
    """
    untold = [name for name, (told, _) in councils.items() if not told]
    silent = [name for name, (told, confirmed) in councils.items() if told and not confirmed]
    return untold, silent
