"""Agreeing who leads the response: proposing, accepting, objecting, taking back (NQB ch. 5, l.858-866)."""

from collections.abc import Set
from datetime import datetime
from typing import Any
from uuid import UUID

from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow, NotPermitted
from risk_summits.models import CalledBody, RingObjection, RingOffer, Room
from risk_summits.operations.entering import called_body, enter, fact, guard, happened, log, own_call
from risk_summits.operations.facts import failure_at
from risk_summits.operations.holding import holdings_changed, may_lead, ring_clock
from risk_summits.operations.telling import tell_participants
from risk_summits.rules import calling, ring
from timekeeping.london import moment_in_words


def check_undecided(room: Room, now: datetime) -> None:
    """Refuse once it has been decided who leads, or the time to agree is up: after that it is handed over."""
    clock = ring_clock(room)
    over = room.ring_decided_at or (clock.fell_due_at if clock and now > clock.fell_due_at else None)
    if over is not None:
        raise NotNow(
            f"The time to agree who leads ended on {moment_in_words(over)}. The body that leads can hand over to "
            "another that accepts. Nothing was changed."
        )


def speaks_for_own(room: Room, by: Principal) -> CalledBody:
    """Return the call of the principal's body; refuse unless they may speak for it about the lead."""
    called = own_call(room, by)
    by.require(
        "summit.ring",
        at=OWN_BODY,
        sentence=f"A lead for {called.agency} says that. Ring yours, or ask your administrator.",
    )
    return called


def only(agency: UUID, by: Principal, sentence: str) -> None:
    """Refuse, with a sentence, anybody who is not of this body."""
    if by.agency_id != agency:
        raise NotPermitted(sentence)


def check_reason(reason: str, field: str = "reason", *, decided: Set[str]) -> dict[str, Any]:
    """Refuse an answer without a reason, with too long a one, or with a patient's mark; return what the log keeps of it (see ``guard``)."""
    if not reason.strip():
        raise Invalid({field: "Say why, in a sentence."})
    return guard({field: reason}, decided=decided, **{field: calling.LONGEST_LINE})


@operation("summit.lead_proposed")
def propose_lead(
    *, by: Principal, now: datetime, room: Room, agency: UUID, happened_at: datetime | None = None
) -> RingOffer:
    """Propose a body as lead for the response, one's own or another (NQB ch. 5, l.862).

    Proposing one's own body is accepting. Another must accept first.

    Args:
        by: a lead of a body called.
        now: the moment.
        room: the room.
        agency: a body called that may lead.
        happened_at: when it was proposed, if not now.

    Returns:
        The proposal.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    room = enter(by=by, room=room)
    own = speaks_for_own(room, by)
    check_undecided(room, now)
    called = called_body(room, agency)
    if not may_lead(called.agency.kind):
        raise Invalid(
            {"agency": f"{called.agency} does not lead responses: it may need to act in its own right."}
        )
    if room.ringoffers.filter(agency=called.agency, declined_at=None).exists():
        raise NotNow(f"{called.agency} has been proposed already. Nothing was changed.")
    at = happened(room, happened_at, now=now)
    offer = RingOffer.objects.create(agency=called.agency, **fact(room, by=by, now=now, happened_at=at))
    if own.agency_id == called.agency_id:
        offer.accepted_at, offer.accepted_recorded_at = at, now
        offer.save()
        holdings_changed(room, now=now)
    else:
        tell_participants(
            room, event="summit.lead_proposed", now=now, topic=offer.pk, agencies=[called.agency_id]
        )
    log(room, by=by, now=now, deed="summit.lead_proposed", agency=str(called.agency_id))
    return offer


@operation("summit.lead_answered")
def answer_lead(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    offer: UUID,
    accept: bool,
    reason: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> RingOffer:
    """Accept being proposed as lead, in force at once; or decline, with a reason.

    Args:
        by: a lead of the body proposed.
        now: the moment.
        room: the room.
        offer: the proposal.
        accept: whether it takes the lead.
        reason: why not.
        happened_at: when it was said, if not now.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    held = room.ringoffers.select_related("agency").filter(pk=offer).first()
    if held is None:
        raise Invalid({"offer": "Choose a proposal that stands."})
    only(held.agency_id, by, f"Only {held.agency} can say whether it takes the lead.")
    speaks_for_own(room, by)
    check_undecided(room, now)
    if held.accepted_at or held.declined_at:
        raise NotNow("This has been answered already. Nothing was changed.")
    at, let_through = max(happened(room, happened_at, now=now), held.happened_at), {}
    if accept:
        held.accepted_at, held.accepted_recorded_at = at, now
    else:
        let_through = check_reason(reason, decided=decided)
        held.declined_at, held.reason = at, reason.strip()
    held.save()
    holdings_changed(room, now=now)
    log(room, by=by, now=now, deed="summit.lead_answered", accepted=accept, **let_through)
    return held


@operation("summit.lead_objected")
def object_to_lead(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    agency: UUID,
    ground: str,
    text: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> RingObjection:
    """Object to a body as lead, on legitimacy, capability or capacity: NHS England leads in the meantime.

    Args:
        by: a lead of a body called.
        now: the moment; before it is decided who leads.
        room: the room.
        agency: the body proposed.
        ground: one of ``ring.GROUNDS`` (NQB ch. 5, l.864).
        text: why.
        happened_at: when it was said, if not now.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    speaks_for_own(room, by)
    check_undecided(room, now)
    if not room.ringoffers.filter(agency_id=agency, declined_at=None).exists():
        raise Invalid({"agency": "Choose a body that was proposed."})
    if ground not in ring.GROUNDS:
        raise Invalid({"ground": "Say what it is about: legitimacy, capability or capacity."})
    let_through = check_reason(text, "text", decided=decided)
    at = happened(room, happened_at, now=now)
    objection = RingObjection.objects.create(
        agency_id=agency, ground=ground, text=text.strip(), **fact(room, by=by, now=now, happened_at=at)
    )
    holdings_changed(room, now=now)
    detail = {"agency": str(agency), "ground": ground, **let_through}
    log(room, by=by, now=now, deed="summit.lead_objected", **detail)
    return objection


@operation("summit.objection_withdrawn")
def withdraw_objection(*, by: Principal, now: datetime, room: Room, objection: UUID) -> RingObjection:
    """Take an objection back, before it is decided who leads. Only the body that made it can."""
    room = enter(by=by, room=room)
    held = room.ringobjections.select_related("by_agency").filter(pk=objection, withdrawn_at=None).first()
    if held is None or held.by_agency_id is None:
        raise Invalid({"objection": "Choose an objection that stands."})
    only(held.by_agency_id, by, f"Only {held.by_agency} can take its objection back.")
    speaks_for_own(room, by)
    check_undecided(room, now)
    held.withdrawn_at = now
    held.save(update_fields=["withdrawn_at"])
    holdings_changed(room, now=now)
    log(room, by=by, now=now, deed="summit.objection_withdrawn", agency=str(held.agency_id))
    return held


@operation("summit.concern_declared")
def declare_concerned(*, by: Principal, now: datetime, room: Room, why: str) -> Room:
    """Declare that NHS England is itself concerned: its next tier then leads by default.

    Args:
        by: needs ``summit.convene`` at the summit.
        now: the moment; before the first judgement of failure. After it, the lead is proposed or handed over.
        room: the room.
        why: ``criticised`` or ``buys``.
    """
    room = enter(by=by, room=room)
    by.require("summit.convene", at=room)
    if not why or why not in calling.CONCERNED_WORDS:
        raise Invalid({"why": "Say whether NHS England buys this service or is itself criticised."})
    if failure_at(room) is not None:
        raise NotNow(
            "A judgement has been taken, so somebody leads already. Propose the regional team as lead, or hand over "
            "to it. Nothing was changed."
        )
    team = room.summit.convenor
    room.concerned, room.home_holder = why, team.parent or team
    room.called.filter(agency=room.home_holder).update(speaks=True)
    log(room, by=by, now=now, deed="summit.concern_declared", save=("concerned", "home_holder"), why=why)
    return room
