"""The list of risk summits: the open ones first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from access.principal import OWN_BODY
from access.sight import visible_to
from access.views import Page
from clocks.showing import Look, look_of, open_clocks
from nhsuk.paging import ListPage, page_of
from risk_summits.models import RiskSummit, Room
from risk_summits.rules import stages

SHOWN_CLOCKS = ("response", "judgement", "follow_up")
"""What a line of the list counts down to: the first of these that is open."""


class SummitList(Page):
    """The summits whose headline the reader sees; for those in the room, how much time is left."""

    permission = "summit.read"
    template = "risk_summits/list.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show a page of each list, and write which summits were shown."""
        seen = visible_to(
            self.by,
            RiskSummit.objects.select_related("record__owner", "provider", "convenor", "home"),
        )
        later = request.GET.get("from", "")
        current = self._page(seen.filter(status=stages.OPEN), request.GET.get("open", ""))
        ended = self._page(seen.exclude(status=stages.OPEN), later)
        self.read("SummitList", shown=[one.pk for one in (*current.rows, *ended.rows)])
        return self.page(
            open=current,
            ended=ended,
            looks=self._looks(current.rows),
            words=stages.WORDS,
            may_trigger=self.by.may("summit.trigger", at=OWN_BODY),
        )

    def _page(self, rows: QuerySet[RiskSummit], mark: str) -> ListPage:
        return page_of(rows, moment="record__happened_at", mark=mark)

    def _looks(self, rows: Sequence[RiskSummit]) -> dict[UUID, Look]:
        """Return how the clock that matters looks, of the summits in whose room the reader is."""
        rooms = dict(visible_to(self.by, Room.objects.filter(summit__in=rows)).values_list("pk", "summit_id"))
        held = open_clocks(self.by).filter(record__in=rooms, family__in=SHOWN_CLOCKS)
        found: dict[UUID, Look] = {}
        for clock in sorted(held, key=lambda one: SHOWN_CLOCKS.index(one.family)):
            found.setdefault(rooms[clock.record_id], look_of(clock, self.now))
        return found
