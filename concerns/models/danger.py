"""The answer to "anyone in danger?", on any record, and what was done about it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import APPEND_ONLY
from concerns.rules import content, danger


class DangerFlag(models.Model):
    """That somebody may be in danger: who said so about which record, and when. It starts the clocks once."""

    record = models.OneToOneField(
        "access.Record", primary_key=True, on_delete=models.PROTECT, related_name="danger"
    )
    answer = models.CharField(max_length=10)
    flagged_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="flag_says_yes_or_not_sure", condition=Q(answer__in=sorted(content.IN_DANGER))
            ),
            models.CheckConstraint(
                name="flag_recorded_when_it_was_or_later", condition=Q(recorded_at__gte=F("flagged_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} on {self.record_id}"


class SafeguardingEntry(models.Model):
    """One thing done or said about people's safety: who rang whom, when; a notice; a route.

    It never names the adult or the child, and it is no referral: that is made by telephone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("access.Record", on_delete=models.PROTECT, related_name="safeguarding")
    deed = models.CharField(max_length=20, choices=list(danger.DEED_WORDS.items()))
    about = models.CharField(max_length=10, choices=list(danger.ABOUT_WORDS.items()))
    whom = models.CharField(max_length=danger.WHO_LONGEST, blank=True)
    their_reference = models.CharField(max_length=danger.REFERENCE_LONGEST, blank=True)
    route = models.CharField(max_length=30, blank=True, choices=list(danger.ROUTE_WORDS.items()))
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["recorded_at"]
        constraints = [
            models.CheckConstraint(
                name="safeguarding_deed_known", condition=Q(deed__in=list(danger.DEED_WORDS))
            ),
            models.CheckConstraint(
                name="safeguarding_recorded_when_done_or_later",
                condition=Q(recorded_at__gte=F("happened_at")),
            ),
            models.CheckConstraint(
                name="safeguarding_route_says_which",
                condition=Q(deed=danger.ROUTE, route__in=list(danger.ROUTE_WORDS))
                | (~Q(deed=danger.ROUTE) & Q(route="")),
            ),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.deed} on {self.record_id}"
