"""What the database would refuse: the invariants a World must keep to be loaded at all.

Taken from the sentences of the page that speak of the data rather than of sight. The strategy is
held to them, and so is every tiny world of the examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import combinations

from tests.oracle.days import Dated, at_the_moment, day_starts, on_the_day
from tests.oracle.world import READING_ROLES, Record, Share, World

CHILD_KINDS = frozenset({"comment", "corroboration", "attachment", "amendment"})


def problems(world: World) -> list[str]:
    """Every invariant the world breaks, as sentences; empty for a world that can be loaded."""
    return [
        *_empty_periods(world),
        *_two_agencies_at_once(world),
        *_held_twice(world),
        *_conflicts(world),
        *_emergencies(world),
        *_successions(world),
        *_shares(world),
        *_parents(world),
        *_records(world),
    ]


def _overlap(one: Dated, other: Dated) -> bool:
    last = date.max
    return one.starts_on < (other.ends_on or last) and other.starts_on < (one.ends_on or last)


def _empty_periods(world: World) -> Iterator[str]:
    dated: list[Dated] = [
        *world.memberships,
        *world.portal_roles,
        *world.qsg_members,
        *world.seats,
        *world.conflicts,
        *world.safeguarding_leads,
    ]
    for row in dated:
        if row.ends_on is not None and row.ends_on <= row.starts_on:
            yield f"ends before it starts: {row}"


def _two_agencies_at_once(world: World) -> Iterator[str]:
    for one, other in combinations(world.memberships, 2):
        if one.user == other.user and one.agency != other.agency and _overlap(one, other):
            yield f"at two agencies on one day: {one} {other}"


def _held_twice(world: World) -> Iterator[str]:
    """One role, membership, seat, conflict or post is not held twice on one day."""
    rows: list[tuple[tuple[object, ...], Dated]] = [
        *(((m.user, m.agency, m.role), m) for m in world.memberships),
        *(((r.user, r.role), r) for r in world.portal_roles),
        *(((m.qsg, m.agency), m) for m in world.qsg_members),
        *(((s.qsg, s.user), s) for s in world.seats),
        *(((s.qsg, "chair"), s) for s in world.seats if s.kind == "chair"),
        *(((c.agency, c.user, c.provider), c) for c in world.conflicts),
        *(((p.agency, "safeguarding lead"), p) for p in world.safeguarding_leads),
    ]
    for (key, one), (same, other) in combinations(rows, 2):
        if key == same and type(one) is type(other) and _overlap(one, other):
            yield f"held twice on one day: {one} {other}"


def _conflicts(world: World) -> Iterator[str]:
    for conflict in world.conflicts:
        if (conflict.agency is None) == (conflict.user is None):
            yield f"a conflict is an agency's or a person's: {conflict}"


def _emergencies(world: World) -> Iterator[str]:
    for glass in world.emergency_accesses:
        if not timedelta(0) < glass.ends_at - glass.starts_at <= timedelta(hours=4):
            yield f"emergency access is at most four hours: {glass}"


def _successions(world: World) -> Iterator[str]:
    for one in world.successions:
        if one.successor == one.predecessor:
            yield f"a body does not succeed itself: {one}"
        if one.accepted_on > world.base_day:
            yield f"an acceptance lies in the past: {one}"


def _shares(world: World) -> Iterator[str]:
    for record in world.records:
        for share in record.shares:
            person = share.user is not None and share.agency is not None
            nobody = share.user is None and share.agency is None
            if not (person if share.audience is None else nobody):
                yield f"a share is with an audience or a person at an agency: {share}"
            if share.ended_at is not None and share.ended_at <= share.at:
                yield f"a share ends before it starts: {share}"
        for one, other in combinations(record.shares, 2):
            if _grant(one) == _grant(other) and one.ended_at is None and other.ended_at is None:
                yield f"shared twice at once: {one}"


def _grant(share: Share) -> tuple[object, ...]:
    return share.audience, share.user, share.agency


def _parents(world: World) -> Iterator[str]:
    ids = [record.id for record in world.records]
    for place, record in enumerate(world.records):
        if (record.parent is None) != (record.parent_rule is None):
            yield f"a parent and its rule go together: {record.id}"
        if (record.kind in CHILD_KINDS) != (record.parent_rule == "required"):
            yield f"comments and their like, and only they, are required children: {record.id}"
        if record.narrowed and record.parent_rule != "required":
            yield f"only a child is narrowed: {record.id}"
        if record.parent is not None and record.parent not in ids[:place]:
            yield f"a parent stands before its children: {record.id}"
        if record.parent_rule == "adds":
            parent = world.record(record.parent) if record.parent else record
            if record.kind != "action" or parent.kind == "action" or parent.parent is not None:
                yield f"an action comes from a top-level record, no action: {record.id}"


def _records(world: World) -> Iterator[str]:
    for record in world.records:
        if (record.gate == "withdrawn") != (record.withdrawn_at is not None):
            yield f"a withdrawn record, and no other, says since when: {record.id}"
        if record.gate in ("draft", "sealed", "named") and not _handlers(record):
            yield f"somebody is always named here: {record.id}"
        if record.closed and not names_a_current_reader(world, record):
            yield f"a closed record needs a handler: {record.id}"
        if any(deed >= _first(world) for deed in _deeds(record)):
            yield f"what was done lies before the first moment asked: {record.id}"


def _handlers(record: Record) -> list[Share]:
    return [share for share in record.shares if share.user is not None]


def names_a_current_reader(world: World, record: Record) -> bool:
    """Whether a record names a reader of its owner who is current on the base day."""
    at = day_starts(world.base_day)
    active = {user.id for user in world.users if user.active}
    reading = {
        m.user
        for m in world.memberships
        if m.agency == record.owner and m.role in READING_ROLES and on_the_day(m, at)
    }
    return any(
        share.agency == record.owner and share.user in reading & active and at_the_moment(share, at)
        for share in record.shares
    )


def _deeds(record: Record) -> Iterable[datetime]:
    for share in record.shares:
        yield from (share.at, *([share.ended_at] if share.ended_at else []))
    if record.withdrawn_at:
        yield record.withdrawn_at


def _first(world: World) -> datetime:
    return min(world.moments, default=datetime.max.replace(tzinfo=day_starts(date.max).tzinfo))
