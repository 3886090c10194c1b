"""The bodies' views: stated unseen by the others, revealed together (NQB ch. 5, l.834).

Each body says what it thinks before it has heard the others, so that a rapid judgement is a
collective one and not the loudest voice's.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from access.refusals import Invalid

B = TypeVar("B")

ACTUAL, POTENTIAL, NONE, CANNOT_YET, CANNOT_BY_LAW = (
    "actual",
    "potential",
    "none",
    "cannot_yet",
    "cannot_by_law",
)
ANSWERS = (ACTUAL, POTENTIAL, NONE, CANNOT_YET, CANNOT_BY_LAW)

ALL_IN, MEETING_OPENED, TIME = "all_in", "meeting_opened", "time"
REVEALED_BECAUSE = {
    ALL_IN: "every body called had stated its view",
    MEETING_OPENED: "the meeting had opened",
    TIME: "four hours had passed",
}

NEEDS_WORDS = frozenset({ACTUAL, POTENTIAL, NONE, CANNOT_YET})


def reveals(
    called: AbstractSet[B], stated: AbstractSet[B], *, opened: bool, due_at: datetime | None, now: datetime
) -> str | None:
    """Return why the views are revealed now; None while they stay sealed.

    Args:
        called: the bodies called.
        stated: those that have answered; "cannot say, by law" is an answer.
        opened: whether a meeting of the summit has opened.
        due_at: when the four hours are up.
        now: the database's moment.
    """
    if opened:
        return MEETING_OPENED
    if called and called <= stated:
        return ALL_IN
    return TIME if due_at is not None and now >= due_at else None


def check_view(answer: str, words: str) -> None:
    """Raise Invalid when a view is none of the answers, or lacks its reason."""
    if answer not in ANSWERS:
        raise Invalid({"answer": "Choose one of the answers."})
    if answer in NEEDS_WORDS and not words.strip():
        raise Invalid({"text": "Say in a sentence or two what your view rests on."})


@dataclass(frozen=True)
class Spread:
    """How the revealed views lie: the bodies by answer, in the answers' order, and those that said nothing."""

    by_answer: Mapping[str, Sequence[object]]
    silent: Sequence[object]

    @property
    def of_one_mind(self) -> bool:
        """Whether all that gave a view gave the same; bodies that could not say do not count."""
        return len([one for one in (ACTUAL, POTENTIAL, NONE) if self.by_answer.get(one)]) <= 1


def spread(views: Iterable[tuple[B, str]], called: Iterable[B]) -> Spread:
    """Return the spread of the views; dissent is kept, never averaged away."""
    held = list(views)
    said = {body for body, _ in held}
    return Spread(
        by_answer={answer: [body for body, given in held if given == answer] for answer in ANSWERS},
        silent=[body for body in called if body not in said],
    )


def spread_in_words(found: Spread, labels: Mapping[str, str]) -> str:
    """Return the spread as a sentence: "2 say serious failure, 1 says no failure, 1 has not spoken"."""
    parts = [
        f"{len(bodies)} {'says' if len(bodies) == 1 else 'say'} “{labels[answer]}”"
        for answer, bodies in found.by_answer.items()
        if bodies
    ]
    if found.silent:
        parts.append(f"{len(found.silent)} {'has' if len(found.silent) == 1 else 'have'} not spoken")
    if not parts:
        return "Nobody has stated a view."
    return f"{', '.join(parts)}."
