"""Who is told of what happens in a room, and what the inbox says. Sight is asked again when it is read or mailed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from notifications.events import Event, Row
from notifications.models import Message
from notifications.operations import tell
from risk_summits.models import RingHolding, RiskSummit, Room
from risk_summits.operations.people import cleared_holders, listed

CLOCKS = "judgement, response, ring, impact and follow-up clocks"
"""The policy of what interrupts people."""
LATER = "what came of a risk summit"
"""The policy of what waits for the home page."""


def tell_participants(
    room: Room,
    *,
    event: str,
    now: datetime,
    topic: UUID | None = None,
    agencies: Iterable[UUID] | None = None,
    besides: UUID | None = None,
) -> None:
    """Tell everyone listed, or the people of some bodies, except the one who did it."""
    wanted = None if agencies is None else set(agencies)
    people = [
        user for user, agency in listed(room.pk) if (wanted is None or agency in wanted) and user != besides
    ]
    tell(record=room.record, event=event, to=people, now=now, topic=topic)


def tell_ended(room: Room, *, now: datetime, besides: UUID | None = None) -> None:
    """Tell those who see the headline how it ended."""
    people = [user for user, _ in listed(room.pk)]
    if not room.summit.restricted:
        people += cleared_holders(room.summit, now)
    to = [user for user in dict.fromkeys(people) if user != besides]
    tell(record=room.summit.record, event="summit.ended", to=to, now=now)


ROOMS = Room.objects.select_related("summit__provider").prefetch_related(
    Prefetch("ringholdings", RingHolding.objects.filter(superseded_at=None).select_related("agency"))
)
SUMMITS = RiskSummit.objects.select_related("provider").prefetch_related("room__record__listings")


def _about_room(message: Message) -> list[Row]:
    return [(ROOMS, message.record_id)] if message.record_id else []


def about_summit(message: Message) -> list[Row]:
    """Return the summit whose headline a message is about."""
    return [(SUMMITS, message.record_id)] if message.record_id else []


def _room(message: Message) -> Room:
    room: Room = message.facts[ROOMS, message.record_id]
    return room


def _judged(message: Message, now: datetime) -> str:
    return (
        f"Somebody has judged that there is, or may be, serious failure at {_room(message).summit.provider}."
    )


def _led(message: Message, now: datetime) -> str:
    room = _room(message)
    leads = max(room.ringholdings.all(), key=lambda held: held.number)
    return f"{leads.agency} now leads the response about {room.summit.provider}."


def _proposed(message: Message, now: datetime) -> str:
    return f"Your body is proposed as lead for the response about {_room(message).summit.provider}. It can accept or decline."


def _handover(message: Message, now: datetime) -> str:
    return (
        f"Your body is asked to take over the lead for the response about {_room(message).summit.provider}."
    )


def _tabled(message: Message, now: datetime) -> str:
    return f"Something was put before the risk summit about {_room(message).summit.provider}."


def _danger(message: Message, now: datetime) -> str:
    return f"Somebody has said that people may be in danger at {_room(message).summit.provider}. Ring first."


def _ended(message: Message, now: datetime) -> str:
    return f"The risk summit about {message.facts[SUMMITS, message.record_id].provider} has ended."


def _open(message: Message) -> bool:
    return Room.objects.filter(pk=message.record_id, summit__ended_at=None).exists()


EVENTS = (
    Event("summit.judged", policy=CLOCKS, sentence=_judged, still=_open, about=_about_room),
    Event("summit.led", policy=CLOCKS, sentence=_led, still=_open, about=_about_room),
    Event("summit.danger", policy=CLOCKS, sentence=_danger, still=_open, about=_about_room),
    Event("summit.lead_proposed", policy=LATER, sentence=_proposed, still=_open, about=_about_room),
    Event("summit.handover", policy=LATER, sentence=_handover, still=_open, about=_about_room),
    Event("summit.tabled", policy=LATER, sentence=_tabled, still=_open, about=_about_room),
    Event("summit.ended", policy=LATER, sentence=_ended, about=about_summit),
)
"""What people are told about summits, beside their clocks; registered when the app is made ready."""
