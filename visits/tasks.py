"""The clockwork's door to visits."""

from celery import shared_task

from access.principal import clockwork
from timekeeping import portal_now
from visits.operations.clashing import is_anything_new, tell_of_clashes


@shared_task
def look_for_clashes() -> int:
    """Tell those who may see two visits that clash; idempotent. What is left over waits for the next look."""
    if not is_anything_new():
        return 0
    now = portal_now()
    return tell_of_clashes(by=clockwork(now), now=now)
