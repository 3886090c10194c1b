"""The forms of sheets: one that is sent, and which one is fetched."""

from typing import Any

from django import forms as plain

from agencies.forms import Choices
from agencies.sheets.reading import packed, rows_of, unpacked
from agencies.sheets.rules import MOST_ROWS
from nhsuk import forms
from reference.sent_files import Unreadable


class SheetForm(forms.Form):
    """A sheet: the file at first, then what was read in it, which goes along with the preview."""

    file = forms.FileField(
        label="The sheet",
        hint=f"A workbook (.xlsx) or CSV in UTF-8, with the columns of the template; at most {MOST_ROWS:,} rows.",
        required=False,
        asked=True,
        error_messages={"empty": "The file is empty. Nothing was changed."},
    )
    sheet = plain.CharField(widget=plain.HiddenInput, required=False, strip=False)
    seen = plain.CharField(widget=plain.HiddenInput, required=False)
    good_rows_only = plain.BooleanField(widget=plain.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """The rows, of the file or of what was previewed."""
        cleaned = super().clean() or {}
        sent = cleaned.get("file")
        try:
            if sent:
                cleaned["rows"] = rows_of(sent.file, sent.name)
                cleaned["sheet"] = packed(cleaned["rows"])
            elif cleaned.get("sheet"):
                cleaned["rows"] = unpacked(cleaned["sheet"])
            elif not self.errors:
                self.add_error("file", "Choose the file")
        except Unreadable as refusal:
            self.add_error("file", str(refusal))
        return cleaned


class FetchForm(forms.Form):
    """Which people and seats the template holds; drawn from the address, never refused."""

    body = forms.ChoiceField(
        label="Of which body?", as_select=True, empty_label="No body", required=False, asked=True
    )
    group = forms.ChoiceField(
        label="Or at which group?", as_select=True, empty_label="No group", required=False
    )

    def __init__(self, *, bodies: Choices, groups: Choices, **kwargs: Any) -> None:
        """Offer what the person looks after."""
        super().__init__(**kwargs)
        self.fields["body"].choices = [("", "No body"), *bodies]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "No group"), *groups]  # type: ignore[attr-defined]
