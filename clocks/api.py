"""Clocks through the API: deadlines, as facts. What meets one is a deed elsewhere."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Choice, Key, Listing, Moment, Named, One, Shown, Text
from access.api.endpoints import PageOf
from access.sight import visible_to
from clocks.models import Clock
from clocks.rules.states import STATES


class ClockShown(Shown):
    """A deadline about a record. `kind` is a code of the list `clock_intervals`."""

    id = serializers.UUIDField()
    record = serializers.UUIDField(source="record_id")
    kind = serializers.CharField()
    family = serializers.CharField()
    state = serializers.CharField()
    responsible_agency = Named(allow_null=True)
    responsible_person = Named(allow_null=True)
    started_at = Moment()
    started_recorded_at = Moment()
    due_at = Moment()
    missed_at = Moment(allow_null=True, help_text="When it fell due and was not met.")
    met_at = Moment(allow_null=True, help_text="When the deed was done.")
    met_recorded_at = Moment(allow_null=True)
    stopped_at = Moment(allow_null=True)
    stop_reason = serializers.CharField()


class ClockFilters(PageOf):
    """What narrows the list of clocks."""

    record = Key(required=False)
    kind = Text(required=False)
    family = Text(required=False)
    state = Choice(list(STATES), required=False)
    agency = Key(required=False, help_text="The body that is to act.")


class ListClocks(Listing):
    """The clocks of what you see, the one due soonest first."""

    path = "clocks/"
    permission = "clock.read"
    shows = ClockShown
    filters = ClockFilters
    moment = "due_at"
    soonest = True

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        asked = self.narrowing("record", "kind", "family", "state", agency="responsible_agency")
        clocks = Clock.objects.filter(**asked).select_related("responsible_agency", "responsible_person")
        return visible_to(self.by, clocks, through="record")

    def records(self, rows: Any) -> list[UUID]:
        """Return what they are about."""
        return [one.record_id for one in rows]


class ReadClock(One):
    """One clock."""

    path = "clocks/<uuid:id>/"
    permission = "clock.read"
    kind = Clock
    related = ("record", "responsible_agency", "responsible_person")
    through = "record"
    shows = ClockShown
