"""One meeting: its page, its calendar file, and one's answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from access.principal import OWN_BODY, Place
from access.views import RecordFormPage, RecordPage, version_in
from meetings import forms, rules
from meetings.entries import PUBLISH, entry
from meetings.models import Invitation, Meeting, Proceedings
from meetings.operations import (
    answer_invitation,
    place_of,
)
from meetings.views.matter import matter_in_sight

Answer = Invitation.Answer


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
            sequence=version_in(self.request.POST.get("sequence", "")),
            answer=form.cleaned_data["answer"],
        )
        messages.success(self.request, "Your answer is kept.")
        return str(self.thing.get_absolute_url())
