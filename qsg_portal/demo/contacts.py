"""Contacts and interests in the demonstration: an inspector for the region, a new Director, a stand-in, who is tied to whom."""

from datetime import datetime, timedelta

from access.principal import clockwork, principal_of
from agencies.interests.operations import confirm_interests
from agencies.models import Post, PostCode
from agencies.operations import appoint, declare_conflict, stand_in
from agencies.rules import READING_ROLES
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import CANAL
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day

NEW_SINCE = timedelta(days=20)
AWAY = timedelta(days=14)
NOT_SAID_YET = frozenset({"ccg2", "healthwatch"})
TIED = ("bolton", CANAL, "partners_work")


def load_contacts(everybody: Cast, *, now: datetime) -> None:
    """Name the region's Head of Inspection, a new Director, whom that one is to meet, leads to ring, and a stand-in."""
    then = now - NEW_SINCE
    appoint(
        by=clockwork(then),
        now=then,
        agency=everybody.body(cast.CQC),
        post=PostCode.HEAD_OF_INSPECTION,
        area=everybody.group(cast.REGION),
        user=everybody.person("cqc"),
        telephone=cast.telephone(801),
        out_of_hours_telephone=cast.telephone(802),
        starts_on=london_day(then),
    )
    council = everybody.body(cast.COUNCIL)
    appoint(
        by=clockwork(then),
        now=then,
        agency=council,
        post=PostCode.DIRECTOR_OF_ADULT_SOCIAL_SERVICES,
        holder_name=cast.NEW_DIRECTOR,
        telephone=cast.telephone(803),
        out_of_hours_telephone=cast.telephone(804),
        starts_on=london_day(then),
    )
    for number, (body, name) in enumerate(cast.RUNG):
        appoint(
            by=clockwork(then),
            now=then,
            agency=everybody.body(body),
            post=PostCode.SAFEGUARDING_LEAD,
            holder_name=name,
            telephone=cast.telephone(810 + number),
            out_of_hours_telephone=cast.telephone(820 + number),
            starts_on=london_day(then),
        )
    stand_in(
        by=clockwork(now),
        now=now,
        post=Post.objects.get(agency=council, post=PostCode.SAFEGUARDING_LEAD_ADULTS),
        holder_name=cast.STAND_IN,
        telephone=cast.telephone(805),
        out_of_hours_telephone=cast.telephone(806),
        starts_on=london_day(now),
        ends_on=london_day(now + AWAY),
    )


def load_interests(everybody: Cast, *, now: datetime) -> None:
    """Let everybody who reads say what they are tied to, but for two who have not yet."""
    who, code, tie = TIED
    person = everybody.person(who)
    declare_conflict(
        by=principal_of(person.pk),
        now=now,
        provider_id=everybody.provider(code).pk,
        user=person,
        starts_on=london_day(now),
        tie=tie,
    )
    for persona in (*cast.PERSONAS, *cast.OTHERS):
        if persona.role in READING_ROLES and persona.mark not in NOT_SAID_YET:
            confirm_interests(by=principal_of(everybody.person(persona.mark).pk), now=now)
