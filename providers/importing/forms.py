"""The forms of imports."""

from typing import Any

from nhsuk import forms
from providers.importing.catalogue import KINDS
from reference.sent_files import MOST_BYTES


class UploadForm(forms.Form):
    """Which file, and of what kind."""

    kind = forms.ChoiceField(label="What does the file hold?")
    file = forms.FileField(
        label="The file",
        hint=f"As its publisher gives it: text in UTF-8, at most {MOST_BYTES // 1_000_000} million bytes.",
        error_messages={
            "required": "Choose the file",
            "empty": "The file is empty. Nothing was changed.",
            "invalid": "Choose the file",
        },
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(code, kind.label) for code, kind in KINDS.items()]
        field.choice_hints = {code: kind.hint for code, kind in KINDS.items()}


class AnswerForm(forms.Form):
    """Yes to an import; where rows are bad, to its good ones; where something would be open again, to that too."""

    reopen = forms.ConfirmField(label="Open again what is closed here and open in the file", required=False)
    good_rows_only = forms.ConfirmField(label="Apply the good rows only", required=False)

    def __init__(self, *, bad: int, reopened: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not bad:
            del self.fields["good_rows_only"]
        if not reopened:
            del self.fields["reopen"]


class NoForm(forms.Form):
    """Nothing to say but that it is meant."""
