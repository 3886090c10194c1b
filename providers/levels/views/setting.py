"""The page on which a level is set."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from access.finding import the
from access.principal import Place
from access.sight import visible_to
from access.views import FormPage
from agencies.finding import uuid_of
from agencies.models import QualitySurveillanceGroup
from providers.levels import rules
from providers.levels.forms import LevelForm
from providers.levels.operations import (
    groups_for,
    levels_offered,
    members_of,
    require_setting,
    set_level,
    shown,
)
from providers.models import Provider, SurveillanceLevel
from reference import operations as lists
from timekeeping.london import london_day


class SetLevelPage(FormPage):
    """Set a provider's level in a group."""

    permission = "level.set"
    template = "providers/set_level.jinja"
    form_class = LevelForm

    def find(self) -> None:
        """Fetch the provider and the group. Who may not set a level there is told that, whether one stands or not."""
        self.provider = the(Provider.objects.filter(pk=self.kwargs["id"]))
        self.group = the(QualitySurveillanceGroup.objects.filter(pk=self.kwargs["group"]))
        require_setting(self.by, self.group, self.provider)
        the(groups_for(self.provider, self.now).filter(pk=self.group.pk))

    def place(self) -> Place:
        """Return the group."""
        return self.group

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The list of levels, as it stands."""
        return lists.rows("surveillance_levels", on=london_day(self.now))

    @cached_property
    def before(self) -> SurveillanceLevel | None:
        """The level that no other took the place of: in force, or lapsed."""
        held = SurveillanceLevel.objects.filter(provider=self.provider, qsg=self.group, ended_at=None)
        return visible_to(self.by, held.select_related("record")).first()

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
        before = self.before
        criteria = rules.criteria_of(before.exit_criteria) if before else []
        met = [str(one.number) for one in before.met.all()] if before else []
        left = [text for number, text in enumerate(criteria, start=1) if str(number) not in met]
        kept = before is not None and before.level == self.level
        known = {"follows": before.follows_id, "exit_criteria": "\n".join(left)} if before and kept else {}
        initial = {"review_on": usual, "met": met, **known}
        return {"level": self.level, "members": members, "criteria": criteria, "initial": initial}

    def context(self) -> dict[str, Any]:
        """Return whose level, where, what stands now, and the levels on offer."""
        offered = levels_offered(self.now)
        return {
            "provider": self.provider,
            "group": self.group,
            "levels": [shown(self.before, self.now)] if self.before else [],
            "seen": self.before.pk if self.before else "",
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
            seen=uuid_of(self.request.POST.get("seen", "")),
            decided=form.decided,
        )
        messages.success(self.request, "The level is set. The seats of the group and of the region see it.")
        return reverse("providers:level", args=[made.pk])
