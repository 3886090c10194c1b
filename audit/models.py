"""What is kept of every read and write: ids, codes and times, never text."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'the log is append-only';",
    ),
]


class Line(models.Model):
    """One read or write: who, acting for whom, did what, to which record, when.

    Lines are inserted unchained, so that no request waits for another, and sealed
    seconds later by the ticker. A list page is one line that carries the ids shown.
    """

    class Doer(models.TextChoices):
        """Who can act."""

        PERSON = "person", "A person"
        TOKEN = "token", "A body's own system"
        CLOCKWORK = "clockwork", "The portal's clockwork"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    doer = models.CharField(max_length=10, choices=Doer.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agency = models.ForeignKey(
        "agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    deed = models.CharField(max_length=60)
    record = models.ForeignKey(
        "access.Record", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["record", "-at", "id"], name="audit_by_record"),
            models.Index(fields=["user", "-at", "id"], name="audit_by_user"),
            models.Index(fields=["-at", "id"], name="audit_newest"),
            GinIndex(fields=["detail"], opclasses=["jsonb_path_ops"], name="audit_shown"),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_names_its_doer",
                condition=models.Q(doer="clockwork") | models.Q(user__isnull=False) | models.Q(doer="token"),
            )
        ]
        triggers = APPEND_ONLY


class Unsealed(models.Model):
    """A line that waits for its seal: the sealer's work list."""

    line = models.OneToOneField(Line, primary_key=True, on_delete=models.PROTECT, related_name="+")


class Batch(models.Model):
    """Lines sealed together, chained to the batch before by its hash."""

    number = models.PositiveBigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    line_ids = ArrayField(models.UUIDField())
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        triggers = APPEND_ONLY
