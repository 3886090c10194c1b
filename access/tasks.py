"""The clockwork's door to access."""

from celery import shared_task

from access.operations import forget_submissions
from timekeeping import portal_now


@shared_task
def forget_taken_forms() -> int:
    """Forget the marks of forms taken long ago; idempotent."""
    return forget_submissions(now=portal_now())
