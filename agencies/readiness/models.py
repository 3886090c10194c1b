"""Declarations of readiness and their answers: the draft, the one that stands, and those before it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.readiness.rules import DECLARED, DRAFT, LONGEST, READINESS_TRANSITIONS, READINESS_WORDS


class ReadinessDeclaration(models.Model):
    """A body's answers to the report's questions (NQB ch. 6, l.886-903), drafted, then signed by a lead of the body."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="declarations")
    state = models.CharField(max_length=10, choices=list(READINESS_WORDS.items()), default=DRAFT)
    board_on = models.DateField(null=True)
    # Counts the savings, so that two people who write at once are told.
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-signed_at", "id")
        constraints = [
            models.CheckConstraint(
                name="agencies_readiness_state_known", condition=Q(state__in=list(READINESS_TRANSITIONS))
            ),
            models.CheckConstraint(
                name="agencies_readiness_signed_says_by_whom",
                condition=Q(state=DRAFT, signed_at__isnull=True, signed_by__isnull=True)
                | (
                    ~Q(state=DRAFT)
                    & Q(signed_at__isnull=False, signed_by__isnull=False, board_on__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                fields=("agency", "state"),
                name="agencies_readiness_one_draft_and_one_that_stands",
                condition=Q(state__in=(DRAFT, DECLARED)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.get_state_display()}"


class ReadinessAnswer(models.Model):
    """One question as it stood when it was answered, the answer and its evidence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(ReadinessDeclaration, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=300)
    text = models.TextField(max_length=LONGEST, blank=True)
    evidence = models.TextField(max_length=LONGEST, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("declaration", "position"), name="agencies_readinessanswer_once")
        ]

    def __str__(self) -> str:
        return self.question
