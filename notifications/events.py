"""What people can be told about: every event, registered by the app that it belongs to.

This app lies below the ones whose events it carries, so they come to it. An app registers its events once, when it is
made ready (``AppConfig.ready``)::

    events.register(events.Event("summit.alert", policy="summit alert", sentence=..., acknowledged=...))

and ``agencies``, which knows who stands in for whom, registers the directory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from access.principal import Principal
    from notifications.models import Message


class Acknowledged(Protocol):
    """What an event's app does, in the same transaction, when its message is acknowledged or told by telephone."""

    def __call__(self, *, message: "Message", by: "Principal", now: datetime, happened_at: datetime) -> None:
        """Carry the acknowledgement to what the message was about."""
        ...


@dataclass(frozen=True)
class CalendarPart:
    """What goes along with a mail for the reader's calendar.

    Attributes:
        method: what the calendar is asked to do: ``REQUEST`` or ``CANCEL``.
        text: the iCalendar text; it obeys what the mail obeys, so neutral words only.
    """

    method: str
    text: str


def _always(message: "Message") -> bool:
    return True


@dataclass(frozen=True)
class Event:
    """One thing that people can be told.

    Attributes:
        code: such as ``clock.response``.
        policy: the row of ``notification_policy`` that says how it reaches people.
        sentence: what the inbox says; asked only for a reader who sees the record at that moment.
        still: whether it is still so; asked before a mail is sent. False withholds it.
        acknowledged: what follows an acknowledgement, if anything.
        calendar: gives the calendar part that goes with its mail, where it is about a meeting.
    """

    code: str
    policy: str
    sentence: Callable[["Message", datetime], str]
    still: Callable[["Message"], bool] = _always
    acknowledged: Acknowledged | None = None
    calendar: Callable[["Message"], CalendarPart] | None = None


EVENTS: dict[str, Event] = {}


def register(event: Event) -> None:
    """Make an event known; raise ValueError when its code is taken by another."""
    if EVENTS.setdefault(event.code, event) != event:
        raise ValueError(f"the event {event.code!r} is registered twice")


def known(code: str) -> Event:
    """Return the event of that code; raise ValueError when nobody registered it."""
    if code not in EVENTS:
        raise ValueError(f"nobody registered the event {code!r}")
    return EVENTS[code]


class Directory(Protocol):
    """Who stands in for whom, and where people can be rung; ``agencies`` knows."""

    def next_in_line(self, message: "Message", told: frozenset[UUID], now: datetime) -> UUID | None:
        """Return who is told when the recipient cannot be reached: deputy, agency lead, chair; none of ``told``."""
        ...

    def telephones(self, users: frozenset[UUID], now: datetime) -> Mapping[UUID, str]:
        """Return the number to ring now for each of these people, where one is known."""
        ...


class _NoDirectory:
    """Stands until a directory is registered: nobody stands in for anybody."""

    def next_in_line(self, message: "Message", told: frozenset[UUID], now: datetime) -> UUID | None:
        return None

    def telephones(self, users: frozenset[UUID], now: datetime) -> Mapping[UUID, str]:
        return {}


_directory: list[Directory] = [_NoDirectory()]


def register_directory(directory: Directory) -> None:
    """Say who knows who stands in for whom."""
    _directory[0] = directory


def directory() -> Directory:
    """Return the directory that was registered."""
    return _directory[0]
