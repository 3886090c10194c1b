"""One effective-dated model keeps every list of the field.

A successor body, a renamed level or a new clock is a new row, never a new release
(mission: "three eras of vocabulary").
"""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value


class Status(models.TextChoices):
    """Where a row comes from: the documents, or the judgement of those who built the list."""

    PAPER = "paper", "in the documents"
    JUDGEMENT = "judgement", "a judgement, to be confirmed"


class Entry(models.Model):
    """One row of one list, as it stands from one day to another.

    `data` holds the row's own columns by name. `effective_to` is the last day (inclusive, London)
    on which the row is offered for new records, as the documents write such dates; it never ends a
    body, a membership or a seat. A row is edited by ending it and starting another; `changed_here`
    says that an administrator did, and that no file rewrites it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list_code = models.CharField(max_length=60)
    code = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    data = models.JSONField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    source = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices)
    changed_here = models.BooleanField(default=False)

    class Meta:
        ordering = ("list_code", "position", "effective_from")
        constraints = [
            models.UniqueConstraint(
                fields=("list_code", "code", "effective_from"), name="reference_entry_unique_start"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="reference_entry_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="reference_entry_status_known"
            ),
            ExclusionConstraint(
                name="reference_entry_one_at_a_time",
                expressions=[
                    ("list_code", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (
                        models.Func(
                            F("effective_from"),
                            F("effective_to"),
                            Value("[]"),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_code}: {self.code}"
