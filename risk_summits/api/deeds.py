"""What is done in risk summits: each the operation of the same name. Facts of the room are named in the body."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model

from access.api import Choice, Deed, Given, Guarded, Key, Many, Moment, Nothing, Number, Text, Whether
from access.principal import OWN_BODY, Place
from risk_summits import operations as summits
from risk_summits.api.reading import InRoom, ReadSummit
from risk_summits.models import RiskSummit, Room
from risk_summits.operations.trigger import Trigger
from risk_summits.rules import calling, closing, judging, response, ring, sealing


class TriggerGiven(Guarded):
    """Three lines are enough; without `called`, the bodies that the portal proposes are called."""

    guarded = ("feared",)

    provider = Key()
    feared = Text()
    danger = Choice(list(response.DANGER))
    called = Many(Key(), required=False)
    home = Key(required=False, help_text="The group that leads; the provider's own unless told.")
    essential = Many(Key(), required=False)
    restricted = Whether(required=False)
    criticised = Whether(required=False, help_text="NHS England is itself criticised.")


class TriggerSummit(Deed):
    """Call a risk summit: the bodies are alerted, and the clocks start. If people are in danger, ring 999 first."""

    path = "risk-summits/"
    permission = "summit.trigger"
    takes = TriggerGiven
    gives = ReadSummit
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Call it."""
        return summits.trigger_summit(by=self.by, now=self.now, said=Trigger(**said))


class AcknowledgeAlert(Deed):
    """Say that you have this: whatever you were told of the summit's alert is acknowledged."""

    path = "risk-summits/<uuid:id>/acknowledge/"
    permission = "summit.acknowledge"
    kind = RiskSummit
    gives = ReadSummit

    def act(self, said: dict[str, Any]) -> Any:
        """Acknowledge it."""
        summits.acknowledge_alert(by=self.by, now=self.now, summit=self.thing)
        return self.thing


class InTheRoom(InRoom, Deed):
    """Base of what is done in a room; ``at_room`` says that the role must be held at the summit, else at one's body."""

    abstract = True
    kind: ClassVar[type[Model] | None] = Room  # type: ignore[assignment]
    called = "room"
    gives = ReadSummit
    at_room: ClassVar[bool] = True

    def place(self) -> Place:
        """Return the summit, or one's own body."""
        return self.thing if self.at_room else OWN_BODY

    def key_of(self, done: Any) -> UUID:
        """Return the summit, whatever the operation made."""
        return self.thing.summit_id


# Calling


class PhoneGiven(Guarded):
    """Who was told, of the alert named by its clock."""

    guarded = ("whom",)

    clock = Key()
    person = Key(required=False)
    whom = Text(max_length=calling.LONGEST_NAME, required=False, allow_blank=True)
    happened_at = Moment(required=False)


class TellByPhone(InTheRoom):
    """Write down that somebody was told of the alert by telephone: it counts as reached."""

    path = "risk-summits/<uuid:id>/told-by-phone/"
    permission = "summit.call"
    takes = PhoneGiven
    does = summits.tell_by_phone


class CallingGiven(Guarded):
    """Another body, and why."""

    guarded = ("why",)

    agency = Key()
    why = Text(max_length=calling.LONGEST_LINE)
    essential = Whether(required=False)


class CallBody(InTheRoom):
    """Call another body: its people will see everything in the room."""

    path = "risk-summits/<uuid:id>/call/"
    permission = "summit.call"
    takes = CallingGiven
    does = summits.call_body


class ListingGiven(Given):
    """A person, at a body called."""

    agency = Key()
    person = Key()


class ListPerson(InTheRoom):
    """List somebody of any body called."""

    path = "risk-summits/<uuid:id>/participants/"
    permission = "summit.call"
    takes = ListingGiven
    does = summits.list_person


class BringPerson(InTheRoom):
    """List somebody of your own body."""

    path = "risk-summits/<uuid:id>/bring/"
    permission = "summit.bring"
    at_room = False
    takes = ListingGiven
    does = summits.list_person


# What is known and said


class WordsGiven(Guarded):
    """Words, and when it was."""

    guarded = ("text",)

    text = Text()
    happened_at = Moment(required=False)


class AddKnown(InTheRoom):
    """Add to what is known in the room."""

    path = "risk-summits/<uuid:id>/known/"
    permission = "summit.inform"
    at_room = False
    takes = WordsGiven
    does = summits.add_known


class DangerGiven(Guarded):
    """Whether somebody is in danger, as far as is known."""

    guarded = ("text",)

    answer = Choice([response.YES, response.NOT_SURE])
    text = Text(required=False, allow_blank=True)
    happened_at = Moment(required=False)


class SayDanger(InTheRoom):
    """Say that somebody is, or may be, in danger: never sealed. Ring 999 or the council first."""

    path = "risk-summits/<uuid:id>/danger/"
    permission = "summit.inform"
    at_room = False
    takes = DangerGiven
    does = summits.say_danger


class ViewGiven(Guarded):
    """Your body's view."""

    guarded = ("text",)

    answer = Choice(list(sealing.ANSWERS))
    text = Text(required=False, allow_blank=True)


class StateView(InTheRoom):
    """State your body's view, unseen by the others until the reveal."""

    path = "risk-summits/<uuid:id>/views/"
    permission = "summit.state_view"
    at_room = False
    takes = ViewGiven
    does = summits.state_view


class JudgementGiven(Guarded):
    """A judgement, with the moment at which it was taken. `code` is one of the judge's own list."""

    guarded = ("text",)

    judge = Choice(list(judging.JUDGES))
    code = Text()
    text = Text(required=False, allow_blank=True)
    happened_at = Moment(required=False)
    until = Moment(required=False)
    severity = Text(required=False, allow_blank=True)


class RecordJudgement(InTheRoom):
    """Record a judgement: the group's, or your own body's. The operation says whose it is to take."""

    path = "risk-summits/<uuid:id>/judgement/"
    permission = "summit.read"
    at_room = False
    seen = "version"
    takes = JudgementGiven
    does = summits.record_judgement


class JudgementCorrected(Guarded):
    """When it was really taken."""

    guarded = ("why",)

    judgement = Key()
    happened_at = Moment()
    why = Text(max_length=calling.LONGEST_LINE)


class CorrectJudgement(InTheRoom):
    """Put the moment of a judgement right: its clocks are set anew, and both stay."""

    path = "risk-summits/<uuid:id>/judgement/correct/"
    permission = "summit.read"
    at_room = False
    takes = JudgementCorrected
    does = summits.correct_judgement


class TablingGiven(Given):
    """A concern of your body about this provider; kept, it stays shared when the summit ends."""

    concern = Key()
    keep = Whether(required=False)


class TableConcern(InTheRoom):
    """Put a concern of your body before the room: everyone in it sees it until the summit ends."""

    path = "risk-summits/<uuid:id>/tabled/"
    permission = "summit.table"
    at_room = False
    takes = TablingGiven
    does = summits.table_concern


class TabledChanged(Given):
    """What was put before the room: kept after the end, or taken back now."""

    tabled = Key()
    take_back = Whether(required=False)


class ChangeTabled(InTheRoom):
    """Keep what your body put before the room, or take it back."""

    path = "risk-summits/<uuid:id>/tabled/change/"
    permission = "summit.table"
    at_room = False
    takes = TabledChanged
    does = summits.change_tabled


# Who leads


class OfRing(InTheRoom):
    """Base of the deeds about who leads."""

    abstract = True
    permission = "summit.ring"
    at_room = False


class LeadGiven(Given):
    """A body called."""

    agency = Key()
    happened_at = Moment(required=False)


class ProposeLead(OfRing):
    """Propose a body as lead; proposing your own is accepting."""

    path = "risk-summits/<uuid:id>/ring/"
    takes = LeadGiven
    does = summits.propose_lead


class LeadAnswered(Guarded):
    """Whether your body takes the lead it was proposed for."""

    guarded = ("reason",)

    offer = Key()
    accept = Whether()
    reason = Text(max_length=calling.LONGEST_LINE, required=False, allow_blank=True)
    happened_at = Moment(required=False)


class AnswerLead(OfRing):
    """Take the lead, or decline it."""

    path = "risk-summits/<uuid:id>/ring/answer/"
    takes = LeadAnswered
    does = summits.answer_lead


class ObjectionGiven(Guarded):
    """Why this body should not lead."""

    guarded = ("text",)

    agency = Key()
    ground = Choice(list(ring.GROUNDS))
    text = Text(max_length=calling.LONGEST_LINE)
    happened_at = Moment(required=False)


class ObjectToLead(OfRing):
    """Object to a body as lead."""

    path = "risk-summits/<uuid:id>/ring/object/"
    takes = ObjectionGiven
    does = summits.object_to_lead


class ObjectionNamed(Given):
    """An objection of your body."""

    objection = Key()


class WithdrawObjection(OfRing):
    """Take an objection of your body back."""

    path = "risk-summits/<uuid:id>/ring/take-back/"
    takes = ObjectionNamed
    does = summits.withdraw_objection


class HandingGiven(Given):
    """To which body."""

    to = Key()


class OfferHandover(OfRing):
    """Offer the lead to another body; yours leads until it accepts."""

    path = "risk-summits/<uuid:id>/ring/hand-over/"
    takes = HandingGiven
    does = summits.offer_handover


class HandoverAnswered(Guarded):
    """Whether your body takes the lead over."""

    guarded = ("reason",)

    handover = Key()
    accept = Whether()
    reason = Text(max_length=calling.LONGEST_LINE, required=False, allow_blank=True)


class AnswerHandover(OfRing):
    """Take the lead over, or decline."""

    path = "risk-summits/<uuid:id>/ring/take-over/"
    takes = HandoverAnswered
    does = summits.answer_handover


class ConcernedGiven(Given):
    """Why NHS England is itself concerned."""

    why = Text()


class DeclareConcerned(InTheRoom):
    """Declare that NHS England is itself concerned: its next tier then leads, if no other body is agreed in time."""

    path = "risk-summits/<uuid:id>/ring/concerned/"
    permission = "summit.convene"
    takes = ConcernedGiven
    does = summits.declare_concerned


# The response


class SoonerGiven(Guarded):
    """In how many hours of the judgement, and why."""

    guarded = ("reason",)

    hours = Number(min_value=1, max_value=48)
    reason = Text(max_length=calling.LONGEST_LINE)


class BringForward(InTheRoom):
    """Ask the bodies to meet sooner. It can only be made shorter."""

    path = "risk-summits/<uuid:id>/sooner/"
    permission = "summit.convene"
    takes = SoonerGiven
    does = summits.bring_forward


class DaysGiven(Given):
    """How often, in days."""

    days = Number(min_value=1, max_value=366)


class SetFollowUp(InTheRoom):
    """Say how often they meet while action is outstanding."""

    path = "risk-summits/<uuid:id>/follow-up/"
    permission = "summit.convene"
    takes = DaysGiven
    does = summits.set_follow_up


class ImpactGiven(Guarded):
    """What is considered, of whom it is asked, and by when."""

    guarded = ("step",)

    step = Text()
    agencies = Many(Key())
    due_at = Moment(required=False)


class AskForImpact(InTheRoom):
    """For CQC: ask the bodies what a regulatory step would do."""

    path = "risk-summits/<uuid:id>/impacts/"
    permission = "summit.impact"
    at_room = False
    takes = ImpactGiven
    does = summits.ask_for_impact


class ImpactAnswered(Guarded):
    """What it would do, or why your body declines to say."""

    guarded = ("text",)

    assessment = Key()
    text = Text()
    declined = Whether(required=False)
    happened_at = Moment(required=False)


class AnswerImpact(InTheRoom):
    """Answer what a regulatory step would do."""

    path = "risk-summits/<uuid:id>/impacts/answer/"
    permission = "summit.impact"
    at_room = False
    takes = ImpactAnswered
    does = summits.answer_impact


# The end


class GateGiven(Guarded):
    """What is answered at a gate."""

    guarded = ("text", "reference")

    gate = Choice(list(closing.GATES))
    answer = Choice(sorted({code for codes in closing.ANSWERS.values() for code in codes}))
    text = Text(required=False, allow_blank=True)
    reference = Text(max_length=calling.LONGEST_LINE, required=False, allow_blank=True)
    happened_at = Moment(required=False)


class AnswerGate(InTheRoom):
    """Answer what is asked as a matter of routine."""

    path = "risk-summits/<uuid:id>/gates/"
    permission = "summit.record"
    seen = "version"
    takes = GateGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Answer, upon the answers that there were."""
        before = self.thing.gateanswers.filter(gate=said["gate"]).count()
        return summits.answer_gate(by=self.by, now=self.now, room=self.thing, seen=before, **said)


class CriterionGiven(Guarded):
    """What must be so before the summit may end."""

    guarded = ("text",)

    text = Text(max_length=calling.LONGEST_LINE)


class SetCriterion(InTheRoom):
    """Set an exit criterion."""

    path = "risk-summits/<uuid:id>/criteria/"
    permission = "summit.record"
    takes = CriterionGiven
    does = summits.set_criterion


class CriterionMet(Guarded):
    """What shows that it is so."""

    guarded = ("evidence",)

    criterion = Key()
    evidence = Text()
    happened_at = Moment(required=False)


class MeetCriterion(InTheRoom):
    """Mark an exit criterion met."""

    path = "risk-summits/<uuid:id>/criteria/met/"
    permission = "summit.record"
    takes = CriterionMet
    does = summits.meet_criterion


class EndGiven(Guarded):
    """What was learnt, and what came of it."""

    guarded = ("learning", "outcome")

    learning = Text()
    outcome = Text(max_length=calling.LONGEST_LINE, required=False, allow_blank=True)


class StandDown(InTheRoom):
    """Close the summit."""

    path = "risk-summits/<uuid:id>/stand-down/"
    permission = "summit.close"
    seen = "version"
    takes = EndGiven
    does = summits.stand_down


class ProviderWordGiven(Guarded):
    """What passed between the room and the provider."""

    guarded = ("text",)

    kind = Choice(list(closing.PROVIDER_WORDS))
    text = Text()
    happened_at = Moment(required=False)


class TellProvider(InTheRoom):
    """Record what passed with the provider: told, heard, told the outcome."""

    path = "risk-summits/<uuid:id>/provider-words/"
    permission = "summit.tell_provider"
    takes = ProviderWordGiven
    does = summits.record_provider_word


class WithholdingGiven(Guarded):
    """Why the provider is not told yet."""

    guarded = ("reason",)

    reason = Text()


class ProposeWithholding(InTheRoom):
    """Propose not to tell the provider yet; a second person must agree."""

    path = "risk-summits/<uuid:id>/withholding/"
    permission = "summit.tell_provider"
    takes = WithholdingGiven
    does = summits.propose_withholding


class AgreeToWithholding(InTheRoom):
    """Agree, as the second person, not to tell the provider yet."""

    path = "risk-summits/<uuid:id>/withholding/agree/"
    permission = "summit.tell_provider"
    takes = Nothing
    does = summits.agree_withholding
