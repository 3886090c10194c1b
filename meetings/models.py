"""Meetings, the invitations to them, and the proceedings of those that were held."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import Record, Sighted
from agencies.models import Agency
from meetings import rules


class Meeting(Sighted):
    """A meeting of the people listed for a matter, in person or by call (NQB ch. 5, l.858).

    The record has the gate LISTED and is shared with the participants of ``of``: owning it
    gives nothing. ``sequence`` counts the versions of its calendar entry; ``opened_at`` and
    ``closed_at`` are those of its latest proceedings.
    """

    KIND = "meeting"

    class Purpose(models.TextChoices):
        """What it is held for."""

        JUDGEMENT = rules.JUDGEMENT, rules.PURPOSES[rules.JUDGEMENT]
        RESPONSE = rules.RESPONSE, rules.PURPOSES[rules.RESPONSE]
        FOLLOW_UP = rules.FOLLOW_UP, rules.PURPOSES[rules.FOLLOW_UP]

    class Status(models.TextChoices):
        """Where it stands; ``rules.TRANSITIONS`` says what may follow."""

        SCHEDULED = rules.SCHEDULED, rules.STATUS_WORDS[rules.SCHEDULED]
        HELD = rules.HELD, rules.STATUS_WORDS[rules.HELD]
        CANCELLED = rules.CANCELLED, rules.STATUS_WORDS[rules.CANCELLED]

    of = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="meetings")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=rules.LONGEST_PLACE, blank=True)
    joining = models.TextField(max_length=rules.LONGEST_JOINING, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    essential: models.ManyToManyField = models.ManyToManyField(
        Agency, through="EssentialBody", related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=rules.LONGEST_REASON, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """What the database holds a meeting to."""

        indexes = [models.Index(fields=["of", "starts_at"], name="meeting_of_by_start")]
        constraints = [
            models.CheckConstraint(
                name="meeting_status_known", condition=Q(status__in=list(rules.TRANSITIONS))
            ),
            models.CheckConstraint(
                name="meeting_purpose_known", condition=Q(purpose__in=list(rules.PURPOSES))
            ),
            models.CheckConstraint(name="meeting_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="meeting_held_says_when",
                condition=Q(status=rules.HELD, opened_at__isnull=False)
                | (~Q(status=rules.HELD) & Q(opened_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="meeting_cancelled_says_when",
                condition=Q(status=rules.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=rules.CANCELLED) & Q(cancelled_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    @property
    def title(self) -> str:
        """What it is held for."""
        return str(self.get_purpose_display())

    def get_absolute_url(self) -> str:
        """The page of the meeting."""
        return reverse("meetings:detail", kwargs={"id": self.pk})

    @property
    def uid(self) -> str:
        """The name of its calendar entry, the same for every update."""
        return f"{self.pk}@quality-surveillance-portal"


class EssentialBody(models.Model):
    """A body without whom the meeting does not count as the members having met."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="essential_bodies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A body once."""

        constraints = [models.UniqueConstraint(name="essential_once", fields=["meeting", "agency"])]

    def __str__(self) -> str:
        return f"{self.agency_id} at {self.meeting_id}"


class Invitation(models.Model):
    """What one person was sent about a meeting, and what they answered.

    One row for each version of the calendar entry: an answer is to a time and a place, and a
    meeting that moves asks again.
    """

    class Method(models.TextChoices):
        """What the calendar is asked to do."""

        REQUEST = "REQUEST", "Invited"
        CANCEL = "CANCEL", "Told that it is cancelled"

    class Answer(models.TextChoices):
        """What the person said."""

        NONE = "none", "Not answered yet"
        ACCEPTED = "accepted", "Coming"
        TENTATIVE = "tentative", "Not sure yet"
        DECLINED = "declined", "Not coming"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.REQUEST)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """A person once for each version of the entry."""

        constraints = [
            models.UniqueConstraint(name="invited_once_a_version", fields=["meeting", "user", "sequence"]),
            models.CheckConstraint(
                name="invitation_answer_says_when",
                condition=Q(answer="none", answered_at__isnull=True)
                | (~Q(answer="none") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.sequence} to {self.user_id}"


class Proceedings(models.Model):
    """The record of a meeting held: when it opened, who was there, what was said and decided.

    A correction is another version, complete in itself; the earlier ones stay. ``opened_at``
    is when it happened and ``recorded_at`` when that was written down: a call held at 20:00
    may be recorded on Monday. ``went_on``: a meeting to judge that went on to the response.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="proceedings")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    how = models.CharField(max_length=10, choices=list(rules.HOW.items()))
    went_on = models.BooleanField(default=False)
    discussion = models.TextField(max_length=rules.LONGEST_DISCUSSION, blank=True)
    why_corrected = models.CharField(max_length=rules.LONGEST_REASON, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_for = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A version once, and for good."""

        ordering = ["number"]
        verbose_name_plural = "proceedings"
        constraints = [
            models.UniqueConstraint(name="proceedings_once", fields=["meeting", "number"]),
            models.CheckConstraint(
                name="proceedings_not_before_it_opened", condition=Q(recorded_at__gte=F("opened_at"))
            ),
            models.CheckConstraint(
                name="proceedings_close_after_open",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="proceedings_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"proceedings {self.number} of {self.meeting_id}"


class Attendance(models.Model):
    """Who was there for a body, or was not: a person, a name without an account, or the body as such."""

    class Presence(models.TextChoices):
        """How they took part."""

        IN_PERSON = rules.IN_PERSON, rules.PRESENCES[rules.IN_PERSON]
        BY_CALL = rules.BY_CALL, rules.PRESENCES[rules.BY_CALL]
        APOLOGIES = rules.APOLOGIES, rules.PRESENCES[rules.APOLOGIES]
        ABSENT = rules.ABSENT, rules.PRESENCES[rules.ABSENT]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proceedings = models.ForeignKey(Proceedings, on_delete=models.PROTECT, related_name="attendance")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=rules.LONGEST_NAME, blank=True)
    presence = models.CharField(max_length=10, choices=Presence.choices)

    class Meta:
        """A person once."""

        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(
                name="attends_once",
                fields=["proceedings", "agency", "user", "name"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="attendance_present_is_somebody",
                condition=Q(presence__in=[rules.APOLOGIES, rules.ABSENT])
                | Q(user__isnull=False)
                | ~Q(name=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="attendance_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.presence}"


class Decision(models.Model):
    """One thing a meeting decided, apart from what was said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proceedings = models.ForeignKey(Proceedings, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=rules.LONGEST_DECISION)

    class Meta:
        """In their order."""

        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="decision_once", fields=["proceedings", "number"])]
        triggers = [
            pgtrigger.Protect(name="decisions_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"decision {self.number}"
