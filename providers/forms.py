"""The forms of the provider finder, and of conflicts of interest."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from access.models import Tie
from nhsuk import forms

Choices = Iterable[tuple[str, str]]


class Filter(forms.Form):
    """What the finder is narrowed to; drawn from the address, never refused."""

    q = forms.TextField(label="Name, town, postcode or code", max_length=100, spellcheck=False)
    kind = forms.ChoiceField(label="Kind of provider", as_select=True, empty_label="Any kind")
    group = forms.ChoiceField(label="In the footprint of", as_select=True, empty_label="Anywhere")

    def __init__(self, *, kinds: Choices, groups: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["kind"].choices = [("", "Any kind"), *kinds]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "Anywhere"), *groups]  # type: ignore[attr-defined]


class ConflictForm(forms.Form):
    """Who must not see a provider's matters, and since when."""

    who = forms.ChoiceField(label="Who has the conflict of interest?")
    tie = forms.ChoiceField(
        label="How are you tied to it?",
        hint="Others read only in general how: whether it is your family's work or care cannot be told apart.",
        choices=Tie.choices,
        required=False,
        asked=True,
    )
    person = forms.ChoiceField(label="Which person?", as_select=True, required=False)
    starts_on = forms.DateField(label="From which day?")
    reason = forms.TextField(
        label="In your own words",
        hint="A few words without anybody's name. Nobody but the person whose interest it is reads this here.",
        max_length=300,
        required=False,
    )

    def __init__(self, *, who: Choices, people: Choices, today: date, **kwargs: Any) -> None:
        super().__init__(**{"initial": {"starts_on": today}, **kwargs})
        self.fields["who"].choices = list(who)  # type: ignore[attr-defined]
        people = list(people)
        reveals = {"me": "tie"}
        if people:
            reveals["person"] = "person"
            self.fields["person"].choices = [("", "Choose one"), *people]  # type: ignore[attr-defined]
        else:
            del self.fields["person"]
        self.fields["who"].reveals = reveals  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A person must be chosen where it is somebody else's, and one's own tie said where it is one's own."""
        cleaned = super().clean() or {}
        if cleaned.get("who") == "person" and not cleaned.get("person"):
            self.add_error("person", "Choose the person")
        if cleaned.get("who") == "me" and not cleaned.get("tie") and "tie" not in self.errors:
            self.add_error("tie", "Say how you are tied to it")
        return cleaned
