"""The lists through the API: which there are, and their rows on a day. They are changed by people, in the browser."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Choice, Day, Listing, Reading, Shown
from access.api.endpoints import PageOf
from agencies.lists.reading import in_force, standing_on
from reference.columns import columns_of, title_of
from reference.models import Entry
from reference.rules import LISTS
from reference.steering import done_with
from timekeeping.london import london_day


class ListShown(Shown):
    """A list that the portal works by, or shows."""

    code = serializers.CharField()
    name = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    does = serializers.ListField(
        child=serializers.CharField(), help_text="What the portal does with it; empty where it only shows it."
    )


class ListsShown(Shown):
    """Every list."""

    lists = ListShown(many=True)


class ReadLists(Reading):
    """The lists that the portal works by, with what it does with each."""

    path = "lists/"
    permission = "directory.read"
    shows = ListsShown

    def tell(self) -> Any:
        """Return them by their codes."""
        return {
            "lists": [
                {
                    "code": code,
                    "name": spec.label,
                    "columns": [one.name for one in columns_of(code)],
                    "does": done_with(code),
                }
                for code, spec in sorted(LISTS.items())
            ]
        }


class ListRowShown(Shown):
    """A row of a list as it stands between two London days, both included; `key` is what other things name it by."""

    id = serializers.UUIDField()
    list = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    position = serializers.IntegerField()
    columns = serializers.DictField(child=serializers.CharField())
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    status = serializers.CharField(help_text="`paper` (it stands in the documents) or `judgement`.")
    changed_here = serializers.BooleanField(
        help_text="Whether an administrator changed it since it was brought in."
    )


class ListRowFilters(PageOf):
    """What narrows the rows."""

    list = Choice(sorted(LISTS), required=False)
    on = Day(required=False, help_text="The day in London; today unless told.")


class ListListRows(Listing):
    """The rows of the lists in force on a day, by their keys; `position` gives each list's own order."""

    path = "list-rows/"
    permission = "directory.read"
    shows = ListRowShown
    filters = ListRowFilters
    name = "code"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return those of the day, narrowed."""
        day = self.wanted.get("on") or london_day(self.now)
        if "list" in self.wanted:
            return in_force(self.wanted["list"], day)
        return standing_on(day)

    def told(self, thing: Entry) -> Any:
        """Return its columns by name, in the list's order."""
        names = ("id", "position", "effective_from", "effective_to", "source", "status", "changed_here")
        columns = {one.name: str(thing.data.get(one.name) or "") for one in columns_of(thing.list_code)}
        return {
            **{name: getattr(thing, name) for name in names},
            "list": thing.list_code,
            "key": thing.code,
            "name": title_of(thing.list_code, thing.data),
            "columns": columns,
        }
