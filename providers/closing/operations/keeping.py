"""Making a plan, changing what it says, sharing it, deciding on it, and noting what happens."""

from collections.abc import Set
from datetime import date, datetime
from uuid import UUID

from access.models import Audience
from access.operations import audience, create_record, operation, share_record
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotPermitted
from clocks.operations import stop
from clocks.rules.states import CLOSED, OPEN
from providers.closing import rules
from providers.closing.operations.entering import DECIDE, KEEP, done, take_up
from providers.closing.operations.reading import audiences_near, councils_of
from providers.closing.operations.telling import tell_of_change
from providers.closing.rules import Facts
from providers.guarding import guard, refuse
from providers.models import ClosurePlan, Location, Provider
from timekeeping.london import day_in_words, london_day

GATEWAY = "functions"


def require_making(by: Principal, provider: Provider) -> None:
    """Refuse whoever may make no plan about a provider, with a sentence.

    Raises:
        NotPermitted: without the role, or with a declared interest.
    """
    by.require(KEEP, at=OWN_BODY)
    if by.user_id is None or not by.agency_id or not by.reads:
        raise NotPermitted("A plan is made by a person who acts for a body.")
    if provider.pk in by.own_conflicts | by.body_conflicts:
        raise NotPermitted(
            "You or your body have a declared interest in this provider. Another body makes the plan."
        )


def may_make(by: Principal, provider: Provider) -> bool:
    """Say whether somebody may make a plan about a provider."""
    try:
        require_making(by, provider)
    except NotPermitted:
        return False
    return True


@operation("closing.made")
def make_plan(
    *,
    by: Principal,
    now: datetime,
    provider: Provider,
    facts: Facts,
    location: UUID | None = None,
    shared: Set[str] = frozenset(),
    decided: Set[str] = frozenset(),
) -> ClosurePlan:
    """Draft a plan for the end of a service (ADASS 15).

    Args:
        by: needs ``closing.keep`` at their own body, which owns the plan.
        now: the moment.
        provider: the one that goes.
        facts: what the plan says.
        location: the place that closes, where it is not all of the provider.
        shared: with whom besides the own body and the councils named: marks of ``audiences_near``.
        decided: marks of what looks like a person's in care and, somebody says, is not.

    Returns:
        The plan, drafted.

    Raises:
        NotPermitted, Invalid: with their sentences.
    """
    require_making(by, provider)
    errors = rules.check(facts)
    if location and not Location.objects.filter(pk=location, provider=provider).exists():
        errors["location"] = "Choose one of this provider's places"
    refuse(errors)
    guard({"summary": facts.summary}, decided=decided)
    audiences = _audiences(provider, shared, now)
    record = create_record(kind=ClosurePlan.KIND, by=by, now=now, providers=[provider.pk])
    plan = ClosurePlan(record=record, provider=provider, location_id=location, version=0)
    _put(plan, facts)
    plan.save(force_insert=True)
    share_record(record=record, audiences=audiences, by=by, now=now, gateway=GATEWAY)
    detail: dict[str, object] = {"kind": facts.kind, "provider": str(provider.pk), "shared": sorted(shared)}
    return done(plan, "closing.made", rules.MADE, by=by, now=now, text=facts.summary, detail=detail)


def _put(plan: ClosurePlan, facts: Facts) -> None:
    plan.kind, plan.summary = facts.kind, facts.summary.strip()
    plan.expected_on, plan.people = facts.expected_on, facts.people


def _audiences(provider: Provider, shared: Set[str], now: datetime) -> list[Audience]:
    near = audiences_near(provider, now)
    if not shared <= set(near):
        raise Invalid({"shared": "Choose among the groups and bodies that this provider concerns"})
    return [audience(one.kind, **one.key) for mark, one in near.items() if mark in shared]


@operation("closing.changed")
def change_plan(
    *,
    by: Principal,
    now: datetime,
    plan: ClosurePlan,
    facts: Facts,
    why: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> ClosurePlan:
    """Change what a plan says; the councils that were told are told that it changed.

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: one that is not over.
        facts: what it says from now on.
        why: what is new, for the timeline.
        seen: its ``version`` when the person read it.
        decided: see ``make_plan``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    refuse(rules.check(facts) | rules.check_words("why", why, "Say what is new"))
    guard({"summary": facts.summary, "why": why}, decided=decided, before=(plan.summary,))
    was = f" Expected until now: {day_in_words(plan.expected_on)}." if plan.expected_on else ""
    moved = plan.expected_on != facts.expected_on
    _put(plan, facts)
    text = f"{why.strip()}{was if moved else ''}"
    done(plan, "closing.changed", rules.CHANGED, by=by, now=now, text=text, detail={"moved": moved})
    tell_of_change(plan, rules.CHANGED, by=by, now=now)
    return plan


@operation("closing.shared")
def share_plan(
    *, by: Principal, now: datetime, plan: ClosurePlan, shared: Set[str], seen: int
) -> ClosurePlan:
    """Share a plan with groups and bodies that the provider concerns (ADASS 16).

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: one that is not over.
        shared: with whom: marks of ``audiences_near``.
        seen: its ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    if not shared:
        raise Invalid({"shared": "Choose with whom"})
    audiences = _audiences(plan.provider, shared, now)
    share_record(record=plan.record, audiences=audiences, by=by, now=now, gateway=GATEWAY)
    # A council among them sees the plan for this reason from now on, named in it or not.
    plan.councils.filter(share__audience__in=audiences).update(share=None)
    words = ", ".join(one.words for mark, one in audiences_near(plan.provider, now).items() if mark in shared)
    detail: dict[str, object] = {"shared": sorted(shared)}
    return done(plan, "closing.shared", rules.SHARED, by=by, now=now, text=words, detail=detail)


@operation("closing.decided")
def decide_plan(
    *,
    by: Principal,
    now: datetime,
    plan: ClosurePlan,
    then: str,
    text: str,
    on: date | None,
    seen: int,
    decided: Set[str] = frozenset(),
) -> ClosurePlan:
    """Say that a plan is agreed, carried out, ended or withdrawn; the councils that were told are told.

    Args:
        by: needs ``closing.decide`` at the owner.
        now: the moment.
        plan: the plan.
        then: the state it is to have.
        text: who agreed, what came of it, or why it is withdrawn.
        on: on which day that was, today at the latest.
        seen: its ``version`` when the person read it.
        decided: see ``make_plan``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen, permission=DECIDE, over=True)
    rules.check_follows(plan.state, then)
    refuse(rules.check_words("text", text, "Say in a few words how it came to that") | _day(on, now))
    guard({"text": text}, decided=decided)
    plan.state = then
    if plan.is_over:
        plan.outcome = text.strip()
        _stop_receipts(plan, by=by, now=now)
    done(plan, "closing.decided", then, by=by, now=now, text=text, on=on)
    tell_of_change(plan, then, by=by, now=now)
    return plan


def _stop_receipts(plan: ClosurePlan, *, by: Principal, now: datetime) -> None:
    for council in councils_of(plan):
        if council.clock is not None and council.clock.state in OPEN:
            stop(clock=council.clock, by=by, now=now, reason=CLOSED)


@operation("closing.noted")
def note_plan(
    *,
    by: Principal,
    now: datetime,
    plan: ClosurePlan,
    text: str,
    on: date | None,
    seen: int,
    decided: Set[str] = frozenset(),
) -> ClosurePlan:
    """Note in a plan's timeline what happened; also after it is over.

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: the plan.
        text: what happened.
        on: on which day, today at the latest.
        seen: its ``version`` when the person read it.
        decided: see ``make_plan``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen, over=True)
    refuse(rules.check_words("text", text, "Say what happened") | _day(on, now))
    guard({"text": text}, decided=decided)
    return done(plan, "closing.noted", rules.NOTED, by=by, now=now, text=text, on=on)


def _day(on: date | None, now: datetime) -> dict[str, str]:
    late = on is None or on > london_day(now)
    return {"on": "Say on which day, today at the latest"} if late else {}
