"""What is read of meetings together: those of a matter, who may come, who was there."""

from typing import Any
from uuid import UUID

from django.http import Http404

from access.models import Audience, Listing, Record, Standing
from access.principal import Place, Principal
from access.sight import visible_to
from meetings import rules
from meetings.models import Meeting, Proceedings
from meetings.registry import matter_of
from meetings.rules import Attended


def place_of(of: Record) -> Place:
    """Return where the roles of a matter's meetings are held; what is no place has no meetings (404)."""
    thing: Any = of.sighted
    if not hasattr(thing, "roles_of"):
        raise Http404
    place: Place = thing
    return place


def participants_of(of: Record) -> list[tuple[UUID, UUID]]:
    """Return (user, agency) of everyone listed for a matter whose place there is current."""
    standing = Standing.objects.filter(
        group__audience__kind=Audience.Kind.PARTICIPANTS, group__audience__summit=of
    )
    listed = Listing.objects.filter(
        summit=of, ended_at=None, user__in=standing.values_list("user_id", flat=True)
    )
    return list(
        listed.order_by("agency__name", "user__full_name", "user_id").values_list("user_id", "agency_id")
    )


def bodies_called(of: Record) -> frozenset[UUID]:
    """Return the bodies called to a matter."""
    return frozenset(matter_of(of).called(of))


def meetings_of(by: Principal, of: Record) -> list[Meeting]:
    """Return the meetings of a matter that this principal sees, in the order of their times."""
    return list(
        visible_to(by, Meeting.objects.filter(of=of))
        .select_related("record__owner")
        .order_by("starts_at", "pk")
    )


def proceedings_of(meeting: Meeting) -> Proceedings | None:
    """Return the proceedings in force: the newest; None before it was held."""
    return meeting.proceedings.order_by("-number").first()


def attendance_of(proceedings: Proceedings) -> list[Attended]:
    """Return who took part, as plain values."""
    rows = proceedings.attendance.order_by("agency__name", "name", "user__full_name")
    return [Attended(row.agency_id, row.presence, row.user_id, row.name) for row in rows]


def present_at(held: Proceedings | None) -> frozenset[UUID]:
    """Return the ids of the bodies for whom somebody was there, by these proceedings; of none, nobody was."""
    return rules.present_bodies(attendance_of(held)) if held else frozenset()


def essential_to(meeting: Meeting) -> frozenset[UUID]:
    """Return the ids of the bodies marked essential."""
    return frozenset(meeting.essential_bodies.values_list("agency_id", flat=True))
