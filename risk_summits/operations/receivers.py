"""Who is meant by the receivers' names in the steps of a summit's clocks (``clock_steps``).

Only people who see the record are told: those listed for the room; for the alerts about the
headline, the cleared seat-holder the alert is for.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from agencies.models import PostCode, Seat, SeatKind
from agencies.stand_ins import holders_of
from clocks.models import Clock
from clocks.registry import Together
from notifications.models import Message
from risk_summits.models import Room
from risk_summits.operations.people import (
    called_bodies,
    cleared_holders,
    lead_bodies,
    listed,
    listed_at,
    running,
    seats_of,
)
from risk_summits.operations.stating import spoken
from risk_summits.operations.telling import SUMMITS


def _room(clock: Clock) -> Room:
    rooms = Room.objects.select_related("record", "summit__home__team", "summit__convenor")
    found = rooms.filter(pk=clock.record_id).first()
    return found or rooms.get(summit_id=clock.record_id)


def participants(clock: Clock, now: datetime) -> list[UUID]:
    """Return everyone listed for the room."""
    return list(dict.fromkeys(user for user, _ in listed(_room(clock).pk)))


def those_who_lead(clock: Clock, now: datetime) -> list[UUID]:
    """Return the people, in the room, of the body that convenes or leads now."""
    room = _room(clock)
    return listed_at(room.pk, [room.holding().agency_id])


def chair(clock: Clock, now: datetime) -> list[UUID]:
    """Return who chairs the home group, and is in the room."""
    return running(_room(clock), SeatKind.CHAIR, now)


def secretariat(clock: Clock, now: datetime) -> list[UUID]:
    """Return the home group's secretariat in the room."""
    return running(_room(clock), SeatKind.SECRETARIAT, now)


def regional_team(clock: Clock, now: datetime) -> list[UUID]:
    """Return the people in the room of the tier above NHS England's team."""
    room = _room(clock)
    return listed_at(room.pk, [room.summit.home.team.parent_id])


def regional_director(clock: Clock, now: datetime) -> list[UUID]:
    """Return the regional director in the room; without one, the tier's people there."""
    room = _room(clock)
    tier = room.summit.home.team.parent_id
    people = listed_at(room.pk, [tier])
    held = set(holders_of(tier, [PostCode.REGIONAL_DIRECTOR], now)) if tier else set()
    return [user for user in people if user in held] or people


def bodies_silent(clock: Clock, now: datetime) -> list[UUID]:
    """Return the people of the bodies called that have stated no view."""
    room = _room(clock)
    silent = {one.agency_id for one in called_bodies(room) if one.speaks} - spoken(room)
    return listed_at(room.pk, silent)


def bodies_proposed(clock: Clock, now: datetime) -> list[UUID]:
    """Return the people of the bodies that proposed a lead, or were proposed."""
    room = _room(clock)
    offers = room.ringoffers.filter(declined_at=None)
    return listed_at(
        room.pk, {one for pair in offers.values_list("agency_id", "by_agency_id") for one in pair}
    )


def body_asked(clock: Clock, now: datetime) -> list[UUID]:
    """Return the people of the body that the clock waits for."""
    return listed_at(clock.record_id, [clock.responsible_agency_id])


def cqc(clock: Clock, now: datetime) -> list[UUID]:
    """Return CQC's people in the room."""
    room = _room(clock)
    return listed_at(room.pk, [one.agency_id for one in called_bodies(room) if one.agency.kind == "cqc"])


def deciders(clock: Clock, now: datetime) -> list[UUID]:
    """Return the two who decided to keep the summit from the provider, as far as they are in the room."""
    room = _room(clock)
    here = set(participants(clock, now))
    held = room.withholdings.filter(ended_at=None, agreed_at__isnull=False).values_list(
        "by_id", "agreed_by_id"
    )
    return [user for pair in held for user in pair if user in here]


# The alert: of a body called (the room), or of one cleared seat-holder (the headline)


class _About:
    """What is asked of a room by the alerts of bodies, of its headline by those of seat-holders: each looked up once."""

    def __init__(self, clock: Clock, now: datetime) -> None:
        self._clock, self._now = clock, now

    @cached_property
    def room(self) -> Room:
        return _room(self._clock)

    @cached_property
    def here(self) -> list[tuple[UUID, UUID]]:
        """Everyone listed for the room, with their body."""
        return listed(self._clock.record_id)

    @cached_property
    def seats(self) -> list[Seat]:
        return list(seats_of(self.room.summit.home, self._now))

    @cached_property
    def cleared(self) -> list[UUID]:
        return cleared_holders(self.room.summit, self._now)

    @cached_property
    def leads(self) -> dict[UUID, set[UUID]]:
        headline = self._clock.responsible_person_id is not None
        return lead_bodies(self.cleared if headline else [user for user, _ in self.here], self._now)

    @cached_property
    def calls_together(self) -> list[UUID]:
        """Who calls the bodies together, in the room: for a body called whoever leads now.

        A seat-holder's alert hangs on the headline, which names the body that convened and not who leads since.
        """
        if self._clock.responsible_agency_id:
            return those_who_lead(self._clock, self._now)
        return listed_at(self.room.pk, [self.room.summit.convenor_id])

    def told(self, clock: Clock) -> list[UUID]:
        """Return who an alert is for: the seat-holder, or the body's people in the room."""
        if clock.responsible_person_id:
            return [clock.responsible_person_id]
        return [user for user, agency in self.here if agency == clock.responsible_agency_id]

    def bodies(self, clock: Clock) -> set[UUID | None]:
        """Return the bodies an alert is for: the one called, or those the seat-holder sits for."""
        if not clock.responsible_person_id:
            return {clock.responsible_agency_id}
        return {seat.agency_id for seat in self.seats if seat.user_id == clock.responsible_person_id}

    def those_at(self, clock: Clock) -> list[UUID]:
        """Return who else of these bodies sees what the alert is about: in the room, or with a cleared seat."""
        others = self.cleared if clock.responsible_person_id else [user for user, _ in self.here]
        return [user for user in others if user != clock.responsible_person_id]


def _alerts(who: Callable[[_About, Clock], list[UUID]]) -> Together:
    """Return what a name means for several alerts, from what it means for one."""

    def meant(clocks: Sequence[Clock], now: datetime) -> dict[UUID, list[UUID]]:
        about = {clock.record_id: _About(clock, now) for clock in clocks}
        return {clock.pk: who(about[clock.record_id], clock) for clock in clocks}

    return meant


def _their_leads(about: _About, clock: Clock) -> list[UUID]:
    """Return the body's leads among those the alert is for; all of these where it has none there."""
    told = about.told(clock)
    if clock.responsible_person_id:
        return told
    return [one for one in told if clock.responsible_agency_id in about.leads.get(one, ())] or told


def _deputies(about: _About, clock: Clock) -> list[UUID]:
    """Return the deputies who see what the alert is about: of the body called, or of the seat-holder."""
    bodies, sees = about.bodies(clock), about.those_at(clock)
    held = [one for one in about.seats if one.kind == SeatKind.DEPUTY and one.agency_id in bodies]
    return list(dict.fromkeys(one.user_id for one in held if one.user_id in sees))


def _agency_leads(about: _About, clock: Clock) -> list[UUID]:
    """Return the body's leads who see what the alert is about; else those who call the bodies together."""
    bodies = about.bodies(clock)
    found = [one for one in about.those_at(clock) if bodies & about.leads.get(one, set())]
    return list(dict.fromkeys(found)) or about.calls_together


def alert_words(message: Message, said: str) -> str:
    """Return what an alert says to a seat-holder who only hears of the summit: whoever is called is told that."""
    if said != "start" or message.record_id is None:
        return ""
    summit = message.facts[SUMMITS, message.record_id]
    if summit is None:
        return ""
    called = (
        one.user_id == message.recipient_id and one.ended_at is None
        for one in summit.room.record.listings.all()
    )
    return "" if any(called) else HEARS


HEARS = "A risk summit is open. Say that you have read this by {when}: {left}."

COMMON = {
    "ring-holder": those_who_lead,
    "convenor": those_who_lead,
    "owner": those_who_lead,
    "chair": chair,
    "secretariat": secretariat,
    "regional team": regional_team,
    "regional director": regional_director,
    "every participant": participants,
    "participants": participants,
}
"""What the names mean in every family that belongs to a summit."""

ALERT = {
    "seat-holders": _alerts(_About.told),
    "their body's lead": _alerts(_their_leads),
    "deputy": _alerts(_deputies),
    "agency lead": _alerts(_agency_leads),
    "convenor": _alerts(lambda about, clock: about.calls_together),
}
"""What they mean for the alerts, of which a whole room and a whole group take a step at once."""
