"""A quarter's review of a body's people, what was said of each, and what a suspension took for the time being."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import Sighted
from agencies.reviews import rules


class AccessReview(Sighted):
    """One body's review of one quarter.

    It has a record because its deadline is a clock. The record is listed for nobody: administration gives no sight, so
    the page asks for the role and not for sight, and those whom its clock tells are told by their office.
    """

    KIND = "access_review"

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="access_reviews")
    quarter = models.CharField(max_length=7)
    begun_at = models.DateTimeField()

    class Meta:
        ordering = ("-begun_at",)
        constraints = [
            models.UniqueConstraint(fields=("agency", "quarter"), name="agencies_review_once_a_quarter")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The body and the quarter."""
        return f"Who acts for {self.agency}, {rules.quarter_words(self.quarter)}"

    def get_absolute_url(self) -> str:
        """The page of the body's review."""
        return reverse("agencies:review", args=[self.agency_id])


class ReviewedPerson(models.Model):
    """A person who acted for the body when its review began, and what was said of them since."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=list(rules.REVIEW_WORDS.items()), default=rules.WAITING)
    suspended_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=("review", "user"), name="agencies_reviewed_open", condition=Q(state__in=rules.OPEN)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=("review", "user"), name="agencies_reviewed_once"),
            models.CheckConstraint(
                name="agencies_reviewed_state_known", condition=Q(state__in=list(rules.REVIEW_TRANSITIONS))
            ),
            models.CheckConstraint(
                name="agencies_reviewed_says_by_whom",
                condition=Q(state__in=rules.OPEN, said_at__isnull=True, said_by__isnull=True)
                | Q(state__in=(rules.RIGHT, rules.ENDED), said_at__isnull=False, said_by__isnull=False),
            ),
            models.CheckConstraint(
                name="agencies_reviewed_suspended_says_when",
                condition=~Q(state=rules.SUSPENDED) | Q(suspended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="agencies_reviewed_by_somebody_else",
                condition=Q(said_by__isnull=True) | ~Q(said_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_state_display()}"


class SuspendedRole(models.Model):
    """A role that a suspension ended, with its days: a confirmation gives it back from the day it is given."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(ReviewedPerson, on_delete=models.PROTECT, related_name="suspended_roles")
    role = models.CharField(max_length=30)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ("role",)
        constraints = [
            models.UniqueConstraint(
                fields=("person", "role", "starts_on"), name="agencies_suspendedrole_once"
            )
        ]

    def __str__(self) -> str:
        return self.role
