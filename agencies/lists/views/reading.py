"""The lists as they are read: all of them, one of them on a day, one row with its days."""

from collections import Counter
from functools import cached_property
from typing import Any

from django.http import Http404

from access.finding import the
from access.principal import PORTAL
from access.views import Page
from agencies.lists import rules
from agencies.lists.forms import ListFilter
from agencies.lists.models import ListChange
from agencies.lists.reading import Line, changes_of, in_force, is_planned, names_in, planned
from reference.columns import title_of
from reference.models import Entry
from reference.rules import LISTS
from reference.steering import done_with
from timekeeping.london import london_day

_FACTS = "bank_holidays"
"""A list of published facts, of which the documents say nothing."""


def changed_title(change: ListChange) -> str:
    """Return what the row is called that was changed: by the name it had."""
    return title_of(change.list_code, change.before or change.after or {})


class RulesPage(Page):
    """Every list the portal works by: what it does with it, and how much of it stands in the documents."""

    permission = "directory.read"
    template = "agencies/rules.jinja"

    def context(self) -> dict[str, Any]:
        """The lists, those that steer anything first, and what is planned."""
        today = london_day(self.now)
        every = Entry.objects.values_list(
            "list_code", "status", "changed_here", "effective_from", "effective_to"
        )
        held = [one for one in every if one[3] <= today and (one[4] is None or one[4] >= today)]
        statuses = Counter((code, status) for code, status, *_ in held)
        changed = Counter(code for code, _, here, *_ in held if here)
        lists = [
            {
                "code": code,
                "label": spec.label,
                "does": done_with(code),
                "papers": None if code == _FACTS else statuses[code, rules.PAPER],
                "judged": None if code == _FACTS else statuses[code, rules.JUDGEMENT],
                "changed": changed[code],
            }
            for code, spec in sorted(LISTS.items(), key=lambda each: each[1].label)
        ]
        return {
            "steering": [one for one in lists if one["does"]],
            "shown": [one for one in lists if not one["does"]],
            "only_shown": rules.ONLY_SHOWN,
            "planned": [(one, LISTS[one.list_code].label, changed_title(one)) for one in planned(today)],
            "may_edit": self.by.may("reference.manage", at=PORTAL),
        }


class OfList(Page):
    """A page about one list, named by `code` in the address."""

    abstract = True
    list_code: str

    def find(self) -> None:
        """Find the list; absent where there is none."""
        if self.kwargs["code"] not in LISTS:
            raise Http404
        self.list_code = self.kwargs["code"]


class ListPage(OfList):
    """One list as it stands on a day: each row, whether it stands in the documents or is judgement, and where."""

    permission = "directory.read"
    template = "agencies/list.jinja"

    def context(self) -> dict[str, Any]:
        """The rows in force on the day, those that have the words that are looked for."""
        today = london_day(self.now)
        asked = self.request.GET
        narrowed = ListFilter(data=asked) if asked else ListFilter()
        given = narrowed.cleaned_data if narrowed.is_bound and narrowed.is_valid() else {}
        on, words = given.get("on") or today, given.get("q") or ""
        names = names_in(self.list_code)
        lines = [Line(one, names) for one in in_force(self.list_code, on)]
        ended = Entry.objects.filter(list_code=self.list_code, effective_to__lt=on)
        return {
            "code": self.list_code,
            "label": LISTS[self.list_code].label,
            "does": done_with(self.list_code),
            "only_shown": rules.ONLY_SHOWN,
            "form": narrowed,
            "on": on,
            "today": today,
            "words": words,
            "lines": [one for one in lines if one.has(words)],
            "all": len(lines),
            "ended": [Line(one, names) for one in ended],
            "planned": [(one, changed_title(one)) for one in planned(today).filter(list_code=self.list_code)],
            "facts": self.list_code == _FACTS,
            "may_edit": self.by.may("reference.manage", at=PORTAL),
        }


class OfEntry(Page):
    """A page about one row, named by `id`: of any of its forms."""

    abstract = True
    entry: Entry

    def find(self) -> None:
        """Fetch it; absent where there is none."""
        self.entry = the(Entry.objects.filter(pk=self.kwargs["id"]))

    @cached_property
    def changes(self) -> list[ListChange]:
        """What was changed of the row, the newest first."""
        return changes_of(self.entry.list_code, self.entry.code)


class RowPage(OfEntry):
    """One row with its days: how it reads, how it read before, what is planned, and why it was changed."""

    permission = "directory.read"
    template = "agencies/list_row.jinja"

    def context(self) -> dict[str, Any]:
        """Its forms, the newest first, each with what it changed; and the changes that were made here."""
        today = london_day(self.now)
        rows = Entry.objects.filter(list_code=self.entry.list_code, code=self.entry.code)
        forms = list(rows.order_by("effective_from"))
        begun = [one for one in forms if one.effective_from <= today]
        shown = begun[-1] if begun else forms[0]
        history = [
            (one, [] if before is None else rules.differences(one.list_code, told(before), told(one)))
            for before, one in zip([None, *forms], forms, strict=False)
        ]
        return {
            "line": Line(shown, names_in(shown.list_code)),
            "label": LISTS[shown.list_code].label,
            "does": done_with(shown.list_code),
            "today": today,
            "stands": begun and (shown.effective_to is None or shown.effective_to >= today),
            "goes_on": forms[-1].effective_to is None or forms[-1].effective_to > today,
            "history": history[::-1],
            "changes": [
                (
                    one,
                    rules.differences(one.list_code, one.before, one.after)
                    if one.before and one.after
                    else [],
                )
                for one in self.changes
            ],
            "planned": [one for one in self.changes if is_planned(one, today)],
            "may_edit": self.by.may("reference.manage", at=PORTAL),
        }


def told(entry: Entry) -> dict[str, Any]:
    """Return a row's columns with its source and status."""
    return {**entry.data, "source": entry.source, "status": entry.status}
