"""Closure and hand-back plans in the demonstration: one being carried out, one drafted."""

from datetime import datetime, timedelta

from access.principal import principal_of
from providers.closing.operations import (
    audiences_near,
    decide_plan,
    make_plan,
    name_council,
    note_plan,
    offer_place,
    say_incoming,
    tell_councils,
)
from providers.closing.rules import CLOSURE, HAND_BACK, RUNNING, Facts
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import ASHDOWN, MOORSIDE, WEAVERS, in_office_hours
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day


def load_plans(everybody: Cast, *, now: datetime) -> None:
    """The council carries out a hand-back, of which a neighbour has not confirmed; the CCG has drafted a closure."""
    _hand_back(everybody, now)
    at = in_office_hours(now - timedelta(days=2))
    make_plan(
        by=principal_of(everybody.person("ccg").pk),
        now=at,
        provider=everybody.provider(ASHDOWN),
        facts=Facts(CLOSURE, "The owner thinks of closing two wards in the spring. Nothing is decided."),
    )


def _hand_back(everybody: Cast, now: datetime) -> None:
    begun = in_office_hours(now - timedelta(days=9))
    owner, goes = principal_of(everybody.person("council").pk), everybody.provider(MOORSIDE)
    plan = make_plan(
        by=owner,
        now=begun,
        provider=goes,
        facts=Facts(
            HAND_BACK,
            "The agency hands its home care contracts back. Each person is assessed anew and keeps their hours.",
            london_day(now) + timedelta(days=40),
            21,
        ),
        shared=frozenset(audiences_near(goes, begun)),
    )
    for name, people in ((cast.COUNCIL.name, 12), ("Rochdale council", 5)):
        agency = everybody.body(cast.Body(kind="local_authority", name=name)).pk
        plan = name_council(by=owner, now=begun, plan=plan, agency=agency, people=people, seen=plan.version)
    plan = tell_councils(by=owner, now=begun, plan=plan, seen=plan.version)
    later = in_office_hours(begun + timedelta(days=2))
    plan = say_incoming(
        by=owner,
        now=later,
        plan=plan,
        provider=None,
        said="Fictional Tame Valley Home Care",
        seen=plan.version,
    )
    plan = offer_place(
        by=owner,
        now=later,
        plan=plan,
        provider=everybody.provider(WEAVERS).pk,
        places=3,
        from_on=london_day(now),
        seen=plan.version,
    )
    plan = decide_plan(
        by=owner,
        now=later,
        plan=plan,
        then=RUNNING,
        on=london_day(later),
        text="Agreed with the agency at a meeting.",
        seen=plan.version,
    )
    note_plan(
        by=owner,
        now=later,
        plan=plan,
        on=london_day(later),
        text="Families were written to; nine people have chosen who comes to them.",
        seen=plan.version,
    )
