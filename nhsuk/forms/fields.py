"""The fields: Django's, with the few extras that the components need."""

from collections.abc import Mapping
from typing import Any

from django import forms

from nhsuk.forms.dates import DateField, MomentField
from nhsuk.forms.extras import Extras

__all__ = ["DateField", "MomentField"]


class Typed(Extras, forms.CharField):
    """Text that a person typed or pasted, without the NUL that nobody sees and no database keeps."""

    def to_python(self, value: Any) -> Any:
        """The text, without NUL."""
        return super().to_python(value.replace("\0", "") if isinstance(value, str) else value)


class TextField(Typed):
    """One line of text.

    Args:
        width: about how many characters wide the box is (2, 3, 4, 5, 10, 20, 30).
        autocomplete, inputmode, spellcheck: as in HTML.
        prefix, suffix: a few characters shown at the ends of the box.
    """

    component = "input"

    def __init__(
        self,
        *,
        width: int | None = None,
        autocomplete: str = "",
        inputmode: str = "",
        spellcheck: bool | None = None,
        prefix: str = "",
        suffix: str = "",
        **kwargs: Any,
    ) -> None:
        self.width, self.autocomplete, self.inputmode = width, autocomplete, inputmode
        self.spellcheck, self.prefix, self.suffix = spellcheck, prefix, suffix
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)


class EmailField(TextField, forms.EmailField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "email")
        kwargs.setdefault("max_length", 254)
        super().__init__(**{"spellcheck": False, **kwargs})


class TelephoneField(TextField):
    """A telephone number, kept as typed: extensions and spaces included."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "tel")
        super().__init__(**{"width": 20, "max_length": 40, **kwargs})
        self.widget.input_type = "tel"


class PasswordField(TextField):
    """A password, which may be shown and pasted; never given back by a page."""

    component = "password"
    widget = forms.PasswordInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "current-password")
        super().__init__(**{"strip": False, "max_length": 1000, **kwargs})

    def to_python(self, value: Any) -> Any:
        """The password as it was typed, whole: one with a NUL is refused in words."""
        return forms.CharField.to_python(self, value)


class NumberField(Extras, forms.IntegerField):
    """A whole number, typed in a plain box; arrows and wheels do not change it."""

    component = "input"
    widget = forms.TextInput
    autocomplete, prefix, spellcheck, inputmode = "", "", None, "numeric"

    def __init__(self, *, width: int = 5, suffix: str = "", **kwargs: Any) -> None:
        self.width, self.suffix = width, suffix
        super().__init__(**kwargs)


class TextAreaField(Typed):
    """Prose, with a count of the characters left.

    Args:
        max_length: the most characters; the count is shown once `threshold`
            per cent are used.
        rows: how many lines are shown.
    """

    component = "textarea"
    widget = forms.Textarea

    def __init__(self, *, max_length: int = 4000, rows: int = 5, threshold: int = 50, **kwargs: Any) -> None:
        self.rows, self.threshold = rows, threshold
        super().__init__(max_length=max_length, **kwargs)


class ChoiceExtras(Extras):
    """What a list of choices can show besides their names.

    Args:
        choice_hints: value to the sentence under it.
        dividers: value to the word on the line before it ("or").
        reveals: value to the name of the field shown while it is chosen; that
            field is drawn inside this one and must not be drawn again.
        inline: on one line, for two short choices.
        small: smaller circles, for pages used every day.
    """

    def __init__(
        self,
        *,
        choice_hints: Mapping[Any, str] | None = None,
        dividers: Mapping[Any, str] | None = None,
        reveals: Mapping[Any, str] | None = None,
        inline: bool = False,
        small: bool = False,
        **kwargs: Any,
    ) -> None:
        self.choice_hints = {str(k): v for k, v in (choice_hints or {}).items()}
        self.dividers = {str(k): v for k, v in (dividers or {}).items()}
        self.reveals = {str(k): v for k, v in (reveals or {}).items()}
        self.inline, self.small = inline, small
        super().__init__(**kwargs)


class ChoiceField(ChoiceExtras, forms.ChoiceField):
    """One of a few, as radios; `as_select=True` for a long list, which scripts make searchable.

    Args:
        empty_label: in a select, the first line, which chooses nothing.
    """

    component = "radios"
    widget = forms.RadioSelect

    def __init__(
        self,
        *,
        choices: Any = (),
        as_select: bool = False,
        empty_label: str = "Choose one",
        **kwargs: Any,
    ) -> None:
        self.empty_label = empty_label
        if as_select:
            self.component = "select"
            kwargs.setdefault("widget", forms.Select)
        super().__init__(choices=choices, **kwargs)


class YesNoField(ChoiceField):
    """Yes or no, never chosen beforehand; gives True, False or None."""

    def __init__(self, *, yes: str = "Yes", no: str = "No", **kwargs: Any) -> None:
        kwargs.setdefault("inline", True)
        super().__init__(choices=[("yes", yes), ("no", no)], **kwargs)

    def to_python(self, value: Any) -> Any:
        """The text that was sent; `clean` gives the truth."""
        return {True: "yes", False: "no"}.get(value, super().to_python(value))

    def prepare_value(self, value: Any) -> Any:
        """The choice that shows a value."""
        return {True: "yes", False: "no"}.get(value, value)

    def clean(self, value: Any) -> Any:
        """True, False, or None for no answer."""
        return {"yes": True, "no": False}.get(super().clean(value))


class CheckboxesField(ChoiceExtras, forms.MultipleChoiceField):
    """Any number of a few, as checkboxes.

    Args:
        exclusive: the value that cannot stand with others ("None of these").
    """

    component = "checkboxes"
    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Any = (), exclusive: Any = None, **kwargs: Any) -> None:
        self.exclusive = None if exclusive is None else str(exclusive)
        super().__init__(choices=choices, **kwargs)


class ModelChoiceField(ChoiceExtras, forms.ModelChoiceField):
    """One row of a queryset, as a select that scripts make searchable.

    The queryset must already be in the person's sight; a forged id gets the
    same sentence as an absent one. `as_radios=True` for a few.
    """

    component = "select"

    def __init__(self, *, as_radios: bool = False, empty_label: str = "Choose one", **kwargs: Any):
        if as_radios:
            self.component = "radios"
            kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(empty_label=empty_label, **kwargs)


class ModelCheckboxesField(ChoiceExtras, forms.ModelMultipleChoiceField):
    """Any rows of a queryset that is already in the person's sight, as checkboxes."""

    component = "checkboxes"
    widget = forms.CheckboxSelectMultiple
    exclusive = None


class ConfirmField(Extras, forms.BooleanField):
    """One checkbox: "I have told the duty manager"."""

    component = "checkbox"


class FileField(Extras, forms.FileField):
    """A file to send."""

    component = "file"
