"""The clockwork's door to the directory."""

from celery import shared_task
from django.conf import settings

from agencies.contacts.operations import settle
from agencies.interests.operations import ask_who_owes
from agencies.reviews.operations import begin_due_reviews
from timekeeping import portal_now


@shared_task
def begin_reviews() -> int:
    """Begin the access reviews of this quarter that have not begun; idempotent.

    A demonstration begins none by itself: nobody there would confirm its cast, which would all be suspended in a month.
    """
    return 0 if settings.DEMO else begin_due_reviews(now=portal_now())


@shared_task
def follow_directors() -> int:
    """Follow the meetings of Directors who came into post, and stop those of who has left; idempotent."""
    return settle(now=portal_now())


@shared_task
def remind_of_interests() -> int:
    """Tell whose yearly word on their interests is due, once; idempotent.

    In a demonstration nobody is told: its cast says so in the story.
    """
    return 0 if settings.DEMO else ask_who_owes(now=portal_now())
