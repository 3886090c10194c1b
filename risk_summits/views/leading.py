"""Who leads the response: proposed, accepted, objected to, handed over."""

from typing import Any, ClassVar

from access.finding import the
from risk_summits.forms.fields import ConfirmForm
from risk_summits.forms.leading import (
    ConcernedForm,
    HandOverAnswerForm,
    HandOverForm,
    ObjectForm,
    ProposeForm,
    TakeForm,
)
from risk_summits.operations import (
    answer_handover,
    answer_lead,
    declare_concerned,
    object_to_lead,
    offer_handover,
    propose_lead,
    withdraw_objection,
)
from risk_summits.operations.holding import may_lead, suggested_bodies
from risk_summits.operations.leading import check_undecided, only
from risk_summits.views.base import RoomFormPage, bodies


class LeadPage(RoomFormPage):
    """Base of the pages about who leads."""

    abstract = True
    permission: ClassVar[str] = "summit.ring"
    at_room = False
    anchor = "lead"

    def row_of(self, rows: Any, name: str) -> Any:
        """Return the row named in the address, of this room; otherwise it is absent."""
        return the(rows.filter(pk=self.kwargs[name]))


class ProposePage(LeadPage):
    """Propose a body as lead."""

    permission = "summit.ring"
    form_class = ProposeForm
    heading = "Propose a lead for the response"
    intro = (
        "The lead calls the meetings, chairs them and keeps the record. It directs nobody. Proposing your own body is "
        "accepting: it leads at once. Another body must accept first."
    )
    button = "Propose this body"
    done = "The lead is proposed."

    def possible(self) -> None:
        """Before it is decided."""
        check_undecided(self.thing, self.now)

    def form_kwargs(self) -> dict[str, Any]:
        """Return the bodies called that may lead; what suits this provider has a word beside it."""
        leading = [one for one in self.called if may_lead(one.agency.kind)]
        suits = {one.agency_id for one in suggested_bodies(self.thing, self.now)}
        hints = {
            str(one.agency_id): "Suggested for this kind of provider"
            for one in leading
            if one.agency_id in suits
        }
        return {"bodies": bodies(leading), "hints": hints}

    def act(self, form: Any) -> None:
        """Propose it."""
        propose_lead(**form.told(), **self.known())


class TakePage(LeadPage):
    """Accept or decline the lead."""

    permission = "summit.ring"
    form_class = TakeForm
    heading = "Take the lead for the response"
    done = "Your body's answer is recorded."

    def find(self) -> None:
        """Fetch the proposal."""
        super().find()
        self.offer = self.row_of(self.thing.ringoffers.select_related("agency"), "offer")

    def possible(self) -> None:
        """For the body proposed, before it is decided."""
        only(self.offer.agency_id, self.by, f"Only {self.offer.agency} can say whether it takes the lead.")
        check_undecided(self.thing, self.now)

    def act(self, form: Any) -> None:
        """Answer."""
        answer_lead(offer=self.offer.pk, **form.told(), **self.known())


class ObjectPage(LeadPage):
    """Object to a body as lead."""

    permission = "summit.ring"
    form_class = ObjectForm
    heading = "Object to this lead"
    intro = "NHS England leads until another is agreed. You can take an objection back."
    button = "Object"
    done = "Your objection is recorded. NHS England leads until another is agreed."

    def find(self) -> None:
        """Fetch the proposal."""
        super().find()
        self.offer = self.row_of(self.thing.ringoffers.select_related("agency"), "offer")

    def possible(self) -> None:
        """Before it is decided."""
        check_undecided(self.thing, self.now)

    def context(self) -> dict[str, Any]:
        """Return whom it is about."""
        return {**super().context(), "caption": str(self.offer.agency)}

    def act(self, form: Any) -> None:
        """Object."""
        object_to_lead(agency=self.offer.agency_id, **form.told(), **self.known())


class WithdrawObjectionPage(LeadPage):
    """Take an objection back."""

    permission = "summit.ring"
    form_class = ConfirmForm
    heading = "Take your objection back"
    intro = "The body you objected to leads again, if it had accepted."
    button = "Take it back"
    done = "Your objection is taken back."

    def find(self) -> None:
        """Fetch the objection."""
        super().find()
        self.objection = self.row_of(self.thing.ringobjections.select_related("by_agency"), "objection")

    def act(self, form: Any) -> None:
        """Take it back."""
        withdraw_objection(objection=self.objection.pk, **self.known())


class HandOverPage(LeadPage):
    """Offer the lead to another body."""

    permission = "summit.ring"
    form_class = HandOverForm
    heading = "Hand the lead over"
    intro = "The other body must accept. Until then yours leads."
    button = "Ask this body to take over"
    done = "Asked. Your body leads until it accepts."

    def possible(self) -> None:
        """For the body that leads."""
        holding = self.thing.holding()
        only(holding.agency_id, self.by, f"Only {holding.agency}, which leads, can hand over.")

    def form_kwargs(self) -> dict[str, Any]:
        """Return the other bodies called that may lead."""
        leading = [one for one in self.called if may_lead(one.agency.kind)]
        return {"bodies": bodies(leading, but=self.thing.holding().agency_id)}

    def act(self, form: Any) -> None:
        """Offer it."""
        offer_handover(**form.told(), **self.known())


class TakeOverPage(LeadPage):
    """Take over the lead, or decline."""

    permission = "summit.ring"
    form_class = HandOverAnswerForm
    heading = "Take over the lead"
    done = "Your body's answer is recorded."

    def find(self) -> None:
        """Fetch the offer."""
        super().find()
        self.handover = self.row_of(self.thing.ringhandovers.select_related("to"), "handover")

    def possible(self) -> None:
        """For the body it was offered to."""
        only(self.handover.to_id, self.by, f"Only {self.handover.to} can say whether it takes over.")

    def act(self, form: Any) -> None:
        """Answer."""
        answer_handover(handover=self.handover.pk, **form.told(), **self.known())


class ConcernedPage(RoomFormPage):
    """Declare that NHS England is itself concerned."""

    permission = "summit.convene"
    form_class = ConcernedForm
    heading = "NHS England is itself concerned"
    intro = "Its next tier then leads, if no other body is agreed in time. Everyone in this room sees the declaration."
    button = "Declare it"
    done = "It is declared that NHS England is itself concerned."
    anchor = "lead"

    def act(self, form: Any) -> None:
        """Declare it."""
        declare_concerned(**form.told(), **self.known())
