"""A long list, a page at a time, without ever counting it.

Pages are asked for by the key of the row they start after, so that rows added
meanwhile move nothing, and no number tells of rows that are out of sight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Protocol
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet

SALT = "nhsuk.paging"
NAME_SALT = "nhsuk.paging.name"
PAGE_SIZE = 25


class Take(Protocol):
    """Takes the first rows of an ordered list that goes on from a moment; how it finds them is its own matter."""

    def __call__(
        self, rows: QuerySet[Any], size: int, *, after: datetime | None, rising: bool
    ) -> Sequence[Any]:
        """Return at most ``size`` rows."""


def straight(
    rows: QuerySet[Any], size: int, *, after: datetime | None = None, rising: bool = False
) -> Sequence[Any]:
    """Take the first rows as the database finds them."""
    return list(rows[:size])


class BadMark(Exception):
    """A mark that no page gave."""


@dataclass(frozen=True)
class ListPage:
    """One page of a list.

    Attributes:
        rows: the rows, in the list's order.
        newer: the mark of the page before, "" when this is the first.
        older: the mark of the page after, "" when this is the last.
    """

    rows: Sequence[Any]
    newer: str
    older: str


@dataclass(frozen=True)
class Lane:
    """Rows of one kind in a list of several kinds.

    Attributes:
        rows: a queryset already in the person's sight; its order is replaced.
        moment: the field, or the annotation, that says where each stands.
        take: how the first rows of the ordered list are found.
    """

    rows: QuerySet[Any]
    moment: str
    take: Take = straight


def page_of(
    rows: QuerySet[Any],
    *,
    moment: str,
    mark: str = "",
    size: int = PAGE_SIZE,
    soonest: bool = False,
    take: Take = straight,
    strict: bool = False,
) -> ListPage:
    """Take a page of rows of one kind, newest first.

    Args:
        rows: see ``Lane``; so are ``moment``, ties of which are broken by the key, and ``take``.
        moment: the field of moments to order by.
        mark: see ``page_of_lanes``; so are ``size``, ``soonest`` and ``strict``.
        size: how many rows.
        soonest: the earliest moment first.
        take: how the first rows of the ordered list are found.
        strict: raise BadMark for a mark that no page gave.

    Returns:
        The page; `rows` may be empty.
    """
    return page_of_lanes([Lane(rows, moment, take)], mark=mark, size=size, soonest=soonest, strict=strict)


def page_of_lanes(
    lanes: Sequence[Lane],
    *,
    mark: str = "",
    size: int = PAGE_SIZE,
    soonest: bool = False,
    strict: bool = False,
) -> ListPage:
    """Take a page of rows of several kinds in one order of moments, newest first.

    Args:
        lanes: the rows of each kind.
        mark: what `newer` or `older` of another page said; anything else, a
            forged mark too, gives the first page.
        size: how many rows.
        soonest: the earliest moment first, for what is due; `older` then leads to
            what is due later.
        strict: raise BadMark for a mark that no page gave.

    Returns:
        The page; `rows` may be empty.
    """
    backwards, at, key = _read(mark)
    if strict and mark and at is None:
        raise BadMark
    rising = backwards != soonest
    found = [one for lane in lanes for one in _first_of(lane, size + 1, at, key, rising=rising)]
    if len(lanes) > 1:
        found.sort(key=lambda one: (one[0], one[1].pk), reverse=not rising)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_newer, has_older = (more, True) if backwards else (at is not None, more)
    return ListPage(
        [row for _, row in found],
        _mark("newer", *found[0]) if found and has_newer else "",
        _mark("older", *found[-1]) if found and has_older else "",
    )


def _first_of(
    lane: Lane, most: int, at: datetime | None, key: UUID | None, *, rising: bool
) -> list[tuple[datetime, Any]]:
    """Return the first rows of a lane from a key on, each with its moment."""
    moment = lane.moment
    chosen = lane.rows.order_by(*((moment, "pk") if rising else (f"-{moment}", "-pk")))
    if at is not None:
        side = "gt" if rising else "lt"
        # The first condition says no more than the second, and lets an index begin there.
        chosen = chosen.filter(
            Q(**{f"{moment}__{side}e": at}), Q(**{f"{moment}__{side}": at}) | Q(**{f"pk__{side}": key})
        )
    return [(_value(row, moment), row) for row in lane.take(chosen, most, after=at, rising=rising)]


def page_by_name(
    rows: QuerySet[Any], *, name: str = "name", mark: str = "", size: int = PAGE_SIZE, strict: bool = False
) -> ListPage:
    """Take a page in the order of a name, A to Z.

    Args:
        rows: a queryset already in the person's sight; its order is replaced.
        name: the field of text to order by; ties are broken by the key.
        mark: what `newer` (towards A) or `older` (towards Z) of another page
            said; anything else, a forged mark too, gives the first page.
        size: how many rows.
        strict: see ``page_of``.

    Returns:
        The page; `rows` may be empty.
    """
    backwards, at, key = _read_name(mark)
    if strict and mark and key is None:
        raise BadMark
    chosen = rows.order_by(*((f"-{name}", "-pk") if backwards else (name, "pk")))
    if key is not None:
        side = "lt" if backwards else "gt"
        chosen = chosen.filter(
            Q(**{f"{name}__{side}e": at}), Q(**{f"{name}__{side}": at}) | Q(**{f"pk__{side}": key})
        )
    found = list(chosen[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_before, has_after = (more, True) if backwards else (key is not None, more)

    def marked(side: str, row: Any) -> str:
        return signing.dumps([side, _value(row, name), str(row.pk)], salt=NAME_SALT)

    return ListPage(
        found,
        marked("newer", found[0]) if found and has_before else "",
        marked("older", found[-1]) if found and has_after else "",
    )


def _read_name(mark: str) -> tuple[bool, str, UUID | None]:
    try:
        side, at, key = signing.loads(mark, salt=NAME_SALT)
        return side == "newer", at, UUID(key)
    except (signing.BadSignature, ValueError):
        return False, "", None


def _mark(side: str, at: datetime, row: Model) -> str:
    return signing.dumps([side, at.isoformat(), str(row.pk)], salt=SALT)


def _value(row: Model, path: str) -> Any:
    return reduce(getattr, path.split("__"), row)


def _read(mark: str) -> tuple[bool, datetime | None, UUID | None]:
    try:
        side, at, key = signing.loads(mark, salt=SALT)
        return side == "newer", datetime.fromisoformat(at), UUID(key)
    except (signing.BadSignature, ValueError):
        return False, None, None
