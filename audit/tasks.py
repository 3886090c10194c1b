"""The clockwork's door to the seal."""

from celery import shared_task

from audit.operations import seal_due
from timekeeping import portal_now


@shared_task
def seal() -> int:
    """Seal the lines of the log that wait; idempotent, one sealer at a time."""
    return seal_due(now=portal_now())
