"""The forms of the contacts: what is looked for, a post's numbers, who stands in, a body's numbers, when they met."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.forms import HiddenInput

from agencies.contacts import rules
from agencies.contacts.models import Post, PostCode
from nhsuk import forms

Choices = Iterable[tuple[str, str]]


class ContactFilter(forms.Form):
    """Whom one looks for; drawn from the address, never refused."""

    q = forms.TextField(
        label="Whom or what for?", hint="A role, a body, a topic or a name.", max_length=100, spellcheck=False
    )
    place = forms.TextField(
        label="For which place?",
        hint="A council, town, region or area team.",
        max_length=100,
        spellcheck=False,
    )
    post = forms.ChoiceField(
        label="Role",
        hint="Or one from the list.",
        as_select=True,
        choices=[("", "Any role"), *PostCode.choices],
    )


def _offer(form: forms.Form, people: Choices) -> None:
    """Offer a body's people, or say why there are none."""
    field: Any = form.fields["person"]
    field.choices = [("", "Choose one"), *people]
    if len(field.choices) == 1:
        field.help_text = (
            "Nobody else acts for this body in the portal yet. Invite them first, or write the name below."
        )


class PostForm(forms.Form):
    """Who holds a post at an agency."""

    post = forms.ChoiceField(label="Which post?", choices=PostCode.choices, as_select=True)
    topic = forms.TextField(
        label="For what?", hint="Where there is one for each topic.", max_length=120, required=False
    )
    area = forms.ChoiceField(
        label="For which area?", hint="Where there is one for each area.", as_select=True, required=False
    )
    person = forms.ChoiceField(
        label="Who holds it?",
        hint="Someone who uses the portal. Otherwise write the name below.",
        as_select=True,
        required=False,
    )
    holder_name = forms.TextField(label="Name of somebody else", max_length=200, required=False)
    telephone = forms.TelephoneField(label="Telephone number", required=False)
    out_of_hours_telephone = forms.TelephoneField(label="Out of hours telephone number", required=False)
    starts_on = forms.DateField(label="From which day?")
    in_post_since = forms.DateField(
        label="In post since an earlier day?",
        hint=(
            "Of a Director of Adult Social Services only: the Care Quality Commission meets a new one within three"
            " months of coming into post."
        ),
        required=False,
    )

    def __init__(self, *, people: Choices, areas: Choices, today: date, **kwargs: Any) -> None:
        """Offer the body's people and the groups."""
        super().__init__(**{"initial": {"starts_on": today}, **kwargs})
        _offer(self, people)
        self.fields["area"].choices = [("", "Everywhere"), *areas]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask when they came into post of a Director alone."""
        cleaned = super().clean() or {}
        if cleaned.get("in_post_since") and cleaned.get("post") != rules.DIRECTOR:
            self.add_error(
                "in_post_since", "Leave this out: it is asked of a Director of Adult Social Services only"
            )
        return cleaned


class NumbersForm(forms.Form):
    """How a body is rung; it carries what the person had before them, so that nobody's correction is lost unseen."""

    seen = forms.TextField(required=False, max_length=400, strip=False, widget=HiddenInput)
    telephone = forms.TelephoneField(label="Telephone number", required=False)
    out_of_hours_telephone = forms.TelephoneField(
        label="Out of hours telephone number",
        hint="What is rung at night, at weekends and on bank holidays.",
        required=False,
    )


class CorrectPostForm(NumbersForm):
    """How a post is rung, and how its holder's name is spelt."""

    holder_name = forms.TextField(label="Name", max_length=200, required=False)
    field_order = ("seen", "holder_name", "telephone", "out_of_hours_telephone")

    def __init__(self, *, held: Post, **kwargs: Any) -> None:
        """Show what stands; the name of somebody who uses the portal is their account's."""
        super().__init__(**kwargs)
        if held.user_id:
            del self.fields["holder_name"]


class StandInForm(forms.Form):
    """Who stands in for a post's holder, and for how long."""

    person = forms.ChoiceField(
        label="Who stands in?",
        hint="Someone who uses the portal. Otherwise write the name below.",
        as_select=True,
        required=False,
    )
    holder_name = forms.TextField(label="Name of somebody else", max_length=200, required=False)
    telephone = forms.TelephoneField(label="Telephone number", required=False)
    out_of_hours_telephone = forms.TelephoneField(label="Out of hours telephone number", required=False)
    starts_on = forms.DateField(label="From which day?")
    last_day = forms.DateField(label="Until the end of which day?")

    def __init__(self, *, people: Choices, today: date, **kwargs: Any) -> None:
        """Offer the body's people."""
        super().__init__(**{"initial": {"starts_on": today}, **kwargs})
        _offer(self, people)

    @property
    def ends_on(self) -> date:
        """The first day on which they stand in no more."""
        last: date = self.cleaned_data["last_day"]
        return date.fromordinal(last.toordinal() + 1)


class MetForm(forms.Form):
    """When the inspectorate met a new Director."""

    met_on = forms.DateField(label="On which day did they meet?", hint="In person or by call.")
