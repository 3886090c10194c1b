"""What the one who looks may do in a room now. The pages and the operations ask again."""

from typing import Any

from access.roles import permissions_of
from risk_summits.operations.judging import judges_as
from risk_summits.rules import judging
from risk_summits.showing.held import Held

AT_SUMMIT = ("call", "convene", "record", "judge_together", "close")
FOR_BODY = ("state_view", "ring", "inform", "impact", "table", "bring")


def deeds_of(held: Held) -> dict[str, Any]:
    """Return, by name, whether each deed is offered."""
    here = {name: held.open and held.may_here(f"summit.{name}") for name in AT_SUMMIT}
    body = {name: held.open and held.may_for_body(f"summit.{name}") for name in FOR_BODY}
    judge = judges_as(held.own, held.by, held.room, held.now) if held.open else None
    own = permissions_of(held.by.agency_roles)
    asks = "action.ask" in own or held.may_here("action.ask")
    return {
        **here,
        **body,
        "tell_provider": held.may_here("summit.tell_provider"),
        "ask": held.open and asks,
        "judge": judge,
        "judge_words": judging.WORDS[judge] if judge else "",
        "ask_impact": body["impact"] and judge == judging.CQC,
        "open": held.open,
    }
