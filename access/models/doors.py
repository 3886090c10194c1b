"""What the portal keeps of those who come in by the API: their tokens, what they asked for once, how often they ask."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Token(models.Model):
    """What a program shows in place of a person's sign-in: scoped, dated, shown once, kept as a hash.

    A person's own token is that person, asked again at each request. A service token is a body's own
    system: it sees what a reader of the body sees whom nothing names. ``user`` is whoever made it and
    answers for it; it lives no longer than their standing, nor than the seat it names.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    agency = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey("agencies.Seat", null=True, on_delete=models.PROTECT, related_name="+")
    service = models.BooleanField(default=False)
    scopes = ArrayField(models.CharField(max_length=30))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_expires_after_it_was_made", condition=Q(expires_at__gt=F("made_at"))
            ),
            models.CheckConstraint(
                name="token_of_a_service_is_a_bodys", condition=Q(service=False) | Q(agency__isnull=False)
            ),
            models.CheckConstraint(name="token_is_for_something", condition=~Q(scopes=[])),
        ]

    def __str__(self) -> str:
        return self.name


class TakenRequest(models.Model):
    """A request that was taken under its caller's own key: sent again, it is answered and not done again.

    It holds no text of what was sent or answered: the fingerprint tells another body from the same one,
    and the answer is made anew of the thing, as far as it is still in sight.
    """

    once = models.UUIDField(primary_key=True)
    fingerprint = models.CharField(max_length=64)
    thing = models.UUIDField(null=True)
    at = models.DateTimeField()


class Tally(models.Model):
    """How often a caller, or one token, asked in the minute that began at ``since``: one row each, written over."""

    caller = models.UUIDField(primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()
