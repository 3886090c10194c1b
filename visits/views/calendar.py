"""The calendar: a month, week by week, and the list of what is to come."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from access.principal import OWN_BODY
from access.views import Page
from agencies.finding import uuid_of
from agencies.models import QualitySurveillanceGroup
from nhsuk.paging import page_of
from timekeeping.london import add_months, london_day
from visits.forms import ANY, CalendarFilter
from visits.models import Visit
from visits.operations.reading import (
    MOST_IN_A_MONTH,
    bodies_that_visit,
    touching,
    visits_seen,
    warnings_among,
)
from visits.rules.planning import CANCELLED, days_in_words
from visits.views.base import provider_in

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Week:
    """A week, Monday to Sunday, as far as it lies in the month, and the visits that touch it."""

    first: date
    last: date
    visits: Sequence[Visit]

    @property
    def days(self) -> str:
        """Its days in words."""
        return days_in_words(self.first, self.last)


def weeks_of(first: date, visits: Sequence[Visit]) -> list[Week]:
    """Return the weeks of the month that begins on ``first``, each with the visits that touch it."""
    end, weeks, monday = add_months(first, 1), [], first - timedelta(days=first.weekday())
    while monday < end:
        start, last = max(monday, first), min(monday + timedelta(days=6), end - timedelta(days=1))
        weeks.append(
            Week(start, last, [one for one in visits if one.starts_on <= last and one.ends_on >= start])
        )
        monday += timedelta(days=7)
    return weeks


class CalendarPage(Page):
    """Base of the two views: what is narrowed, and what is to be said of the visits shown."""

    abstract = True
    permission = "visit.read"

    def context(self) -> dict[str, Any]:
        """Return the visits shown, the filter, and the warnings in the reader's sight."""
        asked = self.request.GET
        today = london_day(self.now)
        chosen = CalendarFilter(
            asked,
            groups=QualitySurveillanceGroup.objects.order_by("name"),
            bodies=bodies_that_visit(self.by, today),
        )
        provider = provider_in(asked)
        narrowed = {name: value for name, value in chosen.wanted.items() if value != ANY}
        rows = visits_seen(
            self.by,
            provider=provider.pk if provider else None,
            group=uuid_of(narrowed.get("group", "")),
            agency=uuid_of(narrowed.get("agency", "")),
            kind=narrowed.get("kind", ""),
        ).exclude(state=CANCELLED)
        shown = self.shown(rows, today)
        visits: Sequence[Visit] = shown["visits"]
        warnings = warnings_among(self.by, [one for one in visits if one.ahead])
        self.read(type(self).__name__, shown=dict.fromkeys([*(one.pk for one in visits), *warnings.others]))
        return {
            **shown,
            "warnings": warnings,
            "filter": chosen,
            "provider": provider,
            "query": {**narrowed, **({"provider": str(provider.pk)} if provider else {})},
            "today": today,
            "may_plan": self.by.may("visit.plan", at=OWN_BODY),
        }

    def shown(self, rows: Any, today: date) -> dict[str, Any]:
        """Return which of the visits are shown, and how."""
        raise NotImplementedError  # pragma: no cover - each view says its own


class MonthPage(CalendarPage):
    """One month, week by week."""

    template = "visits/month.jinja"

    def shown(self, rows: Any, today: date) -> dict[str, Any]:
        """Return the weeks of the month that was asked for, this one unless told."""
        asked = MONTH.fullmatch(self.request.GET.get("month", ""))
        first = date(int(asked[1]), int(asked[2]), 1) if asked else today.replace(day=1)
        last = add_months(first, 1) - timedelta(days=1)
        found = touching(rows, first, last).order_by("starts_on", "pk").prefetch_related("parties")
        held = list(found[: MOST_IN_A_MONTH + 1])
        visits = held[:MOST_IN_A_MONTH]
        return {
            "visits": visits,
            "more": len(held) > len(visits),
            "month": f"{first:%B %Y}",
            "here": f"{first:%Y-%m}",
            "weeks": weeks_of(first, visits),
            "before": f"{add_months(first, -1):%Y-%m}",
            "after": f"{add_months(first, 1):%Y-%m}",
        }


class ComingPage(CalendarPage):
    """What is to come, the soonest first."""

    template = "visits/list.jinja"

    def shown(self, rows: Any, today: date) -> dict[str, Any]:
        """Return a page of the visits that are not over, by their first day."""
        coming = touching(rows, today).prefetch_related("parties")
        page = page_of(coming, moment="starts_on", mark=self.request.GET.get("from", ""), soonest=True)
        return {"visits": page.rows, "page": page}
