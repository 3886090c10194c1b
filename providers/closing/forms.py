"""The forms of a plan for the end of a service."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agencies.finding import uuid_of
from agencies.models import Agency
from nhsuk import forms
from providers.closing import rules
from providers.closing.rules import Facts
from providers.models import ClosurePlan, Location, Provider
from reference.forms import GuardedForm

WHOLE = "whole"
NUMBERS_ONLY = "A number only; leave it empty while nobody knows. Name nobody in care."


def _people(**more: Any) -> forms.NumberField:
    return forms.NumberField(min_value=0, max_value=rules.MOST_PEOPLE, **more)


def _text(label: str, hint: str, missing: str) -> forms.TextAreaField:
    return forms.TextAreaField(
        label=label, hint=hint, rows=4, max_length=rules.LONGEST, error_messages={"required": missing}
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, name="The day", error_messages={"required": "Say on which day"})


class DeedForm(GuardedForm):
    """Base of the forms of one deed on a plan."""

    def said(self) -> dict[str, Any]:
        """Return what was typed, by the names of the operation's arguments."""
        return dict(self.cleaned_data)


class FactsForm(DeedForm):
    """What a plan says."""

    guarded: tuple[str, ...] = ("summary",)

    kind = forms.ChoiceField(
        label="What is it?",
        choices=list(rules.KIND_WORDS.items()),
        error_messages={"required": "Choose what it is"},
    )
    summary = _text(
        "What ends and why, and what is to happen?",
        "What everybody who helps must know. Name nobody in care.",
        "Say what ends and why, and what is to happen",
    )
    expected_on = forms.DateField(
        label="On which day is it expected to end?",
        name="The day",
        hint="Leave this out while nobody knows.",
        required=False,
    )
    people = _people(label="How many people are affected?", hint=NUMBERS_ONLY, required=False)

    def facts(self) -> Facts:
        """Return what the plan says."""
        return Facts(**{name: self.cleaned_data[name] for name in Facts.__dataclass_fields__})


class MakeForm(FactsForm):
    """A new plan: about which place, and seen by whom."""

    location = forms.ChoiceField(label="Which place is it about?", choices=[], as_select=True)
    shared = forms.CheckboxesField(
        label="Who sees it, besides your own body?",
        hint="A council that places people there sees it once you name it.",
        choices=[],
        small=True,
        required=False,
    )
    field_order = ("kind", "location", "summary", "expected_on", "people", "shared")

    def __init__(
        self, *args: Any, places: Iterable[Location], near: Mapping[str, str], **kwargs: Any
    ) -> None:
        """Offer the provider's places, and those it concerns."""
        super().__init__(*args, **{"initial": {"location": WHOLE}, **kwargs})
        held = [(str(one.pk), one.name) for one in places]
        self.fields["location"].choices = [(WHOLE, "The provider as a whole"), *held]  # type: ignore[attr-defined]
        self.fields["shared"].choices = list(near.items())  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return the plan as it would be made."""
        given = self.cleaned_data
        return {
            "facts": self.facts(),
            "location": uuid_of(given["location"]),
            "shared": frozenset(given["shared"]),
        }


class ChangeForm(FactsForm):
    """What a plan says from now on, and what is new."""

    guarded = ("summary", "why")

    why = _text("What is new?", "For the timeline.", "Say what is new")

    def __init__(self, *args: Any, plan: ClosurePlan, **kwargs: Any) -> None:
        """Show what stands; its words were decided then."""
        initial = {name: getattr(plan, name) for name in Facts.__dataclass_fields__}
        super().__init__(*args, before=(plan.summary,), **{"initial": initial, **kwargs})

    def said(self) -> dict[str, Any]:
        """Return the facts, and why."""
        return {"facts": self.facts(), "why": self.cleaned_data["why"]}


class ShareForm(DeedForm):
    """With whom a plan is shared further."""

    shared = forms.CheckboxesField(
        label="With whom?",
        hint="Those who see it already can be left ticked.",
        choices=[],
        error_messages={"required": "Choose with whom"},
    )

    def __init__(self, *args: Any, near: Mapping[str, str], **kwargs: Any) -> None:
        """Offer those whom the provider concerns."""
        super().__init__(*args, **kwargs)
        self.fields["shared"].choices = list(near.items())  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return with whom."""
        return {"shared": frozenset(self.cleaned_data["shared"])}


class FindForm(forms.Form):
    """Finds a body or a provider by part of its name, before one is chosen."""

    find = forms.TextField(label="Find another", required=False)

    def __init__(self, *args: Any, label: str, hint: str, **kwargs: Any) -> None:
        """Say what is found."""
        super().__init__(*args, **kwargs)
        self.fields["find"].label, self.fields["find"].hint = label, hint  # type: ignore[attr-defined]


class CouncilForm(DeedForm):
    """A council, and how many people it places there."""

    agency = forms.ChoiceField(
        label="Which council?", choices=[], error_messages={"required": "Choose a council"}
    )
    people = _people(
        label="How many people does it place there?",
        hint="A number only. Name nobody in care.",
        error_messages={"required": "Say how many"},
    )

    def __init__(self, *args: Any, offered: Sequence[Agency], **kwargs: Any) -> None:
        """Offer the councils near, or those found."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [(str(one.pk), one.name) for one in offered]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return the council and the number."""
        return {"agency": uuid_of(self.cleaned_data["agency"]), "people": self.cleaned_data["people"]}


class ProviderForm(DeedForm):
    """A provider that was found by its name."""

    provider = forms.ChoiceField(
        label="Which provider?", choices=[], error_messages={"required": "Find a provider, then choose it"}
    )

    def __init__(self, *args: Any, offered: Sequence[Provider], **kwargs: Any) -> None:
        """Offer those found."""
        super().__init__(*args, **kwargs)
        rows = [(str(one.pk), ", ".join(filter(None, (one.name, one.town)))) for one in offered]
        self.fields["provider"].choices = rows  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what was typed, with the provider's key."""
        return {**self.cleaned_data, "provider": uuid_of(self.cleaned_data["provider"])}


class PlaceForm(ProviderForm):
    """Places that another provider offers."""

    places = forms.NumberField(
        label="How many places does it offer?",
        min_value=1,
        max_value=rules.MOST_PEOPLE,
        error_messages={"required": "Say how many"},
    )
    from_on = _day("From which day?")


class IncomingForm(ProviderForm):
    """Who takes over: one of the directory, or in words."""

    guarded = ("name",)

    name = forms.TextField(
        label="Or its name, where the directory does not have it",
        max_length=rules.LONGEST_NAME,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the provider be left out."""
        super().__init__(*args, **kwargs)
        self.fields["provider"].required = False

    def said(self) -> dict[str, Any]:
        """Return one of the two."""
        return {"provider": uuid_of(self.cleaned_data["provider"]), "said": self.cleaned_data["name"]}


class RungForm(DeedForm):
    """Who answered the telephone at a council."""

    guarded = ("answered",)

    answered = forms.TextField(
        label="Who answered there?",
        hint="A post, such as “duty manager, adult social care”.",
        max_length=rules.LONGEST_NAME,
        error_messages={"required": "Say who answered there"},
    )


class StateForm(DeedForm):
    """What becomes of a plan."""

    guarded = ("text",)

    then = forms.ChoiceField(
        label="What is it from now on?", choices=[], error_messages={"required": "Choose what it is"}
    )
    text = _text(
        "How did it come to that?",
        "Who agreed, what came of it, or why it is withdrawn. Name nobody in care.",
        "Say in a few words how it came to that",
    )
    on = _day("On which day?")

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        """Offer what may follow, in the order of a plan's life."""
        super().__init__(*args, **kwargs)
        follows = rules.PLAN_TRANSITIONS[state]
        offered = [(code, words) for code, words in rules.STATE_WORDS.items() if code in follows]
        self.fields["then"].choices = offered  # type: ignore[attr-defined]


class NoteForm(DeedForm):
    """What happened."""

    guarded = ("text",)

    text = _text("What happened?", "For the timeline. Name nobody in care.", "Say what happened")
    on = _day("On which day?")


class YesForm(DeedForm):
    """A yes, with nothing to fill in."""
