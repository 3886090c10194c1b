"""Raising a concern: one screen for a quick note, five short steps for the whole."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms as django_forms

from agencies.finding import uuid_of
from concerns.forms.finding import NO_PROVIDER, LookingForm, OneProviderForm, SeveralProvidersForm, want
from concerns.operations.lists import Shelf
from concerns.rules import content as rules
from concerns.rules.content import About, Content
from nhsuk import forms
from nhsuk.forms.dates import BrokenDate, london_moment, read_time
from reference.forms import GuardedForm
from timekeeping.london import LONDON, day_starts

WANTED = {**rules.IN_FULL, "happened_on": rules.IN_FULL["happened_at"]}
TOO_LONG = {
    "max_length": "This is %(show_value)d characters long; at most %(limit_value)d are kept."
    " Nothing was cut: shorten it and save again"
}
NO_PATIENT = "Name no patient, relative or witness: write “one resident”, “two patients”."
DANGER = "Is anyone in danger now?"


def danger_field(label_size: str = "m") -> forms.ChoiceField:
    """Return the question that every form asks."""
    return forms.ChoiceField(
        label=DANGER,
        hint="If yes, or if you are not sure: ring first. Then save this; it does not wait for the call.",
        choices=list(rules.DANGER_WORDS.items()),
        label_size=label_size,
        required=False,
    )


def headline_field() -> forms.TextField:
    """Return the field of the one line."""
    return forms.TextField(
        label="In one line, what is it?",
        hint=NO_PATIENT,
        max_length=rules.HEADLINE_LONGEST,
        error_messages=TOO_LONG,
        required=False,
    )


def narrative_field(label: str) -> forms.TextAreaField:
    """Return the field of the story, with a count of what is left."""
    return forms.TextAreaField(
        label=label,
        hint=NO_PATIENT,
        rows=8,
        max_length=rules.NARRATIVE_LONGEST,
        error_messages=TOO_LONG,
        required=False,
    )


class AboutProviderForm(OneProviderForm):
    """What it is about: a provider, or one of its places."""

    location = forms.ChoiceField(
        label="Which of its places?",
        hint="Leave this if it is about the whole provider.",
        choices=[],
        as_select=True,
        empty_label="The whole provider",
        required=False,
    )

    def about(self) -> About:
        """Return what it is about."""
        place = uuid_of(self.cleaned_data.get("location", ""))
        return About(rules.LOCATION if place else rules.PROVIDER, self.chosen(), place)


class AboutThemeForm(SeveralProvidersForm):
    """What it is about: several providers."""

    def about(self) -> About:
        """Return what it is about."""
        return About(rules.THEME, self.chosen())


class AboutServiceForm(LookingForm):
    """What it is about: a service that seems not to be registered."""

    guarded = ("name", "place")

    name = forms.TextField(
        label="What is the service called?",
        hint="Or what it looks like, if it has no name.",
        required=False,
    )
    place = forms.TextField(label="Where is it?", hint="As nearly as you know.", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for both."""
        super().__init__(*args, **kwargs)
        missing = rules.check_about(About(rules.UNREGISTERED))
        want(self, missing)

    def about(self) -> About:
        """Return what it is about."""
        return About(
            rules.UNREGISTERED,
            name=self.cleaned_data.get("name", ""),
            place=self.cleaned_data.get("place", ""),
        )


ABOUT_FORMS: dict[str, type[LookingForm]] = {
    rules.PROVIDER: AboutProviderForm,
    rules.LOCATION: AboutProviderForm,
    rules.THEME: AboutThemeForm,
    rules.UNREGISTERED: AboutServiceForm,
}


class Happened(GuardedForm):
    """Mixed into a form that asks when it happened: a day, and a time if it is known."""

    happened_on = forms.DateField(label="When did it happen?", name="The day it happened", required=False)
    happened_time = forms.TextField(
        label="At what time, if you know?", hint="Such as 2:30pm", width=10, max_length=20, required=False
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        """Take the moment, after which nothing has happened yet."""
        self.now = now
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Make one moment of the day and the time; what lies in the future is said beside all else."""
        cleaned = super().clean()
        day, text = cleaned.get("happened_on"), cleaned.get("happened_time", "")
        cleaned["happened_at"], cleaned["precision"] = (
            (day_starts(day), rules.DAY) if day else (None, rules.NOT_SAID)
        )
        if text and not day and "happened_on" not in self.errors:
            self.add_error("happened_on", "Enter the day as well as the time")
        elif text and day:
            try:
                at, zone = read_time(text, "The time it happened")
                cleaned["happened_at"] = london_moment(day, at, zone, "The time it happened")
                cleaned["precision"] = rules.MINUTE
            except BrokenDate as broken:
                self.add_error("happened_time", broken.message)
        late = rules.check_happened(cleaned["happened_at"], cleaned["precision"], now=self.now)
        if late and "happened_time" not in self.errors:
            self.add_error("happened_on", late["happened_at"])
        return cleaned


def happened_initial(content: Content) -> dict[str, Any]:
    """Return what the two fields show for a moment kept before."""
    at: datetime | None = content.happened_at
    if at is None:
        return {}
    time = at.astimezone(LONDON).strftime("%H:%M") if content.precision == rules.MINUTE else ""
    return {"happened_on": at, "happened_time": time}


class HappenedForm(Happened):
    """Step two: what happened, when, and whether anyone is in danger."""

    guarded = ("headline", "narrative")

    danger = danger_field()
    headline = headline_field()
    narrative = narrative_field("What happened?")
    field_order: Iterable[str] | None = (
        "danger",
        "headline",
        "narrative",
        "happened_on",
        "happened_time",
    )

    def __init__(self, *args: Any, shelf: Shelf, **kwargs: Any) -> None:
        """Take the lists, which this step does not need."""
        super().__init__(*args, **kwargs)
        want(self, {name: WANTED[name] for name in ("danger", "headline", "narrative", "happened_on")})

    def values(self) -> dict[str, Any]:
        """Return what the step says."""
        names = ("danger", "headline", "narrative", "happened_at", "precision")
        return {name: self.cleaned_data.get(name) for name in names}


class KnownForm(GuardedForm):
    """Step three: how it is known, how serious it is and how sure one is, each apart."""

    guarded: tuple[str, ...] = ("source_other",)

    source_kind = forms.ChoiceField(
        label="How is it known?",
        hint="Outside your body a worker who spoke up stands as “Not disclosed”.",
        choices=[],
        as_select=True,
        required=False,
    )
    source_other = forms.TextField(
        label="If other: what kind of source?", max_length=rules.SHORT_LONGEST, required=False
    )
    reliability = forms.ChoiceField(label="How close was the source?", choices=[], required=False)
    severity = forms.ChoiceField(label="How serious is it?", choices=[], required=False)
    confidence = forms.ChoiceField(label="How sure are you?", choices=[], required=False)
    dimensions = forms.CheckboxesField(label="What does it touch?", choices=[], required=False)
    outcome_domain = forms.ChoiceField(
        label="Part of the outcomes framework (optional)",
        choices=[],
        as_select=True,
        empty_label="None",
        required=False,
    )

    def __init__(self, *args: Any, shelf: Shelf, **kwargs: Any) -> None:
        """Offer what the lists offer today."""
        super().__init__(*args, **kwargs)
        offer(self, shelf)
        wanted = ("source_kind", "reliability", "severity", "confidence", "dimensions")
        want(self, {name: WANTED[name] for name in wanted})

    def values(self) -> dict[str, Any]:
        """Return what the step says."""
        said = {name: self.cleaned_data.get(name) or "" for name in rules.FIELDS_OF_STEP[rules.KNOWN]}
        return {**said, "dimensions": tuple(self.cleaned_data.get("dimensions") or ())}


HINTS = {
    "severity": "definition",
    "confidence": "definition",
    "reliability": "definition",
    "dimensions": "plain_question",
}


def offer(form: django_forms.Form, shelf: Shelf) -> None:
    """Put the lists of the day on those fields of a form that have one, with a sentence under each choice."""
    for name in ("source_kind", "reliability", "severity", "confidence", "dimensions", "outcome_domain"):
        if name in form.fields:
            field: Any = form.fields[name]
            field.choices = shelf.choices(name)
            field.choice_hints = shelf.hints(name, HINTS[name]) if name in HINTS else {}


class QuickForm(OneProviderForm):
    """A quick note: provider, what, how known, anyone in danger. The rest comes later."""

    guarded = ("headline", "narrative", "source_other")

    danger = danger_field()
    headline = headline_field()
    narrative = narrative_field("Anything more? (optional)")
    source_kind = forms.ChoiceField(label="How is it known?", choices=[], as_select=True, required=False)
    source_other = forms.TextField(
        label="If other: what kind of source? (optional)", max_length=rules.SHORT_LONGEST, required=False
    )
    field_order = (
        "danger",
        "provider_words",
        "provider",
        "headline",
        "narrative",
        "source_kind",
        "source_other",
    )

    def __init__(self, *args: Any, shelf: Shelf, **kwargs: Any) -> None:
        """Offer what the lists offer today."""
        super().__init__(*args, **kwargs)
        offer(self, shelf)
        want(self, rules.ALWAYS)

    def look(self) -> None:
        """Show what was typed again; without a provider, say what to choose to see who will see it."""
        super().look()
        if self.nothing_found:
            self.add_error("provider_words", NO_PROVIDER)
        elif self.offered and not self.meant():
            self.add_error("provider", "Choose which provider you mean: who will see it depends on that")
        elif not self.meant():
            self.add_error(
                "provider_words", "Say which provider it is about: who will see it depends on that"
            )

    def about(self) -> About:
        """Return what it is about."""
        return About(rules.PROVIDER, self.chosen())

    def content(self) -> Content:
        """Return what it says."""
        names = ("danger", "headline", "narrative", "source_kind", "source_other")
        said: dict[str, Any] = {name: self.cleaned_data.get(name) or "" for name in names}
        return Content(**said)


class AmendForm(Happened, KnownForm):
    """Change what a concern says, or complete a quick note: everything on one page."""

    guarded = ("headline", "narrative", "source_other")

    danger = danger_field("s")
    headline = headline_field()
    narrative = narrative_field("What happened?")
    field_order = ("danger", "headline", "narrative", "happened_on", "happened_time", *KnownForm.base_fields)

    def __init__(self, *args: Any, shelf: Shelf, to_complete: bool, **kwargs: Any) -> None:
        """Offer the lists of the day; of a note not yet completed, little is asked."""
        super().__init__(*args, shelf=shelf, **kwargs)
        for name in WANTED.keys() & self.fields.keys():
            self.fields[name].required = False
        want(self, rules.ALWAYS if to_complete else WANTED)

    def content(self) -> Content:
        """Return what it says."""
        held = self.cleaned_data
        said: dict[str, Any] = {name: held.get(name) or "" for name in ("headline", "narrative", "danger")}
        return Content(
            **self.values(), **said, happened_at=held.get("happened_at"), precision=held["precision"]
        )


def amend_initial(content: Content) -> dict[str, Any]:
    """Return what the page of a change shows first."""
    plain = {name: getattr(content, name) for name in AmendForm.base_fields if hasattr(content, name)}
    return {**plain, "dimensions": list(content.dimensions), **happened_initial(content)}
