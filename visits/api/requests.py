"""The register of requests for information: reading it, who holds something already, and asking."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Choice, Day, Deed, Key, Listing, ListingUnder, Moment, Named, One, Shown, facts_of
from access.api.endpoints import PageOf
from access.finding import the
from access.principal import Place
from access.reach import explain
from concerns.api.given import EndingGiven, SharingGiven, sharing_of
from concerns.api.reading import audience_told
from concerns.api.shown import AccessShown
from providers.models import Provider
from visits.api import given
from visits.models import InformationRequest
from visits.operations.asking import ask_provider, record_answer, withdraw_request
from visits.operations.reading import held_already, requests_seen
from visits.operations.sharing import share_request, unshare_request
from visits.rules import asking
from visits.rules.asking import Wish


class RequestShown(Shown):
    """What a body asked a provider for."""

    id = serializers.UUIDField()
    provider = Named()
    agency = Named(help_text="The body that asked: ask it before the provider.")
    kind = serializers.CharField()
    about = serializers.CharField()
    covers_from = serializers.DateField()
    covers_to = serializers.DateField()
    asked_on = serializers.DateField()
    due_on = serializers.DateField()
    status = serializers.CharField()
    answered_on = serializers.DateField(allow_null=True)
    held_where = serializers.CharField()
    why = serializers.CharField(help_text="Why it was withdrawn.")
    changed_at = Moment()


class RequestFilters(PageOf):
    """What narrows the register."""

    provider = Key(required=False)
    agency = Key(required=False, help_text="The body that asked.")
    kind = Choice(list(asking.INFORMATION), required=False)
    status = Choice(list(asking.REQUEST_TRANSITIONS), required=False)


def request_told(thing: InformationRequest) -> dict[str, Any]:
    """Return what is told of a request."""
    return facts_of(RequestShown, thing, id=thing.pk, agency=thing.record.owner)


class ListRequests(Listing):
    """The requests for information that you see, the newest first."""

    path = "information-requests/"
    permission = "information.read"
    shows = RequestShown
    filters = RequestFilters

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        return requests_seen(self.by, **self.narrowing("provider", "agency", "kind", "status"))

    def told(self, thing: InformationRequest) -> Any:
        """Return what is told of it."""
        return request_told(thing)


class HeldFilters(PageOf):
    """What would be asked."""

    kind = Choice(list(asking.INFORMATION), required=False, help_text="Any kind unless told.")
    covers_from = Day(required=False, help_text="From the beginning unless told.")
    covers_to = Day(required=False, help_text="Without an end unless told.")


class ListHeld(ListingUnder):
    """Who holds, or has asked for, the same already, of what you see: ask them before the provider."""

    path = "providers/<uuid:id>/held-information/"
    permission = "information.read"
    kind = Provider
    shows = RequestShown
    filters = HeldFilters

    def rows(self) -> QuerySet[Any]:
        """Return the requests for the same kind of information with a day of the period."""
        asked = self.wanted
        return held_already(
            self.by,
            self.thing.pk,
            asked.get("kind", ""),
            asked.get("covers_from", date.min),
            asked.get("covers_to", date.max),
        )

    def told(self, thing: InformationRequest) -> Any:
        """Return what is told of it."""
        return request_told(thing)


class ReadRequest(One):
    """One request for information."""

    path = "information-requests/<uuid:id>/"
    permission = "information.read"
    kind = InformationRequest
    related = ("provider",)
    shows = RequestShown

    def told(self, thing: InformationRequest) -> Any:
        """Return what is told of it."""
        return request_told(thing)


class ReadRequestAccess(One):
    """Why you see a request; to the body that asked also who else does, and with whom it is shared."""

    path = "information-requests/<uuid:id>/access/"
    permission = "access.why"
    kind = InformationRequest
    shows = AccessShown

    def told(self, thing: InformationRequest) -> Any:
        """Return the reasons, and to the owner the readers."""
        nothing: dict[str, Any] = {"readers": [], "shares": []}
        ours = thing.record.is_of(self.by)
        return {"why": explain(self.reasons), **(audience_told(self.by, thing.record) if ours else nothing)}


class AskProvider(Deed):
    """Write down what your body asks a provider for; `…/held-information/` says before who holds it."""

    path = "information-requests/"
    permission = "information.ask"
    takes = given.RequestGiven
    gives = ReadRequest
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Enter it."""
        provider = the(Provider.objects.filter(pk=said.pop("provider")))
        decided = said.pop("decided", frozenset())
        return ask_provider(by=self.by, now=self.now, provider=provider, wish=Wish(**said), decided=decided)


class RequestDeed(Deed):
    """Base of the deeds with one request, by the body that asked."""

    abstract = True
    permission = "information.ask"
    kind = InformationRequest
    related = ("provider",)
    gives = ReadRequest
    seen = "version"
    called = "request"

    def place(self) -> Place:
        """Return the body that asked."""
        record: Place = self.thing.record
        return record


class RecordAnswer(RequestDeed):
    """Write down that the provider answered, and where the answer is held."""

    path = "information-requests/<uuid:id>/answered/"
    takes = given.VisitAnswerGiven
    does = record_answer


class WithdrawRequest(RequestDeed):
    """No longer ask the provider for it."""

    path = "information-requests/<uuid:id>/withdraw/"
    takes = given.VisitWhyGiven
    does = withdraw_request


class ShareRequest(RequestDeed):
    """Show a request to more people, so that they need not ask for the same."""

    path = "information-requests/<uuid:id>/share/"
    takes = SharingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Share it."""
        return share_request(
            by=self.by, now=self.now, request=self.thing, choice=sharing_of(said), seen=self.thing.version
        )


class UnshareRequest(RequestDeed):
    """End shares of a request, and shut bodies out."""

    path = "information-requests/<uuid:id>/unshare/"
    takes = EndingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """End them."""
        return unshare_request(
            by=self.by,
            now=self.now,
            request=self.thing,
            shares=said.get("shares", ()),
            excluded=frozenset(said.get("excluded", ())),
            seen=self.thing.version,
        )
