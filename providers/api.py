"""Providers and their places through the API."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from rest_framework import serializers

from access.api import Choice, Key, Listing, Named, One, Shown, Text, facts_of
from access.api.endpoints import PageOf
from agencies.finding import MOST, words_of
from agencies.roster import standing
from providers.finding import found_by
from providers.models import Commissioning, Licence, Location, Provider, ProviderGroup, ProviderStatus
from timekeeping.london import london_day


class EarlierNameShown(Shown):
    """A name that stood until a day, as far as the portal knows; codes stay."""

    name = serializers.CharField()
    known_from = serializers.DateField(allow_null=True)
    until_on = serializers.DateField()


class CommissionerShown(Shown):
    """A body that buys from the provider today."""

    agency = Named()
    lead = serializers.BooleanField()
    share = serializers.IntegerField(
        allow_null=True, help_text="Per cent of what the provider gives; null where nobody says."
    )
    out_of_area = serializers.BooleanField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="The first day on which it no longer does.")


class LicenceShown(Shown):
    """Monitor's licence, as published."""

    number = serializers.CharField()
    published_where = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="The first day without it.")


class ProviderShown(Shown):
    """A provider of care. `kind` is a code of the list `provider_kinds`."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    ods_code = serializers.CharField(allow_null=True)
    cqc_provider_id = serializers.CharField(allow_null=True)
    sector = serializers.CharField()
    status = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    fictional = serializers.BooleanField()
    town = serializers.CharField()
    postcode = serializers.CharField()
    telephone = serializers.CharField()
    qsgs = Named(many=True)
    earlier_names = EarlierNameShown(many=True)
    commissioners = CommissionerShown(many=True)
    licence = LicenceShown(allow_null=True)


class ProviderFilters(PageOf):
    """What narrows the list of providers."""

    q = Text(
        required=False,
        max_length=MOST,
        help_text="A name now or once, a town or a code; spelling is forgiven. The 50 nearest, A to Z.",
    )
    kind = Text(required=False)
    status = Choice(ProviderStatus.values, required=False)
    qsg = Key(required=False, help_text="The local or regional group in whose area it stands.")
    commissioner = Key(required=False, help_text="A body that buys from it today.")
    ods_code = Text(required=False)
    cqc_provider_id = Text(required=False)


def whole(provider: Provider) -> dict[str, Any]:
    """Return a provider with the groups in whose areas it stands, who buys from it today, and its licence."""
    return facts_of(
        ProviderShown,
        provider,
        qsgs=[one.qsg for one in provider.group_links.all()],
        earlier_names=list(provider.earlier_names.all()),
        commissioners=[
            facts_of(CommissionerShown, one, agency=one.agency) for one in provider.commissionings.all()
        ],
        licence=next((facts_of(LicenceShown, one) for one in provider.licences.all()), None),
    )


def with_links(today: date) -> QuerySet[Provider]:
    """Return the providers with their groups, the names they had, and who buys from them on a London day."""
    links = ProviderGroup.objects.select_related("qsg").order_by("qsg__name")
    buys = Commissioning.objects.filter(standing(today)).select_related("agency")
    return Provider.objects.prefetch_related(
        Prefetch("group_links", queryset=links),
        Prefetch("commissionings", queryset=buys),
        Prefetch("licences", queryset=Licence.objects.filter(standing(today))),
        "earlier_names",
    )


class ListProviders(Listing):
    """The providers, A to Z."""

    path = "providers/"
    permission = "directory.read"
    shows = ProviderShown
    filters = ProviderFilters
    name = "name"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the providers, narrowed."""
        asked = self.wanted
        rows = with_links(london_day(self.now)).filter(
            **self.narrowing("kind", "status", "ods_code", "cqc_provider_id")
        )
        if "qsg" in asked:
            there = ProviderGroup.objects.filter(Q(qsg=asked["qsg"]) | Q(qsg__region=asked["qsg"]))
            rows = rows.filter(pk__in=there.values("provider_id"))
        if "commissioner" in asked:
            buys = Commissioning.objects.filter(standing(london_day(self.now)), agency=asked["commissioner"])
            rows = rows.filter(pk__in=buys.values("provider_id"))
        if "q" in asked:
            near = found_by(words_of(asked["q"]), rows.prefetch_related(None))  # for their keys alone
            rows = rows.filter(pk__in=[one.pk for one in near])
        return rows

    def told(self, thing: Provider) -> Any:
        """Return it with its groups."""
        return whole(thing)


class ReadProvider(One):
    """One provider."""

    path = "providers/<uuid:id>/"
    permission = "directory.read"
    kind = Provider
    shows = ProviderShown
    logged = False

    def told(self, thing: Provider) -> Any:
        """Return it with its groups and its commissioners."""
        return whole(with_links(london_day(self.now)).get(pk=thing.pk))


class LocationShown(Shown):
    """A place where a provider gives care."""

    id = serializers.UUIDField()
    provider = Named()
    name = serializers.CharField()
    ods_code = serializers.CharField(allow_null=True)
    cqc_location_id = serializers.CharField(allow_null=True)
    postcode = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)


class LocationFilters(PageOf):
    """What narrows the list of places."""

    provider = Key(required=False)
    status = Choice(ProviderStatus.values, required=False)
    ods_code = Text(required=False)
    cqc_location_id = Text(required=False)


class ListLocations(Listing):
    """The places of providers, A to Z."""

    path = "locations/"
    permission = "directory.read"
    shows = LocationShown
    filters = LocationFilters
    name = "name"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the places, narrowed."""
        asked = self.narrowing("provider", "status", "ods_code", "cqc_location_id")
        return Location.objects.select_related("provider").filter(**asked)


class ReadLocation(One):
    """One place."""

    path = "locations/<uuid:id>/"
    permission = "directory.read"
    kind = Location
    related = ("provider",)
    shows = LocationShown
    logged = False
