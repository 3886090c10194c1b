"""One's own messages through the API: what they say now, and that one has read them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Deed, Given, Listing, Moment, One, Shown, Whether, facts_of
from access.api.endpoints import PageOf
from access.finding import the
from notifications.inbox import Line, inbox_of, line_of, lines_for, not_brought
from notifications.models import Message
from notifications.operations import acknowledge, told_by_phone


class MessageShown(Shown):
    """A message, as it reads at this moment."""

    id = serializers.UUIDField()
    event = serializers.CharField()
    sentence = serializers.CharField()
    record = serializers.UUIDField(allow_null=True, help_text="What it is about.")
    title = serializers.CharField()
    waits = serializers.BooleanField(help_text="An answer is waited for.")
    written_at = Moment()
    seen_at = Moment(allow_null=True)
    acknowledged_at = Moment(allow_null=True)


class MessageFilters(PageOf):
    """What narrows the list of messages."""

    unanswered = Whether(required=False, help_text="Those that ask for an answer and have none.")


def told_of(line: Line) -> dict[str, Any]:
    """Return what a message says, in the words of this moment."""
    message = line.message
    words = {"sentence": line.sentence, "title": line.title, "waits": line.waits}
    return facts_of(MessageShown, message, id=message.pk, record=message.record_id, **words)


class ListMessages(Listing):
    """Your messages about what you see, the newest first."""

    path = "notifications/"
    permission = "notification.read"
    shows = MessageShown
    filters = MessageFilters
    moment = "written_at"

    def rows(self) -> QuerySet[Any]:
        """Return one's own, narrowed."""
        mine = inbox_of(self.by).select_related("record")
        if "unanswered" not in self.wanted:
            return mine
        open_ = {"asks": True, "acknowledged_at": None, "told_at": None, "ended_at": None}
        return mine.filter(**open_) if self.wanted["unanswered"] else mine.exclude(**open_)

    def filled(self, rows: Sequence[Any]) -> Iterable[Any]:
        """Return what they say, in one question a kind of thing."""
        return [told_of(line) for line in lines_for(rows, self.now)]

    def records(self, rows: Any) -> list[UUID]:
        """Return what they are about."""
        return [one.record_id for one in rows if one.record_id]


class OwnMessage(One):
    """Base of what is read of one message of one's own."""

    abstract = True
    permission = "notification.read"
    kind = Message
    shows = MessageShown

    def find(self) -> None:
        """Fetch it, if it is one's own and about what one sees."""
        self.thing = the(inbox_of(self.by).select_related("record").filter(pk=self.ids["id"]))

    def told(self, thing: Message) -> Any:
        """Return what it says."""
        return told_of(line_of(thing, self.now))

    @property
    def logged(self) -> bool:  # type: ignore[override]
        """Whether it is about a record."""
        return self.thing.record_id is not None


class ReadMessage(OwnMessage):
    """One message. Reading it here is no receipt."""

    path = "notifications/<uuid:id>/"


class Acknowledge(Deed):
    """Say that you have read a message."""

    path = "notifications/<uuid:id>/acknowledge/"
    permission = "notification.read"
    kind = Message
    gives = ReadMessage
    does = acknowledge

    def find(self) -> None:
        """Fetch it, if it is one's own and about what one sees."""
        self.thing = the(inbox_of(self.by).filter(pk=self.ids["id"]))


class CallGiven(Given):
    """When they were told."""

    happened_at = Moment()


class ToldByPhone(Deed):
    """Write down that somebody whom a message did not reach was told by telephone."""

    path = "notifications/<uuid:id>/told-by-phone/"
    permission = "summit.acknowledge"
    kind = Message
    takes = CallGiven
    gives = ReadMessage
    does = told_by_phone

    def find(self) -> None:
        """Fetch one that could not be brought, about which the caller is to ring."""
        self.thing = the(not_brought(self.by).filter(pk=self.ids["id"]))
