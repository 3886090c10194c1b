"""Entering, correcting and ending what was published."""

from collections.abc import Iterable, Mapping
from typing import Any

from agencies.finding import uuid_of
from agencies.models import Agency
from nhsuk import forms
from providers.models import Location, Provider, RegulatoryAction
from providers.register.rules import actions as rules
from providers.register.rules.actions import Facts
from reference.forms import GuardedForm

WHOLE = "whole"
OF_A_BREACH = ("standards", "inspected_on", "comply_by", "significant")


def prose(label: str, hint: str, *, rows: int = 4, **more: Any) -> forms.TextAreaField:
    """Return a field of several lines."""
    return forms.TextAreaField(label=label, hint=hint, rows=rows, max_length=rules.LONGEST, **more)


class ActionForm(GuardedForm):
    """What was published: what was done, with which power, from when, and where it is published."""

    guarded: tuple[str, ...] = ("about", "power_said", "standards", "published_where")

    kind = forms.ChoiceField(
        label="What was done?",
        choices=[],
        as_select=True,
        error_messages={"required": "Choose what was done"},
    )
    location = forms.ChoiceField(
        label="What is it about?",
        choices=[],
        as_select=True,
        error_messages={"required": "Choose what it is about"},
    )
    power = forms.ChoiceField(
        label="Which of your body's powers was used?",
        choices=[],
        reveals={rules.OTHER_POWER: "power_said"},
        error_messages={"required": "Choose the power that was used"},
    )
    power_said = forms.TextField(label="Which power?", max_length=rules.LONGEST_LINE, required=False)
    about = prose(
        "What was published?",
        "What was done and why, in a few sentences. Name nobody, even where the publication does.",
        error_messages={"required": "Say what it is about, as it was published"},
    )
    standards = prose(
        "Which standards were breached?",
        "As published, one a line. Leave empty if none is named.",
        rows=3,
        required=False,
    )
    inspected_on = forms.DateField(
        label="When was the inspection that found it?", name="The day of the inspection", required=False
    )
    comply_by = forms.DateField(
        label="By when must it be put right?", name="The day to put it right by", required=False
    )
    significant = forms.CheckboxesField(
        label="How grave?",
        choices=[("yes", "We judged this breach significant")],
        small=True,
        required=False,
    )
    starts_on = forms.DateField(
        label="From which day is it in force?",
        name="The first day",
        error_messages={"required": "Say from which day it is in force"},
    )
    ends_on = forms.DateField(
        label="From which day is it no longer in force?",
        hint="Leave empty while it is.",
        name="The day on which it ended",
        required=False,
    )
    published_on = forms.DateField(
        label="When was it published?",
        hint="Only what is published is entered here. What is not yet is said in a concern.",
        name="The day of publication",
        error_messages={"required": "Say when it was published"},
    )
    published_where = forms.TextField(
        label="Where is it published?",
        hint="A web address, or the name of the publication.",
        max_length=rules.LONGEST_LINE,
        error_messages={"required": "Say where it is published: a web address, or the publication"},
    )
    appeal = forms.ChoiceField(
        label="Is there an appeal?",
        choices=list(rules.APPEAL_WORDS.items()),
        initial=rules.NO_APPEAL,
        error_messages={"required": "Say whether there is an appeal"},
    )

    def __init__(
        self,
        *args: Any,
        body: Agency,
        powers: Mapping[str, str],
        provider: Provider,
        places: Iterable[Location],
        **kwargs: Any,
    ) -> None:
        """Offer the body's own kinds and powers, and the provider's places."""
        super().__init__(*args, **kwargs)
        kinds = rules.kinds_of(body.kind)
        self._offer("kind", kinds.items())
        self._offer("power", [*powers.items(), (rules.OTHER_POWER, "A power not on this list (say which)")])
        whole = (WHOLE, f"{provider.name}, as a whole")
        self._offer(
            "location", [whole, *((str(one.pk), f"{one.name} {one.postcode}".strip()) for one in places)]
        )
        if not any(rules.KINDS[kind].breach for kind in kinds):
            for name in OF_A_BREACH:
                del self.fields[name]
            self.guarded = tuple(name for name in self.guarded if name != "standards")

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        """Return what was typed."""
        held = self.cleaned_data
        return Facts(
            kind=held["kind"],
            location=None if held["location"] == WHOLE else uuid_of(held["location"]),
            power=held["power"],
            power_said=held["power_said"],
            about=held["about"],
            standards=rules.lines_of(held.get("standards") or ""),
            inspected_on=held.get("inspected_on"),
            comply_by=held.get("comply_by"),
            significant=bool(held.get("significant")),
            starts_on=held["starts_on"],
            ends_on=held["ends_on"],
            published_on=held["published_on"],
            published_where=held["published_where"],
            appeal=held["appeal"],
        )


class CorrectForm(ActionForm):
    """An entry as it should be, and why."""

    reason = forms.TextField(
        label="What was wrong, or what is new?",
        max_length=rules.LONGEST_LINE,
        error_messages={"required": "Say what was wrong, or what is new"},
    )
    guarded = (*ActionForm.guarded, "reason")

    def __init__(self, *args: Any, action: RegulatoryAction, **kwargs: Any) -> None:
        """Begin with the entry as it stands."""
        facts = action.facts()
        initial = {
            **{name: getattr(facts, name) for name in rules.Facts.__dataclass_fields__},
            "location": str(facts.location or WHOLE),
            "standards": "\n".join(facts.standards),
            "significant": ["yes"] if facts.significant else [],
        }
        super().__init__(*args, before=facts.texts.values(), initial=initial, **kwargs)


class EndForm(forms.Form):
    """From which day an entry is no longer in force."""

    ends_on = forms.DateField(
        label="From which day is it no longer in force?",
        hint="Where it is about a breach: the day on which it was put right.",
        name="The day on which it ended",
        error_messages={"required": "Say from which day it is no longer in force"},
    )
