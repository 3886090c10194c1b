"""A new Director's meeting with the inspectorate: its deadline, and the day on which they met (ADASS 14, l.29)."""

from typing import Any

from access.principal import OWN_BODY, Place
from access.sight import visible_to
from access.views import RecordFormPage, RecordPage
from agencies.contacts.forms import MetForm
from agencies.contacts.leads import inspectors
from agencies.contacts.models import DirectorMeeting
from agencies.contacts.operations import record_meeting
from clocks.models import Clock
from clocks.showing import look_of
from timekeeping.london import london_day


class MeetingPage(RecordPage):
    """Who is new where, who of the inspectorate looks after the place, by when they are to meet, and when they did."""

    permission = "clock.read"
    template = "agencies/director_meeting.jinja"
    kind = DirectorMeeting
    thing: DirectorMeeting

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """The post, the inspectors with their numbers, and the deadline."""
        meeting = self.thing
        clocks = visible_to(self.by, Clock.objects.filter(record=meeting.record), through="record")
        clock = clocks.order_by("-started_at", "-pk").first()
        return {
            "held": meeting.post,
            "inspectors": inspectors(meeting.inspectorate_id, meeting.post.agency_id, london_day(self.now)),
            "clock": clock,
            "look": look_of(clock, self.now) if clock else None,
            "may_meet": bool(clock and clock.is_open) and self.by.may("director.meet", at=meeting),
        }


class MetPage(RecordFormPage):
    """The day on which they met."""

    permission = "director.meet"
    template = "agencies/director_met.jinja"
    kind = DirectorMeeting
    thing: DirectorMeeting
    form_class = MetForm

    def place(self) -> Place:
        """Return the meeting: either body says when it was."""
        return self.thing

    def perform(self, form: Any) -> str:
        """Write it down."""
        record_meeting(by=self.by, now=self.now, meeting=self.thing, met_on=form.cleaned_data["met_on"])
        return self.thing.get_absolute_url()
