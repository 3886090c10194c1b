"""What every fact of a summit has: the room, when it happened, when it was recorded, and by whom."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risk_summits.rules.calling import LONGEST_LINE, LONGEST_TEXT

LONG, SHORT = LONGEST_TEXT, LONGEST_LINE
STAYS = [pgtrigger.Protect(name="facts_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
"""A fact, once recorded, is never changed; another is added."""
KEPT = [pgtrigger.Protect(name="facts_are_kept", operation=pgtrigger.Delete)]
"""A fact that something more becomes known of later; it is never removed."""


class Fact(models.Model):
    """Something that happened in a room: both moments are kept, "a clock is met by a deed, not by a click"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey("risk_summits.Room", on_delete=models.PROTECT, related_name="%(class)ss")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by_agency = models.ForeignKey(
        "agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True
        ordering = ["happened_at", "recorded_at", "id"]


def in_order(name: str) -> models.CheckConstraint:
    """Return the constraint that nothing is recorded before it happened."""
    return models.CheckConstraint(
        name=f"{name}_recorded_after_it_happened", condition=Q(recorded_at__gte=F("happened_at"))
    )


def one_of(name: str, field: str, codes: object) -> models.CheckConstraint:
    """Return the constraint that a code is one of those known."""
    return models.CheckConstraint(
        name=f"{name}_known",
        condition=Q(**{f"{field}__in": sorted(codes)}),  # type: ignore[call-overload]
    )
