"""The pages of meetings: convening, answering, and the record of what was held."""

from typing import Any, ClassVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from access.models import Record
from access.principal import OWN_BODY, Place
from access.sight import visible_to
from access.views import FormPage, RecordFormPage, RecordPage
from accounts.models import User
from meetings import forms, rules
from meetings.entries import PUBLISH, entry
from meetings.models import Invitation, Meeting, Proceedings
from meetings.operations import (
    answer_invitation,
    cancel_meeting,
    convene_meeting,
    correct_proceedings,
    invite_people,
    move_meeting,
    participants_of,
    proceedings_of,
    record_call_held,
    record_meeting_held,
)

Answer = Invitation.Answer


def place_of(of: Record) -> Place:
    """Return where the roles of a matter's meetings are held; what is no place has no meetings (404)."""
    thing: Any = of.sighted
    if not hasattr(thing, "roles_of"):
        raise Http404
    place: Place = thing
    return place


def matter_in_sight(by: Any, of: Record) -> Any:
    """Return the thing a meeting is held for, where the reader sees it."""
    seen = visible_to(by, Record.objects.filter(pk=of.pk)).first()
    return seen.sighted if seen else None


class MeetingPage(RecordPage):
    """One meeting: when, where, who comes; once it was held, its record."""

    permission = "meeting.read"
    template = "meetings/detail.jinja"
    kind = Meeting

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return its parts."""
        meeting: Meeting = self.thing
        invitations = list(
            meeting.invitations.filter(sequence=meeting.sequence)
            .select_related("user", "agency")
            .order_by("agency__name", "user__full_name")
        )
        versions = list(meeting.proceedings.select_related("recorded_by", "recorded_for").order_by("-number"))
        held = versions[0] if versions else None
        return {
            "matter": matter_in_sight(self.by, meeting.of),
            "status": rules.STATUS_WORDS[meeting.status],
            "how": rules.HOW,
            "essential": [
                one.agency
                for one in meeting.essential_bodies.select_related("agency").order_by("agency__name")
            ],
            "invited": [
                [one.user.full_name, one.agency.name, Answer(one.answer).label] for one in invitations
            ],
            "mine": next((one for one in invitations if one.user_id == self.by.user_id), None),
            "answer_words": dict(Answer.choices),
            "held": held,
            "attendance": _attendance(held) if held else [],
            "decisions": [one.text for one in held.decisions.all()] if held else [],
            "earlier": versions[1:],
            "buttons": self._buttons(meeting),
        }

    def _buttons(self, meeting: Meeting) -> list[tuple[str, str, str]]:
        """Return the deeds that this person may do now: their words, page and look."""
        place = place_of(meeting.of)
        scheduled, held = meeting.status == rules.SCHEDULED, meeting.status == rules.HELD
        convenes = scheduled and self.by.may("summit.convene", at=place)
        records = self.by.may("summit.record", at=place)
        offered = [
            (records and scheduled, ("Record that it was held", "record", "")),
            (convenes, ("Change the time or place", "move", "secondary")),
            (convenes, ("Invite those called since", "invite", "secondary")),
            (convenes, ("Cancel it", "cancel", "secondary")),
            (records and held, ("Correct the record", "correct", "secondary")),
        ]
        return [button for may, button in offered if may]


def _attendance(held: Proceedings) -> list[list[str]]:
    """Return who took part, as rows of words."""
    rows = held.attendance.select_related("agency", "user").order_by(
        "agency__name", "name", "user__full_name"
    )
    return [
        [
            one.agency.name,
            (one.user.full_name if one.user else one.name) or "Nobody",
            rules.PRESENCES[one.presence],
        ]
        for one in rows
    ]


class CalendarPage(RecordPage):
    """The meeting as a file for one's own calendar."""

    permission = "meeting.read"
    kind = Meeting

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give the file, in the neutral words that calendars carry."""
        self.log_reading()
        meeting: Meeting = self.thing
        told = meeting.invitations.order_by("-sequence", "-recorded_at").values_list("recorded_at", flat=True)
        text = entry(
            meeting,
            method=PUBLISH,
            attendee="",
            stamped_at=told.first() or meeting.record.recorded_at,
        )
        return HttpResponse(
            text,
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
        )


class AnswerPage(RecordFormPage):
    """Say whether one is coming."""

    permission = "meeting.answer"
    template = "meetings/answer.jinja"
    kind = Meeting
    form_class = forms.AnswerForm

    def place(self) -> Place:
        """Return one's own body: the operation asks whether one was invited."""
        return OWN_BODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the question."""
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> str:
        """Answer, for the time that was on the screen."""
        answer_invitation(
            by=self.by,
            now=self.now,
            meeting=self.thing,
            sequence=_number(self.request.POST.get("sequence", "")),
            answer=form.cleaned_data["answer"],
        )
        messages.success(self.request, "Your answer is kept.")
        return str(self.thing.get_absolute_url())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1


class MatterPage(FormPage):
    """Base of the pages on which a meeting is made for a matter."""

    abstract = True
    of: Record

    def find(self) -> None:
        """Fetch the matter, if it is in sight."""
        found = visible_to(self.by, Record.objects.filter(pk=self.kwargs["of"])).first()
        if found is None:
            raise Http404
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


class ChangePage(RecordFormPage):
    """Base of the pages on which whoever convenes or records changes a meeting."""

    abstract = True
    kind = Meeting
    given: ClassVar[str] = rules.SCHEDULED
    done: ClassVar[str]
    form_class: ClassVar[type[BaseForm]]

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
        return _number(self.request.POST.get("seen", ""))


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
