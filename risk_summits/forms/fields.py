"""Fields that the forms of a summit share, and the form of one deed."""

from typing import Any

from nhsuk import forms
from reference.forms import GuardedForm
from risk_summits.rules.calling import LONGEST_TEXT

NO_PATIENT = "Name no patient, relative or witness: write “one resident”, “two patients”."
PHONED = "Leave the boxes empty if it is now. Fill them in for what was said by telephone or at a meeting: both moments are kept."
TOO_LONG = {
    "max_length": "This is %(show_value)d characters long; at most %(limit_value)d are kept."
    " Nothing was cut: shorten it and send it again"
}


def happened_field(label: str, name: str = "The moment") -> forms.MomentField:
    """Return the field of when it happened, if not now."""
    return forms.MomentField(label=label, name=name, hint=PHONED, required=False)


def text_field(
    label: str, hint: str = NO_PATIENT, *, rows: int = 4, longest: int = LONGEST_TEXT
) -> forms.TextAreaField:
    """Return a field of prose; the operation says what is missing."""
    return forms.TextAreaField(
        label=label, hint=hint, rows=rows, max_length=longest, error_messages=TOO_LONG, required=False
    )


def line_field(label: str, hint: str = "", *, longest: int = 300) -> forms.TextField:
    """Return a field of one line."""
    return forms.TextField(
        label=label, hint=hint, max_length=longest, error_messages=TOO_LONG, required=False
    )


class DeedForm(GuardedForm):
    """What one deed in a room is told; ``said`` is what its operation takes."""

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return dict(self.cleaned_data)


class AskForm(DeedForm):
    """A deed that needs no words, only a person who means it."""
