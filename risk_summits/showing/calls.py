"""The call list: who must be reached, their numbers, and who was, here or by telephone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from agencies.models import Agency
from clocks.models import Clock
from notifications.models import Message
from risk_summits.models import CalledBody, PhoneCall
from risk_summits.showing.held import Held


@dataclass
class Person:
    """One person on the call list."""

    name: str
    number: str
    acknowledged_at: datetime | None = None
    told_at: datetime | None = None


@dataclass
class CallLine:
    """One line of the call list: a body called, or a seat-holder of the group."""

    clock: Clock
    name: str
    called: CalledBody | None = None
    number: str = ""
    people: list[Person] = field(default_factory=list)
    phone: PhoneCall | None = None

    @property
    def agency(self) -> Agency | None:
        """The body, if it is one."""
        return self.called.agency if self.called else None

    @property
    def reached(self) -> bool:
        """Whether somebody has acknowledged, or was told by phone."""
        return self.clock.met_at is not None

    @property
    def ended(self) -> bool:
        """Whether nobody waits for this any more: the summit has ended."""
        return not self.reached and not self.clock.is_open

    @property
    def how(self) -> str:
        """Say how it was reached."""
        if not self.reached:
            return ""
        if self.clock.met_how == "called_it":
            return "Called the summit"
        if self.phone:
            return f"{self.phone.whom} was told by phone"
        return "Reached"

    @property
    def at(self) -> datetime | None:
        """When it was reached."""
        return self.phone.happened_at if self.phone and self.reached else self.clock.met_at

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """The numbers to ring: the body's own, out of hours, and its people's; each (whose, number)."""
        own = [(self.name, self.number)]
        if self.called:
            body = self.called.agency
            own = [("Switchboard", body.telephone), ("Out of hours", body.out_of_hours_telephone)]
        known = {number for _, number in own}
        people = [(one.name, one.number) for one in self.people if one.number not in known]
        return [(whose, number) for whose, number in [*own, *people] if number]


def call_list(held: Held) -> list[CallLine]:
    """Return who must be reached, of each body called: those not reached first."""
    clocks = {one.responsible_agency_id: one for one in held.alerts if one.responsible_agency_id}
    people = _people(held)
    phones = _phones(held)
    lines = [
        CallLine(
            clock=clocks[one.agency_id],
            name=one.agency.name,
            called=one,
            people=people.get(one.agency_id, []),
            phone=phones.get(clocks[one.agency_id].pk),
        )
        for one in held.called
        if one.agency_id in clocks
    ]
    return sorted(lines, key=lambda one: (one.reached, one.name))


def seats_told(held: Held) -> list[CallLine]:
    """Return the group's seat-holders who hear of the headline: those not reached first."""
    clocks = [one for one in held.alerts if one.responsible_person]
    phones = _phones(held)
    lines = [
        CallLine(
            clock=one,
            name=one.responsible_person.full_name,
            number=held.telephones.get(one.responsible_person.pk, ""),
            phone=phones.get(one.pk),
        )
        for one in clocks
        if one.responsible_person
    ]
    return sorted(lines, key=lambda one: (one.reached, one.name))


def _phones(held: Held) -> Mapping[UUID, PhoneCall]:
    return {one.clock_id: one for one in held.phone_calls}


def _people(held: Held) -> dict[UUID, list[Person]]:
    """Return the people in the room by body, with whether the alert of a body reached them."""
    bodies = {one.pk for one in held.alerts if one.responsible_agency_id}
    messages: dict[UUID, Message] = {}
    for one in held.alert_messages:
        kept = messages.get(one.recipient_id)
        if one.topic in bodies and (kept is None or (one.reached and not kept.reached)):
            messages[one.recipient_id] = one
    found: dict[UUID, list[Person]] = {}
    for user, agency in held.here:
        message = messages.get(user)
        person = Person(name=held.user(user).full_name, number=held.telephones.get(user, ""))
        if message:
            person.acknowledged_at, person.told_at = message.acknowledged_at, message.told_at
        found.setdefault(agency, []).append(person)
    return found
