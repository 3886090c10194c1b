"""Who was told of what, and how the mail about it went. No row here holds a word of intelligence."""

import uuid
from urllib.parse import urlsplit

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from notifications.events import Facts
from notifications.rules import PENDING, STATES, TRANSITIONS, WAITING


class Message(models.Model):
    """One person told of one thing: a line of that person's inbox.

    It keeps codes and ids only. What it says is made when it is read, or its mail sent, after asking again whether the
    reader sees the record.
    """

    facts: Facts  # what its sentence speaks of, while it is put into words
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("access.Record", null=True, on_delete=models.PROTECT, related_name="messages")
    event = models.CharField(max_length=60)
    # What within the record it is about (a clock, an offer), for the app that told.
    topic = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    instead_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="passed_on")
    # Several told to one person of one record in one go are mailed as one: this one goes along with that mail.
    mailed_with = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="goes_along")
    written_at = models.DateTimeField()
    asks = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_recorded_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-written_at"], name="message_inbox"),
            models.Index(fields=["record", "-written_at"], name="message_by_record"),
            models.Index(fields=["topic"], name="message_by_topic"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="message_passed_on_once",
                fields=["instead_of", "recipient"],
                condition=Q(instead_of__isnull=False),
            ),
            models.CheckConstraint(
                name="message_told_by_phone_is_whole",
                condition=Q(told_at__isnull=True, told_recorded_at__isnull=True, told_by__isnull=True)
                | Q(told_at__isnull=False, told_recorded_at__gte=F("told_at"), told_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} for {self.recipient_id}"

    @property
    def mail(self) -> "Delivery | None":
        """The mail that tells of it, its own or the one it goes along with; None where none does."""
        carrier = self.mailed_with or self
        return getattr(carrier, "delivery", None)

    @property
    def reached(self) -> bool:
        """Whether the person is known to have it: acknowledged, or told by telephone."""
        return self.acknowledged_at is not None or self.told_at is not None

    @property
    def waits(self) -> bool:
        """Whether an answer is waited for."""
        return self.asks and not self.reached and self.ended_at is None


_FORWARD = " OR ".join(
    f"(OLD.state = '{state}' AND NEW.state IN ({', '.join(repr(then) for then in sorted({state} | after))}))"
    for state, after in TRANSITIONS.items()
    if after
)


class Delivery(models.Model):
    """The outbox: one mail to one person, written in the transaction of what it tells.

    ``next_try_at`` is when it may be taken; while it is claimed, when the claim runs out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="delivery")
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default=PENDING)
    reason = models.CharField(max_length=20, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    last_tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state__in=WAITING)),
        ]
        constraints = [
            models.CheckConstraint(name="delivery_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="delivery_sent_says_when",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="forward_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"IF NOT ({_FORWARD}) THEN RAISE EXCEPTION 'a delivery that has ended stays as it is'"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.header_id} {self.state}"

    @property
    def header_id(self) -> str:
        """The mail's Message-ID: the same at each attempt, so that a mail sent twice is known as one."""
        return f"<{self.id}@{urlsplit(settings.PORTAL_URL).hostname}>"
