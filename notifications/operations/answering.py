"""What people answer: seen, acknowledged, told by telephone."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted
from audit.operations import record_deed
from notifications.events import known
from notifications.models import Message


def mark_seen(*, message: Message, by: Principal, now: datetime) -> None:
    """Note the first time its recipient opened a message. Seeing is not acknowledging."""
    Message.objects.filter(pk=message.pk, recipient_id=by.user_id, seen_at=None).update(seen_at=now)


@operation("message.acknowledged")
def acknowledge(*, message: Message, by: Principal, now: datetime) -> Message:
    """Acknowledge a message: its recipient says, signed in, that it was read. Never by a link alone.

    Args:
        message: one that the recipient sees.
        by: the recipient.
        now: the moment.

    Raises:
        NotPermitted: it is somebody else's.
        NotNow: it was acknowledged before.
    """
    message = _locked(message.pk)
    if message.recipient_id != by.user_id:
        raise NotPermitted("Only the person it was sent to can say that it was read.")
    if message.acknowledged_at:
        raise NotNow("You have already said that you read this. Nothing more is needed.")
    message.acknowledged_at = now
    message.seen_at = message.seen_at or now
    message.save(update_fields=["acknowledged_at", "seen_at"])
    record_deed(by=by, now=now, deed="message.acknowledged", record=message.record_id, detail=_ids(message))
    _carry(message, by=by, now=now, happened_at=now)
    return message


@operation("message.told_by_phone")
def told_by_phone(*, message: Message, by: Principal, now: datetime, happened_at: datetime) -> Message:
    """Record that its recipient was told by telephone: by whom, when, and when it was written down.

    The door asks whether the caller may (``summit.call`` on a call list).

    Raises:
        NotNow: the person was reached before.
        Invalid: a moment in the future, or before there was anything to tell.
    """
    message = _locked(message.pk)
    if message.reached:
        raise NotNow("This person has already been reached. Nothing more is needed.")
    if happened_at > now:
        raise Invalid({"happened_at": "This time is in the future. Say when the call was made."})
    if happened_at < message.written_at:
        raise Invalid(
            {"happened_at": "This is before there was anything to tell. Say when the call was made."}
        )
    message.told_at, message.told_recorded_at, message.told_by_id = happened_at, now, by.user_id
    message.save(update_fields=["told_at", "told_recorded_at", "told_by"])
    record_deed(by=by, now=now, deed="message.told_by_phone", record=message.record_id, detail=_ids(message))
    _carry(message, by=by, now=now, happened_at=happened_at)
    return message


def read_already(*, topics: Iterable[UUID], by: Principal, now: datetime) -> int:
    """Say that whoever brought these about has read what they are told of them. Returns how many messages."""
    mine = Message.objects.filter(topic__in=list(topics), recipient_id=by.user_id, acknowledged_at=None)
    return mine.update(acknowledged_at=now, seen_at=now)


def end_waiting(*, topic: UUID, now: datetime) -> int:
    """Say that what these messages are about is over: they stay in the inbox, and wait for nobody. Returns how many."""
    return Message.objects.filter(topic=topic, ended_at=None).update(ended_at=now)


def _locked(pk: UUID) -> Message:
    return Message.objects.select_for_update().get(pk=pk)


def _ids(message: Message) -> dict[str, str]:
    return {"message": str(message.pk), "recipient": str(message.recipient_id)}


def _carry(message: Message, *, by: Principal, now: datetime, happened_at: datetime) -> None:
    event = known(message.event)
    if event.acknowledged:
        event.acknowledged(message=message, by=by, now=now, happened_at=happened_at)
