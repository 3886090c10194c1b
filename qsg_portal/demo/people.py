"""Puts the demonstration's people, bodies and providers in place, as an administrator would."""

import json
import os
import secrets
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password

from access.operations import audience
from access.principal import Principal, principal_of
from accounts.factors import make_codes
from accounts.models import User
from agencies.agreements.operations import keep_document, sign_agreement
from agencies.agreements.rules import AGREEMENT, NOTICE
from agencies.models import Agency, QSGMember, QualitySurveillanceGroup, Signature
from agencies.operations import (
    add_agency,
    add_membership,
    add_portal_role,
    add_qsg_member,
    add_seat,
    appoint,
    invite,
    stand_as_in_2013,
)
from providers.models import Provider
from providers.operations import add_provider, commission, place_in_group
from providers.rules import ProviderFacts
from qsg_portal.demo import cast
from timekeeping.london import london_day


def password_file() -> Path:
    """Return where this installation's one password for all personas is kept."""
    return Path(settings.DATA_DIR) / "demonstration.json"


def demo_password() -> str:
    """Return the password of all personas, made once for each installation."""
    path = password_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            json.dump({"password": f"show-{secrets.token_hex(4)}-{secrets.token_hex(4)}"}, file)
    return str(json.loads(path.read_text())["password"])


class Cast:
    """The demonstration's bodies, groups and people, found once."""

    def __init__(self) -> None:
        self.people = {user.email: user for user in User.objects.filter(email__endswith=cast.MARK)}

    @cached_property
    def hashed(self) -> str:
        """The password's hash, made once for all: hashing takes its time."""
        return make_password(demo_password())

    def body(self, body: cast.Body) -> Agency:
        """Return a body of the directory."""
        if body.ods_code:
            return Agency.objects.get(ods_code=body.ods_code)
        return Agency.objects.get(kind=body.kind, name=body.name)

    def group(self, code: str) -> QualitySurveillanceGroup:
        """Return the group that a team facilitates, by the team's ODS code."""
        return QualitySurveillanceGroup.objects.get(team__ods_code=code)

    def groups(self, code: str) -> list[QualitySurveillanceGroup]:
        """Return one group, or with ``*`` every local group of the region."""
        if code != cast.EVERY:
            return [self.group(code)]
        return list(QualitySurveillanceGroup.objects.filter(region__team__ods_code=cast.REGION))

    def person(self, mark: str) -> User:
        """Return a person of the cast."""
        return self.people[f"{mark}{cast.MARK}"]

    def provider(self, code: str) -> Provider:
        """Return a fictional provider by its code."""
        return Provider.objects.get(ods_code=code)


def load_people(*, by: Principal, now: datetime) -> Cast:
    """Make the bodies, people and fictional providers of the demonstration.

    Args:
        by: the clockwork, standing in for an administrator.
        now: the day from which they stand; some weeks before the story.
    """
    stand_as_in_2013(by=by, now=now)
    for body in cast.ADDED_BODIES:
        add_agency(by=by, now=now, kind=body.kind, name=body.name, source="of the demonstration")
    everybody = Cast()
    for persona in (*cast.PERSONAS, *cast.OTHERS):
        _person(everybody, persona, by=by, now=now)
    for number, service in enumerate(cast.SERVICES):
        _provider(everybody, service, number, by=by, now=now)
    _audiences()
    return everybody


def _person(everybody: Cast, persona: cast.Persona, *, by: Principal, now: datetime) -> None:
    today = london_day(now)
    number = cast.telephone(100 + len(everybody.people))
    user = User.objects.create_user(persona.email, full_name=persona.name, telephone=number)
    user.password = everybody.hashed
    user.save(update_fields=["password"])
    everybody.people[persona.email] = user
    make_codes(user=user, now=now)
    if not persona.codes_only:
        TOTP.activate(user, generate_totp_secret())
    agency = everybody.body(persona.body)
    if persona.role:
        add_membership(by=by, now=now, user=user, agency=agency, role=persona.role, starts_on=today)
    if persona.portal_role:
        add_portal_role(by=by, now=now, user=user, role=persona.portal_role, starts_on=today)
    for code, kind, cleared in persona.seats:
        for qsg in everybody.groups(code):
            _member(qsg, agency, by=by, now=now, today=today)
            add_seat(
                by=by, now=now, qsg=qsg, user=user, agency=agency, kind=kind, cleared=cleared, starts_on=today
            )
    for post in persona.posts:
        appoint(
            by=by,
            now=now,
            agency=agency,
            post=post,
            starts_on=today,
            user=user,
            telephone=number,
            out_of_hours_telephone=cast.telephone(900 + len(everybody.people)),
        )


def _member(
    qsg: QualitySurveillanceGroup, agency: Agency, *, by: Principal, now: datetime, today: date
) -> None:
    if not QSGMember.objects.filter(qsg=qsg, agency=agency).exists():
        add_qsg_member(by=by, now=now, qsg=qsg, agency=agency, starts_on=today)
    if not Signature.objects.filter(document__qsg=qsg, agency=agency).exists():
        _signs(qsg, agency, by=by, now=now, today=today)


def _signs(
    qsg: QualitySurveillanceGroup, agency: Agency, *, by: Principal, now: datetime, today: date
) -> None:
    """Let a body sign its group's agreement, which with the privacy notice is put there first: both fictional."""
    document = qsg.documents.filter(kind=AGREEMENT).first()
    if document is None:
        for kind, title in ((NOTICE, "Privacy notice"), (AGREEMENT, "Information-sharing agreement")):
            document = keep_document(
                by=by,
                now=now,
                qsg=qsg,
                kind=kind,
                title=f"{title} of the demonstration",
                place="Fictional: nothing stands behind this title",
                starts_on=today,
            )
    assert document is not None
    sign_agreement(by=by, now=now, document=document, agencies=[agency], signed_on=today)


def _provider(everybody: Cast, service: cast.Service, number: int, *, by: Principal, now: datetime) -> None:
    provider = add_provider(
        by=by,
        now=now,
        facts=ProviderFacts(
            name=service.name,
            kind=service.kind,
            ods_code=service.code,
            town=service.town,
            telephone=cast.telephone(500 + number),
        ),
        fictional=True,
        source="invented for the demonstration",
    )
    for place, body in enumerate(service.commissioners):
        commission(
            by=by,
            now=now,
            provider=provider,
            agency=everybody.body(body),
            lead=place == 0,
            starts_on=london_day(now),
        )
    place_in_group(by=by, now=now, provider=provider, qsg=everybody.group(service.group))


def send_invitation(everybody: Cast, *, now: datetime) -> None:
    """Let the portal's administrator invite somebody who has not answered yet.

    Args:
        everybody: the cast.
        now: the moment; the link works for some days from it.
    """
    invite(
        by=principal_of(everybody.person("admin").pk),
        now=now,
        agency=everybody.body(cast.OLDHAM_CCG),
        email=f"newcomer{cast.MARK}",
        full_name=cast.NEWCOMER,
        role=cast.CONTRIBUTOR,
        qsg=everybody.group(cast.HOME_GROUP),
        seat_kind="deputy",
    )


def _audiences() -> None:
    """Make the audiences that pages offer, so that no page has to."""
    for qsg in QualitySurveillanceGroup.objects.all():
        for kind in ("qsg_seats", "qsg_cleared", "qsg_readers"):
            audience(kind, qsg=qsg.pk)
    audience("all_seats")
