"""What stands around every page: the menu a person may use, and the footer's links."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from access.principal import ANY_SEAT, OWN_BODY, PORTAL, Principal
from clocks.health import alarms


@dataclass(frozen=True)
class Entry:
    """A line of the menu.

    Attributes:
        text: what it says.
        page: the page's name in the addresses.
        permission: who is offered it: whoever holds this anywhere. The page
            itself asks again; an offer is no permission.
    """

    text: str
    page: str
    permission: str


MENU: list[Entry] = [
    Entry("Messages", "notifications:inbox", "notification.read"),
    Entry("Concerns", "concerns:list", "concern.read"),
    Entry("Actions", "actions:board", "action.read"),
    Entry("Visits", "visits:calendar", "visit.read"),
    Entry("Risk summits", "risk_summits:list", "summit.read"),
    Entry("Providers", "providers:finder", "directory.read"),
    Entry("Groups", "agencies:groups", "directory.read"),
    Entry("Directory", "agencies:directory", "directory.read"),
    Entry("People", "agencies:people", "people.manage"),
    Entry("Who saw what", "who_saw", "audit.read"),
]
FOOTER = [("Accessibility", "accessibility"), ("Privacy", "privacy")]
FOOTER_INSIDE = [
    ("Contacts", "agencies:contacts"),
    ("Telephone numbers", "agencies:telephones"),
    ("Your interests", "agencies:interests"),
    ("About the data", "about_data"),
    ("About the rules", "agencies:rules"),
]


def offered(principal: Principal, permission: str) -> bool:
    """Whether a role that the person holds somewhere permits this."""
    return any(principal.may(permission, at=place) for place in (OWN_BODY, ANY_SEAT, PORTAL))


def menu_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu's lines for this person; none before sign-in."""
    principal: Principal | None = getattr(request, "principal", None)
    if principal is None:
        return []
    lines = []
    for entry in MENU:
        if not offered(principal, entry.permission):
            continue
        href = reverse(entry.page)
        exact = request.path == href
        current = exact or (href != "/" and request.path.startswith(href))
        lines.append({"text": entry.text, "href": href, "current": current, "exact": exact})
    return lines


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor of every page."""
    principal: Principal | None = getattr(request, "principal", None)
    signed_in = principal is not None
    links = FOOTER_INSIDE + FOOTER if signed_in else FOOTER
    return {
        "navigation": menu_of(request),
        "alarms": alarms(now=principal.asked_at) if principal else [],
        "sign_on_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "footer_links": [{"text": text, "href": reverse(page)} for text, page in links],
    }
