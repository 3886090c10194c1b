"""The pages of plans."""

from providers.closing.views.deeds import (
    ChangePage,
    DropPage,
    EndPlacePage,
    NotePage,
    ReadPage,
    RungPage,
    SharePage,
    StatePage,
    TellPage,
)
from providers.closing.views.finding import CouncilPage, IncomingPage, PlacePage
from providers.closing.views.plan import MakePage, PlanPage, PlansPage

__all__ = [
    "ChangePage", "CouncilPage", "DropPage", "EndPlacePage", "IncomingPage", "MakePage", "NotePage", "PlacePage",
    "PlanPage", "PlansPage", "ReadPage", "RungPage", "SharePage", "StatePage", "TellPage",
]  # fmt: skip
