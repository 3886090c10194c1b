"""The clockwork's doors to accounts."""

from celery import shared_task

from accounts.operations import send_letters, tidy
from timekeeping import portal_now


@shared_task
def send() -> int:
    """Send the accounts' letters that wait; idempotent, a few at a time so that it is over within a minute."""
    return send_letters(now=portal_now(), most=4)


@shared_task
def forget_ended_sessions() -> int:
    """Forget sessions that are over and old letters; idempotent."""
    return tidy(now=portal_now())
