"""A surveillance level, which of its exit criteria are met, and what passed between the group and the provider."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import Sighted
from clocks.models import Clock
from providers.levels import rules


class LevelManager(models.Manager["SurveillanceLevel"]):
    """Levels with what their title says, in one question."""

    def get_queryset(self) -> models.QuerySet["SurveillanceLevel"]:
        """Fetch the provider and the group along."""
        return super().get_queryset().select_related("provider", "qsg")


class SurveillanceLevel(Sighted):
    """A provider's level in a group from one moment until another takes its place (mission D2).

    Seen by the seats of its group and of the regional one; its record is looked after by the
    NHS England team that facilitates the group. It says nothing of a provider's quality that the
    group did not, and it is no rating. Whether it has lapsed is computed.
    """

    KIND = "surveillance_level"

    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="levels")
    qsg = models.ForeignKey(
        "agencies.QualitySurveillanceGroup", on_delete=models.PROTECT, related_name="levels"
    )
    level = models.CharField(max_length=30)
    label = models.CharField(max_length=100)
    reason = models.TextField()
    follows = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)
    exit_criteria = models.TextField(blank=True)
    relied_on = models.TextField(blank=True)
    put_to_provider = models.TextField(blank=True)
    how = models.CharField(max_length=10, choices=list(rules.HOW_WORDS.items()))
    met_on = models.DateField(null=True)
    agreed_by: models.ManyToManyField = models.ManyToManyField("agencies.Agency", related_name="+")
    ended_at = models.DateTimeField(null=True)
    # When it was written down that it lapsed; that it has is computed from its review day.
    lapsed_at = models.DateTimeField(null=True)
    # When the provider was told of it in writing; of a level that is kept, when it was told of the one before.
    told_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = LevelManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="level_one_at_a_time", fields=["provider", "qsg"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="level_above_routine_is_whole",
                condition=Q(level=rules.ROUTINE)
                | (Q(follows__isnull=False, review_on__isnull=False) & ~Q(exit_criteria="")),
            ),
            models.CheckConstraint(name="level_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="level_is_never_a_summits", condition=~Q(level=rules.SUMMIT)),
            models.CheckConstraint(
                name="level_of_a_meeting_says_when",
                condition=~Q(how=rules.MEETING) | Q(met_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.provider}"

    @property
    def title(self) -> str:
        """The level, whose, and in which group."""
        return f"{self.label}: {self.provider.name}, in {self.qsg.name}"

    def get_absolute_url(self) -> str:
        """The page of the level."""
        return reverse("providers:level", args=[self.pk])


class LevelFact(models.Model):
    """Base of what is written on a level: by whom and when. Whoever sees the level sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


STAYS = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class CriterionMet(LevelFact):
    """One of a level's exit criteria is met: which of its lines, since when, and what shows it."""

    level = models.ForeignKey(SurveillanceLevel, on_delete=models.PROTECT, related_name="met")
    number = models.PositiveSmallIntegerField()
    met_on = models.DateField()
    evidence = models.TextField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(name="level_criterion_met_once", fields=["level", "number"]),
            models.CheckConstraint(
                name="level_criterion_met_is_shown", condition=~Q(evidence="") & Q(number__gte=1)
            ),
        ]
        triggers = STAYS

    def __str__(self) -> str:
        return f"criterion {self.number}, met {self.met_on}"


class LevelWord(LevelFact):
    """What the provider was told in writing, or what it answered, with its day."""

    level = models.ForeignKey(SurveillanceLevel, on_delete=models.PROTECT, related_name="words")
    kind = models.CharField(max_length=10, choices=list(rules.WORD_WORDS.items()))
    on = models.DateField()
    whose = models.CharField(max_length=rules.LONGEST_NAME)
    text = models.TextField()

    class Meta:
        ordering = ("on", "recorded_at", "id")
        constraints = [
            models.CheckConstraint(name="level_word_known", condition=Q(kind__in=list(rules.WORD_WORDS))),
            models.CheckConstraint(name="level_word_is_whole", condition=~Q(text="") & ~Q(whose="")),
        ]
        triggers = STAYS

    def __str__(self) -> str:
        return f"{rules.WORD_WORDS[self.kind]}, {self.on}"


class LevelWithholding(LevelFact):
    """Keeping a level from the provider: proposed by one, agreed or refused by another, and decided again each day."""

    level = models.ForeignKey(SurveillanceLevel, on_delete=models.PROTECT, related_name="withholdings")
    reason = models.TextField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Refused, it ends at that moment.
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    refusal = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    clock = models.OneToOneField(Clock, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = [
            models.CheckConstraint(
                name="level_withheld_by_two",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | (Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("by"))),
            ),
            models.CheckConstraint(name="level_withheld_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="level_withholding_refused_by_a_second",
                condition=Q(refused_by__isnull=True, refusal="")
                | (
                    Q(refused_by__isnull=False, agreed_at__isnull=True, ended_at__isnull=False)
                    & ~Q(refusal="")
                    & ~Q(refused_by=F("by"))
                ),
            ),
            models.UniqueConstraint(
                name="level_withheld_once_at_a_time",
                fields=["level"],
                condition=Q(ended_at__isnull=True, agreed_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="level_withholding_proposed_once",
                fields=["level"],
                condition=Q(ended_at__isnull=True, agreed_at__isnull=True),
            ),
        ]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"withholding {self.pk}"
