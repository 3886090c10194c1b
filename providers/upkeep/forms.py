"""What an administrator types of a provider, its places, its commissioners, its groups and its licence."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from agencies.forms import Dated
from nhsuk import forms
from providers.models import ProviderStatus
from providers.rules import SECTORS, PlaceFacts, ProviderFacts

Choices = Iterable[tuple[str, str]]


class _Entry(forms.Form):
    """What the directory says of a provider and of a place alike."""

    name = forms.TextField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="What kind is it?", as_select=True)
    ods_code = forms.TextField(
        label="ODS code",
        hint="Leave empty if it has none.",
        max_length=10,
        width=10,
        required=False,
        spellcheck=False,
    )
    status = forms.ChoiceField(label="Does it give care?", choices=ProviderStatus.choices)
    opened_on = forms.DateField(label="When did it open?", name="The day it opened", required=False)
    closed_on = forms.DateField(
        label="When did it close, or will it?", name="The day it closes", required=False
    )
    postcode = forms.TextField(label="Postcode", max_length=10, width=10, required=False, spellcheck=False)

    def __init__(self, *, kinds: Choices, facts: ProviderFacts | PlaceFacts | None, **kwargs: Any) -> None:
        """Take the kinds to choose from, and what stands now."""
        super().__init__(**{"initial": asdict(facts) if facts else {"status": "open"}, **kwargs})
        self.fields["kind"].choices = [("", "Choose one"), *kinds]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """Return what was typed, codes and postcodes in capitals."""
        given = {**self.cleaned_data}
        for name in ("ods_code", "postcode"):
            given[name] = given[name].upper()
        return given


class ProviderForm(_Entry):
    """What the directory says of a provider."""

    cqc_provider_id = forms.TextField(
        label="CQC provider identifier", hint="Such as 1-123456789.", max_length=20, width=20, required=False
    )
    sector = forms.ChoiceField(
        label="Sector", as_select=True, choices=[("", "Not said"), *SECTORS.items()], required=False
    )
    address = forms.TextField(label="Address", max_length=250, required=False)
    town = forms.TextField(label="Town", max_length=80, width=20, required=False)
    telephone = forms.TelephoneField(label="Telephone", required=False)
    field_order = (
        "name", "kind", "sector", "ods_code", "cqc_provider_id", "status", "opened_on", "closed_on", "address", "town",
        "postcode", "telephone",
    )  # fmt: skip

    def facts(self) -> ProviderFacts:
        """Return what was typed."""
        return ProviderFacts(**self.given())


class PlaceForm(_Entry):
    """What the directory says of a place where a provider gives care."""

    cqc_location_id = forms.TextField(
        label="CQC location identifier", hint="Such as 1-123456789.", max_length=20, width=20, required=False
    )
    field_order = (
        "name", "kind", "ods_code", "cqc_location_id", "status", "opened_on", "closed_on", "postcode",
    )  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["kind"].required = False

    def facts(self) -> PlaceFacts:
        """Return what was typed."""
        return PlaceFacts(**self.given())


class CommissionerForm(Dated):
    """A body that buys care from a provider."""

    agency = forms.ChoiceField(label="Which body buys from it?", as_select=True)
    lead = forms.YesNoField(label="Does it lead for the others?", initial="no")
    share = forms.NumberField(
        label="How much of what it gives does this body buy?",
        hint="In per cent, as published or agreed. Leave empty if nobody says.",
        min_value=1,
        max_value=100,
        suffix="%",
        required=False,
    )
    out_of_area = forms.YesNoField(label="Does it buy from outside its own area?", initial="no")
    field_order = ("agency", "lead", "share", "out_of_area", "starts_on", "last_day")

    def __init__(self, *, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["agency"].choices = [("", "Choose one"), *agencies]  # type: ignore[attr-defined]


class LicenceForm(Dated):
    """Monitor's licence, as published."""

    number = forms.TextField(
        label="Number of the licence",
        hint="Leave empty if none is published.",
        max_length=40,
        width=20,
        required=False,
    )
    published_where = forms.TextField(label="Where is it published?", max_length=200)
    field_order = ("number", "published_where", "starts_on", "last_day")


class GroupForm(forms.Form):
    """A group in whose area a provider stands."""

    qsg = forms.ChoiceField(label="In which group's area does it stand?", as_select=True)

    def __init__(self, *, groups: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["qsg"].choices = [("", "Choose one"), *groups]  # type: ignore[attr-defined]


class LastDayForm(forms.Form):
    """The last day of something published, past or to come."""

    last_day = forms.DateField(label="What was, or will be, its last day?", name="The last day")

    @property
    def ends_on(self) -> date:
        """The first day on which it no longer stands."""
        return date.fromordinal(self.cleaned_data["last_day"].toordinal() + 1)
