"""What whoever convenes or records does to a meeting."""

from typing import Any, ClassVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from access.principal import Place
from access.views import RecordFormPage, version_in
from accounts.models import User
from meetings import forms, rules
from meetings.models import Meeting
from meetings.operations import (
    cancel_meeting,
    correct_proceedings,
    invite_people,
    move_meeting,
    participants_of,
    place_of,
    proceedings_of,
    record_meeting_held,
)


class ChangePage(RecordFormPage):
    """Base of the pages on which whoever convenes or records changes a meeting."""

    abstract = True
    kind = Meeting
    given: ClassVar[str] = rules.SCHEDULED
    done: ClassVar[str]
    form_class: type[BaseForm]

    def place(self) -> Place:
        """Return the matter."""
        return place_of(self.thing.of)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form while it can be done; say why when it cannot."""
        rules.check_follows(self.thing.status, self.given, given=self.given)
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the matter, and the version that the page shows."""
        return {"matter": self.thing.of.sighted, "seen": self.thing.version}

    def change(self, form: Any, **known: Any) -> None:
        """Call the operation."""
        raise NotImplementedError

    def perform(self, form: Any) -> str:
        """Change it, and go back to the meeting."""
        self.change(form, by=self.by, now=self.now, at=self.place(), meeting=self.thing)
        messages.success(self.request, self.done)
        return reverse("meetings:detail", kwargs={"id": self.thing.pk})

    @property
    def seen(self) -> int:
        """The version that was on the screen."""
        return version_in(self.request.POST.get("seen", ""))


class MovePage(ChangePage):
    """Another time or place; everyone invited is sent the change."""

    permission = "summit.convene"
    template = "meetings/move.jinja"
    form_class = forms.MoveForm
    done = "Changed. Everyone invited is sent the change and asked again."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the meeting as it stands."""
        return {"meeting": self.thing}

    def change(self, form: Any, **known: Any) -> None:
        """Move it."""
        move_meeting(seen=self.seen, decided=form.decided, **form.said(), **known)


class CancelPage(ChangePage):
    """Cancel it; everyone invited is told."""

    permission = "summit.convene"
    template = "meetings/cancel.jinja"
    form_class = forms.CancelForm
    done = "Cancelled. Everyone invited is told."

    def change(self, form: Any, **known: Any) -> None:
        """Cancel it."""
        cancel_meeting(seen=self.seen, decided=form.decided, reason=form.cleaned_data["reason"], **known)


class InvitePage(ChangePage):
    """Invite those who were called after the meeting was convened."""

    permission = "summit.convene"
    template = "meetings/invite.jinja"
    form_class = forms.InviteForm
    done = "They are invited."

    def context(self) -> dict[str, Any]:
        """Return who is not invited yet."""
        meeting: Meeting = self.thing
        have = set(meeting.invitations.filter(sequence=meeting.sequence).values_list("user_id", flat=True))
        fresh = [user for user, _ in participants_of(meeting.of) if user not in have]
        names = User.objects.in_bulk(fresh)
        return {**super().context(), "people": [names[user].full_name for user in fresh]}

    def change(self, form: Any, **known: Any) -> None:
        """Invite them."""
        invite_people(**known)


class HeldPage(ChangePage):
    """Record that it was held: now, or late."""

    permission = "summit.record"
    template = "meetings/record.jinja"
    form_class = forms.HeldForm
    done = "Recorded, with when it was held and when you recorded it."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the matter and what the meeting is for."""
        return {"of": self.thing.of, "purpose": self.thing.purpose}

    def change(self, form: Any, **known: Any) -> None:
        """Record it."""
        record_meeting_held(seen=self.seen, told=form.told(), **known)


class CorrectPage(ChangePage):
    """Put another version of the record in force."""

    permission = "summit.record"
    template = "meetings/record.jinja"
    form_class = forms.CorrectForm
    given = rules.HELD
    done = "Corrected. The earlier version stays too."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the record as it stands."""
        held = proceedings_of(self.thing)
        return {"of": self.thing.of, "purpose": self.thing.purpose, "held": held}

    def change(self, form: Any, **known: Any) -> None:
        """Correct it."""
        correct_proceedings(seen=self.seen, told=form.told(), why=form.cleaned_data["why"], **known)
