"""A small world of sight: an owner, a group with a neighbour in it, and a stranger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from django.db import connection

from access.models import Audience, EmergencyAccess, Record
from access.operations import audience, create_record, share_record
from access.principal import Principal, principal_of
from accounts.models import User
from agencies.models import Agency, Membership, Post, QSGMember, QualitySurveillanceGroup, Seat
from providers.models import Provider

NOW = "2026-03-03T09:00Z"
TODAY, YESTERDAY, TOMORROW = date(2026, 3, 3), date(2026, 3, 2), date(2026, 3, 4)
LONG_AGO = date(2020, 1, 1)


@dataclass
class World:
    """Who there is. Everything is made by methods, with days that say only what differs.

    Attributes:
        owner: a CCG, in whose name most records are.
        neighbour: CQC, a full member of the group.
        stranger: a council that is in no group.
        group: the local group; ``region`` is the group above it.
        hospital: whom most records are about.
        olu: reads at the owner.
        nia: reads at the neighbour and has a seat in the group.
        sol: reads at the stranger.
    """

    now: datetime
    owner: Agency
    neighbour: Agency
    stranger: Agency
    region: QualitySurveillanceGroup
    group: QualitySurveillanceGroup
    hospital: Provider
    olu: User = field(init=False)
    nia: User = field(init=False)
    sol: User = field(init=False)
    numbers: count = field(default_factory=count)

    def by(self, user: User) -> Principal:
        return principal_of(user.pk)

    def person(self, agency: Agency | None = None, role: str = "reader", name: str = "", **days) -> User:
        name = name or f"Person {next(self.numbers)}"
        user = User.objects.create_user(f"{name.replace(' ', '.').lower()}@example.org", full_name=name)
        if agency:
            self.joins(user, agency, role, **days)
        return user

    def joins(self, user: User, agency: Agency, role: str = "reader", **days) -> Membership:
        return Membership.objects.create(
            user=user, agency=agency, role=role, **{"starts_on": LONG_AGO, **days}
        )

    def breaks_the_glass(self, user: User, agency: Agency, **more) -> EmergencyAccess:
        """Let somebody in to all that is about the hospital, for four hours unless told."""
        usual = {"provider": self.hospital, "starts_at": self.now, "ends_at": self.now + timedelta(hours=4)}
        self.joins(user, agency, "emergency_access")
        return EmergencyAccess.objects.create(user=user, agency=agency, **{**usual, **more})

    def sits(self, user: User, agency: Agency, **more) -> Seat:
        usual = {"qsg": self.group, "kind": "representative", "starts_on": LONG_AGO}
        return Seat.objects.create(user=user, agency=agency, **{**usual, **more})

    def member(self, agency: Agency, **more) -> QSGMember:
        return QSGMember.objects.create(agency=agency, **{"qsg": self.group, "starts_on": LONG_AGO, **more})

    def leads_safeguarding(self, user: User, agency: Agency, **days) -> Post:
        return Post.objects.create(
            user=user, agency=agency, post="safeguarding_lead", **{"starts_on": LONG_AGO, **days}
        )

    def provider(self) -> Provider:
        return Provider.objects.create(
            name=f"Fictional Home {next(self.numbers)}", kind="care_home", fictional=True
        )

    def record(self, *audiences: Audience, by: User | None = None, **more) -> Record:
        """Make a record of the owner about the hospital, shared with these audiences."""
        principal = self.by(by or self.olu)
        usual = {"kind": "concern", "by": principal, "now": self.now, "providers": [self.hospital.pk]}
        record = create_record(**{**usual, **more})
        if audiences:
            share_record(record=record, audiences=audiences, by=principal, now=self.now)
        return record

    def seats(self, group: QualitySurveillanceGroup | None = None) -> Audience:
        return audience("qsg_seats", qsg=(group or self.group).pk)

    def named(self, user: User, agency: Agency) -> Audience:
        return audience("person", person=user.pk, agency=agency.pk)


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> World:
    return _world(freeze(NOW))


def _world(now: datetime) -> World:
    team = Agency.objects.create(kind="nhs_england_area_team", name="Example Area Team")
    region = QualitySurveillanceGroup.objects.create(name="Example Regional QSG", tier="regional", team=team)
    made = World(
        now=now,
        owner=Agency.objects.create(kind="ccg", name="NHS Example CCG"),
        neighbour=Agency.objects.create(kind="cqc", name="Care Quality Commission"),
        stranger=Agency.objects.create(kind="local_authority", name="Example Council"),
        region=region,
        group=QualitySurveillanceGroup.objects.create(
            name="Example QSG", tier="local", team=team, region=region
        ),
        hospital=Provider.objects.create(name="Fictional Hospital", kind="nhs_trust", fictional=True),
    )
    made.member(made.owner)
    made.member(made.neighbour)
    made.olu = made.person(made.owner, name="Olu Owner")
    made.nia = made.person(made.neighbour, name="Nia Neighbour")
    made.sol = made.person(made.stranger, name="Sol Stranger")
    made.sits(made.nia, made.neighbour)
    return made


@pytest.fixture
def committed_world(transactional_db: None, freeze: Callable[[str], datetime]) -> World:
    """The same, saved for other connections to see."""
    made = _world(freeze(NOW))
    assert not connection.in_atomic_block
    return made
