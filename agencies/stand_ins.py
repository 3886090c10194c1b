"""Who stands in for whom, and where people can be rung: what the clocks and the outbox ask of the directory.

"Chair", "ring-holder" and the like mean something only for one kind of matter, and are named by that app (see
``clocks.registry``). Here is what the directory alone knows.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from uuid import UUID

from access.models import Inheritance, Record
from access.reach import bodies_of
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    PortalRole,
    PortalRoleKind,
    Post,
    PostCode,
    QSGMember,
    QualitySurveillanceGroup,
    Role,
    Seat,
    SeatKind,
)
from agencies.roster import standing
from clocks.models import Clock
from notifications.models import Message
from timekeeping.london import LONDON, SATURDAY, london_day

DESK_OPENS, DESK_CLOSES = time(9), time(17)


def leads_of(agency: UUID, now: datetime) -> list[UUID]:
    """Return those who may speak for a body now, by name: its own, and those of a body that took its intelligence over."""
    heirs = Inheritance.objects.filter(predecessor_id=agency, accepted_at__lte=now)
    return _leads_at([agency, *heirs.values_list("successor_id", flat=True)], now)


def speakers_for(record: Record, now: datetime) -> list[UUID]:
    """Return those who may speak for whoever looks after a record now, by name.

    The leads of its owner; once that has closed, of a body that took the record over. For what stayed nobody speaks.
    """
    return _leads_at(bodies_of(record), now)


def _leads_at(bodies: Iterable[UUID], now: datetime) -> list[UUID]:
    current = Membership.objects.filter(
        standing(london_day(now)), agency_id__in=bodies, role=Role.AGENCY_LEAD, user__is_active=True
    )
    return list(current.order_by("user__full_name", "user_id").values_list("user_id", flat=True))


def administrators_of(*agencies: UUID, now: datetime) -> dict[UUID, list[UUID]]:
    """Return those who look after the people of these bodies now, by name; for each body, in one question."""
    held = Membership.objects.filter(
        standing(london_day(now)),
        agency_id__in=agencies,
        role=Role.AGENCY_ADMINISTRATOR,
        user__is_active=True,
    )
    found: dict[UUID, list[UUID]] = {agency: [] for agency in agencies}
    for agency, user in held.order_by("user__full_name", "user_id").values_list("agency_id", "user_id"):
        found[agency].append(user)
    return found


def portal_administrators(now: datetime) -> list[UUID]:
    """Return those who administer the portal now, by name."""
    held = PortalRole.objects.filter(
        standing(london_day(now)), role=PortalRoleKind.PORTAL_ADMINISTRATOR, user__is_active=True
    )
    return list(held.order_by("user__full_name", "user_id").values_list("user_id", flat=True))


def holders_of(agency: UUID, posts: Iterable[str], now: datetime) -> list[UUID]:
    """Return those with an account who hold one of these posts at a body now."""
    held = Post.objects.filter(
        standing(london_day(now)), agency_id=agency, post__in=list(posts), user__is_active=True
    )
    return _each(held.order_by("post", "starts_on", "id").values_list("user_id", flat=True))


def seated(groups: Iterable[UUID], kind: str, now: datetime, *, agency: UUID | None = None) -> list[UUID]:
    """Return those in a kind of seat at these groups now; of one body, where given."""
    seats = Seat.objects.filter(
        standing(london_day(now)), qsg_id__in=list(groups), kind=kind, user__is_active=True
    )
    if agency:
        seats = seats.filter(agency_id=agency)
    return _each(seats.order_by("qsg__tier", "starts_on", "id").values_list("user_id", flat=True))


def groups_of(agency: UUID, now: datetime) -> list[UUID]:
    """Return the groups of which a body is a full member now, the local ones first."""
    members = QSGMember.objects.filter(standing(london_day(now)), agency_id=agency, kind=MemberKind.FULL)
    return list(members.order_by("qsg__tier", "qsg__name").values_list("qsg_id", flat=True))


def last_resort(clock: Clock, now: datetime) -> list[UUID]:
    """Return who is told of a deadline when nobody stands for those it names: the body's leads, then its groups' chairs."""
    body = clock.responsible_agency_id
    leads = leads_of(body, now) if body else speakers_for(clock.record, now)
    return leads or seated(groups_of(body or clock.record.owner_id, now), SeatKind.CHAIR, now)


class Directory:
    """What the outbox asks: see ``notifications.events.Directory``."""

    def next_in_line(self, message: Message, told: frozenset[UUID], now: datetime) -> UUID | None:
        """Return the first who was not told yet of: the person's deputies, the body's leads, the chairs of its groups.

        Whether that person may see what the message is about is asked when it is sent, as of anybody.
        """
        last = Membership.objects.filter(user_id=message.recipient_id).order_by("-starts_on").first()
        if last is None:
            return None
        sits = Seat.objects.filter(standing(london_day(now)), user_id=message.recipient_id).values_list(
            "qsg_id", flat=True
        )
        groups = groups_of(last.agency_id, now)
        chain = [
            *seated(sits, SeatKind.DEPUTY, now, agency=last.agency_id),
            *holders_of(last.agency_id, [PostCode.DEPUTY], now),
            *leads_of(last.agency_id, now),
            *seated(groups, SeatKind.CHAIR, now),
            *seated(_regions(groups), SeatKind.CHAIR, now),
        ]
        return next((person for person in chain if person not in told), None)

    def telephones(self, users: frozenset[UUID], now: datetime) -> Mapping[UUID, str]:
        """Return the number to ring now: out of hours the post's own, else the post's, else the body's."""
        closed = _desk_is_closed(now)
        found: dict[UUID, str] = {}
        bodies = Agency.objects.filter(
            memberships__in=Membership.objects.filter(standing(london_day(now)), user__in=users)
        )
        for user, day, night in bodies.values_list(
            "memberships__user_id", "telephone", "out_of_hours_telephone"
        ):
            found[user] = (night if closed else "") or found.get(user, "") or day
        posts = Post.objects.filter(standing(london_day(now)), user__in=users).order_by("starts_on", "id")
        for user, day, night in posts.values_list("user_id", "telephone", "out_of_hours_telephone"):
            if user:
                found[user] = (night if closed else "") or day or found.get(user, "")
        return {user: number for user, number in found.items() if number and user in users}


def _regions(groups: Iterable[UUID]) -> list[UUID]:
    regions = QualitySurveillanceGroup.objects.filter(local_groups__in=list(groups)).distinct()
    return list(regions.order_by("name").values_list("pk", flat=True))


def _desk_is_closed(now: datetime) -> bool:
    wall = now.astimezone(LONDON)
    return wall.weekday() >= SATURDAY or not DESK_OPENS <= wall.time() < DESK_CLOSES


def _each(users: Iterable[UUID | None]) -> list[UUID]:
    return list(dict.fromkeys(user for user in users if user))
