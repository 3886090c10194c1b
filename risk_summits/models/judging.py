"""What the bodies think, what they judge, and who they say is in danger."""

from django.db import models
from django.db.models import Q

from access.models import Sighted
from agencies.models import Agency
from risk_summits.models.facts import KEPT, LONG, SHORT, STAYS, Fact, in_order, one_of
from risk_summits.models.summit import Room
from risk_summits.rules import judging, response, sealing


class StatedView(Sighted):
    """One body's view, stated before it has heard the others' (NQB ch. 5, l.834).

    Its record has the gate LISTED: shared with the body's own participants, and from the
    reveal with all. The record's owner is the body, ``happened_at`` the moment of stating. A
    body may state another view: the earlier one stays, and says by which it was replaced.
    """

    KIND = "stated_view"

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="views")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=20)
    text = models.TextField(max_length=LONG, blank=True)
    replaced_by = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaces")
    after_reveal = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_of("view_answer", "answer", sealing.ANSWERS),
            models.UniqueConstraint(
                name="one_view_a_body", fields=["room", "agency"], condition=Q(replaced_by__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"view {self.pk}"

    @property
    def title(self) -> str:
        """Names it to those who see it."""
        return f"What {self.agency} says"

    def get_absolute_url(self) -> str:
        """The page of the summit, where the views stand side by side."""
        return self.room.get_absolute_url()


class DangerReport(Fact):
    """Somebody says that people are, or may be, in danger. Never sealed; it holds nothing up."""

    answer = models.CharField(max_length=10)
    text = models.TextField(max_length=LONG, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            one_of("danger_answer", "answer", [response.YES, response.NOT_SURE]),
            in_order("danger"),
        ]
        triggers = STAYS

    def __str__(self) -> str:
        return f"danger {self.pk}"


class Judgement(Fact):
    """A judgement: the group's, or one that a body takes for itself (NQB ch. 5, l.834-836).

    ``by_agency`` is the body that recorded it; for a body's own judgement, the body that judged.
    A mistyped one is replaced by another, and both stay.
    """

    judge = models.CharField(max_length=20, choices=list(judging.WORDS.items()))
    code = models.CharField(max_length=20)
    text = models.TextField(max_length=LONG, blank=True)
    until = models.DateTimeField(null=True)
    replaced_by = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaces")
    why_corrected = models.CharField(max_length=SHORT, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            one_of("judgement_judge", "judge", judging.JUDGES),
            models.CheckConstraint(
                name="judgement_until_when_extended",
                condition=Q(code=judging.EXTENDED, until__isnull=False)
                | (~Q(code=judging.EXTENDED) & Q(until__isnull=True)),
            ),
            in_order("judgement"),
        ]
        triggers = KEPT

    def __str__(self) -> str:
        return f"{self.judge} judgement {self.pk}"

    @property
    def fact(self) -> judging.Judgement:
        """What the rules ask about it."""
        return judging.Judgement(self.judge, self.code, self.happened_at, self.recorded_at)
