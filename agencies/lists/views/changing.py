"""The changes of the lists: a row added, changed or ended from a day on, and a planned change undone."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from access.refusals import NotNow
from agencies.forms import NoFields
from agencies.lists import operations, rules
from agencies.lists.forms import EndRowForm, RowForm
from agencies.lists.models import ListChange
from agencies.lists.reading import Line, in_force, meanwhile, on_day, version_of
from agencies.lists.views.reading import OfEntry, OfList, changed_title, told
from agencies.views.changing import ChangePage
from reference.columns import read_cells, title_of
from reference.models import Entry
from reference.rules import CASES, LISTS, PARTIES
from reference.steering import Lists, done_with, naming


class _Changing(ChangePage):
    """A change of the lists: an administrator of the portal makes it."""

    abstract = True
    permission = "reference.manage"
    template = "agencies/list_change.jinja"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def context(self) -> dict[str, Any]:
        """The words around the form, and what hangs on the list."""
        return {**super().context(), "does": done_with(self.of_list), "only_shown": rules.ONLY_SHOWN}

    @property
    def of_list(self) -> str:
        """Which list it is about."""
        raise NotImplementedError  # pragma: no cover - each kind says its own

    def about(self) -> str:
        """The list's name."""
        return LISTS[self.of_list].label

    def codes_offered(self) -> dict[str, list[tuple[str, str]]]:
        """What may be chosen in the columns that name a code of another list, as the lists stand tomorrow.

        The end of a kind of body ends no body, so a row may be about any kind that ever was.
        """
        spec = LISTS[self.of_list]
        named = {*(one.partition(".")[0] for held in spec.codes.values() for one in held), *PARTIES}
        rows = list(Entry.objects.filter(list_code__in=named)) if spec.codes or spec.parties else []
        standing, cases = on_day(rows, self.today + timedelta(days=1)), self._cases()
        ever = {name: [one.data for one in rows if one.list_code == name] for name in PARTIES}
        return {
            **{column: [*_codes(standing, targets), *cases] for column, targets in spec.codes.items()},
            **{one: _codes(ever, PARTIES) for one in spec.parties if one in spec.keys},
        }

    def _cases(self) -> list[tuple[str, str]]:
        """The words that stand for a case where there is no code for it, where this list has any."""
        rows = Entry.objects.filter(list_code=self.of_list).values_list("data", flat=True)
        mine = {str(row.get(column)) for row in rows for column in LISTS[self.of_list].codes}
        return [(one, one) for one in sorted(mine & CASES)]


def _codes(lists: Lists, targets: Iterable[str]) -> list[tuple[str, str]]:
    """Return the codes of these lists, each with what it is called."""
    found: dict[str, str] = {}
    for name, _, column in (one.partition(".") for one in targets):
        for row in lists.get(name, ()):
            code = str(row[column or "code"])
            found.setdefault(code, code if column else f"{title_of(name, row)} ({code})")
    return list(found.items())


class AddRow(_Changing, OfList):
    """A new row, or one that ended and comes back."""

    form_class = RowForm
    title = "Add a row to a list"
    submit = "Add it"

    @property
    def of_list(self) -> str:
        """The list of the address."""
        return self.list_code

    def back(self) -> tuple[str, str]:
        """Back to the list."""
        return f"Back to {LISTS[self.list_code].label}", reverse("agencies:list", args=[self.list_code])

    def form_kwargs(self) -> dict[str, Any]:
        """The columns, the rows it may come after, and what an ended row said."""
        rows = [Line(one) for one in in_force(self.list_code, self.today + timedelta(days=1))]
        return {
            "list_code": self.list_code,
            "adding": True,
            "options": self.codes_offered(),
            "places": [(one.entry.code, one.title) for one in rows],
            "today": self.today,
            "version": 0,
            "meanwhile": "",
            "initial": self._like(),
        }

    def _like(self) -> dict[str, Any]:
        """What the row says that is to come back, if one is named in the address."""
        named = self.request.GET.get("like", "")
        rows = Entry.objects.filter(list_code=self.list_code, code=named).order_by("-effective_from")
        last = rows.first() if named else None
        return {**last.data, "source": last.source, "status": last.status} if last else {}

    def words(self, form: Any) -> list[str]:
        """What the new row will do."""
        data, _ = read_cells(self.list_code, form.row.cells)
        return rules.add_words(self.list_code, data, form.cleaned_data["starts_on"])

    def perform(self, form: Any) -> str:
        """Add it."""
        given = form.cleaned_data
        change = operations.add_row(
            by=self.by,
            now=self.now,
            list_code=self.list_code,
            starts_on=given["starts_on"],
            wording=form.row,
            reason=given["reason"],
            after=given["after"],
        )
        return _address(change, change.starts_on)


def _address(change: ListChange, day: date) -> str:
    """Return the page of the row that was changed."""
    rows = Entry.objects.filter(list_code=change.list_code, code=change.code, effective_from__lte=day)
    return reverse("agencies:list_row", args=[rows.latest("effective_from").pk])


class _OfRow(_Changing, OfEntry):
    """A change of one row that stands, or will."""

    abstract = True

    @property
    def of_list(self) -> str:
        """The row's list."""
        return self.entry.list_code

    @cached_property
    def standing(self) -> Entry:
        """The row as it stands tomorrow, or will stand; refused once it has ended."""
        rows = Entry.objects.filter(list_code=self.entry.list_code, code=self.entry.code)
        tomorrow = self.today + timedelta(days=1)
        left = [one for one in rows if one.effective_to is None or one.effective_to >= tomorrow]
        if not left:
            raise NotNow("This row has ended. Add it to the list again, from a day to come.")
        return min(left, key=lambda one: one.effective_from)

    def about(self) -> str:
        """The row and its list."""
        return f"{title_of(self.entry.list_code, self.standing.data)}, {super().about()}"

    def back(self) -> tuple[str, str]:
        """Back to the row."""
        return "Back to the row", reverse("agencies:list_row", args=[self.entry.pk])

    def form_kwargs(self) -> dict[str, Any]:
        """Today, and how often the row was changed."""
        changes = self.changes
        return {
            "today": self.today,
            "version": version_of(changes),
            "meanwhile": meanwhile(changes) if changes else "Reload the page, and look at the row again.",
        }


class ChangeRow(_OfRow):
    """A row says something else from a day on."""

    form_class = RowForm
    title = "Change a row from a day on"
    submit = "Make the change"

    def form_kwargs(self) -> dict[str, Any]:
        """The columns as they stand."""
        data = self.standing.data
        return {
            **super().form_kwargs(),
            "list_code": self.of_list,
            "adding": False,
            "options": self.codes_offered(),
            "initial": {**data, "source": self.standing.source, "status": self.standing.status},
        }

    def words(self, form: Any) -> list[str]:
        """What the change will do, column by column."""
        day = form.cleaned_data["starts_on"]
        before = in_force(self.of_list, day).get(code=self.entry.code)
        keys = {key: str(before.data[key]) for key in LISTS[self.of_list].keys}
        wording = form.row
        data, _ = read_cells(self.of_list, {**wording.cells, **keys})
        after = {**data, "source": wording.source, "status": wording.status}
        return rules.change_words(self.of_list, told(before), after, day)

    def perform(self, form: Any) -> str:
        """Change it."""
        change = operations.change_row(
            by=self.by,
            now=self.now,
            list_code=self.of_list,
            code=self.entry.code,
            seen=form.version,
            starts_on=form.cleaned_data["starts_on"],
            wording=form.row,
            reason=form.cleaned_data["reason"],
        )
        return _address(change, self.today)


class EndRow(_OfRow):
    """A row is no longer in its list from a day on."""

    form_class = EndRowForm
    title = "End a row"
    submit = "End it"
    kind = "warning"

    def words(self, form: Any) -> list[str]:
        """What the end will do, and which rows of other lists go on naming it."""
        day = form.cleaned_data["starts_on"]
        lists = on_day(Entry.objects.all(), day)
        named = naming(lists, self.of_list, self.entry.code)
        return rules.retire_words(self.of_list, self.standing.data, day, named)

    def perform(self, form: Any) -> str:
        """End it."""
        operations.retire_row(
            by=self.by,
            now=self.now,
            list_code=self.of_list,
            code=self.entry.code,
            seen=form.version,
            starts_on=form.cleaned_data["starts_on"],
            reason=form.cleaned_data["reason"],
        )
        return self.back()[1]


class UndoChange(_Changing):
    """A change that has not yet taken effect is taken back."""

    form_class = NoFields
    title = "Undo a planned change"
    submit = "Undo it"
    change: ListChange

    def find(self) -> None:
        """Fetch the change; absent where there is none."""
        self.change = the(ListChange.objects.filter(pk=self.kwargs["id"]))

    @property
    def of_list(self) -> str:
        """The list of the row that was to change."""
        return self.change.list_code

    def about(self) -> str:
        """The row and its list."""
        return f"{changed_title(self.change)}, {super().about()}"

    def back(self) -> tuple[str, str]:
        """Back to the list."""
        label = LISTS[self.of_list].label
        return f"Back to {label}", reverse("agencies:list", args=[self.of_list])

    def words(self, form: Any) -> list[str]:
        """What will not happen."""
        return rules.undo_words(changed_title(self.change), self.change.deed, self.change.starts_on)

    def perform(self, form: Any) -> str:
        """Take it back."""
        operations.undo_change(by=self.by, now=self.now, change=self.change)
        return self.back()[1]
