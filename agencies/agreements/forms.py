"""The forms of a group's documents."""

from datetime import date
from typing import Any

from agencies.agreements.rules import KIND_WORDS
from agencies.forms import Choices
from nhsuk import forms


class DocumentForm(forms.Form):
    """A document of a group, with its days."""

    kind = forms.ChoiceField(label="Which is it?", choices=list(KIND_WORDS.items()))
    title = forms.TextField(label="Title")
    place = forms.TextField(
        label="Where is it kept?",
        hint="An address on the web, or in words where members find it. The portal does not hold the text.",
        max_length=300,
    )
    starts_on = forms.DateField(label="In force from which day?", hint="This may be a day in the past.")
    last_day = forms.DateField(
        label="Until the end of which day?", hint="Leave this out if no end is known.", required=False
    )

    @property
    def ends_on(self) -> date | None:
        """The first day on which it is no longer in force."""
        last: date | None = self.cleaned_data.get("last_day")
        return date.fromordinal(last.toordinal() + 1) if last else None


class SignForm(forms.Form):
    """Who has signed, and on which day."""

    agencies = forms.CheckboxesField(label="Which bodies have signed?", choices=[])
    signed_on = forms.DateField(label="On which day?")

    def __init__(self, *, agencies: Choices, today: date, **kwargs: Any) -> None:
        """Offer the member bodies that have not signed."""
        super().__init__(**{"initial": {"signed_on": today}, **kwargs})
        self.fields["agencies"].choices = list(agencies)  # type: ignore[attr-defined]
