"""Proposing a joint visit, and answering."""

from typing import Any

from access.principal import OWN_BODY, Place
from visits.forms import AnswerProposalForm, ProposeForm
from visits.models import JointProposal, Visit
from visits.operations.joining import answer_proposal, check_can_join, propose_joint_visit
from visits.operations.reading import warnings_among
from visits.rules import planning
from visits.views.base import DeedPage


class ProposePage(DeedPage):
    """Propose to the body that plans a visit to make it together."""

    permission = "visit.plan"
    kind = Visit
    thing: Visit
    form_class = ProposeForm
    template = "visits/propose.jinja"
    heading = "Propose a joint visit"
    submit = "Propose it"
    done = "It is proposed. The body that plans the visit is told."

    def place(self) -> Place:
        """Return one's own body, which proposes."""
        return OWN_BODY

    def possible(self) -> None:
        """Say why it makes no sense, where it makes none."""
        check_can_join(self.by, self.thing)

    def context(self) -> dict[str, Any]:
        """Return the words, and whether something in the same days must not be given away; nothing builds on the version."""
        beside = warnings_among(self.by, [self.thing]).clashes.get(self.thing.pk, [])
        return {
            **super().context(),
            "seen": None,
            "unannounced": any(not one.announced for one in beside),
        }

    def act(self, form: Any) -> None:
        """Propose it."""
        text = form.cleaned_data["text"]
        propose_joint_visit(by=self.by, now=self.now, visit=self.thing, text=text, decided=form.decided)


class AnswerProposalPage(DeedPage):
    """Say whether the two bodies go together."""

    permission = "visit.plan"
    kind = JointProposal
    thing: JointProposal
    form_class = AnswerProposalForm
    template = "visits/answer.jinja"
    heading = "A joint visit is proposed"
    submit = "Answer"
    done = "It is answered. The body that proposed it is told."

    def place(self) -> Place:
        """Return the body that plans the visit."""
        record: Place = self.thing.visit.record
        return record

    def possible(self) -> None:
        """Say how it was answered, where it was."""
        planning.check_unanswered(self.thing.state)

    def context(self) -> dict[str, Any]:
        """Return the words; nothing builds on a version."""
        return {"heading": self.heading, "submit": self.submit, "seen": None}

    def act(self, form: Any) -> None:
        """Answer."""
        said = form.cleaned_data
        answer_proposal(
            by=self.by,
            now=self.now,
            proposal=self.thing,
            accept=said["answer"] == "accept",
            text=said["text"],
            decided=form.decided,
        )
