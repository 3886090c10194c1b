"""Setting a level, and what is written on one while it stands."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from agencies.finding import uuid_of
from agencies.models import Agency
from nhsuk import forms
from providers.levels import rules
from providers.levels.rules import LONGEST, Proposal
from reference.forms import GuardedForm

NEEDED = {
    rules.ROUTINE: ("met", "reason", "how", "met_on"),
    rules.MORE_INFORMATION: ("met", "reason", "follows", "review_on", "exit_criteria", "how", "met_on"),
    rules.ENHANCED: (
        "met",
        "reason",
        "follows",
        "review_on",
        "exit_criteria",
        "relied_on",
        "put_to_provider",
        "how",
        "met_on",
        "agreed_by",
    ),
}
"""The fields of each level."""

PROSE = ("reason", "exit_criteria", "relied_on", "put_to_provider")


def text_field(label: str, hint: str, missing: str) -> forms.TextAreaField:
    """Return a field of prose; ``missing`` is said when it is left empty."""
    return forms.TextAreaField(
        label=label, hint=hint, rows=4, max_length=LONGEST, error_messages={"required": missing}
    )


class LevelForm(GuardedForm):
    """Why, who follows it, until when, what ends it, and how it was decided: what the chosen level needs."""

    met = forms.CheckboxesField(
        label="What had to be so for the level before to end: which of it is so?",
        hint="Read them out one by one. What is not ticked stays open in the history.",
        choices=[],
        small=True,
        required=False,
    )
    reason = text_field("Why?", "What was said or seen. Name no patient.", "Say why")
    follows = forms.ChoiceField(
        label="Which body goes and looks, or follows it?",
        choices=[],
        as_select=True,
        error_messages={"required": "Choose the member body that goes and looks, or follows it"},
    )
    review_on = forms.DateField(
        label="When is it reviewed?",
        name="The review day",
        error_messages={"required": "Say on which day it is reviewed"},
    )
    exit_criteria = text_field(
        "What must be so for it to end?", "One a line.", "Say what must be so for it to end"
    )
    relied_on = text_field(
        "Which concerns does the group rely on?",
        "Their references, or in words.",
        "Name the concerns that the group relies on",
    )
    put_to_provider = text_field(
        "What was put to the provider, and what did it answer?",
        "Or why nothing was put to it yet.",
        "Say what was put to the provider and what it answered, or why not yet",
    )
    how = forms.ChoiceField(
        label="How was it decided?",
        choices=list(rules.HOW_WORDS.items()),
        error_messages={"required": "Say how it was decided"},
    )
    met_on = forms.DateField(
        label="On which day did the group meet?", name="The day of the meeting", required=False
    )
    agreed_by = forms.CheckboxesField(
        label="Which two member bodies agreed?", choices=[], small=True, required=False
    )

    def __init__(
        self, *args: Any, level: str, members: Iterable[Agency], criteria: Sequence[str], **kwargs: Any
    ) -> None:
        """Ask for what this level needs; offer the members of the group, and the criteria of the level before."""
        super().__init__(*args, **kwargs)
        self.level = level
        for name in [name for name in self.fields if name not in NEEDED[level]]:
            del self.fields[name]
        if criteria:
            lines = [(str(number), text) for number, text in enumerate(criteria, start=1)]
            self.fields["met"].choices = lines  # type: ignore[attr-defined]
        else:
            del self.fields["met"]
        self.guarded = tuple(name for name in PROSE if name in self.fields)
        bodies = [(str(one.pk), one.name) for one in members]
        for name in {"follows", "agreed_by"} & self.fields.keys():
            self.fields[name].choices = bodies  # type: ignore[attr-defined]
        how: Any = self.fields["how"]
        how.reveals = {rules.MEETING: "met_on"}
        if "agreed_by" in self.fields:
            how.reveals[rules.CHAIR] = "agreed_by"

    def proposal(self) -> Proposal:
        """Return the level as it would be set."""
        held = self.cleaned_data
        agreed: list[UUID | None] = [uuid_of(one) for one in held.get("agreed_by") or ()]
        return Proposal(
            level=self.level,
            **{name: held.get(name) or "" for name in self.guarded},
            follows=uuid_of(held.get("follows", "")),
            review_on=held.get("review_on"),
            how=held.get("how", ""),
            met_on=held.get("met_on"),
            agreed_by=frozenset(one for one in agreed if one),
            met=frozenset(int(number) for number in held.get("met") or ()),
        )


class NoteForm(GuardedForm):
    """Base of the forms of what is written on a level."""

    def said(self) -> dict[str, Any]:
        """Return what was typed, by the names of the operation's arguments."""
        return dict(self.cleaned_data)


class CriterionForm(NoteForm):
    """One of what must be so for a level to end is so."""

    guarded = ("evidence",)

    number = forms.ChoiceField(
        label="What is so?",
        choices=[],
        error_messages={"required": "Choose one of what must be so for it to end"},
    )
    met_on = forms.DateField(
        label="Since which day?", name="The day", error_messages={"required": "Say since which day"}
    )
    evidence = text_field("What shows it?", "Name no patient.", "Say what shows that it is met")

    def __init__(self, *args: Any, left: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the criteria that are not met yet, by number."""
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [(str(number), text) for number, text in left]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return it with its number."""
        return {**self.cleaned_data, "number": int(self.cleaned_data["number"])}


class WordForm(NoteForm):
    """A letter to the provider, or its answer."""

    guarded = ("text", "whose")

    on = forms.DateField(
        label="Which day does it bear?", name="The day", error_messages={"required": "Say on which day"}
    )
    whose = forms.TextField(
        label="Who wrote it?",
        hint="A post and a body, such as “the chair, for the group”.",
        max_length=rules.LONGEST_NAME,
        error_messages={"required": "Say who wrote it"},
    )
    text = text_field(
        "What was written?",
        "Its text, or in short. Name no patient.",
        "Say what was written, whole or in short",
    )


class WithholdForm(NoteForm):
    """Why the provider is not told yet."""

    guarded = ("reason",)

    reason = text_field(
        "Why is the provider not told yet?",
        "A second person must agree, and it is decided again each day.",
        "Say why the provider is not told yet",
    )


class RefuseForm(NoteForm):
    """Why the provider is to be told all the same."""

    guarded = ("reason",)

    reason = text_field(
        "Why is the provider to be told?",
        "It stands beside what was proposed. Name no patient.",
        "Say why the provider is to be told",
    )
