"""What is asked as a matter of routine, when it is over, and what the provider is told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clocks.models import Clock
from risk_summits.models.facts import KEPT, LONG, SHORT, STAYS, Fact, in_order, one_of
from risk_summits.rules import closing


class GateAnswer(Fact):
    """One answer at a gate: professional standards, safeguarding adults, safeguarding children."""

    gate = models.CharField(max_length=30, choices=list(closing.GATES.items()))
    answer = models.CharField(max_length=20)
    text = models.TextField(max_length=LONG, blank=True)
    reference = models.CharField(max_length=SHORT, blank=True)

    class Meta(Fact.Meta):
        constraints = [one_of("gate", "gate", closing.GATES), in_order("gate_answer")]
        triggers = STAYS

    def __str__(self) -> str:
        return f"{self.gate}: {self.answer}"


class ExitCriterion(Fact):
    """Something that must be so before the summit may end; met with what shows it."""

    room = models.ForeignKey("risk_summits.Room", on_delete=models.PROTECT, related_name="criteria")
    text = models.CharField(max_length=SHORT)
    met_at = models.DateTimeField(null=True)
    met_recorded_at = models.DateTimeField(null=True)
    evidence = models.TextField(max_length=LONG, blank=True)

    class Meta(Fact.Meta):
        verbose_name_plural = "exit criteria"
        constraints = [
            models.CheckConstraint(
                name="criterion_met_with_evidence",
                condition=Q(met_at__isnull=True, evidence="")
                | (Q(met_at__isnull=False, met_recorded_at__isnull=False) & ~Q(evidence="")),
            ),
            in_order("criterion"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"criterion {self.pk}"


class ProviderWord(Fact):
    """Something said to the provider in writing, or by the provider (NQB 1c)."""

    kind = models.CharField(max_length=10, choices=list(closing.PROVIDER_WORDS.items()))
    text = models.TextField(max_length=LONG)

    class Meta(Fact.Meta):
        constraints = [one_of("provider_word", "kind", closing.PROVIDER_WORDS), in_order("provider_word")]
        triggers = STAYS

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Withholding(Fact):
    """Keeping the summit from the provider: decided by two people, and decided again each day (mission F8)."""

    reason = models.TextField(max_length=LONG)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)
    clock = models.OneToOneField(Clock, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Fact.Meta):
        constraints = [
            models.CheckConstraint(
                name="withheld_by_two",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | (Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("by"))),
            ),
            models.UniqueConstraint(
                name="withheld_once_at_a_time",
                fields=["room"],
                condition=Q(ended_at__isnull=True, agreed_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="withholding_proposed_once_at_a_time",
                fields=["room"],
                condition=Q(ended_at__isnull=True, agreed_at__isnull=True),
            ),
            in_order("withholding"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"withholding {self.pk}"
