"""What is kept of imports, and of names that providers, their places and bodies had before."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from providers.importing import rules


class ImportRun(models.Model):
    """A file that was previewed, and perhaps applied: whose, when, what it would change or did.

    The file itself is kept, compressed, only while it waits for an answer; `mark` says what the comparison said, row
    for row, so that nothing else than what was previewed is ever applied.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=list(rules.STATES.items()), default=rules.PREVIEWED)
    previewed_at = models.DateTimeField()
    previewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    good_rows_only = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    unchanged_rows = models.TextField(blank=True)
    mark = models.CharField(max_length=64)
    content = models.BinaryField(null=True)

    class Meta:
        ordering = ("-previewed_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=rules.STATES), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(state=rules.PREVIEWED, answered_at__isnull=True, content__isnull=False)
                | (~Q(state=rules.PREVIEWED) & Q(answered_at__isnull=False, content__isnull=True)),
                name="import_waits_with_its_file",
            ),
            models.UniqueConstraint(
                fields=("kind",), condition=Q(state=rules.PREVIEWED), name="import_one_of_a_kind_waits"
            ),
        ]
        indexes = [models.Index(fields=("-previewed_at", "-id"), name="import_newest")]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """The page of the import."""
        return reverse("providers:import", args=[self.pk])

    @property
    def idle(self) -> str:
        """Why it asks for no yes, while it waits; "" where it does."""
        return rules.idle(self.counts) if self.state == rules.PREVIEWED else ""


class ImportLine(models.Model):
    """What an import said of one row; unchanged rows stand on their run, by number only.

    `number` is the row's in the file, None for what stands and is not in it. Cells are kept as they were given.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=list(rules.OUTCOMES.items()))
    number = models.PositiveIntegerField(null=True)
    code = models.TextField(blank=True)
    name = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("run", "position"), name="import_line_position"),
            models.CheckConstraint(condition=Q(outcome__in=rules.OUTCOMES), name="import_line_outcome_known"),
        ]
        indexes = [models.Index(fields=("run", "outcome", "position"), name="import_line_of_class")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DirectoryTurn(models.Model):
    """That a provider or a place closed, opened again or moved, as the directory learned it: history that stays.

    `on` is the London day of a closing where it is known, else the day it was learned. `before` and `after` are codes of
    status, or whole addresses.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(
        "providers.Provider", null=True, on_delete=models.CASCADE, related_name="turns"
    )
    location = models.ForeignKey(
        "providers.Location", null=True, on_delete=models.CASCADE, related_name="turns"
    )
    what = models.CharField(max_length=10, choices=list(rules.TURNS.items()))
    before = models.CharField(max_length=400, blank=True)
    after = models.CharField(max_length=400, blank=True)
    on = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ("-on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__isnull=False, location__isnull=True)
                | Q(provider__isnull=True, location__isnull=False),
                name="directory_turn_of_one",
            ),
            models.CheckConstraint(condition=Q(what__in=rules.TURNS), name="directory_turn_known"),
        ]

    def __str__(self) -> str:
        whose = self.location.name if self.location else ""
        return rules.turn_in_words(self.what, whose, self.before, self.after)


class EarlierName(models.Model):
    """A name that a provider, a place or a body had until a London day, when a file said another; codes stay.

    `known_from` is the day it was learned, None where the portal has known it from the first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(
        "providers.Provider", null=True, on_delete=models.CASCADE, related_name="earlier_names"
    )
    location = models.ForeignKey(
        "providers.Location", null=True, on_delete=models.CASCADE, related_name="earlier_names"
    )
    agency = models.ForeignKey(
        "agencies.Agency", null=True, on_delete=models.CASCADE, related_name="earlier_names"
    )
    name = models.CharField(max_length=200)
    known_from = models.DateField(null=True)
    until_on = models.DateField()

    class Meta:
        ordering = ("-until_on", "name")
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__isnull=False, location__isnull=True, agency__isnull=True)
                | Q(provider__isnull=True, location__isnull=False, agency__isnull=True)
                | Q(provider__isnull=True, location__isnull=True, agency__isnull=False),
                name="earlier_name_of_one",
            ),
        ]
        indexes = [GinIndex(fields=("name",), opclasses=("gin_trgm_ops",), name="earlier_name_trgm")]

    def __str__(self) -> str:
        return self.name
