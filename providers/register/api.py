"""The regulatory record through the API: what was done with which power, ratings, and what to think about."""

from typing import Any

from django.db.models import Q, QuerySet
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
    One,
    Shown,
    Text,
    Whether,
    facts_of,
)
from access.api.endpoints import PageOf
from access.finding import the
from access.principal import Place
from providers.models import EarlierAction, Provider, Rating, Registration, RegulatoryAction
from providers.register.operations import correct_action, end_action, enter_action
from providers.register.reading import standing_of
from providers.register.rules import actions as rules
from providers.register.rules import ratings
from timekeeping.london import london_day


class PublishedShown(Shown):
    """What was published, as it was entered once. `kind`: `warning_notice`, `licence_condition` and so on."""

    version = serializers.IntegerField()
    kind = serializers.CharField()
    location = Named(allow_null=True, help_text="Null where it is about the provider as a whole.")
    power = serializers.CharField(help_text="A code of the list `tools_and_levers`, or `other`.")
    power_said = serializers.CharField()
    about = serializers.CharField()
    standards = serializers.ListField(child=serializers.CharField())
    inspected_on = serializers.DateField(allow_null=True)
    comply_by = serializers.DateField(allow_null=True)
    significant = serializers.BooleanField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="The first day on which it is not in force.")
    published_on = serializers.DateField()
    published_where = serializers.CharField()
    appeal = serializers.CharField(help_text="`none`, `made`, `allowed` or `dismissed`.")
    entered_at = Moment()
    entered_by = Named()


class EarlierActionShown(PublishedShown):
    """An entry as it stood before, and why it was changed."""

    reason = serializers.CharField()


class RegulatoryActionShown(PublishedShown):
    """What a regulator or commissioner did about a provider, as published."""

    id = serializers.UUIDField()
    provider = Named()
    agency = Named()
    standing = serializers.CharField(help_text="`coming`, `in_force`, `ended` or `set_aside`.")


class RegulatoryActionWhole(RegulatoryActionShown):
    """An entry with what it said before, the newest version first."""

    earlier = EarlierActionShown(many=True)


class RegulatoryActionFilters(PageOf):
    """What narrows the list of entries."""

    provider = Key(required=False)
    location = Key(required=False)
    agency = Key(required=False, help_text="The body whose power it was.")
    kind = Choice(list(rules.KINDS), required=False)


class ListRegulatoryActions(Listing):
    """What regulators and commissioners published that they did, the newest entry first."""

    path = "regulatory-actions/"
    permission = "directory.read"
    shows = RegulatoryActionShown
    filters = RegulatoryActionFilters
    moment = "entered_at"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the entries, narrowed."""
        asked = self.narrowing("provider", "location", "agency", "kind")
        return RegulatoryAction.objects.filter(**asked).select_related(*RELATED)

    def told(self, thing: RegulatoryAction) -> Any:
        """Return it with how it stands."""
        return facts_of(RegulatoryActionShown, thing, standing=thing.standing(london_day(self.now)))


RELATED = ("provider", "location", "agency", "entered_by")


class ReadRegulatoryAction(One):
    """One entry, with its earlier versions."""

    path = "regulatory-actions/<uuid:id>/"
    permission = "directory.read"
    kind = RegulatoryAction
    related = RELATED
    shows = RegulatoryActionWhole
    logged = False

    def told(self, thing: RegulatoryAction) -> Any:
        """Return it with how it stands, and how it stood."""
        earlier = EarlierAction.objects.filter(action=thing).select_related("location", "entered_by")
        return facts_of(
            RegulatoryActionWhole, thing, standing=thing.standing(london_day(self.now)), earlier=list(earlier)
        )


class PublishedGiven(Guarded):
    """What was published."""

    guarded: tuple[str, ...] = ("about", "power_said", "standards", "published_where")

    kind = Choice(list(rules.KINDS))
    location = Key(required=False, help_text="Left out: the provider as a whole.")
    power = Text(help_text="A code of the list `tools_and_levers`, of your own body's powers; or `other`.")
    power_said = Text(required=False, allow_blank=True, max_length=rules.LONGEST_LINE)
    about = Text()
    standards = Many(Text(max_length=rules.LONGEST_LINE), required=False, max_length=rules.MOST_STANDARDS)
    inspected_on = Day(required=False)
    comply_by = Day(required=False)
    significant = Whether(required=False)
    starts_on = Day()
    ends_on = Day(required=False)
    published_on = Day()
    published_where = Text(max_length=rules.LONGEST_LINE)
    appeal = Choice(list(rules.APPEAL_WORDS), required=False)


def facts_said(said: dict[str, Any]) -> rules.Facts:
    """Return what was sent as the facts of an entry."""
    return rules.Facts(**{**said, "standards": rules.lines_of("\n".join(said.get("standards", ())))})


class RegulatoryActionGiven(PublishedGiven):
    """What was published, and about which provider."""

    provider = Key()


class EnterRegulatoryAction(Deed):
    """Enter what your own body published that it did about a provider."""

    path = "regulatory-actions/"
    permission = "register.enter"
    takes = RegulatoryActionGiven
    gives = ReadRegulatoryAction
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Enter it."""
        provider = the(Provider.objects.filter(pk=said.pop("provider")))
        decided = said.pop("decided", frozenset())
        return enter_action(
            by=self.by, now=self.now, provider=provider, facts=facts_said(said), decided=decided
        )


class OfTheBody:
    """Mixed into deeds with an entry: the role is held at the body whose power it was."""

    def place(self: Any) -> Place:
        """Return the body."""
        body: Place = self.thing.agency
        return body


class RegulatoryCorrection(PublishedGiven):
    """An entry as it should be, whole, and why."""

    guarded = (*PublishedGiven.guarded, "reason")

    reason = Text(max_length=rules.LONGEST_LINE)


class CorrectRegulatoryAction(OfTheBody, Deed):
    """Correct an entry of your own body, or say what became of an appeal; the version before stays."""

    path = "regulatory-actions/<uuid:id>/correct/"
    permission = "register.enter"
    kind = RegulatoryAction
    related = RELATED
    takes = RegulatoryCorrection
    gives = ReadRegulatoryAction
    seen = "version"

    def act(self, said: dict[str, Any]) -> Any:
        """Correct it."""
        decided, reason = said.pop("decided", frozenset()), said.pop("reason")
        return correct_action(
            by=self.by,
            now=self.now,
            action=self.thing,
            facts=facts_said(said),
            reason=reason,
            seen=self.thing.version,
            decided=decided,
        )


class RegulatoryEnd(Guarded):
    """The first day on which it is no longer in force."""

    ends_on = Day()


class EndRegulatoryAction(OfTheBody, Deed):
    """Say from which day an entry of your own body is no longer in force."""

    path = "regulatory-actions/<uuid:id>/end/"
    permission = "register.enter"
    kind = RegulatoryAction
    related = RELATED
    takes = RegulatoryEnd
    gives = ReadRegulatoryAction
    seen = "version"
    called = "action"
    does = end_action


class RatingShown(Shown):
    """The ratings of one report of the Care Quality Commission: `good`, `inadequate`, `not_rated`; "" where it gave none."""

    id = serializers.UUIDField()
    provider = Named(allow_null=True, help_text="The provider, where it is rated as a whole.")
    location = Named(allow_null=True, help_text="The place, where one is rated.")
    current = serializers.BooleanField()
    report_on = serializers.DateField(allow_null=True, help_text="Null where the source does not tell.")
    predecessor = serializers.CharField(
        help_text="The identifier of the location that was rated, where another was."
    )
    overall = serializers.CharField()
    safe = serializers.CharField()
    effective = serializers.CharField()
    caring = serializers.CharField()
    responsive = serializers.CharField()
    well_led = serializers.CharField()
    safe_on = serializers.DateField(allow_null=True)
    effective_on = serializers.DateField(allow_null=True)
    caring_on = serializers.DateField(allow_null=True)
    responsive_on = serializers.DateField(allow_null=True)
    well_led_on = serializers.DateField(allow_null=True)
    departure = serializers.CharField(
        help_text="A sentence where the overall rating is not what the five key questions add up to."
    )
    published_in = serializers.CharField(source="source", help_text="The file it was taken from.")
    recorded_at = Moment()
    replaced_at = Moment(allow_null=True, help_text="When the publisher put another in its place.")


class RatingFilters(PageOf):
    """What narrows the list of ratings."""

    provider = Key(required=False, help_text="Of the provider as a whole and of each of its places.")
    location = Key(required=False)
    current = Whether(required=False)
    overall = Choice(list(ratings.RATING_WORDS), required=False)


class ListRatings(Listing):
    """Ratings, current and historic, the one taken over last first."""

    path = "ratings/"
    permission = "directory.read"
    shows = RatingShown
    filters = RatingFilters
    moment = "recorded_at"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the ratings, narrowed."""
        rows = Rating.objects.filter(**self.narrowing("location", "current", "overall"))
        if provider := self.wanted.get("provider"):
            rows = rows.filter(Q(provider=provider) | Q(location__provider=provider))
        return rows.select_related("provider", "location")


class ReadRating(One):
    """One report's ratings."""

    path = "ratings/<uuid:id>/"
    permission = "directory.read"
    kind = Rating
    related = ("provider", "location")
    shows = RatingShown
    logged = False


class RegistrationShown(Shown):
    """A registration with the Care Quality Commission, as it published it."""

    id = serializers.UUIDField()
    provider = Named(allow_null=True, help_text="The provider, where it is its own.")
    location = Named(allow_null=True, help_text="The place, where it is of one.")
    registered_on = serializers.DateField(allow_null=True)
    deregistered = serializers.BooleanField()
    deregistered_on = serializers.DateField(allow_null=True)
    dormant = serializers.BooleanField()
    services = serializers.ListField(child=serializers.CharField())
    beds = serializers.IntegerField(allow_null=True)
    council = serializers.CharField(help_text='"" where the source does not tell.')
    last_inspected_on = serializers.DateField(allow_null=True)
    predecessors = serializers.ListField(
        child=serializers.CharField(), help_text="The Commission's identifiers of what it follows."
    )
    successors = serializers.ListField(child=serializers.CharField())
    published_in = serializers.CharField(source="source", help_text="The file it was taken from.")
    recorded_at = Moment()
    replaced_at = Moment(allow_null=True, help_text="When the publisher put another in its place.")


class RegistrationFilters(PageOf):
    """What narrows the list of registrations."""

    provider = Key(required=False, help_text="Its own and those of each of its places.")
    location = Key(required=False)
    deregistered = Whether(required=False)
    replaced = Whether(required=False, help_text="`false`: as published now.")


class ListRegistrations(Listing):
    """Registrations, those that ended too, the one taken over last first."""

    path = "registrations/"
    permission = "directory.read"
    shows = RegistrationShown
    filters = RegistrationFilters
    moment = "recorded_at"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the registrations, narrowed."""
        rows = Registration.objects.filter(**self.narrowing("location", "deregistered"))
        if provider := self.wanted.get("provider"):
            rows = rows.filter(Q(provider=provider) | Q(location__provider=provider))
        if (replaced := self.wanted.get("replaced")) is not None:
            rows = rows.filter(replaced_at__isnull=not replaced)
        return rows.select_related("provider", "location")


class PromptShown(Shown):
    """Something to think about. It is no judgement."""

    code = serializers.CharField(help_text="A code of the list `breach_patterns`.")
    pattern = serializers.CharField(source="label")
    words = serializers.CharField()
    rests_on = serializers.ListField(child=serializers.CharField())


class StandingShown(Shown):
    """How a provider's regulatory record stands today."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    rating = RatingShown(allow_null=True, help_text="Of the provider, or of its only rated place.")
    places = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many of its places have each overall rating now."
    )
    inspected_on = serializers.DateField(allow_null=True)
    inspected = serializers.CharField(help_text="How long ago that is, in words.")
    in_force = Named(many=True)
    prompts = PromptShown(many=True)


class ReadRegister(One):
    """A provider's regulatory record in short: the current rating, the last inspection, what is in force, prompts."""

    path = "providers/<uuid:id>/regulatory-record/"
    permission = "directory.read"
    kind = Provider
    shows = StandingShown
    logged = False

    def told(self, thing: Provider) -> Any:
        """Return how it stands."""
        standing = standing_of(thing, self.now)
        return {
            "id": thing.pk,
            "name": thing.name,
            "rating": standing.rating,
            "places": {code: number for code, _, number in standing.tally},
            "inspected_on": standing.inspected_on,
            "inspected": standing.inspected,
            "in_force": standing.in_force,
            "prompts": standing.prompts,
        }
