"""The states of a clock, what may follow what, and what counts as met."""

from collections.abc import Set as AbstractSet
from datetime import datetime

RUNNING, MET, MISSED, MET_LATE, MET_RECORDED_LATE, STOPPED = (
    "running",
    "met",
    "missed",
    "met_late",
    "met_recorded_late",
    "stopped",
)

TRANSITIONS: dict[str, frozenset[str]] = {
    RUNNING: frozenset({MET, MISSED, STOPPED}),
    MISSED: frozenset({MET_LATE, MET_RECORDED_LATE, STOPPED}),
    MET: frozenset(),
    MET_LATE: frozenset(),
    MET_RECORDED_LATE: frozenset(),
    STOPPED: frozenset(),
}
"""Forward only; the database holds the same table in a trigger."""

STATES = tuple(TRANSITIONS)
OPEN = (RUNNING, MISSED)
"""A missed clock goes on counting until it is met or stopped."""

MET_STATES = (MET, MET_LATE, MET_RECORDED_LATE)

WORDS = {
    RUNNING: "running",
    MET: "met",
    MISSED: "missed",
    MET_LATE: "met late",
    MET_RECORDED_LATE: "met, recorded late",
    STOPPED: "stopped",
}

CORRECTED, EXTENDED, WITHDRAWN, CLOSED = "corrected", "extended", "withdrawn", "closed"
HANDED_OVER = "handed_over"
STOP_REASONS = {
    CORRECTED: "its start or length was corrected, and another clock took its place",
    EXTENDED: "it could not yet be said, and another clock took its place",
    WITHDRAWN: "what it was about was withdrawn",
    CLOSED: "what it was about was closed",
    HANDED_OVER: "the body that had to meet it closed, and its successor's clock took its place",
}

NEEDS_PRESENCE = frozenset({"response"})
"""Families met only by a meeting at which certain bodies were: the lead of the response, the lead commissioner and
those marked essential (NQB ch. 5 (l.858))."""


def may_follow(state: str, then: str) -> bool:
    """Say whether a clock in ``state`` may become ``then``."""
    return then in TRANSITIONS[state]


def outcome(
    due_at: datetime,
    met_at: datetime | None,
    recorded_at: datetime | None,
    stopped_at: datetime | None,
    now: datetime,
) -> str:
    """Return the state that the facts amount to.

    Args:
        due_at: the due moment.
        met_at: when the deed happened; None when it has not.
        recorded_at: when the deed was recorded.
        stopped_at: when the clock was stopped; None when it was not.
        now: the database's moment.

    A deed at the due moment itself meets. Done after it is *met late*; done in time but written down after it is *met,
    recorded late*.
    """
    if stopped_at is not None:
        return STOPPED
    if met_at is None:
        return MISSED if now > due_at else RUNNING
    if met_at > due_at:
        return MET_LATE
    return MET_RECORDED_LATE if recorded_at is not None and recorded_at > due_at else MET


def missing(kind: str, present: AbstractSet[object], essential: AbstractSet[object]) -> AbstractSet[object]:
    """Return the bodies without whom a meeting does not meet this family of clock; others absent are only named."""
    return essential - present if kind in NEEDS_PRESENCE else frozenset()


def counts_as_met(kind: str, present: AbstractSet[object], essential: AbstractSet[object]) -> bool:
    """Say whether what was held meets a clock of this family: somebody came, and everyone essential did."""
    if kind not in NEEDS_PRESENCE:
        return True
    return bool(present) and not missing(kind, present, essential)
