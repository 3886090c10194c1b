"""What the tests of clocks and messages share: the lists, a small cast, and clocks that know who is who."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from access.models import Record
from access.operations import create_record
from access.principal import Principal, principal_of
from accounts.models import User
from agencies.models import Agency, Membership
from clocks import registry
from clocks.models import Clock
from clocks.operations import start_clock
from clocks.rules.steps import parse_recipients
from notifications import events
from reference.files import read_table
from reference.models import Entry
from reference.operations import DATA
from reference.rules import read_rows

START = datetime(2026, 3, 3, 10, tzinfo=UTC)
LISTS = ("clock_intervals", "clock_steps", "notification_policy", "bank_holidays")


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def load_lists() -> None:
    for code in LISTS:
        table, _ = read_table(DATA / f"{code}.csv")
        rows, problems = read_rows(code, table)
        assert not problems
        Entry.objects.bulk_create(
            Entry(
                list_code=row.list_code,
                code=row.code,
                position=row.position,
                data=row.data,
                effective_from=row.effective_from,
                effective_to=row.effective_to,
                source=row.source,
                status=row.status,
            )
            for row in rows
        )


class Directory:
    """A directory that says what a test told it to."""

    def __init__(self) -> None:
        self.line: list[UUID] = []
        self.numbers: dict[UUID, str] = {}

    def next_in_line(self, message, told, now):
        return next((one for one in self.line if one not in told), None)

    def telephones(self, users, now):
        return {user: number for user, number in self.numbers.items() if user in users}


@dataclass
class Cast:
    """A body, its people, a record that all of them see, and who the steps' names mean."""

    body: Agency
    record: Record
    people: dict[str, User]
    directory: Directory
    meant: dict[str, list[UUID]] = field(default_factory=dict)
    done: list[tuple[str, datetime]] = field(default_factory=list)

    def by(self, name: str = "Ann") -> Principal:
        return principal_of(self.people[name].pk)

    def add(self, name: str, *, address: str = "", agency: Agency | None = None) -> User:
        user = User.objects.create_user(address or f"{name.lower()}@example.org", full_name=name)
        Membership.objects.create(
            user=user, agency=agency or self.body, role="contributor", starts_on=date(2020, 1, 1)
        )
        self.people[name] = user
        return user

    def another_record(self) -> Record:
        return create_record(kind="concern", by=self.by(), now=START)

    def start(
        self, kind: str = "response_48", *, started_at: datetime = START, now: datetime = START, **more
    ) -> Clock:
        return start_clock(
            **{
                "kind": kind,
                "record": self.record,
                "by": self.by(),
                "now": now,
                "started_at": started_at,
                **more,
            }
        )


@contextmanager
def knowing(cast: Cast, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the registry mean the cast: every family is taken, and a name means whom the test said."""

    def meaning(name: str) -> Callable[[Clock, datetime], list[UUID]]:
        return lambda clock, now: cast.meant.get(name, [])

    def doing(effect: str):
        return lambda clock, *, at, now: cast.done.append((effect, at))

    families: dict[str, registry.Family] = {}
    for row in Entry.objects.filter(list_code="clock_steps"):
        data = row.data
        family = families.setdefault(
            data["clock"],
            registry.Family(data["clock"], {}, {}, None, data["clock"] == "summit_alert"),
        )
        for name in (name for group in parse_recipients(data["recipients"]) for name in group):
            family.recipients[name] = meaning(name)
        if data["effect"] in registry.ACTING_EFFECTS:
            family.effects[data["effect"]] = doing(data["effect"])
    patch.setattr(registry, "FAMILIES", families)
    patch.setattr(registry, "NAMES", {registry.LAST_RESORT: meaning(registry.LAST_RESORT)})
    patch.setattr(events, "_directory", [cast.directory])
    yield


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[Cast]:
    settings.PORTAL_URL = "https://portal.example"
    load_lists()
    body = Agency.objects.create(kind="ccg", name="NHS Example CCG", ods_code="99A")
    ann = User.objects.create_user("ann@example.org", full_name="Ann")
    Membership.objects.create(user=ann, agency=body, role="agency_lead", starts_on=date(2020, 1, 1))
    record = create_record(kind="concern", by=principal_of(ann.pk), now=START)
    cast = Cast(body, record, {"Ann": ann}, Directory())
    for name in ("Bea", "Cy", "Dot"):
        cast.add(name)
    cast.meant = {
        "ring-holder": [ann.pk],
        "chair": [cast.people["Bea"].pk],
        "secretariat": [cast.people["Cy"].pk],
        "regional team": [cast.people["Dot"].pk],
        registry.LAST_RESORT: [cast.people["Dot"].pk],
    }
    with knowing(cast, monkeypatch):
        yield cast
