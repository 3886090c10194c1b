"""The clockwork's door to access."""

from celery import shared_task

from access.operations import forget_submissions
from access.operations.requests import forget_requests
from timekeeping import portal_now


@shared_task
def forget_taken_forms() -> int:
    """Forget the marks of forms, and the keys of requests, that were taken long ago; idempotent."""
    now = portal_now()
    return forget_submissions(now=now) + forget_requests(now=now)
