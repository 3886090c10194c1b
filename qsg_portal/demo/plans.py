"""Closure and hand-back plans in the demonstration: one being carried out, its councils told; one drafted."""

from datetime import datetime, timedelta
from uuid import UUID

from access.principal import principal_of
from providers.closing.operations import (
    audiences_near,
    confirm_by_telephone,
    decide_plan,
    make_plan,
    name_council,
    note_plan,
    offer_place,
    say_incoming,
    tell_councils,
)
from providers.closing.rules import CLOSURE, HAND_BACK, RUNNING, Facts
from providers.models import ClosurePlan
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import ASHDOWN, MOORSIDE, TAME_VALLEY, in_office_hours
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day


def load_plans(everybody: Cast, *, now: datetime) -> None:
    """The council carries out a hand-back: one neighbour was rung, another was told just now. The CCG has drafted a closure."""
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
    incoming = everybody.provider(TAME_VALLEY).pk
    plan = _tell(everybody, plan, {cast.COUNCIL.name: 12, "Tameside council": 4}, begun)
    later = in_office_hours(begun + timedelta(days=4))
    plan = confirm_by_telephone(
        by=owner,
        now=later,
        plan=plan,
        agency=_council(everybody, "Tameside council"),
        answered="The duty manager of adult social care",
        seen=plan.version,
    )
    plan = say_incoming(by=owner, now=later, plan=plan, provider=incoming, seen=plan.version)
    plan = offer_place(
        by=owner,
        now=later,
        plan=plan,
        provider=incoming,
        places=14,
        from_on=london_day(now) + timedelta(days=12),
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
    plan = note_plan(
        by=owner,
        now=later,
        plan=plan,
        on=london_day(later),
        text="Families were written to; nine people have chosen who comes to them.",
        seen=plan.version,
    )
    _tell(everybody, plan, {"Rochdale council": 5}, now)


def _tell(everybody: Cast, plan: ClosurePlan, placed: dict[str, int], now: datetime) -> ClosurePlan:
    """Name councils with how many people each places, and tell them in one step."""
    owner = principal_of(everybody.person("council").pk)
    for name, people in placed.items():
        agency = _council(everybody, name)
        plan = name_council(by=owner, now=now, plan=plan, agency=agency, people=people, seen=plan.version)
    return tell_councils(by=owner, now=now, plan=plan, seen=plan.version)


def _council(everybody: Cast, name: str) -> UUID:
    return everybody.body(cast.Body(kind="local_authority", name=name)).pk
