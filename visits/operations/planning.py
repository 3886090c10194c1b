"""Planning a visit, changing its days, saying that it was made, and calling it off."""

from collections.abc import Set
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from access.models import Record
from access.operations import audience, create_record, operation, share_record
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotPermitted
from agencies.models import Agency
from providers.models import Location, Provider
from timekeeping.london import london_day
from visits.models import OPEN_TO, Visit
from visits.operations.taking import check_interest, guard, log, put, take_up
from visits.operations.telling import tell_the_parties
from visits.rules import planning as rules
from visits.rules.planning import Plan

GATEWAY = "functions"
"""Why a visit is shared with the bodies that go along: so that each can carry out its duties."""


@operation("visit.planned")
def plan_visit(
    *,
    by: Principal,
    now: datetime,
    provider: Provider,
    plan: Plan,
    announced: bool,
    decided: Set[str] = frozenset(),
) -> Visit:
    """Plan a visit (JF 2.2, l.116; App. B, item 4). It is shared with nobody yet but the bodies that go along.

    Args:
        by: needs ``visit.plan`` at their own body, which plans it.
        now: the moment.
        provider: whom they visit.
        plan: what is planned.
        announced: whether the provider knows. An unannounced one is seen by the people named on it only, the planner
            first; the bodies that go along are written down, and their people must be named.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The visit.

    Raises:
        NotPermitted, Invalid: with their sentences.
    """
    by.require("visit.plan", at=OWN_BODY)
    if by.agency_id is None or by.user_id is None:
        raise NotPermitted("A visit is planned by a person, for a body.")
    check_interest(by, provider)
    parties = _checked(plan, provider, body=by.agency_id, now=now, decided=decided)
    record = create_record(kind=Visit.KIND, by=by, now=now, providers=[provider.pk], gate=OPEN_TO[announced])
    visit = Visit.objects.create(
        record=record, provider=provider, announced=announced, changed_at=now, changed_by_id=by.user_id,
        **_facts(plan),
    )  # fmt: skip
    visit.parties.set(parties)
    if announced:
        _share_with(visit, parties, by=by, now=now)
        tell_the_parties(visit, [one.pk for one in parties], now)
    else:
        named = audience("person", person=by.user_id, agency=by.agency_id)
        share_record(record=record, audiences=[named], by=by, now=now)
    log("visit.planned", visit.pk, by=by, now=now, texts=plan.texts.values())
    return visit


def _share_with(visit: Visit, bodies: list[Agency], *, by: Principal, now: datetime) -> None:
    """Share a visit with the bodies that go along."""
    audiences = [audience("agency", agency=one.pk) for one in bodies]
    share_record(record=visit.record, audiences=audiences, by=by, now=now, gateway=GATEWAY)


def _facts(plan: Plan) -> dict[str, object]:
    return {
        "kind": plan.kind,
        "location_id": plan.location,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "lead_name": plan.lead_name.strip(),
        "purpose": plan.purpose.strip(),
    }


def _checked(
    plan: Plan,
    provider: Provider,
    *,
    body: UUID,
    now: datetime,
    decided: Set[str],
    before: tuple[str, ...] = (),
) -> list[Agency]:
    """Refuse a plan that cannot be; return the bodies that go along."""
    rules.check_plan(plan, body=body, today=london_day(now))
    if plan.location and not Location.objects.filter(pk=plan.location, provider=provider).exists():
        raise Invalid({"location": "Choose one of the provider's places"})
    parties = list(Agency.objects.filter(pk__in=plan.parties).order_by("name", "pk"))
    if len(parties) != len(plan.parties):
        raise Invalid({"parties": "Choose one of the answers in the list"})
    guard(plan.texts, decided=decided, before=before)
    return parties


@operation("visit.changed")
def change_visit(
    *,
    by: Principal,
    now: datetime,
    visit: Visit,
    plan: Plan,
    why: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> Visit:
    """Change what is planned: the days, the place, who leads it. Leads of the bodies that go along who see it are told.

    Args:
        by: needs ``visit.plan`` at the body that planned it.
        now: the moment.
        visit: in sight of ``by``.
        plan: as it is to be, whole; its ``parties`` are not changed here.
        why: why, in a sentence.
        seen: its ``version`` when the person read it.
        decided: see ``plan_visit``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, visit, permission="visit.plan", seen=seen)
    rules.check_follows(held.state, rules.CHANGED)
    _check_why(why, "Say why it is changed")
    before = (held.lead_name, held.purpose, held.why)
    along = list(held.parties.values_list("pk", flat=True))
    _checked(
        replace(plan, parties=frozenset()), held.provider, body=held.record.owner_id, now=now, decided=decided,
        before=before,
    )  # fmt: skip
    guard({"why": why}, decided=decided, before=before)
    for name, value in _facts(plan).items():
        setattr(held, name, value)
    held.state, held.why, held.clashes_told = rules.CHANGED, why.strip(), False
    put(held, by=by, now=now)
    tell_the_parties(held, along, now)
    log(
        "visit.changed",
        held.pk,
        by=by,
        now=now,
        texts=[*plan.texts.values(), why],
        detail={"version": held.version},
    )
    return Visit.objects.get(pk=held.pk)


def _check_why(why: str, missing: str) -> None:
    if not why.strip():
        raise Invalid({"why": missing})
    rules.check_texts({"why": why})


@operation("visit.done")
def close_visit(
    *,
    by: Principal,
    now: datetime,
    visit: Visit,
    done_on: date,
    outcome: str = "",
    outcome_link: str = "",
    seen: int,
    decided: Set[str] = frozenset(),
) -> Visit:
    """Say that a visit was made, what came of it, and where the report is.

    Args:
        by: needs ``visit.plan`` at the body that planned it.
        now: the moment.
        visit: in sight of ``by``.
        done_on: the (last) day on which it was made.
        outcome: what came of it, in short.
        outcome_link: where the report is: an address that begins with https://, or in words.
        seen: its ``version`` when the person read it.
        decided: see ``plan_visit``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, visit, permission="visit.plan", seen=seen)
    rules.check_follows(held.state, rules.DONE)
    rules.check_done(done_on, starts_on=held.starts_on, today=london_day(now))
    texts = {"outcome": outcome, "outcome_link": outcome_link}
    rules.check_texts(texts)
    guard(texts, decided=decided)
    held.state, held.done_on = rules.DONE, done_on
    held.outcome, held.outcome_link = outcome.strip(), outcome_link.strip()
    put(held, by=by, now=now)
    log("visit.done", held.pk, by=by, now=now, texts=texts.values())
    return held


@operation("visit.cancelled")
def cancel_visit(
    *, by: Principal, now: datetime, visit: Visit, why: str, seen: int, decided: Set[str] = frozenset()
) -> Visit:
    """Call a visit off; leads of the bodies that go along who see it are told.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, visit, permission="visit.plan", seen=seen)
    rules.check_follows(held.state, rules.CANCELLED)
    _check_why(why, "Say why it is called off")
    guard({"why": why}, decided=decided)
    held.state, held.why = rules.CANCELLED, why.strip()
    put(held, by=by, now=now)
    tell_the_parties(held, list(held.parties.values_list("pk", flat=True)), now)
    log("visit.cancelled", held.pk, by=by, now=now, texts=[why])
    return held


def goes_along(visit: Visit, body: Agency, *, by: Principal, now: datetime) -> None:
    """Let a body go along: an announced visit is shared with it; on an unannounced one its people must be named.

    For the operation that accepts a proposal, which logs it.
    """
    visit.parties.add(body)
    if visit.record.gate != Record.Gate.NAMED:
        _share_with(visit, [body], by=by, now=now)
