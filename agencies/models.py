"""Agencies, the people in them, and the Quality Surveillance Groups they form.

Every link is dated: `starts_on` inclusive, `ends_on` exclusive, the London day. The view
`access_standing` reads the tables of membership, group membership and seats by their default names.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from agencies.agreements.models import GroupDocument, Signature
from agencies.contacts.models import DirectorMeeting, Post, PostCode
from agencies.forming.models import EarlierGroupName
from agencies.interests.models import InterestsDeclaration
from agencies.lists.models import ListChange
from agencies.readiness.models import ReadinessAnswer, ReadinessDeclaration
from agencies.reviews.models import AccessReview, ReviewedPerson, SuspendedRole
from agencies.rules import invitation_state

if TYPE_CHECKING:
    from access.principal import Principal


__all__ = [
    "AccessReview",
    "Agency",
    "DirectorMeeting",
    "EarlierGroupName",
    "FootprintAgency",
    "GroupDocument",
    "InterestsDeclaration",
    "ListChange",
    "MemberKind",
    "Membership",
    "MembershipInvitation",
    "PortalRole",
    "PortalRoleKind",
    "Post",
    "PostCode",
    "QSGMember",
    "QualitySurveillanceGroup",
    "ReadinessAnswer",
    "ReadinessDeclaration",
    "ReviewedPerson",
    "Role",
    "Seat",
    "SeatKind",
    "Signature",
    "SuspendedRole",
    "Tier",
]


class Role(models.TextChoices):
    """What a person may do for the agency they belong to."""

    READER = "reader", "Reader"
    CONTRIBUTOR = "contributor", "Contributor"
    AGENCY_LEAD = "agency_lead", "Lead for the body"
    AGENCY_ADMINISTRATOR = "agency_administrator", "Administrator of the body"
    EMERGENCY_ACCESS = "emergency_access", "Emergency access"


class PortalRoleKind(models.TextChoices):
    """Roles held at the portal itself; none of them reads intelligence."""

    PORTAL_ADMINISTRATOR = "portal_administrator", "Portal administrator"
    RECORDS_OFFICER = "records_officer", "Records officer"
    AUDITOR = "auditor", "Auditor"


class Tier(models.TextChoices):
    """The two tiers of Quality Surveillance Group (NQB ch. 5, l.794)."""

    LOCAL = "local", "Local"
    REGIONAL = "regional", "Regional"


class MemberKind(models.TextChoices):
    """Full members are in the group's audiences; associates see only what is sent to them by name."""

    FULL = "full", "Member"
    ASSOCIATE = "associate", "Occasional guest"


class SeatKind(models.TextChoices):
    """What a person does at a group's table."""

    CHAIR = "chair", "Chair"
    REPRESENTATIVE = "representative", "Representative"
    DEPUTY = "deputy", "Deputy"
    SECRETARIAT = "secretariat", "Secretariat"


def _days() -> Func:
    """The half-open range of days a dated row stands for, as the database compares it."""
    return Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange")


def _ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name=name
    )


class Agency(models.Model):
    """A body that shares intelligence: its kind says what it is and what it may do.

    `kind` is a code of the list `agency_kinds`. `parent` ties an area team to its regional team and
    a regional team to NHS England. A blank telephone means "number not in the source". `said_to_close_on`
    is the close date that a national file gives of a body which still holds something: it closes by a
    succession, never by a file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60, db_index=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    ods_code = models.CharField(max_length=10, unique=True, null=True, blank=True)
    ons_code = models.CharField(max_length=12, blank=True, db_index=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    town = models.CharField(max_length=80, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    out_of_hours_telephone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    said_to_close_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(fields=("kind", "name"), name="agencies_agency_unique_name"),
            models.CheckConstraint(condition=~Q(ods_code=""), name="agencies_agency_ods_not_blank"),
        ]
        indexes = [
            models.Index(fields=("name", "id"), name="agencies_agency_name"),
            GinIndex(fields=("name",), opclasses=("gin_trgm_ops",), name="agencies_agency_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    def roles_of(self, principal: Principal) -> set[str]:
        """The roles this principal holds here: those of their membership, if it is of this agency."""
        return set(principal.agency_roles) if principal.agency_id == self.id else set()


class Membership(models.Model):
    """A person acting for an agency in one role, between two days. Several rows, several roles."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("starts_on", "id")
        constraints = [
            _ends_after_start("agencies_membership_ends_after_start"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="agencies_membership_role_known"),
            ExclusionConstraint(
                name="agencies_membership_one_agency",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("agency", RangeOperators.NOT_EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="agencies_membership_role_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.agency}: {self.get_role_display()}"


class PortalRole(models.Model):
    """A role held at the portal itself, between two days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="portal_roles")
    role = models.CharField(max_length=30, choices=PortalRoleKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("starts_on", "id")
        constraints = [
            _ends_after_start("agencies_portalrole_ends_after_start"),
            models.CheckConstraint(
                condition=Q(role__in=PortalRoleKind.values), name="agencies_portalrole_role_known"
            ),
            ExclusionConstraint(
                name="agencies_portalrole_role_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class QualitySurveillanceGroup(models.Model):
    """A group of bodies that share what they know of quality in one area (NQB ch. 5, l.784).

    `region` ties a local group to its regional one; `team` is the NHS England team that facilitates
    it. Where `footprint_known` is false, `footprint_note` says what the source lacks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    tier = models.CharField(max_length=10, choices=Tier.choices)
    region = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="local_groups"
    )
    team = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="facilitated_groups")
    footprint_known = models.BooleanField(default=True)
    footprint_note = models.CharField(max_length=300, blank=True)
    footprint = models.ManyToManyField(Agency, through="FootprintAgency", related_name="groups_of_area")

    class Meta:
        ordering = ("name",)
        verbose_name = "Quality Surveillance Group"
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="agencies_qsg_tier_known"),
            models.CheckConstraint(
                condition=Q(tier=Tier.LOCAL, region__isnull=False)
                | Q(tier=Tier.REGIONAL, region__isnull=True),
                name="agencies_qsg_local_has_region",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def roles_of(self, principal: Principal) -> set[str]:
        """The kinds of seat this principal holds at this group."""
        return set(principal.seats.get(self.id, frozenset()))


class FootprintAgency(models.Model):
    """A body whose area lies in a group's footprint, by the source named."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    qsg = models.ForeignKey(
        QualitySurveillanceGroup, on_delete=models.CASCADE, related_name="footprint_links"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="footprint_links")
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("qsg", "agency"), name="agencies_footprintagency_unique")
        ]

    def __str__(self) -> str:
        return f"{self.agency} in {self.qsg}"


class QSGMember(models.Model):
    """A body's membership of a group, between two days. Members are bodies; seats are people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    qsg = models.ForeignKey(QualitySurveillanceGroup, on_delete=models.PROTECT, related_name="members")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="group_memberships")
    kind = models.CharField(max_length=10, choices=MemberKind.choices, default=MemberKind.FULL)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("starts_on", "id")
        verbose_name = "group member"
        constraints = [
            _ends_after_start("agencies_qsgmember_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind__in=MemberKind.values), name="agencies_qsgmember_kind_known"
            ),
            ExclusionConstraint(
                name="agencies_qsgmember_once",
                expressions=[
                    ("qsg", RangeOperators.EQUAL),
                    ("agency", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} in {self.qsg}"


class Seat(models.Model):
    """A person's place at a group's table, for one agency, between two days.

    It counts only while the seat, the agency's full membership of the group, the person's membership
    of that agency and the account are all current (`agencies.rules.seat_counts`). Changing `cleared`
    ends one seat and starts another.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    qsg = models.ForeignKey(QualitySurveillanceGroup, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="seats")
    kind = models.CharField(max_length=20, choices=SeatKind.choices)
    cleared = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("starts_on", "id")
        constraints = [
            _ends_after_start("agencies_seat_ends_after_start"),
            models.CheckConstraint(condition=Q(kind__in=SeatKind.values), name="agencies_seat_kind_known"),
            ExclusionConstraint(
                name="agencies_seat_once",
                expressions=[
                    ("qsg", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_kind_display()} at {self.qsg}"


class MembershipInvitation(models.Model):
    """An address invited to act for a body in one role, and to take one seat where that was proposed.

    Whose address it is stays unknown until somebody accepts: an account's and a stranger's are kept alike.
    The key in the link stands in the last mail only, its hash on that letter.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=30, choices=Role.choices)
    email = models.EmailField()
    full_name = models.CharField(max_length=200)
    qsg = models.ForeignKey(QualitySurveillanceGroup, null=True, on_delete=models.PROTECT, related_name="+")
    seat_kind = models.CharField(max_length=20, choices=SeatKind.choices, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    letter = models.ForeignKey("accounts.Letter", null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-sent_at", "id")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="agencies_invitation_role_known"),
            models.CheckConstraint(
                condition=Q(qsg__isnull=True, seat_kind="")
                | Q(qsg__isnull=False, seat_kind__in=SeatKind.values),
                name="agencies_invitation_whole_seat",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="agencies_invitation_one_end",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("invited_by")),
                name="agencies_invitation_of_somebody_else",
            ),
            models.UniqueConstraint(
                fields=("agency", "email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="agencies_invitation_once",
            ),
        ]
        indexes = [models.Index(fields=("sent_at", "id"), name="agencies_invitation_sent")]

    def __str__(self) -> str:
        return f"{self.full_name} to {self.agency}"

    @property
    def seat(self) -> str:
        """The seat proposed, in words; "" for none."""
        return f"{self.get_seat_kind_display()} at {self.qsg}" if self.qsg else ""

    def state(self, now: datetime) -> str:
        """How it stands: waiting, accepted, withdrawn or expired."""
        return invitation_state(
            accepted=self.accepted_at is not None,
            withdrawn=self.withdrawn_at is not None,
            expires_at=self.expires_at,
            now=now,
        )
