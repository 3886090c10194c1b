"""Who of whom: the people listed for a room, by body; a group's seats; who could stand for a body."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from access.models import Audience, Conflict, Listing, Record, Standing
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    PostCode,
    QSGMember,
    QualitySurveillanceGroup,
    Role,
    Seat,
    SeatKind,
)
from agencies.rules import READING_ROLES
from agencies.stand_ins import holders_of, standing
from risk_summits.models import CalledBody, RiskSummit, Room
from risk_summits.rules.calling import Representative, stands_for

RUNS = (SeatKind.CHAIR, SeatKind.SECRETARIAT)
"""Seats whose holders run the group's summits."""


def seats_of(home: QualitySurveillanceGroup, now: datetime) -> QuerySet[Seat]:
    """Return the seats of a group that count now: seat, body's membership, person's membership, account."""
    full = QSGMember.objects.filter(standing(now), qsg=home, kind=MemberKind.FULL).values("agency_id")
    reads = Membership.objects.filter(
        standing(now), user=OuterRef("user"), agency=OuterRef("agency"), role__in=READING_ROLES
    )
    seats = Seat.objects.filter(standing(now), Exists(reads), qsg=home, agency_id__in=full)
    return seats.filter(user__is_active=True).select_related("user", "agency")


def cleared_holders(summit: RiskSummit, now: datetime) -> list[UUID]:
    """Return those who may receive the restricted items of a summit's home group, unless they have an interest in it."""
    interested = Conflict.objects.filter(standing(now), provider=summit.provider_id, user__isnull=False)
    seats = seats_of(summit.home, now).filter(cleared=True).exclude(user__in=interested.values("user"))
    return list(dict.fromkeys(seats.values_list("user_id", flat=True)))


def conflicted(provider: UUID, now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Return the bodies and the people for whom an interest in a provider is recorded."""
    held = Conflict.objects.filter(standing(now), provider_id=provider)
    return (
        {one.agency_id for one in held if one.agency_id},
        {one.user_id for one in held if one.user_id},
    )


def representatives(
    agencies: Iterable[UUID],
    home: QualitySurveillanceGroup,
    provider: UUID,
    now: datetime,
    *,
    only_told: Agency | None = None,
) -> dict[UUID, set[UUID]]:
    """Return who of each body is listed: by ``stands_for``, without those who have an interest in the provider.

    Args:
        agencies: the bodies.
        home: the group that leads.
        provider: whom the summit is about.
        now: the moment.
        only_told: the body, of these, that is told when the others do not judge or meet in time: NHS England's next
            tier. Its regional director is listed, where it has one.
    """
    wanted = list(agencies)
    seats = {
        (seat.agency_id, seat.user_id) for seat in seats_of(home, now) if seat.cleared or seat.kind in RUNS
    }
    memberships = Membership.objects.filter(
        standing(now), agency_id__in=wanted, role__in=READING_ROLES, user__is_active=True
    )
    roles: dict[UUID, dict[UUID, set[str]]] = {one: {} for one in wanted}
    for one in memberships:
        roles[one.agency_id].setdefault(one.user_id, set()).add(one.role)
    shut_out = conflicted(provider, now)[1]
    found = {
        agency: {
            UUID(str(person))
            for person in stands_for(
                Representative(user, Role.AGENCY_LEAD in held, (agency, user) in seats)
                for user, held in people.items()
                if user not in shut_out
            )
        }
        for agency, people in roles.items()
    }
    if only_told is not None and only_told.pk in found:
        directors = set(holders_of(only_told.pk, [PostCode.REGIONAL_DIRECTOR], now)) - shut_out
        found[only_told.pk] = directors & set(roles[only_told.pk]) or found[only_told.pk]
    return found


def listed(record: Record | UUID) -> list[tuple[UUID, UUID]]:
    """Return (user, body) of everyone listed for a room whose place there is current."""
    room = record if isinstance(record, UUID) else record.pk
    current = Standing.objects.filter(
        group__audience__kind=Audience.Kind.PARTICIPANTS, group__audience__summit_id=room
    )
    rows = Listing.objects.filter(summit_id=room, ended_at=None, user_id__in=current.values("user_id"))
    return list(
        rows.order_by("agency__name", "user__full_name", "user_id").values_list("user_id", "agency_id")
    )


def listed_at(room: UUID, agencies: Iterable[UUID | None]) -> list[UUID]:
    """Return the people listed at these bodies."""
    wanted = set(agencies)
    return list(dict.fromkeys(user for user, agency in listed(room) if agency in wanted))


def lead_bodies(users: Iterable[UUID], now: datetime) -> dict[UUID, set[UUID]]:
    """Return for which bodies each of these people speaks now."""
    held = Membership.objects.filter(standing(now), user_id__in=list(users), role=Role.AGENCY_LEAD)
    found: dict[UUID, set[UUID]] = {}
    for user, agency in held.values_list("user_id", "agency_id"):
        found.setdefault(user, set()).add(agency)
    return found


def running(room: Room, kind: str, now: datetime) -> list[UUID]:
    """Return who chairs, or is the secretariat of, the home group, and is in the room."""
    seats = seats_of(room.summit.home, now).filter(kind=kind)
    here = {user for user, _ in listed(room.pk)}
    return [user for user in dict.fromkeys(seats.values_list("user_id", flat=True)) if user in here]


def called_bodies(room: Room | UUID) -> list[CalledBody]:
    """Return the bodies called to a room, with their names."""
    held = CalledBody.objects.filter(room_id=room if isinstance(room, UUID) else room.pk)
    return list(held.select_related("agency"))
