"""What the provider's page takes from here: dated entries, in one reader's sight."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from access.principal import Principal
from providers.models import Provider
from timekeeping.london import day_in_words
from visits.operations.reading import requests_seen, touching, visits_seen
from visits.rules import asking, planning

SOON = timedelta(days=92)
MOST = 50


@dataclass(frozen=True)
class Entry:
    """Something of a visit or a request that stands on a day.

    Attributes:
        day: the first day of the visit, or the day it was made; the day a request is due, or was answered.
        what: how it stands, in words.
        title, address: what it is, and its page.
        record: its key, for the log of what was read.
        caution: the tag beside its title; what has one is not printed.
    """

    day: date
    what: str
    title: str
    address: str
    record: UUID
    caution: str = ""


def entries_about(by: Principal, provider: Provider, first: date, last: date) -> list[Entry]:
    """Return a provider's visits and requests with a day in a span, as far as a reader sees them: the earliest first.

    Args:
        by: who reads.
        provider: whose.
        first: the first day of the span.
        last: its last day.

    Returns:
        At most ``MOST`` of each, in two questions. What was called off or withdrawn is left out.
    """
    visits = touching(visits_seen(by, provider=provider.pk), first, last).exclude(state=planning.CANCELLED)
    waiting = Q(status=asking.ASKED, due_on__range=(first, last))
    answered = Q(status=asking.ANSWERED, answered_on__range=(first, last))
    requests = requests_seen(by, provider=provider.pk).filter(waiting | answered)
    found = [
        Entry(
            one.done_on or one.starts_on,
            one.get_state_display(),
            one.title,
            one.get_absolute_url(),
            one.pk,
            one.caution,
        )
        for one in visits.order_by("starts_on", "pk")[:MOST]
    ]
    found += [
        Entry(
            one.answered_on or one.due_on,
            f"Answered {day_in_words(one.answered_on)}"
            if one.answered_on
            else f"Due {day_in_words(one.due_on)}",
            one.title,
            one.get_absolute_url(),
            one.pk,
        )
        for one in requests.order_by("due_on", "pk")[:MOST]
    ]
    return sorted(found, key=lambda one: (one.day, str(one.record)))


def coming(by: Principal, provider: Provider, today: date) -> list[Entry]:
    """Return what is to come at a provider in the next three months, as far as a reader sees it."""
    return entries_about(by, provider, today, today + SOON)
