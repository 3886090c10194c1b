"""The clockwork's door to successions."""

from celery import shared_task

from successions.operations import close_due
from timekeeping import portal_now


@shared_task
def close_bodies() -> int:
    """Close the bodies whose day has come and of which everything is accepted; idempotent."""
    return close_due(now=portal_now())
