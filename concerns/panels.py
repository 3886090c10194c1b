"""What the apps above put on a concern's page: parts and buttons, registered when they are made ready.

Concerns lie below summits and meetings, so those come to them::

    panels.add_panel(Panel("risk_summits/of_concern.jinja", summits_of))
    panels.add_button(call_a_summit)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.principal import Principal
from concerns.models import Concern


@dataclass(frozen=True)
class Panel:
    """A part of the page.

    Attributes:
        template: a Jinja template; it is given ``panel`` (what ``facts`` returned) and ``thing``.
        facts: takes the reader, the concern and the moment; returns what to show, nothing when there is
            nothing. It shows only what is in the reader's sight.
    """

    template: str
    facts: Callable[[Principal, Concern, datetime], Any]


@dataclass(frozen=True)
class Button:
    """A deed that the reader may do now: its words and its address; or, with ``why_not``, why it cannot be done now."""

    text: str
    href: str
    kind: str = "secondary"
    why_not: str = ""


Offer = Callable[[Principal, Concern, datetime], Button | None]

PANELS: list[Panel] = []
OFFERS: list[Offer] = []


def add_panel(panel: Panel) -> None:
    """Put a part on every concern's page."""
    if panel not in PANELS:
        PANELS.append(panel)


def add_button(offer: Offer) -> None:
    """Offer a deed on every concern's page, where the reader may do it."""
    if offer not in OFFERS:
        OFFERS.append(offer)


def panels_for(by: Principal, concern: Concern, now: datetime) -> list[dict[str, Any]]:
    """Return the parts to show on a concern's page."""
    shown = [(one.template, one.facts(by, concern, now)) for one in PANELS]
    return [{"template": template, "facts": facts} for template, facts in shown if facts]


def buttons_for(by: Principal, concern: Concern, now: datetime) -> list[Button]:
    """Return the deeds that the apps above offer here."""
    return [button for button in (offer(by, concern, now) for offer in OFFERS) if button]
