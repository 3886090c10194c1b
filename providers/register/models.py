"""What was published about a provider: its registration, its ratings, and what was done with which power.

Everybody signed in reads all of it, so nothing here is a Record; what is not published yet is said in a concern.
"""

import uuid
from collections.abc import Iterable
from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from access.reach import NOW
from providers.register.rules import actions, ratings

LINE, TEXT = actions.LONGEST_LINE, actions.LONGEST


class Published(models.Model):
    """What was published with a power, as it was entered once (see ``rules.actions.Facts``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=30, choices=[(code, one.label) for code, one in actions.KINDS.items()])
    location = models.ForeignKey("providers.Location", null=True, on_delete=models.PROTECT, related_name="+")
    power = models.CharField(max_length=200)
    power_said = models.CharField(max_length=LINE, blank=True)
    about = models.TextField()
    standards = ArrayField(models.CharField(max_length=LINE), default=list)
    inspected_on = models.DateField(null=True)
    comply_by = models.DateField(null=True)
    significant = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    published_on = models.DateField()
    published_where = models.CharField(max_length=LINE)
    appeal = models.CharField(
        max_length=10, choices=list(actions.APPEAL_WORDS.items()), default=actions.NO_APPEAL
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def power_words(self) -> str:
        """The power that was used: as it was said, or as the list's code has it."""
        return self.power_said or self.power.split(":", 2)[-1]

    def facts(self) -> actions.Facts:
        """Return what was published, for the rules."""
        own = {name: getattr(self, name) for name in FACTS}
        return actions.Facts(**own, location=self.location_id, standards=tuple(self.standards))


FACTS = (
    "kind", "power", "power_said", "about", "inspected_on", "comply_by", "significant", "starts_on", "ends_on",
    "published_on", "published_where", "appeal",
)  # fmt: skip
"""The fields of an entry that are its facts, place and standards apart."""


class RegulatoryAction(Published):
    """What a regulator or commissioner did about a provider, as it now stands (mission I1; NQB tools table).

    ``agency`` is the body whose power it was; it alone corrects and ends the entry. Earlier versions stay.
    """

    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="regulatory_actions"
    )
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="regulatory_actions")

    class Meta:
        ordering = ("-starts_on", "-entered_at", "id")
        constraints = [
            models.CheckConstraint(
                name="action_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
            models.CheckConstraint(name="action_kind_known", condition=Q(kind__in=list(actions.KINDS))),
            models.CheckConstraint(
                name="action_appeal_known", condition=Q(appeal__in=list(actions.APPEAL_WORDS))
            ),
            models.CheckConstraint(name="action_says_what", condition=~Q(about="") & ~Q(published_where="")),
            models.CheckConstraint(
                name="action_says_its_power", condition=~Q(power=actions.OTHER_POWER) | ~Q(power_said="")
            ),
            models.CheckConstraint(
                name="action_names_a_breach_where_there_is_one",
                condition=Q(kind__in=[code for code, one in actions.KINDS.items() if one.breach])
                | Q(standards=[], inspected_on=None, comply_by=None, significant=False),
            ),
        ]
        indexes = [
            models.Index(fields=("provider", "-starts_on"), name="regulatory_action_of"),
            models.Index(fields=("-entered_at", "-id"), name="regulatory_action_newest"),
        ]
        triggers = [pgtrigger.Protect(name="actions_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.provider}"

    @property
    def place(self) -> str:
        """The one place it is about, or the provider."""
        return self.location.name if self.location else self.provider.name

    def standing(self, today: date) -> str:
        """How it stands on a London day: a code of ``rules.actions.STANDING_WORDS``."""
        return actions.standing(
            starts_on=self.starts_on, ends_on=self.ends_on, appeal=self.appeal, today=today
        )


class EarlierAction(Published):
    """An entry as it stood before it was corrected or ended; kept for good."""

    action = models.ForeignKey(RegulatoryAction, on_delete=models.PROTECT, related_name="earlier")
    reason = models.CharField(max_length=LINE)

    class Meta:
        ordering = ("-version",)
        constraints = [models.UniqueConstraint(name="earlier_action_once", fields=("action", "version"))]
        triggers = [
            pgtrigger.Protect(name="earlier_actions_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.action_id}"


def _of_one(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(provider__isnull=True, location__isnull=False)
        | Q(provider__isnull=False, location__isnull=True),
    )


class FromTheRegister(models.Model):
    """A row that the Care Quality Commission published, about a provider or about one of its places.

    What it published later in its stead is another row; this one then says when it was replaced.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(
        "providers.Provider", null=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    location = models.ForeignKey(
        "providers.Location", null=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(db_default=NOW)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def about(self) -> uuid.UUID:
        """The key of the place, or of the provider."""
        key = self.location_id or self.provider_id
        assert key is not None  # by constraint
        return key

    @property
    def place(self) -> str:
        """The place, or the provider."""
        of = self.location or self.provider
        assert of is not None
        return str(of)


class Registration(FromTheRegister):
    """A registration with the Care Quality Commission, as published (mission A3, I1). A closed one is kept."""

    registered_on = models.DateField(null=True)
    deregistered_on = models.DateField(null=True)
    deregistered = models.BooleanField(default=False)
    dormant = models.BooleanField(default=False)
    services = ArrayField(models.CharField(max_length=LINE), default=list)
    beds = models.PositiveIntegerField(null=True)
    council = models.CharField(max_length=100, blank=True)
    last_inspected_on = models.DateField(null=True)
    predecessors = ArrayField(models.CharField(max_length=20), default=list)
    successors = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints = [
            _of_one("registration_of_one"),
            models.UniqueConstraint(
                name="registration_one_of_a_provider", fields=("provider",), condition=Q(replaced_at=None)
            ),
            models.UniqueConstraint(
                name="registration_one_of_a_location", fields=("location",), condition=Q(replaced_at=None)
            ),
        ]
        indexes = [models.Index(fields=("-recorded_at", "-id"), name="registration_newest")]

    def __str__(self) -> str:
        return f"registration of {self.place}"


class Rating(FromTheRegister):
    """The ratings of one report: overall and by key question (mission I2). Codes of ``rules.ratings``.

    A key question may have a day of its own, earlier than the report's. ``predecessor`` is the identifier of the
    location that was rated, where that is another: after a transfer a location shows its predecessor's ratings.
    """

    current = models.BooleanField()
    report_on = models.DateField(null=True)
    report = models.CharField(max_length=60, blank=True)
    predecessor = models.CharField(max_length=20, blank=True)
    overall = models.CharField(max_length=30, blank=True, choices=list(ratings.RATING_WORDS.items()))
    safe = models.CharField(max_length=30, blank=True)
    effective = models.CharField(max_length=30, blank=True)
    caring = models.CharField(max_length=30, blank=True)
    responsive = models.CharField(max_length=30, blank=True)
    well_led = models.CharField(max_length=30, blank=True)
    safe_on = models.DateField(null=True)
    effective_on = models.DateField(null=True)
    caring_on = models.DateField(null=True)
    responsive_on = models.DateField(null=True)
    well_led_on = models.DateField(null=True)

    class Meta:
        ordering = ("-current", F("report_on").desc(nulls_last=True), "id")
        constraints = [
            _of_one("rating_of_one"),
            *(
                models.CheckConstraint(
                    name=f"rating_{name}_known", condition=Q(**{f"{name}__in": ["", *ratings.RATING_WORDS]})
                )
                for name in ("overall", *ratings.QUESTIONS)
            ),
            models.CheckConstraint(
                name="rating_replaced_is_not_current", condition=Q(replaced_at=None) | Q(current=False)
            ),
            *(
                models.UniqueConstraint(
                    name=f"rating_one_current_of_a_{of}", fields=(of,), condition=Q(current=True)
                )
                for of in ("provider", "location")
            ),
            # A report of which neither the day nor the publisher's key is known may be like another one.
            *(
                models.UniqueConstraint(
                    name=f"rating_once_of_a_{of}",
                    fields=(of, "report_on", "report", "predecessor"),
                    condition=Q(replaced_at=None, **{f"{of}__isnull": False})
                    & (Q(report_on__isnull=False) | ~Q(report="")),
                    nulls_distinct=False,
                )
                for of in ("provider", "location")
            ),
        ]
        indexes = [models.Index(fields=("-recorded_at", "-id"), name="rating_newest")]

    def __str__(self) -> str:
        return f"{ratings.RATING_WORDS.get(self.overall, 'not rated')}: {self.place}"

    @property
    def five(self) -> tuple[str, ...]:
        """The codes of the five key questions, in their order."""
        return tuple(getattr(self, name) for name in ratings.QUESTIONS)

    @property
    def departure(self) -> str:
        """A sentence where the published overall rating is not what the five add up to; else ""."""
        return ratings.departure_in_words(self.five, self.overall)

    @property
    def older(self) -> Iterable[tuple[str, date]]:
        """The key questions that were rated on another day than the report's: words and day."""
        for name, words in ratings.QUESTIONS.items():
            day = getattr(self, f"{name}_on")
            if day and day != self.report_on:
                yield words, day
