"""The list of concerns: filters, search, newest first, a page at a time."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from access.newest import MOMENT
from access.principal import OWN_BODY
from access.views import Page
from agencies.finding import uuid_of
from agencies.models import QualitySurveillanceGroup
from concerns.forms.listing import ListForm
from concerns.models import Concern
from concerns.operations.reading import concerns_seen, drafts_of, finder, how_many
from concerns.rules.content import UNREGISTERED
from concerns.rules.states import WORDS
from concerns.views.base import Shelved
from nhsuk.paging import page_of
from providers.models import Provider
from timekeeping.london import london_day


class ConcernList(Shelved, Page):
    """What is known and feared, as far as the reader sees it."""

    permission = "concern.read"
    template = "concerns/list.jinja"

    @cached_property
    def provider(self) -> Provider | None:
        """The provider that the list is about, if one."""
        asked = uuid_of(self.request.GET.get("provider", ""))
        return Provider.objects.filter(pk=asked).first() if asked else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show a page of the list, and write which concerns were shown."""
        groups = list(QualitySurveillanceGroup.objects.order_by("name"))
        form = ListForm(request.GET, shelf=self.shelf, groups=groups)
        wanted = form.wanted(london_day(self.now), self.provider)
        found = concerns_seen(self.by, wanted, self.shelf)
        mark = request.GET.get("from", "")
        page = page_of(found, moment=MOMENT, mark=mark, take=finder(self.by, wanted))
        drafts = drafts_of(self.by)
        self.read("ConcernList", shown=[one.pk for one in (*page.rows, *drafts)])
        kept = form.kept() | ({"provider": str(self.provider.pk)} if self.provider else {})
        return self.page(
            filter=form,
            narrowed=bool(kept),
            provider=self.provider,
            page=page,
            rows=[self._row(one) for one in page.rows],
            count=how_many(found, page),
            drafts=drafts,
            kept=kept,
            may_raise=self.by.may("concern.raise", at=OWN_BODY),
        )

    def _row(self, concern: Concern) -> dict[str, Any]:
        """Return what the list shows of a concern."""
        return {
            "thing": concern,
            "about": about_words(concern),
            "severity": concern.severity,
            "severity_words": self.shelf.label("severity", concern.severity),
            "status": WORDS[concern.status],
        }


def about_words(concern: Concern) -> str:
    """Return whom or what a concern is about; its providers were fetched with it."""
    if concern.about == UNREGISTERED:
        return f"{concern.service_name}, {concern.service_place} (not registered)"
    names = [one.name for one in concern.record.providers.all()]
    if concern.location:
        return f"{concern.location.name}, {names[0]}"
    if len(names) > 2:
        return f"{names[0]}, {names[1]} and {len(names) - 2} more"
    return " and ".join(names)
