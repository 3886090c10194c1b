"""Setting a level."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from agencies.finding import uuid_of
from agencies.models import Agency
from nhsuk import forms
from providers.levels import rules
from providers.levels.rules import LONGEST, Proposal
from reference.forms import GuardedForm

NEEDED = {
    rules.ROUTINE: ("reason", "how", "met_on"),
    rules.MORE_INFORMATION: ("reason", "follows", "review_on", "exit_criteria", "how", "met_on"),
    rules.ENHANCED: (
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

    def __init__(self, *args: Any, level: str, members: Iterable[Agency], **kwargs: Any) -> None:
        """Ask for what this level needs, and offer the members of the group."""
        super().__init__(*args, **kwargs)
        self.level = level
        for name in [name for name in self.fields if name not in NEEDED[level]]:
            del self.fields[name]
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
        )
