"""What is said of a concern: a report of another body, a comment, a look, a call; and how it ends."""

from collections.abc import Iterable, Mapping
from typing import Any

from agencies.finding import uuid_of
from concerns.forms.finding import want
from concerns.forms.raising import TOO_LONG, WANTED, offer
from concerns.forms.sharing import FindingForm, read_person
from concerns.models.said import TEXT_LONGEST, GoAndLook
from concerns.operations.changing import REASON_LONGEST
from concerns.operations.lists import Shelf
from concerns.rules import danger, origins
from concerns.rules.content import SHORT_LONGEST
from nhsuk import forms
from reference.forms import GuardedForm

NO_NAME = "Name no patient, relative or witness."
BY_PHONE = "Leave the boxes empty if it is now."


def reason_field(label: str, hint: str, missing: str) -> forms.TextAreaField:
    """Return the field of a reason; ``missing`` is said when there is none."""
    sentences = {**TOO_LONG, "required": missing}
    return forms.TextAreaField(
        label=label, hint=hint, rows=3, max_length=REASON_LONGEST, error_messages=sentences
    )


def text_field(label: str, hint: str = NO_NAME) -> forms.TextAreaField:
    """Return the field of what somebody says."""
    return forms.TextAreaField(
        label=label, hint=hint, max_length=TEXT_LONGEST, error_messages=TOO_LONG, required=False
    )


class ReportForm(GuardedForm):
    """We see it too, or the opposite: from where, and what."""

    guarded = ("text", "source_other")

    source_kind = forms.ChoiceField(label="How do you know?", choices=[], as_select=True, required=False)
    source_other = forms.TextField(
        label="If other: what kind of source? (optional)", max_length=SHORT_LONGEST, required=False
    )
    reliability = forms.ChoiceField(label="How close was the source?", choices=[], required=False)
    origin = forms.ChoiceField(
        label="Does it come from the same source as a report that is here already?",
        hint="Four reports of one source are one. Your answer is only counted: readers see the number of independent origins, not what you chose.",
        choices=list(origins.ORIGIN_WORDS.items()),
        reveals={origins.SAME: "same_as"},
        required=False,
    )
    same_as = forms.ChoiceField(
        label="Which one?", choices=[], as_select=True, empty_label="The concern itself", required=False
    )
    text = text_field("What did you see? (optional)")

    def __init__(self, *args: Any, shelf: Shelf, reports: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the lists of the day, and the reports that the person sees."""
        super().__init__(*args, **kwargs)
        offer(self, shelf)
        want(self, {name: WANTED[name] for name in ("source_kind", "reliability")})
        want(self, {"origin": "Say whether it comes from the same source; “We cannot say” is an answer"})
        self.fields["same_as"].choices = list(reports)  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what it says."""
        names = ("source_kind", "source_other", "reliability", "origin", "text")
        said = {name: self.cleaned_data.get(name) or "" for name in names}
        return {**said, "same_as": uuid_of(self.cleaned_data.get("same_as", ""))}


class CommentForm(FindingForm):
    """A word on a concern, for all its readers or for fewer."""

    guarded = ("text",)

    text = text_field("Your comment")
    text.required, text.error_messages["required"] = True, "Write your comment"
    narrowed = forms.ConfirmField(
        label="Only for my own body, the body that looks after the concern, and people I name",
        required=False,
    )
    find = forms.TextField(
        label="Find a person to name", hint="At least two letters of the name.", required=False
    )
    people = forms.CheckboxesField(label="These people read it too", choices=[], required=False)
    field_order = ("text", "narrowed", "find", "people")

    def said(self) -> dict[str, Any]:
        """Return what it says, and to whom."""
        people = [found for found in map(read_person, self.typed_list("people")) if found]
        return {
            "text": self.cleaned_data.get("text", ""),
            "narrowed": bool(self.cleaned_data.get("narrowed")),
            "people": people,
        }


class LookForm(GuardedForm):
    """Who went to look, when and what was found; or why nobody went."""

    guarded = ("who", "text")

    how = forms.ChoiceField(
        label="How did somebody look?",
        choices=GoAndLook.How.choices,
        error_messages={"required": "Choose how somebody looked, or that nobody went"},
    )
    who = forms.TextField(
        label="Who went?", hint="Leave it blank if nobody did.", max_length=200, required=False
    )
    happened_at = forms.MomentField(
        label="When?", name="The moment of the look", hint=BY_PHONE, required=False
    )
    text = text_field("What was found? Or why did nobody go?")
    text.required, text.error_messages["required"] = True, "Say what was found, or why nobody went"

    def said(self) -> dict[str, Any]:
        """Return what it says."""
        said = {name: self.cleaned_data.get(name) or "" for name in ("how", "who", "text")}
        return {**said, "happened_at": self.cleaned_data.get("happened_at")}


class SafetyForm(GuardedForm):
    """What was done for people's safety: who rang whom, when; a notice; a route."""

    guarded = ("whom", "their_reference")

    deed = forms.ChoiceField(
        label="What was done?",
        choices=[],
        reveals={danger.ROUTE: "route"},
        error_messages={"required": "Choose what was done"},
    )
    route = forms.ChoiceField(
        label="Which route did the council say?", choices=list(danger.ROUTE_WORDS.items()), required=False
    )
    about = forms.ChoiceField(
        label="Whom is it about?",
        choices=list(danger.ABOUT_WORDS.items()),
        error_messages={"required": "Choose whom it is about"},
    )
    whom = forms.TextField(
        label="Which desk or office was rung or told?",
        hint="Never the name of the adult or child.",
        max_length=danger.WHO_LONGEST,
        required=False,
    )
    their_reference = forms.TextField(
        label="The reference they gave (optional)",
        width=20,
        max_length=danger.REFERENCE_LONGEST,
        required=False,
    )
    happened_at = forms.MomentField(label="When?", name="The moment", hint=BY_PHONE, required=False)
    field_order = ("deed", "about", "whom", "their_reference", "happened_at", "route")

    def __init__(self, *args: Any, deeds: Mapping[str, str], **kwargs: Any) -> None:
        """Offer the deeds that this person may write down."""
        super().__init__(*args, **kwargs)
        self.fields["deed"].choices = list(deeds.items())  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what it says."""
        names = ("deed", "about", "whom", "their_reference", "route")
        said = {name: self.cleaned_data.get(name) or "" for name in names}
        if said["deed"] != danger.ROUTE:
            said["route"] = ""
        return {**said, "happened_at": self.cleaned_data.get("happened_at")}


class CloseForm(GuardedForm):
    """What came of it."""

    guarded = ("reason",)

    outcome = forms.ChoiceField(
        label="What came of it?", choices=[], error_messages={"required": "Choose what came of it"}
    )
    reason = reason_field(
        "What was done?",
        "A sentence or two. Everyone who sees the concern reads it.",
        "Say in a sentence what was done",
    )

    def __init__(self, *args: Any, outcomes: Mapping[str, str], **kwargs: Any) -> None:
        """Offer the outcomes of the list."""
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = list(outcomes.items())  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what it says."""
        return {name: self.cleaned_data.get(name) or "" for name in ("outcome", "reason")}


class WithdrawForm(GuardedForm):
    """Why it is withdrawn, and what takes its place, if anything."""

    guarded = ("reason",)

    replacement = forms.TextField(
        label="Does another concern take its place? Its reference (optional)",
        hint="Such as C-7KQ2-M9. It must be one of your own body's, and open.",
        width=20,
        max_length=20,
        required=False,
    )
    reason = reason_field("Why?", "For your own body's file.", "Say why it is withdrawn")

    def said(self) -> dict[str, Any]:
        """Return what it says."""
        return {name: self.cleaned_data.get(name) or "" for name in ("replacement", "reason")}
