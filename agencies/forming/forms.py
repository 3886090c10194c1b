"""The forms of a new group: what it is, its footprint, its first members."""

from datetime import date
from typing import Any

from agencies.forming.reading import bodies_named
from agencies.forming.rules import ELSEWHERE, Proposal
from agencies.forms import Choices
from agencies.models import Tier
from nhsuk import forms


class GroupForm(forms.Form):
    """A new group: its name, tier, place and team."""

    name = forms.TextField(
        label="What is the group called?", hint="For example: Example QSG.", max_length=200
    )
    tier = forms.ChoiceField(
        label="Is it local or regional?",
        choices=Tier.choices,
        choice_hints={
            "local": "On the footprint of an area team; it works under a regional group.",
            "regional": "On the footprint of a regional team.",
        },
    )
    region = forms.ChoiceField(
        label="Of a local group: under which regional group?", as_select=True, required=False
    )
    team = forms.ChoiceField(label="Which NHS England team supports it?", as_select=True)

    def __init__(self, *, regions: Choices, teams: Choices, **kwargs: Any) -> None:
        """Offer the regional groups and the open teams."""
        super().__init__(**kwargs)
        self.fields["region"].choices = [("", "None"), *regions]  # type: ignore[attr-defined]
        self.fields["team"].choices = [("", "Choose one"), *teams]  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """Another name for a group."""

    name = forms.TextField(label="What is the group called from now on?", max_length=200)


class FootprintForm(forms.Form):
    """Bodies that come into a footprint, and those that go out of it."""

    bodies = forms.TextAreaField(
        label="Which bodies come in?",
        hint="One on each line: the code, or the name as it stands in the directory. Their areas lie in the group's.",
        max_length=20_000,
        rows=8,
        required=False,
    )
    source = forms.TextField(
        label="Where does this come from?",
        hint="The paper or the decision, so that others can look it up.",
        max_length=200,
    )
    elsewhere = forms.ChoiceField(
        label="If one of them lies in another group's footprint already, what is to happen?",
        hint="Leave this out where none does.",
        choices=list(ELSEWHERE.items()),
        required=False,
    )
    taken_out = forms.CheckboxesField(label="Which go out?", choices=[], required=False)

    def __init__(self, *, here: Choices, **kwargs: Any) -> None:
        """Offer those that are in it."""
        super().__init__(**kwargs)
        held = list(here)
        if held:
            self.fields["taken_out"].choices = held  # type: ignore[attr-defined]
        else:
            del self.fields["taken_out"]

    def clean(self) -> dict[str, Any]:
        """Each line names one body."""
        cleaned = super().clean() or {}
        named = bodies_named(cleaned.get("bodies") or "")
        if named.faults:
            self.add_error("bodies", " ".join(named.faults[:10]))
        elif not named.bodies and not cleaned.get("taken_out") and not self.errors:
            self.add_error("bodies", "Name at least one body, or choose one that goes out")
        cleaned["named"] = named.bodies
        return cleaned


class ProposedForm(forms.Form):
    """Which of the proposed bodies become members, and from which day."""

    agencies = forms.CheckboxesField(label="Which bodies become members?", choices=[])
    starts_on = forms.DateField(label="From which day?")

    def __init__(self, *, proposed: list[Proposal], today: date, **kwargs: Any) -> None:
        """Offer what is proposed; what leaves no choice stands chosen."""
        ticked = [one.body.key for one in proposed if one.ticked]
        super().__init__(**{"initial": {"starts_on": today, "agencies": ticked}, **kwargs})
        field: Any = self.fields["agencies"]
        field.choices = [(one.body.key, one.body.name) for one in proposed]
        field.choice_hints = {one.body.key: one.why for one in proposed}
