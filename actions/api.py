"""Actions through the API: what one body asks of another, and each turn of their answer."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import (
    Choice,
    Deed,
    Guarded,
    Key,
    Listing,
    ListingUnder,
    Many,
    Moment,
    Named,
    One,
    Shown,
    Text,
    Whether,
    facts_of,
)
from access.api.endpoints import PageOf
from access.models import Record
from access.principal import OWN_BODY, Place
from access.refusals import Invalid
from access.sight import visible_to
from actions import rules
from actions.models import Action, ActionComment
from actions.operations import (
    AskingSide,
    accept_action,
    agree_counter,
    ask_for_action,
    comment_on_action,
    complete_action,
    counter_action,
    decline_action,
    keep_to_what_was_asked,
    record_progress,
    withdraw_action,
)
from actions.operations.reading import BY_US, OF_US, OTHERS, board
from agencies.models import Agency


class TurnShown(Shown):
    """One turn of what two bodies say to each other."""

    number = serializers.IntegerField()
    deed = serializers.CharField()
    agency = Named()
    by = serializers.SerializerMethodField()
    text = serializers.CharField()
    statement = serializers.CharField()
    due_at = Moment(allow_null=True)
    rag = serializers.CharField()
    risk = serializers.CharField()
    happened_at = Moment()
    recorded_at = Moment()

    def get_by(self, turn: Any) -> str:
        """Who took it."""
        return str(turn.by or "")


class ActionLine(Shown):
    """An action in a list."""

    id = serializers.UUIDField()
    asking = Named()
    asked = Named()
    title = serializers.CharField()
    aim = serializers.CharField()
    status = serializers.CharField()
    overdue = serializers.BooleanField()
    due_at = Moment()
    led_by = serializers.CharField()


class ActionShown(ActionLine):
    """An action. `origin` is what it came from, where you see that too."""

    statement = serializers.CharField()
    power_kind = serializers.CharField()
    power = serializers.CharField()
    counter_statement = serializers.CharField()
    counter_due_at = Moment(allow_null=True)
    rag = serializers.CharField()
    initial_risk = serializers.CharField()
    current_risk = serializers.CharField()
    evidence = serializers.CharField()
    accepted_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    providers = Named(many=True)
    origin = serializers.UUIDField(allow_null=True)
    turns = TurnShown(many=True)


class ActionFilters(PageOf):
    """What narrows the list of actions."""

    side = Choice([OF_US, BY_US, OTHERS], required=False, help_text="Asked of your body, by it, or neither.")
    status = Choice(list(rules.TRANSITIONS), required=False)
    aim = Choice(list(rules.AIMS), required=False)
    origin = Key(required=False, help_text="What it came from.")


class ListActions(Listing):
    """The actions that you see, the one due soonest first."""

    path = "actions/"
    permission = "action.read"
    shows = ActionLine
    filters = ActionFilters
    moment = "due_at"
    soonest = True

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        asked = self.wanted
        if "side" in asked:
            found = board(self.by, side=asked["side"], now=self.now)
        else:
            found = visible_to(self.by, Action.objects.select_related("record__owner", "asked", "lead"))
        narrowed = self.narrowing("status", "aim")
        if "origin" in asked:
            seen = visible_to(self.by, Record.objects.filter(pk=asked["origin"]))
            narrowed["record__parent__in"] = seen.values("pk")
        return found.filter(**narrowed)

    def told(self, thing: Action) -> Any:
        """Return its line."""
        overdue = rules.is_overdue(thing.status, thing.due_at, self.now)
        return facts_of(ActionLine, thing, id=thing.pk, asking=thing.record.owner, overdue=overdue)


class ReadAction(One):
    """One action, and every turn."""

    path = "actions/<uuid:id>/"
    permission = "action.read"
    kind = Action
    related = ("asked", "lead")
    shows = ActionShown

    def told(self, thing: Action) -> Any:
        """Return it; what it came from only where that is in sight too."""
        origin = visible_to(self.by, Record.objects.filter(children=thing.pk)).first()
        return facts_of(
            ActionShown,
            thing,
            id=thing.pk,
            asking=thing.record.owner,
            overdue=rules.is_overdue(thing.status, thing.due_at, self.now),
            providers=list(thing.record.providers.order_by("name", "pk")),
            origin=origin.pk if origin else None,
            turns=list(thing.turns.select_related("agency", "by")),
        )


class AskingGiven(Guarded):
    """What is asked of a body. The statement is complete in itself: that body may not see where it came from."""

    guarded = ("statement", "power", "lead_name")

    asked = Key()
    statement = Text()
    aim = Choice(list(rules.AIMS))
    power_kind = Choice(
        list(rules.POWER_WORDS), help_text="`listed`, `none` needed, or `another`; none is ever refused."
    )
    power = Text(
        max_length=rules.LONGEST_POWER,
        required=False,
        allow_blank=True,
        help_text="One of the `powers` of the body asked (see `agencies`), or the words for another.",
    )
    due_at = Moment()
    risk = Choice(list(rules.RISKS))
    origin = Key(required=False, help_text="The concern or the summit's room that it comes from.")
    providers = Many(
        Key(), required=False, help_text="Whom it is about; all that the origin is about unless told."
    )
    lead_name = Text(max_length=rules.LONGEST_NAME, required=False, allow_blank=True)
    happened_at = Moment(required=False)


class AskForAction(Deed):
    """Ask a body for action: offered, never directed."""

    path = "actions/"
    permission = "action.ask"
    takes = AskingGiven
    gives = ReadAction
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Ask; what is out of sight and what never was read alike."""
        origin = None
        if wanted := said.pop("origin", None):
            origin = visible_to(self.by, Record.objects.select_related("owner").filter(pk=wanted)).first()
            if origin is None:
                raise Invalid({"origin": "There is nothing of this key to come from"})
        if not Agency.objects.filter(pk=said["asked"]).exists():
            raise Invalid({"asked": "Choose a body"})
        try:
            return ask_for_action(by=self.by, now=self.now, origin=origin, **said)
        except Invalid as refusal:  # a page has two boxes for the power
            raise Invalid(
                {"power" if name == "other_power" else name: said for name, said in refusal.errors.items()}
            ) from None


class Turn(Deed):
    """Base of a turn of the body asked, upon the turn that was read last."""

    abstract = True
    kind = Action
    related: ClassVar[tuple[str, ...]] = ("asked",)
    gives = ReadAction
    seen = "turn"

    def place(self) -> Place:
        """Return the body asked."""
        asked: Place = self.thing.asked
        return asked


class AskersTurn(Turn):
    """Base of a turn of the body that asked."""

    abstract = True
    permission = "action.ask"

    def place(self) -> Place:
        """Return the side that asks."""
        return AskingSide.of(self.thing.record)


class AcceptGiven(Guarded):
    """Anything to add, and who leads it."""

    guarded = ("text", "lead_name")

    text = Text(required=False, allow_blank=True)
    lead = Key(required=False, help_text="A person at the body asked.")
    lead_name = Text(max_length=rules.LONGEST_NAME, required=False, allow_blank=True)
    happened_at = Moment(required=False)


class AcceptAction(Turn):
    """Accept what was asked."""

    path = "actions/<uuid:id>/accept/"
    permission = "action.answer"
    takes = AcceptGiven
    does = accept_action


class DeclineGiven(Guarded):
    """Why."""

    guarded = ("reason",)

    reason = Text()
    happened_at = Moment(required=False)


class DeclineAction(Turn):
    """Decline what was asked."""

    path = "actions/<uuid:id>/decline/"
    permission = "action.answer"
    takes = DeclineGiven
    does = decline_action


class CounterGiven(Guarded):
    """Another way."""

    guarded = ("statement", "reason", "lead_name")

    statement = Text()
    due_at = Moment()
    reason = Text()
    lead = Key(required=False)
    lead_name = Text(max_length=rules.LONGEST_NAME, required=False, allow_blank=True)
    happened_at = Moment(required=False)


class CounterAction(Turn):
    """Propose another way."""

    path = "actions/<uuid:id>/counter/"
    permission = "action.answer"
    takes = CounterGiven
    does = counter_action


class ProgressGiven(Guarded):
    """How it is going."""

    guarded = ("text",)

    text = Text()
    rag = Choice(list(rules.RAGS))
    risk = Choice(list(rules.RISKS))
    happened_at = Moment(required=False)


class ReportProgress(Turn):
    """Say how it is going."""

    path = "actions/<uuid:id>/progress/"
    permission = "action.progress"
    takes = ProgressGiven
    does = record_progress


class DoneGiven(Guarded):
    """What shows that it is done."""

    guarded = ("evidence",)

    evidence = Text()
    risk = Choice(list(rules.RISKS))
    happened_at = Moment(required=False)


class CompleteAction(Turn):
    """Say that it is done."""

    path = "actions/<uuid:id>/done/"
    permission = "action.progress"
    takes = DoneGiven
    does = complete_action


class AgreeGiven(Guarded):
    """Anything to add."""

    guarded = ("text",)

    text = Text(required=False, allow_blank=True)


class AgreeToCounter(AskersTurn):
    """Agree to the other way that was proposed."""

    path = "actions/<uuid:id>/agree/"
    takes = AgreeGiven
    does = agree_counter


class WhyGiven(Guarded):
    """Why."""

    guarded = ("reason",)

    reason = Text()


class KeepToWhatWasAsked(AskersTurn):
    """Keep to what was asked."""

    path = "actions/<uuid:id>/keep/"
    takes = WhyGiven
    does = keep_to_what_was_asked


class WithdrawAction(AskersTurn):
    """Withdraw what was asked."""

    path = "actions/<uuid:id>/withdraw/"
    takes = WhyGiven
    does = withdraw_action


class ActionCommentShown(Shown):
    """What a reader of an action says."""

    id = serializers.UUIDField()
    by = serializers.CharField()
    agency = Named()
    text = serializers.CharField()
    narrowed = serializers.BooleanField()
    recorded_at = Moment()


def comment_told(comment: ActionComment) -> dict[str, Any]:
    """Return what is told of a comment."""
    record = comment.record
    return {
        "id": comment.pk,
        "by": str(record.recorded_by or ""),
        "agency": record.owner,
        "text": comment.text,
        "narrowed": record.narrowed,
        "recorded_at": record.recorded_at,
    }


class ListActionComments(ListingUnder):
    """What readers of an action say about it, the newest first."""

    path = "actions/<uuid:id>/comments/"
    permission = "action.read"
    kind = Action
    shows = ActionCommentShown

    def rows(self) -> QuerySet[Any]:
        """Return what is in sight by itself, too."""
        said = ActionComment.objects.filter(action=self.thing.pk)
        return visible_to(self.by, said).select_related("record__owner", "record__recorded_by")

    def told(self, thing: ActionComment) -> Any:
        """Return what is told of it."""
        return comment_told(thing)


class ReadActionComment(One):
    """One comment on an action."""

    path = "action-comments/<uuid:id>/"
    permission = "action.read"
    kind = ActionComment
    related = ("record__recorded_by",)
    shows = ActionCommentShown

    def told(self, thing: ActionComment) -> Any:
        """Return what is told of it."""
        return comment_told(thing)


class RemarkGiven(Guarded):
    """A word on an action; narrowed, it is for your own body and the one that asked."""

    guarded = ("text",)

    text = Text()
    narrowed = Whether(required=False)


class CommentOnAction(Deed):
    """Say a word on an action, without taking a turn."""

    path = "actions/<uuid:id>/comments/"
    permission = "action.comment"
    kind = Action
    takes = RemarkGiven
    gives = ReadActionComment
    does = comment_on_action
    makes = True

    def place(self) -> Place:
        """Return one's own body: whoever sees it may say something."""
        return OWN_BODY
