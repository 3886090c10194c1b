"""The register of interests: one's own, the word of each year, and what an administrator and a chair may know."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from access.finding import the
from access.principal import Place
from access.views import FormPage, Page
from agencies.interests import operations, rules
from agencies.interests.forms import ConfirmForm
from agencies.interests.reading import Register, of_body, of_group
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.places import PeopleOf
from timekeeping.london import london_day


class InterestsPage(Page):
    """One's own lines of the register, with one's own words, and when the next yearly word is due."""

    permission = "account.own"
    template = "agencies/interests.jinja"

    def context(self) -> dict[str, Any]:
        """The lines, and the last word."""
        at = operations.last_said([self.by.user_id]).get(self.by.user_id) if self.by.user_id else None
        said_on = london_day(at) if at else None
        return {
            "lines": operations.own_interests(self.by, self.now),
            "said_on": said_on,
            "due_on": rules.due_on(said_on),
            "state": rules.state_of(said_on, london_day(self.now)),
            "today": london_day(self.now),
        }


class ConfirmInterests(FormPage):
    """The yearly word: each line still so or over, and no more to declare; without a line, nothing to declare."""

    permission = "account.own"
    template = "agencies/interests_confirm.jinja"
    form_class = ConfirmForm

    def form_kwargs(self) -> dict[str, Any]:
        """One's own lines."""
        self.lines = list(operations.own_interests(self.by, self.now))
        return {"lines": self.lines}

    def context(self) -> dict[str, Any]:
        """Whether there is any line."""
        return {"lines": self.lines}

    def perform(self, form: Any) -> str:
        """Give the word."""
        operations.confirm_interests(by=self.by, now=self.now, over=form.over)
        return reverse("agencies:interests")


class _OthersPage(Page):
    """Others' lines, which are personal: that they were read is written in the log."""

    abstract = True
    template = "agencies/interests_of.jinja"

    def registers(self) -> list[Register]:
        """Return what may be known."""
        raise NotImplementedError

    def about(self) -> dict[str, Any]:
        """Return the words around them."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show them, and write that they were read."""
        registers = self.registers()
        self.read(
            type(self).__name__, shown=[key for one in registers for line in one.lines for key in line.keys]
        )
        return self.page(registers=registers, states=rules.STATES, **self.about())


class BodyInterestsPage(_OthersPage):
    """The register of a body's people, for whoever looks after them."""

    permission = "people.manage"

    def find(self) -> None:
        """Fetch the body."""
        self.agency = the(Agency.objects.filter(pk=self.kwargs["id"]))

    def place(self) -> Place:
        """The body's people."""
        return PeopleOf(self.agency)

    def registers(self) -> list[Register]:
        """Return the register of the body and its people."""
        return of_body(self.agency, self.now)

    def about(self) -> dict[str, Any]:
        """Return whose it is, and who reads it."""
        return {
            "caption": self.agency.name,
            "back": (f"Back to {self.agency}", reverse("agencies:agency", args=[self.agency.pk])),
            "whom": "administrators of this body, and of the portal",
            "here": False,
        }


class GroupInterestsPage(_OthersPage):
    """The register of a group's seat-holders, for its chair: of providers in the group's area, and no others."""

    permission = "interest.see"

    def find(self) -> None:
        """Fetch the group."""
        self.group = the(QualitySurveillanceGroup.objects.filter(pk=self.kwargs["id"]))

    def place(self) -> Place:
        """The group, whose chair reads it."""
        return self.group

    def registers(self) -> list[Register]:
        """Return the register of who sits there."""
        return of_group(self.group, self.now)

    def about(self) -> dict[str, Any]:
        """Return whose it is, and who reads it."""
        return {
            "caption": self.group.name,
            "back": (f"Back to {self.group}", reverse("group", args=[self.group.pk])),
            "whom": "the chair of this group",
            "here": True,
        }
