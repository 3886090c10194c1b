"""What an administrator changed in the lists: from which day, why, and whether it was taken back in time."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.lists.rules import ADDED, DEED_WORDS, LONGEST_REASON, RETIRED


class ListChange(models.Model):
    """One change of one row of a list (mission A1): planned for a London day, and kept for good.

    ``before`` and ``after`` are the row's columns with its source and status, null where there was or is none.
    ``ended_before`` is the last day that a row which was ended had until then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list_code = models.CharField(max_length=60)
    code = models.CharField(max_length=200)
    deed = models.CharField(max_length=10, choices=list(DEED_WORDS.items()))
    starts_on = models.DateField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ended_before = models.DateField(null=True)
    reason = models.TextField(max_length=LONGEST_REASON)
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-made_at", "id")
        indexes = [models.Index(fields=("list_code", "code", "starts_on"), name="agencies_change_of_row")]
        constraints = [
            models.CheckConstraint(name="agencies_change_deed_known", condition=Q(deed__in=list(DEED_WORDS))),
            models.CheckConstraint(name="agencies_change_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="agencies_change_undone_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
            models.CheckConstraint(
                name="agencies_change_says_what",
                condition=Q(deed=ADDED, before__isnull=True, after__isnull=False)
                | Q(deed=RETIRED, before__isnull=False, after__isnull=True)
                | (~Q(deed__in=(ADDED, RETIRED)) & Q(before__isnull=False, after__isnull=False)),
            ),
            models.UniqueConstraint(
                name="agencies_change_one_a_day",
                fields=("list_code", "code", "starts_on"),
                condition=Q(undone_at__isnull=True),
            ),
        ]
        triggers = [pgtrigger.Protect(name="list_changes_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.list_code} {self.code}"
