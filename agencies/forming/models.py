"""What a group was called before."""

import uuid

from django.db import models


class EarlierGroupName(models.Model):
    """A name that a group had until a London day, when an administrator gave it another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    qsg = models.ForeignKey(
        "agencies.QualitySurveillanceGroup", on_delete=models.CASCADE, related_name="earlier_names"
    )
    name = models.CharField(max_length=200)
    until_on = models.DateField()

    class Meta:
        ordering = ("-until_on", "name")

    def __str__(self) -> str:
        return self.name
