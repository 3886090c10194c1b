"""Why a person sees a record, and everyone who does: the rule for one record, with its reasons.

The same sentences as ``sight``; the tests hold the two against each other and against an
oracle. ``decide`` is pure: facts about a person and a record in, reasons out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Func

from access.models import Audience, CircleReading, Inheritance, LastReader, Record
from access.principal import Principal
from access.sight import PROTECTED_SOURCE, visible_to

Gate, ParentRule = Record.Gate, Record.ParentRule
NOW = Func(function="portal_now", output_field=DateTimeField())


@dataclass(frozen=True)
class Reason:
    """Why somebody sees a record.

    Attributes:
        code: owner, successor, named, audience, parent, emergency or safeguarding_lead.
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
    last_readers: frozenset[tuple[UUID, UUID]] = frozenset()
    kind: str = ""
    record_id: UUID | None = None
    parent: "Plan | None" = None
    parent_rule: str = ""


def decide(person: Person, plan: Plan) -> list[Reason]:
    """Return every reason why this person sees this; none means it is absent for them."""
    if person.own_conflicts & plan.providers or not _gate(person, plan):
        return []
    if plan.parent is None:
        return _formula(person, plan)
    tombstone = plan.parent.gate == Gate.WITHDRAWN
    if plan.gate == Gate.WITHDRAWN:  # had without emergency access, and kept without it
        person = replace(person, emergency=frozenset())
    through = [] if tombstone else decide(person, plan.parent)
    if plan.parent_rule == ParentRule.REQUIRED:
        return through if _child(person, plan, plan.parent) else []
    reasons = _formula(person, plan)
    if through and not _owns(person, plan) and not _excluded(person, plan):
        reasons = [*reasons, Reason("parent")]
    return reasons


def _gate(person: Person, plan: Plan) -> bool:
    """Say whether the state gate lets them through; an open record has none."""
    named, mine = _named(person, plan), _owns(person, plan)
    if plan.gate == Gate.NAMED:
        return named and (mine or plan.kind != PROTECTED_SOURCE)
    if plan.gate == Gate.SEALED:
        return named or (mine and person.safeguarding_lead)
    if plan.gate == Gate.WITHDRAWN:
        return (person.user_id, person.agency_id) in plan.last_readers
    if plan.gate == Gate.LISTED:
        return named or bool(person.groups & plan.audiences)
    return named or plan.gate == Gate.OPEN


def _formula(person: Person, plan: Plan) -> list[Reason]:
    named, mine = _named(person, plan), _owns(person, plan)
    if not mine and _excluded(person, plan):
        return []
    through = "owner" if plan.owner == person.agency_id else "successor"
    reasons = [Reason(through)] if mine and not plan.closed else []
    reasons += [Reason("named")] if named else []
    if plan.gate == Gate.SEALED:  # its gate has said whom it lets in
        return [Reason("named" if named else "safeguarding_lead")]
    if not mine:
        reasons += [Reason("audience", one) for one in sorted(person.groups & plan.audiences)]
    if plan.gate == Gate.OPEN and person.emergency & plan.providers:
        reasons += [Reason("emergency")]
    return reasons


def _child(person: Person, plan: Plan, parent: Plan) -> bool:
    """Say whether the child's own closed, excluded and narrowed lists let them through."""
    named, mine = _named(person, plan), _owns(person, plan)
    if mine:
        return not plan.closed or named
    if _excluded(person, plan):
        return False
    return not plan.narrowed or named or _owns(person, parent)


def _owns(person: Person, plan: Plan) -> bool:
    if plan.owner == person.agency_id:
        return True
    return plan.owner in person.predecessors and plan.record_id not in person.exceptions


def _named(person: Person, plan: Plan) -> bool:
    by_name = (person.user_id, person.agency_id) in plan.named_people
    return by_name or bool(person.groups & plan.named_groups)


def _excluded(person: Person, plan: Plan) -> bool:
    return bool(person.body_conflicts & plan.providers) or person.agency_id in plan.excluded


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
            LastReader.objects.filter(record=record).values_list("user_id", "agency_id")
            if record.gate == Gate.WITHDRAWN
            else ()
        ),
        kind=record.kind,
        record_id=record.pk,
        parent=plan_of(record.parent) if record.parent else None,
        parent_rule=record.parent_rule,
    )


def plan_as_known(principal: Principal, record: Record) -> Plan:
    """Return the facts of a record without an origin that this principal does not see.

    Whoever wrote on an action may ask who reads it; that it came from something, and who sees that, is told only to
    those who see it too. Without an origin in sight the answer is the one of an action that came from nothing.
    """
    plan = plan_of(record)
    if record.parent is None:
        return plan
    if record.parent_rule == ParentRule.REQUIRED:
        return replace(plan, parent=plan_as_known(principal, record.parent))
    if visible_to(principal, Record.objects.filter(pk=record.parent.pk)).exists():
        return replace(plan, parent=plan_as_known(principal, record.parent))
    return replace(plan, parent=None, parent_rule="")


def why(principal: Principal, record: Record) -> list[Reason]:
    """Return the reasons why this principal sees this record: the "why can I see this" line."""
    if principal.kind == "clockwork":
        return [Reason("owner")]
    return decide(Person.of(principal), plan_of(record)) if principal.reads else []


WORDS = {
    "owner": "Your body looks after it.",
    "successor": "Your body took it over from the body that looked after it.",
    "named": "You are named on it.",
    "parent": "It came from something you can see.",
    "emergency": "You hold emergency access to this provider now.",
    "safeguarding_lead": "You are your body's safeguarding lead.",
}


def explain(reasons: Iterable[Reason]) -> list[str]:
    """Return the reasons as sentences for the page: "why can I see this"."""
    listed = list(reasons)
    names = names_of(one.audience for one in listed if one.audience is not None)
    return [
        f"It was shared with: {names[one.audience]}." if one.audience in names else WORDS[one.code]
        for one in listed
    ]


@dataclass(frozen=True)
class Reader:
    """Somebody who sees a record, at which body, and why."""

    user_id: UUID
    name: str
    agency_id: UUID
    agency_name: str
    reasons: tuple[Reason, ...]


def readers(plan: Plan, *, emergency: bool = True) -> list[Reader]:
    """Return everyone who would see this now, by body and name.

    Args:
        plan: a saved record's facts (``plan_of``) or those of one not saved yet.
        emergency: whether emergency access counts.

    Returns:
        Each reader once. Whoever takes these seats later sees it too: say so.
    """
    found = []
    for person, name, agency_name in _candidates(plan):
        reasons = decide(person if emergency else replace(person, emergency=frozenset()), plan)
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
WITH asked AS (SELECT portal_now() AS moment, portal_today() AS today),
held AS MATERIALIZED (SELECT user_id, group_id FROM access_standing WHERE group_id = ANY(%(groups)s))
SELECT u.id, u.full_name, m.agency_id, a.name,
    ARRAY(SELECT held.group_id FROM held WHERE held.user_id = u.id),
    ARRAY(SELECT c.provider_id FROM access_conflict c, asked WHERE c.user_id = u.id
        AND c.provider_id = ANY(%(providers)s::uuid[])
        AND c.starts_on <= asked.today AND (c.ends_on IS NULL OR c.ends_on > asked.today)),
    ARRAY(SELECT e.provider_id FROM access_emergencyaccess e, asked WHERE e.user_id = u.id
        AND e.agency_id = m.agency_id AND e.provider_id = ANY(%(providers)s::uuid[])
        AND EXISTS (SELECT 1 FROM agencies_membership r WHERE r.user_id = u.id
            AND r.agency_id = m.agency_id AND r.role = 'emergency_access'
            AND r.starts_on <= asked.today AND (r.ends_on IS NULL OR r.ends_on > asked.today))
        AND e.starts_at <= asked.moment AND e.ends_at > asked.moment),
    EXISTS (SELECT 1 FROM agencies_post p, asked WHERE p.user_id = u.id AND p.agency_id = m.agency_id
        AND p.post LIKE 'safeguarding_lead%%'
        AND p.starts_on <= asked.today AND (p.ends_on IS NULL OR p.ends_on > asked.today))
FROM (SELECT DISTINCT user_id, agency_id FROM agencies_membership, asked
    WHERE role IN ('reader', 'contributor', 'agency_lead')
        AND starts_on <= asked.today AND (ends_on IS NULL OR ends_on > asked.today)
        AND (agency_id = ANY(%(bodies)s::uuid[]) OR user_id = ANY(%(people)s::uuid[])
            OR user_id = ANY(ARRAY(SELECT held.user_id FROM held))
            OR user_id = ANY(ARRAY(SELECT e.user_id FROM access_emergencyaccess e, asked
                WHERE e.provider_id = ANY(%(providers)s::uuid[])
                AND e.starts_at <= asked.moment AND e.ends_at > asked.moment)))) m
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
JOIN agencies_agency a ON a.id = m.agency_id
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
    conflicts = _body_conflicts({row[2] for row in rows}, providers)
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
            body_conflicts=frozenset(conflicts.get(agency, ())),
        )
        found.append((person, name, agency_name))
    return found


def _acceptances(owners: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    rows = Inheritance.objects.filter(predecessor_id__in=list(owners), accepted_at__lte=NOW)
    return list(rows.values_list("successor_id", "predecessor_id"))


def bodies_of(record: Record) -> frozenset[UUID]:
    """Return the bodies that look after a record: its owner, and those that accepted it from its owner."""
    heirs = Inheritance.objects.filter(predecessor=record.owner_id, accepted_at__lte=NOW)
    heirs = heirs.exclude(exceptions=record.pk)
    return frozenset({record.owner_id, *heirs.values_list("successor_id", flat=True)})


def answering_body(record: Record, by: Principal) -> UUID:
    """Return the body that has to meet a deadline about a record: its owner, or who took it over last from one that closed."""
    if record.owner_id != by.agency_id:
        heirs = Inheritance.objects.filter(predecessor=record.owner_id, accepted_at__lte=NOW)
        heir = heirs.exclude(exceptions=record.pk).order_by("-accepted_at", "pk").first()
        if heir is not None:
            return heir.successor_id
    return record.owner_id


def _acceptances_by(agencies: set[UUID]) -> Mapping[UUID, tuple[frozenset[UUID], frozenset[UUID]]]:
    held: dict[UUID, tuple[frozenset[UUID], frozenset[UUID]]] = {}
    for row in Inheritance.objects.filter(successor_id__in=agencies, accepted_at__lte=NOW).prefetch_related(
        "exceptions"
    ):
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
    if not (groups := list(groups)):
        return {}
    rows = Audience.objects.filter(pk__in=groups).select_related("qsg", "agency", "person")
    return {one.pk: _called(one) for one in rows}


def rooms_out_of_sight(principal: Principal, groups: Iterable[int]) -> dict[int, UUID]:
    """Return which of these audiences are the people of a room that this principal does not see, with the room.

    The owner may know who reads what is theirs; that these people meet in a room is the room's to know.
    """
    held = Audience.objects.filter(pk__in=list(groups), summit__isnull=False)
    rooms = dict(held.values_list("pk", "summit_id"))
    seen = visible_to(principal, Record.objects.filter(pk__in=rooms.values()))
    known = set(seen.values_list("pk", flat=True))
    return {group: room for group, room in rooms.items() if room not in known}


def _called(audience: Audience) -> str:
    kind = audience.Kind(audience.kind)
    place = audience.qsg or audience.person or audience.agency
    return f"{kind.label}: {place}" if place else str(kind.label)
