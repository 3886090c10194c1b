"""Bodies that respond together: a commissioner, a regulator and a trust development body, and a room they share."""

import atexit
import functools
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from access.models import Record
from access.operations import audience, create_record, list_participants, share_record
from access.principal import Principal, principal_of
from accounts.models import User
from agencies.models import Agency, Membership
from meetings.models import Meeting
from providers.models import Provider
from reference.operations import DATA, load_lists
from timekeeping.london import LONDON

LAST_YEAR = date(2025, 3, 3)
NOON = "2026-03-03T12:00Z"


@functools.cache
def _lists() -> Path:
    """A folder with the lists that a response asks about: loading all of them takes half a second a test."""
    folder = Path(tempfile.mkdtemp(prefix="lists-of-a-response-"))
    atexit.register(shutil.rmtree, folder)
    for name in (
        "bank_holidays",
        "clock_intervals",
        "clock_steps",
        "notification_policy",
        "tools_and_levers",
    ):
        shutil.copy(DATA / f"{name}.csv", folder)
    return folder


def person(name: str, agency: Agency, role: str = "reader") -> User:
    """Make somebody who acts for a body."""
    user = User.objects.create_user(f"{name.replace(' ', '.').lower()}@example.org", full_name=name)
    Membership.objects.create(user=user, agency=agency, role=role, starts_on=LAST_YEAR)
    return user


@dataclass
class Bodies:
    """Who there is. ``lead`` speaks for a body, ``worker`` works for it, ``reader`` reads."""

    now: datetime
    ccg: Agency
    cqc: Agency
    tda: Agency
    provider: Provider
    ccg_lead: User
    ccg_reader: User
    cqc_lead: User
    cqc_worker: User
    cqc_reader: User
    tda_lead: User

    def by(self, user: User) -> Principal:
        """Return the principal that this person now is."""
        return principal_of(user.pk)


def bodies(now: datetime) -> Bodies:
    """Make the bodies, their people, a provider and the lists of the field."""
    load_lists(folder=_lists())
    ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    cqc = Agency.objects.create(kind="cqc", name="Care Quality Commission")
    tda = Agency.objects.create(kind="nhs_tda", name="NHS Trust Development Authority")
    provider = Provider.objects.create(name="Fictional Hospital", kind="nhs_trust", fictional=True)
    for agency in (ccg, cqc, tda):
        audience("agency", agency=agency.pk)
    return Bodies(
        now=now,
        ccg=ccg,
        cqc=cqc,
        tda=tda,
        provider=provider,
        ccg_lead=person("Cara Lead", ccg, "agency_lead"),
        ccg_reader=person("Cole Reader", ccg),
        cqc_lead=person("Quinn Lead", cqc, "agency_lead"),
        cqc_worker=person("Quiz Worker", cqc, "contributor"),
        cqc_reader=person("Quill Reader", cqc),
        tda_lead=person("Tess Lead", tda, "agency_lead"),
    )


@transaction.atomic
def room(world: Bodies, *people: tuple[User, Agency], **more: object) -> Record:
    """Make the record of a room that these people share; the thing in it is a meeting of itself."""
    by = world.by(world.ccg_lead)
    record = create_record(
        kind="meeting", by=by, now=world.now, providers=[world.provider.pk], gate=Record.Gate.LISTED, **more
    )
    Meeting.objects.create(
        record=record,
        of=record,
        purpose="response",
        starts_at=world.now,
        ends_at=world.now + timedelta(hours=1),
    )
    share_record(record=record, audiences=[audience("participants", summit=record.pk)], by=by, now=world.now)
    for user, agency in people:
        list_participants(summit=record, people=[(user.pk, agency.pk)], now=world.now)
    return record


def moment_parts(name: str, moment: datetime) -> dict[str, str]:
    """Return the boxes of a moment as a browser sends them, in London's time."""
    local = moment.astimezone(LONDON)
    parts = {"day": local.day, "month": local.month, "year": local.year, "time": f"{local:%H:%M}"}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}
