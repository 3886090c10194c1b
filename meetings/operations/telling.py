"""Who is told of a meeting: a line in the inbox, and a mail with its calendar entry."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from meetings.entries import entry
from meetings.models import Invitation, Meeting
from notifications.events import CalendarPart, Event, Row
from notifications.models import Message
from notifications.operations import end_waiting, tell
from timekeeping.london import moment_in_words

INVITED, MOVED, CANCELLED = "meeting.invited", "meeting.moved", "meeting.cancelled"
POLICY = "judgement, response, ring, impact and follow-up clocks"
"""A meeting of a response is told as its clock is: at any hour, by mail too."""


def tell_of(meeting: Meeting, event: str, *, to: Iterable[UUID], now: datetime) -> None:
    """Tell people of a meeting, in the transaction that made or changed it.

    What was told of an earlier version of the calendar entry no longer waits for anybody.
    """
    if event != INVITED:
        end_waiting(topic=meeting.pk, now=now)
    detail = {"sequence": meeting.sequence}
    tell(record=meeting.record, event=event, to=to, now=now, topic=meeting.pk, detail=detail)


def _about(message: Message) -> list[Row]:
    return [(Meeting.objects.all(), message.record_id)] if message.record_id else []


def _sentence(message: Message, now: datetime) -> str:
    meeting = message.facts[Meeting.objects.all(), message.record_id]
    when = moment_in_words(meeting.starts_at)
    if message.event == CANCELLED:
        return f"The meeting on {when} was cancelled."
    if message.event == MOVED:
        return f"A meeting was changed: it is now on {when}. Please say again whether you are coming."
    return f"You are invited to a meeting on {when}. Please say whether you are coming."


def _still(message: Message) -> bool:
    """Say whether the version of the entry that this tells of is still the newest."""
    return Meeting.objects.filter(pk=message.record_id, sequence=message.detail["sequence"]).exists()


def _calendar(message: Message) -> CalendarPart:
    """Return the entry for one recipient's calendar, the same bytes at each attempt to send it."""
    meeting = Meeting.objects.get(pk=message.record_id)
    method = Invitation.Method.CANCEL if message.event == CANCELLED else Invitation.Method.REQUEST
    attendee = message.recipient.email
    return CalendarPart(
        method, entry(meeting, method=method, attendee=attendee, stamped_at=message.written_at)
    )


EVENTS = tuple(
    Event(code, policy=POLICY, sentence=_sentence, still=_still, calendar=_calendar, about=_about)
    for code in (INVITED, MOVED, CANCELLED)
)
"""What people are told about meetings; registered when the app is made ready."""
