"""What a review's clock tells, and whom: administrators by their office, for they need not read intelligence."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from access.principal import Principal
from agencies.models import (
    AccessReview,
    Agency,
    PortalRoleKind,
    ReviewedPerson,
    Role,
)
from agencies.places import NOBODY
from agencies.reviews import rules
from agencies.reviews.operations import CLOCK, SUSPENSION
from agencies.stand_ins import administrators_of, portal_administrators
from clocks.models import Clock
from notifications.events import Event, Office, Row
from notifications.models import Message

_SAYS = {
    "start": "Say of each person of {body} whether they are still right, by {{when}}: {{left}}.",
    "reminder": "Whoever of {body} is not confirmed yet, and has not left: say whether they are still right, by {{when}}."
    " {{left}}.",
    "missed": "Who was not confirmed at {body} by {{when}} is suspended, until somebody confirms them.",
    "over": "The review of who acts for {body} was due {{when}}, and it is over.",
}


def _of_body(clock: Clock, now: datetime) -> Iterable[UUID]:
    body = clock.responsible_agency_id
    return administrators_of(body, now=now)[body] if body else ()


def _of_portal(clock: Clock, now: datetime) -> Iterable[UUID]:
    return portal_administrators(now)


RECIPIENTS = {"body's administrators": _of_body, "portal administrators": _of_portal}


def _looks_after(by: Principal) -> Q:
    """Return what a review's clock may tell this person: of the bodies whose people they look after now."""
    if PortalRoleKind.PORTAL_ADMINISTRATOR in by.portal_roles:
        return Q()
    own = by.agency_id if Role.AGENCY_ADMINISTRATOR in by.agency_roles else None
    return Q(topic__in=Clock.objects.filter(family=CLOCK, responsible_agency=own or NOBODY).values("pk"))


def _administrators(message: Message, now: datetime) -> Iterable[UUID]:
    """Return whom a review's clock means now: the body's administrators, then the portal's."""
    clock = Clock.objects.filter(pk__in=[message.topic]).first()
    return [*(_of_body(clock, now) if clock else ()), *portal_administrators(now)]


OFFICE = Office(holds=_looks_after, line=_administrators)
"""Those to whom a review's clock speaks: whoever looks after the people no longer is told nothing more of them."""


def _suspended(by: Principal) -> Q:
    held = ReviewedPerson.objects.filter(user=by.user_id or NOBODY, state=rules.SUSPENDED)
    return Q(topic__in=held.values("review"))


def _nobody_else(message: Message, now: datetime) -> Iterable[UUID]:
    return ()


ONESELF = Office(holds=_suspended, line=_nobody_else)
"""Whoever is suspended, for as long as they are; nobody is told of it in their place."""


def _review(message: Message) -> Row:
    return AccessReview.objects.select_related("agency"), message.topic


def _about_review(message: Message) -> Iterable[Row]:
    return (_review(message),)


def _says_suspended(message: Message, now: datetime) -> str:
    review = message.facts[_review(message)]
    return rules.you_are_suspended(agency=review.agency.name if review else "a body")


SUSPENDED = Event(SUSPENSION, "access review", _says_suspended, about=_about_review)
"""What somebody is told whom nobody confirmed in time."""


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
