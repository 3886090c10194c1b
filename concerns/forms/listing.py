"""What narrows the list of concerns: a fixed set of fields; anything else in an address is ignored."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from agencies.finding import uuid_of, words_of
from agencies.models import QualitySurveillanceGroup
from concerns.operations.lists import Shelf
from concerns.operations.reading import Wanted
from concerns.rules.states import DRAFT, WORDS
from nhsuk import forms
from providers.models import Provider

PERIODS = {"7": "7 days ago", "31": "a month ago", "92": "3 months ago", "366": "a year ago"}


class ListForm(forms.Form):
    """The search box and the filters, drawn from the address; what makes no sense narrows nothing."""

    q = forms.TextField(label="Words", spellcheck=False)
    status = forms.ChoiceField(label="Status", as_select=True)
    severity = forms.ChoiceField(label="How serious", as_select=True)
    dimension = forms.ChoiceField(label="What it touches", as_select=True)
    source = forms.ChoiceField(label="How it is known", as_select=True)
    group = forms.ChoiceField(label="Group", as_select=True)
    since = forms.ChoiceField(label="Raised since", as_select=True)

    def __init__(
        self, query: Mapping[str, str], *, shelf: Shelf, groups: Iterable[QualitySurveillanceGroup]
    ) -> None:
        """Offer what the lists hold, and take from the address what is on offer."""
        shown = dict.fromkeys(shelf.shown_outside(code) for code, _ in shelf.choices("source_kind"))
        offered: dict[str, list[tuple[str, str]]] = {
            "status": [(code, words) for code, words in WORDS.items() if code != DRAFT],
            "severity": shelf.choices("severity"),
            "dimension": shelf.choices("dimensions"),
            "source": sorted((one, one) for one in shown),
            "group": [(str(one.pk), one.name) for one in groups],
            "since": list(PERIODS.items()),
        }
        self.chosen = {
            name: query.get(name, "") if query.get(name, "") in dict(choices) else ""
            for name, choices in offered.items()
        }
        self.words = words_of(query.get("q", ""))
        super().__init__(initial={**self.chosen, "q": self.words})
        for name, choices in offered.items():
            self.fields[name].choices = [("", "Any time" if name == "since" else "Any"), *choices]  # type: ignore[attr-defined]

    def wanted(self, today: date, provider: Provider | None) -> Wanted:
        """Return what the list is narrowed to."""
        days = self.chosen["since"]
        return Wanted(
            provider=provider.pk if provider else None,
            status=self.chosen["status"],
            severity=self.chosen["severity"],
            dimension=self.chosen["dimension"],
            source=self.chosen["source"],
            group=uuid_of(self.chosen["group"]),
            since=today - timedelta(days=int(days)) if days else None,
            words=self.words,
        )

    def kept(self) -> dict[str, str]:
        """Return what narrows the list, for the addresses of its other pages."""
        return {name: value for name, value in {**self.chosen, "q": self.words}.items() if value}
