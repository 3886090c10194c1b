"""When two visits clash, and when a provider is visited or asked too often in a short time.

The joint framework asks bodies to "avoid over burdening the provider" and to avoid duplication
(JF 2.6, l.167), and promises providers "less duplication of requests for information" (JF 1.5,
l.105); neither says how much is too much. The figures here are a judgement, to be confirmed.
Whatever is given to these functions was found in one reader's sight, so that a warning tells
nobody of what they do not see.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

BURDEN_DAYS = 28
"""Judgement: the length of the span in which visits and requests are counted, in days."""
MANY_VISITS = 4
"""Judgement: so many visits beginning within one span are many."""
MANY_REQUESTS = 5
"""Judgement: so many requests falling due within one span are many."""


@dataclass(frozen=True)
class Window:
    """The days of one visit, and who goes where.

    Attributes:
        key: whose days they are.
        provider: where they go.
        location: the place; None for the provider as a whole.
        body: the body that plans it.
        parties: the bodies that go along.
        first, last: the days between which they go, both included.
    """

    key: Hashable
    provider: UUID
    location: UUID | None
    body: UUID
    parties: frozenset[UUID]
    first: date
    last: date


def overlap(first: date, last: date, other_first: date, other_last: date) -> bool:
    """Say whether two spans of days, both ends included, have a day in common."""
    return first <= other_last and other_first <= last


def clash(one: Window, other: Window) -> bool:
    """Say whether two visits are of different bodies, at the same place, with a day in common.

    A visit to the provider as a whole is at each of its places. Bodies that go together do not clash.
    """
    together = one.body == other.body or one.body in other.parties or other.body in one.parties
    same_place = one.provider == other.provider and (
        one.location is None or other.location is None or one.location == other.location
    )
    return not together and same_place and overlap(one.first, one.last, other.first, other.last)


def clashes(windows: Sequence[Window]) -> dict[Hashable, list[Hashable]]:
    """Return, for each visit that clashes with others, which: in the order in which they were given."""
    found: dict[Hashable, list[Hashable]] = {}
    for one in windows:
        others = [other.key for other in windows if other.key != one.key and clash(one, other)]
        if others:
            found[one.key] = others
    return found


@dataclass(frozen=True)
class Busy:
    """A span of days in which there is much: how many, and from the first to the last of them."""

    number: int
    first: date
    last: date


def busiest(days: Iterable[date], many: int, *, about: date | None = None) -> Busy | None:
    """Return the span of ``BURDEN_DAYS`` that holds most of these days, if it holds ``many``; the earliest of equals.

    Args:
        days: on which visits begin, or requests fall due.
        many: how many are much.
        about: only spans that hold this day.
    """
    held = sorted(days)
    best: Busy | None = None
    for at, first in enumerate(held):
        within = [day for day in held[at:] if day < first + timedelta(days=BURDEN_DAYS)]
        if about is not None and not first <= about < first + timedelta(days=BURDEN_DAYS):
            continue
        if len(within) >= many and (best is None or len(within) > best.number):
            best = Busy(len(within), first, within[-1])
    return best
