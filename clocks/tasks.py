"""The clockwork's door to the tick."""

from datetime import timedelta

from celery import shared_task

from clocks.operations import tick_due
from timekeeping import portal_now

SOURCE = "worker"


@shared_task
def tick() -> int:
    """Take the steps that are due; idempotent, and over within half a minute."""
    return tick_due(ask_time=portal_now, source=SOURCE, lasting=timedelta(seconds=20))
