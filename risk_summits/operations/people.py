"""Who of whom: the people listed for a room, by body; a group's seats; who could stand for a body."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

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
from risk_summits.models import CalledBody, Room
from risk_summits.rules.calling import Representative, stands_for

RUNS = (SeatKind.CHAIR, SeatKind.SECRETARIAT)
"""Seats whose holders run the group's summits."""


def seats_of(home: QualitySurveillanceGroup, now: datetime) -> QuerySet[Seat]:
    """Return the seats of a group that count now: seat, body's membership, person's membership, account."""
    full = QSGMember.objects.filter(standing(now), qsg=home, kind=MemberKind.FULL).values("agency_id")
    seats = Seat.objects.filter(standing(now), qsg=home, agency_id__in=full, user__is_active=True)
    reads = Membership.objects.filter(standing(now), role__in=READING_ROLES)
    held = {(one.user_id, one.agency_id) for one in reads.filter(user_id__in=seats.values("user_id"))}
    counting = [seat.pk for seat in seats if (seat.user_id, seat.agency_id) in held]
    return Seat.objects.filter(pk__in=counting).select_related("user", "agency")


def cleared_holders(home: QualitySurveillanceGroup, now: datetime) -> list[UUID]:
    """Return those who may receive a group's restricted items."""
    return list(dict.fromkeys(seats_of(home, now).filter(cleared=True).values_list("user_id", flat=True)))


def conflicted(provider: UUID, now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Return the bodies and the people for whom an interest in a provider is recorded."""
    held = Conflict.objects.filter(standing(now), provider_id=provider)
    return (
        {one.agency_id for one in held if one.agency_id},
        {one.user_id for one in held if one.user_id},
    )


def representatives(
    agencies: Iterable[UUID], home: QualitySurveillanceGroup, provider: UUID, now: datetime
) -> dict[UUID, set[UUID]]:
    """Return who of each body is listed: by ``stands_for``, without those who have an interest in the provider."""
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
    return {
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


def regional_directors(tier: Agency, provider: UUID, now: datetime) -> set[UUID]:
    """Return who of NHS England's next tier is told when the bodies do not judge or meet in time."""
    readers = Membership.objects.filter(standing(now), agency=tier, role__in=READING_ROLES)
    here = set(readers.values_list("user_id", flat=True)) - conflicted(provider, now)[1]
    return here & set(holders_of(tier.pk, [PostCode.REGIONAL_DIRECTOR], now))


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


def leads_among(users: Iterable[UUID], agencies: Iterable[UUID], now: datetime) -> list[UUID]:
    """Return those of these people who speak for one of these bodies now."""
    held = Membership.objects.filter(
        standing(now), user_id__in=list(users), agency_id__in=list(agencies), role=Role.AGENCY_LEAD
    )
    return list(dict.fromkeys(held.order_by("user__full_name", "user_id").values_list("user_id", flat=True)))


def running(room: Room, kind: str, now: datetime) -> list[UUID]:
    """Return who chairs, or is the secretariat of, the home group, and is in the room."""
    seats = seats_of(room.summit.home, now).filter(kind=kind)
    here = {user for user, _ in listed(room.pk)}
    return [user for user in dict.fromkeys(seats.values_list("user_id", flat=True)) if user in here]


def called_bodies(room: Room | UUID) -> list[CalledBody]:
    """Return the bodies called to a room, with their names."""
    held = CalledBody.objects.filter(room_id=room if isinstance(room, UUID) else room.pk)
    return list(held.select_related("agency"))
