"""The page of a level, and the page on which it is set."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from access.models import Record
from access.principal import OWN_BODY, Place
from access.sight import visible_to
from access.views import FormPage, RecordPage
from agencies.models import QualitySurveillanceGroup
from clocks.showing import look_of, open_clocks
from notifications.inbox import things_of
from providers.levels import rules
from providers.levels.forms import LevelForm
from providers.levels.operations import (
    groups_to_set,
    levels_of,
    levels_offered,
    members_of,
    past_levels,
    require_setting,
    set_level,
    shown,
)
from providers.models import Provider, SurveillanceLevel
from reference import operations as lists
from timekeeping.london import london_day


class LevelPage(RecordPage):
    """A level: why, until when, who follows it, what ends it, and what stood before."""

    permission = "level.read"
    template = "providers/level.jinja"
    kind = SurveillanceLevel
    thing: SurveillanceLevel

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return the level, its clock, what hangs on it, and its history."""
        level = self.thing
        row = lists.row("surveillance_levels", level.level, london_day(self.now)) or {}
        clocks = open_clocks(self.by).filter(record=level.record)
        children = visible_to(self.by, Record.objects.filter(parent=level.pk)).order_by("recorded_at")
        things = things_of(children.values_list("pk", flat=True))
        return {
            "shown": shown(level, self.now),
            "what_it_is_not": row.get("what_it_is_not", ""),
            "how": rules.HOW_WORDS[level.how],
            "agreed_by": list(level.agreed_by.order_by("name")),
            "clocks": [(one, look_of(one, self.now)) for one in clocks],
            "hanging": [things[one.pk] for one in children if one.pk in things],
            "past": past_levels(self.by, level, self.now),
            "may_look": level.ended_at is None and self.by.may("concern.go_and_look", at=OWN_BODY),
            "may_set": level.qsg in groups_to_set(self.by, level.provider),
        }


class SetLevelPage(FormPage):
    """Set a provider's level in a group."""

    permission = "level.set"
    template = "providers/set_level.jinja"
    form_class = LevelForm

    def find(self) -> None:
        """Fetch the provider and the group in whose area it stands."""
        provider = Provider.objects.filter(pk=self.kwargs["id"]).first()
        group = QualitySurveillanceGroup.objects.filter(
            pk=self.kwargs["group"], provider_links__provider=self.kwargs["id"]
        ).first()
        if provider is None or group is None:
            raise Http404
        self.provider, self.group = provider, group
        require_setting(self.by, group, provider)

    def place(self) -> Place:
        """Return the group."""
        return self.group

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The list of levels, as it stands."""
        return lists.rows("surveillance_levels", on=london_day(self.now))

    @property
    def level(self) -> str:
        """The level of the address, if it is one on offer."""
        asked = self.request.GET.get("to", "")
        return asked if asked in levels_offered(self.now) else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask first which level, then what that level needs."""
        return super().get(request, *args, **kwargs) if self.level else self.page(form=None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Set it."""
        return super().post(request, *args, **kwargs) if self.level else self.page(status=422, form=None)

    def form_kwargs(self) -> dict[str, Any]:
        """Return the level, its usual review day, and the members of the group."""
        row = next(one for one in self.rows if one["code"] == self.level)
        days = str(row["default_review_days"] or "")
        usual = london_day(self.now) + timedelta(days=int(days)) if days else None
        members = members_of(self.group, self.now)
        return {"level": self.level, "members": members, "initial": {"review_on": usual}}

    def context(self) -> dict[str, Any]:
        """Return whose level, where, what stands now, and the levels on offer."""
        held = levels_of(self.by, self.provider, self.now)
        offered = levels_offered(self.now)
        return {
            "provider": self.provider,
            "group": self.group,
            "levels": [one for one in held if one.level.qsg == self.group],
            "level": self.level,
            "label": offered.get(self.level, ""),
            "offered": [one for one in self.rows if one["code"] in offered],
            "row": next((one for one in self.rows if one["code"] == self.level), {}),
        }

    def perform(self, form: Any) -> str:
        """Set it."""
        made = set_level(
            by=self.by,
            now=self.now,
            qsg=self.group,
            provider=self.provider,
            proposal=form.proposal(),
            decided=form.decided,
        )
        messages.success(self.request, "The level is set. The seats of the group and of the region see it.")
        return reverse("providers:level", args=[made.pk])
