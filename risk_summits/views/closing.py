"""What is asked as a matter of routine, when it is over, and the end."""

from functools import cached_property
from typing import Any

from django.http import Http404

from access.finding import the
from access.refusals import NotNow
from risk_summits.forms.closing import CloseForm, CriterionForm, CriterionMetForm, GateForm
from risk_summits.operations import answer_gate, meet_criterion, set_criterion, stand_down
from risk_summits.rules import closing
from risk_summits.showing.held import Held
from risk_summits.showing.parts import gates_of
from risk_summits.showing.unfinished import Unfinished, unfinished
from risk_summits.views.base import RoomFormPage


class GatePage(RoomFormPage):
    """Answer at a gate."""

    permission = "summit.record"
    template = "risk_summits/gate.jinja"
    form_class = GateForm
    done = "Your answer is recorded."
    anchor = "gates"

    QUESTIONS = {
        closing.PROFESSIONAL: "Does any professional standards issue arise?",
        closing.ADULTS: "Has anyone here heard of an adult at risk?",
        closing.CHILDREN: "Has anyone here heard of a child at risk?",
    }

    def find(self) -> None:
        """Fetch the room; a gate that is none is absent."""
        super().find()
        self.gate = self.kwargs["gate"]
        if self.gate not in closing.GATES:
            raise Http404

    def form_kwargs(self) -> dict[str, Any]:
        """Return the gate."""
        return {"gate": self.gate}

    def context(self) -> dict[str, Any]:
        """Return the question."""
        intro = (
            "Asked as a matter of routine in every risk summit."
            if self.gate == closing.PROFESSIONAL
            else "This portal is not a safeguarding referral. If somebody is at risk, ring first; then write down who "
            "rang whom. The council states its own route."
        )
        answers = list(
            self.thing.gateanswers.filter(gate=self.gate)
            .select_related("by", "by_agency")
            .order_by("recorded_at")
        )
        newest = answers[-1] if answers else None
        return {
            **super().context(),
            "page_heading": self.QUESTIONS[self.gate],
            "intro": intro,
            "seen": len(answers),
            "newest": newest,
            "words": closing.ANSWERS[self.gate][newest.answer] if newest else "",
            "at_risk": newest is not None and newest.answer == closing.AT_RISK,
        }

    def act(self, form: Any) -> None:
        """Answer, on what was seen."""
        answer_gate(gate=self.gate, seen=self.seen, **form.told(), **self.known())


class CriterionPage(RoomFormPage):
    """Set an exit criterion."""

    permission = "summit.record"
    form_class = CriterionForm
    heading = "Set an exit criterion"
    done = "The exit criterion is set."
    anchor = "exit"

    def act(self, form: Any) -> None:
        """Set it."""
        set_criterion(**form.told(), **self.known())


class CriterionMetPage(RoomFormPage):
    """Mark an exit criterion met."""

    permission = "summit.record"
    form_class = CriterionMetForm
    heading = "This is so now"
    done = "The exit criterion is marked as met."
    anchor = "exit"

    def find(self) -> None:
        """Fetch the criterion."""
        super().find()
        self.criterion = the(self.thing.criteria.filter(pk=self.kwargs["criterion"]))

    def possible(self) -> None:
        """One that is not met yet."""
        if self.criterion.met_at is not None:
            raise NotNow("This has been marked as met already.")

    def context(self) -> dict[str, Any]:
        """Return the criterion."""
        return {**super().context(), "quoted": self.criterion.text}

    def act(self, form: Any) -> None:
        """Mark it."""
        meet_criterion(criterion=self.criterion.pk, **form.told(), **self.known())


class ClosePage(RoomFormPage):
    """Close the summit."""

    permission = "summit.close"
    template = "risk_summits/close.jinja"
    form_class = CloseForm
    heading = "Close the summit"
    button = "Close the summit"
    look = "warning"
    done = "The risk summit is closed."

    @cached_property
    def held(self) -> Held:
        """What the room holds, read once."""
        return Held(self.thing, self.by, self.now)

    @cached_property
    def left(self) -> Unfinished:
        """What closing it now leaves unfinished."""
        return unfinished(self.held)

    def form_kwargs(self) -> dict[str, Any]:
        """Return whether anything is unfinished."""
        return {"unfinished": bool(self.left)}

    def context(self) -> dict[str, Any]:
        """Return what must be answered and met, and what is left."""
        return {
            **super().context(),
            "gates": gates_of(self.held),
            "left": self.left,
            "criteria": list(self.thing.criteria.all()),
        }

    def act(self, form: Any) -> None:
        """Close it, on what was seen."""
        stand_down(seen=self.seen, **form.told(), **self.known())
