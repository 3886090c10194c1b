"""The clockwork's door to the directory."""

from celery import shared_task
from django.conf import settings

from agencies.reviews.operations import begin_due_reviews
from timekeeping import portal_now


@shared_task
def begin_reviews() -> int:
    """Begin the access reviews of this quarter that have not begun; idempotent.

    A demonstration begins none by itself: nobody there would confirm its cast, which would all be suspended in a month.
    """
    return 0 if settings.DEMO else begin_due_reviews(now=portal_now())
