"""What may become of a meeting, and what a record of one must say.

Pure: no framework, no database, no clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.refusals import Invalid, NotNow, check_lengths
from timekeeping.london import moment_in_words

JUDGEMENT, RESPONSE, FOLLOW_UP = "judgement", "response", "follow_up"
PURPOSES = {
    JUDGEMENT: "Meeting to judge together",
    RESPONSE: "Meeting to respond",
    FOLLOW_UP: "Follow-up meeting",
}

SCHEDULED, HELD, CANCELLED = "scheduled", "held", "cancelled"
TRANSITIONS: dict[str, frozenset[str]] = {
    SCHEDULED: frozenset({SCHEDULED, HELD, CANCELLED}),
    HELD: frozenset({HELD}),
    CANCELLED: frozenset(),
}
"""Scheduled again is *moved*; held again is the record of it *corrected*."""

STATUS_WORDS = {SCHEDULED: "To be held", HELD: "Held", CANCELLED: "Cancelled"}
ALREADY = {
    SCHEDULED: "has not been recorded as held",
    HELD: "was held",
    CANCELLED: "was cancelled",
}

IN_PERSON, BY_CALL, APOLOGIES, ABSENT = "in_person", "by_call", "apologies", "absent"
PRESENCES = {
    IN_PERSON: "There in person",
    BY_CALL: "There by call",
    APOLOGIES: "Sent apologies",
    ABSENT: "Absent",
}
PRESENT = frozenset({IN_PERSON, BY_CALL})

HOW = {
    "in_person": "In person",
    "by_call": "By telephone or video call",
    "both": "Some in person, some by call",
}

LONGEST = timedelta(hours=12)
LONGEST_DISCUSSION = 20_000
LONGEST_DECISION = 2000
LONGEST_REASON = 500
LONGEST_NAME = 200
LONGEST_PLACE = 300
LONGEST_JOINING = 2000
LONGEST_TEXTS = {
    "place": LONGEST_PLACE,
    "joining": LONGEST_JOINING,
    "reason": LONGEST_REASON,
    "why": LONGEST_REASON,
    "discussion": LONGEST_DISCUSSION,
}
"""The most characters by field. Each decision and each name of a list is looked at by itself."""


@dataclass(frozen=True)
class Attended:
    """How one person, or a body as such, took part.

    Attributes:
        agency: the body's id.
        presence: a code of ``PRESENCES``.
        user: the person's account, if they have one.
        name: the person's name, if they have none. Neither: the body as a whole.
    """

    agency: UUID
    presence: str
    user: UUID | None = None
    name: str = ""


def may_follow(status: str, then: str) -> bool:
    """Say whether a meeting in ``status`` may become ``then``."""
    return then in TRANSITIONS[status]


def check_follows(status: str, then: str, *, given: str = "") -> None:
    """Raise NotNow, with what has happened meanwhile, unless ``then`` may follow.

    Args:
        status: where the meeting stands.
        then: where it is to stand.
        given: the one status in which the deed is possible, where ``then`` may follow others too.
    """
    possible = status == given if given else may_follow(status, then)
    if not possible:
        raise NotNow(f"This meeting {ALREADY[status]}, so that cannot be done. Nothing was changed.")


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse times at which nobody can be asked to meet; raise Invalid."""
    if starts_at <= now:
        raise Invalid(
            {"starts_at": "That moment has passed. If the meeting was held then, record that it was held."}
        )
    if ends_at <= starts_at:
        raise Invalid({"ends_at": "It must end after it starts."})
    if ends_at - starts_at > LONGEST:
        raise Invalid({"ends_at": "A meeting may last 12 hours at most."})


def check_where(place: str, joining: str) -> None:
    """Refuse a meeting that nobody could find; raise Invalid."""
    if not place.strip() and not joining.strip():
        raise Invalid({"place": "Say where it is, or how to join by call."})


def check_words(field: str, words: str, sentence: str, *, longest: int) -> None:
    """Raise Invalid for ``field`` when nothing was said, with ``sentence``, or more than can be kept."""
    if not words.strip():
        raise Invalid({field: sentence})
    check_lengths({field: words}, {field: longest})


def clean_decisions(decisions: Iterable[str]) -> list[str]:
    """Return the decisions without the empty ones; raise Invalid for one that cannot be kept."""
    said = [text.strip() for text in decisions if text.strip()]
    for text in said:
        check_words("decisions", text, "", longest=LONGEST_DECISION)
    return said


def check_held(
    opened_at: datetime,
    closed_at: datetime | None,
    *,
    not_before: datetime | None,
    what_before: str,
    now: datetime,
) -> None:
    """Refuse a moment that cannot be when the meeting was held.

    Args:
        opened_at: when it opened (aware).
        closed_at: when it closed, if it is said.
        not_before: the moment of what it answers; None when it answers nothing.
        what_before: what that was, to end the sentence with ("the judgement it answers").
        now: the database's moment.

    Raises:
        Invalid: a sentence for ``opened_at`` or ``closed_at``.
    """
    if opened_at > now:
        raise Invalid({"opened_at": "That moment has not come yet. Record a meeting once it has opened."})
    if not_before is not None and opened_at < not_before:
        raise Invalid({"opened_at": f"That is before {what_before}, on {moment_in_words(not_before)}."})
    if closed_at is None:
        return
    if closed_at > now:
        raise Invalid(
            {"closed_at": "That moment has not come yet. Leave the boxes empty if it is still open."}
        )
    if not opened_at <= closed_at <= opened_at + LONGEST:
        raise Invalid({"closed_at": "It must close after it opened, and within 12 hours."})


def check_attendance(rows: Sequence[Attended], listed: Iterable[UUID]) -> None:
    """Refuse an attendance list that names nobody present, a body not called, or somebody twice.

    Args:
        rows: the list.
        listed: the bodies called.

    Raises:
        Invalid: a sentence for ``attendance``.
    """
    if any(row.presence not in PRESENCES for row in rows):
        raise Invalid({"attendance": "Choose one of the answers for each person."})
    if any(len(row.name) > LONGEST_NAME for row in rows):
        raise Invalid({"attendance": f"Keep each name to {LONGEST_NAME} characters."})
    called = set(listed)
    if any(row.agency not in called for row in rows):
        raise Invalid({"attendance": "One of these bodies was not called. Call it first, then record it."})
    if len({(row.agency, row.user, row.name.strip().lower()) for row in rows}) != len(rows):
        raise Invalid({"attendance": "Somebody stands on the list twice."})
    if any(row.presence in PRESENT and row.user is None and not row.name.strip() for row in rows):
        raise Invalid({"attendance": "Say who was there for each body that was present."})
    if not any(row.presence in PRESENT for row in rows):
        raise Invalid(
            {"attendance": "Say who was there. A meeting at which nobody was present was not held."}
        )


def present_bodies(rows: Iterable[Attended]) -> frozenset[UUID]:
    """Return the bodies for whom somebody was there, in person or by call."""
    return frozenset(row.agency for row in rows if row.presence in PRESENT)
