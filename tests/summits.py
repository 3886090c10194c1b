"""A provider in trouble, the bodies around it and their people, and a risk summit called about it."""

import atexit
import functools
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from access.principal import Principal, principal_of
from accounts.models import User
from agencies.models import Agency, Membership, Post, QSGMember, QualitySurveillanceGroup, Seat
from clocks.models import Clock
from clocks.operations import tick_due
from meetings.models import Meeting
from meetings.operations import Told, record_call_held
from meetings.rules import Attended
from providers.models import Commissioning, Provider, ProviderGroup
from reference.operations import DATA, load_lists
from risk_summits.models import RiskSummit, Room
from risk_summits.operations import Trigger, trigger_summit
from risk_summits.operations.judging import judges_as

LAST_YEAR = date(2025, 3, 3)
AFTERNOON = "2026-03-03T14:02:35Z"
LISTS = (
    "agency_kinds",
    "bank_holidays",
    "clock_intervals",
    "clock_steps",
    "notification_policy",
    "outcome_codes",
    "provider_kinds",
    "ring_holder_suits",
    "severity_scale",
    "summit_parties",
    "tools_and_levers",
)


@functools.cache
def _lists() -> Path:
    """A folder with the lists that a summit asks about: loading all of them takes half a second a test."""
    folder = Path(tempfile.mkdtemp(prefix="lists-of-a-summit-"))
    atexit.register(shutil.rmtree, folder)
    for name in LISTS:
        shutil.copy(DATA / f"{name}.csv", folder)
    return folder


@dataclass
class World:
    """Who there is, by name; ``now`` is where the portal's clock stands."""

    now: datetime
    freeze: object
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    home: QualitySurveillanceGroup | None = None
    provider: Provider | None = None

    def __getattr__(self, name: str) -> Agency:
        if name.startswith("_") or name not in self.__dict__.get("agencies", {}):
            raise AttributeError(name)
        return self.agencies[name]

    def by(self, name: str) -> Principal:
        """Return the principal that this person now is."""
        return principal_of(self.people[name].pk)

    def agency(self, kind: str, name: str, key: str, **more: object) -> Agency:
        """Make a body."""
        self.agencies[key] = Agency.objects.create(kind=kind, name=name, **more)
        return self.agencies[key]

    def person(self, key: str, agency: str, role: str = "agency_lead") -> User:
        """Make somebody who acts for a body."""
        user = User.objects.create_user(f"{key}@example.org", full_name=f"{key.title()} of {agency}")
        Membership.objects.create(user=user, agency=self.agencies[agency], role=role, starts_on=LAST_YEAR)
        self.people[key] = user
        return user

    def seat(self, key: str, agency: str, kind: str = "representative", *, cleared: bool = True) -> Seat:
        """Give somebody a seat at the home group."""
        return Seat.objects.create(
            user=self.people[key],
            agency=self.agencies[agency],
            qsg=self.home,
            kind=kind,
            cleared=cleared,
            starts_on=LAST_YEAR,
        )

    def at(self, hours: float = 0, minutes: float = 0) -> datetime:
        """Return the moment so long after the summit was called."""
        return self.now + timedelta(hours=hours, minutes=minutes)

    def move(self, hours: float = 0, minutes: float = 0) -> datetime:
        """Let the portal's clock stand so long after the call, and let the ticker tick; return the moment."""
        moment = self.at(hours, minutes)
        self.freeze(moment)
        tick_due(ask_time=lambda: moment, source="test")
        return moment


def world(freeze) -> World:
    """Make an area with its bodies, a hospital trust in it, and the people who matter."""
    load_lists(folder=_lists())
    made = World(freeze(AFTERNOON), freeze)
    national = made.agency("nhs_england", "NHS England", "national")
    region = made.agency(
        "nhs_england_regional_team", "Example Region", "region", parent=national, telephone="0113 496 0001"
    )
    team = made.agency(
        "nhs_england_area_team", "Example Area Team", "team", parent=region, telephone="0113 496 0002"
    )
    regional = QualitySurveillanceGroup.objects.create(name="Regional QSG", tier="regional", team=region)
    made.home = QualitySurveillanceGroup.objects.create(
        name="Example QSG", tier="local", team=team, region=regional
    )
    made.agency("ccg", "NHS Example CCG", "ccg")
    made.agency("ccg", "NHS Nearby CCG", "nearby")
    made.agency("cqc", "Care Quality Commission", "cqc")
    made.agency("local_authority", "Example Council", "council", telephone="0113 496 0003")
    made.agency("nhs_tda", "NHS Trust Development Authority", "tda")
    made.agency("monitor", "Monitor", "monitor")
    made.agency("local_healthwatch", "Healthwatch Example", "healthwatch")
    made.agency("police", "Example Police", "police")
    made.agency("ccg", "NHS Faraway CCG", "faraway")
    for key in ("team", "ccg", "nearby", "cqc", "council", "healthwatch", "police"):
        QSGMember.objects.create(qsg=made.home, agency=made.agencies[key], starts_on=LAST_YEAR)
    made.provider = Provider.objects.create(
        name="Fictional Hospital NHS Trust", kind="nhs_trust", fictional=True
    )
    ProviderGroup.objects.create(provider=made.provider, qsg=made.home, source="stated")
    Commissioning.objects.create(provider=made.provider, agency=made.ccg, lead=True, starts_on=LAST_YEAR)
    for key, agency, role in (
        ("chair", "team", "agency_lead"),
        ("secretary", "team", "contributor"),
        ("director", "region", "agency_lead"),
        ("cara", "ccg", "agency_lead"),
        ("cole", "ccg", "reader"),
        ("nell", "nearby", "agency_lead"),
        ("quinn", "cqc", "agency_lead"),
        ("quiz", "cqc", "contributor"),
        ("cora", "council", "agency_lead"),
        ("tess", "tda", "agency_lead"),
        ("monty", "monitor", "agency_lead"),
        ("hetty", "healthwatch", "agency_lead"),
        ("pole", "police", "agency_lead"),
        ("fay", "faraway", "agency_lead"),
    ):
        made.person(key, agency, role)
    for key, agency, kind, cleared in (
        ("chair", "team", "chair", True),
        ("secretary", "team", "secretariat", True),
        ("cara", "ccg", "representative", True),
        ("nell", "nearby", "representative", True),
        ("quinn", "cqc", "representative", True),
        ("quiz", "cqc", "deputy", True),
        ("cora", "council", "representative", False),
        ("hetty", "healthwatch", "representative", False),
    ):
        made.seat(key, agency, kind, cleared=cleared)
    Post.objects.create(
        agency=region, post="regional_director", user=made.people["director"], starts_on=LAST_YEAR
    )
    return made


def trigger(made: World, by: str = "cara", **said: object) -> RiskSummit:
    """Call a risk summit about the hospital, for the CCG unless said otherwise."""
    usual = {"provider": made.provider.pk, "feared": "Falls with fractures on one ward.", "danger": "no"}
    return trigger_summit(by=made.by(by), now=made.now, said=Trigger(**{**usual, **said}))


def called(room: Room) -> set[str]:
    """Return the names of the bodies called."""
    return set(room.called.values_list("agency__name", flat=True))


def judges_for(by: Principal, room: Room, now: datetime) -> str | None:
    """Return as what somebody's body judges in a room."""
    return judges_as(room.called.select_related("agency").filter(agency=by.agency_id).first(), by, room, now)


def clock(room: Room, family: str, **more: object) -> Clock:
    """Return the newest clock of a family in a room."""
    found = Clock.objects.filter(record=room.pk, family=family, **more)
    return found.order_by("started_recorded_at", "started_at", "replaced_by").last()


def hold(
    made: World,
    room: Room,
    now: datetime,
    opened_at: datetime,
    *present: str,
    by: str = "chair",
    purpose: str = "response",
    went_on: bool = False,
    closed_at: datetime | None = None,
) -> Meeting:
    """Record that a meeting was held, by telephone, with somebody of each of these bodies."""
    return record_call_held(
        by=made.by(by),
        now=now,
        at=room,
        of=room.record,
        purpose=purpose,
        told=Told(
            opened_at=opened_at,
            how="by_call",
            closed_at=closed_at,
            went_on=went_on,
            attendance=[
                Attended(made.agencies[key].pk, "by_call", None, f"Somebody of {key}") for key in present
            ],
            discussion="Who does what.",
        ),
    )
