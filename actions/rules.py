"""What may follow what when one body asks another for action.

"One part cannot direct another" (NQB ch. 5, l.850): an action is offered, and only the
body asked says what becomes of it. Pure: no framework, no database, no clock.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from access.refusals import Invalid, NotNow, check_lengths
from timekeeping.london import moment_in_words

OFFERED, ACCEPTED, DECLINED, COUNTERED, DONE, WITHDRAWN = (
    "offered",
    "accepted",
    "declined",
    "countered",
    "done",
    "withdrawn",
)

TRANSITIONS: dict[str, frozenset[str]] = {
    OFFERED: frozenset({ACCEPTED, DECLINED, COUNTERED, WITHDRAWN}),
    COUNTERED: frozenset({ACCEPTED, DECLINED, OFFERED, WITHDRAWN}),
    ACCEPTED: frozenset({DONE, WITHDRAWN}),
    DECLINED: frozenset(),
    DONE: frozenset(),
    WITHDRAWN: frozenset(),
}
"""A counter-proposal is agreed by the asker (accepted), or the asker keeps to what it asked (offered again)."""

STATUS_WORDS = {
    OFFERED: "Asked, not yet answered",
    ACCEPTED: "Accepted",
    DECLINED: "Declined",
    COUNTERED: "Another way proposed",
    DONE: "Done",
    WITHDRAWN: "Withdrawn",
}
WAITING = (OFFERED, COUNTERED)
OUTSTANDING = (OFFERED, COUNTERED, ACCEPTED)
"""The statuses in which action has not yet been taken (NQB ch. 5, l.856)."""

ALREADY = {
    OFFERED: "has not been answered yet",
    ACCEPTED: "has been accepted",
    DECLINED: "was declined",
    COUNTERED: "has been answered with another proposal",
    DONE: "has been done",
    WITHDRAWN: "was withdrawn by the body that asked",
}

SAFEGUARD, CONTINUE, IMPROVE = "safeguard", "continue", "improve"
AIMS = {
    SAFEGUARD: "Safeguard people",
    CONTINUE: "Continue the service",
    IMPROVE: "Begin improvement and support staff",
}
"""The three aims of a package of actions (NQB ch. 5, l.852)."""

LISTED, NO_POWER, ANOTHER_POWER = "listed", "none", "another"
POWER_WORDS = {
    LISTED: "A power the body asked has",
    NO_POWER: "No power needed: by agreement",
    ANOTHER_POWER: "Another power",
}

RAGS = {"green": "Green: on course", "amber": "Amber: at risk of being late", "red": "Red: off course"}
RISKS = {"low": "Low", "moderate": "Moderate", "serious": "Serious", "critical": "Critical"}

CODES = {"aim": AIMS, "power_kind": POWER_WORDS, "rag": RAGS, "risk": RISKS}
LONGEST = 4000
"""The most characters of a statement, a reason or evidence."""
LONGEST_POWER, LONGEST_NAME = 300, 200
SHORTER = {"other_power": LONGEST_POWER, "lead_name": LONGEST_NAME}
"""Of what is no prose, the most characters by field."""


def may_follow(status: str, then: str) -> bool:
    """Say whether an action in ``status`` may become ``then``."""
    return then in TRANSITIONS[status]


def check_follows(status: str, then: str, *, given: str = "") -> None:
    """Raise NotNow, with what has happened meanwhile, unless ``then`` may follow.

    Args:
        status: where the action stands.
        then: where it is to stand; the same status for a turn that changes none.
        given: the one status in which the deed is possible, where ``then`` may follow others too.
    """
    possible = status == given if given else may_follow(status, then)
    if not possible:
        raise NotNow(f"This action {ALREADY[status]}, so that cannot be done now. Nothing was changed.")


def check_words(field: str, words: str, sentence: str) -> None:
    """Raise Invalid for ``field`` when nothing was said, with ``sentence``, or more than can be kept."""
    if not words.strip():
        raise Invalid({field: sentence})
    check_texts({field: words})


def check_texts(texts: Mapping[str, str]) -> None:
    """Raise Invalid for each text, by its field, that is longer than is kept."""
    check_lengths(texts, {field: SHORTER.get(field, LONGEST) for field in texts})


def check_codes(**codes: str) -> None:
    """Raise Invalid for a code that stands on none of the lists above, by the name of its field."""
    wrong = {field: "Choose one of the answers." for field, code in codes.items() if code not in CODES[field]}
    if wrong:
        raise Invalid(wrong)


def is_overdue(status: str, due_at: datetime, now: datetime) -> bool:
    """Say whether an accepted action is past its time. A deed at the due moment itself is in time."""
    return status == ACCEPTED and now > due_at


def check_moment(happened_at: datetime, *, since: datetime, what_before: str, now: datetime) -> None:
    """Refuse a moment in the future, or before what it answers.

    Args:
        happened_at: when it is said to have happened (aware).
        since: the moment of what it follows.
        what_before: what that was, to end the sentence with ("it was asked").
        now: the database's moment.

    Raises:
        Invalid: with the sentence for ``happened_at``.
    """
    if happened_at > now:
        raise Invalid(
            {
                "happened_at": "That moment has not come yet. Say when it happened, or leave the boxes empty for now."
            }
        )
    if happened_at < since:
        raise Invalid({"happened_at": f"That is before {what_before}, on {moment_in_words(since)}."})


def check_due(due_at: datetime, *, after: datetime, field: str = "due_at") -> None:
    """Refuse a due moment that is not after ``after``; raise Invalid."""
    if due_at <= after:
        raise Invalid({field: "It must be due at a moment still to come."})


def check_power(power_kind: str, power: str, offered: Iterable[str]) -> str:
    """Return the words of the power an action would use.

    Nobody is refused for want of a listed power: "no power needed" and "another power (say
    which)" are always answers (mission A1).

    Args:
        power_kind: ``listed``, ``none`` or ``another``.
        power: the power chosen or described.
        offered: the powers listed for the body asked.

    Raises:
        Invalid: a power that is not on that body's list, or none described.
    """
    if power_kind == NO_POWER:
        return ""
    if power_kind == LISTED and power not in set(offered):
        raise Invalid({"power": "Choose one of the powers listed for the body you ask."})
    if power_kind == ANOTHER_POWER and not power.strip():
        raise Invalid({"other_power": "Say which power it would use."})
    return power.strip()


def powers_of(kind: str, rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the powers listed for a kind of body, those to intervene first.

    A team of NHS England has NHS England's powers. The rows for ``any`` are the two
    answers that need no list, and are left out.
    """
    kinds = {kind, "nhs_england"} if kind.startswith("nhs_england_") else {kind}
    mine = [row for row in rows if row["body_kind"] in kinds]
    mine.sort(key=lambda row: row["purpose"] != "intervening")
    return list(dict.fromkeys(str(row["power"]) for row in mine))


def check_counter(statement: str, due_at: datetime, *, counter: str, counter_due_at: datetime) -> None:
    """Refuse a counter-proposal that proposes nothing else; raise Invalid."""
    if counter.strip() == statement.strip() and counter_due_at == due_at:
        raise Invalid({"": "Change what would be done or by when; to take it as it stands, accept it."})
