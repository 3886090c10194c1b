"""Who may see what: a second implementation of the visibility rule, made from its page alone.

It shares no line with the portal and was written without reading it; a disagreement between the
two is a fault in one of them. Slow and plain on purpose: each clause stands under the sentence of
the page it carries out. (The database's date is here the moment the caller gives.)

Choices
-------
Where the page is silent or can be read two ways, the narrower; 8, 10, 14 and 15 follow its own words
and are listed because another reader might not, and 12 reads "the day before" as "until then":

1.  A reading role is needed on every path: for a row that replaces the formula, for a person
    named, for a safeguarding lead, for emergency access. A seat, a post or a grant alone is not
    enough.
2.  Emergency access needs the grant to be running, at the person's agency of the day, **and** the
    role "emergency access" there to be still held that day.
3.  Emergency access opens only what has the gate "open" and is not a required child by itself: it
    opens no "listed" record (the row replaces the formula, its last arm too), no withdrawn one,
    and of a child only what seeing its parent already opens: it does not pass the child's own
    closed or narrowed list.
4.  The state gates let nobody through on a share with an audience: draft and named are opened by a
    person-grant alone, in the owner agency too. Authors, co-authors, depositors and handlers are
    person-grants; any other person named on a draft is taken for a co-author.
5.  A protected source is for "the owner's named handlers": a person named on it from any other
    agency does not see it. A named professional's outsiders do.
6.  Exclusion binds every row outside the owner, also where a row replaces the formula ("everything
    passes the gates"); a person's conflict binds everywhere.
7.  A listed record that is closed: people of its owner must be named, as for any closed record.
    A sealed one has its row alone, which closing does not change.
8.  A successor stands as the owner in everything (example 24): closed, exclusion, a sealed
    concern's safeguarding lead, handlers of a protected source, the author's agency and the
    parent's owner of a narrowed child. Not for the records it listed as exceptions, those by their
    own id: a child of an excepted record is judged apart, and needs its parent seen some other way.
9.  A person named at the predecessor is not named once at the successor.
10. Closed, on a child, is what it is on any record: it binds people of the child's owner. Others
    who see the parent are kept out by the child's excluded and narrowed lists.
11. "The parent's owner" of a narrowed child is the owner of the record directly above it.
12. A withdrawn record: "had it the day before" is had it at `withdrawn_at`, by every clause as it
    stood then (conflict and exclusion too), and the same again now; by the same agency both times
    (nothing follows a person who moves); emergency access counts at neither. The two reaches may
    rest on different grants. Who came to the owner agency, or succeeded to it, afterwards has no
    tombstone. Before `withdrawn_at` the record is open, though not to emergency access.
13. A tombstone is not the record: a required child of a withdrawn record is seen by nobody, and its
    readers are no longer "readers of what it came from" for an action.
14. "Readers of what it came from" are all who see the parent, those by emergency access included.
    It adds as an audience would: outside the owner only, past neither exclusion nor conflict.
15. A conflict's last day, like every other, is the first on which it no longer holds.
16. A participant's listing names an agency, which must be the person's current one.
17. The intelligence readers of an agency, and "one agency" as an audience, are its people with a
    reading role that day.
18. A service token has no seat, no name, no emergency access, no person's conflict.
19. An earlier version: the person's reach is asked at every change within the version's time, by
    the rules of that moment, at whatever agency the person then was ("as a person"). The record's
    closed and narrowed flags and its lists are those of the world as loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tests.oracle.days import Timed, at_the_moment, day_starts, london_day, on_the_day
from tests.oracle.world import READING_ROLES, Audience, Record, Seat, Version, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, as they stand at one moment: for an agency, with a reading role there.

    `user` is None for an agency's service token, which is its unnamed reader.
    """

    user: UUID | None
    agency: UUID
    seats: tuple[Seat, ...] = ()
    breaks_glass_for: frozenset[UUID] = frozenset()  # providers


# ---------------------------------------------------------------------------------- the questions


def sees(world: World, user_id: UUID, record_id: UUID, at: datetime) -> bool:
    """Whether a person sees a record (or its tombstone) at a moment (aware)."""
    who = principal_of(world, user_id, at)
    return who is not None and in_sight(world, who, world.record(record_id), at)


def readers(world: World, record_id: UUID, at: datetime) -> set[UUID]:
    """The users who see a record at a moment (aware)."""
    return {user.id for user in world.users if sees(world, user.id, record_id, at)}


def token_sees(world: World, agency_id: UUID, record_id: UUID, at: datetime) -> bool:
    """Whether a service token of an agency sees a record at a moment (aware)."""
    # "it sees what an unnamed reader of that agency sees: never closed records or protected
    # sources"; "Tokens see no closed record, whoever owns it."
    record = world.record(record_id)
    return not record.closed and in_sight(world, Principal(user=None, agency=agency_id), record, at)


def sees_version(world: World, user_id: UUID, version: Version, at: datetime) -> bool:
    """Whether a person sees an earlier text of a record at a moment (aware)."""
    # "who sees the record now and was, as a person, in its reach on at least one day when that
    # version was current"
    return sees(world, user_id, version.record, at) and any(
        sees(world, user_id, version.record, then) for then in _changes_within(world, version)
    )


# ------------------------------------------------------------------------------- who asks


def principal_of(world: World, user_id: UUID, at: datetime) -> Principal | None:
    """The person as they stand at a moment; None for one who reads no intelligence at all."""
    # "`p`, a live principal of agency `a` with a reading role there"
    # "A reading role is reader, contributor or agency lead; a seat never replaces it."
    agency = agency_of(world, user_id, at)
    if agency is None or not READING_ROLES & roles_at(world, user_id, agency, at):
        return None
    return Principal(
        user=user_id,
        agency=agency,
        seats=counting_seats(world, user_id, at),
        breaks_glass_for=broken_glass(world, user_id, at),
    )


def agency_of(world: World, user_id: UUID, at: datetime) -> UUID | None:
    """The one agency of a person on the day, if the account is active and there is one."""
    # "at most one current agency a person; nothing follows a person who moves."
    if not any(user.id == user_id and user.active for user in world.users):
        return None
    agencies = {m.agency for m in world.memberships if m.user == user_id and on_the_day(m, at)}
    if len(agencies) > 1:
        raise ValueError(f"{user_id} is at two agencies on {london_day(at)}")
    return agencies.pop() if agencies else None


def roles_at(world: World, user_id: UUID, agency_id: UUID, at: datetime) -> set[str]:
    """The roles a person holds at an agency on the day."""
    return {
        m.role for m in world.memberships if m.user == user_id and m.agency == agency_id and on_the_day(m, at)
    }


def counting_seats(world: World, user_id: UUID, at: datetime) -> tuple[Seat, ...]:
    """The seats of a person that count at a moment."""
    # "It counts only while the seat, the agency's full membership of that QSG, the person's
    # membership of that agency and the account are all current. A deputy is a seat like another"
    # "Associates are in no audience of that QSG, nor in 'all seat-holders' through it"
    agency = agency_of(world, user_id, at)
    return tuple(
        seat
        for seat in world.seats
        if seat.user == user_id
        and seat.agency == agency
        and on_the_day(seat, at)
        and is_full_member(world, seat.agency, seat.qsg, at)
    )


def seat_kinds(world: World, user_id: UUID, qsg_id: UUID, at: datetime) -> set[str]:
    """What a person is in a group on the day: the roles held there, for example "chair"."""
    return {seat.kind for seat in counting_seats(world, user_id, at) if seat.qsg == qsg_id}


def is_full_member(world: World, agency_id: UUID, qsg_id: UUID, at: datetime) -> bool:
    """Whether an agency is a full member of a group on the day."""
    return any(
        m.qsg == qsg_id and m.agency == agency_id and m.kind == "full" and on_the_day(m, at)
        for m in world.qsg_members
    )


def broken_glass(world: World, user_id: UUID, at: datetime) -> frozenset[UUID]:
    """The providers for which a person holds emergency access at a moment."""
    # "`p` holds emergency access now for a provider"; "emergency access | an agency | may break
    # the glass"
    agency = agency_of(world, user_id, at)
    if agency is None or "emergency_access" not in roles_at(world, user_id, agency, at):
        return frozenset()
    return frozenset(
        e.provider
        for e in world.emergency_accesses
        if e.user == user_id and e.agency == agency and at_the_moment(e, at)
    )


# ------------------------------------------------------------------------------- the one sentence


def in_sight(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The whole sentence: gate, conflict, and the reach of the record's row."""
    # "p … sees r ⇔ the state gate lets p through, and not conflicted(p, r), and …"
    return (
        state_gate_lets_through(world, who, record, at)
        and not conflicted(world, who, record, at)
        and reaches(world, who, record, at)
    )


def reaches(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The reach of a record, by its row: "= replace who the formula would let in"."""
    if record.parent_rule == "required":
        return reached_as_child(world, who, record, at)
    if record.gate == "sealed":
        return reached_as_sealed(world, who, record, at)
    return reached_by_formula(world, who, record, at) or reached_by_emergency(world, who, record, at)


def reached_by_formula(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The two middle arms of the sentence."""
    # "if owner(r) is a or a predecessor whose intelligence a accepted: r is not closed, or p is
    # named on r"
    # "For people of the owner agency the circle and named agencies never count: that is what
    # closed means."
    if owns(world, who, record, at):
        return not record.closed or named(who, record, at)
    # "otherwise: not excluded(a, r), and (p is named on r, or some audience of a live share of r
    # contains p)"
    return not excluded(world, who, record, at) and (
        named(who, record, at)
        or in_an_audience(world, who, record, at)
        or added_by_parent(world, who, record, at)
    )


def reached_by_emergency(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The last arm of the sentence."""
    # "or p holds emergency access now for a provider r is about, r is not sealed and not a
    # protected source, and not excluded(a, r), not conflicted(p, r)"
    # "it never opens a draft, a sealed concern, a protected source, a named professional, an
    # unannounced visit or a restricted item"
    return (
        record.gate == "open"
        and not who.breaks_glass_for.isdisjoint(record.providers)
        and not excluded(world, who, record, at)
    )


def reached_as_child(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The row "= corroboration, comment, attachment, amendment"."""
    # "seeing the parent is always required"
    if not reads_parent(world, who, record, at):
        return False
    # "the child's own closed, excluded and narrowed lists apply too"; "shares on a child never
    # widen it"
    if owns(world, who, record, at):
        return not record.closed or named(who, record, at)
    if excluded(world, who, record, at):
        return False
    # "(narrowed: the author's agency, the parent's owner, those named)"
    return not record.narrowed or owns(world, who, parent_of(world, record), at) or named(who, record, at)


def reached_as_sealed(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The row "= sealed concern"."""
    # "(exclusion and conflict apply)"; whom it lets in, its gate has said already
    return not excluded(world, who, record, at)


def added_by_parent(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The row "+ action"."""
    # "asking body, asked body [shares], readers of what it came from … an action does not inherit
    # the parent's lists"
    # "rows marked + add to the formula, as an audience would (never inside the owner when closed,
    # never past exclusion)"
    return record.parent_rule == "adds" and reads_parent(world, who, record, at)


# ------------------------------------------------------------------------------- the state gates


def state_gate_lets_through(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """ "everything passes the gates": an open record has none."""
    if record.gate == "draft":
        # "Draft: its author and co-authors only (authors count as named)."
        return named(who, record, at)
    if record.gate == "named":
        # "protected source; named professional: separate records: the owner's named handlers; for
        # a professional also the persons named at the Responsible Officer's body"; "unannounced
        # (=): named only"; "a restricted item (=): those named on it"
        return named(who, record, at) and (record.kind != "protected_source" or owns(world, who, record, at))
    if record.gate == "sealed":
        # "its depositors and the owner's safeguarding lead"
        return named(who, record, at) or is_owners_safeguarding_lead(world, who, record, at)
    if record.gate == "listed":
        # "a body's stated view (=): its own participants until the reveal; then all participants";
        # "minutes (=): … the current chair and secretariat always …": owning gives nothing
        return named(who, record, at) or in_an_audience(world, who, record, at)
    if record.gate == "withdrawn":
        return had_it_and_still_would(world, who, record, at)
    return True


def had_it_and_still_would(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """The gate of a withdrawn or superseded record."""
    # "a tombstone to those who had it the day before and would still reach it"
    if record.withdrawn_at is None:
        raise ValueError(f"{record.id} is withdrawn, but not since when")
    if at < record.withdrawn_at:
        return True
    before = as_then(world, who, record.withdrawn_at)
    if before is None or before.agency != who.agency:
        return False
    now = replace(who, breaks_glass_for=frozenset())
    return (
        not conflicted(world, before, record, record.withdrawn_at)
        and reaches(world, before, record, record.withdrawn_at)
        and reaches(world, now, record, at)
    )


def as_then(world: World, who: Principal, then: datetime) -> Principal | None:
    """The same principal as they stood at an earlier moment, without emergency access."""
    if who.user is None:
        return who
    before = principal_of(world, who.user, then)
    return before and replace(before, breaks_glass_for=frozenset())


# ------------------------------------------------------------------------------- the words used


def owns(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """ "owner(r) is a or a predecessor whose intelligence a accepted"."""
    # "Acceptance is direct only, no chains"
    return record.owner == who.agency or any(
        s.successor == who.agency
        and s.predecessor == record.owner
        and s.accepted_on <= london_day(at)
        and record.id not in s.exceptions
        for s in world.successions
    )


def named(who: Principal, record: Record, at: datetime) -> bool:
    """ "A person named is a person at an agency"."""
    # "the grant stores the agency and counts only while it is that person's current one"
    return who.user is not None and any(
        share.user == who.user and share.agency == who.agency and at_the_moment(share, at)
        for share in record.shares
    )


def in_an_audience(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """ "some audience of a live share of r contains p"."""
    return any(
        share.audience is not None and at_the_moment(share, at) and contains(world, share.audience, who, at)
        for share in record.shares
    )


def contains(world: World, audience: Audience, who: Principal, at: datetime) -> bool:
    """Whether an audience contains a principal (who has, being one, a reading role)."""
    # "a QSG's seat-holders; its cleared seat-holders; the intelligence readers of its full member
    # agencies; all QSG seat-holders; one agency; one summit's participants"
    match audience:
        case ("qsg_seats", qsg):
            return any(seat.qsg == qsg for seat in who.seats)
        case ("qsg_cleared", qsg):
            return any(seat.qsg == qsg and seat.cleared for seat in who.seats)
        case ("qsg_readers", qsg):
            return is_full_member(world, who.agency, qsg, at)
        case ("all_seats",):
            return bool(who.seats)
        case ("agency", agency):
            return who.agency == agency
        case ("participants", summit):
            return participates(world, who, summit, at)
        case ("body_participants", summit, agency):
            return who.agency == agency and participates(world, who, summit, at)
    raise ValueError(f"no such audience: {audience}")


def participates(world: World, who: Principal, summit_id: UUID, at: datetime) -> bool:
    """Whether a principal is in the room of a summit."""
    # "participants, that is persons listed, at a body called, while both are current"
    return any(
        p.summit == summit_id and p.user == who.user and p.agency == who.agency and at_the_moment(p, at)
        for p in world.participants
    ) and any(
        b.summit == summit_id and b.agency == who.agency and at_the_moment(b, at) for b in world.bodies_called
    )


def excluded(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """Whether the principal's agency is excluded from a record."""
    # "excluded(a, r) if a has a conflict with a provider r is about, or stands on r's own list of
    # excluded agencies; it never applies to the owner agency."
    if owns(world, who, record, at):
        return False
    return who.agency in record.excluded or any(
        c.agency == who.agency and c.provider in record.providers and on_the_day(c, at)
        for c in world.conflicts
    )


def conflicted(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """Whether the person has a conflict with a provider the record is about."""
    # "conflicted(p, r): the person has a conflict with that provider; it applies at home too"
    return who.user is not None and any(
        c.user == who.user and c.provider in record.providers and on_the_day(c, at) for c in world.conflicts
    )


def is_owners_safeguarding_lead(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """Whether the principal is the owner's safeguarding lead on the day."""
    return owns(world, who, record, at) and any(
        post.user == who.user and post.agency == who.agency and on_the_day(post, at)
        for post in world.safeguarding_leads
    )


def parent_of(world: World, record: Record) -> Record:
    """The record directly above; ValueError when there is none."""
    if record.parent is None:
        raise ValueError(f"{record.id} has no parent")
    return world.record(record.parent)


def reads_parent(world: World, who: Principal, record: Record, at: datetime) -> bool:
    """Whether the principal sees the record above, itself and not only its tombstone."""
    parent = parent_of(world, record)
    return not is_tombstone(parent, at) and in_sight(world, who, parent, at)


def is_tombstone(record: Record, at: datetime) -> bool:
    """Whether only a tombstone is left of a record at a moment."""
    return record.gate == "withdrawn" and (record.withdrawn_at is None or record.withdrawn_at <= at)


def _changes_within(world: World, version: Version) -> set[datetime]:
    """The moments of a version's time at which anybody's sight can have changed."""
    moments = {version.starts_at}
    timed: list[Timed] = [*world.emergency_accesses, *world.participants, *world.bodies_called]
    for record in world.records:
        timed += record.shares
        moments |= {record.withdrawn_at} if record.withdrawn_at else set()
    moments |= {t.starts_at for t in timed} | {t.ends_at for t in timed if t.ends_at}
    day = london_day(version.starts_at)
    while day <= london_day(version.ends_at):
        moments.add(day_starts(day))
        day += timedelta(days=1)
    return {m for m in moments if version.starts_at <= m < version.ends_at}
