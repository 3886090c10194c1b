"""The directory of bodies through the API: bodies, groups, and seats."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import FIRST_DAY_WITHOUT, Choice, Key, Listing, Named, One, Shown, Text, facts_of
from access.api.endpoints import PageOf
from agencies.finding import MOST, bodies_found, words_of
from agencies.lists.reading import powers_of
from agencies.models import Agency, QualitySurveillanceGroup, Seat, SeatKind, Tier
from agencies.numbers import of_group
from agencies.roster import seat_lines, standing
from reference import operations as lists
from timekeeping.london import london_day


class AgencyShown(Shown):
    """A body. A blank telephone means that the source has none."""

    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="A code of the list `agency_kinds`.")
    name = serializers.CharField()
    short_name = serializers.CharField()
    ods_code = serializers.CharField(allow_null=True)
    parent = Named(allow_null=True)
    town = serializers.CharField()
    telephone = serializers.CharField()
    out_of_hours_telephone = serializers.CharField()
    email = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)


class PowerShown(Shown):
    """A power that the documents name for a kind of body; nobody is held to these."""

    purpose = serializers.CharField(help_text="`monitoring` or `intervening`.")
    power = serializers.CharField()
    limited_to = serializers.CharField()


class AgencyInFull(AgencyShown):
    """A body with what the lists say of its kind today: its statutory role and its powers."""

    statutory_role = serializers.CharField()
    may_trigger_summit = serializers.CharField(help_text="`yes`, `no`, or `ask`; empty where no list says.")
    may_lead_response = serializers.CharField(help_text="`yes` or `no`; empty where no list says.")
    powers = PowerShown(many=True)


class AgencyFilters(PageOf):
    """What narrows the list of bodies."""

    q = Text(
        required=False,
        max_length=MOST,
        help_text="A name or a code; spelling is forgiven. The 50 nearest, A to Z.",
    )
    kind = Text(required=False)
    qsg = Key(required=False, help_text="The group of which it is a member, or in whose area it lies.")
    ods_code = Text(required=False)


class ListAgencies(Listing):
    """The bodies, A to Z."""

    path = "agencies/"
    permission = "directory.read"
    shows = AgencyShown
    filters = AgencyFilters
    name = "name"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the bodies, narrowed."""
        rows, asked = Agency.objects.select_related("parent"), self.wanted
        if "kind" in asked:
            rows = rows.filter(kind=asked["kind"])
        if "ods_code" in asked:
            rows = rows.filter(ods_code=asked["ods_code"])
        if "qsg" in asked:
            rows = rows.filter(of_group(asked["qsg"], london_day(self.now)))
        if "q" in asked:
            rows = rows.filter(pk__in=[one.pk for one in bodies_found(words_of(asked["q"]), rows)])
        return rows


class ReadAgency(One):
    """One body, with its statutory role and the powers that are listed for it."""

    path = "agencies/<uuid:id>/"
    permission = "directory.read"
    kind = Agency
    related = ("parent",)
    shows = AgencyInFull
    logged = False

    def told(self, thing: Agency) -> Any:
        """Return it with what the lists say of its kind."""
        kind = lists.latest("agency_kinds").get(thing.kind, {})
        return facts_of(
            AgencyInFull,
            thing,
            id=thing.pk,
            statutory_role=kind.get("plain_role", ""),
            may_trigger_summit=kind.get("may_trigger_summit", ""),
            may_lead_response=kind.get("may_hold_ring", ""),
            powers=powers_of(thing.kind, london_day(self.now)),
        )


class QsgShown(Shown):
    """A Quality Surveillance Group."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    tier = serializers.CharField()
    region = Named(allow_null=True)
    team = Named()
    footprint_known = serializers.BooleanField()


class QsgFilters(PageOf):
    """What narrows the list of groups."""

    tier = Choice(Tier.values, required=False)
    region = Key(required=False)


class ListQsgs(Listing):
    """The groups, A to Z."""

    path = "qsgs/"
    permission = "directory.read"
    shows = QsgShown
    filters = QsgFilters
    name = "name"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the groups, narrowed."""
        asked = self.narrowing("tier", "region")
        return QualitySurveillanceGroup.objects.select_related("region", "team").filter(**asked)


class ReadQsg(One):
    """One group."""

    path = "qsgs/<uuid:id>/"
    permission = "directory.read"
    kind = QualitySurveillanceGroup
    related = ("region", "team")
    shows = QsgShown
    logged = False


class SeatShown(Shown):
    """A person's seat in a group, and whether it counts today: only while their body, and they there, stand too."""

    id = serializers.UUIDField()
    qsg = Named()
    agency = Named()
    person = Named(source="user")
    kind = serializers.CharField()
    cleared = serializers.BooleanField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text=FIRST_DAY_WITHOUT)
    counts = serializers.BooleanField()


class SeatFilters(PageOf):
    """What narrows the list of seats."""

    qsg = Key(required=False)
    agency = Key(required=False)
    kind = Choice(SeatKind.values, required=False)


class ListSeats(Listing):
    """The seats that stand today, by the name of their holder."""

    path = "seats/"
    permission = "directory.read"
    shows = SeatShown
    filters = SeatFilters
    name = "user__full_name"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the seats, narrowed."""
        asked = self.narrowing("qsg", "agency", "kind")
        seats = Seat.objects.filter(standing(london_day(self.now)), **asked)
        return seats.select_related("user", "agency", "qsg")

    def filled(self, rows: Sequence[Any]) -> Iterable[Any]:
        """Say of each whether it counts, in a fixed number of questions."""
        chosen = Seat.objects.filter(pk__in=[one.pk for one in rows])
        counts = {line.seat.pk: line.counts for line in seat_lines(chosen, london_day(self.now))}
        for one in rows:
            one.counts = counts.get(one.pk, False)
        return rows
