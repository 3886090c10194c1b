"""A plan for the end of a service, the councils that place people there, alternative places, and what was done."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import Sighted
from clocks.models import Clock
from providers.closing import rules

PEOPLE = Q(people__lte=rules.MOST_PEOPLE)


class PlanManager(models.Manager["ClosurePlan"]):
    """Plans with what their title says, in one question."""

    def get_queryset(self) -> models.QuerySet["ClosurePlan"]:
        """Fetch the provider along."""
        return super().get_queryset().select_related("provider")


class ClosurePlan(Sighted):
    """A service closes, a contract is handed back, or a provider fails: who is affected, and what is done (mission D7).

    The body that makes it owns it; a council named in it sees it by being named. Of people it holds numbers only.
    `provider` is the one that goes; `incoming` the one that takes over, `incoming_said` where the directory lacks it.
    """

    KIND = "closure_plan"

    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="closure_plans")
    location = models.ForeignKey(
        "providers.Location", null=True, on_delete=models.PROTECT, related_name="closure_plans"
    )
    kind = models.CharField(max_length=10, choices=list(rules.KIND_WORDS.items()))
    state = models.CharField(max_length=10, choices=list(rules.STATE_WORDS.items()), default=rules.DRAFTED)
    summary = models.TextField()
    expected_on = models.DateField(null=True)
    people = models.PositiveIntegerField(null=True)
    incoming = models.ForeignKey(
        "providers.Provider", null=True, on_delete=models.PROTECT, related_name="closure_plans_incoming"
    )
    incoming_said = models.CharField(max_length=rules.LONGEST_NAME, blank=True)
    outcome = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PlanManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="plan_kind_known", condition=Q(kind__in=list(rules.KIND_WORDS))),
            models.CheckConstraint(
                name="plan_state_known", condition=Q(state__in=list(rules.PLAN_TRANSITIONS))
            ),
            models.CheckConstraint(name="plan_says_what", condition=~Q(summary="")),
            models.CheckConstraint(name="plan_people_countable", condition=Q(people__isnull=True) | PEOPLE),
            models.CheckConstraint(
                name="plan_over_says_how", condition=~Q(state__in=sorted(rules.OVER)) | ~Q(outcome="")
            ),
            models.CheckConstraint(
                name="plan_incoming_is_another",
                condition=Q(incoming__isnull=True) | ~Q(incoming=F("provider")) & Q(incoming_said=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{rules.KIND_WORDS[self.kind]}: {self.provider}"

    @property
    def title(self) -> str:
        """What ends, and whose it is."""
        return f"{rules.KIND_WORDS[self.kind]}: {self.provider.name}"

    @property
    def is_over(self) -> bool:
        """Whether it ended or was withdrawn."""
        return self.state in rules.OVER

    @property
    def why_no_action(self) -> str:
        """Say why nobody is asked for action because of it; nothing while it stands."""
        return "This plan is over, so nobody is asked for action because of it." if self.is_over else ""

    def get_absolute_url(self) -> str:
        """The page of the plan."""
        return reverse("providers:plan", args=[self.pk])


class PlacingCouncil(models.Model):
    """A council that places people there: how many, when it was told, and when it said that it has read the plan.

    `share` is the one that naming it gave; none where it sees the plan for another reason too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ClosurePlan, on_delete=models.PROTECT, related_name="councils")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    share = models.ForeignKey("access.Share", null=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    clock = models.OneToOneField(Clock, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    how = models.CharField(max_length=10, choices=list(rules.HOW_WORDS.items()), blank=True)
    answered = models.CharField(max_length=rules.LONGEST_NAME, blank=True)

    class Meta:
        ordering = ("agency__name", "id")
        constraints = [
            models.UniqueConstraint(name="plan_council_once", fields=["plan", "agency"]),
            models.CheckConstraint(name="plan_council_people_countable", condition=PEOPLE),
            models.CheckConstraint(
                name="plan_council_told_is_whole",
                condition=Q(told_at__isnull=True, told_by__isnull=True, clock__isnull=True)
                | Q(told_at__isnull=False, told_by__isnull=False, clock__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_council_confirmed_is_whole",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, how="", answered="")
                | Q(
                    Q(how=rules.READ, answered="") | Q(how=rules.TELEPHONE) & ~Q(answered=""),
                    told_at__isnull=False,
                    confirmed_at__gte=F("told_at"),
                    confirmed_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.people}"


class AlternativePlace(models.Model):
    """Places that another provider offers, and from when; ended where they are no longer offered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ClosurePlan, on_delete=models.PROTECT, related_name="places")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="+")
    places = models.PositiveIntegerField()
    from_on = models.DateField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("from_on", "recorded_at", "id")
        constraints = [
            models.CheckConstraint(
                name="plan_places_countable",
                condition=Q(places__gte=1) & Q(places__lte=rules.MOST_PEOPLE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.places} at {self.provider}"


class PlanNote(models.Model):
    """One entry of a plan's timeline: what was done, on which day, written down when and by whom. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ClosurePlan, on_delete=models.PROTECT, related_name="notes")
    number = models.PositiveIntegerField()
    deed = models.CharField(max_length=10, choices=list(rules.DEED_WORDS.items()))
    text = models.TextField(blank=True)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(name="plan_note_once", fields=["plan", "number"]),
            models.CheckConstraint(name="plan_note_known", condition=Q(deed__in=list(rules.DEED_WORDS))),
        ]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number}: {rules.DEED_WORDS[self.deed]}"
