"""The newest of what a reader sees, from a million records in milliseconds, whoever reads.

``visible_to`` decides; this only finds where to look. A reader who sees much finds a page among the newest records at
once. For one who sees little, or nothing new, walking back through everybody's records would take a second: their own
lists are short, and are looked through or merged instead (docs/adr/0013).
"""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from access.models import KINDS, Record, Sighted
from access.principal import Principal
from access.sight import as_array, visible_to

S = TypeVar("S", bound=Sighted)
MOMENT = "record__recorded_at"
OWN = 500
"""Up to so many records in the lists of a reader without a seat, they are all looked at, and nothing else is."""
NEAR = 2000
"""How many of the newest records, in anybody's sight, are looked through before one's own lists are merged."""
FEW = 20
"""Up to so many lists are merged at once when no filter narrows them: it costs no more than to look near."""
SLACK = 2
"""How many times the rows wanted are taken from lists that only exclusions thin out."""
SHORT = 30_000
"""Up to so many records in one's own lists, it pays to look through them for the few that a filter lets pass."""


_Record = tuple[UUID, str, datetime]  # its key, its kind, when it was recorded
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Newest:
    """Takes rows of one kind by the moment they were recorded, for one reader; a page asks it for its rows."""

    def __init__(
        self,
        by: Principal,
        *,
        narrowed: bool = False,
        open_only: bool = False,
        since: datetime | None = None,
        own: int = OWN,
        near: int = NEAR,
    ) -> None:
        """Say how the rows are found.

        Args:
            by: who reads.
            narrowed: a filter narrows the list.
            open_only: the filter keeps only what has not ended, and says so of the record.
            since: the filter keeps only what was recorded from that moment on.
            own: up to how many records of a reader without a seat are all looked at.
            near: how many of the newest records are near.
        """
        self.by, self.narrowed, self.own, self.near = by, narrowed, own, near
        self.open_only, self.since = open_only, since

    def __call__(
        self, rows: QuerySet[S], size: int, *, after: datetime | None = None, rising: bool = False
    ) -> list[S]:
        """Return the first rows.

        Args:
            rows: things of one kind in the reader's sight, ordered by ``MOMENT`` and key.
            size: how many at most.
            after: the moment from which the order goes on; None for its beginning.
            rising: the order is the oldest first.
        """
        depth = rows.model.DEPTH
        if self.by.kind == "clockwork" or not self.by.reads or depth > 1:
            return list(rows[:size])
        where, facts = self._where(rows.model.KIND, after, rising)
        lists = _Lists(self.by, where, facts, rising=rising)
        own = self._below if depth else self._own
        if own is not None:
            return self._among(rows, self._chosen(own, rows.model.KIND, after, rising), size)
        if not depth and not self.narrowed and lists.number <= min(FEW, self.near):
            return self._merged(rows, lists, size)
        end = lists.end_of_the_newest(self.near)
        if end is None:
            return list(rows[:size])
        near = list(rows.filter(**{f"{MOMENT}__{'lte' if rising else 'gte'}": end})[:size])
        if len(near) == size:
            return near
        if depth and self._few_parents:
            return self._among(rows, lists.below(self._everything), size)
        if depth or (self.narrowed and not lists.are_short()):
            return list(rows[:size])
        return self._merged(rows, lists, size)

    @cached_property
    def _everything(self) -> "_Lists":
        """One's lists with records of every kind."""
        return _Lists(self.by, "true", [], rising=False)

    @cached_property
    def _few_parents(self) -> bool:
        """Whether so little stands in one's lists that it pays to look under all of it; asked once for all kinds."""
        return self._everything.are_short()

    @cached_property
    def _own(self) -> list[_Record] | None:
        """All records in one's lists, of every kind; None for who has a seat, or has more of them."""
        return None if self.by.seats else self._everything.all(self.own)

    @cached_property
    def _below(self) -> list[_Record] | None:
        """The same, with what hangs on them: it can be seen where its parent is."""
        if not self._own:
            return self._own
        below = Record.objects.filter(parent__in=[key for key, _, _ in self._own])
        return [*self._own, *below.values_list("pk", "kind", "recorded_at")]

    def _chosen(self, own: list[_Record], kind: str, after: datetime | None, rising: bool) -> list[UUID]:
        """Return the keys of one kind that may stand on the page, in its order."""
        first = self.since or _LONG_AGO
        if after is not None and rising:
            first = max(first, after)
        last = None if rising else after
        chosen = {
            (at, key) for key, of, at in own if of == kind and at >= first and (last is None or at <= last)
        }
        return [key for _, key in sorted(chosen, reverse=not rising)]

    def _where(self, kind: str, after: datetime | None, rising: bool) -> tuple[str, list[Any]]:
        """Return which records may stand on the page, as SQL."""
        where, facts = "kind = %s", [kind]  # type: str, list[Any]
        if self.open_only:
            where += " AND NOT ended"
        if self.since is not None:
            where, facts = f"{where} AND recorded_at >= %s", [*facts, self.since]
        if after is not None:
            where, facts = f"{where} AND recorded_at {'>=' if rising else '<='} %s", [*facts, after]
        return where, facts

    def _among(self, rows: QuerySet[S], keys: list[UUID], size: int) -> list[S]:
        """Return the first rows out of some; where only exclusions thin them out, the first keys do."""
        first = keys if self.narrowed else keys[: size * SLACK]
        found = list(rows.filter(pk__in=first)[:size])
        return found if len(found) == size or first == keys else list(rows.filter(pk__in=keys)[:size])

    def _merged(self, rows: QuerySet[S], lists: "_Lists", size: int) -> list[S]:
        """Return the first rows of all one's lists; sight itself is asked of each."""
        if not self.narrowed:
            first = lists.first(size * SLACK)
            found = list(rows.filter(pk__in=first)[:size])
            if len(found) == size or len(first) < size * SLACK:
                return found
        return list(rows.filter(pk__in=lists.first_of(rows, size)))


def first_of_kinds(
    by: Principal,
    kinds: list[str],
    rows: QuerySet[Record],
    size: int,
    *,
    after: datetime | None = None,
    rising: bool = False,
) -> list[Record]:
    """Return the first of records of several kinds: the first of each kind hold them, but for those at one moment.

    Args:
        by: who reads.
        kinds: the codes of the kinds.
        rows: records of these kinds in the reader's sight, ordered by moment and key.
        size: how many at most.
        after: the moment from which the order goes on; None for its beginning.
        rising: the order is the oldest first.
    """
    newest, most = Newest(by), size
    order = (MOMENT, "pk") if rising else (f"-{MOMENT}", "-pk")
    from_there = {} if after is None else {f"{MOMENT}__{'gte' if rising else 'lte'}": after}
    while True:
        each = [
            newest(
                visible_to(by, KINDS[kind]._default_manager.filter(**from_there)).order_by(*order),
                most,
                after=after,
                rising=rising,
            )
            for kind in kinds
        ]
        found = list(rows.filter(pk__in=[one.pk for things in each for one in things])[:size])
        if len(found) == size or max(len(things) for things in each) < most:
            return found
        most *= 4  # so many stand at one moment, or are drafts


class _Lists:
    """Every list of records that can hold something in a reader's sight, in one direction of time."""

    def __init__(self, by: Principal, where: str, facts: list[Any], *, rising: bool) -> None:
        self.where, self.facts, self.way = where, facts, "ASC" if rising else "DESC"
        lists: list[tuple[str, str, Collection[object]]] = [
            ("circle_id", "bigint", by.circles),
            ("named_id", "bigint", by.named),
            ("owner_id", "uuid", {by.agency_id, *by.predecessors}),
            ("about__provider_id", "uuid", by.emergency),
        ]
        self.lists = [one for one in lists if one[2]]
        self.number = sum(len(keys) for _, _, keys in self.lists)

    def all(self, most: int) -> list[_Record] | None:
        """Return all the records, some of them twice, or None when there are more than so many."""
        texts, params = self._records("id, kind, recorded_at", self.where, self.facts)
        with connection.cursor() as cursor:
            cursor.execute(f"{' UNION ALL '.join(texts)} LIMIT %s", [*params, most + 1])
            found = cursor.fetchall()
        return found if len(found) <= most else None

    def are_short(self) -> bool:
        """Return whether they hold so few records that it pays to look through them."""
        texts, params = self._records("id", self.where, self.facts)
        found = f"({' UNION ALL '.join(texts)} LIMIT %s) AS found"
        (many,) = self._ask(f"SELECT count(*) FROM {found}", [*params, SHORT + 1])  # nosec B608 - our own words
        return bool(many <= SHORT)

    def below(self, above: "_Lists") -> list[UUID]:
        """Return the keys of all the records, and of what hangs on others: it can be seen where its parent is."""
        texts, params = self._records("id, recorded_at", self.where, self.facts)
        parents, facts = above._records("id", above.where, above.facts)
        hang = f"{_TABLE} child JOIN ({' UNION '.join(parents)}) AS parent(above) ON parent_id = above"
        texts.append(f"SELECT child.id, child.recorded_at FROM {hang} WHERE {self.where}")  # nosec B608
        return self._first(texts, [*params, *facts, *self.facts], None)

    def first(self, most: int) -> list[UUID]:
        """Return the keys of the first records, in sight or not."""
        where = f"{self.where} ORDER BY recorded_at {self.way}, id {self.way} LIMIT {most:d}"
        return self._first(*self._records("id, recorded_at", where, self.facts), most)

    def first_of(self, rows: QuerySet[Any], most: int) -> list[UUID]:
        """Return the keys of the first of these rows."""
        texts, params = [], []
        for column, type_, keys in self.lists:
            one = rows.select_related(None).filter(**{f"record__{column}": RawSQL("list.key", [])})
            text, values = one.values_list("pk", MOMENT)[:most].query.sql_with_params()
            texts.append(self._each(type_, text))
            params += [as_array(keys), *values]
        return self._first(texts, params, most)

    def end_of_the_newest(self, most: int) -> datetime | None:
        """Return the moment of the last of so many records, in anybody's lists; None when there are no more than that."""
        moments = f"SELECT recorded_at FROM {_TABLE} WHERE {self.where} ORDER BY recorded_at {self.way}"  # nosec B608
        return next(iter(self._ask(f"{moments} OFFSET %s LIMIT 1", [*self.facts, most])), None)

    def _records(self, columns: str, where: str, facts: list[Any]) -> tuple[list[str], list[Any]]:
        texts, params = [], []
        for column, type_, keys in self.lists:
            mine = _ABOUT if column.startswith("about") else f"{column} = list.key"
            record = f"SELECT {columns} FROM {_TABLE} WHERE {mine} AND {where}"  # nosec B608
            texts.append(self._each(type_, record))
            params += [as_array(keys), *facts]
        return texts, params

    def _each(self, type_: str, text: str) -> str:
        return f"SELECT part.* FROM unnest(%s::{type_}[]) AS list(key), LATERAL ({text}) part"  # nosec B608

    def _first(self, texts: list[str], params: list[Any], most: int | None) -> list[UUID]:
        """Return the first keys of all the lists, each read in its own index's order, however few rows are expected."""
        found = f"({' UNION '.join(texts)}) AS found(pk, at)"
        text = f"SELECT pk FROM {found} ORDER BY at {self.way}, pk {self.way} LIMIT %s"  # nosec B608
        keys = self._ask(f"SET LOCAL enable_bitmapscan = off; {text}", [*params, most])
        if connection.in_atomic_block:  # else the setting ended with its statement
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_bitmapscan = on")
        return keys

    def _ask(self, text: str, params: list[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(text, params)
            return [one for (one,) in cursor.fetchall()]


_TABLE = Record._meta.db_table
_ABOUT = "id IN (SELECT record_id FROM access_recordprovider WHERE provider_id = list.key)"
