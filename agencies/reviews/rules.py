"""The quarterly review of a body's people: when it is owed, what may be said of a person, and in which words.

Pure: days, names and codes in, answers and sentences out.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

WAITING, RIGHT, ENDED, SUSPENDED = "waiting", "right", "ended", "suspended"

REVIEW_TRANSITIONS: dict[str, frozenset[str]] = {
    WAITING: frozenset({RIGHT, ENDED, SUSPENDED}),
    SUSPENDED: frozenset({RIGHT, ENDED}),
    RIGHT: frozenset(),
    ENDED: frozenset(),
}
"""What may become of a person in a review; who was suspended is confirmed late, or ended."""

REVIEW_WORDS = {
    WAITING: "Nobody has answered yet",
    SUSPENDED: "Suspended: not confirmed in time",
    RIGHT: "Still right",
    ENDED: "Ended",
}

OPEN = (WAITING, SUSPENDED)
"""What still wants an answer."""

LEFT = "Has left meanwhile"
"""What the screen says of somebody who waits for an answer and acts for the body no more."""

NOT_ONESELF = (
    "Nobody confirms themselves. Another administrator of the body, or the portal's, answers for you."
)

ANSWERED_MEANWHILE = "Somebody else answered for one of them meanwhile. Look again; nothing was changed."


def field_of(user: UUID) -> str:
    """Return the name of the question about a person."""
    return f"person_{user.hex}"


def quarter_of(day: date) -> str:
    """Return the quarter of a London day, such as ``2026-Q1``."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_starts(day: date) -> date:
    """Return the first day of the quarter in which a London day lies."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def next_quarter(day: date) -> date:
    """Return the first day of the quarter after the one in which a London day lies."""
    start = quarter_starts(day)
    return date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)


def quarter_words(quarter: str) -> str:
    """Say a quarter in words: ``January to March 2026``."""
    year, number = quarter.split("-Q")
    months = ("January to March", "April to June", "July to September", "October to December")
    return f"{months[int(number) - 1]} {year}"


def alone(*, agency: str, waiting: int) -> str:
    """Say that a body's only administrator cannot answer for themselves. ``waiting``: how many others wait."""
    others = "" if waiting else " Nobody else is left to answer for."
    return (
        f"You are the only administrator of {agency}. Nobody confirms themselves, so an administrator of the portal"
        f" answers for you; they see that this waits.{others}"
    )


def stays(*, person: str, agency: str, back: Sequence[str]) -> str:
    """Say what a confirmation means. ``back``: the roles that it gives back to somebody who was suspended."""
    if not back:
        return f"{person} stays as they are at {agency}: roles and seats go on."
    roles = " and ".join(back)
    return f"{person} is no longer suspended: from today they act for {agency} again ({roles}), and their seats count."


def you_are_suspended(*, agency: str) -> str:
    """Tell a person that they are suspended, and what to do."""
    return (
        f"You are suspended at {agency}: nobody confirmed in time that you still act for it. Ask its administrator, or the"
        " portal's, to confirm you; what you had then comes back."
    )


def suspended_there(*, person: str, agency: str) -> str:
    """Say why somebody suspended is given no role anew: it would stand beside a suspension that took the same."""
    return (
        f"{person} is suspended at {agency}, because nobody confirmed them in its access review. Confirm them there: what"
        " they had comes back, and can be changed then."
    )


def goes(*, person: str, agency: str, suspended: bool, seats: int) -> str:
    """Say what an ending means. ``seats``: how many of their seats for the body count today."""
    if suspended:
        return f"{person} is suspended, and now stays without a role at {agency}."
    words = f"{person} acts for {agency} no more from now on, and nothing seen through it follows them."
    if seats:
        held = "1 seat stops" if seats == 1 else f"{seats} seats stop"
        words += f" {held} counting, and show as a gap."
    return words
