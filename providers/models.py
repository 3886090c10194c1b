"""Providers of care, their locations, who commissions from them and the groups they stand in."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower

from providers.closing.models import AlternativePlace, ClosurePlan, PlacingCouncil, PlanNote
from providers.importing.models import DirectoryTurn, EarlierName, ImportLine, ImportRun
from providers.levels.models import CriterionMet, LevelWithholding, LevelWord, SurveillanceLevel
from providers.register.models import EarlierAction, Rating, Registration, RegulatoryAction
from providers.rules import SECTORS, whole_address
from providers.succession.models import ProviderSuccession

__all__ = [
    "AlternativePlace", "ClosurePlan", "Commissioning", "CriterionMet", "DirectoryTurn", "EarlierAction", "EarlierName", "GroupSource",
    "ImportLine", "ImportRun", "LevelWithholding", "LevelWord", "Licence", "Location", "PlacingCouncil", "PlanNote", "Provider",
    "ProviderGroup", "ProviderStatus", "ProviderSuccession", "Rating", "Registration", "RegulatoryAction", "SurveillanceLevel",
]  # fmt: skip


class ProviderStatus(models.TextChoices):
    """Whether a provider or a location is giving care."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    DORMANT = "dormant", "Dormant"


class GroupSource(models.TextChoices):
    """How it is known that a provider stands in a group's footprint."""

    COMMISSIONER = "commissioner", "through its commissioner"
    LOCAL_OFFICE = "local_office", "through the local office its trust was listed under"
    STATED = "stated", "stated by an administrator"


class Provider(models.Model):
    """The legal entity that gives care (NQB ch. 4, section 1). `kind` is a code of `provider_kinds`.

    `fictional` marks the invented providers of the demonstration, the only ones about which it
    holds concerns. Several providers may share a name; none may share an identifier.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, db_index=True)
    ods_code = models.CharField(max_length=10, unique=True, null=True, blank=True)
    cqc_provider_id = models.CharField(max_length=20, unique=True, null=True, blank=True)
    sector = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=10, choices=ProviderStatus.choices, default=ProviderStatus.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    fictional = models.BooleanField(default=False)
    address = models.CharField(max_length=250, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200, blank=True)
    # What the finder looks through; the database keeps it.
    finding = models.GeneratedField(
        expression=Lower(
            Concat("name", Value(" "), "town", Value(" "), "postcode"), output_field=models.TextField()
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ProviderStatus.values),
                name="providers_provider_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(ods_code="") & ~Q(cqc_provider_id=""),
                name="providers_provider_codes_not_blank",
            ),
            models.CheckConstraint(
                condition=Q(fictional=False) | Q(name__icontains="fictional"),
                name="providers_provider_fiction_is_named",
            ),
        ]
        indexes = [
            models.Index(fields=("name", "id"), name="providers_provider_name"),
            GinIndex(fields=("finding",), opclasses=("gin_trgm_ops",), name="providers_provider_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def where(self) -> str:
        """Its address in one line; "" where no source tells."""
        return whole_address(self.address, self.town, self.postcode)

    @property
    def sector_words(self) -> str:
        """The sector as the screen says it; "" where nobody says."""
        return SECTORS.get(self.sector, "")


class Location(models.Model):
    """A place where a provider gives care. `kind` is a code of `provider_kinds` or the source's words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=200)
    ods_code = models.CharField(max_length=10, unique=True, null=True, blank=True)
    cqc_location_id = models.CharField(max_length=20, unique=True, null=True, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=ProviderStatus.choices, default=ProviderStatus.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ProviderStatus.values),
                name="providers_location_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(ods_code="") & ~Q(cqc_location_id=""),
                name="providers_location_codes_not_blank",
            ),
        ]
        indexes = [GinIndex(fields=("name",), opclasses=("gin_trgm_ops",), name="providers_location_trgm")]

    def __str__(self) -> str:
        return self.name


class Commissioning(models.Model):
    """A body buys care from a provider, between two days (NQB ch. 4, section 2; ADASS 16).

    `starts_on` inclusive, `ends_on` exclusive. `share` is how much of what the provider gives, in per cent, None where
    nobody says. `source` says which published link it rests on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="commissionings")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="commissionings")
    lead = models.BooleanField(default=False)
    share = models.PositiveSmallIntegerField(null=True)
    out_of_area = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-lead", "starts_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="providers_commissioning_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=1, share__lte=100),
                name="providers_commissioning_share_in_percent",
            ),
            ExclusionConstraint(
                name="providers_commissioning_once",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("agency", RangeOperators.EQUAL),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} commissions from {self.provider}"


class Licence(models.Model):
    """Monitor's licence of a provider, as published, between two days (NQB ch. 4, Monitor; MON).

    `starts_on` inclusive, `ends_on` exclusive. What Monitor did with it is entered in the regulatory record.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="licences")
    number = models.CharField(max_length=40, blank=True)
    published_where = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-starts_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="providers_licence_ends_after_start",
            ),
            ExclusionConstraint(
                name="providers_licence_one_at_a_time",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"licence {self.number}".strip()


class ProviderGroup(models.Model):
    """The group in whose footprint a provider stands. No row: "footprint not in the source"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="group_links")
    qsg = models.ForeignKey(
        "agencies.QualitySurveillanceGroup", on_delete=models.PROTECT, related_name="provider_links"
    )
    source = models.CharField(max_length=20, choices=GroupSource.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("provider", "qsg"), name="providers_providergroup_unique"),
            models.CheckConstraint(
                condition=Q(source__in=GroupSource.values),
                name="providers_providergroup_source_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} in {self.qsg}"
