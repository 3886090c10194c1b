"""Who is meant by the names in the steps of a level's clocks, and what the inbox says of its review day."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agencies.models import Seat, SeatKind
from agencies.roster import standing
from agencies.stand_ins import seated
from clocks.models import Clock
from notifications.models import Message
from providers.models import SurveillanceLevel
from timekeeping.london import london_day

SAYS_OF_REVIEW = {
    "reminder": "Unless a meeting keeps it, this level lapses at {when}: {left}.",
    "done": "This level has lapsed: no meeting kept it by {when}. It counts as routine.",
    "over": "The review day of this level was over at {when}.",
}


def _level(clock: Clock) -> SurveillanceLevel:
    return SurveillanceLevel.objects.get(pk=clock.record_id)


def _owner(clock: Clock, now: datetime) -> Iterable[UUID]:
    """Return who sits in the group for the body that follows the level: they see it."""
    sits = Seat.objects.filter(
        standing(london_day(now)),
        qsg=_level(clock).qsg_id,
        agency=clock.responsible_agency_id,
        user__is_active=True,
    )
    return list(dict.fromkeys(sits.order_by("kind", "starts_on", "id").values_list("user_id", flat=True)))


def _chair(clock: Clock, now: datetime) -> Iterable[UUID]:
    return seated([_level(clock).qsg_id], SeatKind.CHAIR, now)


def _deciders(clock: Clock, now: datetime) -> Iterable[UUID]:
    held = _level(clock).withholdings.filter(ended_at=None, agreed_by__isnull=False)
    return [user for pair in held.values_list("by_id", "agreed_by_id") for user in pair if user]


RECIPIENTS = {"owner": _owner, "chair": _chair, "deciders": _deciders}


def words_of_review(message: Message, said: str) -> str:
    """Return what the inbox says of a level that lapses, or lapsed; which it is stands beside it."""
    return SAYS_OF_REVIEW.get(said, "")
