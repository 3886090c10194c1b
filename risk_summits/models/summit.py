"""The summit's headline, its room, and who is called into it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Record, Sighted
from agencies.models import Agency, QualitySurveillanceGroup
from clocks.models import Clock
from providers.models import Provider
from risk_summits.models.facts import KEPT, LONG, SHORT, STAYS, Fact, in_order, one_of
from risk_summits.rules import calling, response, sealing, stages

if TYPE_CHECKING:
    from access.principal import Principal
    from risk_summits.models.ring import RingHolding


class RiskSummit(Sighted):
    """The headline: about whom, that it is open, who convenes, since when; afterwards its outcome.

    It reaches the home group's cleared seats unless the caller restricts it (NQB ch. 5, l.832).
    Everything else is in the ``Room``, a record of its own with the same participants.
    ``owner`` of the record is the body that called it, ``happened_at`` the moment it did.
    """

    KIND = "risk_summit"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey(QualitySurveillanceGroup, on_delete=models.PROTECT, related_name="+")
    convenor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    restricted = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=list(stages.WORDS.items()), default=stages.OPEN)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=SHORT, blank=True)

    class Meta:
        constraints = [
            one_of("summit_status", "status", stages.TRANSITIONS),
            models.CheckConstraint(
                name="summit_ended_says_when",
                condition=Q(status=stages.OPEN, ended_at__isnull=True)
                | (~Q(status=stages.OPEN) & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"risk summit {self.pk}"

    @property
    def title(self) -> str:
        """Names it to those who see the headline."""
        return f"Risk summit about {self.provider}"

    def get_absolute_url(self) -> str:
        """The one page: the headline, and the room's parts to those in it."""
        return reverse("risk_summits:detail", kwargs={"id": self.pk})

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status == stages.OPEN

    def roles_of(self, principal: "Principal") -> set[str]:
        """Return the roles held at this summit now.

        The seats of its home group; and, for the leads of one body, ``convenor`` while
        NHS England's team calls the bodies together, ``ring_holders_lead`` for the body that
        leads the response, whatever body that is (NQB ch. 5, l.856-858).
        """
        roles = self.home.roles_of(principal)
        if "agency_lead" not in principal.agency_roles:
            return roles
        holding = self.room.holding()
        if holding.agency_id == principal.agency_id:
            roles.add("convenor" if holding.basis == "convenor" else "ring_holders_lead")
        return roles


class Room(Sighted):
    """Where the bodies called come together: reasons, views, judgements, the lead, actions, the end.

    Its record has the gate LISTED: only people listed at a body called, while both are
    current, whoever owns it. ``version`` counts its changes, so that a stale page is noticed.
    """

    KIND = "summit_room"

    summit = models.OneToOneField(RiskSummit, on_delete=models.PROTECT, related_name="room")
    feared = models.TextField(max_length=LONG)
    danger = models.CharField(max_length=10, choices=list(response.DANGER.items()))
    severity = models.CharField(max_length=20, blank=True)
    several_areas = models.BooleanField(default=False)
    lead_commissioner = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    concerned = models.CharField(max_length=20, blank=True, choices=list(calling.CONCERNED_WORDS.items()))
    home_holder = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sooner_hours = models.PositiveSmallIntegerField(null=True)
    sooner_reason = models.CharField(max_length=SHORT, blank=True)
    follow_up_days = models.PositiveSmallIntegerField(default=response.FOLLOW_UP_DAYS)
    revealed_at = models.DateTimeField(null=True)
    revealed_because = models.CharField(
        max_length=20, blank=True, choices=list(sealing.REVEALED_BECAUSE.items())
    )
    ring_decided_at = models.DateTimeField(null=True)
    learning = models.TextField(max_length=LONG, blank=True)
    closing_words = models.TextField(max_length=LONG, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            one_of("room_danger", "danger", response.DANGER),
            models.CheckConstraint(
                name="room_sooner_with_a_reason",
                condition=Q(sooner_hours__isnull=True)
                | (Q(sooner_hours__in=response.SOONER) & ~Q(sooner_reason="")),
            ),
            models.CheckConstraint(
                name="room_follow_up_within_limits",
                condition=Q(follow_up_days__gte=1, follow_up_days__lte=response.LONGEST_FOLLOW_UP_DAYS),
            ),
            models.CheckConstraint(
                name="room_revealed_says_why",
                condition=Q(revealed_at__isnull=True, revealed_because="")
                | (Q(revealed_at__isnull=False) & Q(revealed_because__in=list(sealing.REVEALED_BECAUSE))),
            ),
        ]

    def __str__(self) -> str:
        return f"room {self.pk}"

    @property
    def title(self) -> str:
        """Names it to those in it."""
        return self.summit.title

    def get_absolute_url(self) -> str:
        """The page of the summit, which shows the room's parts to those in it."""
        return self.summit.get_absolute_url()

    def roles_of(self, principal: "Principal") -> set[str]:
        """Return the roles held at the summit: the room is the same place."""
        return self.summit.roles_of(principal)

    def holding(self) -> "RingHolding":
        """Return who convenes or leads now; when it has ended, who did last."""
        held: RingHolding = (
            self.ringholdings.filter(superseded_at=None).select_related("agency").latest("number")
        )
        return held


class CalledBody(Fact):
    """A body called to a summit, and why (NQB ch. 5, l.834, l.842).

    Attributes:
        strength: always called, proposed for this provider, or called because it was needed.
        essential: the response does not count as met without it.
        speaks: whether its view is waited for; the tier that is only told is not.
    """

    room = models.ForeignKey("risk_summits.Room", on_delete=models.PROTECT, related_name="called")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    strength = models.CharField(max_length=10, choices=list(calling.STRENGTHS.items()))
    why = models.CharField(max_length=SHORT)
    essential = models.BooleanField(default=False)
    speaks = models.BooleanField(default=True)

    class Meta:
        ordering = ["happened_at", "agency__name", "id"]
        verbose_name_plural = "called bodies"
        constraints = [
            models.UniqueConstraint(name="called_once", fields=["room", "agency"]),
            in_order("called"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"{self.agency_id} called to {self.room_id}"


class PhoneCall(Fact):
    """Who was told of the alert by telephone: of a body, or a seat-holder; by whom and when."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    whom = models.CharField(max_length=calling.LONGEST_NAME)

    class Meta(Fact.Meta):
        constraints = [in_order("phone_call")]
        triggers = STAYS

    def __str__(self) -> str:
        return f"phone call {self.pk}"


class Known(Fact):
    """Something that became known after the call: what is known stands together, by body and moment."""

    room = models.ForeignKey("risk_summits.Room", on_delete=models.PROTECT, related_name="known")
    text = models.TextField(max_length=LONG)

    class Meta(Fact.Meta):
        verbose_name_plural = "what is known"
        constraints = [in_order("known")]
        triggers = STAYS

    def __str__(self) -> str:
        return f"known {self.pk}"


class Tabled(Fact):
    """A record put before the room by the body that owns it, until the summit ends unless it is kept.

    The owner's consent is the deed itself: only the owner's people can do it (visibility.md, example 20).
    """

    room = models.ForeignKey("risk_summits.Room", on_delete=models.PROTECT, related_name="tabled")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    keep = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta(Fact.Meta):
        verbose_name_plural = "what was put before the room"
        constraints = [
            models.UniqueConstraint(
                name="tabled_once_at_a_time", fields=["room", "record"], condition=Q(ended_at__isnull=True)
            ),
            in_order("tabled"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"{self.record_id} before {self.room_id}"
