"""What is said of a body's people: of each, still right, or it has ended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from agencies.reviews.reading import PersonLine
from nhsuk import forms

RIGHT, END, LATER = "right", "end", "later"
ANSWERS = [(RIGHT, "Still right"), (END, "End it"), (LATER, "I cannot say yet")]


class AnswerForm(forms.Form):
    """One question a person; nobody has to be answered for now."""

    def __init__(self, *, lines: Sequence[PersonLine], **kwargs: Any) -> None:
        """Ask of each person."""
        super().__init__(**kwargs)
        self.names = {f"person_{line.user.pk.hex}": line.user.pk for line in lines}
        for line in lines:
            self.fields[f"person_{line.user.pk.hex}"] = forms.ChoiceField(
                label=line.user.full_name, hint=line.facts, choices=ANSWERS, inline=True, required=False
            )

    def said(self, answer: str) -> list[UUID]:
        """Return the accounts of those of whom this was said."""
        return [user for name, user in self.names.items() if self.cleaned_data.get(name) == answer]

    def clean(self) -> dict[str, Any]:
        """Want an answer for somebody."""
        cleaned = super().clean() or {}
        if not self.errors and not (self.said(RIGHT) or self.said(END)):
            self.add_error(None, "Say of at least one person whether they are still right")
        return cleaned
