"""The response: what a regulatory step would do, body by body."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from clocks.models import Clock
from risk_summits.models.facts import KEPT, LONG, STAYS, Fact, in_order


class ImpactRequest(Fact):
    """CQC asks the bodies what a regulatory step it considers would do (NQB ch. 5, l.840)."""

    step = models.TextField(max_length=LONG)
    due_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [in_order("impact_request")]
        triggers = STAYS

    def __str__(self) -> str:
        return f"impact request {self.pk}"


class ImpactAssessment(models.Model):
    """One body's rapid impact assessment: answered, or declined with a reason, against a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ImpactRequest, on_delete=models.PROTECT, related_name="assessments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    declined = models.BooleanField(null=True)
    text = models.TextField(max_length=LONG, blank=True)
    answered_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["agency__name", "id"]
        constraints = [
            models.UniqueConstraint(name="impact_asked_once", fields=["request", "agency"]),
            models.CheckConstraint(
                name="impact_answered_is_whole",
                condition=Q(answered_at__isnull=True, declined__isnull=True, text="")
                | (Q(answered_at__isnull=False, declined__isnull=False) & ~Q(text="")),
            ),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"impact assessment {self.pk}"
