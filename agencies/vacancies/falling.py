"""Seats that fall with a role: they count only while their holder reads for the body."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from agencies.models import MemberKind, Membership, QSGMember, Seat
from agencies.roster import seat_lines, standing
from agencies.rules import READING_ROLES
from agencies.vacancies.rules import WITHOUT


@dataclass(frozen=True)
class Fall:
    """What the end of a role takes along.

    Attributes:
        seats: how many stop counting.
        without: groups that nobody chairs then, or that have no secretariat: the kind of seat, and the group's name.
    """

    seats: int = 0
    without: list[tuple[str, str]] = field(default_factory=list)


def falls_with(role: Membership, day: date) -> Fall:
    """What falls as a role ends on a London day, whether it is ended already or that is only being said."""
    held = Membership.objects.filter(standing(day), user=role.user_id, agency=role.agency_id)
    others = held.filter(role__in=READING_ROLES).exclude(pk=role.pk)
    if role.role not in READING_ROLES or not role.user.is_active or others.exists():
        return Fall()
    members = QSGMember.objects.filter(standing(day), agency=role.agency_id, kind=MemberKind.FULL)
    seats = Seat.objects.filter(
        standing(day), user=role.user_id, agency=role.agency_id, qsg__in=members.values("qsg_id")
    )
    falling = list(seats.select_related("qsg").order_by("qsg__name", "kind", "pk"))
    return Fall(len(falling), left_without(falling, day))


def left_without(seats: Collection[Seat], day: date) -> list[tuple[str, str]]:
    """The groups that nobody chairs, or that have no secretariat, when these seats end on a London day.

    Returns:
        The kind of seat and the group's name, each once.
    """
    keys = [seat.pk for seat in seats]
    lost = [
        (seat.kind, seat.qsg.name) for seat in seats if seat.kind in WITHOUT and _is_alone(seat, day, keys)
    ]
    return list(dict.fromkeys(lost))


def _is_alone(seat: Seat, day: date, besides: Collection[UUID]) -> bool:
    """Whether nobody else's seat of that kind at its group counts on a London day, these left aside."""
    others = Seat.objects.filter(qsg=seat.qsg_id, kind=seat.kind).exclude(pk__in=besides)
    return not any(line.counts for line in seat_lines(others, day))
