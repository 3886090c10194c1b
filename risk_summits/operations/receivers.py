"""Who is meant by the receivers' names in the steps of a summit's clocks (``clock_steps``).

Only people who see the record are told: those listed for the room; for the alerts about the
headline, the cleared seat-holder the alert is for.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agencies.models import PostCode, SeatKind
from agencies.stand_ins import holders_of, leads_of
from clocks.models import Clock
from risk_summits.models import Room
from risk_summits.operations.people import (
    called_bodies,
    cleared_holders,
    leads_among,
    listed,
    listed_at,
    running,
    seats_of,
)
from risk_summits.operations.stating import spoken


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
    return listed_at(_room(clock).pk, [clock.responsible_agency_id])


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


def alerted(clock: Clock, now: datetime) -> list[UUID]:
    """Return who the alert is for: the seat-holder, or the body's people in the room."""
    return [clock.responsible_person_id] if clock.responsible_person_id else body_asked(clock, now)


def their_leads(clock: Clock, now: datetime) -> list[UUID]:
    """Return the body's leads among those the alert is for."""
    people = alerted(clock, now)
    if clock.responsible_person_id:
        return people
    return leads_among(people, [UUID(str(clock.responsible_agency_id))], now) or people


def deputies(clock: Clock, now: datetime) -> list[UUID]:
    """Return the deputies who see what the alert is about: of the body called, or of the seat-holder."""
    room = _room(clock)
    held = seats_of(room.summit.home, now).filter(kind=SeatKind.DEPUTY)
    if clock.responsible_person_id:
        return _standing_in(clock, room, held.filter(cleared=True).values_list("agency_id", "user_id"), now)
    here = set(body_asked(clock, now))
    mine = held.filter(agency=clock.responsible_agency_id).values_list("user_id", flat=True)
    return [user for user in dict.fromkeys(mine) if user in here]


def _standing_in(clock: Clock, room: Room, pairs: Iterable[tuple[UUID, UUID]], now: datetime) -> list[UUID]:
    """Return those of these (body, person) who are of a seat-holder's own body."""
    own = set(
        seats_of(room.summit.home, now)
        .filter(user=clock.responsible_person_id)
        .values_list("agency_id", flat=True)
    )
    return [user for agency, user in pairs if agency in own and user != clock.responsible_person_id]


def agency_leads(clock: Clock, now: datetime) -> list[UUID]:
    """Return the body's leads who see what the alert is about; else those who call the bodies together."""
    room = _room(clock)
    if clock.responsible_agency_id:
        here = body_asked(clock, now)
        return leads_among(here, [clock.responsible_agency_id], now) or those_who_lead(clock, now)
    cleared = set(cleared_holders(room.summit.home, now))
    own = seats_of(room.summit.home, now).filter(user=clock.responsible_person_id)
    leads = {user for one in own for user in leads_of(one.agency_id, now)}
    found = sorted((leads & cleared) - {clock.responsible_person_id})
    return found or convenor(clock, now)


def convenor(clock: Clock, now: datetime) -> list[UUID]:
    """Return who calls the bodies together, in the room: for a body called whoever leads now.

    A seat-holder's alert hangs on the headline, which names the body that convened and not who leads since.
    """
    if clock.responsible_agency_id:
        return those_who_lead(clock, now)
    room = _room(clock)
    return listed_at(room.pk, [room.summit.convenor_id])


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
    **COMMON,
    "seat-holders": alerted,
    "their body's lead": their_leads,
    "deputy": deputies,
    "agency lead": agency_leads,
    "convenor": convenor,
}
