"""Puts a World into the real database, row by row, as the portal keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from access import models as access
from access.operations import audience, derive_circle
from access.reach import Plan, readers
from access.sight import MOST_PARENTS
from accounts.models import User
from agencies import models as agencies
from providers.models import Provider
from tests.oracle.days import day_starts
from tests.oracle.world import Audience, Record, Share, World


def shallow(world: World) -> World:
    """Leave out the records that hang deeper than the portal lets anything hang."""
    parents = {record.id: record.parent for record in world.records}

    def depth(key: UUID | None) -> int:
        return 1 + depth(parents[key]) if key and parents[key] else 0

    kept = tuple(r for r in world.records if depth(r.id) <= MOST_PARENTS)
    there = {r.id for r in kept}
    successions = tuple(
        replace(one, exceptions=tuple(key for key in one.exceptions if key in there))
        for one in world.successions
    )
    return replace(world, records=kept, successions=successions)


def load(world: World) -> None:
    """Write every row of a world; nothing is written afterwards, only time passes."""
    _people(world)
    _standing(world)
    access.Conflict.objects.bulk_create(
        access.Conflict(
            agency_id=c.agency,
            user_id=c.user,
            provider_id=c.provider,
            starts_on=c.starts_on,
            ends_on=c.ends_on,
        )
        for c in world.conflicts
    )
    access.EmergencyAccess.objects.bulk_create(
        access.EmergencyAccess(
            user_id=e.user,
            agency_id=e.agency,
            provider_id=e.provider,
            starts_at=e.starts_at,
            ends_at=e.ends_at,
        )
        for e in world.emergency_accesses
    )
    for record in world.records:
        _record(record)
    _participants(world)
    for one in world.successions:
        row = access.Inheritance.objects.create(
            successor_id=one.successor,
            predecessor_id=one.predecessor,
            accepted_at=day_starts(one.accepted_on),
        )
        row.exceptions.set(one.exceptions)
    for record in world.records:
        _shares(record)
    for record in world.records:
        _last_readers(world, record)


def _people(world: World) -> None:
    User.objects.bulk_create(
        User(
            id=u.id,
            email=f"{u.id.hex}@people.example",
            full_name=f"P {u.id.hex[-4:]}",
            is_active=u.active,
        )
        for u in world.users
    )
    agencies.Agency.objects.bulk_create(
        agencies.Agency(id=a.id, kind=a.kind, name=f"Body {a.id.hex}") for a in world.agencies
    )
    Provider.objects.bulk_create(
        Provider(id=p.id, name=f"Fictional {p.id.hex}", kind="care_home", fictional=True)
        for p in world.providers
    )
    team = world.agencies[0].id
    over: dict[str, UUID] = {}
    for q in sorted(world.qsgs, key=lambda q: q.tier != "regional"):
        if q.tier == "local" and q.region not in over:
            over[q.region] = uuid4()
            _group(over[q.region], "regional", team, None)
        region = over[q.region] if q.tier == "local" else None
        _group(q.id, q.tier, team, region)
        if q.tier == "regional":
            over.setdefault(q.region, q.id)


def _group(key: UUID, tier: str, team: UUID, region: UUID | None) -> None:
    agencies.QualitySurveillanceGroup.objects.create(
        id=key, name=f"Group {key.hex}", tier=tier, team_id=team, region_id=region
    )


def _standing(world: World) -> None:
    agencies.Membership.objects.bulk_create(
        agencies.Membership(
            user_id=m.user,
            agency_id=m.agency,
            role=m.role,
            starts_on=m.starts_on,
            ends_on=m.ends_on,
        )
        for m in world.memberships
    )
    agencies.PortalRole.objects.bulk_create(
        agencies.PortalRole(user_id=r.user, role=r.role, starts_on=r.starts_on, ends_on=r.ends_on)
        for r in world.portal_roles
    )
    agencies.QSGMember.objects.bulk_create(
        agencies.QSGMember(
            qsg_id=m.qsg, agency_id=m.agency, kind=m.kind, starts_on=m.starts_on, ends_on=m.ends_on
        )
        for m in world.qsg_members
    )
    agencies.Seat.objects.bulk_create(
        agencies.Seat(
            qsg_id=s.qsg,
            user_id=s.user,
            agency_id=s.agency,
            kind=s.kind,
            cleared=s.cleared,
            starts_on=s.starts_on,
            ends_on=s.ends_on,
        )
        for s in world.seats
    )
    agencies.Post.objects.bulk_create(
        agencies.Post(
            agency_id=p.agency,
            user_id=p.user,
            post="safeguarding_lead",
            starts_on=p.starts_on,
            ends_on=p.ends_on,
        )
        for p in world.safeguarding_leads
    )


def _record(record: Record) -> None:
    made = min((share.at for share in record.shares), default=record.withdrawn_at)
    moment = made or datetime.fromisoformat("2000-01-01T00:00:00Z")
    row = access.Record.objects.create(
        id=record.id,
        kind=record.kind,
        owner_id=record.owner,
        gate=record.gate,
        closed=record.closed,
        parent_id=record.parent,
        parent_rule=record.parent_rule or "",
        narrowed=record.narrowed,
        happened_at=moment,
        recorded_at=moment,
        withdrawn_at=record.withdrawn_at,
    )
    access.RecordProvider.objects.bulk_create(
        access.RecordProvider(record=row, provider_id=one) for one in record.providers
    )
    access.RecordExclusion.objects.bulk_create(
        access.RecordExclusion(record=row, agency_id=one, recorded_at=moment) for one in record.excluded
    )


def _participants(world: World) -> None:
    """A listing counts while the person is listed and the body is called: the days both hold."""
    for one in world.participants:
        for body in world.bodies_called:
            starts = max(one.starts_at, body.starts_at)
            ends = min((end for end in (one.ends_at, body.ends_at) if end), default=None)
            same = (body.summit, body.agency) == (one.summit, one.agency)
            if same and (ends is None or ends > starts):
                access.Listing.objects.create(
                    summit_id=one.summit,
                    user_id=one.user,
                    agency_id=one.agency,
                    starts_at=starts,
                    ended_at=ends,
                )


def _shares(record: Record) -> None:
    row = access.Record.objects.get(pk=record.id)
    for share in record.shares:
        access.Share.objects.create(
            record=row, audience=_audience(share), at=share.at, ended_at=share.ended_at
        )
    derive_circle(row)


def _audience(share: Share) -> access.Audience:
    if share.audience is None:
        return audience("person", agency=share.agency, person=share.user)
    return _named_audience(share.audience)


def _named_audience(spoken: Audience) -> access.Audience:
    match spoken:
        case ("qsg_seats" | "qsg_cleared" | "qsg_readers" as kind, UUID() as qsg):
            return audience(kind, qsg=qsg)
        case ("agency", UUID() as agency):
            return audience("agency", agency=agency)
        case ("participants", UUID() as summit):
            return audience("participants", summit=summit)
        case ("body_participants", UUID() as summit, UUID() as agency):
            return audience("body_participants", summit=summit, agency=agency)
        case ("all_seats",):
            return audience("all_seats")
    raise ValueError(f"no such audience: {spoken}")


def _last_readers(world: World, record: Record) -> None:
    """Who read it when it was withdrawn, by the portal's own rule, at that moment."""
    if record.withdrawn_at is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portal.frozen_now', true)")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('portal.frozen_now', %s, false)", [record.withdrawn_at.isoformat()])
    plan = replace(_plan_then(world, record, record.withdrawn_at), gate="open")
    access.LastReader.objects.bulk_create(
        access.LastReader(record_id=record.id, user_id=one.user_id, agency_id=one.agency_id)
        for one in readers(plan, emergency=False)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.frozen_now', %s, false)", [before or ""])


def _plan_then(world: World, record: Record, then: datetime) -> Plan:
    """The facts of a record, and of what it hangs on, as they stood at a moment."""
    live = [s for s in record.shares if s.at <= then and (s.ended_at is None or s.ended_at > then)]
    withdrawn = record.withdrawn_at is not None and record.withdrawn_at <= then
    gate = "open" if record.withdrawn_at and not withdrawn else record.gate
    return Plan(
        owner=record.owner,
        gate=gate,
        closed=record.closed,
        narrowed=record.narrowed,
        audiences=frozenset(_audience(s).pk for s in live if s.audience is not None),
        named_groups=frozenset(_audience(s).pk for s in live if s.audience is None),
        providers=frozenset(record.providers),
        excluded=frozenset(record.excluded),
        record_id=record.id,
        kind=record.kind,
        parent=_plan_then(world, world.record(record.parent), then) if record.parent else None,
        parent_rule=record.parent_rule or "",
    )
