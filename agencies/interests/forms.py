"""The form of the yearly word."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from access.models import Conflict
from nhsuk import forms

STILL, OVER = "still", "over"
ANSWERS = [(STILL, "Still so"), (OVER, "It is over")]


class ConfirmForm(forms.Form):
    """One question a line, and the word that there is no more to say."""

    right = forms.ConfirmField(
        label="This is all there is to declare",
        error_messages={"required": "Say that this is all there is to declare, or declare the rest first"},
    )

    def __init__(self, *, lines: Iterable[Conflict], **kwargs: Any) -> None:
        """Ask of each line that the person has not said to be over."""
        super().__init__(**kwargs)
        self.keys = {f"line_{one.pk.hex}": one.pk for one in lines if one.said_over_at is None}
        for one in lines:
            if one.said_over_at is None:
                self.fields[f"line_{one.pk.hex}"] = forms.ChoiceField(
                    label=f"{one.provider}: {one.get_tie_display() or 'declared for you'}",
                    choices=ANSWERS,
                    inline=True,
                    error_messages={"required": f"Say whether your tie to {one.provider} still stands"},
                )
        self.order_fields([*self.keys, "right"])

    @property
    def over(self) -> list[UUID]:
        """The lines that are said to be over."""
        return [key for name, key in self.keys.items() if self.cleaned_data.get(name) == OVER]
