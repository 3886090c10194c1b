"""Where the roles of a meeting are held, and making a meeting for a matter."""

from typing import Any

from django.contrib import messages

from access.finding import the
from access.models import Record
from access.principal import Place
from access.sight import visible_to
from access.views import FormPage
from accounts.models import User
from meetings import forms
from meetings.operations import (
    convene_meeting,
    participants_of,
    place_of,
    record_call_held,
)


def matter_in_sight(by: Any, of: Record) -> Any:
    """Return the thing a meeting is held for, where the reader sees it."""
    seen = visible_to(by, Record.objects.filter(pk=of.pk)).first()
    return seen.sighted if seen else None


class MatterPage(FormPage):
    """Base of the pages on which a meeting is made for a matter."""

    abstract = True
    of: Record

    def find(self) -> None:
        """Fetch the matter, if it is in sight."""
        found = the(visible_to(self.by, Record.objects.filter(pk=self.kwargs["of"])))
        self.of = found
        place_of(found)

    def place(self) -> Place:
        """Return the matter."""
        return place_of(self.of)

    def form_kwargs(self) -> dict[str, Any]:
        """Return the matter that the form is about."""
        return {"of": self.of}

    def context(self) -> dict[str, Any]:
        """Return the matter, and who will be told."""
        people = participants_of(self.of)
        names = User.objects.in_bulk([user for user, _ in people])
        return {"matter": self.of.sighted, "people": [names[user].full_name for user, _ in people]}


class ConvenePage(MatterPage):
    """Convene a meeting; everyone in the matter is sent a calendar invitation."""

    permission = "summit.convene"
    template = "meetings/convene.jinja"
    form_class = forms.ConveneForm

    def perform(self, form: Any) -> str:
        """Convene, and go to the meeting."""
        meeting = convene_meeting(
            by=self.by, now=self.now, at=self.place(), of=self.of, decided=form.decided, **form.said()
        )
        messages.success(self.request, "The meeting is convened. Everyone here is invited.")
        return meeting.get_absolute_url()


class RecordCallPage(MatterPage):
    """Record a meeting that nobody convened here: a call, say, held in the evening."""

    permission = "summit.record"
    template = "meetings/record.jinja"
    form_class = forms.CallHeldForm

    def perform(self, form: Any) -> str:
        """Record it, and go to the meeting."""
        said = form.cleaned_data
        meeting = record_call_held(
            by=self.by,
            now=self.now,
            at=self.place(),
            of=self.of,
            purpose=said["purpose"],
            told=form.told(),
            place=said["place"],
            essential=[one.pk for one in said["essential"]],
        )
        messages.success(self.request, "Recorded, with when it was held and when you recorded it.")
        return meeting.get_absolute_url()
