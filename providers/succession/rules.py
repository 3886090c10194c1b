"""Who may take the place of whom: never oneself, never in a circle, never in disordered days. For providers and for bodies."""

from collections.abc import Collection, Hashable, Iterable
from datetime import date
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def leads_back(links: Iterable[tuple[T, T]], old: T, new: T) -> bool:
    """Say whether a link from `old` to `new` would close a circle of links (predecessor, successor)."""
    after: dict[T, set[T]] = {}
    for before, then in links:
        after.setdefault(before, set()).add(then)
    seen: set[T] = set()
    ahead = [new]
    while ahead:
        here = ahead.pop()
        if here == old:
            return True
        if here not in seen:
            seen.add(here)
            ahead.extend(after.get(here, ()))
    return False


def fault_of_link(
    links: Collection[tuple[T, T]],
    old: T,
    new: T,
    *,
    on: date,
    old_opened_on: date | None,
    new_closed_on: date | None,
) -> dict[str, str]:
    """Return what is wrong with saying that `new` took the place of `old` on a London day, by field; nothing when sound.

    Args:
        links: the links that stand, predecessor first.
        old: the predecessor.
        new: the successor.
        on: the day from which the successor stands in its place.
        old_opened_on: when the predecessor opened, where that is known.
        new_closed_on: when the successor closed, where it has.
    """
    if old == new:
        return {"successor": "Nothing takes its own place. Choose another."}
    if (old, new) in links:
        return {"successor": "This is said already. Nothing was changed."}
    if leads_back(links, old, new):
        return {
            "successor": "That would be a circle: this one took the other's place, directly or by others between."
        }
    if old_opened_on and on < old_opened_on:
        return {"on": "That is before it opened. Choose a later day."}
    if new_closed_on and new_closed_on <= on:
        return {"successor": "It had closed by that day. Choose another."}
    return {}
