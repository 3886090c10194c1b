"""A person's yearly word that the register says all there is to say of them; the interests are ``access.models.Conflict``."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models


class InterestsDeclaration(models.Model):
    """That a person said what there is to declare, or that there is nothing: once a year, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="interest_declarations"
    )
    said_at = models.DateTimeField()
    nothing = models.BooleanField()

    class Meta:
        ordering = ("-said_at",)
        indexes = [models.Index(fields=("user", "-said_at"), name="agencies_interests_said")]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user}, {self.said_at:%Y}"
