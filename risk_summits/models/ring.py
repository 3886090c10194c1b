"""Who leads the response: what was proposed, objected to and handed over, and who led when."""

import uuid

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value

from agencies.models import Agency
from risk_summits.models.facts import KEPT, SHORT, Fact, in_order, one_of
from risk_summits.models.summit import Room
from risk_summits.rules import ring


class RingOffer(Fact):
    """A body proposed as lead, by itself or another; it leads once it accepts (NQB ch. 5, l.862-864)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_recorded_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=SHORT, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(
                name="proposed_once_at_a_time",
                fields=["room", "agency"],
                condition=Q(declined_at__isnull=True),
            ),
            models.CheckConstraint(
                name="offer_accepted_or_declined",
                condition=Q(accepted_at__isnull=True, accepted_recorded_at__isnull=True)
                | Q(accepted_at__isnull=False, accepted_recorded_at__isnull=False, declined_at__isnull=True),
            ),
            in_order("offer"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"{self.agency_id} proposed"


class RingObjection(Fact):
    """An objection to a body as lead, on legitimacy, capability or capacity; it can be taken back."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=20, choices=list(ring.GROUNDS.items()))
    text = models.CharField(max_length=SHORT)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(Fact.Meta):
        constraints = [one_of("objection_ground", "ground", ring.GROUNDS), in_order("objection")]
        triggers = KEPT

    def __str__(self) -> str:
        return f"objection {self.pk}"


class RingHandover(Fact):
    """The lead offered by the body that holds it to another, which must accept."""

    to = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=SHORT, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(
                name="one_handover_at_a_time",
                fields=["room"],
                condition=Q(accepted_at__isnull=True, declined_at__isnull=True),
            ),
            in_order("handover"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"handover {self.pk}"


_ADJACENT = """
IF (SELECT count(*) FROM risk_summits_ringholding h
    WHERE h.room_id = NEW.room_id AND h.superseded_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM risk_summits_ringholding before
        WHERE before.room_id = h.room_id AND before.superseded_at IS NULL AND before.id <> h.id
            AND before.ends_at = h.starts_at AND before.number = h.number - 1)) <> 1
    OR (SELECT count(*) FROM risk_summits_ringholding h
        JOIN risk_summits_room room ON room.record_id = h.room_id
        JOIN risk_summits_risksummit summit ON summit.record_id = room.summit_id
        WHERE h.room_id = NEW.room_id AND h.superseded_at IS NULL
            AND h.ends_at IS NOT DISTINCT FROM summit.ended_at
            AND h.number = (SELECT max(number) FROM risk_summits_ringholding last
                WHERE last.room_id = h.room_id AND last.superseded_at IS NULL)) <> 1
THEN
    RAISE EXCEPTION 'somebody leads at every moment' USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""


class RingHolding(models.Model):
    """Who convened or led from one moment to another. The database refuses a gap and an overlap.

    Derived from the facts in one operation. When a fact is corrected, the rows that no longer
    hold stay, with the moment from which they do not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="ringholdings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20, choices=list(ring.WORDS.items()))
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at", "number"]
        constraints = [
            one_of("holding_basis", "basis", ring.WORDS),
            models.CheckConstraint(
                name="holding_ends_after_it_began",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
            ExclusionConstraint(
                name="never_two_lead",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(superseded_at__isnull=True),
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        triggers = [
            *KEPT,
            pgtrigger.Trigger(
                name="somebody_leads_at_every_moment",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_ADJACENT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}, {self.basis}"
