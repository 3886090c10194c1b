"""The form that links two providers."""

from datetime import date
from typing import Any

from nhsuk import forms
from providers.models import Provider

CODE = "code"


class LinkForm(forms.Form):
    """Which provider took this one's place, and from which day."""

    successor = forms.ChoiceField(label="Which provider took its place?")
    code = forms.TextField(
        label="Code of the provider",
        hint="The code of the Organisation Data Service, such as RW6.",
        max_length=10,
        required=False,
        spellcheck=False,
    )
    on = forms.DateField(label="From which day?")

    def __init__(self, *, proposed: list[tuple[Provider, date]], **kwargs: Any) -> None:
        """Offer what the reference data proposes; another is named by its code."""
        first = (
            {"successor": str(proposed[0][0].pk), "on": proposed[0][1]} if proposed else {"successor": CODE}
        )
        super().__init__(**{"initial": first, **kwargs})
        field: Any = self.fields["successor"]
        field.choices = [(str(one.pk), one.name) for one, _ in proposed] + [(CODE, "Another, by its code")]
        field.choice_hints = {
            str(one.pk): f"By the reference data, from {on:%-d %B %Y}" for one, on in proposed
        }
        field.reveals = {CODE: "code"}

    def clean(self) -> dict[str, Any]:
        """Find the provider that was chosen or named."""
        cleaned = super().clean() or {}
        chosen = cleaned.get("successor")
        if chosen == CODE:
            found = Provider.objects.filter(ods_code__iexact=cleaned.get("code") or "-").first()
            if found is None:
                self.add_error("code", "Enter the code of a provider in the directory")
            cleaned["provider"] = found
        elif chosen:
            cleaned["provider"] = Provider.objects.get(pk=chosen)
        return cleaned
