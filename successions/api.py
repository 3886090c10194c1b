"""Successions through the API, to read: a body is closed, and its things accepted, by people with a fresh second factor."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Listing, Moment, Named, One, Shown
from access.finding import the
from audit.operations import record_reading
from successions.models import Succession
from successions.reading import successions_seen
from successions.showing import shown_to
from timekeeping.london import london_day


class SuccessionLine(Shown):
    """A body that is to close or has, and who takes its place."""

    id = serializers.UUIDField()
    body = Named()
    on = serializers.DateField(help_text="The first day without it.")
    state = serializers.CharField(help_text="`open`, `closed` or `undone`.")
    why = serializers.CharField()
    successors = Named(many=True)
    opened_at = Moment()
    ended_at = Moment(allow_null=True)


class HeldShown(Shown):
    """One thing that the body holds, to whom it is offered, and what was answered; nulls where it is not offered."""

    kind = serializers.CharField(
        help_text="`people`, `membership`, `seat`, `posts`, `area`, `buying`, `intelligence`, `action` or `clock`."
    )
    words = serializers.CharField()
    to = Named(allow_null=True)
    state = serializers.CharField(
        allow_null=True, help_text="`waiting`, `accepted`, `declined` or `taken_back`."
    )
    reason = serializers.CharField(allow_null=True)
    answered_by = Named(allow_null=True)
    answered_at = Moment(allow_null=True)


class SuccessionShown(SuccessionLine):
    """A succession with what the body holds, as far as the caller may know it."""

    held = HeldShown(many=True)


def _line(one: Succession) -> dict[str, Any]:
    names = ("id", "body", "on", "state", "why", "opened_at", "ended_at")
    return {**{name: getattr(one, name) for name in names}, "successors": list(one.successors.all())}


class ListSuccessions(Listing):
    """The successions of your body, of bodies whose place it takes, or for an administrator of the portal all; the newest first."""

    path = "successions/"
    permission = "directory.read"
    shows = SuccessionLine
    moment = "opened_at"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return those that the caller has to do with."""
        return successions_seen(self.by).prefetch_related("successors")

    def told(self, thing: Succession) -> Any:
        """Return one."""
        return _line(thing)


class ReadSuccession(One):
    """One succession: what the body holds as far as you may know it, to whom it is offered, what was answered."""

    path = "successions/<uuid:id>/"
    permission = "directory.read"
    kind = Succession
    shows = SuccessionShown
    logged = False

    def find(self) -> None:
        """Fetch it for those who have to do with it; absent for others."""
        self.thing = the(successions_seen(self.by).prefetch_related("successors").filter(pk=self.ids["id"]))

    def told(self, thing: Succession) -> Any:
        """Return it with what it holds; where that shows actions or deadlines, write which."""
        kinds = shown_to(self.by, thing, london_day(self.now))
        lines = [(kind.kind, line) for kind in kinds for line in kind.lines]
        records = [line.label.record for _, line in lines if line.label.record]
        if records:
            record_reading(by=self.by, now=self.now, page="ReadSuccession", shown=dict.fromkeys(records))
        held = [
            {
                "kind": kind,
                "words": line.label.words,
                **{
                    name: getattr(line.offer, name) if line.offer else None
                    for name in ("to", "state", "reason", "answered_by", "answered_at")
                },
            }
            for kind, line in lines
        ]
        return {**_line(thing), "held": held}
