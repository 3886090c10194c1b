"""Who sees what, in SQL: ``visible_to`` serves every list, count, search and fetch.

``reach.why`` decides one record by the same sentences and says the reason. The rule is
visibility.md's; a change here changes both, and the oracle in the tests holds them.
"""

from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, ForeignKey, Lookup, Model, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.http import Http404

from access.models import LastReader, Record, RecordExclusion, RecordProvider, Sighted
from access.principal import Principal

M = TypeVar("M", bound=Model)
Gate, ParentRule = Record.Gate, Record.ParentRule
NOBODY = Q(pk__in=[])


@ForeignKey.register_lookup
class Among(Lookup):
    """``column = ANY(literal array)``: one value for hundreds of circles, hashed by the database."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the comparison and its one parameter."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*params, sorted(self.rhs)]


PROTECTED_SOURCE = "protected_source"
MOST_PARENTS = 3  # an amendment to a comment on an action that came from a concern


def visible_to(principal: Principal, things: QuerySet[M], *, through: str = "") -> QuerySet[M]:
    """Keep only what this principal sees.

    Args:
        principal: who asks. The clockwork is refused nothing.
        things: records, things with sight, or rows that point at a record.
        through: the path to the record, when ``things`` are neither of the first two.

    Returns:
        The same query, narrowed. Everything that shows, counts, orders, suggests or
        sends intelligence starts here.
    """
    kind = things.model
    if issubclass(kind, Sighted):
        return _within(principal, things, RecordPath("record"), kind.DEPTH)
    return _within(principal, things, RecordPath(through), MOST_PARENTS)


def _within(principal: Principal, things: QuerySet[M], record: "RecordPath", depth: int) -> QuerySet[M]:
    if principal.kind == "clockwork":
        return things
    return things.filter(sees(principal, record, depth)) if principal.reads else things.none()


class RecordPath:
    """Names a record's columns from where the query starts: itself, or a parent of it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = f"{prefix}__" if prefix else ""

    def q(self, **conditions: object) -> Q:
        """Return conditions on this record's columns."""
        return Q(**{f"{self.prefix}{name}": value for name, value in conditions.items()})

    @property
    def key(self) -> str:
        """Return the name of its key, for a subquery."""
        return f"{self.prefix}pk"

    @property
    def parent(self) -> "RecordPath":
        """Return the path to what it hangs on."""
        return RecordPath(f"{self.prefix}parent")


def sees(principal: Principal, record: RecordPath, depth: int) -> Q:
    """Return the sentence: the gate lets them through, no conflict stands, and they reach it.

    ``depth`` is how many parents there can be above.
    """
    mine = owned(principal, record)
    named, shared = _named(principal, record), _shared(principal, record)
    inside = mine & (record.q(closed=False) | named)
    outside = ~mine & ~_excluded(principal, record)
    past_lists = record.q(gate=Gate.SEALED) | _emergency(principal, record)
    formula = inside | (outside & shared) | (past_lists & (mine | outside))
    if depth == 0:
        reach = record.q(parent_rule="") & formula
    else:
        parent = _sees_parent(principal, record, depth) & ~record.parent.q(gate=Gate.WITHDRAWN)
        not_narrowed = record.q(narrowed=False) | owned(principal, record.parent) | named
        child = record.q(parent_rule=ParentRule.REQUIRED) & (inside | (outside & not_narrowed))
        added = record.q(parent_rule=ParentRule.ADDS) & outside
        by_itself = ~record.q(parent_rule=ParentRule.REQUIRED) & formula
        reach = by_itself | (parent & (child | added))
    return _gate(principal, record, mine) & ~_conflicted(principal, record) & reach


def _sees_parent(principal: Principal, record: RecordPath, depth: int) -> Q:
    """Return whether they see what it hangs on; of a tombstone, without the help of emergency access."""
    parent = sees(principal, record.parent, depth - 1)
    if not principal.emergency:
        return parent
    calm = replace(principal, emergency=frozenset())
    return parent & (~record.q(gate=Gate.WITHDRAWN) | sees(calm, record.parent, depth - 1))


def _gate(principal: Principal, record: RecordPath, mine: Q) -> Q:
    """Return whether the state gate lets them through; an open record has none."""
    named = _named(principal, record)
    handlers_only = record.q(kind=PROTECTED_SOURCE) & ~mine
    return (
        record.q(gate=Gate.OPEN)
        | (record.q(gate=Gate.DRAFT) & named)
        | (record.q(gate=Gate.NAMED) & named & ~handlers_only)
        | (record.q(gate=Gate.LISTED) & _shared(principal, record))
        | (record.q(gate=Gate.SEALED) & (named | (mine if principal.safeguarding_lead else NOBODY)))
        | (record.q(gate=Gate.WITHDRAWN) & _had_it(principal, record))
    )


def owned(principal: Principal, record: RecordPath) -> Q:
    """Return whether the principal's body owns it, or accepted it from its owner."""
    own = record.q(owner_id=principal.agency_id)
    if principal.predecessors:
        accepted = record.q(owner_id__in=principal.predecessors)
        if principal.exceptions:
            accepted &= ~record.q(pk__in=principal.exceptions)
        own |= accepted
    return own


def _named(principal: Principal, record: RecordPath) -> Q:
    return record.q(named__among=principal.circles)


def _shared(principal: Principal, record: RecordPath) -> Q:
    return _named(principal, record) | record.q(circle__among=principal.circles)


def _excluded(principal: Principal, record: RecordPath) -> Q:
    """Return whether the body has a conflict, or stands on the record's list of those shut out."""
    listed = RecordExclusion.objects.filter(record_id=OuterRef(record.key), agency=principal.agency_id)
    return Q(Exists(listed)) | _about(principal.body_conflicts, record)


def _conflicted(principal: Principal, record: RecordPath) -> Q:
    return _about(principal.own_conflicts, record)


def _emergency(principal: Principal, record: RecordPath) -> Q:
    return record.q(gate=Gate.OPEN) & _about(principal.emergency, record)


def _had_it(principal: Principal, record: RecordPath) -> Q:
    """Return whether the person, at this same body, read it when it was withdrawn."""
    rows = LastReader.objects.filter(
        record_id=OuterRef(record.key), user=principal.user_id, agency=principal.agency_id
    )
    return Q(Exists(rows))


def _about(providers: frozenset[UUID], record: RecordPath) -> Q:
    """Return whether the record is about one of these providers."""
    if not providers:
        return NOBODY
    rows = RecordProvider.objects.filter(record_id=OuterRef(record.key), provider_id__in=providers)
    return Q(Exists(rows))


def must_see(principal: Principal, record: Record) -> None:
    """Refuse an operation on what is out of sight as if it did not exist.

    Raises:
        Http404: it is not in the principal's sight.
    """
    depth, above = 0, record
    while above.parent is not None:
        depth, above = depth + 1, above.parent
    if not _within(principal, Record.objects.filter(pk=record.pk), RecordPath(""), depth).exists():
        raise Http404
