"""What is asked as a matter of routine, the provider's part, and the end."""

from typing import Any

from nhsuk import forms
from risk_summits.forms.fields import DeedForm, line, when, words
from risk_summits.rules import closing


class GateForm(DeedForm):
    """An answer at a gate."""

    answer = forms.ChoiceField(label="What is the answer?", choices=[])
    text = words("How do you know?", rows=3)
    reference = line("Their reference, if they gave one", asked=False)
    happened_at = when("When was it said?")

    def __init__(self, *args: Any, gate: str, **kwargs: Any) -> None:
        """Offer the answers of this gate."""
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = list(closing.ANSWERS[gate].items())  # type: ignore[attr-defined]


class CriterionForm(DeedForm):
    """An exit criterion."""

    text = line("What must be so before the summit can be closed?", "Such as “no new fall for two weeks”.")


class CriterionMetForm(DeedForm):
    """What shows that an exit criterion is met."""

    evidence = words("What shows that it is met?", rows=3)
    happened_at = when("Since when?")


class ProviderForm(DeedForm):
    """What passed between the room and the provider."""

    kind = forms.ChoiceField(label="What happened?", choices=[])
    text = words(
        "What was written, and to whom?", hint="The post, not the person: the medical director, say."
    )
    happened_at = when("When?")

    def __init__(self, *args: Any, ended: bool, **kwargs: Any) -> None:
        """Offer what can have happened: an outcome only once there is one."""
        super().__init__(*args, **kwargs)
        kinds = [
            (code, text) for code, text in closing.PROVIDER_WORDS.items() if ended or code != closing.OUTCOME
        ]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class WithholdForm(DeedForm):
    """Why the provider is not told yet."""

    reason = words("Why is the provider not told yet?", rows=3)


class CloseForm(DeedForm):
    """What was learnt, and the outcome in one line."""

    learning = words(
        "What was learnt?",
        hint="So that others need not learn it again. Name no patient, relative or witness.",
    )
    outcome = line(
        "The outcome in one line",
        "Everyone who was told that there was a summit sees this line.",
        asked=False,
    )
    unfinished = forms.ConfirmField(
        label="Close with this unfinished",
        error_messages={"required": "Say that the summit is closed with what is listed above unfinished"},
    )

    def __init__(self, *args: Any, unfinished: bool, **kwargs: Any) -> None:
        """Ask about what is unfinished, where anything is."""
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["unfinished"]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {name: self.cleaned_data[name] for name in ("learning", "outcome")}
