"""Who sees what, in SQL: ``visible_to`` serves every list, count, search and fetch.

``reach.why`` decides one record by the same sentences and says the reason. The rule is
visibility.md's; a change here changes both, and the oracle in the tests holds them.
"""

from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from access.models import LastReader, Record, RecordExclusion, RecordProvider, Sighted
from access.principal import Principal

M = TypeVar("M", bound=Model)
Gate, ParentRule = Record.Gate, Record.ParentRule
NOBODY = Q(pk__in=[])
MOST_PARENTS = 2  # a comment on an action that came from a concern


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
    if principal.kind == "clockwork":
        return things
    if not principal.reads:
        return things.none()
    sighted = issubclass(things.model, Sighted)
    depth = things.model.DEPTH if sighted else MOST_PARENTS
    return things.filter(sees(principal, _Path(through or ("record" if sighted else "")), depth))


class _Path:
    """Names a record's columns from where the query starts: itself, or a parent of it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = f"{prefix}__" if prefix else ""

    def q(self, **conditions: object) -> Q:
        return Q(**{f"{self.prefix}{name}": value for name, value in conditions.items()})

    @property
    def key(self) -> str:
        return f"{self.prefix}pk"

    @property
    def parent(self) -> "_Path":
        return _Path(f"{self.prefix}parent")


def sees(principal: Principal, record: _Path, depth: int) -> Q:
    """Return the whole rule for a record: by itself, as a child, or through what it came from."""
    alone = record.q(parent_rule="") & reached(principal, record)
    if depth == 0:
        return alone
    parent = sees(principal, record.parent, depth - 1)
    child = record.q(parent_rule=ParentRule.REQUIRED) & parent & _child_gates(principal, record)
    adds = record.q(parent_rule=ParentRule.ADDS) & (
        reached(principal, record) | (_may_be_added_to(principal, record) & parent)
    )
    return alone | child | adds


def reached(principal: Principal, record: _Path) -> Q:
    """Return the formula of visibility.md for one record, its parent apart."""
    mine, named = owned(principal, record), record.q(named_id__in=principal.circles)
    shared = named | record.q(circle_id__in=principal.circles)
    open_to = (mine & (record.q(closed=False) | named)) | (~mine & shared) | _emergency(principal, record)
    gate = (
        (record.q(gate__in=[Gate.OPEN]) & open_to)
        | (record.q(gate=Gate.WITHDRAWN) & open_to & _had_it(principal, record))
        | (record.q(gate__in=[Gate.DRAFT, Gate.NAMED]) & named)
        | (record.q(gate=Gate.LISTED) & shared)
        | (record.q(gate=Gate.SEALED) & (named | (mine if principal.safeguarding_lead else NOBODY)))
    )
    return gate & _past_exclusion(principal, record, mine)


def owned(principal: Principal, record: _Path) -> Q:
    """Return whether the principal's body owns it, or accepted it from its owner."""
    own = record.q(owner_id=principal.agency_id) if principal.agency_id else NOBODY
    if principal.predecessors:
        accepted = record.q(owner_id__in=principal.predecessors)
        if principal.exceptions:
            accepted &= ~record.q(pk__in=principal.exceptions)
        own |= accepted
    return own


def _may_be_added_to(principal: Principal, record: _Path) -> Q:
    """Return where a "+" row may add a reader: never inside the owner when closed."""
    mine, named = owned(principal, record), record.q(named_id__in=principal.circles)
    open_to = record.q(gate=Gate.OPEN) & (~mine | record.q(closed=False) | named)
    return open_to & _past_exclusion(principal, record, mine)


def _child_gates(principal: Principal, record: _Path) -> Q:
    """Return the child's own closed, narrowed and excluded lists; the parent is asked apart."""
    mine, named = owned(principal, record), record.q(named_id__in=principal.circles)
    through_parent = owned(principal, record.parent)
    gate = record.q(gate__in=[Gate.OPEN, Gate.WITHDRAWN]) & (~mine | record.q(closed=False) | named)
    gate &= record.q(narrowed=False) | mine | through_parent | named
    return (gate | (record.q(gate__in=[Gate.DRAFT, Gate.NAMED]) & named)) & _past_exclusion(
        principal, record, mine
    )


def _past_exclusion(principal: Principal, record: _Path, mine: Q) -> Q:
    """Return that no conflict and no exclusion stands in the way."""
    passed = Q()
    if principal.own_conflicts:
        passed &= ~_about(principal.own_conflicts, record)
    shut_out = Exists(
        RecordExclusion.objects.filter(record_id=OuterRef(record.key), agency_id__in=_bodies(principal))
    )
    outside = ~Q(shut_out)
    if principal.body_conflicts:
        outside &= ~_about(principal.body_conflicts, record)
    return passed & (mine | outside)


def _emergency(principal: Principal, record: _Path) -> Q:
    """Return whether emergency access to a provider opens it. The gates still bind."""
    if not principal.emergency:
        return NOBODY
    return record.q(gate=Gate.OPEN) & _about(principal.emergency, record)


def _had_it(principal: Principal, record: _Path) -> Q:
    """Return whether the person was among its readers when it was withdrawn."""
    return Q(Exists(LastReader.objects.filter(record_id=OuterRef(record.key), user_id=principal.user_id)))


def _about(providers: frozenset[UUID], record: _Path) -> Q:
    return Q(Exists(RecordProvider.objects.filter(record_id=OuterRef(record.key), provider_id__in=providers)))


def _bodies(principal: Principal) -> list[UUID]:
    own = [principal.agency_id] if principal.agency_id else []
    return [*own, *principal.predecessors]
