"""How soon the bodies meet, how often, and what a regulatory step would do."""

from typing import Any

from access.finding import the
from access.refusals import NotPermitted
from access.sight import visible_to
from risk_summits.forms.responding import FollowUpForm, ImpactAnswerForm, ImpactForm, SoonerForm
from risk_summits.models import ImpactAssessment
from risk_summits.operations import answer_impact, ask_for_impact, bring_forward, set_follow_up
from risk_summits.operations.entering import own_call
from risk_summits.views.base import RoomFormPage, bodies


class SoonerPage(RoomFormPage):
    """Ask the bodies to meet sooner."""

    permission = "summit.convene"
    form_class = SoonerForm
    heading = "Meet sooner"
    intro = "48 hours from the judgement; 24 when anyone is in danger or the matter is critical. It can only be made shorter."
    button = "Make it shorter"
    done = "Made shorter. The clock that ran before is kept as corrected."

    def act(self, form: Any) -> None:
        """Make it shorter."""
        bring_forward(**form.told(), **self.known())


class FollowUpPage(RoomFormPage):
    """Say how often they meet while action is outstanding."""

    permission = "summit.convene"
    form_class = FollowUpForm
    heading = "How often do you meet?"
    done = "Saved. It counts from the next meeting held."
    anchor = "meetings"

    def form_kwargs(self) -> dict[str, Any]:
        """Start from how it stands."""
        return {"initial": {"days": self.thing.follow_up_days}}

    def act(self, form: Any) -> None:
        """Set it."""
        set_follow_up(**form.told(), **self.known())


class ImpactPage(RoomFormPage):
    """CQC asks what a step would do."""

    permission = "summit.impact"
    at_room = False
    form_class = ImpactForm
    heading = "Ask for a rapid impact assessment"
    button = "Ask them"
    done = "The bodies are asked. Each answers or declines."
    anchor = "impact"

    def possible(self) -> None:
        """For CQC."""
        if own_call(self.thing, self.by).agency.kind != "cqc":
            raise NotPermitted("Only CQC asks for a rapid impact assessment: it is about what CQC considers.")

    def form_kwargs(self) -> dict[str, Any]:
        """Return the other bodies called."""
        return {"bodies": bodies(self.called, but=self.by.agency_id)}

    def act(self, form: Any) -> None:
        """Ask."""
        ask_for_impact(**form.told(), **self.known())


class ImpactAnswerPage(RoomFormPage):
    """Answer what a step would do."""

    permission = "summit.impact"
    at_room = False
    form_class = ImpactAnswerForm
    heading = "What would it do?"
    button = "Send the answer"
    done = "Your body's answer is recorded."
    anchor = "impact"

    def find(self) -> None:
        """Fetch what the own body was asked; another body's is absent."""
        super().find()
        asked = ImpactAssessment.objects.filter(pk=self.kwargs["assessment"], request__room=self.thing)
        mine = visible_to(self.by, asked, through="request__room__record").filter(agency=self.by.agency_id)
        self.assessment = the(mine.select_related("request"))

    def context(self) -> dict[str, Any]:
        """Return what CQC considers."""
        return {**super().context(), "quoted": self.assessment.request.step}

    def act(self, form: Any) -> None:
        """Answer."""
        answer_impact(assessment=self.assessment.pk, **form.told(), **self.known())
