"""A World: everything the visibility rule asks about, and nothing else.

Plain frozen rows that stand beside the database's, so that one world can be put to the oracle
and, through an adapter, to the portal. Every identifier is a `uuid.UUID`, every day a `date`
(London), every moment an aware UTC `datetime`. `ends_on`, `ends_at`, `ended_at` are the first day
or moment at which the row no longer holds; None means open-ended.

What people did (shares, their ends, withdrawals, acceptances) lies before the first of
`World.moments`; what merely passes (memberships, seats, conflicts, posts, places at a summit,
emergency access) may begin or end between them. So a world is loaded once and asked at each
moment, with the portal's clock held there and nothing written in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

READING_ROLES = frozenset({"reader", "contributor", "agency_lead"})
AGENCY_ROLES = (
    "reader",
    "contributor",
    "agency_lead",
    "agency_administrator",
    "emergency_access",
)
PORTAL_ROLES = ("portal_administrator", "records_officer", "auditor")
SEAT_KINDS = ("chair", "representative", "deputy", "secretariat")

Gate = Literal["open", "draft", "sealed", "named", "listed", "withdrawn"]
ParentRule = Literal["required", "adds"]

# One of: ("qsg_seats", qsg)  ("qsg_cleared", qsg)  ("qsg_readers", qsg)  ("all_seats",)
#         ("agency", agency)  ("participants", summit)  ("body_participants", summit, agency)
Audience = tuple[str] | tuple[str, UUID] | tuple[str, UUID, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A body. Its kind is told for the loader's sake: no rule of sight asks it."""

    id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person's account."""

    id: UUID
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A role a person holds at an agency; several at one agency on one day, never at two."""

    user: UUID
    agency: UUID
    role: str  # one of AGENCY_ROLES
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRole:
    """A role held at the portal. It gives no sight of anything."""

    user: UUID
    role: str  # one of PORTAL_ROLES
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QSG:
    """A quality surveillance group."""

    id: UUID
    tier: Literal["local", "regional"]
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QSGMember:
    """An agency's membership of a group."""

    qsg: UUID
    agency: UUID
    kind: Literal["full", "associate"]
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A person's seat in a group, held for one agency."""

    qsg: UUID
    user: UUID
    agency: UUID
    kind: str  # one of SEAT_KINDS
    cleared: bool
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider of care."""

    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An agency's or a person's conflict with a provider: exactly one of the two is given."""

    agency: UUID | None = None
    user: UUID | None = None
    provider: UUID
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess:
    """A glass broken: a person at an agency, about a provider, for at most four hours."""

    user: UUID
    agency: UUID
    provider: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """A body that accepted a predecessor's intelligence, but for the records listed."""

    successor: UUID
    predecessor: UUID
    accepted_on: date
    exceptions: tuple[UUID, ...] = ()  # record ids


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeguardingLead:
    """A person's post as an agency's safeguarding lead."""

    agency: UUID
    user: UUID
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A person listed for a summit, at a body; `summit` is the id of its Record (risk_summit)."""

    summit: UUID
    user: UUID
    agency: UUID
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCalled:
    """A body called to a summit."""

    summit: UUID
    agency: UUID
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A live or ended share: with an audience, or with a person (`user`) at an `agency`.

    A person-grant is also how an author, a co-author, a depositor of a sealed concern and a
    handler stand on a record: "authors count as named".
    """

    audience: Audience | None = None
    user: UUID | None = None
    agency: UUID | None = None
    at: datetime
    ended_at: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        """When it began, under the name every timed row answers to."""
        return self.at

    @property
    def ends_at(self) -> datetime | None:
        """When it ended, under the name every timed row answers to."""
        return self.ended_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Anything with sight.

    * `gate`: open; draft; sealed; named (protected source, named professional, unannounced visit,
      restricted item); listed (a stated view, minutes: its audiences and those named, owning gives
      nothing); withdrawn (or superseded; `withdrawn_at` says when).
    * `parent_rule`: "required" for a comment, corroboration, attachment or amendment; "adds" for
      an action; None otherwise. `narrowed` is asked of a required child only.
    * `owner` of a child is its author's agency. `excluded` lists agencies.
    """

    id: UUID
    kind: str
    owner: UUID
    gate: Gate = "open"
    closed: bool = False
    providers: tuple[UUID, ...] = ()
    excluded: tuple[UUID, ...] = ()
    parent: UUID | None = None
    parent_rule: ParentRule | None = None
    narrowed: bool = False
    withdrawn_at: datetime | None = None
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An earlier text of a record, and when it was the current one (both ends in the past)."""

    record: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All rows, the day they are arranged around, and the moments at which to ask."""

    base_day: date
    moments: tuple[datetime, ...] = ()
    agencies: tuple[Agency, ...] = ()
    users: tuple[User, ...] = ()
    memberships: tuple[Membership, ...] = ()
    portal_roles: tuple[PortalRole, ...] = ()
    qsgs: tuple[QSG, ...] = ()
    qsg_members: tuple[QSGMember, ...] = ()
    seats: tuple[Seat, ...] = ()
    providers: tuple[Provider, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    emergency_accesses: tuple[EmergencyAccess, ...] = ()
    successions: tuple[Succession, ...] = ()
    safeguarding_leads: tuple[SafeguardingLead, ...] = ()
    participants: tuple[Participant, ...] = ()
    bodies_called: tuple[BodyCalled, ...] = ()
    records: tuple[Record, ...] = ()

    def record(self, record_id: UUID) -> Record:
        """The record of an id; KeyError when there is none."""
        for record in self.records:
            if record.id == record_id:
                return record
        raise KeyError(record_id)

    def root(self, record_id: UUID) -> UUID:
        """The top of a chain of required parents: an action or a top-level record is its own."""
        record = self.record(record_id)
        while record.parent_rule == "required" and record.parent is not None:
            record = self.record(record.parent)
        return record.id
