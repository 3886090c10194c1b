"""Reading many kinds of facts of one room in one statement: a room has fifteen, most of them with few rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import CharField, Field, Model, Value
from django.db.models.functions import JSONObject

from risk_summits.models import Room

Facts = Mapping[type[Model], list[Any]]
"""The rows of a room by their kind, each in the order of its kind."""


def read_facts(room: Room, kinds: Sequence[type[Model]]) -> Facts:
    """Return what a room has of each of these kinds; what they point to is not fetched (see ``join``)."""
    asked = [
        kind._default_manager.filter(room=room)
        .order_by()
        .values_list(
            Value(kind.__name__, output_field=CharField()),
            JSONObject(**{field.attname: field.attname for field in _fields(kind)}),
        )
        for kind in kinds
    ]
    found: dict[type[Model], list[Any]] = {kind: [] for kind in kinds}
    by_name = {kind.__name__: kind for kind in kinds}
    for name, row in asked[0].union(*asked[1:], all=True):
        kind = by_name[name]
        values = [field.to_python(row[field.attname]) for field in _fields(kind)]
        made = kind.from_db(room._state.db, [field.attname for field in _fields(kind)], values)
        made.room = room  # type: ignore[attr-defined]
        found[kind].append(made)
    for kind, rows in found.items():
        plain = [str(name) for name in kind._meta.ordering or () if "__" not in str(name)]
        rows.sort(key=attrgetter(*plain))
    return found


def _fields(kind: type[Model]) -> "list[Field[Any, Any]]":
    return list(kind._meta.concrete_fields)


def _pointing(facts: Facts, to: type[Model]) -> "Iterator[tuple[Any, Field[Any, Any]]]":
    for kind, rows in facts.items():
        fields = [field for field in _fields(kind) if field.related_model is to]
        yield from ((row, field) for row in rows for field in fields)


def join(facts: Facts, to: type[Model], *, besides: Iterable[UUID] = ()) -> Mapping[UUID, Any]:
    """Fetch what the facts point to in another table, all at once, and put it in its place.

    Args:
        facts: what was read.
        to: the other table.
        besides: further rows that are wanted of it.

    Returns:
        What was fetched, by key.
    """
    ids = {getattr(row, field.attname) for row, field in _pointing(facts, to)} - {None}
    held: Mapping[UUID, Any] = to._default_manager.in_bulk([*ids, *besides])
    for row, field in _pointing(facts, to):
        if getattr(row, field.attname) is not None:
            setattr(row, field.name, held[getattr(row, field.attname)])
    return held
