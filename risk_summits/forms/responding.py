"""How soon the bodies meet, how often, and what a regulatory step would do."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from nhsuk import forms
from risk_summits.forms.fields import DeedForm, line, when, words
from risk_summits.forms.leading import ACCEPT, DECLINE
from risk_summits.rules import response

Choices = Iterable[tuple[str, str]]


class SoonerForm(DeedForm):
    """How soon they must meet, and why it cannot wait."""

    hours = forms.ChoiceField(
        label="Within how many hours of the judgement must the bodies meet?",
        choices=[(str(hours), f"{hours} hours") for hours in response.SOONER],
        inline=True,
    )
    reason = line("Why can it not wait?")

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {**self.cleaned_data, "hours": int(self.cleaned_data["hours"])}


class FollowUpForm(DeedForm):
    """How often they meet while action is outstanding."""

    days = forms.NumberField(
        label="How many days until the next meeting, at most?",
        hint="7 unless you agree on another number; at most 14. It counts from the next meeting held.",
        min_value=1,
        max_value=response.LONGEST_FOLLOW_UP_DAYS,
    )


class ImpactForm(DeedForm):
    """What CQC considers, and whom it asks."""

    step = words("Which step do you consider?", hint="Such as closing a service. Name no patient.")
    agencies = forms.CheckboxesField(label="Whom do you ask what it would do?", choices=[])
    due_at = forms.MomentField(
        label="By when?", name="The time", hint="Within 24 hours if you leave it empty.", required=False
    )

    def __init__(self, *args: Any, bodies: Choices, **kwargs: Any) -> None:
        """Offer the other bodies called."""
        super().__init__(*args, **kwargs)
        self.fields["agencies"].choices = list(bodies)  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {**self.cleaned_data, "agencies": [UUID(one) for one in self.cleaned_data["agencies"]]}


class ImpactAnswerForm(DeedForm):
    """What a step would do, or why the body declines to say."""

    answer = forms.ChoiceField(
        label="Can your body say what it would do?",
        choices=[(ACCEPT, "Yes"), (DECLINE, "No, it declines, with a reason")],
    )
    text = words("What would it do, or why do you decline?")
    happened_at = when("When was it said?")

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        said = dict(self.cleaned_data)
        return {"declined": said.pop("answer") == DECLINE, **said}
