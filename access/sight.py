"""Who sees what, in SQL: ``visible_to`` serves every list, count, search and fetch.

``reach.why`` decides one record by the same sentences and says the reason. The rule is
visibility.md's; a change here changes both, and the oracle in the tests holds them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.http import Http404

from access.models import LastReader, Record, RecordExclusion, RecordProvider, Sighted
from access.principal import Principal

M = TypeVar("M", bound=Model)
Gate, ParentRule = Record.Gate, Record.ParentRule
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
        return _within(principal, things.filter(record__kind=kind.KIND), "record", kind.DEPTH)
    return _within(principal, things, through, _depth(kind, through))


def _depth(kind: Any, through: str) -> int:
    """Return how many parents the sight of a path's record can depend on: fewest where the path leads by a kind of thing."""
    for name in through.split("__")[:-1]:
        kind = kind._meta.get_field(name).related_model
    return kind.DEPTH if issubclass(kind, Sighted) else MOST_PARENTS


def hanging_on(principal: Principal, parent: Record) -> dict[str, list[UUID]]:
    """Return what hangs on a record that the principal sees, as far as it is in sight; the caller found the parent there.

    Says what ``visible_to`` says of the same things, and does not ask the parent's sight a second time for each of them.

    Args:
        principal: who asks.
        parent: the record, in their sight.

    Returns:
        The keys, by the kind of thing.
    """
    below = Record.objects.filter(parent=parent)
    if principal.reads and principal.kind != "clockwork" and parent.gate != Gate.WITHDRAWN:
        words = _sees(principal, Above(0), MOST_PARENTS, parent_seen=True)
        below = below.filter(_condition(words, "", principal))
    else:
        below = visible_to(principal, below)
    keys: dict[str, list[UUID]] = {}
    for kind, key in below.values_list("kind", "pk"):
        keys.setdefault(kind, []).append(key)
    return keys


def _within(principal: Principal, things: QuerySet[M], path: str, depth: int) -> QuerySet[M]:
    if principal.kind == "clockwork":
        return things
    return things.filter(sees(principal, path, depth)) if principal.reads else things.none()


def sees(principal: Principal, path: str, depth: int) -> "Condition":
    """Return the sentence: the gate lets them through, no conflict stands, and they reach it.

    Args:
        principal: who asks.
        path: the way from what is queried to the record; "" for records themselves.
        depth: how many parents there can be above.
    """
    return _condition(_sees(principal, Above(0), depth), path, principal)


def owned(principal: Principal, path: str) -> "Condition":
    """Return whether the principal's body owns the record at ``path``, or accepted it from its owner."""
    return _condition(_owned(principal, Above(0)), path, principal)


class Above:
    """Names the columns of a record, or of what stands so many parents above it: ``{0.owner_id}``."""

    def __init__(self, parents: int) -> None:
        self.parents = parents

    def __getattr__(self, name: str) -> str:
        return f"{{{self.parents}.{name}}}"

    @property
    def parent(self) -> "Above":
        """Return what it hangs on."""
        return Above(self.parents + 1)


def _sees(by: Principal, r: Above, depth: int, *, parent_seen: bool = False) -> str:
    mine, named = _owned(by, r), _named(r)
    inside = f"({mine} AND (NOT {r.closed} OR {named}))"
    outside = f"(NOT {mine} AND {_not_shut_out(by, r)})"
    formula = f"({_any(inside, f'({outside} AND {_shared(r)})', *_past_lists(by, r, mine, outside))})"
    if depth == 0:
        reach = f"({r.parent_rule} = '' AND {formula})"
    else:
        up = r.parent
        parent = _sees_parent(by, r, depth, found=parent_seen)
        not_narrowed = f"(NOT {r.narrowed} OR {_owned(by, up)} OR {named})"
        child = (
            f"({r.parent_rule} = '{ParentRule.REQUIRED}' AND ({inside} OR ({outside} AND {not_narrowed})))"
        )
        added = f"({r.parent_rule} = '{ParentRule.ADDS}' AND {outside})"
        by_itself = f"({r.parent_rule} <> '{ParentRule.REQUIRED}' AND {formula})"
        reach = f"({by_itself} OR ({parent} AND ({child} OR {added})))"
    return f"({_gate(by, r, mine)} AND NOT {_about(by.own_conflicts, 'own_conflicts', r)} AND {reach})"


def _past_lists(by: Principal, r: Above, mine: str, outside: str) -> list[str]:
    """Return what opens a record past its lists: emergency access, and the safeguarding lead's post for a sealed one."""
    ways = []
    if by.emergency:
        ways.append(
            f"({r.gate} = '{Gate.OPEN}' AND {_about(by.emergency, 'emergency', r)} AND ({mine} OR {outside}))"
        )
    if by.safeguarding_lead:
        ways.append(f"({r.gate} = '{Gate.SEALED}' AND {mine})")
    return ways


def _sees_parent(by: Principal, r: Above, depth: int, *, found: bool) -> str:
    """Return whether they see what it hangs on and that is no tombstone; of a tombstone, without emergency access.

    ``found`` says that so much is known already, but for whether it needed emergency access.
    """
    up = r.parent
    parent = "true" if found else f"({_sees(by, up, depth - 1)} AND {up.gate} <> '{Gate.WITHDRAWN}')"
    if not by.emergency:
        return parent
    calm = _sees(by.calm, up, depth - 1)
    return f"({parent} AND ({r.gate} <> '{Gate.WITHDRAWN}' OR {calm}))"


def _gate(by: Principal, r: Above, mine: str) -> str:
    """Return whether the state gate lets them through; an open record has none."""
    named = _named(r)
    handlers_only = f"({r.kind} <> '{PROTECTED_SOURCE}' OR {mine})"
    sealed = f"({named} OR {mine})" if by.safeguarding_lead else named
    had_it = _there(LastReader, r, "one.user_id = :user AND one.agency_id = :me")
    return f"""({r.gate} = '{Gate.OPEN}' OR ({r.gate} = '{Gate.DRAFT}' AND {named})
        OR ({r.gate} = '{Gate.NAMED}' AND {named} AND {handlers_only})
        OR ({r.gate} = '{Gate.LISTED}' AND {_shared(r)}) OR ({r.gate} = '{Gate.SEALED}' AND {sealed})
        OR ({r.gate} = '{Gate.WITHDRAWN}' AND {had_it}))"""


def _owned(by: Principal, r: Above) -> str:
    own = f"{r.owner_id} = :me"
    if not by.predecessors:
        return f"({own})"
    accepted = f"{r.owner_id} = ANY(:predecessors::uuid[])"
    if by.exceptions:
        accepted += f" AND {r.id} <> ALL(:exceptions::uuid[])"
    return f"({own} OR ({accepted}))"


def _named(r: Above) -> str:
    return f"{r.named_id} = ANY(:named::bigint[])"


def _shared(r: Above) -> str:
    return f"({_named(r)} OR {r.circle_id} = ANY(:circles::bigint[]))"


def _not_shut_out(by: Principal, r: Above) -> str:
    """Return that the body has no conflict, and stands not on the record's list of those shut out."""
    listed = _there(RecordExclusion, r, "one.agency_id = :me")
    return f"(NOT {listed} AND NOT {_about(by.body_conflicts, 'body_conflicts', r)})"


def _about(providers: frozenset[UUID], fact: str, r: Above) -> str:
    """Return whether the record is about one of these providers."""
    if not providers:
        return "false"
    return _there(RecordProvider, r, f"one.provider_id = ANY(:{fact}::uuid[])")


def _any(*ways: str) -> str:
    return " OR ".join(ways)


def _there(model: type[Model], r: Above, condition: str) -> str:
    """Return whether there is a row of a record of which this holds."""
    table = model._meta.db_table
    return f"EXISTS (SELECT FROM {table} one WHERE one.record_id = {r.id} AND {condition})"  # nosec B608 - our own words


_COLUMN = re.compile(r"\{(\d)\.(\w+)\}")
_FACT = re.compile(r"(?<!:):(\w+)")


def _condition(words: str, path: str, by: Principal) -> "Condition":
    facts: dict[str, object] = {"me": by.agency_id, "user": by.user_id}
    for name in set(_FACT.findall(words)) - set(facts):
        facts[name] = as_array(getattr(by, name))
    return Condition(words, path, facts)


def as_array(keys: Iterable[object]) -> str:
    """Return keys as the database's own literal of an array: one constant, however many there are."""
    return "{" + ",".join(map(str, keys)) + "}"


class Condition(Func):
    """A part of the rule as SQL, in which ``{0.owner_id}`` is a column and ``:me`` a fact about the one who asks.

    It is text because the rule is long: put together out of small conditions, it took Python longer to assemble and the
    database longer to plan than to answer.
    """

    output_field = BooleanField()

    def __init__(self, words: str, path: str, facts: Mapping[str, object]) -> None:
        """Find the columns that the words speak of, from where the query starts."""
        self.words, self.facts = words, facts
        self.columns = sorted(set(_COLUMN.findall(words)))
        start = f"{path}__" if path else ""
        super().__init__(*(F(f"{start}{'parent__' * int(parents)}{name}") for parents, name in self.columns))

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Return the words with each column's own name, and the facts in their order."""
        sources = [compiler.compile(one)[0] for one in self.get_source_expressions()]
        names = dict(zip(self.columns, sources, strict=True))
        text = _COLUMN.sub(lambda found: names[found[1], found[2]], self.words)
        return f"({_FACT.sub('%s', text)})", [self.facts[name] for name in _FACT.findall(text)]


def must_see(principal: Principal, record: Record) -> None:
    """Refuse an operation on what is out of sight as if it did not exist.

    Raises:
        Http404: it is not in the principal's sight.
    """
    depth, above = 0, record
    while above.parent is not None:
        depth, above = depth + 1, above.parent
    if not _within(principal, Record.objects.filter(pk=record.pk), "", depth).exists():
        raise Http404
