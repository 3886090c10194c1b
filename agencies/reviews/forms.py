"""What is said of a body's people: of each, still right, or it has ended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from agencies.reviews import rules
from agencies.reviews.reading import PersonLine
from nhsuk import forms

RIGHT, END, LATER = "right", "end", "later"
ANSWERS = [(RIGHT, "Still right"), (END, "End it"), (LATER, "I cannot say yet")]


class AnswerForm(forms.Form):
    """One question a person; nobody has to be answered for now."""

    def __init__(self, *, lines: Sequence[PersonLine], **kwargs: Any) -> None:
        """Ask of each person."""
        super().__init__(**kwargs)
        self.names = {rules.field_of(line.user.pk): line.user.pk for line in lines}
        for line in lines:
            choices = [one for one in ANSWERS if one[0] != RIGHT] if line.elsewhere else ANSWERS
            self.fields[rules.field_of(line.user.pk)] = forms.ChoiceField(
                label=line.user.full_name, hint=line.facts, choices=choices, inline=True, required=False
            )

    def said(self, answer: str) -> list[UUID]:
        """Return the accounts of those of whom this was said."""
        return [user for name, user in self.names.items() if self.cleaned_data.get(name) == answer]

    def clean(self) -> dict[str, Any]:
        """Want an answer for somebody, and lose none that was given for somebody who is asked about no more."""
        cleaned = super().clean() or {}
        others = [name for name in self.data if name.startswith("person_") and name not in self.names]
        if any(self.data[name] in (RIGHT, END) for name in others):
            self.add_error(None, rules.ANSWERED_MEANWHILE)
        if not self.errors and not (self.said(RIGHT) or self.said(END)):
            self.add_error(None, "Say of at least one person whether they are still right")
        return cleaned
