"""Planned visits, proposals to go together, and requests for information: each a record with sight."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import Record, Sighted
from agencies.models import Agency
from providers.models import Location, Provider
from visits.rules import asking, planning


class WithProvider(models.Manager["Visit"]):
    """Things with what their titles say, in one question."""

    def get_queryset(self) -> models.QuerySet["Visit"]:
        """Fetch the provider and the body along."""
        return super().get_queryset().select_related("provider", "location", "record__owner")


class Visit(Sighted):
    """A visit that a body plans at a provider, within a window of days (JF 2.2, l.116; App. B, item 4).

    An unannounced one stands behind the gate "named": nobody sees it but people named on it, whatever else is shared.
    ``clashes_told`` says that those who may see it and what clashes with it were told since it was last changed.
    """

    KIND = "planned_visit"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="visits")
    location = models.ForeignKey(Location, null=True, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=20, choices=list(planning.KINDS.items()))
    announced = models.BooleanField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    lead_name = models.CharField(max_length=planning.SHORTER["lead_name"], blank=True)
    purpose = models.TextField(max_length=planning.LONGEST)
    parties: models.ManyToManyField = models.ManyToManyField(Agency, related_name="+")
    state = models.CharField(
        max_length=10, choices=list(planning.STATE_WORDS.items()), default=planning.PLANNED
    )
    why = models.TextField(max_length=planning.LONGEST, blank=True)
    done_on = models.DateField(null=True)
    outcome = models.TextField(max_length=planning.LONGEST, blank=True)
    outcome_link = models.CharField(max_length=planning.LONGEST_LINE, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    clashes_told = models.BooleanField(default=False)

    objects = WithProvider()

    class Meta:
        indexes = [
            models.Index(fields=["provider", "starts_on"], name="visit_by_provider"),
            models.Index(fields=["starts_on", "record"], name="visit_by_day"),
            models.Index(fields=["record"], name="visit_to_look_at", condition=Q(clashes_told=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_state_known", condition=Q(state__in=list(planning.TRANSITIONS))
            ),
            models.CheckConstraint(name="visit_kind_known", condition=Q(kind__in=list(planning.KINDS))),
            models.CheckConstraint(name="visit_days_in_order", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="visit_says_what_for", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="visit_done_says_when",
                condition=Q(state=planning.DONE, done_on__isnull=False)
                | (~Q(state=planning.DONE) & Q(done_on__isnull=True, outcome="", outcome_link="")),
            ),
            models.CheckConstraint(
                name="visit_changed_says_why",
                condition=Q(state__in=[planning.PLANNED, planning.DONE]) | ~Q(why=""),
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def title(self) -> str:
        """What kind of visit, by whom, where and when."""
        return f"{self.get_kind_display()} by {self.record.owner}: {self.place}, {self.days}"

    @property
    def caution(self) -> str:
        """The tag of a visit of which the provider is not to know."""
        return "" if self.announced else "Unannounced"

    @property
    def place(self) -> str:
        """The place by name, or the provider as a whole."""
        return self.location.name if self.location else self.provider.name

    @property
    def days(self) -> str:
        """The window in words."""
        return planning.days_in_words(self.starts_on, self.ends_on)

    @property
    def ahead(self) -> bool:
        """Whether somebody still means to go."""
        return self.state in planning.AHEAD

    @property
    def has_address(self) -> bool:
        """Whether the report's place is an address that a reader can follow, and no words."""
        return self.outcome_link.startswith("https://")

    def get_absolute_url(self) -> str:
        """The page of the visit."""
        return reverse("visits:visit", args=[self.pk])


class JointProposal(Sighted):
    """One body proposes to join another's visit instead of going by itself (JF 2.6, l.173).

    It hangs on the other body's visit and is narrowed: whoever sees that visit and is of one of the two bodies sees it.
    """

    KIND = "joint_proposal"
    DEPTH = 1

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="proposals")
    text = models.TextField(max_length=planning.LONGEST)
    state = models.CharField(
        max_length=10, choices=list(planning.JOINT_WORDS.items()), default=planning.PROPOSED
    )
    answer = models.TextField(max_length=planning.LONGEST, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="joint_proposal_state_known", condition=Q(state__in=list(planning.JOINT_TRANSITIONS))
            ),
            models.CheckConstraint(
                name="joint_proposal_answered_says_when",
                condition=Q(state=planning.PROPOSED, answered_at__isnull=True)
                | (~Q(state=planning.PROPOSED) & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"joint proposal {self.pk}"

    @property
    def title(self) -> str:
        """What is proposed about which visit; whoever sees it sees the visit."""
        return f"A joint visit is proposed: {self.visit.title}"

    @property
    def caution(self) -> str:
        """The visit's."""
        return self.visit.caution

    def get_absolute_url(self) -> str:
        """The page of the visit, where proposals stand."""
        return f"{self.visit.get_absolute_url()}#joint"


class WithAsked(models.Manager["InformationRequest"]):
    """Requests with what their titles say, in one question."""

    def get_queryset(self) -> models.QuerySet["InformationRequest"]:
        """Fetch the provider and the body along."""
        return super().get_queryset().select_related("provider", "record__owner")


class InformationRequest(Sighted):
    """What a body asked a provider for (JF 2.1, l.105): what kind, which period, by when, and where the answer is held.

    The body that asks owns the record. The portal does not hold what was answered.
    """

    KIND = "information_request"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="information_requests")
    kind = models.CharField(max_length=20, choices=list(asking.INFORMATION.items()))
    about = models.TextField(max_length=asking.LONGEST)
    covers_from = models.DateField()
    covers_to = models.DateField()
    asked_on = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=list(asking.REQUEST_WORDS.items()), default=asking.ASKED)
    answered_on = models.DateField(null=True)
    held_where = models.CharField(max_length=asking.LONGEST_LINE, blank=True)
    why = models.TextField(max_length=asking.LONGEST, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = WithAsked()

    class Meta:
        indexes = [models.Index(fields=["provider", "kind"], name="request_by_provider")]
        constraints = [
            models.CheckConstraint(
                name="request_status_known", condition=Q(status__in=list(asking.REQUEST_TRANSITIONS))
            ),
            models.CheckConstraint(name="request_kind_known", condition=Q(kind__in=list(asking.INFORMATION))),
            models.CheckConstraint(
                name="request_period_in_order", condition=Q(covers_to__gte=F("covers_from"))
            ),
            models.CheckConstraint(name="request_due_after_asked", condition=Q(due_on__gte=F("asked_on"))),
            models.CheckConstraint(
                name="request_answered_says_when_and_where",
                condition=Q(status=asking.ANSWERED, answered_on__isnull=False) & ~Q(held_where="")
                | (~Q(status=asking.ANSWERED) & Q(answered_on__isnull=True, held_where="")),
            ),
            models.CheckConstraint(
                name="request_withdrawn_says_why", condition=~Q(status=asking.WITHDRAWN) | ~Q(why="")
            ),
        ]

    def __str__(self) -> str:
        return f"information request {self.pk}"

    @property
    def title(self) -> str:
        """Which information, from whom, by whom."""
        return f"{self.record.owner} asked {self.provider.name} for: {self.get_kind_display()}"

    @property
    def period(self) -> str:
        """The period that it covers, in words."""
        return planning.days_in_words(self.covers_from, self.covers_to)

    def get_absolute_url(self) -> str:
        """The page of the request."""
        return reverse("visits:request", args=[self.pk])


OPEN_TO = {True: Record.Gate.OPEN, False: Record.Gate.NAMED}
"""The gate of a visit, by whether it is announced."""
