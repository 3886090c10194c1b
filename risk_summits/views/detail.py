"""One summit: the headline; for those in it, the room."""

from typing import Any

from access.principal import OWN_BODY, Place
from access.views import RecordPage
from risk_summits.models import RiskSummit
from risk_summits.rules import stages


class SummitPage(RecordPage):
    """One summit: the headline; for those in it, the room."""

    permission = "summit.read"
    template = "risk_summits/headline.jinja"
    kind = RiskSummit

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return the headline's words."""
        return {"status": stages.WORDS[self.thing.status]}
