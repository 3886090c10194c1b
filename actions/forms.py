"""What people fill in about actions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from actions import rules
from actions.models import Action
from actions.operations.reading import BY_US, OF_US, OTHERS, OVERDUE, people_at
from agencies.finding import bodies_called
from agencies.models import Agency
from nhsuk import forms
from providers.models import Provider
from reference.forms import GuardedForm

PHONED = "Leave the boxes empty if it is happening now. Fill them in for what was said by telephone or at a meeting."


def _happened(label: str) -> forms.MomentField:
    return forms.MomentField(label=label, name="The moment", hint=PHONED, required=False)


class ChooseBodyForm(forms.Form):
    """Which body is asked; the next page offers its powers."""

    asked = forms.ChoiceField(
        label="Which body do you ask?",
        hint="Everyone who reads intelligence there will see what you ask.",
        choices=[],
    )
    find = forms.TextField(
        label="Find another body",
        hint="At least two letters of its name. What you find can then be chosen above.",
        required=False,
    )

    def __init__(self, *args: Any, near: Iterable[Agency], **kwargs: Any) -> None:
        """Offer the bodies ``near`` what it is about, then those found by name: the directory is everybody's."""
        super().__init__(*args, **kwargs)
        self.found = bodies_called(str(self["find"].value() or ""))
        offered = {str(one.pk): one.name for one in [*near, *self.found]}
        self.fields["asked"].choices = list(offered.items())  # type: ignore[attr-defined]


class AskForm(GuardedForm):
    """What is asked, why it matters, under which power, by when."""

    guarded = ("statement", "other_power", "lead_name")

    statement = forms.TextAreaField(
        label="What do you ask them to do?",
        hint="Say all they need to know: they may not see where this comes from. Name no patient.",
        max_length=rules.LONGEST,
        error_messages={"required": "Say what you ask them to do"},
    )
    aim = forms.ChoiceField(label="What is it for?", choices=list(rules.AIMS.items()))
    power = forms.ChoiceField(
        label="Which of their powers would it use?",
        hint="They decide whether to use it: no body directs another.",
        choices=[],
        dividers={rules.NO_POWER: "or"},
        reveals={rules.ANOTHER_POWER: "other_power"},
    )
    other_power = forms.TextField(label="Which power?", max_length=rules.LONGEST_POWER, required=False)
    due_at = forms.MomentField(
        label="By when?", name="The time it is due", error_messages={"required": "Say by when"}
    )
    risk = forms.ChoiceField(
        label="How serious is it if nothing is done?", choices=list(rules.RISKS.items()), inline=True
    )
    providers = forms.ModelCheckboxesField(
        label="Whom is it about?", queryset=Provider.objects.none(), required=False
    )
    lead_name = forms.TextField(
        label="Who could lead it there?", hint="A name or a post. They decide.", required=False
    )
    happened_at = _happened("When did you ask?")

    def __init__(self, *args: Any, powers: Sequence[str], about: Iterable[UUID], **kwargs: Any) -> None:
        """Offer the body's powers, and the providers to choose from when there are several."""
        super().__init__(*args, **kwargs)
        listed = [(f"{rules.LISTED}:{power}", power) for power in powers]
        others = [
            (rules.NO_POWER, rules.POWER_WORDS[rules.NO_POWER]),
            (rules.ANOTHER_POWER, f"{rules.POWER_WORDS[rules.ANOTHER_POWER]}: say which"),
        ]
        self.fields["power"].choices = [*listed, *others]  # type: ignore[attr-defined]
        if not listed:
            self.fields["power"].dividers = {}  # type: ignore[attr-defined]
        ids = list(about)
        if len(ids) > 1:
            self.fields["providers"].queryset = Provider.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
            self.fields["providers"].initial = ids
        else:
            del self.fields["providers"]

    def said(self) -> dict[str, Any]:
        """Return what ``ask_for_action`` takes."""
        said = dict(self.cleaned_data)
        kind, _, power = said["power"].partition(":")
        said["power_kind"] = kind
        said["power"] = said.pop("other_power") if kind == rules.ANOTHER_POWER else power
        said.pop("other_power", None)
        if "providers" in said:
            said["providers"] = [one.pk for one in said["providers"]]
        return said


class DeedForm(GuardedForm):
    """A turn on an action; ``said`` is what its operation takes."""

    def __init__(self, *args: Any, action: Action, now: datetime, **kwargs: Any) -> None:
        """Know the action."""
        self.action = action
        super().__init__(*args, before=[action.statement, action.lead_name], **kwargs)

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return dict(self.cleaned_data)


class LeadForm(DeedForm):
    """A turn that says who leads it."""

    lead = forms.ModelChoiceField(
        label="Who leads it?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody with an account",
    )
    lead_name = forms.TextField(label="Or a name, if they have no account here", required=False)

    def __init__(self, *args: Any, action: Action, now: datetime, **kwargs: Any) -> None:
        """Offer the people of the body asked."""
        super().__init__(*args, action=action, now=now, **kwargs)
        self.fields["lead"].queryset = people_at(action.asked_id, now)  # type: ignore[attr-defined]
        self.fields["lead_name"].initial = action.lead_name

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        lead = self.cleaned_data["lead"]
        return {**self.cleaned_data, "lead": lead.pk if lead else None}


class AcceptForm(LeadForm):
    """Accepting, and who leads it."""

    guarded = ("text", "lead_name")

    text = forms.TextAreaField(label="Anything to add?", max_length=rules.LONGEST, required=False, rows=3)
    happened_at = _happened("When did you accept?")


class DeclineForm(DeedForm):
    """Declining, with the reason."""

    guarded = ("reason",)

    reason = forms.TextAreaField(
        label="Why not?",
        hint="So that another way, or another body, can be found.",
        max_length=rules.LONGEST,
        error_messages={"required": "Say why, so that another way can be found"},
    )
    happened_at = _happened("When did you decline?")


class CounterForm(LeadForm):
    """Proposing another way, or another time."""

    guarded = ("statement", "reason", "lead_name")

    statement = forms.TextAreaField(label="What would you do?", max_length=rules.LONGEST)
    due_at = forms.MomentField(
        label="By when?", name="The time it is due", error_messages={"required": "Say by when"}
    )
    reason = forms.TextAreaField(
        label="Why this way?",
        max_length=rules.LONGEST,
        rows=3,
        error_messages={"required": "Say why you propose it, so that they can agree"},
    )
    happened_at = _happened("When did you propose it?")
    field_order = ("statement", "due_at", "reason", "lead", "lead_name")

    def __init__(self, *args: Any, action: Action, now: datetime, **kwargs: Any) -> None:
        """Start from what was asked."""
        super().__init__(*args, action=action, now=now, **kwargs)
        self.fields["statement"].initial = action.statement
        self.fields["due_at"].initial = action.due_at


class AgreeForm(DeedForm):
    """Agreeing to the other way."""

    guarded = ("text",)

    text = forms.TextAreaField(label="Anything to add?", max_length=rules.LONGEST, required=False, rows=3)


class KeepForm(DeedForm):
    """Keeping to what was asked."""

    guarded = ("reason",)

    reason = forms.TextAreaField(
        label="Why do you keep to what you asked?",
        max_length=rules.LONGEST,
        error_messages={"required": "Say why you keep to what you asked"},
    )


class ProgressForm(DeedForm):
    """How it is going."""

    guarded = ("text",)

    text = forms.TextAreaField(
        label="How is it going?", max_length=rules.LONGEST, error_messages={"required": "Say how it is going"}
    )
    rag = forms.ChoiceField(label="Will it be done in time?", choices=list(rules.RAGS.items()))
    risk = forms.ChoiceField(label="How serious is it now?", choices=list(rules.RISKS.items()), inline=True)
    happened_at = _happened("As of when?")

    def __init__(self, *args: Any, action: Action, now: datetime, **kwargs: Any) -> None:
        """Start from how it stands."""
        super().__init__(*args, action=action, now=now, **kwargs)
        self.fields["rag"].initial = action.rag
        self.fields["risk"].initial = action.current_risk


class DoneForm(DeedForm):
    """That it is done, and how anybody can tell."""

    guarded = ("evidence",)

    evidence = forms.TextAreaField(
        label="How can anybody tell that it is done?",
        hint="What was done, and where that can be seen: a report, a visit, a figure.",
        max_length=rules.LONGEST,
        error_messages={"required": "Say how anybody can tell that it is done"},
    )
    risk = forms.ChoiceField(label="How serious is it now?", choices=list(rules.RISKS.items()), inline=True)
    happened_at = _happened("When was it done?")


class WithdrawForm(DeedForm):
    """No longer asking."""

    guarded = ("reason",)

    reason = forms.TextAreaField(
        label="Why do you no longer ask for this?",
        max_length=rules.LONGEST,
        error_messages={"required": "Say why you no longer ask for this"},
    )


class CommentForm(GuardedForm):
    """Something to say about an action, without taking a turn."""

    guarded = ("text",)

    text = forms.TextAreaField(
        label="What do you want to say?",
        max_length=rules.LONGEST,
        error_messages={"required": "Say something, or go back"},
    )
    narrowed = forms.ConfirmField(label="Only for my own body and the body that asked", required=False)


NOT_ENDED, ANY_AIM = "not_ended", "any"
SIDES = {OF_US: "Asked of us", BY_US: "Asked by us", OTHERS: "Others that you see"}
STATES = {
    NOT_ENDED: "Not finished",
    OVERDUE: "Overdue",
    **rules.STATUS_WORDS,
    "all": "All",
}


class BoardFilter(forms.Form):
    """Which actions the board shows; an unknown answer shows what is not finished."""

    state = forms.ChoiceField(label="Show", choices=list(STATES.items()), as_select=True)
    aim = forms.ChoiceField(
        label="What it is for", choices=[(ANY_AIM, "Any aim"), *rules.AIMS.items()], as_select=True
    )

    def __init__(self, query: Mapping[str, str]) -> None:
        """Take the address's query; what is missing or unknown is as usual."""
        chosen = {"state": query.get("state", ""), "aim": query.get("aim", "")}
        state = chosen["state"] if chosen["state"] in STATES else NOT_ENDED
        aim = chosen["aim"] if chosen["aim"] in rules.AIMS else ANY_AIM
        super().__init__(initial={"state": state, "aim": aim})
        self.chosen_state, self.chosen_aim = state, aim

    def wanted(self) -> tuple[Sequence[str], str]:
        """Return the statuses and the aim asked for; nothing means all."""
        states: dict[str, Sequence[str]] = {NOT_ENDED: rules.OUTSTANDING, "all": ()}
        aim = "" if self.chosen_aim == ANY_AIM else self.chosen_aim
        return states.get(self.chosen_state, (self.chosen_state,)), aim
