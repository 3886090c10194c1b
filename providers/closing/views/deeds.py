"""A page for each deed on a plan."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages

from access.finding import the
from access.principal import OWN_BODY, Place
from access.views import RecordFormPage, version_in
from providers.closing import forms, rules
from providers.closing.operations import (
    audiences_near,
    change_plan,
    confirm_by_telephone,
    confirm_reading,
    decide_plan,
    drop_council,
    end_place,
    note_plan,
    share_plan,
    tell_councils,
)
from providers.models import AlternativePlace, ClosurePlan, PlacingCouncil
from timekeeping.london import london_day


class DeedPage(RecordFormPage):
    """Base of the pages of one deed: its words, the version that it shows, and its operation."""

    abstract = True
    permission = "closing.keep"
    template = "providers/deed.jinja"
    kind = ClosurePlan
    thing: ClosurePlan
    form_class: type[forms.DeedForm] = forms.YesForm
    heading: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    intro: ClassVar[str] = ""
    look: ClassVar[str] = ""
    over: ClassVar[bool] = False
    operation: ClassVar[Callable[..., ClosurePlan]]

    def find(self) -> None:
        """Fetch the plan, and say when it is too late for this."""
        super().find()
        if not self.over and self.by.may(self.permission, at=self.place()):
            rules.check_open(self.thing.state)

    def context(self) -> dict[str, Any]:
        """Return the words of the page."""
        return {
            "heading": self.heading,
            "button": self.button,
            "intro": self.intro,
            "look": self.look,
            "seen": self.had_seen(self.thing.version),
            "back": ("Back to the plan", self.thing.get_absolute_url()),
        }

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return what the operation is told besides who, when and which."""
        seen = version_in(self.request.POST.get("seen", ""))
        return {"seen": seen, "decided": form.decided, **form.said()}

    def perform(self, form: Any) -> str:
        """Do it, and go back to the plan."""
        type(self).operation(by=self.by, now=self.now, plan=self.thing, **self.arguments(form))
        messages.success(self.request, self.done)
        return self.thing.get_absolute_url()


class UnguardedPage(DeedPage):
    """Base of the pages on which no free words are typed."""

    abstract = True

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return what the operation is told, without decisions about words."""
        told = super().arguments(form)
        del told["decided"]
        return told


class ChangePage(DeedPage):
    """Change what a plan says."""

    permission = "closing.keep"
    form_class = forms.ChangeForm
    heading = "Change the plan"
    button = "Save the change"
    done = "The plan is changed. The councils that were told are told of it."
    operation = change_plan

    def form_kwargs(self) -> dict[str, Any]:
        """Return the plan as it stands."""
        return {"plan": self.thing}


class SharePage(UnguardedPage):
    """Share a plan with groups and bodies that the provider concerns."""

    permission = "closing.keep"
    form_class = forms.ShareForm
    heading = "Share the plan further"
    button = "Share it"
    done = "It is shared."
    intro = "A council that places people there sees the plan once you name it."
    operation = share_plan

    def form_kwargs(self) -> dict[str, Any]:
        """Return those whom the provider concerns."""
        near = audiences_near(self.thing.provider, self.now, besides=self.by.agency_id)
        return {"near": {mark: one.words for mark, one in near.items()}}


class TellPage(UnguardedPage):
    """Tell every council that was not told yet, in one step."""

    permission = "closing.keep"
    heading = "Tell the councils"
    button = "Tell them now"
    done = "They are told. Each is asked to confirm that it has read the plan."
    operation = tell_councils

    def context(self) -> dict[str, Any]:
        """Return whom it tells."""
        names = [one.agency.name for one in self.thing.councils.select_related("agency") if not one.told_at]
        words = f"Told now: {', '.join(names)}." if names else "Every council that is named was told already."
        return {
            **super().context(),
            "intro": f"{words} Each has one working day to confirm that it has read the plan; who has not is chased.",
        }


class _OfCouncil(DeedPage):
    """Base of the deeds about one council of a plan."""

    abstract = True
    council: PlacingCouncil

    def find(self) -> None:
        """Fetch the council."""
        super().find()
        self.council = the(self.thing.councils.select_related("agency").filter(agency=self.kwargs["agency"]))

    def context(self) -> dict[str, Any]:
        """Return which council."""
        number = self.council.agency.telephone
        ring = f" Its number: {number}." if number else ""
        return {**super().context(), "intro": f"{self.council.agency.name}. {self.intro}{ring}"}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return which council, besides the rest."""
        return {**super().arguments(form), "agency": self.council.agency_id}


class DropPage(_OfCouncil, UnguardedPage):
    """Take a council off that was named by mistake."""

    permission = "closing.keep"
    heading = "Take this council off"
    button = "Take it off"
    done = "It is taken off. The timeline keeps that it was named."
    look = "warning"
    operation = drop_council

    @property
    def intro(self) -> str:  # type: ignore[override]
        """What it will mean. It may see the plan for another reason too: shared with it or its group, or its own."""
        sees = (
            "It does not see the plan any more for having been named."
            if self.council.share_id
            else "Whether it sees the plan does not change: it saw it before it was named."
        )
        return f"{sees} The timeline keeps that it was named."


class RungPage(_OfCouncil):
    """Record that a council was rung."""

    permission = "closing.keep"
    form_class = forms.RungForm
    heading = "Record that the council was told by telephone"
    button = "Record the call"
    done = "The call is recorded as the council's receipt."
    operation = confirm_by_telephone


class ReadPage(DeedPage):
    """Confirm that one's own council has read the plan."""

    permission = "closing.confirm"
    heading = "Confirm that your council has read this plan"
    button = "We have read it"
    done = "It is confirmed."
    intro = "Those who made the plan see that your council has read it, by whom and when."
    operation = confirm_reading

    def place(self) -> Place:
        """Return one's own body: each council confirms for itself."""
        return OWN_BODY

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return nothing more: it is the own council's yes, whatever changed meanwhile."""
        return {}


class EndPlacePage(UnguardedPage):
    """Say that places are no longer offered."""

    permission = "closing.keep"
    heading = "These places are no longer offered"
    button = "Take them off"
    done = "They are taken off. The timeline keeps that they were offered."
    look = "warning"
    operation = end_place
    held: AlternativePlace

    def find(self) -> None:
        """Fetch the places."""
        super().find()
        held = self.thing.places.select_related("provider").filter(pk=self.kwargs["place"], ended_at=None)
        self.held = the(held)

    def context(self) -> dict[str, Any]:
        """Return which places."""
        return {**super().context(), "intro": f"{self.held.provider.name}: {self.held.places}."}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return which places, besides the rest."""
        return {**super().arguments(form), "place": self.held.pk}


class StatePage(DeedPage):
    """Say that a plan is agreed, carried out, ended or withdrawn."""

    permission = "closing.decide"
    form_class = forms.StateForm
    heading = "Say what becomes of the plan"
    button = "Save this"
    done = "It is saved. The councils that were told are told of it."
    operation = decide_plan

    def form_kwargs(self) -> dict[str, Any]:
        """Return how it stands."""
        return {"state": self.thing.state, "initial": {"on": london_day(self.now)}}


class NotePage(DeedPage):
    """Note what happened."""

    permission = "closing.keep"
    form_class = forms.NoteForm
    heading = "Note what happened"
    button = "Save the note"
    done = "The note is in the timeline."
    over = True
    operation = note_plan

    def form_kwargs(self) -> dict[str, Any]:
        """Return today."""
        return {"initial": {"on": london_day(self.now)}}
