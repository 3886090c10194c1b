"""Who leads the response."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from nhsuk import forms
from risk_summits.forms.fields import DeedForm, line, when
from risk_summits.rules import ring

Choices = Iterable[tuple[str, str]]
ACCEPT, DECLINE = "accept", "decline"


class ProposeForm(DeedForm):
    """A body proposed as lead."""

    agency = forms.ChoiceField(label="Which body should lead the response?", choices=[])
    happened_at = when("When was it proposed?")

    def __init__(self, *args: Any, bodies: Choices, hints: Mapping[str, str], **kwargs: Any) -> None:
        """Offer the bodies called that may lead, with what suits this provider."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = list(bodies)  # type: ignore[attr-defined]
        self.fields["agency"].choice_hints = dict(hints)  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {**self.cleaned_data, "agency": UUID(self.cleaned_data["agency"])}


class TakeForm(DeedForm):
    """Accept or decline the lead."""

    answer = forms.ChoiceField(
        label="Does your body take the lead?",
        choices=[(ACCEPT, "Yes, it takes the lead now"), (DECLINE, "No")],
    )
    reason = line("If not: why?")
    happened_at = when("When was it said?")

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        said = dict(self.cleaned_data)
        return {"accept": said.pop("answer") == ACCEPT, **said}


class HandOverAnswerForm(DeedForm):
    """Accept or decline to take over."""

    answer = forms.ChoiceField(
        label="Does your body take over the lead?",
        choices=[(ACCEPT, "Yes, it takes over now"), (DECLINE, "No")],
    )
    reason = line("If not: why?")

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        said = dict(self.cleaned_data)
        return {"accept": said.pop("answer") == ACCEPT, **said}


class ObjectForm(DeedForm):
    """An objection to a body as lead."""

    ground = forms.ChoiceField(label="What is it about?", choices=list(ring.GROUNDS.items()))
    text = line("Why?")
    happened_at = when("When was it said?")


class HandOverForm(DeedForm):
    """The body that is asked to take over."""

    to = forms.ChoiceField(label="Who should take over the lead?", choices=[])

    def __init__(self, *args: Any, bodies: Choices, **kwargs: Any) -> None:
        """Offer the other bodies called that may lead."""
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = list(bodies)  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {**self.cleaned_data, "to": UUID(self.cleaned_data["to"])}


class ConcernedForm(DeedForm):
    """That NHS England is itself concerned."""

    why = forms.ChoiceField(
        label="Why?",
        choices=[
            ("buys", "NHS England itself buys this service"),
            ("criticised", "NHS England is itself criticised"),
        ],
    )
