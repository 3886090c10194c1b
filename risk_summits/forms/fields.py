"""Fields that the forms of a summit share, and the form of one deed."""

from typing import Any

from nhsuk import forms
from reference.forms import GuardedForm
from risk_summits.rules.calling import LONGEST_LINE, LONGEST_TEXT

NO_PATIENT = "Name no patient, relative or witness: write “one resident”, “two patients”."
PHONED = "Leave the boxes empty if it is now. Fill them in for what was said by telephone or at a meeting: both moments are kept."
TOO_LONG = {
    "max_length": "This is %(show_value)d characters long; at most %(limit_value)d are kept."
    " Nothing was cut: shorten it and send it again"
}


def when(label: str, name: str = "The moment", *, required: bool = False) -> forms.MomentField:
    """Return the field of when something happened, if not now."""
    hint = "When it happened, not when you write this: both moments are kept." if required else PHONED
    return forms.MomentField(label=label, name=name, hint=hint, required=required)


def words(
    label: str, hint: str = NO_PATIENT, *, rows: int = 4, longest: int = LONGEST_TEXT, asked: bool = True
) -> forms.TextAreaField:
    """Return a field of prose; the operation says what is missing."""
    return forms.TextAreaField(
        label=label,
        hint=hint,
        rows=rows,
        max_length=longest,
        error_messages=TOO_LONG,
        required=False,
        asked=asked,
    )


def line(label: str, hint: str = "", *, longest: int = LONGEST_LINE, asked: bool = True) -> forms.TextField:
    """Return a field of one line; the operation says what is missing."""
    return forms.TextField(
        label=label, hint=hint, max_length=longest, error_messages=TOO_LONG, required=False, asked=asked
    )


class DeedForm(GuardedForm):
    """What one deed in a room is told; ``said`` is what its operation takes.

    Every free text is guarded, and what a person has decided about it goes to the operation with ``told``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Guard every field in which something can be typed."""
        super().__init__(*args, **kwargs)
        texts = (forms.TextField, forms.TextAreaField)
        self.guarded = tuple(name for name, field in self.fields.items() if isinstance(field, texts))

    def told(self) -> dict[str, Any]:
        """Return what was said and, of a form in which something can be typed, what was decided about it."""
        return {**self.said(), **({"decided": self.decided} if self.guarded else {})}

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return dict(self.cleaned_data)


class ConfirmForm(DeedForm):
    """A deed with nothing to fill in."""
