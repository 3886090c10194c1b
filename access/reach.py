"""Why a person sees a record, and everyone who does: the rule for one record, with its reasons.

The same sentences as ``sight``; the tests hold the two against each other and against an
oracle. ``decide`` is pure: facts about a person and a record in, reasons out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from access.models import Audience, CircleReading, Inheritance, LastReader, Record
from access.principal import Principal

Gate, ParentRule = Record.Gate, Record.ParentRule


@dataclass(frozen=True)
class Reason:
    """Why somebody sees a record.

    Attributes:
        code: owner, named, audience, parent, emergency or safeguarding_lead.
        audience: the audience's group for ``audience``.
    """

    code: str
    audience: int | None = None


@dataclass(frozen=True)
class Person:
    """What the rule asks about a person who reads intelligence at a body."""

    user_id: UUID | None
    agency_id: UUID | None
    groups: frozenset[int]
    predecessors: frozenset[UUID] = frozenset()
    exceptions: frozenset[UUID] = frozenset()
    own_conflicts: frozenset[UUID] = frozenset()
    body_conflicts: frozenset[UUID] = frozenset()
    emergency: frozenset[UUID] = frozenset()
    safeguarding_lead: bool = False

    @classmethod
    def of(cls, principal: Principal) -> "Person":
        """Take the facts from a principal."""
        return cls(**{name: getattr(principal, name) for name in cls.__dataclass_fields__})

    @property
    def bodies(self) -> frozenset[UUID]:
        """The body and those whose intelligence it accepted."""
        return self.predecessors | ({self.agency_id} if self.agency_id else set())


@dataclass(frozen=True)
class Plan:
    """What the rule asks about a record, saved or not yet."""

    owner: UUID
    gate: str = Gate.OPEN
    closed: bool = False
    narrowed: bool = False
    audiences: frozenset[int] = frozenset()
    named_groups: frozenset[int] = frozenset()
    named_people: frozenset[tuple[UUID, UUID]] = frozenset()
    providers: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    last_readers: frozenset[UUID] = frozenset()
    record_id: UUID | None = None
    parent: "Plan | None" = None
    parent_rule: str = ""


def decide(person: Person, plan: Plan) -> list[Reason]:
    """Return every reason why this person sees this; none means it is absent for them."""
    if plan.parent is None:
        return _reached(person, plan)
    through = decide(person, plan.parent)
    mine, named = _owns(person, plan), _named(person, plan)
    if plan.parent_rule == ParentRule.REQUIRED:
        if not through or not _past_exclusion(person, plan, mine):
            return []
        if plan.gate in (Gate.DRAFT, Gate.NAMED):
            return through if named else []
        if plan.closed and mine and not named:
            return []
        if plan.narrowed and not (mine or named or _owns(person, plan.parent)):
            return []
        return through
    reasons = _reached(person, plan)
    adds = plan.gate == Gate.OPEN and (not mine or not plan.closed or named)
    if through and adds and _past_exclusion(person, plan, mine):
        reasons.append(Reason("parent"))
    return reasons


def _reached(person: Person, plan: Plan) -> list[Reason]:
    mine, named = _owns(person, plan), _named(person, plan)
    if not _past_exclusion(person, plan, mine):
        return []
    by_name = [Reason("named")] if named else []
    shared = by_name + [Reason("audience", one) for one in sorted(person.groups & plan.audiences)]
    if plan.gate in (Gate.DRAFT, Gate.NAMED):
        return by_name
    if plan.gate == Gate.LISTED:
        return shared
    if plan.gate == Gate.SEALED:
        return by_name + ([Reason("safeguarding_lead")] if mine and person.safeguarding_lead else [])
    if plan.gate == Gate.WITHDRAWN and person.user_id not in plan.last_readers:
        return []
    if mine:
        reasons = by_name if plan.closed else [Reason("owner"), *by_name]
    else:
        reasons = shared
    if plan.gate == Gate.OPEN and person.emergency & plan.providers:
        reasons = [*reasons, Reason("emergency")]
    return reasons


def _owns(person: Person, plan: Plan) -> bool:
    if plan.owner == person.agency_id:
        return True
    return plan.owner in person.predecessors and plan.record_id not in person.exceptions


def _named(person: Person, plan: Plan) -> bool:
    return bool(person.groups & plan.named_groups) or (
        person.user_id is not None
        and person.agency_id is not None
        and (person.user_id, person.agency_id) in plan.named_people
    )


def _past_exclusion(person: Person, plan: Plan, mine: bool) -> bool:
    if person.own_conflicts & plan.providers:
        return False
    return mine or not (person.body_conflicts & plan.providers or person.bodies & plan.excluded)


def plan_of(record: Record) -> Plan:
    """Return the facts of a saved record, those of what it hangs on included."""

    def groups(circle_id: int | None) -> frozenset[int]:
        held = CircleReading.objects.filter(content_object_id=circle_id)
        return frozenset(held.values_list("group_id", flat=True)) if circle_id else frozenset()

    return Plan(
        owner=record.owner_id,
        gate=record.gate,
        closed=record.closed,
        narrowed=record.narrowed,
        audiences=groups(record.circle_id),
        named_groups=groups(record.named_id),
        providers=frozenset(record.about.values_list("provider_id", flat=True)),
        excluded=frozenset(record.exclusions.values_list("agency_id", flat=True)),
        last_readers=frozenset(
            LastReader.objects.filter(record=record).values_list("user_id", flat=True)
            if record.gate == Gate.WITHDRAWN
            else ()
        ),
        record_id=record.pk,
        parent=plan_of(record.parent) if record.parent else None,
        parent_rule=record.parent_rule,
    )


def why(principal: Principal, record: Record) -> list[Reason]:
    """Return the reasons why this principal sees this record: the "why can I see this" line."""
    if principal.kind == "clockwork":
        return [Reason("owner")]
    return decide(Person.of(principal), plan_of(record)) if principal.reads else []


@dataclass(frozen=True)
class Reader:
    """Somebody who sees a record, at which body, and why."""

    user_id: UUID
    name: str
    agency_id: UUID
    agency_name: str
    reasons: tuple[Reason, ...]


def readers(plan: Plan) -> list[Reader]:
    """Return everyone who would see this now, by body and name.

    Args:
        plan: a saved record's facts (``plan_of``) or those of one not saved yet.

    Returns:
        Each reader once. Whoever takes these seats later sees it too: say so.
    """
    found = []
    for person, name, agency_name in _candidates(plan):
        reasons = decide(person, plan)
        if reasons and person.user_id and person.agency_id:
            found.append(Reader(person.user_id, name, person.agency_id, agency_name, tuple(reasons)))
    return sorted(found, key=lambda one: (one.agency_name, one.name, str(one.user_id)))


def by_body(found: Iterable[Reader]) -> dict[str, list[Reader]]:
    """Group readers by the name of their body, for the page."""
    bodies: dict[str, list[Reader]] = {}
    for one in found:
        bodies.setdefault(one.agency_name, []).append(one)
    return bodies


def _everything(plan: Plan) -> tuple[frozenset[int], frozenset[UUID], frozenset[UUID], frozenset[UUID]]:
    """Return the groups, named people, owners and providers of a plan and what it hangs on."""
    groups, owners = plan.audiences | plan.named_groups, frozenset({plan.owner})
    people, providers = frozenset(user for user, _ in plan.named_people), plan.providers
    if plan.parent:
        more = _everything(plan.parent)
        groups, people, owners, providers = (
            groups | more[0],
            people | more[1],
            owners | more[2],
            providers | more[3],
        )
    return groups, people, owners, providers


_CANDIDATES = """
WITH asked AS (SELECT portal_now() AS moment, portal_today() AS today)
SELECT u.id, u.full_name, m.agency_id, a.name,
    ARRAY(SELECT st.group_id FROM access_standing st WHERE st.user_id = u.id AND st.group_id = ANY(%(groups)s)),
    ARRAY(SELECT c.provider_id FROM access_conflict c, asked WHERE c.user_id = u.id
        AND c.provider_id = ANY(%(providers)s::uuid[])
        AND c.starts_on <= asked.today AND (c.ends_on IS NULL OR c.ends_on > asked.today)),
    ARRAY(SELECT e.provider_id FROM access_emergencyaccess e, asked WHERE e.user_id = u.id
        AND e.agency_id = m.agency_id AND e.provider_id = ANY(%(providers)s::uuid[])
        AND e.starts_at <= asked.moment AND e.ends_at > asked.moment),
    EXISTS (SELECT 1 FROM agencies_post p, asked WHERE p.user_id = u.id AND p.agency_id = m.agency_id
        AND p.post LIKE 'safeguarding_lead%%'
        AND p.starts_on <= asked.today AND (p.ends_on IS NULL OR p.ends_on > asked.today))
FROM (SELECT DISTINCT user_id, agency_id FROM agencies_membership, asked
    WHERE role IN ('reader', 'contributor', 'agency_lead')
        AND starts_on <= asked.today AND (ends_on IS NULL OR ends_on > asked.today)) m
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
JOIN agencies_agency a ON a.id = m.agency_id
WHERE m.agency_id = ANY(%(bodies)s::uuid[]) OR u.id = ANY(%(people)s::uuid[])
    OR u.id IN (SELECT st.user_id FROM access_standing st WHERE st.group_id = ANY(%(groups)s))
    OR u.id IN (SELECT e.user_id FROM access_emergencyaccess e, asked
        WHERE e.provider_id = ANY(%(providers)s::uuid[])
        AND e.starts_at <= asked.moment AND e.ends_at > asked.moment)
"""


def _candidates(plan: Plan) -> list[tuple[Person, str, str]]:
    """Return everyone the plan could reach, with the facts the rule asks about them."""
    groups, people, owners, providers = _everything(plan)
    accepted = _acceptances(owners)
    successors = frozenset(successor for successor, _ in accepted)
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "groups": list(groups),
                "people": [str(one) for one in people],
                "bodies": [str(one) for one in owners | successors],
                "providers": [str(one) for one in providers],
            },
        )
        rows = cursor.fetchall()
    inherited = _acceptances_by({row[2] for row in rows})
    conflicts = _body_conflicts(
        {row[2] for row in rows} | {p for i in inherited.values() for p in i[0]}, providers
    )
    found = []
    for user, name, agency, agency_name, held, own_conflicts, emergency, lead in rows:
        predecessors, exceptions = inherited.get(agency, (frozenset(), frozenset()))
        person = Person(
            user_id=user,
            agency_id=agency,
            groups=frozenset(held),
            own_conflicts=frozenset(own_conflicts),
            emergency=frozenset(emergency),
            safeguarding_lead=lead,
            predecessors=predecessors,
            exceptions=exceptions,
        )
        shut = frozenset(p for body in person.bodies for p in conflicts.get(body, ()))
        found.append((replace(person, body_conflicts=shut), name, agency_name))
    return found


def _acceptances(owners: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    rows = Inheritance.objects.filter(predecessor_id__in=list(owners))
    return list(rows.values_list("successor_id", "predecessor_id"))


def _acceptances_by(agencies: set[UUID]) -> Mapping[UUID, tuple[frozenset[UUID], frozenset[UUID]]]:
    held: dict[UUID, tuple[frozenset[UUID], frozenset[UUID]]] = {}
    for row in Inheritance.objects.filter(successor_id__in=agencies).prefetch_related("exceptions"):
        before, left_out = held.get(row.successor_id, (frozenset(), frozenset()))
        held[row.successor_id] = (
            before | {row.predecessor_id},
            left_out | {one.pk for one in row.exceptions.all()},
        )
    return held


def _body_conflicts(agencies: set[UUID], providers: frozenset[UUID]) -> dict[UUID, list[UUID]]:
    held: dict[UUID, list[UUID]] = {}
    if not providers or not agencies:
        return held
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT agency_id, provider_id FROM access_conflict WHERE agency_id = ANY(%s::uuid[])"
            " AND provider_id = ANY(%s::uuid[]) AND starts_on <= portal_today()"
            " AND (ends_on IS NULL OR ends_on > portal_today())",
            [[str(one) for one in agencies], [str(one) for one in providers]],
        )
        for agency, provider in cursor.fetchall():
            held.setdefault(agency, []).append(provider)
    return held


def names_of(groups: Iterable[int]) -> dict[int, str]:
    """Return what each audience is called on the screen."""
    rows = Audience.objects.filter(pk__in=list(groups)).select_related("qsg", "agency", "person")
    return {one.pk: _called(one) for one in rows}


def _called(audience: Audience) -> str:
    kind = audience.Kind(audience.kind)
    place = audience.qsg or audience.person or audience.agency
    return f"{kind.label}: {place}" if place else str(kind.label)


def reached_between(
    *, user_id: UUID, groups: Iterable[int], owner: UUID, closed: bool, start: datetime, end: datetime
) -> bool:
    """Say whether a person's standing reached a record on a day between two moments.

    For earlier versions: a version is read by those who see the record now and were, as
    persons, in its reach on at least one day when that version was current.

    Args:
        user_id: the person.
        groups: the audiences it was shared with then, the named included.
        owner, closed: as they were then.
        start, end: aware moments.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM generate_series(%(start)s::timestamptz,"
            " %(end)s::timestamptz, interval '1 day') AS d(moment)"
            " CROSS JOIN LATERAL access_standing_at(d.moment, (d.moment AT TIME ZONE 'Europe/London')::date) s"
            " WHERE s.user_id = %(user)s AND s.group_id = ANY(%(groups)s))"
            " OR (NOT %(closed)s AND EXISTS (SELECT 1 FROM agencies_membership m"
            " WHERE m.user_id = %(user)s AND m.agency_id = %(owner)s"
            " AND m.role IN ('reader', 'contributor', 'agency_lead')"
            " AND m.starts_on <= (%(end)s AT TIME ZONE 'Europe/London')::date"
            " AND (m.ends_on IS NULL OR m.ends_on > (%(start)s AT TIME ZONE 'Europe/London')::date)))",
            {
                "start": start,
                "end": end,
                "user": user_id,
                "groups": list(groups),
                "owner": owner,
                "closed": closed,
            },
        )
        return bool(cursor.fetchone()[0])
