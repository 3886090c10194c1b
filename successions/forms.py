"""The forms of successions."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from nhsuk import forms

Choices = list[tuple[str, str]]
_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class OpenForm(forms.Form):
    """A body that is to close, who takes its place, and on what that rests."""

    on = forms.DateField(
        label="Which is the first day without it?",
        hint="Bodies that close at the end of March are gone from 1 April. This may be a day in the past.",
    )
    proposed = forms.CheckboxesField(label="Who takes its place?", required=False)
    other = forms.ChoiceField(
        label="Another body",
        hint="Where nobody is proposed above, or not the right one.",
        as_select=True,
        required=False,
    )
    why = forms.TextField(
        label="On what does this rest?",
        hint="The order that abolishes the body, or the file that says so.",
        max_length=300,
    )

    def __init__(
        self, *, proposed: Choices, hints: dict[str, str], others: Choices, on: date | None, **kwargs: Any
    ) -> None:
        """Offer what the reference data proposes, with its reason, and every other open body."""
        super().__init__(**{"initial": {"on": on}, **kwargs})
        if proposed:
            self.fields["proposed"].choices = proposed  # type: ignore[attr-defined]
            self.fields["proposed"].choice_hints = hints  # type: ignore[attr-defined]
        else:
            del self.fields["proposed"]
            self.fields["other"].label = "Who takes its place?"
            self.fields["other"].asked = True  # type: ignore[attr-defined]
            self.fields["other"].help_text = "The reference data proposes nobody."
        self.fields["other"].choices = [("", "Choose one"), *others]  # type: ignore[attr-defined]

    @property
    def successors(self) -> list[UUID]:
        """Return the keys of the bodies chosen, those proposed first."""
        given = [*(self.cleaned_data.get("proposed") or []), self.cleaned_data.get("other") or ""]
        return [UUID(one) for one in dict.fromkeys(given) if one]

    def refuse(self, errors: Any) -> None:
        """Put what is wrong with the successors on the field in which they were chosen."""
        field = "proposed" if "proposed" in self.fields and self.cleaned_data.get("proposed") else "other"
        super().refuse({field if name == "successors" else name: said for name, said in errors.items()})


class HandOnForm(forms.Form):
    """To which successor something is offered; of intelligence, what stays."""

    to = forms.ChoiceField(label="To which body?")
    stays = forms.TextAreaField(
        label="What does not go?",
        hint="One a line: the reference of a concern, or the address of its page. Leave this out where everything goes."
        " What stays is seen by nobody at the successor who does not see it by a share.",
        required=False,
    )

    def __init__(self, *, bodies: Choices, whole: bool, **kwargs: Any) -> None:
        """Offer the successors; ask what stays where it goes as a whole."""
        first = {"to": bodies[0][0]} if len(bodies) == 1 else {}
        super().__init__(**{"initial": first, **kwargs})
        self.fields["to"].choices = bodies  # type: ignore[attr-defined]
        if not whole:
            del self.fields["stays"]

    @property
    def lines(self) -> list[str]:
        """Return what was written under what stays, line by line."""
        return [line.strip() for line in self.cleaned_data.get("stays", "").splitlines() if line.strip()]


def key_in(line: str) -> UUID | None:
    """Return the key in the address of a page; None for a line that has none."""
    found = _KEY.search(line)
    return UUID(found[0]) if found else None


class ElsewhereForm(forms.Form):
    """What is offered to nobody as yet, and to which successor it is offered."""

    what = forms.ChoiceField(label="What?")
    to = forms.ChoiceField(label="To which body?")

    def __init__(self, *, things: Choices, chosen: str, bodies: Choices, **kwargs: Any) -> None:
        """Offer what is left, and the successors."""
        super().__init__(**{"initial": {"what": chosen}, **kwargs})
        self.fields["what"].choices = things  # type: ignore[attr-defined]
        self.fields["to"].choices = bodies  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """A yes; of a seat who sits there, of people who goes over, of intelligence who handles what is closed."""

    person = forms.ChoiceField(label="Who sits there?", as_select=True)
    people = forms.CheckboxesField(label="", required=False)

    def __init__(
        self, *, person: Choices | None, people: Choices | None, asks: str, hint: str, **kwargs: Any
    ) -> None:
        """Ask only what is asked of this kind."""
        super().__init__(**kwargs)
        if person is None:
            del self.fields["person"]
        else:
            self.fields["person"].choices = [("", "Choose one"), *person]  # type: ignore[attr-defined]
        if people:
            field: Any = self.fields["people"]
            field.choices, field.label, field.help_text = people, asks, hint
        else:
            del self.fields["people"]


class DeclineForm(forms.Form):
    """A no, and why."""

    reason = forms.TextAreaField(
        label="Why is it declined?",
        hint="Whoever offered it reads this, and finds another taker.",
        max_length=1000,
    )
