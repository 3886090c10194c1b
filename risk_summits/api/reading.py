"""Reading risk summits."""

from typing import Any

from django.db.models import QuerySet

from access.api import Choice, Key, Listing, One, facts_of
from access.api.endpoints import AboutOne, PageOf
from access.finding import the
from access.sight import visible_to
from audit.operations import record_reading
from risk_summits.api import shown
from risk_summits.models import RiskSummit, Room
from risk_summits.operations.entering import ROOMS
from risk_summits.rules import stages
from risk_summits.showing import parts, timeline, voices
from risk_summits.showing.held import Held


class SummitFilters(PageOf):
    """What narrows the list of summits."""

    status = Choice(list(stages.TRANSITIONS), required=False)
    provider = Key(required=False)
    qsg = Key(required=False, help_text="The group that leads.")


class ListSummits(Listing):
    """The summits whose headline you see, the one called last first."""

    path = "risk-summits/"
    permission = "summit.read"
    shows = shown.SummitLine
    filters = SummitFilters
    moment = "record__happened_at"

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        summits = RiskSummit.objects.filter(**self.narrowing("status", "provider", qsg="home"))
        return visible_to(self.by, summits).select_related("record__owner", "provider", "home", "convenor")

    def told(self, thing: RiskSummit) -> Any:
        """Return its headline."""
        return shown.line_of(thing)


class ReadSummit(One):
    """One summit: its headline, and its room if you are in it."""

    path = "risk-summits/<uuid:id>/"
    permission = "summit.read"
    kind = RiskSummit
    related = ("provider", "home", "convenor")
    shows = shown.SummitShown

    def told(self, thing: RiskSummit) -> Any:
        """Return the headline, and the room where it is in sight."""
        room = visible_to(self.by, ROOMS.filter(summit=thing.pk)).first()
        if room is None:
            return {**shown.line_of(thing), "room": None}
        record_reading(by=self.by, now=self.now, page="api.Room", shown=[room.pk])
        held = Held(room, self.by, self.now)
        return {
            **shown.line_of(thing),
            "room": facts_of(shown.RoomShown, room, record=room.pk, stage=held.stage, lead=room.holding()),
        }


class InRoom(AboutOne):
    """Base of whatever is about one room, named by its summit's ``id``: only for those in it."""

    abstract = True
    kind = Room
    thing: Room

    def find(self) -> None:
        """Fetch the room, if the caller is in it."""
        self.thing = the(visible_to(self.by, ROOMS).filter(summit_id=self.ids["id"]))


class PartOfRoom(InRoom, One):
    """Base of what stands in a room."""

    abstract = True
    permission = "summit.read"

    @property
    def held(self) -> Held:
        """What the room holds, for the one who asks."""
        return Held(self.thing, self.by, self.now)


class ReadViews(PartOfRoom):
    """What the bodies say: before the reveal your own body's, and who has spoken."""

    path = "risk-summits/<uuid:id>/views/"
    shows = shown.ViewsShown

    def told(self, thing: Room) -> Any:
        """Return the views in sight."""
        found = voices.views_of(self.held)
        rows = [
            facts_of(shown.ViewShown, one.row, id=one.row.pk, stated_at=one.row.record.happened_at)
            for one in found.shown
        ]
        return {
            "revealed_at": found.revealed_at,
            "views": rows,
            "spoken": found.spoken,
            "silent": found.silent,
        }


class ReadJudgements(PartOfRoom):
    """What was judged, by the group and by bodies for themselves."""

    path = "risk-summits/<uuid:id>/judgement/"
    shows = shown.JudgementsShown

    def told(self, thing: Room) -> Any:
        """Return the judgements."""
        return {"judgements": self.held.judgements}


class ReadRing(PartOfRoom):
    """Who leads the response, and how that came about."""

    path = "risk-summits/<uuid:id>/ring/"
    shows = shown.RingShown

    def told(self, thing: Room) -> Any:
        """Return who led when."""
        held = self.held
        return facts_of(shown.RingShown, held)


class ReadParticipants(PartOfRoom):
    """Who was called, who is in the room, and whom the alert has reached."""

    path = "risk-summits/<uuid:id>/participants/"
    shows = shown.ParticipantsShown

    def told(self, thing: Room) -> Any:
        """Return the bodies and the people."""
        held = self.held
        bodies = {one.agency_id: one.agency for one in held.called}
        people = [
            {"person": held.user(user), "agency": bodies[agency]}
            for user, agency in held.here
            if agency in bodies
        ]
        return {"called": held.called, "people": people, "alerts": held.alerts}


class ReadKnowledge(PartOfRoom):
    """What is known in the room."""

    path = "risk-summits/<uuid:id>/known/"
    shows = shown.KnowledgeShown

    def told(self, thing: Room) -> Any:
        """Return what became known, and what was put before the room and is in sight."""
        held = self.held
        tabled = [one["row"] for one in parts.tabled_of(held)]
        return {"known": held.known, "dangers": held.dangers, "tabled": tabled}


class ReadImpacts(PartOfRoom):
    """What CQC asked that a step would do, and each body's answer."""

    path = "risk-summits/<uuid:id>/impacts/"
    shows = shown.ImpactsShown

    def told(self, thing: Room) -> Any:
        """Return them."""
        return {"impacts": self.held.impacts}


class ReadClosing(PartOfRoom):
    """What stands between the room and its end, and the provider's part."""

    path = "risk-summits/<uuid:id>/closing/"
    shows = shown.ClosingShown

    def told(self, thing: Room) -> Any:
        """Return the gates, criteria, and what passed with the provider."""
        held = self.held
        newest = {one.gate: one.answer for one in held.gate_answers}
        gates = [
            {"gate": gate, "answer": newest.get(gate, ""), "lacks": lacks}
            for gate, lacks in held.gates.items()
        ]
        return facts_of(shown.ClosingShown, held, gates=gates)


class ReadTimeline(PartOfRoom):
    """What happened in the room, the newest first."""

    path = "risk-summits/<uuid:id>/timeline/"
    shows = shown.TimelineShown

    def told(self, thing: Room) -> Any:
        """Return the entries."""
        blank = {"by": "", "text": ""}
        return {"entries": [{**blank, **one} for one in timeline.timeline_of(self.held)]}
