"""Posts and who holds them, and the meeting of a new Director with the inspectorate."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from access.models import Sighted
from access.principal import Principal
from agencies.contacts import rules


def _days() -> Func:
    return Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange")


class PostCode(models.TextChoices):
    """Posts that other people need to find: those the clocks name, and those the protocols name."""

    SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
    SAFEGUARDING_LEAD_ADULTS = "safeguarding_lead_adults", "Safeguarding lead, adults"
    SAFEGUARDING_LEAD_CHILDREN = "safeguarding_lead_children", "Safeguarding lead, children"
    REGIONAL_DIRECTOR = "regional_director", "Regional director"
    DIRECTOR = "director", "Director"
    DIRECTOR_OF_ADULT_SOCIAL_SERVICES = rules.DIRECTOR, "Director of Adult Social Services"
    HEAD_OF_INSPECTION = rules.INSPECTOR, "Head of Inspection"
    DEPUTY = "deputy", "Deputy"
    RESPONSIBLE_OFFICER = "responsible_officer", "Responsible Officer"
    EMPLOYER_LIAISON_ADVISER = "employer_liaison_adviser", "Employer Liaison Adviser"
    OUT_OF_HOURS = "out_of_hours", "Out of hours duty desk"


class Post(models.Model):
    """A role holder in the directory: "the right person at the right organisation" (JF 2.2).

    `user` is set where the holder signs in to the portal; otherwise `holder_name` stands alone. `area` is the group for
    whose area the post is held, where a body has one for each. A stand-in is a row of its own, for its days: who stands
    in for a safeguarding lead is one. `in_post_since` is when a Director came into post, where that was before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="posts")
    post = models.CharField(max_length=40, choices=PostCode.choices)
    topic = models.CharField(max_length=120, blank=True)
    area = models.ForeignKey(
        "agencies.QualitySurveillanceGroup",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
    )
    holder_name = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    out_of_hours_telephone = models.CharField(max_length=40, blank=True)
    stands_in_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="stand_ins"
    )
    in_post_since = models.DateField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("post", "starts_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="agencies_post_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(post__in=PostCode.values), name="agencies_post_known"),
            models.CheckConstraint(
                condition=Q(stands_in_for__isnull=True)
                | (Q(ends_on__isnull=False) & ~Q(stands_in_for=F("id"))),
                name="agencies_post_stand_in_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(in_post_since__isnull=True) | Q(in_post_since__lte=F("starts_on")),
                name="agencies_post_in_post_before_named",
            ),
            ExclusionConstraint(
                name="agencies_post_one_stand_in",
                expressions=[("stands_in_for", RangeOperators.EQUAL), (_days(), RangeOperators.OVERLAPS)],
                condition=Q(stands_in_for__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()}, {self.agency}"

    @property
    def role(self) -> str:
        """The post with what or where it is for."""
        return ", ".join(
            part for part in (self.get_post_display(), self.topic, self.area and self.area.name) if part
        )

    @property
    def who(self) -> str:
        """The holder's name; a desk has none."""
        return self.holder_name or "Duty desk"

    @property
    def last_day(self) -> date | None:
        """The last day on which it is held; None while no end is known."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def number(self) -> str:
        """The number in office hours: the post's own, else its holder's."""
        return self.telephone or (self.user.telephone if self.user else "")


class DirectorMeeting(Sighted):
    """That somebody of the Care Quality Commission meets a new Director in their first three months (ADASS 14, l.29).

    Its record is the council's, shared with the Commission: both see it and its deadline, nobody else does.
    """

    KIND = "director_meeting"

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="meeting")
    inspectorate = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    in_post_on = models.DateField()
    met_on = models.DateField(null=True)
    met_recorded_at = models.DateTimeField(null=True)
    met_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agencies_meeting_not_before_in_post",
                condition=Q(met_on__isnull=True) | Q(met_on__gte=F("in_post_on")),
            ),
            models.CheckConstraint(
                name="agencies_meeting_says_by_whom",
                condition=Q(met_on__isnull=True, met_recorded_at__isnull=True, met_recorded_by__isnull=True)
                | Q(met_on__isnull=False, met_recorded_at__isnull=False, met_recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Whom it is with, and where."""
        return f"Meeting the new Director of Adult Social Services at {self.post.agency}"

    def get_absolute_url(self) -> str:
        """The meeting's page."""
        return reverse("agencies:director_meeting", args=[self.pk])

    def roles_of(self, principal: Principal) -> set[str]:
        """The roles held at either body: who of them met may say when."""
        mine = principal.agency_id in (self.post.agency_id, self.inspectorate_id)
        return set(principal.agency_roles) if mine else set()
