"""What people fill in about visits and requests for information."""

from collections.abc import Iterable, Mapping
from typing import Any

from agencies.finding import uuid_of
from agencies.models import Agency, QualitySurveillanceGroup
from concerns.forms.finding import uuids_in
from concerns.forms.sharing import NOT_SHARED, AudienceForm, FindingForm, read_person
from concerns.rules.sharing import Choice
from nhsuk import forms
from providers.models import Location, Provider
from reference.forms import GuardedForm
from visits.models import Visit
from visits.rules import asking, planning
from visits.rules.asking import Wish
from visits.rules.planning import Plan

ANNOUNCED, UNANNOUNCED = "announced", "unannounced"
PLACES_OFFERED = 500


def _prose(label: str, hint: str = "", missing: str = "", rows: int = 3) -> forms.TextAreaField:
    """Return a field of prose; ``missing`` is said when it is left empty, and without it the field may be."""
    return forms.TextAreaField(
        label=label,
        hint=hint,
        rows=rows,
        max_length=planning.LONGEST,
        required=bool(missing),
        error_messages={"required": missing},
    )


class PlanForm(FindingForm):
    """A visit: what kind, where, when, what for, with whom, and whether the provider knows."""

    guarded: tuple[str, ...] = ("lead_name", "purpose")

    kind = forms.ChoiceField(label="What kind of visit is it?", choices=list(planning.KINDS.items()))
    announced = forms.ChoiceField(
        label="Will the provider know?",
        hint="Nobody sees an unannounced visit but you and the people you name on it: no list, count or warning "
        "tells anybody else of it.",
        choices=[(ANNOUNCED, "Yes, it is announced"), (UNANNOUNCED, "No, it is unannounced")],
        error_messages={"required": "Say whether the provider will know"},
    )
    location = forms.ChoiceField(
        label="Which place?",
        choices=[],
        as_select=True,
        required=False,
        empty_label="The provider as a whole",
    )
    starts_on = forms.DateField(
        label="From which day?",
        name="The first day",
        error_messages={"required": "Say on which day it begins"},
    )
    ends_on = forms.DateField(
        label="Until which day?",
        name="The last day",
        hint="Leave this out for one day. It may be a window of days within which you go.",
        required=False,
    )
    purpose = _prose("What is it for?", "Name no patient.", "Say what the visit is for")
    lead_name = forms.TextField(
        label="Who leads it?",
        hint="A name or a post.",
        max_length=planning.SHORTER["lead_name"],
        required=False,
    )
    find = forms.TextField(
        label="Is it a joint visit? Find the other body",
        hint="At least two letters of its name. What you find can then be ticked below. Everyone who reads intelligence "
        "there will see the visit; of an unannounced one, only the people you name.",
        required=False,
    )
    agencies = forms.CheckboxesField(label="A joint visit with", choices=[], required=False)

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        """Offer the provider's places."""
        super().__init__(*args, **kwargs)
        places = Location.objects.filter(provider=provider).order_by("name", "pk")
        self.fields["location"].choices = [(str(one.pk), one.name) for one in places[:PLACES_OFFERED]]  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """Return what is planned."""
        held = self.cleaned_data
        return Plan(
            kind=held["kind"],
            location=uuid_of(held.get("location") or ""),
            starts_on=held["starts_on"],
            ends_on=held["ends_on"] or held["starts_on"],
            lead_name=held["lead_name"],
            purpose=held["purpose"],
            parties=frozenset(uuids_in(held.get("agencies") or ())),
        )

    @property
    def is_announced(self) -> bool:
        """Whether the provider will know."""
        return bool(self.cleaned_data["announced"] == ANNOUNCED)


class ChangeForm(PlanForm):
    """A visit as it is to be, and why."""

    guarded = ("lead_name", "purpose", "why")

    why = _prose("Why is it changed?", "", "Say why it is changed", rows=2)

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        """Start from what is planned; who goes along, and whether the provider knows, stay."""
        initial = {
            "kind": visit.kind,
            "location": str(visit.location_id or ""),
            "starts_on": visit.starts_on,
            "ends_on": visit.ends_on,
            "purpose": visit.purpose,
            "lead_name": visit.lead_name,
        }
        before = [visit.purpose, visit.lead_name, visit.why]
        super().__init__(*args, provider=visit.provider, initial=initial, before=before, **kwargs)
        for name in ("announced", "find", "agencies"):
            del self.fields[name]


class DoneForm(GuardedForm):
    """That a visit was made."""

    guarded = ("outcome", "outcome_link")

    done_on = forms.DateField(
        label="On which day was it made?",
        hint="The last day, if it took several.",
        name="The day it was made",
        error_messages={"required": "Say on which day it was made"},
    )
    outcome = _prose("What came of it?", "In short. Name no patient.")
    outcome_link = forms.TextField(
        label="Where is the report?",
        hint="An address on the web, or in words.",
        max_length=planning.LONGEST_LINE,
        required=False,
    )


class WhyForm(GuardedForm):
    """A reason."""

    guarded = ("why",)

    why = _prose("Why?", "", "Say why")


class ProposeForm(GuardedForm):
    """Proposing a joint visit."""

    guarded = ("text",)

    text = _prose(
        "What do you propose?",
        "On which days, who would come, what you would look at. Only people at the two bodies who see the visit "
        "read this. Name no patient.",
        "Say what you propose",
    )


class AnswerProposalForm(GuardedForm):
    """The answer to a proposal."""

    guarded = ("text",)

    answer = forms.ChoiceField(
        label="Do you go together?",
        choices=[("accept", "Yes: their body goes along"), ("decline", "No")],
        error_messages={"required": "Say whether you go together"},
    )
    text = _prose("Anything to add?", "If not, say why, so that another way can be found.")


class OnlyPeopleForm(AudienceForm):
    """Who should see an unannounced visit: people, by name."""

    find = forms.TextField(
        label="Find a person",
        hint="At least two letters of a name. Whom you find can then be ticked below.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer people only."""
        super().__init__(*args, **kwargs)
        for name in ("groups", "agencies", "excluded"):
            del self.fields[name]

    def choice(self) -> Choice:
        """Return the people named."""
        people = map(read_person, self.typed_list("people"))
        gateway = self.typed_text("gateway").removeprefix(NOT_SHARED)
        return Choice(people=frozenset(one for one in people if one), gateway=gateway)


class AskProviderForm(GuardedForm):
    """What a provider is asked for."""

    guarded = ("about",)

    kind = forms.ChoiceField(
        label="What kind of information?", choices=list(asking.INFORMATION.items()), as_select=True
    )
    about = _prose("What exactly?", "Name no patient.", "Say what you ask for")
    covers_from = forms.DateField(label="Covering the time from", name="The beginning of the period")
    covers_to = forms.DateField(label="Until", name="The end of the period")
    asked_on = forms.DateField(label="On which day is the provider asked?", name="The day it is asked")
    due_on = forms.DateField(label="By which day is it to answer?", name="The day it is due")

    def wish(self) -> Wish:
        """Return what is asked for."""
        held = self.cleaned_data
        names = ("kind", "about", "covers_from", "covers_to", "asked_on", "due_on")
        return Wish(**{name: held[name] for name in names})


class AnsweredForm(GuardedForm):
    """That the provider answered."""

    guarded = ("held_where",)

    answered_on = forms.DateField(
        label="On which day did the provider answer?",
        name="The day it answered",
        error_messages={"required": "Say on which day it answered"},
    )
    held_where = forms.TextField(
        label="Where is the answer held, and whom does one ask for it?",
        hint="A team or a post, and the place in your body's files. The portal does not hold the answer.",
        max_length=asking.LONGEST_LINE,
        error_messages={"required": "Say where the answer is held, so that others can ask you for it"},
    )


ANY = "any"


class CalendarFilter(forms.Form):
    """Which visits the calendar shows; an unknown answer shows all."""

    group = forms.ChoiceField(label="In the area of", choices=[], as_select=True)
    agency = forms.ChoiceField(label="By", choices=[], as_select=True)
    kind = forms.ChoiceField(
        label="Kind", choices=[(ANY, "Every kind"), *planning.KINDS.items()], as_select=True
    )

    def __init__(
        self,
        query: Mapping[str, str],
        *,
        groups: Iterable[QualitySurveillanceGroup],
        bodies: Iterable[Agency],
    ) -> None:
        """Take the address's query; the bodies on offer are those whose visits the reader sees."""
        offered = {
            "group": [(ANY, "Every group"), *((str(one.pk), one.name) for one in groups)],
            "agency": [(ANY, "Every body"), *((str(one.pk), one.name) for one in bodies)],
            "kind": [(ANY, "Every kind"), *planning.KINDS.items()],
        }
        self.wanted = _wanted(query, offered)
        super().__init__(initial=self.wanted)
        for name in ("group", "agency"):
            self.fields[name].choices = offered[name]  # type: ignore[attr-defined]


class RequestsFilter(forms.Form):
    """Which requests the register shows; an unknown answer shows all."""

    kind = forms.ChoiceField(
        label="Kind of information",
        choices=[(ANY, "Every kind"), *asking.INFORMATION.items()],
        as_select=True,
    )
    status = forms.ChoiceField(
        label="Where it stands", choices=[(ANY, "All"), *asking.REQUEST_WORDS.items()], as_select=True
    )

    def __init__(self, query: Mapping[str, str]) -> None:
        """Take the address's query."""
        offered = {
            "kind": [(ANY, ""), *asking.INFORMATION.items()],
            "status": [(ANY, ""), *asking.REQUEST_WORDS.items()],
        }
        self.wanted = _wanted(query, offered)
        super().__init__(initial=self.wanted)


def _wanted(query: Mapping[str, str], offered: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, str]:
    """Return what was asked for of each, if it is on offer."""
    return {
        name: query.get(name, "") if query.get(name, "") in dict(choices) else ANY
        for name, choices in offered.items()
    }
