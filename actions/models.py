"""Actions, and each turn of what two bodies say to each other about one."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Sighted
from actions import rules
from agencies.models import Agency


class Action(Sighted):
    """Something that one body asks of another (NQB ch. 5, l.850-858).

    The body that asks is the record's owner; a record it came from, if any, is the record's
    parent. It carries its own statement: asking shares that, and never the parent.
    """

    KIND = "action"
    DEPTH = 1

    class Status(models.TextChoices):
        """Where it stands; ``rules.TRANSITIONS`` says what may follow."""

        OFFERED = rules.OFFERED, rules.STATUS_WORDS[rules.OFFERED]
        ACCEPTED = rules.ACCEPTED, rules.STATUS_WORDS[rules.ACCEPTED]
        DECLINED = rules.DECLINED, rules.STATUS_WORDS[rules.DECLINED]
        COUNTERED = rules.COUNTERED, rules.STATUS_WORDS[rules.COUNTERED]
        DONE = rules.DONE, rules.STATUS_WORDS[rules.DONE]
        WITHDRAWN = rules.WITHDRAWN, rules.STATUS_WORDS[rules.WITHDRAWN]

    asked = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="actions_asked")
    statement = models.TextField(max_length=rules.LONGEST)
    aim = models.CharField(max_length=12, choices=list(rules.AIMS.items()))
    power_kind = models.CharField(max_length=10, choices=list(rules.POWER_WORDS.items()))
    power = models.CharField(max_length=rules.LONGEST_POWER, blank=True)
    due_at = models.DateTimeField()
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lead_name = models.CharField(max_length=rules.LONGEST_NAME, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OFFERED)
    counter_statement = models.TextField(max_length=rules.LONGEST, blank=True)
    counter_due_at = models.DateTimeField(null=True, blank=True)
    rag = models.CharField(max_length=5, choices=list(rules.RAGS.items()), blank=True)
    initial_risk = models.CharField(max_length=10, choices=list(rules.RISKS.items()))
    current_risk = models.CharField(max_length=10, choices=list(rules.RISKS.items()))
    evidence = models.TextField(max_length=rules.LONGEST, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=1)

    class Meta:
        """What the database holds an action to."""

        indexes = [
            models.Index(fields=["asked", "due_at", "record"], name="action_asked_by_due"),
            models.Index(fields=["due_at", "record"], name="action_by_due"),
            models.Index(
                fields=["due_at"],
                name="action_that_waits",
                condition=Q(status__in=(rules.OFFERED, rules.COUNTERED)),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="action_status_known", condition=Q(status__in=list(rules.TRANSITIONS))
            ),
            models.CheckConstraint(name="action_aim_known", condition=Q(aim__in=list(rules.AIMS))),
            models.CheckConstraint(
                name="action_power_said",
                condition=Q(power_kind=rules.NO_POWER, power="")
                | (Q(power_kind__in=[rules.LISTED, rules.ANOTHER_POWER]) & ~Q(power="")),
            ),
            models.CheckConstraint(
                name="action_counter_while_countered",
                condition=Q(status=rules.COUNTERED, counter_due_at__isnull=False)
                | (~Q(status=rules.COUNTERED) & Q(counter_due_at__isnull=True, counter_statement="")),
            ),
            models.CheckConstraint(
                name="action_done_with_evidence", condition=~Q(status=rules.DONE) | ~Q(evidence="")
            ),
            models.CheckConstraint(
                name="action_ended_says_when",
                condition=Q(status__in=[rules.DECLINED, rules.DONE, rules.WITHDRAWN], ended_at__isnull=False)
                | Q(status__in=[rules.OFFERED, rules.COUNTERED, rules.ACCEPTED], ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"action {self.pk}"

    @property
    def title(self) -> str:
        """The first line of what is asked."""
        first = self.statement.strip().splitlines()[0]
        return first if len(first) <= 100 else f"{first[:97].rstrip()}…"

    def get_absolute_url(self) -> str:
        """The page of the action."""
        return reverse("actions:detail", kwargs={"id": self.pk})

    @property
    def led_by(self) -> str:
        """Who leads it at the body asked, by name."""
        return self.lead.full_name if self.lead else self.lead_name


class Turn(models.Model):
    """One turn: what a body said or did about an action, when it happened and when it was recorded.

    ``statement`` and ``due_at`` are those it proposed or agreed, where it did.
    """

    class Deed(models.TextChoices):
        """What was said or done."""

        ASKED = "asked", "Asked"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        COUNTERED = "countered", "Proposed another way"
        AGREED = "agreed", "Agreed to the other way"
        KEPT = "kept", "Kept to what was asked"
        PROGRESS = "progress", "Said how it is going"
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"
        PASSED_ON = "passed_on", "Offered to a successor"
        KEPT_BACK = "kept_back", "No longer offered to a successor"
        TAKEN_OVER = "taken_over", "Taken over by a successor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveIntegerField()
    deed = models.CharField(max_length=10, choices=Deed.choices)
    text = models.TextField(max_length=rules.LONGEST, blank=True)
    statement = models.TextField(max_length=rules.LONGEST, blank=True)
    due_at = models.DateTimeField(null=True)
    rag = models.CharField(max_length=5, blank=True)
    risk = models.CharField(max_length=10, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A turn once, in its order, and for good."""

        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="action_turn_once", fields=["action", "number"]),
            models.CheckConstraint(
                name="action_turn_not_before_it_happened",
                condition=Q(recorded_at__gte=models.F("happened_at")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="turns_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.action_id}"


class ActionComment(Sighted):
    """What a reader of an action says about it, without taking a turn.

    A child of the action: seeing the action is always required, and a narrowed comment is for its
    author's body, the body that asked, and nobody else.
    """

    KIND = "action_comment"
    DEPTH = 2

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(max_length=rules.LONGEST)

    class Meta:
        """What was said stays said."""

        triggers = [
            pgtrigger.Protect(name="comments_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"comment on {self.action_id}"

    @property
    def title(self) -> str:
        """What it is, to those who see it."""
        return f"A comment on “{self.action.title}”"

    def get_absolute_url(self) -> str:
        """The page of the action, where the comments stand."""
        return f"{self.action.get_absolute_url()}#comments"
