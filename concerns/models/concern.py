"""A concern, every version of what it said, and every change of its status."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse

from access.models import Sighted
from concerns.rules import content, states

models.TextField.register_lookup(Length)

APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'what was said stays as it was said';",
    ),
]


class Concern(Sighted):
    """What a body knows or fears about the quality of care somewhere, good practice included.

    Whom it is about, when it happened, who owns it and who sees it stand on its Record. A quick
    note is a concern that is ``to_complete``. Severity, confidence and the source's reliability are
    kept apart (mission B2).
    """

    KIND = "concern"

    reference = models.CharField(max_length=12, unique=True)
    status = models.CharField(max_length=12, choices=list(states.WORDS.items()), default=states.DRAFT)
    about = models.CharField(max_length=12, choices=list(content.ABOUT_WORDS.items()))
    location = models.ForeignKey("providers.Location", null=True, on_delete=models.PROTECT, related_name="+")
    service_name = models.CharField(max_length=200, blank=True)
    service_place = models.CharField(max_length=200, blank=True)
    headline = models.CharField(max_length=content.HEADLINE_LONGEST, blank=True)
    narrative = models.TextField(blank=True)
    precision = models.CharField(max_length=10, default=content.NOT_SAID)
    danger = models.CharField(max_length=10, blank=True, choices=list(content.DANGER_WORDS.items()))
    source_kind = models.CharField(max_length=60, blank=True)
    source_other = models.CharField(max_length=content.SHORT_LONGEST, blank=True)
    reliability = models.CharField(max_length=60, blank=True)
    dimensions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    outcome_domain = models.CharField(max_length=60, blank=True)
    severity = models.CharField(max_length=60, blank=True)
    confidence = models.CharField(max_length=60, blank=True)
    to_complete = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=60, blank=True)
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaces")
    # Of a draft only: the steps taken, and who should see it once it is raised.
    steps_done = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    sharing_plan = models.JSONField(default=dict, blank=True)
    # What the search looks through; the database keeps it.
    search = models.GeneratedField(
        expression=SearchVector("headline", weight="A", config="english")
        + SearchVector("narrative", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="concern_search"),
            models.Index(fields=["status", "severity"], name="concern_status_severity"),
        ]
        constraints = [
            models.CheckConstraint(name="concern_status_known", condition=Q(status__in=states.STATUSES)),
            models.CheckConstraint(
                name="concern_about_known", condition=Q(about__in=list(content.ABOUT_WORDS))
            ),
            models.CheckConstraint(
                name="concern_place_fits_what_it_is_about",
                condition=Q(about=content.LOCATION, location__isnull=False)
                | (~Q(about=content.LOCATION) & Q(location__isnull=True)),
            ),
            models.CheckConstraint(
                name="concern_unregistered_has_a_name",
                condition=(Q(about=content.UNREGISTERED) & ~Q(service_name=""))
                | (~Q(about=content.UNREGISTERED) & Q(service_name="", service_place="")),
            ),
            models.CheckConstraint(
                name="concern_narrative_not_too_long",
                condition=Q(narrative__length__lte=content.NARRATIVE_LONGEST),
            ),
            models.CheckConstraint(
                name="concern_raised_says_what",
                condition=Q(status__in=[states.DRAFT, states.WITHDRAWN])
                | (~Q(headline="") & ~Q(source_kind="") & ~Q(danger="")),
            ),
            models.CheckConstraint(
                name="concern_closed_says_how", condition=~Q(status=states.CLOSED) | ~Q(outcome="")
            ),
            models.CheckConstraint(
                name="concern_replaced_says_by_what",
                condition=~Q(status=states.SUPERSEDED) | Q(superseded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="concern_does_not_replace_itself", condition=~Q(superseded_by=F("record"))
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def why_no_action(self) -> str:
        """Why no action comes from it, "" while it is open."""
        return states.why_not_open(self.status)

    @property
    def title(self) -> str:
        """Its line; of one that was withdrawn or replaced, only that it was."""
        if self.status in states.TOMBSTONES:
            return f"{self.reference}: {states.WORDS[self.status].lower()}"
        return self.headline or f"{self.reference}: no title yet"

    def get_absolute_url(self) -> str:
        """The page of the concern; of a draft, the step that waits."""
        if self.status == states.DRAFT:
            step = content.first_missing_step(set(self.steps_done))
            return reverse("concerns:step", args=[self.pk, step])
        return reverse("concerns:concern", args=[self.pk])


class ConcernVersion(models.Model):
    """What a concern said from one moment to the next; the last row is what it says now.

    Read by those who see the concern now and who were in its reach on at least one day when that
    version was current (visibility.md).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="version_once", fields=["concern", "number"])]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.concern}, version {self.number}"


class ConcernChange(models.Model):
    """A change of a concern's status: from what to what, when, by whom, with what outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="changes")
    was = models.CharField(max_length=12, blank=True)
    became = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="change_follows_the_table",
                condition=Q(was="", became__in=[states.DRAFT, states.OPEN])
                | Q(
                    *[
                        Q(was=was, became__in=sorted(after))
                        for was, after in states.TRANSITIONS.items()
                        if after
                    ],
                    _connector=Q.OR,
                ),
            )
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.concern}: {self.became}"
