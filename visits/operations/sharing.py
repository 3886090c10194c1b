"""Who sees a visit or a request: its owner's deeds, by the same choice as for a concern (mission C7, C14)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from access.models import Record
from access.operations import audience, end_shares, exclude, operation, share_record
from access.principal import Principal
from access.reach import bodies_of, plan_of, readers
from access.refusals import Invalid
from concerns.operations.places import are_known
from concerns.operations.sharing import choice_of, live_shares
from concerns.rules.sharing import Choice, audience_keys, check_choice
from visits.models import InformationRequest, Visit
from visits.operations.taking import log, put, take_up
from visits.operations.telling import tell_the_named

T = TypeVar("T", Visit, InformationRequest)
BY_NAME = "An unannounced visit is shown to people by name only. Name them, and choose nothing else."


@operation("visit.shared")
def share_visit(*, by: Principal, now: datetime, visit: Visit, choice: Choice, seen: int) -> Visit:
    """Show a visit to more people; an unannounced one to people by name, and to nobody else.

    Args:
        by: needs ``visit.plan`` at the body that planned it: only the owner shares onward.
        now: the moment.
        visit: in sight of ``by``.
        choice: whom to add, or to shut out; ``closed`` does not count here.
        seen: its ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, visit, permission="visit.plan", seen=seen)
    wide = choice.agencies or choice.groups or choice.all_groups or choice.excluded
    if held.record.gate == Record.Gate.NAMED and wide:
        raise Invalid({"": BY_NAME})
    before = choice_of(held.record).people
    detail = _share(held.record, choice, by=by, now=now)
    held.clashes_told = False
    put(held, by=by, now=now)
    tell_the_named(held, [person for person, _ in choice.people - before], now)
    log("visit.shared", held.pk, by=by, now=now, detail=detail)
    return held


@operation("visit.share_ended")
def unshare_visit(
    *,
    by: Principal,
    now: datetime,
    visit: Visit,
    shares: Iterable[UUID],
    excluded: frozenset[UUID] = frozenset(),
    seen: int,
) -> Visit:
    """End shares of a visit, and shut bodies out: their sight ends at their next request.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, visit, permission="visit.plan", seen=seen)
    detail = _unshare(held.record, shares, excluded, now=now)
    put(held, by=by, now=now)
    log("visit.share_ended", held.pk, by=by, now=now, detail=detail)
    return held


@operation("information.shared")
def share_request(
    *, by: Principal, now: datetime, request: InformationRequest, choice: Choice, seen: int
) -> InformationRequest:
    """Show a request to more people, so that they need not ask the provider for the same.

    Args:
        by: needs ``information.ask`` at the body that asked.
        now: the moment.
        request: in sight of ``by``.
        choice: whom to add, or to shut out.
        seen: its ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, request, permission="information.ask", seen=seen)
    detail = _share(held.record, choice, by=by, now=now)
    put(held, by=by, now=now)
    log("information.shared", held.pk, by=by, now=now, detail=detail)
    return held


@operation("information.share_ended")
def unshare_request(
    *,
    by: Principal,
    now: datetime,
    request: InformationRequest,
    shares: Iterable[UUID],
    excluded: frozenset[UUID] = frozenset(),
    seen: int,
) -> InformationRequest:
    """End shares of a request, and shut bodies out.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, request, permission="information.ask", seen=seen)
    detail = _unshare(held.record, shares, excluded, now=now)
    put(held, by=by, now=now)
    log("information.share_ended", held.pk, by=by, now=now, detail=detail)
    return held


def _share(record: Record, choice: Choice, *, by: Principal, now: datetime) -> dict[str, object]:
    """Share a record with whom it is not shared yet; return what the log says of it."""
    before = choice_of(record)
    wrong = {**check_choice(choice, owner=record.owner_id), **are_known(choice, now)}
    if (choice.agencies | {agency for _, agency in choice.people}) & before.excluded:
        wrong["agencies"] = "This body was shut out, so it cannot be given it"
    if wrong:
        raise Invalid(wrong)
    audiences = [audience(**key) for key in audience_keys(choice)]
    new = share_record(record=record, audiences=audiences, by=by, now=now, gateway=choice.gateway)
    exclude(record=record, agencies=choice.excluded, now=now)
    if not new and not choice.excluded - before.excluded:
        raise Invalid({"": "They can see it already, so nothing was changed."})
    return {
        "audiences": [one.audience_id for one in new],
        "gateway": choice.gateway,
        "excluded": sorted(map(str, choice.excluded)),
    }


def _unshare(
    record: Record, shares: Iterable[UUID], excluded: frozenset[UUID], *, now: datetime
) -> dict[str, object]:
    """End shares of a record; return what the log says of it."""
    wanted = set(shares)
    ending = [one for one in live_shares(record) if one.pk in wanted]
    if len(ending) != len(wanted):
        raise Invalid({"shares": "Choose one of the answers in the list"})
    if not ending and not excluded:
        raise Invalid({"shares": "Choose who should no longer see it"})
    bodies = bodies_of(record)
    if not bodies.isdisjoint(excluded):
        raise Invalid({"excluded": "Your own body cannot be shut out of what it looks after"})
    if wrong := are_known(Choice(excluded=excluded), now):
        raise Invalid(wrong)
    end_shares(record=record, audiences=[one.audience for one in ending], now=now)
    if bodies.isdisjoint(one.agency_id for one in readers(plan_of(record), emergency=False)):
        raise Invalid({"shares": "Somebody at your own body must be able to look after it. Keep one"})
    exclude(record=record, agencies=excluded, now=now)
    return {"audiences": [one.audience_id for one in ending], "excluded": sorted(map(str, excluded))}
