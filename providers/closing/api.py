"""Closure and hand-back plans through the API."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import (
    Choice,
    Day,
    Deed,
    Guarded,
    Key,
    Listing,
    Many,
    Moment,
    Named,
    Number,
    One,
    Shown,
    Text,
    facts_of,
)
from access.api.endpoints import PageOf
from access.api.fields import Given
from access.principal import OWN_BODY, Place
from access.sight import visible_to
from providers.closing import operations, rules
from providers.models import ClosurePlan, Provider


class CouncilShown(Shown):
    """A council that places people there: how many, when it was told, and its receipt."""

    agency = Named()
    people = serializers.IntegerField()
    told_at = Moment(allow_null=True)
    confirmed_at = Moment(allow_null=True)
    confirmed_by = Named(allow_null=True)
    how = serializers.CharField(help_text="`read`, `telephone`, or empty while it has not confirmed.")
    answered = serializers.CharField()


class PlaceShown(Shown):
    """Places that another provider offers, and from when."""

    id = serializers.UUIDField()
    provider = Named()
    places = serializers.IntegerField()
    from_on = serializers.DateField()
    ended_at = Moment(allow_null=True)


class NoteShown(Shown):
    """One entry of the plan's timeline."""

    deed = serializers.CharField()
    text = serializers.CharField()
    on = serializers.DateField()
    recorded_at = Moment()
    by = Named()
    agency = Named()


class PlanShown(Shown):
    """A plan for the end of a service. Of people it holds numbers only."""

    id = serializers.UUIDField()
    provider = Named()
    location = Named(allow_null=True)
    owner = Named()
    kind = serializers.CharField()
    state = serializers.CharField()
    summary = serializers.CharField()
    expected_on = serializers.DateField(allow_null=True)
    people = serializers.IntegerField(allow_null=True)
    incoming = Named(allow_null=True)
    incoming_said = serializers.CharField()
    outcome = serializers.CharField()
    recorded_at = Moment()


class WholePlan(PlanShown):
    """A plan with its councils, its alternative places and its timeline."""

    councils = CouncilShown(many=True)
    places = PlaceShown(many=True)
    notes = NoteShown(many=True)


class PlanFilters(PageOf):
    """What narrows the list of plans."""

    provider = Key(required=False)
    kind = Choice(list(rules.KIND_WORDS), required=False)
    state = Choice(list(rules.STATE_WORDS), required=False)


class ListPlans(Listing):
    """The closure and hand-back plans that you see, the newest first."""

    path = "closure-plans/"
    permission = "closing.read"
    shows = PlanShown
    filters = PlanFilters

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        held = ClosurePlan.objects.filter(**self.narrowing("provider", "kind", "state"))
        return visible_to(self.by, held).select_related("record__owner", "provider", "location", "incoming")

    def told(self, thing: ClosurePlan) -> Any:
        """Return it."""
        return _facts(PlanShown, thing)


def _facts(shows: type[Shown], plan: ClosurePlan, **more: Any) -> dict[str, Any]:
    return facts_of(
        shows, plan, id=plan.pk, owner=plan.record.owner, recorded_at=plan.record.recorded_at, **more
    )


class ReadPlan(One):
    """One plan, with its councils, its alternative places and its timeline."""

    path = "closure-plans/<uuid:id>/"
    permission = "closing.read"
    kind = ClosurePlan
    related = ("provider", "location", "incoming")
    shows = WholePlan

    def told(self, thing: ClosurePlan) -> Any:
        """Return it with its parts."""
        return _facts(
            WholePlan,
            thing,
            councils=list(thing.councils.select_related("agency", "confirmed_by")),
            places=list(thing.places.select_related("provider")),
            notes=list(thing.notes.select_related("by", "agency")),
        )


class FactsGiven(Guarded):
    """What a plan says."""

    guarded: tuple[str, ...] = ("summary",)

    kind = Choice(list(rules.KIND_WORDS))
    summary = Text()
    expected_on = Day(required=False, allow_null=True)
    people = Number(required=False, allow_null=True, min_value=0, max_value=rules.MOST_PEOPLE)


def _split(said: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent with the facts of the plan as one."""
    names = rules.Facts.__dataclass_fields__
    facts = rules.Facts(**{name: said.pop(name) for name in list(names) if name in said})
    return {"facts": facts, **said}


class ClosurePlanGiven(FactsGiven):
    """A plan as it is drafted."""

    location = Key(required=False, help_text="The place that closes, where it is not all of the provider.")
    shared = Many(
        Text(max_length=50),
        required=False,
        help_text="`group-<id>` of the provider's groups; `body-<id>` of its commissioners and regulators.",
    )


class MakePlan(Deed):
    """Draft a plan about a provider; your body owns it."""

    path = "providers/<uuid:id>/closure-plans/"
    permission = "closing.keep"
    kind = Provider
    takes = ClosurePlanGiven
    gives = ReadPlan
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Draft it."""
        told = {**_split(said), "shared": frozenset(said.get("shared", ()))}
        return operations.make_plan(by=self.by, now=self.now, provider=self.thing, **told)


class OnPlan(Deed):
    """Base of what the plan's owner does with it."""

    abstract = True
    permission = "closing.keep"
    kind = ClosurePlan
    called = "plan"
    gives = ReadPlan
    seen = "version"

    def place(self) -> Place:
        """Return the plan's owner."""
        record: Place = self.thing.record
        return record


class ClosureChangeGiven(FactsGiven):
    """What a plan says from now on, and what is new."""

    guarded = ("summary", "why")

    why = Text()


class ChangePlan(OnPlan):
    """Change what a plan says; the councils that were told are told of it."""

    path = "closure-plans/<uuid:id>/change/"
    permission = "closing.keep"
    takes = ClosureChangeGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Change it."""
        return operations.change_plan(
            by=self.by, now=self.now, plan=self.thing, seen=self.thing.version, **_split(said)
        )


class ShareGiven(Given):
    """With whom a plan is shared further."""

    shared = Many(Text(max_length=50), help_text="As when the plan is drafted.")


class SharePlan(OnPlan):
    """Share a plan with groups and bodies that the provider concerns."""

    path = "closure-plans/<uuid:id>/share/"
    permission = "closing.keep"
    takes = ShareGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Share it."""
        return operations.share_plan(
            by=self.by,
            now=self.now,
            plan=self.thing,
            seen=self.thing.version,
            shared=frozenset(said["shared"]),
        )


class CouncilGiven(Given):
    """A council, and how many people it places there."""

    agency = Key()
    people = Number(min_value=0, max_value=rules.MOST_PEOPLE)


class NameCouncil(OnPlan):
    """Name a council that places people there, or say another number; it sees the plan by being named.

    One that was told is told of another number, and asked for its receipt again where it had confirmed.
    """

    path = "closure-plans/<uuid:id>/councils/"
    permission = "closing.keep"
    takes = CouncilGiven
    does = operations.name_council


class CouncilMeant(Given):
    """Which council."""

    agency = Key()


class DropCouncil(OnPlan):
    """Take off a council that was named by mistake and was not told."""

    path = "closure-plans/<uuid:id>/councils/off/"
    permission = "closing.keep"
    takes = CouncilMeant
    does = operations.drop_council


class TellCouncils(OnPlan):
    """Tell every council that is named and was not told yet, in one step."""

    path = "closure-plans/<uuid:id>/councils/tell/"
    permission = "closing.keep"
    does = operations.tell_councils


class RungGiven(Guarded):
    """Which council was rung, and who answered."""

    guarded = ("answered",)

    agency = Key()
    answered = Text(max_length=rules.LONGEST_NAME)


class ConfirmByTelephone(OnPlan):
    """Record that a council was told by telephone, and who answered."""

    path = "closure-plans/<uuid:id>/councils/rung/"
    permission = "closing.keep"
    takes = RungGiven
    does = operations.confirm_by_telephone


class ConfirmReading(OnPlan):
    """Confirm that your council has read the plan: its receipt."""

    path = "closure-plans/<uuid:id>/confirm/"
    permission = "closing.confirm"
    seen = ""
    does = operations.confirm_reading

    def place(self) -> Place:
        """Return one's own body."""
        return OWN_BODY


class PlaceGiven(Given):
    """Places that another provider offers."""

    provider = Key()
    places = Number(min_value=1, max_value=rules.MOST_PEOPLE)
    from_on = Day()


class OfferPlace(OnPlan):
    """Write down that another provider offers places."""

    path = "closure-plans/<uuid:id>/places/"
    permission = "closing.keep"
    takes = PlaceGiven
    does = operations.offer_place


class PlaceMeant(Given):
    """Which places."""

    place = Key()


class EndPlace(OnPlan):
    """Write down that places are no longer offered."""

    path = "closure-plans/<uuid:id>/places/end/"
    permission = "closing.keep"
    takes = PlaceMeant
    does = operations.end_place


class IncomingGiven(Guarded):
    """Who takes over: a provider of the directory, or its name."""

    guarded = ("name",)

    provider = Key(required=False)
    name = Text(required=False, allow_blank=True, max_length=rules.LONGEST_NAME)


class SayIncoming(OnPlan):
    """Write down who takes over."""

    path = "closure-plans/<uuid:id>/incoming/"
    permission = "closing.keep"
    takes = IncomingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Write it down."""
        told = {"provider": said.pop("provider", None), "said": said.pop("name", ""), **said}
        return operations.say_incoming(
            by=self.by, now=self.now, plan=self.thing, seen=self.thing.version, **told
        )


class StateGiven(Guarded):
    """What becomes of a plan, and how it came to that."""

    guarded = ("text",)

    then = Choice([code for code in rules.STATE_WORDS if code != rules.DRAFTED])
    text = Text()
    on = Day()


class DecidePlan(OnPlan):
    """Say that a plan is agreed, carried out, ended or withdrawn."""

    path = "closure-plans/<uuid:id>/state/"
    permission = "closing.decide"
    takes = StateGiven
    does = operations.decide_plan


class ClosureNoteGiven(Guarded):
    """What happened."""

    guarded = ("text",)

    text = Text()
    on = Day()


class NotePlan(OnPlan):
    """Note in a plan's timeline what happened."""

    path = "closure-plans/<uuid:id>/notes/"
    permission = "closing.keep"
    takes = ClosureNoteGiven
    does = operations.note_plan
