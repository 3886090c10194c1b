"""Views, danger, what is known, judgements, and what is put before the room."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from concerns.models import Concern
from nhsuk import forms
from risk_summits.forms.fields import DeedForm, line, when, words
from risk_summits.rules import judging, response, sealing

Choices = Iterable[tuple[str, str]]


class ViewForm(DeedForm):
    """What the own body says."""

    answer = forms.ChoiceField(
        label="What does your body say?",
        choices=[],
        choice_hints={sealing.CANNOT_BY_LAW: "An answer too: nobody waits for more from you."},
        dividers={sealing.CANNOT_YET: "or"},
    )
    text = words("What does that rest on?", "A sentence or two. Name no patient, relative or witness.")

    def __init__(self, *args: Any, answers: Choices, **kwargs: Any) -> None:
        """Offer the answers."""
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = list(answers)  # type: ignore[attr-defined]


class DangerForm(DeedForm):
    """That people are, or may be, in danger."""

    answer = forms.ChoiceField(
        label="Is anyone in danger?",
        choices=[(response.YES, "Yes"), (response.NOT_SURE, "Not sure")],
    )
    text = words("What is the danger?", rows=3, asked=False)
    happened_at = when("When did you hear of it?")


class KnownForm(DeedForm):
    """Something that became known."""

    text = words("What became known?")
    happened_at = when("When?")


class JudgementForm(DeedForm):
    """A judgement, with the moment at which it was taken."""

    code = forms.ChoiceField(label="What was judged?", choices=[])
    until = forms.MomentField(
        label="By when will you judge?",
        name="The new time",
        hint="At most 72 hours after the summit was called. Say below what is awaited.",
        required=False,
        asked=True,
    )
    text = words("What does it rest on?", "A sentence or two. Name no patient, relative or witness.")
    severity = forms.ChoiceField(
        label="How serious is it?",
        hint="When it is critical the bodies meet within 24 hours.",
        choices=[],
        as_select=True,
        required=False,
    )
    happened_at = when("When was it judged?", "The judgement")

    def __init__(
        self,
        *args: Any,
        judge: str,
        codes: Choices,
        severities: Choices,
        hints: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """Offer the judgements of this judge."""
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = list(codes)  # type: ignore[attr-defined]
        self.fields["code"].choice_hints = dict(hints)  # type: ignore[attr-defined]
        self.fields["severity"].choices = [("", "Not said"), *severities]  # type: ignore[attr-defined]
        if judge == judging.GROUP:
            self.fields["code"].reveals = {judging.EXTENDED: "until"}  # type: ignore[attr-defined]
        else:
            del self.fields["until"]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes: a new time only with "cannot yet say"."""
        said = dict(self.cleaned_data)
        if said["code"] != judging.EXTENDED:
            said["until"] = None
        return said


class CorrectForm(DeedForm):
    """The right moment of a judgement, and what was wrong."""

    happened_at = when("When was it judged?", "The judgement", required=True)
    why = line("What was wrong?")


class TableForm(DeedForm):
    """A concern of the own body, to be put before the room."""

    concern = forms.ModelChoiceField(
        label="Which of your body's concerns?",
        queryset=None,
        as_radios=True,
    )
    keep = forms.ConfirmField(
        label="Let the people in this room go on seeing it after the summit has been closed", required=False
    )

    def __init__(self, *args: Any, concerns: QuerySet[Concern], **kwargs: Any) -> None:
        """Offer the own body's concerns about this provider."""
        super().__init__(*args, **kwargs)
        self.fields["concern"].queryset = concerns  # type: ignore[attr-defined]
        self.fields["concern"].label_from_instance = lambda one: one.title  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {"concern": self.cleaned_data["concern"].pk, "keep": bool(self.cleaned_data["keep"])}


class ChangeTabledForm(DeedForm):
    """Take something back from the room, or say whether it stays shared."""

    change = forms.ChoiceField(label="What should happen?", choices=[])

    def __init__(self, *args: Any, keep: bool, **kwargs: Any) -> None:
        """Offer what can become of it as it stands."""
        super().__init__(*args, **kwargs)
        other = (
            "Let it end with the summit after all"
            if keep
            else "Keep it shared after the summit has been closed"
        )
        take_back = "Take it back now: the people in this room no longer see it"
        self.fields["change"].choices = [("keep", other), ("take_back", take_back)]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {"take_back": self.cleaned_data["change"] == "take_back"}
