"""The newest of what a reader sees, from a million records in milliseconds, whoever reads.

``visible_to`` decides; this only finds where to look. A reader who sees much finds a page among the newest records at
once. For one who sees little, or nothing new, walking back through everybody's records would take a second: their own
lists are short, and are merged instead (docs/adr/0013).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL

from access.models import Record, Sighted
from access.principal import Principal
from access.sight import as_array

S = TypeVar("S", bound=Sighted)
MOMENT = "record__recorded_at"
NEAR = 1000
"""How many of the newest records, in anybody's sight, are looked through before one's own lists are merged."""
FEW = 200
"""Up to so many lists are merged at once when no filter narrows them: it costs no more than to look near."""
SHORT = 30_000
"""Up to so many records in one's own lists, it pays to look through them for the few that a filter lets pass."""


class Newest:
    """Takes rows of one kind by the moment they were recorded, for one reader; a page asks it for its rows."""

    def __init__(self, by: Principal, *, narrowed: bool = False, near: int = NEAR) -> None:
        """Say who reads, whether a filter narrows the list, and how many of the newest records are near."""
        self.by, self.narrowed, self.near = by, narrowed, near

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
        if self.by.kind == "clockwork" or not self.by.reads or rows.model.DEPTH:
            return list(rows[:size])
        if not self.narrowed and sum(len(keys) for _, _, keys in self._lists()) <= min(FEW, self.near):
            return self._merged(rows, size, rising)
        end = self._end_of_the_near(rows.model, after, rising)
        if end is None:
            return list(rows[:size])
        near = list(rows.filter(**{f"{MOMENT}__{'lte' if rising else 'gte'}": end})[:size])
        if len(near) == size:
            return near
        if self.narrowed and not self._lists_are_short(rows.model):
            return list(rows[:size])
        return self._merged(rows, size, rising)

    def _end_of_the_near(self, kind: type[Sighted], after: datetime | None, rising: bool) -> datetime | None:
        """Return the moment of the last record that is near, or None when all there are is near."""
        records = Record.objects.filter(kind=kind.KIND)
        if after is not None:
            records = records.filter(**{f"recorded_at__{'gte' if rising else 'lte'}": after})
        moments = records.order_by("recorded_at" if rising else "-recorded_at").values_list(
            "recorded_at", flat=True
        )
        return next(iter(moments[self.near : self.near + 1]), None)

    def _lists(self) -> list[tuple[str, str, Collection[object]]]:
        """Return every list that can hold something in sight: the column, its type, and the reader's own keys."""
        by = self.by
        lists: list[tuple[str, str, Collection[object]]] = [
            ("circle_id", "bigint", by.circles),
            ("named_id", "bigint", by.named),
            ("owner_id", "uuid", {by.agency_id, *by.predecessors}),
            ("about__provider_id", "uuid", by.emergency),
        ]
        return [one for one in lists if one[2]]

    def _lists_are_short(self, kind: type[Sighted]) -> bool:
        texts, params = [], []
        for column, type_, keys in self._lists():
            mine = Record.objects.filter(**{column: RawSQL("list.key", [])}, kind=kind.KIND).order_by()
            text, values = mine.values_list(Value(1)).query.sql_with_params()
            texts.append(f"SELECT FROM unnest(%s::{type_}[]) AS list(key), LATERAL ({text}) part")  # nosec B608
            params += [as_array(keys), *values]
        with connection.cursor() as cursor:
            own = f"SELECT count(*) FROM ({' UNION ALL '.join(texts)} LIMIT %s) AS own"  # nosec B608
            cursor.execute(own, [*params, SHORT + 1])
            return bool(cursor.fetchone()[0] <= SHORT)

    def _merged(self, rows: QuerySet[S], size: int, rising: bool) -> list[S]:
        """Return the first rows of all one's lists; sight itself is asked of each."""
        texts: list[str] = []
        params: list[Any] = []
        for column, kind, keys in self._lists():
            text, values = self._list(rows, size, f"record__{column}")
            texts.append(f"SELECT part.* FROM unnest(%s::{kind}[]) AS list(key), LATERAL ({text}) part")  # nosec B608
            params += [as_array(keys), *values]
        way = "ASC" if rising else "DESC"
        union, order = " UNION ".join(texts), f"at {way}, pk {way}"
        first = f"SELECT pk FROM ({union}) AS found(pk, at) ORDER BY {order} LIMIT %s"  # nosec B608 - our own words
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL enable_bitmapscan = off; {first}", [*params, size])
            return list(rows.filter(pk__in=[pk for (pk,) in cursor.fetchall()]))

    def _list(self, rows: QuerySet[S], size: int, column: str) -> tuple[str, Sequence[Any]]:
        one = rows.select_related(None).filter(**{column: RawSQL("list.key", [])})
        return one.values_list("pk", MOMENT)[:size].query.sql_with_params()
