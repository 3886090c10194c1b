"""Who leads: now, since when, who was proposed and what was said against it."""

from typing import Any

from clocks.rules.states import OPEN
from risk_summits.operations.holding import suggested_bodies
from risk_summits.rules import ring
from risk_summits.showing.held import Held


def lead_of(held: Held) -> dict[str, Any]:
    """Return who leads, the proposals with their objections, and until when it is open."""
    holding = held.holdings[-1]
    clock = next((one for one in held.clocks if one.family == "ring" and one.state in OPEN), None)
    handover = next(
        (one for one in held.handovers if one.accepted_at is None and one.declined_at is None), None
    )
    undecided = held.room.ring_decided_at is None and (clock is None or held.now <= clock.fell_due_at)
    return {
        "holding": holding,
        "words": ring.WORDS[holding.basis],
        "agreed": holding.basis == ring.AGREED,
        "convenes": holding.basis == ring.CONVENOR,
        "default": held.room.home_holder,
        "decided_at": held.room.ring_decided_at,
        "clock": clock,
        "open": undecided and held.open,
        "offers": [_offer(held, one) for one in held.offers],
        "suggested": [one.agency.name for one in suggested_bodies(held.room, held.now)] if undecided else [],
        "handover": handover,
        "handover_mine": handover is not None and handover.to_id == held.by.agency_id,
        "mine": holding.agency_id == held.by.agency_id,
        "course": [(one, ring.WORDS[one.basis]) for one in held.holdings],
    }


def _offer(held: Held, offer: Any) -> dict[str, Any]:
    """Return a proposal, how it stands, and what stands against it."""
    against = [
        {"row": one, "ground": ring.GROUNDS[one.ground], "mine": one.by_agency_id == held.by.agency_id}
        for one in held.objections
        if one.agency_id == offer.agency_id and one.withdrawn_at is None
    ]
    return {
        "row": offer,
        "mine": offer.agency_id == held.by.agency_id,
        "waits": offer.accepted_at is None and offer.declined_at is None,
        "objections": against,
    }
