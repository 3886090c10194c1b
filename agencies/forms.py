"""The forms of the directory and of membership."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from agencies import rules
from agencies.models import Agency, MemberKind, PortalRoleKind, Role, SeatKind
from nhsuk import forms
from reference.sent_files import Unreadable, take

Choices = Iterable[tuple[str, str]]


class Filter(forms.Form):
    """What the directory is narrowed to; drawn from the address, never refused."""

    q = forms.TextField(label="Name or code", max_length=100, spellcheck=False)
    kind = forms.ChoiceField(label="Kind of body", as_select=True, empty_label="Any kind")
    group = forms.ChoiceField(label="In the area of", as_select=True, empty_label="Anywhere")

    def __init__(self, *, kinds: Choices, groups: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["kind"].choices = [("", "Any kind"), *kinds]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "Anywhere"), *groups]  # type: ignore[attr-defined]


class PeopleFilter(forms.Form):
    """Whose page is looked for."""

    q = forms.TextField(label="Name or e-mail address", max_length=100, spellcheck=False)
    without = forms.ConfirmField(label="Only people without a second factor", required=False)


class Dated(forms.Form):
    """A change with a first day, and perhaps a last."""

    starts_on = forms.DateField(label="From which day?")
    last_day = forms.DateField(
        label="Until the end of which day?", hint="Leave this out if no end is known.", required=False
    )

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        super().__init__(**{"initial": {"starts_on": today}, **kwargs})

    @property
    def ends_on(self) -> date | None:
        """The first day on which it no longer stands."""
        last: date | None = self.cleaned_data.get("last_day")
        return date.fromordinal(last.toordinal() + 1) if last else None


class SeatForm(Dated):
    """A new seat; choosing the person chooses the body they act for."""

    person = forms.ChoiceField(label="Who takes the seat?", as_select=True)
    kind = forms.ChoiceField(label="What do they do there?", choices=SeatKind.choices)
    cleared = forms.YesNoField(label="May they receive restricted items?")
    field_order = ("person", "kind", "cleared", "starts_on", "last_day")

    def __init__(self, *, people: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["person"].choices = [("", "Choose one"), *people]  # type: ignore[attr-defined]


class MemberForm(Dated):
    """A body that joins a group."""

    agency = forms.ChoiceField(label="Which body?", as_select=True)
    kind = forms.ChoiceField(
        label="As what?",
        choices=MemberKind.choices,
        choice_hints={
            "full": "What is shared with member bodies reaches its readers; it may hold seats.",
            "associate": "It sees only what is sent to it by name.",
        },
    )
    field_order = ("agency", "kind", "starts_on", "last_day")

    def __init__(self, *, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["agency"].choices = [("", "Choose one"), *agencies]  # type: ignore[attr-defined]


class EndNowForm(forms.Form):
    """When something ends: at once, or after a last day."""

    when = forms.ChoiceField(
        label="When does it end?",
        choices=[("now", "Now"), ("later", "After a last day")],
        reveals={"later": "last_day"},
    )
    last_day = forms.DateField(label="Last day", required=False)

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(**kwargs)

    def clean(self) -> dict[str, Any]:
        """A last day is wanted where one is to come."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == "later" and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Enter the last day")
        return cleaned

    @property
    def ends_on(self) -> date:
        """The first day on which it no longer stands: today where it ends now."""
        if self.cleaned_data["when"] == "now":
            return self.today
        last: date = self.cleaned_data["last_day"]
        return date.fromordinal(last.toordinal() + 1)


class ClearedForm(forms.Form):
    """Whether a seat may receive restricted items from now on."""

    cleared = forms.YesNoField(label="May this seat receive restricted items?")


ROLE_HINTS = {
    "reader": "Reads, comments and acknowledges.",
    "contributor": "Also raises and shares concerns.",
    "agency_lead": "Also speaks for the body and may call a risk summit.",
    "agency_administrator": "Looks after people and seats; sees no intelligence.",
    "emergency_access": "May use emergency access, with a reason.",
}


class RoleForm(Dated):
    """A role at an agency."""

    agency = forms.ChoiceField(label="At which body?", as_select=True)
    role = forms.ChoiceField(
        label="Which role?",
        choices=Role.choices,
        choice_hints=ROLE_HINTS,
    )
    field_order = ("agency", "role", "starts_on", "last_day")

    def __init__(self, *, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["agency"].choices = [("", "Choose one"), *agencies]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """A person to be asked to join, as what, and a seat that might be theirs."""

    full_name = forms.TextField(label="Full name", max_length=200)
    email = forms.EmailField(label="E-mail address", hint="Their own, at work. The link goes there.")
    agency = forms.ChoiceField(label="To join which body?", as_select=True)
    role = forms.ChoiceField(label="In which role?", choices=Role.choices, choice_hints=ROLE_HINTS)
    seat = forms.ChoiceField(
        label="A seat at a group?",
        hint="It is given when they join. Restricted items do not reach it unless the portal's administrator says so.",
        as_select=True,
        required=False,
    )

    def __init__(self, *, agencies: Choices, seats: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["agency"].choices = [("", "Choose one"), *agencies]  # type: ignore[attr-defined]
        self.fields["seat"].choices = [("", "No seat"), *seats]  # type: ignore[attr-defined]


class LeaversForm(forms.Form):
    """A list of leavers: pasted, or in a file of text."""

    addresses = forms.TextAreaField(
        label="E-mail addresses",
        hint="One on each line, or with commas between. What else stands there is passed over.",
        max_length=100_000,
        rows=8,
        required=False,
        asked=True,
    )
    file = forms.FileField(
        label="Or a file that has them",
        hint="Text or CSV in UTF-8.",
        required=False,
        asked=True,
        error_messages={"empty": "The file is empty. Nothing was changed."},
    )

    def clean(self) -> dict[str, Any]:
        """The addresses, from the one place or the other."""
        cleaned = super().clean() or {}
        text, sent = cleaned.get("addresses") or "", cleaned.get("file")
        if sent and sent.size > rules.MOST_LEAVERS_BYTES:
            self.add_error(
                "file", "The file is larger than 1 MB. Nothing was changed. Divide it, and send the parts."
            )
            return cleaned
        if sent:
            try:
                take(sent.file, sent.name)
            except Unreadable as refusal:
                self.add_error("file", str(refusal))
                return cleaned
            text = f"{text}\n{sent.file.read().decode('utf-8-sig')}"
        cleaned["emails"] = rules.addresses_in(text)
        if not cleaned["emails"] and not self.errors:
            self.add_error("addresses", "Enter at least one e-mail address")
        if len(cleaned["emails"]) > rules.MOST_LEAVERS:
            most = f"There are {len(cleaned['emails']):,} addresses. Send at most {rules.MOST_LEAVERS} at a time."
            self.add_error("addresses", most)
        return cleaned


class PortalRoleForm(Dated):
    """A role at the portal itself."""

    role = forms.ChoiceField(label="Which role?", choices=PortalRoleKind.choices)
    field_order = ("role", "starts_on", "last_day")


def agency_choices(agencies: Iterable[Agency]) -> list[tuple[str, str]]:
    """Bodies as choices of a list."""
    return [(str(agency.pk), agency.name) for agency in agencies]


class NoFields(forms.Form):
    """A deed that needs nothing but a yes."""
