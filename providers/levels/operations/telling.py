"""Who is meant by the names in the steps of a level's clocks, who is told of it, and what the inbox says.

Sight is asked again when it is read or mailed.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.principal import Principal
from agencies.models import Seat, SeatKind
from agencies.roster import standing
from agencies.stand_ins import seated
from clocks.models import Clock
from notifications.events import Event
from notifications.models import Message
from notifications.operations import tell
from providers.models import LevelWithholding, SurveillanceLevel
from timekeeping.london import london_day

SAYS_OF_REVIEW = {
    "reminder": "Unless a meeting keeps it, this level lapses at {when}: {left}.",
    "done": "This level has lapsed: no meeting kept it by {when}. It counts as routine.",
    "over": "The review day of this level was over at {when}.",
}

PROPOSED, AGREED, REFUSED = "proposed", "agreed", "refused"
SAYS_OF_WITHHOLDING = {
    PROPOSED: "It is proposed that the provider is not told of this level yet. A second person decides: read why, then agree or refuse.",
    AGREED: "A second person agreed that the provider is not told of this level yet. It is decided again within a day.",
    REFUSED: "A second person refused to keep this level from the provider. The provider is to be told.",
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


def tell_of_withholding(
    level: SurveillanceLevel, said: str, *, to: Iterable[UUID | None], by: Principal, now: datetime
) -> None:
    """Tell people what was proposed, agreed or refused about keeping a level from the provider."""
    people = [one for one in dict.fromkeys(to) if one and one != by.user_id]
    tell(
        record=level.record, event=WITHHOLDING.code, to=people, now=now, topic=level.pk, detail={"said": said}
    )


def who_decide(level: SurveillanceLevel, now: datetime) -> list[UUID]:
    """Return who may be the second person: the chair and the secretariat of the level's group."""
    return [
        one for kind in (SeatKind.CHAIR, SeatKind.SECRETARIAT) for one in seated([level.qsg_id], kind, now)
    ]


def _still_waits(message: Message) -> bool:
    waiting = LevelWithholding.objects.filter(level=message.topic, agreed_at=None, ended_at=None)
    return message.detail["said"] != PROPOSED or waiting.exists()


def _sentence(message: Message, now: datetime) -> str:
    return SAYS_OF_WITHHOLDING[message.detail["said"]]


WITHHOLDING = Event("level.withholding", "surveillance level", _sentence, still=_still_waits)
