"""The pages that show: every succession one has to do with, and one with what is offered and answered."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.principal import PORTAL
from access.views import Page
from agencies.models import Agency
from nhsuk.paging import page_of
from successions import rules
from successions.models import Succession
from successions.reading import successions_seen
from successions.showing import shown_to
from timekeeping.london import london_day

PROPOSED_MOST = 50


class SuccessionsPage(Page):
    """The successions that one has to do with; for the portal's administrators all, and what files propose."""

    permission = "directory.read"
    template = "successions/list.jinja"

    def context(self) -> dict[str, Any]:
        """A page of successions, and the bodies of which a file says that they close."""
        desk = self.by.may("membership.manage", at=PORTAL)
        rows = successions_seen(self.by).prefetch_related("successors")
        proposed = Agency.objects.filter(said_to_close_on__isnull=False, closed_on__isnull=True)
        begun = Succession.objects.filter(state=rules.OPEN).values("body_id")
        return {
            "found": page_of(rows, moment="opened_at", mark=self.request.GET.get("from", "")),
            "desk": desk,
            "proposed": proposed.exclude(pk__in=begun).order_by("said_to_close_on", "name")[:PROPOSED_MOST]
            if desk
            else [],
            "today": london_day(self.now),
        }


class SuccessionPage(Page):
    """One succession: what the body holds, as far as this person may know it, to whom it is offered, what was answered."""

    permission = "directory.read"
    template = "successions/detail.jinja"

    def find(self) -> None:
        """Fetch it for those who have to do with it; absent for others."""
        self.succession = the(
            successions_seen(self.by).prefetch_related("successors").filter(pk=self.kwargs["id"])
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; where it shows actions or deadlines, write which."""
        day = london_day(self.now)
        kinds = shown_to(self.by, self.succession, day)
        shown = [line.label.record for kind in kinds for line in kind.lines if line.label.record]
        if shown:
            self.read("SuccessionPage", shown=dict.fromkeys(shown))
        desk = self.by.may("membership.manage", at=PORTAL)
        is_open = self.succession.state == rules.OPEN
        return self.page(
            succession=self.succession,
            kinds=kinds,
            waits=[kind for kind in kinds if kind.waits],
            desk=desk and is_open,
            may_close=desk and is_open and day >= self.succession.on,
            late=is_open and day > self.succession.on,
        )
