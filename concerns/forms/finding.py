"""Forms in which bodies, people and providers are found by part of a name, with or without scripts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.forms.utils import ErrorDict

from agencies.finding import uuid_of
from concerns.operations.places import providers_called
from nhsuk import forms
from providers.models import Location, Provider
from reference.forms import GuardedForm

LOOK = "look"
"""The name of the button that only looks: nothing is saved, and nothing that was typed is lost."""

PLACES_SHOWN = 200
NO_PROVIDER = "No provider matches that. Try fewer letters, its town, or its code"


def want(form: django_forms.Form, sentences: Mapping[str, str]) -> None:
    """Ask for these fields, each with its own sentence when it is left empty."""
    for name, sentence in sentences.items():
        if name in form.fields:
            form.fields[name].required = True
            form.fields[name].error_messages["required"] = sentence


class LookingForm(GuardedForm):
    """A form with a button that finds, or shows who will see it, and saves nothing."""

    def look(self) -> None:
        """Show what was typed again without a word about what is missing."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def typed_text(self, name: str) -> str:
        """Return what stands in a field, typed or given."""
        return str(self[name].value() or "")

    def typed_list(self, name: str) -> list[str]:
        """Return what is ticked in a field, typed or given."""
        value = self[name].value()
        return (
            [str(one) for one in value] if isinstance(value, Iterable) and not isinstance(value, str) else []
        )


def uuids_in(texts: Iterable[str]) -> list[UUID]:
    """Return the identifiers among texts; anything else is left out."""
    return [found for found in map(uuid_of, texts) if found]


def provider_line(provider: Provider) -> str:
    """Return a provider as a choice: its name, its town and its code."""
    rest = ", ".join(
        one for one in (provider.town, provider.ods_code or provider.cqc_provider_id or "") if one
    )
    return f"{provider.name} ({rest})" if rest else provider.name


class OneProviderForm(LookingForm):
    """Finds the one provider it is about: a name is typed, and chosen where several are meant.

    ``place()`` is the place chosen, where ``location`` is a field of the form.
    """

    provider_words = forms.TextField(
        label="Which provider?",
        hint="Its name, town or code. You can raise a concern about any provider, whether or not you buy from it.",
        required=False,
    )
    provider = forms.ChoiceField(label="Choose which one you mean", choices=[], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the provider chosen before, and those nearest to what was typed."""
        super().__init__(*args, **kwargs)
        chosen = uuid_of(self.typed_text("provider"))
        self.words = " ".join(self.typed_text("provider_words").split())
        before = Provider.objects.filter(pk=chosen) if chosen else Provider.objects.none()
        found = [*before, *providers_called(self.words)]
        self.offered = list({one.pk: one for one in found}.values())
        self.fields["provider"].choices = [(str(one.pk), provider_line(one)) for one in self.offered]  # type: ignore[attr-defined]
        if not self.typed_text("provider"):
            sure = bool(self.meant())
            want(self, {"provider_words": "Say which provider it is about"})
            want(self, {"provider": "Choose which provider you mean"} if self.offered and not sure else {})
        self.nothing_found = bool(self.words) and not self.offered and not self.typed_text("provider")
        if "location" in self.fields:
            self._offer_places(self.meant())

    def _offer_places(self, providers: tuple[UUID, ...]) -> None:
        places = Location.objects.filter(provider__in=providers, status="open").order_by("name", "pk")
        self.fields["location"].choices = [(str(one.pk), one.name) for one in places[:PLACES_SHOWN]]  # type: ignore[attr-defined]

    def shows(self, name: str) -> bool:
        """Say whether a field is to be drawn: it has something to choose from, and the choice is not made by the name."""
        if name == "provider" and self._named():
            return False
        return bool(self.fields[name].choices)  # type: ignore[attr-defined]

    def _named(self) -> tuple[UUID, ...]:
        """Return the one provider that what was typed names, whole and alone."""
        words = self.words.casefold()
        named = [
            one for one in self.offered if words in (one.name.casefold(), (one.ods_code or "").casefold())
        ]
        return (named[0].pk,) if len(named) == 1 else ()

    def meant(self) -> tuple[UUID, ...]:
        """Return the provider chosen, or the only one that what was typed names; nothing when that is not sure."""
        chosen = uuids_in([self.typed_text("provider")])
        if chosen:
            return tuple(one.pk for one in self.offered if one.pk in chosen)
        return self._named()

    def clean(self) -> dict[str, Any]:
        """Take the provider that was chosen, or the only one that was meant."""
        cleaned = super().clean()
        if self.nothing_found:
            self.add_error("provider_words", NO_PROVIDER)
        elif not cleaned.get("provider") and "provider" not in self.errors and self.meant():
            cleaned["provider"] = str(self.meant()[0])
        return cleaned

    def chosen(self) -> tuple[UUID, ...]:
        """Return the provider that was chosen."""
        return tuple(uuids_in([self.cleaned_data.get("provider", "")]))


class SeveralProvidersForm(LookingForm):
    """Finds the providers that a theme runs through, one name after another."""

    provider_words = forms.TextField(
        label="Find a provider",
        hint="Its name, town or code. Find one after the other, and tick each.",
        required=False,
    )
    providers = forms.CheckboxesField(label="Providers it is about", choices=[], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer those ticked before, and those nearest to what was typed."""
        super().__init__(*args, **kwargs)
        ticked = uuids_in(self.typed_list("providers"))
        before = Provider.objects.filter(pk__in=ticked).order_by("name", "pk")
        found = providers_called(self.typed_text("provider_words"))
        offered: Sequence[Provider] = list({one.pk: one for one in [*before, *found]}.values())
        self.fields["providers"].choices = [(str(one.pk), provider_line(one)) for one in offered]  # type: ignore[attr-defined]

    def shows(self, name: str) -> bool:
        """Say whether a field has anything to choose from yet."""
        return bool(self.fields[name].choices)  # type: ignore[attr-defined]

    def chosen(self) -> tuple[UUID, ...]:
        """Return the providers that were ticked."""
        return tuple(uuids_in(self.cleaned_data.get("providers", ())))
