"""Handing the lead over, once it was decided who leads."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from risk_summits.models import RingHandover, Room
from risk_summits.operations.entering import called_body, enter, fact, log
from risk_summits.operations.holding import holdings_changed, may_lead
from risk_summits.operations.leading import check_reason, only, speaks_for_own
from risk_summits.operations.telling import tell_participants


@operation("summit.handover_offered")
def offer_handover(*, by: Principal, now: datetime, room: Room, to: UUID) -> RingHandover:
    """Offer the lead to another body called, which must accept; until then it stays.

    Args:
        by: a lead of the body that leads.
        now: the moment, after it was decided who leads.
        room: the room.
        to: the body.

    Returns:
        The offer.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    room = enter(by=by, room=room)
    holding = room.holding()
    only(holding.agency_id, by, f"Only {holding.agency}, which leads, can hand over.")
    speaks_for_own(room, by)
    if room.ring_decided_at is None:
        raise NotNow("It is not decided yet who leads. Until then, propose another body instead.")
    called = called_body(room, to, field="to")
    if called.agency_id == holding.agency_id or not may_lead(called.agency.kind):
        raise Invalid({"to": "Choose another body called that may lead a response."})
    if room.ringhandovers.filter(accepted_at=None, declined_at=None).exists():
        raise NotNow("The lead has been offered to a body that has not answered yet. Nothing was changed.")
    handover = RingHandover.objects.create(to=called.agency, **fact(room, by=by, now=now))
    tell_participants(room, event="summit.handover", now=now, topic=handover.pk, agencies=[called.agency_id])
    log(room, by=by, now=now, deed="summit.handover_offered", to=str(called.agency_id))
    return handover


@operation("summit.handover_answered")
def answer_handover(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    handover: UUID,
    accept: bool,
    reason: str = "",
    decided: Set[str] = frozenset(),
) -> RingHandover:
    """Take over the lead, in force at once; or decline, with a reason. Only the body it was offered to can.

    Args:
        by: a lead of that body.
        now: the moment.
        room: the room.
        handover: the offer.
        accept: whether it takes over.
        reason: why not.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    offers = room.ringhandovers.select_related("to").filter(accepted_at=None, declined_at=None)
    held = offers.filter(pk=handover).first()
    if held is None:
        raise NotNow("This has been answered already. Nothing was changed.")
    only(held.to_id, by, f"Only {held.to} can say whether it takes over.")
    speaks_for_own(room, by)
    let_through = {}
    if accept:
        held.accepted_at = now
    else:
        let_through = check_reason(reason, decided=decided)
        held.declined_at, held.reason = now, reason.strip()
    held.save()
    holdings_changed(room, now=now)
    log(room, by=by, now=now, deed="summit.handover_answered", accepted=accept, **let_through)
    return held
