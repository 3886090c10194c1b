"""Who is told of a concern, and what the inbox says. Sight is asked again when it is read or mailed."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from access.models import Record
from access.principal import Principal
from access.reach import bodies_of
from agencies.models import Agency, Post, PostCode, QualitySurveillanceGroup, Seat, SeatKind
from agencies.roster import standing
from agencies.stand_ins import speakers_for
from audit.models import Line
from clocks.models import Clock
from clocks.registry import Resolver
from concerns.models import Concern, DangerFlag
from concerns.operations.places import reading
from concerns.rules.states import WORDS
from notifications.events import Event, Row
from notifications.models import Message
from notifications.operations import tell
from timekeeping.london import london_day

NAMED, ASKED, SAID, WIDENED, TAKEN_BACK = (
    "concern.named",
    "concern.share_asked",
    "concern.said",
    "concern.widened",
    "concern.taken_back",
)
POLICY = "what is said about a concern"


def handlers_of(record: Record, now: datetime) -> list[UUID]:
    """Return who handles a record where it is looked after: whoever recorded it, while still there, then the leads there."""
    people = speakers_for(record, now)
    if record.recorded_by_id:
        there = reading(now).filter(user_id=record.recorded_by_id, agency_id__in=bodies_of(record))
        people = [*there.values_list("user_id", flat=True), *people]
    return list(dict.fromkeys(people))


def _tell(
    event: str,
    record: Record,
    to: Iterable[UUID | None],
    *,
    by: Principal,
    now: datetime,
    of: Record | None = None,
    **detail: object,
) -> None:
    """Tell people, the one who did it apart; ``of`` is what hangs on the concern, where that is what they are told of."""
    people = [one for one in dict.fromkeys(to) if one and one != by.user_id]
    if people:
        tell(record=of or record, event=event, to=people, now=now, topic=record.pk, detail=detail)


def tell_the_named(concern: Concern, people: Iterable[UUID], *, by: Principal, now: datetime) -> None:
    """Tell the people who were named on a concern that they were."""
    _tell(NAMED, concern.record, people, by=by, now=now)


def tell_the_handlers(concern: Concern, said: Record, kind: str, *, by: Principal, now: datetime) -> None:
    """Tell the owner that somebody said something of its concern; who cannot see what was said cannot see that it was."""
    people = handlers_of(concern.record, now)
    _tell(SAID, concern.record, people, by=by, now=now, of=said, kind=kind, agency=str(by.agency_id))


def tell_of_the_asking(
    concern: Concern, *, wish: str, about: UUID | None, by: Principal, now: datetime
) -> None:
    """Tell the owner that a reader asks it to share further."""
    people = handlers_of(concern.record, now)
    _tell(
        ASKED,
        concern.record,
        people,
        by=by,
        now=now,
        agency=str(by.agency_id),
        wish=wish,
        about=str(about) if about else "",
    )


def tell_of_the_widening(
    concern: Concern, authors: Iterable[UUID | None], *, by: Principal, now: datetime
) -> None:
    """Tell those whose words hang on a concern that more people now read them."""
    _tell(WIDENED, concern.record, authors, by=by, now=now)


def tell_of_the_taking_back(concern: Concern, *, by: Principal, now: datetime) -> None:
    """Tell those who opened a concern that it was withdrawn or replaced (mission C10)."""
    opened = Line.objects.filter(record_id=concern.pk, deed="read", user__isnull=False)
    _tell(TAKEN_BACK, concern.record, opened.values_list("user_id", flat=True), by=by, now=now)


CONCERNS = Concern.objects.select_related("record__owner")
WISHED = {"group": QualitySurveillanceGroup.objects.all(), "agency": Agency.objects.all()}


def _about(message: Message) -> Iterator[Row]:
    """Return what the sentences speak of: the concern, who says it, and whom it shall be shared with."""
    if message.topic:
        yield CONCERNS, message.topic
    if agency := message.detail.get("agency"):
        yield WISHED["agency"], UUID(agency)
    if message.event == ASKED:
        yield WISHED[message.detail["wish"]], UUID(message.detail["about"])


def _concern(message: Message) -> Concern:
    concern: Concern = message.facts[CONCERNS, message.topic]
    return concern


def _body(message: Message) -> str:
    return str(message.facts[WISHED["agency"], UUID(message.detail["agency"])])


def _named_sentence(message: Message, now: datetime) -> str:
    return f"{_concern(message).record.owner} shares a concern with you by name."


def _asked_sentence(message: Message, now: datetime) -> str:
    called = message.facts[WISHED[message.detail["wish"]], UUID(message.detail["about"])]
    return f"{_body(message)} asks you to share {_concern(message).reference} with {called}. You decide."


SAID_WORDS = {
    "too": "sees it too",
    "opposite": "sees the opposite",
    "comment": "commented on it",
    "look": "wrote down who went and looked",
}


def _said_sentence(message: Message, now: datetime) -> str:
    return f"{_concern(message).reference}: {_body(message)} {SAID_WORDS[message.detail['kind']]}."


def _widened_sentence(message: Message, now: datetime) -> str:
    concern = _concern(message)
    return f"{concern.record.owner} shares {concern.reference} with more people. They read your body's words on it too."


def _taken_back_sentence(message: Message, now: datetime) -> str:
    concern = _concern(message)
    return f"{concern.reference}, which you read: {WORDS[concern.status].lower()} by {concern.record.owner}."


EVENTS = (
    Event(NAMED, policy=POLICY, sentence=_named_sentence, about=_about),
    Event(ASKED, policy=POLICY, sentence=_asked_sentence, about=_about),
    Event(SAID, policy=POLICY, sentence=_said_sentence, about=_about),
    Event(WIDENED, policy=POLICY, sentence=_widened_sentence, about=_about),
    Event(TAKEN_BACK, policy=POLICY, sentence=_taken_back_sentence, about=_about),
)
"""What people are told about concerns; registered when the app is made ready."""


def who_flagged(clock: Clock, now: datetime) -> list[UUID]:
    """Return the person who said that somebody may be in danger."""
    held = DangerFlag.objects.filter(record=clock.record_id, by__isnull=False)
    return list(held.values_list("by_id", flat=True))


def owner_of(clock: Clock, now: datetime) -> list[UUID]:
    """Return who handles the record of a clock."""
    return handlers_of(clock.record, now)


def safeguarding_leads(clock: Clock, now: datetime) -> list[UUID]:
    """Return the safeguarding leads where a clock's record is looked after."""
    posts = Post.objects.filter(
        standing(london_day(now)),
        agency_id__in=bodies_of(clock.record),
        post__in=[
            PostCode.SAFEGUARDING_LEAD,
            PostCode.SAFEGUARDING_LEAD_ADULTS,
            PostCode.SAFEGUARDING_LEAD_CHILDREN,
        ],
        user__is_active=True,
    )
    return list(dict.fromkeys(posts.order_by("post", "starts_on").values_list("user_id", flat=True)))


def chairs(clock: Clock, now: datetime) -> list[UUID]:
    """Return the chairs of the groups that a clock's record is shared with."""
    groups = clock.record.shares.filter(ended_at=None).exclude(audience__qsg=None)
    held: QuerySet[Seat] = Seat.objects.filter(
        standing(london_day(now)),
        kind=SeatKind.CHAIR,
        qsg_id__in=groups.values("audience__qsg_id"),
        user__is_active=True,
    )
    return list(dict.fromkeys(held.order_by("starts_on", "id").values_list("user_id", flat=True)))


def _in_sight(meant: Resolver) -> Resolver:
    """Mean nobody but its author while a record is a draft: the others are told when it is raised."""

    def resolver(clock: Clock, now: datetime) -> list[UUID]:
        record = clock.record
        is_draft = record.gate == Record.Gate.DRAFT
        return [one for one in meant(clock, now) if not is_draft or one == record.recorded_by_id]

    return resolver


_MEANT: dict[str, Resolver] = {
    "person who flagged": who_flagged,
    "owner's safeguarding lead": safeguarding_leads,
    "its safeguarding lead": safeguarding_leads,
    "owner": owner_of,
    "chair": chairs,
}
RECIPIENTS = {name: _in_sight(meant) for name, meant in _MEANT.items()}
"""What the receivers' names mean in the clocks of people's safety and of going to look."""
