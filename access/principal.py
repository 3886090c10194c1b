"""Who asks: a person acting for a body, a body's own system, or the clockwork."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from django.db import connection

from access.refusals import NotInScope, NotPermitted
from access.roles import (
    EVERYBODY,
    READING_ROLES,
    SERVICE_SCOPES,
    permissions_for,
    permissions_of,
    scope_of,
)
from timekeeping import portal_now

Nothing: frozenset[UUID] = frozenset()


class Place(Protocol):
    """Where a role is held: an agency, a QSG, a summit, the portal."""

    def roles_of(self, principal: "Principal") -> set[str]:
        """Return the roles this principal holds here now."""


@dataclass(frozen=True)
class Principal:
    """Everything that the rule asks about the one who asks, as of one moment.

    Attributes:
        kind: ``person``, ``token`` (a body's own system) or ``clockwork``.
        asked_at: the moment at which all of this was true, UTC.
        agency_id: the one body the person now acts for, if any.
        agency_roles, seats, portal_roles: the roles held, by place.
        groups: the audiences (groups) the person is in now.
        circles: the circles read through audiences of groups, bodies and summits.
        named: the circles of people who are named that this person is in.
        predecessors: bodies whose intelligence the agency accepted.
        exceptions: records left out of such an acceptance.
        own_conflicts, body_conflicts: providers the person, or the body, must not see.
        emergency: providers opened by emergency access now.
        safeguarding_lead: holds that post at the agency now.
        token_id: the token by which they ask, if it is one.
        scopes: what that token is for (codes of ``access.roles.SCOPES``), and its limit; None for no limit.
    """

    kind: str
    asked_at: datetime
    user_id: UUID | None = None
    name: str = ""
    agency_id: UUID | None = None
    agency_name: str = ""
    agency_roles: frozenset[str] = frozenset()
    seats: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    portal_roles: frozenset[str] = frozenset()
    groups: frozenset[int] = frozenset()
    circles: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    predecessors: frozenset[UUID] = Nothing
    exceptions: frozenset[UUID] = Nothing
    own_conflicts: frozenset[UUID] = Nothing
    body_conflicts: frozenset[UUID] = Nothing
    emergency: frozenset[UUID] = Nothing
    safeguarding_lead: bool = False
    token_id: UUID | None = None
    scopes: frozenset[str] | None = None

    @property
    def reads(self) -> bool:
        """Whether a reading role is held; a seat never replaces it."""
        return bool(self.agency_roles & READING_ROLES)

    @property
    def calm(self) -> "Principal":
        """The same person without emergency access."""
        return replace(self, emergency=frozenset())

    def in_scope(self, permission: str) -> bool:
        """Say whether the token, if it is one, was made for this."""
        return self.scopes is None or permission in permissions_for(self.scopes)

    def may(self, permission: str, *, at: Place) -> bool:
        """Say whether a role held there permits this, and the token, if it is one. Sight is asked apart."""
        if not self.in_scope(permission):
            return False
        if self.kind == "clockwork" or permission in EVERYBODY:
            return True
        return permission in permissions_of(at.roles_of(self))

    def require(self, permission: str, *, at: Place, sentence: str = "") -> None:
        """Raise NotPermitted unless ``may``; NotInScope where it is the token alone that does not allow it.

        Args:
            permission: the code.
            at: where the role must be held.
            sentence: what to tell the person.
        """
        if self.may(permission, at=at):
            return
        scope = scope_of(permission)
        if self.kind == "token" and scope not in SERVICE_SCOPES:
            raise NotPermitted(
                "A body's own system reads, and hands concerns in. This is for a person to do."
            )
        if scope and not self.in_scope(permission) and replace(self, scopes=None).may(permission, at=at):
            raise NotInScope(scope)
        raise NotPermitted(sentence or "Your role does not allow this. Ask your body's lead.")


class _OwnBody:
    """The principal's own body: roles held by membership."""

    def roles_of(self, principal: Principal) -> set[str]:
        """Return the roles of the membership."""
        return set(principal.agency_roles)


class _Portal:
    """The portal itself."""

    def roles_of(self, principal: Principal) -> set[str]:
        """Return the roles held at the portal."""
        return set(principal.portal_roles)


class _AnySeat:
    """Any group in which the principal has a seat: for pages that list groups' work."""

    def roles_of(self, principal: Principal) -> set[str]:
        """Return every seat's kind."""
        return {kind for kinds in principal.seats.values() for kind in kinds}


OWN_BODY, PORTAL, ANY_SEAT = _OwnBody(), _Portal(), _AnySeat()


def clockwork(now: datetime) -> Principal:
    """Return the portal's own clockwork: refused nothing, audited like anyone."""
    return Principal(kind="clockwork", asked_at=now)


_PRINCIPAL = """
WITH asked AS (SELECT portal_now() AS moment, portal_today() AS today),
member AS (
    SELECT m.agency_id, array_agg(m.role::text) AS roles
    FROM agencies_membership m, asked
    WHERE m.user_id = %(user)s AND m.starts_on <= asked.today
        AND (m.ends_on IS NULL OR m.ends_on > asked.today)
    GROUP BY m.agency_id
),
standing AS MATERIALIZED (SELECT group_id FROM access_standing WHERE user_id = %(user)s),
reads AS (
    SELECT array_agg(DISTINCT r.content_object_id) FILTER (WHERE a.kind <> 'person') AS circles,
        array_agg(DISTINCT r.content_object_id) FILTER (WHERE a.kind = 'person') AS named
    FROM standing JOIN access_audience a USING (group_id) JOIN access_circlereading r USING (group_id)
),
inherited AS (
    SELECT i.id, i.predecessor_id FROM access_inheritance i, asked, member
    WHERE i.successor_id = member.agency_id AND i.accepted_at <= asked.moment
)
SELECT asked.moment, u.full_name, member.agency_id, agency.name, member.roles,
    ARRAY(SELECT p.role::text FROM agencies_portalrole p WHERE p.user_id = u.id
        AND p.starts_on <= asked.today AND (p.ends_on IS NULL OR p.ends_on > asked.today)),
    (SELECT json_agg(json_build_array(s.qsg_id, s.kind)) FROM agencies_seat s
        JOIN agencies_qsgmember qm ON qm.qsg_id = s.qsg_id AND qm.agency_id = s.agency_id AND qm.kind = 'full'
            AND qm.starts_on <= asked.today AND (qm.ends_on IS NULL OR qm.ends_on > asked.today)
        WHERE s.user_id = u.id AND s.agency_id = member.agency_id
            AND s.starts_on <= asked.today AND (s.ends_on IS NULL OR s.ends_on > asked.today)),
    ARRAY(SELECT group_id FROM standing),
    reads.circles, reads.named,
    ARRAY(SELECT predecessor_id FROM inherited),
    ARRAY(SELECT e.record_id FROM access_inheritance_exceptions e
        WHERE e.inheritance_id IN (SELECT id FROM inherited)),
    ARRAY(SELECT c.provider_id FROM access_conflict c WHERE c.user_id = u.id
        AND c.starts_on <= asked.today AND (c.ends_on IS NULL OR c.ends_on > asked.today)),
    ARRAY(SELECT c.provider_id FROM access_conflict c WHERE c.agency_id = member.agency_id
        AND c.starts_on <= asked.today AND (c.ends_on IS NULL OR c.ends_on > asked.today)),
    ARRAY(SELECT e.provider_id FROM access_emergencyaccess e WHERE e.user_id = u.id
        AND e.agency_id = member.agency_id AND 'emergency_access' = ANY(member.roles)
        AND e.starts_at <= asked.moment AND e.ends_at > asked.moment),
    EXISTS (SELECT 1 FROM agencies_post p WHERE p.user_id = u.id AND p.agency_id = member.agency_id
        AND p.post LIKE 'safeguarding_lead%%'
        AND p.starts_on <= asked.today AND (p.ends_on IS NULL OR p.ends_on > asked.today))
FROM accounts_user u
CROSS JOIN asked
CROSS JOIN reads
LEFT JOIN member ON true
LEFT JOIN agencies_agency agency ON agency.id = member.agency_id
WHERE u.id = %(user)s AND u.is_active
"""


def principal_of(user_id: UUID) -> Principal:
    """Return the principal that this person now is, in one statement.

    Args:
        user_id: the account.

    Returns:
        Who they act for, what they may do and see, as of the database's moment. An
        account that is not active is a principal with nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PRINCIPAL, {"user": user_id})
        row = cursor.fetchone()
    if row is None:
        return Principal(kind="person", asked_at=portal_now(), user_id=user_id)
    (moment, name, agency, agency_name, roles, portal_roles, seats, groups, circles, named, *rest) = row
    predecessors, exceptions, own_conflicts, body_conflicts, emergency, lead = rest
    held: dict[UUID, frozenset[str]] = {}
    for qsg, kind in seats or ():
        held[UUID(qsg)] = held.get(UUID(qsg), frozenset()) | {kind}
    return Principal(
        kind="person",
        asked_at=moment.astimezone(UTC),
        user_id=user_id,
        name=name,
        agency_id=agency,
        agency_name=agency_name or "",
        agency_roles=frozenset(roles or ()),
        seats=held,
        portal_roles=frozenset(portal_roles),
        groups=frozenset(groups),
        circles=frozenset(circles or ()),
        named=frozenset(named or ()),
        predecessors=frozenset(predecessors),
        exceptions=frozenset(exceptions),
        own_conflicts=frozenset(own_conflicts),
        body_conflicts=frozenset(body_conflicts),
        emergency=frozenset(emergency),
        safeguarding_lead=lead,
    )


_SERVICE = """
WITH asked AS (SELECT portal_now() AS moment, portal_today() AS today),
heard AS MATERIALIZED (
    SELECT au.group_id FROM access_audience au WHERE au.kind = 'agency' AND au.agency_id = %(agency)s
    UNION
    SELECT au.group_id FROM access_audience au JOIN agencies_qsgmember qm ON qm.qsg_id = au.qsg_id, asked
    WHERE au.kind = 'qsg_readers' AND qm.agency_id = %(agency)s AND qm.kind = 'full'
        AND qm.starts_on <= asked.today AND (qm.ends_on IS NULL OR qm.ends_on > asked.today)
),
inherited AS (
    SELECT i.id, i.predecessor_id FROM access_inheritance i, asked
    WHERE i.successor_id = %(agency)s AND i.accepted_at <= asked.moment
)
SELECT asked.moment, agency.name,
    ARRAY(SELECT group_id FROM heard),
    ARRAY(SELECT DISTINCT r.content_object_id FROM access_circlereading r
        WHERE r.group_id IN (SELECT group_id FROM heard)),
    ARRAY(SELECT predecessor_id FROM inherited),
    ARRAY(SELECT e.record_id FROM access_inheritance_exceptions e
        WHERE e.inheritance_id IN (SELECT id FROM inherited)),
    ARRAY(SELECT c.provider_id FROM access_conflict c WHERE c.agency_id = agency.id
        AND c.starts_on <= asked.today AND (c.ends_on IS NULL OR c.ends_on > asked.today))
FROM asked JOIN agencies_agency agency ON agency.id = %(agency)s
"""


def service_of(keeper: Principal) -> Principal:
    """Return the principal that is a body's own system: a reader there whom nothing names.

    Args:
        keeper: the person of that body who answers for the system. What they must not see for a
            declared interest, it does not see either: it is theirs to read.

    Returns:
        A principal of kind ``token``, without seats, names, posts or emergency access.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SERVICE, {"agency": keeper.agency_id})
        moment, name, groups, circles, predecessors, exceptions, conflicts = cursor.fetchone()
    return Principal(
        kind="token",
        asked_at=moment.astimezone(UTC),
        name=f"A system of {name}",
        agency_id=keeper.agency_id,
        agency_name=name,
        agency_roles=frozenset({"contributor"}),
        groups=frozenset(groups),
        circles=frozenset(circles),
        predecessors=frozenset(predecessors),
        exceptions=frozenset(exceptions),
        own_conflicts=keeper.own_conflicts,
        body_conflicts=frozenset(conflicts),
    )
