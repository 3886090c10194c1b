"""Records, what is shared with whom, and who is shut out."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from guardian.models import GroupObjectPermissionBase

from access.models.doors import TakenRequest, Tally, Token

if TYPE_CHECKING:
    from access.principal import Principal

__all__ = [
    "KINDS", "Audience", "Circle", "CircleReading", "Conflict", "EmergencyAccess", "Inheritance", "LastReader",
    "Listing", "Record", "RecordExclusion", "RecordProvider", "Share", "Sighted", "Standing", "Submission",
    "TakenRequest", "Tally", "Tie", "Token",
]  # fmt: skip


class Standing(models.Model):
    """A person's current place in an audience: a row of the view ``access_standing``.

    Made of seats, memberships and lists, and of the database's date; nothing writes it,
    so an end date passing needs no job, and ``user.groups.add`` is refused.
    """

    id = models.TextField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "access_standing"


class Audience(models.Model):
    """A set of people that a record can be shared with, named by what makes it."""

    class Kind(models.TextChoices):
        """What makes the set."""

        QSG_SEATS = "qsg_seats", "Everyone with a seat in the group"
        QSG_CLEARED = "qsg_cleared", "Seats that may receive restricted items"
        QSG_READERS = "qsg_readers", "Everyone who reads intelligence at the group's member bodies"
        ALL_SEATS = "all_seats", "Everyone with a seat in any group"
        AGENCY = "agency", "Everyone who reads intelligence at one body"
        PERSON = "person", "One person at a body"
        PARTICIPANTS = "participants", "The participants of a risk summit"
        BODY_PARTICIPANTS = "body_participants", "One body's participants in a risk summit"

    group = models.OneToOneField(Group, primary_key=True, on_delete=models.PROTECT, related_name="audience")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    qsg = models.ForeignKey(
        "agencies.QualitySurveillanceGroup", null=True, on_delete=models.PROTECT, related_name="+"
    )
    agency = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    summit = models.ForeignKey("access.Record", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="audience_once",
                fields=["kind", "qsg", "agency", "person", "summit"],
                nulls_distinct=False,
            )
        ]


class Circle(models.Model):
    """The interned set of audiences of a record's live shares, derived and never edited."""

    key = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()
        permissions = [("read_circle", "May read what is shared with this circle")]


class CircleReading(GroupObjectPermissionBase):
    """The grant: an audience reads a circle. The permission library asks this table."""

    content_object = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="readings")


class Record(models.Model):
    """Anything that has sight: the concern, summit, action and so on share its key."""

    class Gate(models.TextChoices):
        """What stands before the formula, by the record's state or kind."""

        OPEN = "open", "Open"
        DRAFT = "draft", "Draft: its authors only"
        NAMED = "named", "Only the people named on it"
        LISTED = "listed", "Only those it was shared with; owning it gives nothing"
        SEALED = "sealed", "Sealed"
        WITHDRAWN = "withdrawn", "Withdrawn: a tombstone for those who had it"

    class ParentRule(models.TextChoices):
        """What the parent means for sight."""

        REQUIRED = "required", "The parent must be seen too"
        ADDS = "adds", "Readers of the parent see it too"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    circle = models.ForeignKey(Circle, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    named = models.ForeignKey(Circle, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed = models.BooleanField(default=False)
    gate = models.CharField(max_length=10, choices=Gate.choices, default=Gate.OPEN)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    parent_rule = models.CharField(max_length=10, choices=ParentRule.choices, blank=True, default="")
    narrowed = models.BooleanField(default=False)
    exercise = models.BooleanField(default=False)
    # Nothing is to be done about it any more: said by kinds whose open ones are asked for by themselves.
    ended = models.BooleanField(default=False, db_default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    providers: models.ManyToManyField = models.ManyToManyField(
        "providers.Provider", through="access.RecordProvider", related_name="+"
    )

    class Meta:
        # Each list of a reader in its own order; those of what has not ended are a fraction as long.
        indexes = [
            models.Index(fields=[*key, "kind", "-recorded_at", "-id"], name=f"record_{name}", condition=rows)
            for key, way in (
                ([], "newest"),
                (["circle"], "by_circle"),
                (["named"], "by_named"),
                (["owner"], "by_owner"),
            )
            for name, rows in ((way, None), (f"open_{way}", models.Q(ended=False)))
        ]
        constraints = [
            models.CheckConstraint(
                name="record_parent_and_rule_together",
                condition=models.Q(parent__isnull=True, parent_rule="")
                | (models.Q(parent__isnull=False) & ~models.Q(parent_rule="")),
            ),
            models.CheckConstraint(
                name="record_withdrawn_says_when",
                condition=~models.Q(gate="withdrawn") | models.Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="record_narrowed_is_a_child",
                condition=models.Q(narrowed=False) | models.Q(parent_rule="required"),
            ),
        ]

    @property
    def sighted(self) -> "Sighted":
        """The thing itself: the concern, summit, action … that shares this key."""
        thing: Sighted = getattr(self, KINDS[self.kind]._meta.model_name or "")
        return thing

    def is_of(self, principal: "Principal") -> bool:
        """Say whether the principal's body looks after it: its owner, or a successor that accepted it from its owner."""
        accepted = self.owner_id in principal.predecessors and self.pk not in principal.exceptions
        return self.owner_id == principal.agency_id or accepted

    def roles_of(self, principal: "Principal") -> set[str]:
        """Return the roles held where it is looked after: those that share it, close it and the like."""
        return set(principal.agency_roles) if self.is_of(principal) else set()


KINDS: dict[str, type["Sighted"]] = {}
"""Every kind of thing with sight, by its code; filled as the classes are made."""


class Sighted(models.Model):
    """Base of every kind of thing with sight; it shares its key with its Record.

    A subclass says its KIND, its ``title`` (read only once it is in sight), its
    address, and its ``caution``, where it needs one.
    """

    KIND: ClassVar[str]
    DEPTH: ClassVar[int] = 0  # how many parents its sight can depend on
    record = models.OneToOneField(
        Record, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s"
    )

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the kind."""
        super().__init_subclass__(**kwargs)
        if "KIND" in cls.__dict__:
            KINDS[cls.KIND] = cls

    def get_absolute_url(self) -> str:
        """The page of the thing."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """One line that names the thing to a person who sees it."""
        raise NotImplementedError

    @property
    def caution(self) -> str:
        """The tag that stands beside its title, "" for none: what has one is left out of a provider's page in print."""
        return ""


class RecordProvider(models.Model):
    """Which provider a record is about; several for a theme."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="about")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="about_once", fields=["record", "provider"])]


class RecordExclusion(models.Model):
    """An agency shut out of one record, whatever it was granted; never its owner."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="exclusions")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="excluded_once", fields=["record", "agency"])]


class Share(models.Model):
    """The fact that a record was shared with an audience: by whom, when, why we may."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="shares")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="shares")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    gateway = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="shared_once_at_a_time",
                fields=["record", "audience"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="share_ends_after_it_began",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("at")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="shares_stay", operation=pgtrigger.Delete)]


class LastReader(models.Model):
    """A person who read a record, at a body, when it was withdrawn: who its tombstone is for."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="last_readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="last_reader_once", fields=["record", "user", "agency"])]


class Listing(models.Model):
    """A person listed at a body called to a summit; counts while both are current."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    summit = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="listings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="listed_once_at_a_time",
                fields=["summit", "user", "agency"],
                condition=models.Q(ended_at__isnull=True),
            )
        ]


class Tie(models.TextChoices):
    """How a person is tied to a provider, in their own words to themselves; others learn less (``providers.interests``)."""

    OWN_WORK = "own_work", "I work there, or am paid by it"
    OWNER = "owner", "I, or my household, own it or part of it"
    OFFICE = "office", "I am a trustee, governor or director of it"
    PARTNERS_WORK = "partners_work", "My husband, wife or partner works there, or is paid by it"
    CARE = "care", "Somebody of my family is in its care"
    OTHER = "other", "Something else"


class Conflict(models.Model):
    """A body or a person that must never see a provider's matters, from a day to a day: a line of the register of interests.

    ``tie`` says how the person is tied to it, where they said so themselves; ``reason`` is in their own words, for
    themselves alone. ``said_over_at`` is when they said that it is over: it binds on until somebody else ends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    tie = models.CharField(max_length=20, choices=Tie.choices, blank=True, default="")
    said_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="conflict_tie_known", condition=models.Q(tie__in=["", *Tie.values])),
            models.CheckConstraint(
                name="conflict_tie_is_a_persons",
                condition=models.Q(tie="", said_over_at__isnull=True) | models.Q(user__isnull=False),
            ),
            models.CheckConstraint(
                name="conflict_of_a_body_or_a_person",
                condition=models.Q(agency__isnull=True, user__isnull=False)
                | models.Q(agency__isnull=False, user__isnull=True),
            ),
            models.CheckConstraint(
                name="conflict_ends_after_it_starts",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
            ),
        ]


class EmergencyAccess(models.Model):
    """A person's access to a provider's matters for immediate risk: at most four hours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="emergency_at_most_four_hours",
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                & models.Q(ends_at__lte=models.F("starts_at") + models.Value(timedelta(hours=4))),
            )
        ]


class Inheritance(models.Model):
    """A successor body that accepted its predecessor's intelligence. Direct, no chains."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    successor = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    predecessor = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()
    exceptions: models.ManyToManyField = models.ManyToManyField(Record, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accepted_once", fields=["successor", "predecessor"]),
            models.CheckConstraint(
                name="no_body_succeeds_itself", condition=~models.Q(successor=models.F("predecessor"))
            ),
        ]


class Submission(models.Model):
    """A form that was taken: the same form posted again leads to what it made."""

    once = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=500)
    at = models.DateTimeField()
