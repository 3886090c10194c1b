"""The pages of clocks: the record of one deadline."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.sight import visible_to
from access.views import Page
from clocks.models import Clock
from clocks.proof import proof_sheet
from clocks.showing import look_of


class ProofPage(Page):
    """The record of one deadline, made to be printed."""

    permission = "clock.read"
    template = "clocks/proof.jinja"
    clock: Clock

    def find(self) -> None:
        """Fetch the clock if what it is about is in sight."""
        clocks = Clock.objects.select_related(
            "record__owner", "responsible_agency", "responsible_person", "started_by", "met_by", "stopped_by"
        )
        self.clock = the(visible_to(self.by, clocks, through="record").filter(pk=self.kwargs["id"]))

    def context(self) -> dict[str, Any]:
        """The sheet, the thing it is about, and the clocks before and after."""
        return {
            "sheet": proof_sheet(self.clock, self.by),
            "clock": self.clock,
            "look": look_of(self.clock, self.now),
            "thing": self.clock.record.sighted,
            "replaces": self.clock.replaces,
            "replaced_by": Clock.objects.filter(replaces=self.clock).first(),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, and write that it was read."""
        self.read("ProofPage", shown=[self.clock.record_id])
        return self.page()
