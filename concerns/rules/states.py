"""The statuses of a concern, what may follow what, and its human-readable reference."""

import secrets

from access.refusals import NotNow

DRAFT, OPEN, CLOSED, WITHDRAWN, SUPERSEDED = "draft", "open", "closed", "withdrawn", "superseded"

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({OPEN, WITHDRAWN}),
    OPEN: frozenset({CLOSED, WITHDRAWN, SUPERSEDED}),
    CLOSED: frozenset({WITHDRAWN, SUPERSEDED}),
    WITHDRAWN: frozenset(),
    SUPERSEDED: frozenset(),
}
"""Forward only. A closed concern can still be taken back: its owner may find that it was never so."""

STATUSES = tuple(TRANSITIONS)
TOMBSTONES = frozenset({WITHDRAWN, SUPERSEDED})
"""What is left of it is that it was: no text."""
ENDED = TOMBSTONES | {CLOSED}
"""Nothing more is expected of it."""

WORDS = {
    DRAFT: "Draft",
    OPEN: "Open",
    CLOSED: "Closed",
    WITHDRAWN: "Withdrawn",
    SUPERSEDED: "Replaced by another",
}

_REFUSALS = {
    DRAFT: "This is still a draft. Finish it first; what you wrote is kept.",
    OPEN: "This concern is open already.",
    CLOSED: "This concern was closed, so this cannot be done any more. Raise a new one if there is more to say.",
    WITHDRAWN: "This concern was withdrawn, so nothing more can be done with it.",
    SUPERSEDED: "Another concern took the place of this one. Go on there.",
}

ALPHABET = "23456789BCDFGHJKMNPQRTVWXYZ"
"""Signs that are not mistaken for one another when read out, and make no words."""


def check_transition(status: str, then: str) -> None:
    """Raise NotNow, with what to do instead, unless a concern in ``status`` may become ``then``."""
    if then not in TRANSITIONS[status]:
        raise NotNow(_REFUSALS[status])


def why_not_open(status: str) -> str:
    """Return why a concern is not added to, "" while it is open."""
    return "" if status == OPEN else _REFUSALS[status]


def check_open(status: str) -> None:
    """Raise NotNow unless the concern is open: only then is it added to."""
    if sentence := why_not_open(status):
        raise NotNow(sentence)


def new_reference() -> str:
    """Return a fresh random reference, such as ``C-7KQ2-M9``; the caller tries again if it is taken."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"C-{signs[:4]}-{signs[4:]}"
