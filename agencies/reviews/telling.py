"""What a review's clock tells, and whom: administrators by their office, for they need not read intelligence."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from agencies.models import Agency, Membership, PortalRole, PortalRoleKind, Role
from agencies.roster import standing
from clocks.models import Clock
from notifications.events import Row
from notifications.models import Message
from timekeeping.london import london_day

_SAYS = {
    "start": "Say of each person of {body} whether they are still right, by {{when}}: {{left}}.",
    "reminder": "People of {body} are not confirmed yet: say whether they are still right, by {{when}}. {{left}}.",
    "missed": "Who was not confirmed at {body} by {{when}} is suspended, until somebody confirms them.",
    "over": "The review of who acts for {body} was due {{when}}, and it is over.",
}


def administrators_of(agency: UUID, now: datetime) -> list[UUID]:
    """Return those who look after a body's people now, by name."""
    held = Membership.objects.filter(
        standing(london_day(now)), agency_id=agency, role=Role.AGENCY_ADMINISTRATOR, user__is_active=True
    )
    return list(held.order_by("user__full_name", "user_id").values_list("user_id", flat=True))


def portal_administrators(now: datetime) -> list[UUID]:
    """Return those who administer the portal now, by name."""
    held = PortalRole.objects.filter(
        standing(london_day(now)), role=PortalRoleKind.PORTAL_ADMINISTRATOR, user__is_active=True
    )
    return list(held.order_by("user__full_name", "user_id").values_list("user_id", flat=True))


def _of_body(clock: Clock, now: datetime) -> Iterable[UUID]:
    return administrators_of(clock.responsible_agency_id, now) if clock.responsible_agency_id else ()


def _of_portal(clock: Clock, now: datetime) -> Iterable[UUID]:
    return portal_administrators(now)


RECIPIENTS = {"body's administrators": _of_body, "portal administrators": _of_portal}


def _row(message: Message) -> Row:
    of = Clock.objects.select_related("responsible_agency")
    return of, message.topic


def about(message: Message) -> Iterable[Row]:
    """Return the rows that the sentence speaks of: the clock, with its body."""
    return (_row(message),)


def _body(message: Message) -> Agency | None:
    clock = message.facts[_row(message)]
    return clock.responsible_agency if clock else None


def words(message: Message, said: str) -> str:
    """Return what the inbox says: which body, and by when. An administrator knows both by their office."""
    if message.topic is None:
        return ""
    body = _body(message)
    name = (body.name if body else "a body").replace("{", "").replace("}", "")
    return _SAYS[said].format(body=name) if said in _SAYS else ""


def address(message: Message) -> str:
    """Return where it leads: the body's review."""
    body = _body(message)
    return reverse("agencies:review", args=[body.pk]) if body else ""
