"""What narrows the list of concerns: a fixed set of fields; anything else in an address is ignored."""

from datetime import date
from typing import Any

from agencies.finding import uuid_of, words_of
from agencies.models import QualitySurveillanceGroup
from concerns.operations.lists import Shelf
from concerns.operations.reading import Wanted
from concerns.rules.states import DRAFT, WORDS
from nhsuk import forms
from providers.models import Provider


class ListForm(forms.Form):
    """The search box and the filters. What makes no sense narrows nothing."""

    q = forms.TextField(label="Words", required=False)
    status = forms.ChoiceField(label="Status", choices=[], as_select=True, empty_label="Any", required=False)
    severity = forms.ChoiceField(
        label="How serious", choices=[], as_select=True, empty_label="Any", required=False
    )
    dimension = forms.ChoiceField(
        label="What it touches", choices=[], as_select=True, empty_label="Any", required=False
    )
    source = forms.ChoiceField(
        label="How it is known", choices=[], as_select=True, empty_label="Any", required=False
    )
    group = forms.ChoiceField(label="Group", choices=[], as_select=True, empty_label="Any", required=False)
    since = forms.ChoiceField(
        label="Raised since",
        choices=[("7", "7 days ago"), ("31", "a month ago"), ("92", "3 months ago"), ("366", "a year ago")],
        as_select=True,
        empty_label="Any time",
        required=False,
    )

    def __init__(
        self, *args: Any, shelf: Shelf, groups: list[QualitySurveillanceGroup], **kwargs: Any
    ) -> None:
        """Offer what the lists hold."""
        super().__init__(*args, **kwargs)
        shown = dict.fromkeys(shelf.shown_outside(code) for code, _ in shelf.choices("source_kind"))
        offered: dict[str, list[tuple[str, str]]] = {
            "status": [(code, words) for code, words in WORDS.items() if code != DRAFT],
            "severity": shelf.choices("severity"),
            "dimension": shelf.choices("dimensions"),
            "source": sorted((one, one) for one in shown),
            "group": [(str(one.pk), one.name) for one in groups],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def wanted(self, today: date, provider: Provider | None) -> Wanted:
        """Return what the list is narrowed to."""
        self.full_clean()
        held = getattr(self, "cleaned_data", {})
        days = held.get("since") or ""
        return Wanted(
            provider=provider.pk if provider else None,
            status=held.get("status") or "",
            severity=held.get("severity") or "",
            dimension=held.get("dimension") or "",
            source=held.get("source") or "",
            group=uuid_of(held.get("group") or ""),
            since=date.fromordinal(today.toordinal() - int(days)) if days else None,
            words=words_of(held.get("q") or ""),
        )

    def kept(self) -> dict[str, str]:
        """Return what narrows the list, for the addresses of its other pages."""
        return {name: str(value) for name, value in getattr(self, "cleaned_data", {}).items() if value}
