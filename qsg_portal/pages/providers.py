"""A provider: the whole picture in the reader's sight."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.principal import OWN_BODY, PORTAL
from access.views import Page
from agencies.roster import standing
from clocks.showing import labelled, open_clocks
from providers.closing.operations import may_make, plans_of
from providers.levels.operations import groups_to_set, history_of, not_ended
from providers.models import Commissioning, Licence, Provider
from providers.register.reading import standing_of
from qsg_portal.pages.home import QUIET
from qsg_portal.pages.timeline import KINDS, PUBLISHED, timeline_of
from reference import operations as lists
from risk_summits.showing.standing import open_about
from timekeeping.london import london_day
from visits.panels import coming


class ProviderPage(Page):
    """Who it is, its level, what is running, and one timeline of all that is in sight.

    Everybody signed in may read who a provider is; the rest is each reader's own sight.
    """

    permission = "directory.read"
    template = "qsg_portal/provider.jinja"
    provider: Provider

    def find(self) -> None:
        """Fetch the provider; absent where there is none."""
        stands = standing(london_day(self.now))
        found = Provider.objects.prefetch_related(
            Prefetch(
                "commissionings", queryset=Commissioning.objects.filter(stands).select_related("agency")
            ),
            Prefetch("licences", queryset=Licence.objects.filter(stands)),
            "group_links__qsg",
            "locations",
            "earlier_names",
            "successor_links__successor",
            "predecessor_links__predecessor",
        )
        self.provider = the(found.filter(pk=self.kwargs["id"]))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; for a reader, write which records it showed."""
        today = london_day(self.now)
        kinds = {row["code"]: row["label"] for row in lists.rows("provider_kinds", today)}
        wanted = request.GET.get("kind", "")
        timeline = timeline_of(self.by, self.provider, kind=wanted, mark=request.GET.get("from", ""))
        known = {
            "provider": self.provider,
            "kind": kinds.get(self.provider.kind, self.provider.kind),
            "standing": standing_of(self.provider, self.now),
            "timeline": timeline,
            "kinds": KINDS if self.by.reads else PUBLISHED,
            "wanted": wanted if wanted in KINDS else "",
            "may_keep": self.by.may("membership.manage", at=PORTAL),
        }
        if not self.by.reads:
            return self.page(**known)
        history = history_of(self.by, self.provider, self.now)
        plans = plans_of(self.by, self.provider)
        summits = open_about(self.by, self.provider)
        ahead = coming(self.by, self.provider, today)
        about = open_clocks(self.by).filter(record__about__provider=self.provider)
        clocks = list(about.exclude(family__in=QUIET)[:10])
        own, bodys = (self.provider.pk in held for held in (self.by.own_conflicts, self.by.body_conflicts))
        shown = [
            *timeline.records,
            *(one.level.pk for one in history),
            *(one.pk for one in (*plans, *summits)),
            *(one.record for one in ahead),
        ]
        self.read("ProviderPage", shown=dict.fromkeys(shown))
        return self.page(
            **known,
            levels=not_ended(history),
            history=history,
            plans=plans,
            may_plan=may_make(self.by, self.provider),
            summits=summits,
            groups_to_set=groups_to_set(self.by, self.provider, self.now),
            clocks=labelled(clocks, self.now),
            coming=ahead,
            interested=own or bodys,
            may_plan_visit=self.by.may("visit.plan", at=OWN_BODY) and not (own or bodys),
            may_raise=self.by.may("concern.raise", at=OWN_BODY) and not own,
            may_trigger=self.by.may("summit.trigger", at=OWN_BODY) and not own,
        )
