"""A group's documents with their days, and which member body signed which agreement when."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from agencies.agreements.rules import KIND_WORDS


def _days() -> Func:
    return Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange")


class GroupDocument(models.Model):
    """A group's information-sharing agreement or privacy notice, between two days (CQC/NHSCB 2.3; JF 2.2; ADASS 9).

    ``place`` says where it is kept, in words or as an address; the portal does not hold the text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    qsg = models.ForeignKey(
        "agencies.QualitySurveillanceGroup", on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(max_length=10, choices=list(KIND_WORDS.items()))
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ("kind", "-starts_on")
        constraints = [
            models.CheckConstraint(
                name="agencies_document_kind_known", condition=Q(kind__in=list(KIND_WORDS))
            ),
            models.CheckConstraint(
                name="agencies_document_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
            ExclusionConstraint(
                name="agencies_document_one_in_force",
                expressions=[
                    ("qsg", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_address(self) -> bool:
        """Whether its place is an address that a reader can follow, and no words."""
        return self.place.startswith("https://")


class Signature(models.Model):
    """That a body signed a group's agreement on a day, and until which day that binds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(GroupDocument, on_delete=models.PROTECT, related_name="signatures")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="signatures")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ("starts_on", "id")
        constraints = [
            models.CheckConstraint(
                name="agencies_signature_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
            ExclusionConstraint(
                name="agencies_signature_once",
                expressions=[
                    ("document", RangeOperators.EQUAL),
                    ("agency", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} signed {self.document}"
