"""What people can be told about: every event, registered by the app that it belongs to.

This app lies below the ones whose events it carries, so they come to it. An app registers its events once, when it is
made ready (``AppConfig.ready``)::

    events.register(events.Event("summit.alert", policy="summit alert", sentence=..., acknowledged=...))

and ``agencies``, which knows who stands in for whom, registers the directory.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.db.models import Model, Q, QuerySet

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


Row = tuple[QuerySet[Any], UUID | None]
"""One row that a sentence speaks of: where it is fetched, with what belongs to it, and its key."""


class Facts:
    """The rows that the sentences of several messages speak of: each kind is fetched once for all of them."""

    def __init__(self, messages: Iterable["Message"]) -> None:
        """Say which messages are put into words together."""
        self._messages = list(messages)
        self._rows: dict[type[Model], dict[UUID | None, Any]] = {}

    def __getitem__(self, row: Row) -> Any:
        """Return the row, None where there is none; only of what its event said that it speaks of."""
        rows, key = row
        if rows.model not in self._rows:
            wanted = [one for message in self._messages for one in known(message.event).about(message)]
            self._rows[rows.model] = rows.in_bulk({key for of, key in wanted if of.model is rows.model})
        return self._rows[rows.model].get(key)


def nothing(message: "Message") -> Iterable[Row]:
    """Return no rows: what a sentence speaks of that says nothing but codes and times."""
    return ()


def nowhere(message: "Message") -> str:
    """Return no address: what a message leads to that is about a record, whose own address it has."""
    return ""


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
        about: the rows that the sentence speaks of; it finds them in ``message.facts``.
        address: where a message leads that is about no record.
    """

    code: str
    policy: str
    sentence: Callable[["Message", datetime], str]
    still: Callable[["Message"], bool] = _always
    acknowledged: Acknowledged | None = None
    calendar: Callable[["Message"], CalendarPart] | None = None
    about: Callable[["Message"], Iterable[Row]] = nothing
    address: Callable[["Message"], str] = nowhere


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


@dataclass(frozen=True)
class Office:
    """Who is told of something by their office, which no record's sight can be asked about.

    Attributes:
        holds: takes whoever asks; gives which messages of the event they may have now.
        line: takes a message and the moment; gives who is meant now, in the order in which one stands in for another.
    """

    holds: Callable[["Principal"], Q]
    line: Callable[["Message", datetime], Iterable[UUID]]


OFFICES: dict[str, Office] = {}


def register_office(code: str, office: Office) -> None:
    """Say who is told of an event that is about no record; raise ValueError when that was said before."""
    if OFFICES.setdefault(code, office) != office:
        raise ValueError(f"two say whose office the event {code!r} is")


def held_by(by: "Principal") -> Q:
    """Return which messages without a record somebody may have now; of what no office was named, whoever was told may."""
    found = Q(record=None) & ~Q(event__in=list(OFFICES))
    for code, office in OFFICES.items():
        found |= Q(record=None, event=code) & office.holds(by)
    return found


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
