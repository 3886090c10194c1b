"""Asking a body for action."""

import uuid
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase

from access.finding import the
from access.models import KINDS, Audience, Record
from access.operations import readers_with
from access.principal import Place
from access.reach import Plan, Reader, plan_of
from access.sight import visible_to
from access.views import FormPage
from actions import forms
from actions.operations import (
    AskingSide,
    ask_for_action,
    bodies_near,
    powers_offered,
)
from actions.operations.asking import ORIGINS, check_carries
from actions.views.words import bodies_for_page
from agencies.finding import uuid_of
from agencies.models import Agency
from providers.models import Provider
from timekeeping.london import london_day

LOOK = "look"
"""The name of the button that only finds bodies."""


class AskPage(FormPage):
    """Ask a body for action: first which body, then what."""

    permission = "action.ask"
    template = "actions/ask.jinja"
    form_class = forms.AskForm
    origin: Record | None = None
    about: list[uuid.UUID]

    def find(self) -> None:
        """Fetch what it comes from, if anything, and the body asked."""
        if "origin" in self.kwargs:
            # By kind, not by what it hangs on: whether an action came from something may be out of sight.
            tops = [code for code, kind in KINDS.items() if kind.DEPTH == 0]
            found = visible_to(self.by, Record.objects.filter(gate__in=ORIGINS, kind__in=tops))
            self.origin = the(found.filter(pk=self.kwargs["origin"]))
            self.about = list(self.origin.about.values_list("provider_id", flat=True))
        elif "provider" in self.kwargs:
            if not Provider.objects.filter(pk=self.kwargs["provider"]).exists():
                raise Http404
            self.about = [self.kwargs["provider"]]
        else:
            self.about = []

    def place(self) -> Place:
        """Return one's own body, or the summit it comes from."""
        return AskingSide(self.by.agency_id, self.origin)

    @cached_property
    def asked(self) -> Agency | None:
        """The body chosen on the first page, if it was a real choice; none while another is looked for."""
        chosen = None if LOOK in self.request.GET else uuid_of(self.request.GET.get("asked", ""))
        return Agency.objects.filter(pk=chosen, closed_on__isnull=True).first() if chosen else None

    def form_kwargs(self) -> dict[str, Any]:
        """Return the chosen body's powers, and whom it may be about."""
        assert self.asked
        return {"powers": powers_offered(self.asked, london_day(self.now)), "about": self.about}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the body, then show the form; write that what it comes from was read."""
        if self.origin is not None:
            check_carries(self.origin)
            self.read("AskPage", shown=[self.origin.pk])
        if self.asked is None:
            return self._choose()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask."""
        if self.origin is not None:
            check_carries(self.origin)
        if self.asked is None:
            return self._choose(status=422)
        return super().post(request, *args, **kwargs)

    def _choose(self, status: int = 200) -> HttpResponseBase:
        near = bodies_near(self.origin, self.about, self.by.seats, self.now)
        looking = LOOK in self.request.GET
        given: dict[str, Any] = {"initial": {"find": self.request.GET.get("find", "")}}
        if self.request.GET and not looking:
            given = {"data": self.request.GET}
        choose = forms.ChooseBodyForm(near=near, **given)
        return self.page(status=status, choose=choose, nothing_found=looking and not choose.found, form=None)

    def context(self) -> dict[str, Any]:
        """Return the body asked, where it comes from, and who will see it."""
        thing = self.origin.sighted if self.origin else None
        known = {
            "asked": self.asked,
            "origin": thing,
            "providers": Provider.objects.filter(pk__in=self.about),
        }
        return {**known, "readers": bodies_for_page(self._readers(self.asked)) if self.asked else []}

    def _readers(self, asked: Agency) -> list[Reader]:
        """Return who will see it, before it is saved: everyone at the body asked, and those where it comes from."""
        plan = Plan(
            owner=self.by.agency_id or asked.pk,
            providers=frozenset(self.about),
            parent=plan_of(self.origin) if self.origin else None,
            parent_rule=Record.ParentRule.ADDS if self.origin else "",
        )
        return readers_with(plan, [{"kind": Audience.Kind.AGENCY, "agency": asked.pk}])

    def perform(self, form: Any) -> str:
        """Ask, and go to the action."""
        assert self.asked
        said = {"providers": None if self.origin else self.about, **form.said()}
        action = ask_for_action(
            by=self.by, now=self.now, asked=self.asked.pk, origin=self.origin, decided=form.decided, **said
        )
        messages.success(self.request, f"You asked {self.asked}. They will be told now.")
        return action.get_absolute_url()
