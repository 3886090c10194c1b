"""Where a summit stands, and what may follow."""

from collections.abc import Iterable

from risk_summits.rules import judging

OPEN, STOOD_DOWN, NOT_TAKEN_FORWARD = "open", "stood_down", "not_taken_forward"

TRANSITIONS: dict[str, frozenset[str]] = {
    OPEN: frozenset({STOOD_DOWN, NOT_TAKEN_FORWARD}),
    STOOD_DOWN: frozenset(),
    NOT_TAKEN_FORWARD: frozenset(),
}
"""A summit's own status, which its headline shows. One that has ended is never opened again:
new worries call a new one."""

WORDS = {OPEN: "Open", STOOD_DOWN: "Closed", NOT_TAKEN_FORWARD: "Closed: not taken forward"}

JUDGING, FOCUSED, RESPONDING, CLOSED = "judging", "focused", "responding", "closed"

STAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    JUDGING: frozenset({FOCUSED, RESPONDING, CLOSED}),
    FOCUSED: frozenset({RESPONDING, CLOSED}),
    RESPONDING: frozenset({CLOSED}),
    CLOSED: frozenset(),
}
"""How far the room has come. It follows from the judgements, and only the room shows it."""

STAGE_WORDS = {
    JUDGING: "Waiting for a judgement",
    FOCUSED: "No failure, focused action agreed",
    RESPONDING: "Responding together",
    CLOSED: "Closed",
}

STRIP = (
    ("called", "Called"),
    ("reached", "Everyone reached"),
    ("views", "Views revealed"),
    ("judged", "Judged"),
    ("led", "Lead agreed"),
    ("met", "Met"),
    ("asked", "Gates answered"),
    ("closed", "Closed"),
)
"""The strip of stages at the top of the room: (code, words)."""


def stage(*, failure: bool, group_codes: Iterable[str], ended: bool) -> str:
    """Return how far the room has come.

    Args:
        failure: whether any body that may judge has judged that there is, or may be,
            serious failure.
        group_codes: the group's own judgements, by code.
        ended: whether the summit has been closed.
    """
    if ended:
        return CLOSED
    if failure:
        return RESPONDING
    return FOCUSED if judging.FOCUSED in group_codes else JUDGING
