"""A succession of a body, who is to take its place, and each thing offered with its answer."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from successions import rules


class Succession(models.Model):
    """A body that is to close on a London day, the first without it. No second one is open for the same body.

    `why` says on what it rests: the order that abolishes the body, or a file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="successions")
    on = models.DateField()
    why = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=list(rules.SUCCESSION_WORDS.items()), default=rules.OPEN)
    successors: models.ManyToManyField = models.ManyToManyField(Agency, related_name="succeeds")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-opened_at", "id")
        constraints = [
            models.CheckConstraint(
                name="succession_state_known", condition=Q(state__in=list(rules.SUCCESSION_TRANSITIONS))
            ),
            models.UniqueConstraint(
                name="succession_one_of_a_body",
                fields=["body"],
                condition=Q(state__in=(rules.OPEN, rules.CLOSED)),
            ),
            models.CheckConstraint(
                name="succession_ended_says_when",
                condition=Q(state=rules.OPEN, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state=rules.OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="succession_says_why", condition=~Q(why="")),
        ]

    def __str__(self) -> str:
        return f"Succession of {self.body}"


class HandingOver(models.Model):
    """One thing that the body holds, offered to one body, and what was answered there.

    `thing` is the key of the seat, action, deadline …; of what goes as a whole, of the body whose it is. `person` is who
    sits, for a seat. `people` are those taken over, or for intelligence those who handle what is closed; `behind` those of
    whom it was said that they do not go over; `stays` the records that do not go.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    succession = models.ForeignKey(Succession, on_delete=models.PROTECT, related_name="offers")
    kind = models.CharField(max_length=20, choices=list(rules.KIND_WORDS.items()))
    thing = models.UUIDField()
    to = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=list(rules.OFFER_WORDS.items()), default=rules.WAITING)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    people: models.ManyToManyField = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    behind: models.ManyToManyField = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    stays: models.ManyToManyField = models.ManyToManyField("access.Record", related_name="+")

    class Meta:
        ordering = ("offered_at", "id")
        constraints = [
            models.CheckConstraint(
                name="handing_over_state_known", condition=Q(state__in=list(rules.OFFER_TRANSITIONS))
            ),
            models.CheckConstraint(
                name="handing_over_kind_known", condition=Q(kind__in=list(rules.KIND_WORDS))
            ),
            models.UniqueConstraint(
                name="handing_over_once_at_a_time",
                fields=["succession", "kind", "thing"],
                condition=Q(state__in=rules.LIVE),
            ),
            models.CheckConstraint(
                name="handing_over_answered_says_when",
                condition=Q(state=rules.WAITING, answered_at__isnull=True, answered_by__isnull=True)
                | Q(state=rules.TAKEN_BACK)
                | Q(
                    state__in=(rules.ACCEPTED, rules.DECLINED),
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="handing_over_declined_says_why", condition=~Q(state=rules.DECLINED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="handing_over_of_a_seat_says_who",
                condition=Q(person__isnull=True)
                | Q(kind=rules.SEAT, state__in=(rules.ACCEPTED, rules.TAKEN_BACK, rules.DECLINED)),
            ),
            models.CheckConstraint(
                name="handing_over_accepted_seat_has_somebody",
                condition=~Q(kind=rules.SEAT, state=rules.ACCEPTED) | Q(person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, offered to {self.to}"

    @property
    def key(self) -> tuple[str, uuid.UUID]:
        """What tells the thing from all else that the body holds."""
        return self.kind, self.thing
