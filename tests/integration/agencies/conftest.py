"""A small world: two bodies, a group, an administrator of each, and a day."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from access.principal import Principal, principal_of
from accounts.models import User
from agencies.models import (
    Agency,
    GroupDocument,
    Membership,
    PortalRole,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
    Signature,
)
from tests.signing_in import sign_in

client_as = sign_in
TODAY = date(2026, 3, 3)
TOMORROW = date(2026, 3, 4)
LAST_YEAR = date(2025, 3, 3)


@dataclass
class World:
    """What most tests of this folder need."""

    now: datetime
    ccg: Agency
    other: Agency
    region: QualitySurveillanceGroup
    group: QualitySurveillanceGroup
    ann: User
    bob: User
    portal_admin: User
    body_admin: User

    @property
    def by_portal(self) -> Principal:
        return principal_of(self.portal_admin.pk)

    @property
    def by_body(self) -> Principal:
        return principal_of(self.body_admin.pk)


def person(name: str) -> User:
    return User.objects.create_user(f"{name.replace(' ', '.').lower()}@example.org", full_name=name)


def belongs(user: User, agency: Agency, role: str = "reader", **days: date | None) -> Membership:
    return Membership.objects.create(user=user, agency=agency, role=role, **{"starts_on": LAST_YEAR, **days})


def sits(
    user: User, agency: Agency, group: QualitySurveillanceGroup, kind: str = "representative", **more
) -> Seat:
    return Seat.objects.create(
        user=user, agency=agency, qsg=group, kind=kind, **{"starts_on": LAST_YEAR, **more}
    )


def agreed(group: QualitySurveillanceGroup, kind: str = "agreement", **more) -> GroupDocument:
    given = {"title": "Agreement of Example QSG", "place": "the shared drive", "starts_on": LAST_YEAR, **more}
    return GroupDocument.objects.create(qsg=group, kind=kind, **given)


def signs(agency: Agency, document: GroupDocument, **more) -> Signature:
    return Signature.objects.create(document=document, agency=agency, **{"starts_on": LAST_YEAR, **more})


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> World:
    """Ann reads at the CCG; Bob has no body yet; each administrator administers and nothing else."""
    now = freeze("2026-03-03T09:00Z")
    team = Agency.objects.create(kind="nhs_england_area_team", name="Example Area Team")
    regional = Agency.objects.create(kind="nhs_england_regional_team", name="Example Regional Team")
    ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG", ods_code="XX1")
    other = Agency.objects.create(kind="ccg", name="NHS Other CCG")
    region = QualitySurveillanceGroup.objects.create(
        name="Example Regional QSG", tier="regional", team=regional
    )
    group = QualitySurveillanceGroup.objects.create(
        name="Example QSG", tier="local", team=team, region=region
    )
    QSGMember.objects.create(qsg=group, agency=ccg, starts_on=LAST_YEAR)
    agreement = agreed(group)
    signs(ccg, agreement)
    ann, bob, portal_admin, body_admin = map(person, ("Ann Lee", "Bob May", "Pat Admin", "Cy Admin"))
    belongs(ann, ccg)
    belongs(body_admin, ccg, "agency_administrator")
    PortalRole.objects.create(user=portal_admin, role="portal_administrator", starts_on=LAST_YEAR)
    return World(now, ccg, other, region, group, ann, bob, portal_admin, body_admin)


def submit(client: Client, address: str, expect: int = 302, **fields: str) -> HttpResponse:
    """Post a form, read the sentence, and say yes: returns the last answer."""
    first = client.post(address, fields)
    if expect != 302:
        assert first.status_code == expect, first.content.decode()[:3000]
        return first
    assert first.status_code == 200, text_of(first)
    assert "Check what will happen" in first.content.decode()
    answer = client.post(address, {**fields, "sure": "yes", "once": str(uuid4())})
    assert answer.status_code == 302, text_of(answer)
    return answer


def text_of(answer: HttpResponse) -> str:
    """What a page says, without its marks."""
    page = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", answer.content.decode())
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def dated(name: str, day: date) -> dict[str, str]:
    """A date as a form sends it."""
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
