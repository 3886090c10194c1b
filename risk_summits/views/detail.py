"""The one page of a summit: its headline; and the room, to those in it."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect

from access.principal import OWN_BODY, Place
from access.sight import visible_to
from access.views import RecordPage
from clocks.models import Clock
from clocks.rules.states import OPEN
from providers.levels.operations import groups_to_set
from risk_summits.models import RiskSummit, Room
from risk_summits.operations import acknowledge_alert
from risk_summits.operations.alerting import FAMILY, waiting_alerts
from risk_summits.rules import calling, stages
from risk_summits.showing import calls, clocks, deeds, leading, parts, timeline, voices
from risk_summits.showing.held import Held


class HeadlinePage(RecordPage):
    """Base of the pages about one summit: the headline, and the room if the reader is in it."""

    abstract = True
    kind = RiskSummit
    thing: RiskSummit
    room: Room | None

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def find(self) -> None:
        """Fetch the headline, and the room if the reader is in it."""
        super().find()
        rooms = Room.objects.select_related(
            "record__owner",
            "home_holder",
            "lead_commissioner",
            "summit__record__owner",
            "summit__provider",
            "summit__home",
            "summit__convenor",
        )
        self.room = visible_to(self.by, rooms).filter(summit=self.thing).first()
        if self.room is not None:
            self.thing = self.room.summit

    def log_reading(self) -> None:
        """Write that the headline was opened, and the room where it was."""
        super().log_reading()
        if self.room is not None:
            self.read("Room", shown=[self.room.pk])

    @cached_property
    def held(self) -> Held:
        """What the parts of the room are made from, read once."""
        assert self.room
        return Held(self.room, self.by, self.now)

    def top(self) -> dict[str, Any]:
        """Return what stands on top of the room: the clock, who leads, how far it has come."""
        held = self.held
        shown = clocks.clocks_of(held)
        called = calls.call_list(held)
        return {
            "room": self.room,
            "clocks": shown,
            "large": clocks.large_clock(held, shown),
            "calls": called,
            "unreached": [one for one in called if not one.reached],
            "lead": leading.lead_of(held),
            "strip": clocks.strip(held, called),
            "stage": stages.STAGE_WORDS[held.stage],
            "safety": parts.safety_of(held),
        }


class SummitPage(HeadlinePage):
    """One summit: the headline to those who see it, the room's parts to those in the room."""

    permission = "summit.read"
    template = "risk_summits/headline.jinja"

    def find(self) -> None:
        """Choose the page: the room, or only its headline."""
        super().find()
        if self.room is not None:
            self.template = "risk_summits/room.jinja"

    def context(self) -> dict[str, Any]:
        """Return the headline; and the parts of the room, each only as far as it is in the reader's sight."""
        status = {"status": stages.WORDS[self.thing.status]}
        if self.room:
            return {**status, "waiting": self.held.waiting, **self.parts()}
        alerts = Clock.objects.filter(record=self.thing.pk, family=FAMILY, state__in=OPEN)
        seen = visible_to(self.by, alerts, through="record").values("pk")
        waiting = waiting_alerts(self.by, self.thing).filter(topic__in=seen)
        return {**status, "waiting": waiting.exists()}

    def parts(self) -> dict[str, Any]:
        """Return the parts of the room."""
        held = self.held
        meetings = parts.meetings_shown(held)
        return {
            **self.top(),
            "seats": calls.seats_told(held),
            "concerned": calling.CONCERNED_WORDS[held.room.concerned],
            "known": held.known,
            "tabled": parts.tabled_of(held),
            "views": voices.views_of(held),
            "judgements": voices.judgements_of(held),
            "aims": parts.actions_by_aim(held),
            "meetings": meetings,
            "gates": parts.gates_of(held),
            "criteria": held.criteria,
            "provider": parts.provider_of(held),
            "impacts": parts.impacts_of(held),
            "timeline": timeline.timeline_of(held),
            "may": deeds.deeds_of(held),
            "groups_to_set": [] if held.open else groups_to_set(self.by, self.thing.provider, self.now),
        }


class AsItStandsPage(SummitPage):
    """The record of a summit as it stands at this moment, on one page that prints: nothing on it can be pressed."""

    permission = "summit.read"

    def find(self) -> None:
        """Fetch the room; the headline alone has no record to print."""
        super().find()
        if self.room is None:
            raise Http404

    def context(self) -> dict[str, Any]:
        """Return the same parts, with nothing to do."""
        return {**super().context(), "printed": True, "waiting": False, "may": {}}


class TopPage(HeadlinePage):
    """The top of the room alone, asked for again and again in the background.

    What changed is named by the version, so a reading is written only when there is something
    new to read: until then only the time has passed.
    """

    permission = "summit.read"
    template = "risk_summits/top.jinja"

    def find(self) -> None:
        """Fetch the room."""
        super().find()
        if self.room is None:
            raise Http404

    def log_reading(self) -> None:
        """Write that it was read, when it is not what stood on the screen already."""
        if self.changed:
            super().log_reading()

    @property
    def changed(self) -> bool:
        """Whether the room has changed since the page was made."""
        assert self.room
        return self.request.GET.get("seen", "") != str(self.room.version)

    def context(self) -> dict[str, Any]:
        """Return the top, and whether the rest of the page has changed."""
        return {**self.top(), "changed": self.changed, "seen": self.request.GET.get("seen", "")}


class AcknowledgePage(HeadlinePage):
    """I have this: the alert is acknowledged, by one button."""

    permission = "summit.acknowledge"
    template = "risk_summits/acknowledge.jinja"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Acknowledge what waits, and go to the summit."""
        count = acknowledge_alert(by=self.by, now=self.now, summit=self.thing)
        if count:
            messages.success(request, "Thank you. It is written down that you have this.")
        else:
            messages.info(
                request, "Nothing waited for you here: you had said so already, or were told by telephone."
            )
        return HttpResponseRedirect(self.thing.get_absolute_url())
