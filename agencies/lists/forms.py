"""The forms of the lists: what is looked for, what a row says, when it ends."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.forms import HiddenInput

from agencies.lists import rules
from agencies.lists.operations import Wording
from nhsuk import forms
from nhsuk.forms.messages import give_sentences
from reference.columns import CHOICE, WHOLE, Column, columns_of
from reference.rules import LISTS

Choices = Iterable[tuple[str, str]]
_LONG = 70
"""From how many characters a text gets a box of several lines."""


class ListFilter(forms.Form):
    """Which rows of a list are shown: of which day, with which words."""

    on = forms.DateField(
        label="In force on which day?", name="The day", hint="Leave this out for today.", required=False
    )
    q = forms.TextField(label="With the words", max_length=100, required=False)


class _Planned(forms.Form):
    """A change from a day on, with the version of the row that was read."""

    seen = forms.TextField(widget=HiddenInput(), required=False)
    starts_on = forms.DateField(
        label="From which day?", name="The day", hint="Tomorrow or later: what is in force today stays so."
    )
    reason = forms.TextAreaField(
        label="Why?",
        hint="For those who read the history.",
        rows=3,
        max_length=rules.LONGEST_REASON,
        error_messages={"required": "Say why, for those who read the history"},
    )

    def __init__(self, *, today: date, version: int, meanwhile: str, **kwargs: Any) -> None:
        """Know how often the row was changed, and what to say to whoever began before the last time."""
        data = kwargs.get("data")
        self._stale = meanwhile if data is not None and data.get("seen") != str(version) else ""
        if data is not None:
            kwargs["data"] = data.copy()
            kwargs["data"]["seen"] = str(version)
        initial = {"starts_on": today + timedelta(days=1), "seen": version, **kwargs.pop("initial", {})}
        super().__init__(**kwargs, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Say who changed the row meanwhile; what was typed stays."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self._stale:
            self.add_error(None, self._stale)
        return cleaned

    @property
    def version(self) -> int:
        """How often the row was changed, as this form was read."""
        return int(self.cleaned_data["seen"])


class EndRowForm(_Planned):
    """When a row ends, and why."""

    starts_on = forms.DateField(
        label="From which day is it no longer in the list?",
        name="The day",
        hint="Tomorrow or later: what is in force today stays so.",
    )


class RowForm(_Planned):
    """What a row says from a day on; its columns are the list's."""

    source = forms.TextField(
        label="Where does it come from?",
        hint="The document and its paragraph, or whose judgement it is.",
        max_length=rules.LONGEST_SOURCE,
    )
    status = forms.ChoiceField(label="What is it?", choices=list(rules.STATUS_WORDS.items()))

    def __init__(
        self,
        *,
        list_code: str,
        adding: bool,
        options: Mapping[str, Choices],
        places: Choices = (),
        **kwargs: Any,
    ) -> None:
        """Make a field of each column: those that name the row only for a new one."""
        self.columns = [one for one in columns_of(list_code) if adding or not one.key]
        super().__init__(**kwargs)
        parties = LISTS[list_code].parties
        for one in self.columns:
            typed = str(self.initial.get(one.name) or "")
            field = _field(one, typed, options.get(one.name), party=one.name in parties)
            give_sentences(one.name, field)
            self.fields[one.name] = field
        if adding:
            self.fields["after"] = forms.ChoiceField(
                label="After which row?",
                choices=[("", "At the end"), *places],
                as_select=True,
                required=False,
            )
        names = [one.name for one in self.columns]
        self.order_fields(["seen", *names, "after", "source", "status", "starts_on", "reason"])

    @property
    def row(self) -> Wording:
        """What the row is to say."""
        given = self.cleaned_data
        cells = {one.name: str(given[one.name] or "") for one in self.columns}
        return Wording(cells=cells, source=given["source"], status=given["status"])


def _field(column: Column, typed: str, options: Choices | None, *, party: bool) -> Any:
    """Make the field of one column; what it cannot say is the list's own rule, and said beside it."""
    asked: dict[str, Any] = {"label": column.label, "required": column.required}
    if column.kind == CHOICE:
        words = [(one, one.replace("_", " ").capitalize()) for one in column.choices]
        return forms.ChoiceField(choices=words, **asked)
    if options is not None:
        none = ("", "Choose one" if column.required else "None")
        return forms.ChoiceField(choices=[none, *options], as_select=True, **asked)
    if column.kind == WHOLE:
        return forms.TextField(width=5, inputmode="numeric", max_length=column.longest, **asked)
    if party:
        asked["hint"] = "Codes of kinds of body or of parties; a semicolon between several."
    elif column.key:
        asked["hint"] = "This names the row, and cannot be changed later."
    if len(typed) > _LONG:
        return forms.TextAreaField(rows=3, max_length=column.longest, **asked)
    return forms.TextField(max_length=column.longest, **asked)
