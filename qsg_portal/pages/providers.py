"""A provider: the whole picture in the reader's sight."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from access.models import Record
from access.principal import OWN_BODY
from access.sight import visible_to
from access.views import Page
from clocks.showing import look_of, open_clocks
from clocks.timetable import Timetable
from nhsuk.paging import page_of
from notifications.inbox import things_of
from providers.levels.operations import groups_to_set, levels_of
from providers.models import Provider
from providers.register.reading import standing_of
from reference import operations as lists
from risk_summits.showing.standing import open_about
from timekeeping.london import london_day

TIMELINE_KINDS = {
    "concern": "Concerns",
    "risk_summit": "Risk summits",
    "action": "Actions",
    "surveillance_level": "Levels",
    "meeting": "Meetings",
}


class ProviderPage(Page):
    """Who it is, its level, what is running, and one timeline of all that is in sight.

    Everybody signed in may read who a provider is; the rest is each reader's own sight.
    """

    permission = "directory.read"
    template = "qsg_portal/provider.jinja"
    provider: Provider

    def find(self) -> None:
        """Fetch the provider; absent where there is none."""
        found = Provider.objects.prefetch_related(
            "commissionings__agency",
            "group_links__qsg",
            "locations",
            "earlier_names",
            "successor_links__successor",
            "predecessor_links__predecessor",
        )
        provider = found.filter(pk=self.kwargs["id"]).first()
        if provider is None:
            raise Http404
        self.provider = provider

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; for a reader, write which records it showed."""
        today = london_day(self.now)
        kinds = {row["code"]: row["label"] for row in lists.rows("provider_kinds", today)}
        known = {
            "provider": self.provider,
            "kind": kinds.get(self.provider.kind, self.provider.kind),
            "standing": standing_of(self.provider, self.now),
        }
        if not self.by.reads:
            return self.page(**known)
        wanted = request.GET.get("kind", "")
        page = page_of(self.records(wanted), moment="recorded_at", mark=request.GET.get("from", ""))
        things = things_of(record.pk for record in page.rows)
        levels = levels_of(self.by, self.provider, self.now)
        summits = open_about(self.by, self.provider)
        timetable = Timetable()
        clocks = list(open_clocks(self.by).filter(record__about__provider=self.provider)[:10])
        shown = [
            *(one.pk for one in page.rows),
            *(one.level.pk for one in levels),
            *(one.pk for one in summits),
        ]
        self.read("ProviderPage", shown=dict.fromkeys(shown))
        return self.page(
            **known,
            page=page,
            entries=[things[record.pk] for record in page.rows if record.pk in things],
            levels=levels,
            summits=summits,
            groups_to_set=groups_to_set(self.by, self.provider),
            clocks=[
                (clock, look_of(clock, self.now), timetable.interval(clock.kind, today).label)
                for clock in clocks
            ],
            kinds=TIMELINE_KINDS,
            wanted=wanted if wanted in TIMELINE_KINDS else "",
            may_raise=self.by.may("concern.raise", at=OWN_BODY),
            may_trigger=self.by.may("summit.trigger", at=OWN_BODY),
        )

    def records(self, kind: str) -> QuerySet[Record]:
        """Return what is about this provider in the reader's sight, of one kind or of all."""
        kinds = [kind] if kind in TIMELINE_KINDS else list(TIMELINE_KINDS)
        about = Record.objects.filter(kind__in=kinds, about__provider=self.provider)
        return visible_to(self.by, about.select_related("owner"))
