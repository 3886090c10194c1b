"""A visit: its page, planning it, and what becomes of it."""

from typing import Any

from django.utils.functional import cached_property

from access.principal import OWN_BODY
from concerns.views.base import Looking, renaming
from visits.forms import ChangeForm, DoneForm, PlanForm, WhyForm
from visits.models import JointProposal, Visit
from visits.operations.planning import cancel_visit, change_visit, close_visit, plan_visit
from visits.operations.reading import (
    Warnings,
    proposals_of,
    warnings_among,
    warnings_before,
    window_of,
)
from visits.rules import planning
from visits.rules.load import Window
from visits.rules.planning import Plan
from visits.views.base import AboutProvider, DeedPage, ReadPage, WarnsFirst


class VisitPage(ReadPage):
    """A visit: when, where, by whom, what for, what falls on the same days, what came of it."""

    permission = "visit.read"
    template = "visits/visit.jinja"
    kind = Visit
    thing: Visit

    @cached_property
    def warnings(self) -> Warnings:
        """Return what falls on the same days in the reader's sight, of a visit that is still meant."""
        return warnings_among(self.by, [self.thing]) if self.thing.ahead else Warnings()

    @cached_property
    def proposals(self) -> list[JointProposal]:
        """Return the proposals to join it that the reader sees."""
        return proposals_of(self.by, self.thing)

    def log_reading(self) -> None:
        """Write what is shown beside it too."""
        super().log_reading()
        beside = [*self.warnings.others, *(one.pk for one in self.proposals)]
        if beside:
            self.read("VisitPage", shown=beside)

    def context(self) -> dict[str, Any]:
        """Return the visit, what clashes with it in the reader's sight, and what may be done."""
        visit = self.thing
        ours = visit.record.is_of(self.by)
        may_plan = self.by.may("visit.plan", at=OWN_BODY)
        waiting = [one for one in self.proposals if one.state == planning.PROPOSED]
        parties = list(visit.parties.order_by("name", "pk"))
        joined = self.by.agency_id in {one.pk for one in parties}
        asked = any(one.record.is_of(self.by) for one in waiting)
        return {
            "state": planning.STATE_WORDS[visit.state],
            "parties": parties,
            "warnings": self.warnings,
            "proposals": [(one, planning.JOINT_WORDS[one.state]) for one in self.proposals],
            "ours": ours,
            "may_change": self.by.may("visit.plan", at=visit.record),
            "may_propose": may_plan and visit.ahead and not (ours or joined or asked),
            "may_answer": {one.pk for one in waiting}
            if self.by.may("visit.plan", at=visit.record)
            else set(),
            "may_plan": may_plan,
        }


class Windowed(WarnsFirst):
    """Mixed into the pages on which days are chosen: clashes and burden in the reader's sight are said first."""

    def window(self: Any, plan: Plan) -> Window:
        """Return the days as the rule compares them."""
        raise NotImplementedError  # pragma: no cover - each page says its own

    def announced(self: Any, form: Any) -> bool:
        """Say whether the provider is to know: only then may another body be asked to go along in these days."""
        raise NotImplementedError  # pragma: no cover - each page says its own

    def said_before(self: Any, form: Any) -> dict[str, Any]:
        """Return the warnings, if there are any."""
        plan = form.plan()
        if plan.ends_on < plan.starts_on:
            return {}  # the operation says so
        window = self.window(plan)
        warnings = warnings_before(self.by, self.provider_of(), window)
        if others := warnings.others:
            self.read(type(self).__name__, shown=others)
        said = {"warnings": warnings, "window": window, "announced": self.announced(form)}
        return said if warnings else {}


class PlanPage(Looking, Windowed, AboutProvider):
    """Plan a visit at a provider."""

    permission = "visit.plan"
    template = "visits/plan.jinja"
    form_class = PlanForm

    def form_kwargs(self) -> dict[str, Any]:
        """Return the provider, and what finding bodies asks."""
        return {
            "provider": self.provider,
            "near": frozenset(self.by.seats),
            "agency": self.by.agency_id,
            "now": self.now,
        }

    def provider_of(self) -> Any:
        """Return the provider."""
        return self.provider

    def announced(self, form: Any) -> bool:
        """Say what is chosen."""
        return bool(form.is_announced)

    def window(self, plan: Plan) -> Window:
        """Return the days of a visit that is not there yet."""
        assert self.by.agency_id
        return Window(
            None,
            self.provider.pk,
            plan.location,
            self.by.agency_id,
            plan.parties,
            plan.starts_on,
            plan.ends_on,
        )

    def perform(self, form: Any) -> str:
        """Plan it, and go to who should see it."""
        with renaming({"parties": "agencies"}):
            visit = plan_visit(
                by=self.by,
                now=self.now,
                provider=self.provider,
                plan=form.plan(),
                announced=form.is_announced,
                decided=form.decided,
            )
        return visit.get_absolute_url()


class VisitDeed(DeedPage):
    """Base of the deeds with one visit."""

    abstract = True
    permission = "visit.plan"
    kind = Visit
    thing: Visit
    then: str

    def possible(self) -> None:
        """Say why it cannot be done, where it cannot."""
        planning.check_follows(self.thing.state, self.then)


class ToldDeed(VisitDeed):
    """Base of the deeds of which the bodies that go along are told."""

    abstract = True

    def said(self) -> str:
        """Say also who is told, where other bodies go along."""
        told = " Leads of the bodies that go along are told, if they see it."
        return f"{self.done}{told if self.thing.parties.exists() else ''}"


class ChangePage(Windowed, ToldDeed):
    """Change what is planned."""

    form_class = ChangeForm
    heading = "Change this visit"
    submit = "Save the change"
    done = "It is changed."
    then = planning.CHANGED

    def form_kwargs(self) -> dict[str, Any]:
        """Return the visit."""
        return {
            "visit": self.thing,
            "near": frozenset(self.by.seats),
            "agency": self.by.agency_id,
            "now": self.now,
        }

    def provider_of(self) -> Any:
        """Return the provider."""
        return self.thing.provider

    def announced(self, form: Any) -> bool:
        """Say how it is."""
        return self.thing.announced

    def window(self, plan: Plan) -> Window:
        """Return the days as they are to be."""
        held = window_of(self.thing)
        return Window(
            held.key, held.provider, plan.location, held.body, held.parties, plan.starts_on, plan.ends_on
        )

    def act(self, form: Any) -> None:
        """Change it."""
        change_visit(
            by=self.by,
            now=self.now,
            visit=self.thing,
            plan=form.plan(),
            why=form.cleaned_data["why"],
            seen=self.seen,
            decided=form.decided,
        )


class DonePage(VisitDeed):
    """Say that it was made."""

    form_class = DoneForm
    heading = "This visit was made"
    submit = "Save"
    done = "It is marked as done."
    then = planning.DONE

    def act(self, form: Any) -> None:
        """Say so."""
        said = form.cleaned_data
        close_visit(
            by=self.by,
            now=self.now,
            visit=self.thing,
            done_on=said["done_on"],
            outcome=said["outcome"],
            outcome_link=said["outcome_link"],
            seen=self.seen,
            decided=form.decided,
        )


class CancelPage(ToldDeed):
    """Call it off."""

    form_class = WhyForm
    heading = "Call this visit off"
    submit = "Call it off"
    done = "It is called off."
    then = planning.CANCELLED

    def act(self, form: Any) -> None:
        """Call it off."""
        cancel_visit(
            by=self.by,
            now=self.now,
            visit=self.thing,
            why=form.cleaned_data["why"],
            seen=self.seen,
            decided=form.decided,
        )
