"""A tiny world told in names: enough to say one example in three lines.

Names stand for identifiers; days are offsets from the base day, a summer's Monday. Whatever is
named comes into being. Every world told is first held to the database's invariants.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.oracle import oracle
from tests.oracle.constraints import problems
from tests.oracle.days import day_starts
from tests.oracle.world import (
    QSG,
    Agency,
    BodyCalled,
    Conflict,
    EmergencyAccess,
    Membership,
    Participant,
    PortalRole,
    Provider,
    QSGMember,
    Record,
    SafeguardingLead,
    Seat,
    Share,
    Succession,
    User,
    Version,
    World,
)

BASE_DAY = date(2026, 6, 15)


def key(name: str) -> UUID:
    """The identifier a name stands for."""
    return uuid5(NAMESPACE_URL, name)


def on(offset: int) -> date:
    """The day so far from the base day."""
    return BASE_DAY + timedelta(days=offset)


def at(offset: int = 0, hour: int = 12) -> datetime:
    """That hour of that London day, as an aware UTC moment."""
    return day_starts(on(offset)) + timedelta(hours=hour)


def days(since: int, until: int | None) -> dict[str, Any]:
    """The fields of a dated row."""
    return {"starts_on": on(since), "ends_on": None if until is None else on(until)}


class Tale:
    """A world in the making, and the questions put to it."""

    def __init__(self) -> None:
        self.world = World(base_day=BASE_DAY, moments=(day_starts(BASE_DAY),))

    def _add(self, **rows: Any) -> None:
        """Adds one row to each field named, unless it stands there already."""
        for name, row in rows.items():
            held = getattr(self.world, name)
            if row not in held:
                self.world = replace(self.world, **{name: (*held, row)})

    def body(self, name: str) -> UUID:
        """An agency."""
        self._add(agencies=Agency(id=key(name), kind="body"))
        return key(name)

    def person(
        self,
        name: str,
        body: str,
        *roles: str,
        since: int = -400,
        until: int | None = None,
        active: bool = True,
    ) -> None:
        """A person at a body, a reader unless told otherwise; told again, a further stint."""
        if not any(user.id == key(name) for user in self.world.users):
            self._add(users=User(id=key(name), active=active))
        for role in roles or ("reader",):
            self._add(
                memberships=Membership(
                    user=key(name), agency=self.body(body), role=role, **days(since, until)
                )
            )

    def portal_role(self, name: str, role: str) -> None:
        """A role at the portal, for a person who may be at no body."""
        self._add(
            users=User(id=key(name)),
            portal_roles=PortalRole(user=key(name), role=role, **days(-400, None)),
        )

    def member(
        self,
        body: str,
        group: str,
        kind: Any = "full",
        since: int = -400,
        until: int | None = None,
        tier: Any = "local",
    ) -> None:
        """A body's membership of a group."""
        self._add(
            qsgs=QSG(id=key(group), tier=tier, region="north"),
            qsg_members=QSGMember(qsg=key(group), agency=self.body(body), kind=kind, **days(since, until)),
        )

    def seat(
        self,
        name: str,
        body: str,
        group: str,
        kind: str = "representative",
        cleared: bool = True,
        since: int = -400,
        until: int | None = None,
    ) -> None:
        """A seat."""
        self._add(
            seats=Seat(
                qsg=key(group),
                user=key(name),
                agency=key(body),
                kind=kind,
                cleared=cleared,
                **days(since, until),
            )
        )

    def conflict(
        self,
        provider: str,
        *,
        body: str | None = None,
        person: str | None = None,
        since: int = -30,
        until: int | None = None,
    ) -> None:
        """A body's or a person's conflict with a provider."""
        self._add(
            providers=Provider(id=key(provider)),
            conflicts=Conflict(
                agency=key(body) if body else None,
                user=key(person) if person else None,
                provider=key(provider),
                **days(since, until),
            ),
        )

    def breaks_glass(self, name: str, body: str, provider: str, hour: int = 11) -> None:
        """Emergency access today, for four hours."""
        starts_at = at(0, hour)
        self._add(
            emergency_accesses=EmergencyAccess(
                user=key(name),
                agency=key(body),
                provider=key(provider),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=4),
            )
        )

    def succeeds(self, body: str, old: str, *exceptions: str, accepted: int = -10) -> None:
        """A body that accepted a predecessor's intelligence."""
        self._add(
            successions=Succession(
                successor=self.body(body),
                predecessor=self.body(old),
                accepted_on=on(accepted),
                exceptions=tuple(map(key, exceptions)),
            )
        )

    def safeguarding_lead(self, name: str, body: str, until: int | None = None) -> None:
        """A post."""
        self._add(safeguarding_leads=SafeguardingLead(agency=key(body), user=key(name), **days(-99, until)))

    def in_the_room(
        self,
        name: str,
        body: str,
        summit: str,
        listed_until: datetime | None = None,
        called_until: datetime | None = None,
        called: bool = True,
    ) -> None:
        """A participant of a summit, at a body called to it unless told otherwise."""
        self._add(
            participants=Participant(
                summit=key(summit),
                user=key(name),
                agency=key(body),
                starts_at=at(-20),
                ends_at=listed_until,
            )
        )
        if called:
            self._add(
                bodies_called=BodyCalled(
                    summit=key(summit), agency=key(body), starts_at=at(-20), ends_at=called_until
                )
            )

    def record(
        self,
        name: str,
        owner: str,
        *,
        about: tuple[str, ...] = ("home",),
        excluded: tuple[str, ...] = (),
        parent: str | None = None,
        withdrawn: int | None = None,
        **fields: Any,
    ) -> None:
        """A record; a concern about one home unless told otherwise."""
        kind = fields.pop("kind", "concern")
        rules = {"concern": None, "action": "adds"}
        rule = rules.get(kind, "required") if parent else None
        if withdrawn is not None:
            fields |= {"gate": "withdrawn", "withdrawn_at": at(withdrawn)}
        for provider in about:
            self._add(providers=Provider(id=key(provider)))
        self._add(
            records=Record(
                id=key(name),
                kind=kind,
                owner=self.body(owner),
                providers=tuple(map(key, about)),
                excluded=tuple(map(key, excluded)),
                parent=key(parent) if parent else None,
                parent_rule=rule,
                **fields,
            )
        )

    def share(self, name: str, *audience: str, since: int = -30, until: int | None = None) -> None:
        """Shares a record with an audience, told as in the World but in names."""
        kind, *places = audience
        self._grant(name, since, until, audience=(kind, *map(key, places)))

    def name(self, name: str, person: str, body: str, since: int = -30) -> None:
        """Names a person at a body on a record."""
        self._grant(name, since, None, user=key(person), agency=key(body))

    def _grant(self, name: str, since: int, until: int | None, **to: Any) -> None:
        share = Share(at=at(since), ended_at=None if until is None else at(until), **to)
        self.world = replace(
            self.world,
            records=tuple(
                replace(r, shares=(*r.shares, share)) if r.id == key(name) else r for r in self.world.records
            ),
        )

    def sees(self, person: str, record: str, when: datetime | None = None) -> bool:
        """Whether the person sees the record: at noon on the base day unless told otherwise."""
        assert problems(self.world) == []
        return oracle.sees(self.world, key(person), key(record), when or at())

    def readers(self, record: str, *people: str) -> set[str]:
        """Which of these people see the record at noon on the base day."""
        return {person for person in people if self.sees(person, record)}

    def token_sees(self, body: str, record: str) -> bool:
        """Whether a body's service token sees the record."""
        assert problems(self.world) == []
        return oracle.token_sees(self.world, key(body), key(record), at())

    def sees_text(self, person: str, record: str, since: int, until: int) -> bool:
        """Whether the person sees the text that was current between two days."""
        assert problems(self.world) == []
        version = Version(record=key(record), starts_at=at(since), ends_at=at(until))
        return oracle.sees_version(self.world, key(person), version, at())

    def kinds(self, person: str, group: str) -> set[str]:
        """What the person is in a group today."""
        return oracle.seat_kinds(self.world, key(person), key(group), at())
