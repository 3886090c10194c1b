"""The link between a provider and what took its place."""

import uuid

from django.db import models
from django.db.models import F, Q


class ProviderSuccession(models.Model):
    """From a London day one provider stood in another's place: a merger has several predecessors, a split several successors.

    Both keep their names, codes and history; a link is a fact of the directory and moves nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    predecessor = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="successor_links"
    )
    successor = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="predecessor_links"
    )
    on = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ("on", "id")
        constraints = [
            models.UniqueConstraint(fields=("predecessor", "successor"), name="providers_succession_once"),
            models.CheckConstraint(
                name="providers_succession_of_another", condition=~Q(predecessor=F("successor"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} became part of {self.successor}"
