"""The clockwork's door to providers."""

from celery import shared_task

from providers.levels.operations import lapse_due_levels, time_untimed_levels
from timekeeping import portal_now


@shared_task
def lapse_levels() -> int:
    """Write down which levels lapsed; idempotent. That they did counts from midnight, whether this ran or not.

    A standing level without a review clock is given one first.
    """
    now = portal_now()
    time_untimed_levels(now=now)
    return lapse_due_levels(now=now)
