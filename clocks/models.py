"""Clocks and their steps: deadlines as facts, which everything else is only a way of noticing."""

import uuid
from datetime import datetime
from fractions import Fraction

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clocks.rules.states import MET_STATES, OPEN, RUNNING, STATES, STOP_REASONS, STOPPED, TRANSITIONS, WORDS


def _quoted(states: object) -> str:
    return ", ".join(repr(state) for state in sorted(states))  # type: ignore[call-overload]


_MAY_FOLLOW = " OR ".join(
    f"(OLD.state = '{state}' AND NEW.state IN ({_quoted(after | {state})}))"
    for state, after in TRANSITIONS.items()
    if after
)
_FIXED = (
    "id",
    "record_id",
    "kind",
    "family",
    "responsible_agency_id",
    "responsible_person_id",
    "started_at",
    "started_recorded_at",
    "started_by_id",
    "due_at",
    "longest_at",
    "speed",
    "replaces_id",
)
_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)


class Clock(models.Model):
    """One deadline: what it is about, since when it runs, when it is due, and how it ended.

    Every fact has the moment at which it happened and the moment at which it was recorded. What was stored at the start
    never changes, and the state only moves forward: the database refuses both, whoever asks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("access.Record", on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=40)
    family = models.CharField(max_length=40)
    responsible_agency = models.ForeignKey(
        "agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+"
    )
    responsible_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    started_recorded_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField()
    longest_at = models.DateTimeField(null=True)
    # In an exercise a day may take an hour; the time itself is never scaled.
    speed = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    state = models.CharField(max_length=20, choices=list(WORDS.items()), default=RUNNING)
    next_step_at = models.DateTimeField(null=True)
    # When it fell due: the due moment, or the event that brought it forward.
    missed_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_recorded_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    met_how = models.CharField(max_length=40, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stop_reason = models.CharField(
        max_length=20, blank=True, default="", choices=[(reason, reason) for reason in STOP_REASONS]
    )

    class Meta:
        indexes = [
            models.Index(fields=["next_step_at"], name="clock_next_step", condition=Q(state__in=OPEN)),
            models.Index(fields=["record", "started_at"], name="clock_by_record"),
        ]
        constraints = [
            models.CheckConstraint(name="clock_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="clock_speed_is_real", condition=Q(speed__gte=1)),
            models.CheckConstraint(
                name="clock_met_says_when",
                condition=Q(state__in=MET_STATES, met_at__isnull=False, met_recorded_at__gte=F("met_at"))
                | (~Q(state__in=MET_STATES) & Q(met_at__isnull=True, met_recorded_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="clock_stopped_says_why",
                condition=Q(state=STOPPED, stopped_at__isnull=False, stop_reason__in=list(STOP_REASONS))
                | (~Q(state=STOPPED) & Q(stopped_at__isnull=True, stop_reason="")),
            ),
            models.CheckConstraint(
                name="clock_ended_has_no_next_step",
                condition=Q(state__in=OPEN) | Q(next_step_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="clock_runs_once",
                fields=["record", "kind", "responsible_agency", "responsible_person"],
                condition=Q(state__in=OPEN),
                nulls_distinct=False,
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="forward_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"IF NOT ({_MAY_FOLLOW}) THEN"
                " RAISE EXCEPTION 'a clock moves only forward: from % to %', OLD.state, NEW.state"
                " USING ERRCODE = 'check_violation'; END IF;"
                f" IF {_CHANGED} THEN RAISE EXCEPTION 'what a clock started with never changes'"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="starts_running",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df=RUNNING),
                func="RAISE EXCEPTION 'a clock starts running' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {WORDS[self.state]}"

    @property
    def scale(self) -> Fraction:
        """How much shorter the hours of this clock are."""
        return Fraction(1, self.speed)

    @property
    def is_open(self) -> bool:
        """Whether it still counts: running, or missed and not yet done."""
        return self.state in OPEN

    @property
    def fell_due_at(self) -> datetime:
        """The moment by which it had to be met: the due moment, or the event that brought it forward."""
        return self.missed_at or self.due_at


class ClockStep(models.Model):
    """One step that a clock took, once: what was due, when it was recorded, who was told. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    effect = models.CharField(max_length=200, blank=True, default="")
    # The names in the reference data for whom nobody stood.
    nobody = models.JSONField(default=list)
    messages: models.ManyToManyField = models.ManyToManyField("notifications.Message", related_name="steps")

    class Meta:
        ordering = ["due_at", "recorded_at", "step", "number"]
        constraints = [
            models.UniqueConstraint(name="clock_step_once", fields=["clock", "step", "number"]),
            models.CheckConstraint(
                name="clock_step_is_never_early", condition=Q(recorded_at__gte=F("due_at"))
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.step} {self.number}"


class Ticking(models.Model):
    """When each ticker last ticked, for the watchdog."""

    source = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.source
