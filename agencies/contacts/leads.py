"""Who of the inspectorate looks after a place: whom a council tells of its new Director (ADASS 14, l.29)."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from agencies.contacts.models import Post
from agencies.contacts.rules import INSPECTOR
from agencies.models import (
    Agency,
    FootprintAgency,
    MemberKind,
    Membership,
    QSGMember,
    QualitySurveillanceGroup,
    Role,
    Seat,
)
from agencies.roster import standing
from agencies.stand_ins import portal_administrators
from timekeeping.london import london_day

INSPECTORATE = "cqc"


def inspectorate(day: date) -> Agency | None:
    """Return the body that inspects: the Care Quality Commission, as long as it is open."""
    stands = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    return Agency.objects.filter(stands, kind=INSPECTORATE).order_by("name", "pk").first()


def areas_of(agency: UUID, day: date) -> list[UUID]:
    """Return the groups in whose area a body lies or of which it is a full member, the nearest first, then their regions."""
    lies = FootprintAgency.objects.filter(agency=agency).values("qsg_id")
    member = QSGMember.objects.filter(standing(day), agency=agency, kind=MemberKind.FULL).values("qsg_id")
    groups = QualitySurveillanceGroup.objects.filter(Q(pk__in=lies) | Q(pk__in=member)).order_by(
        "tier", "name", "pk"
    )
    found = list(groups.values_list("pk", "region_id"))
    return list(dict.fromkeys([*(pk for pk, _ in found), *(region for _, region in found if region)]))


def inspectors(body: UUID, council: UUID, day: date) -> list[Post]:
    """Return the inspectorate's Heads of Inspection for a council's place: of the nearest area that has any, else for all."""
    held = list(
        Post.objects.filter(standing(day), agency=body, post=INSPECTOR).select_related(
            "user", "area", "agency"
        )
    )
    for area in (*areas_of(council, day), None):
        mine = [post for post in held if post.area_id == area]
        if mine:
            return mine
    return []


def leads_for(council: UUID, now: datetime, *, or_portal: bool = True) -> list[UUID]:
    """Return the accounts of whom the inspectorate's side is told for a council's place.

    The Head of Inspection for the place; else who sits for the inspectorate in its groups, the nearest first; else the
    inspectorate's leads. Where nobody of it uses the portal, its administrators are told, so that somebody rings.

    Args:
        council: the body.
        now: the moment.
        or_portal: whether the portal's administrators stand in when there is nobody.
    """
    day = london_day(now)
    body = inspectorate(day)
    found: list[UUID] = []
    if body is not None and body.pk != council:
        found = _active(inspectors(body.pk, council, day)) or _seated(body.pk, areas_of(council, day), day)
        found = found or _leads(body.pk, day)
    return found or (portal_administrators(now) if or_portal else [])


def _active(posts: Iterable[Post]) -> list[UUID]:
    return list(dict.fromkeys(post.user.pk for post in posts if post.user and post.user.is_active))


def _seated(body: UUID, areas: list[UUID], day: date) -> list[UUID]:
    seats = Seat.objects.filter(standing(day), agency=body, qsg__in=areas, user__is_active=True)
    held = list(seats.order_by("kind", "starts_on", "pk").values_list("qsg_id", "user_id"))
    for area in areas:
        if mine := [user for qsg, user in held if qsg == area]:
            return list(dict.fromkeys(mine))
    return []


def _leads(body: UUID, day: date) -> list[UUID]:
    held = Membership.objects.filter(standing(day), agency=body, role=Role.AGENCY_LEAD, user__is_active=True)
    return list(held.order_by("user__full_name", "user_id").values_list("user_id", flat=True))
