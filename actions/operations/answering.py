"""The side that is asked: accepting, declining, proposing another way, saying how it goes, and that it is done."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid
from access.sight import must_see
from actions import rules
from actions.models import Action
from actions.operations.reading import people_at
from actions.operations.telling import tell_the_other_side
from actions.operations.timing import meet_its_clock, start_its_clock
from actions.operations.turns import Deed, Said, guard, take_turn, take_up


def require_asked_side(by: Principal, action: Action, permission: str) -> None:
    """Let only the body asked answer: one part cannot direct another (NQB ch. 5, l.850).

    Raises:
        Http404: out of sight.
        NotPermitted: another body's person, or without the role; it says which.
    """
    must_see(by, action.record)
    asked = action.asked
    sentence = f"Only {asked} can do this: it was asked of {asked}, and no body can answer for another."
    if by.agency_id == asked.pk:
        sentence = f"Your role at {asked} does not allow this. Ask a person who leads for {asked}."
    by.require(permission, at=asked, sentence=sentence)


@operation("action.accepted")
def accept_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    text: str = "",
    lead: UUID | None = None,
    lead_name: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Action:
    """Accept what was asked, and say who leads it. Starts its clock at the moment of acceptance.

    Args:
        by: needs ``action.answer`` at the body asked.
        now: the moment.
        action: in sight of ``by``.
        seen: its ``turn`` when the person read it.
        text: anything to add.
        lead: who leads it: an account that reads intelligence at the body asked.
        lead_name: or a name without an account. Neither keeps the name that the asker proposed.
        happened_at: when it was accepted, if earlier (by telephone); not before it was asked.
        decided: marks of what looks like a patient's and, a person says, is not.

    Returns:
        The action, status ``accepted``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    require_asked_side(by, action, "action.answer")
    action = take_up(by=by, action=action, seen=seen, then=rules.ACCEPTED)
    accepted_at = happened_at or now
    rules.check_due(action.due_at, after=accepted_at, field="")
    guard({"text": text, "lead_name": lead_name}, decided=decided, before=[action.lead_name])
    _appoint(action, lead, lead_name, now)
    action.status, action.accepted_at, action.rag = rules.ACCEPTED, accepted_at, "green"
    action.counter_statement, action.counter_due_at = "", None
    said = Said(
        text=text.strip(),
        statement=action.statement,
        due_at=action.due_at,
        rag="green",
        happened_at=happened_at,
    )
    turn = take_turn(by=by, now=now, action=action, deed=Deed.ACCEPTED, code="action.accepted", said=said)
    start_its_clock(action, by=by, now=now)
    tell_the_other_side(action, turn, now)
    return action


def _appoint(action: Action, lead: UUID | None, lead_name: str, now: datetime) -> None:
    """Set who leads it; a forged id gets the sentence of an absent one."""
    if lead is None:
        action.lead, action.lead_name = None, lead_name.strip() or action.lead_name
        return
    if not people_at(action.asked_id, now).filter(pk=lead).exists():
        raise Invalid({"lead": f"Choose a person at {action.asked}, or type a name."})
    action.lead_id, action.lead_name = lead, ""


@operation("action.declined")
def decline_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    reason: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Action:
    """Decline, with the reason. Needs ``action.answer`` at the body asked; arguments as ``accept_action``."""
    require_asked_side(by, action, "action.answer")
    action = take_up(by=by, action=action, seen=seen, then=rules.DECLINED)
    rules.check_words("reason", reason, "Say why, so that another way can be found.")
    guard({"reason": reason}, decided=decided)
    action.status, action.ended_at = rules.DECLINED, happened_at or now
    action.counter_statement, action.counter_due_at = "", None
    said = Said(text=reason.strip(), happened_at=happened_at)
    turn = take_turn(by=by, now=now, action=action, deed=Deed.DECLINED, code="action.declined", said=said)
    tell_the_other_side(action, turn, now)
    return action


@operation("action.countered")
def counter_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    statement: str,
    due_at: datetime,
    reason: str,
    lead: UUID | None = None,
    lead_name: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Action:
    """Propose another way or another time, with the reason; the asking body then agrees or not.

    Needs ``action.answer`` at the body asked; arguments as ``accept_action``. What was asked stays
    as it stands until the asking body agrees.
    """
    require_asked_side(by, action, "action.answer")
    action = take_up(by=by, action=action, seen=seen, then=rules.COUNTERED)
    rules.check_words("statement", statement, "Say what you would do.")
    rules.check_words("reason", reason, "Say why you propose it, so that they can agree.")
    words = {"statement": statement, "reason": reason, "lead_name": lead_name}
    guard(words, decided=decided, before=[action.statement, action.lead_name])
    rules.check_due(due_at, after=now)
    rules.check_counter(action.statement, action.due_at, counter=statement, counter_due_at=due_at)
    _appoint(action, lead, lead_name, now)
    action.status = rules.COUNTERED
    action.counter_statement, action.counter_due_at = statement.strip(), due_at
    said = Said(
        text=reason.strip(), statement=action.counter_statement, due_at=due_at, happened_at=happened_at
    )
    turn = take_turn(by=by, now=now, action=action, deed=Deed.COUNTERED, code="action.countered", said=said)
    tell_the_other_side(action, turn, now)
    return action


@operation("action.progressed")
def record_progress(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    text: str,
    rag: str,
    risk: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Action:
    """Say how an accepted action is going. Needs ``action.progress`` at the body asked.

    Args:
        by: who says it.
        now: the moment.
        action: in sight of ``by``.
        seen: its ``turn`` when the person read it.
        text: how it is going.
        rag: green, amber or red.
        risk: the risk as it is now.
        happened_at: as of when, if earlier; not before it was accepted.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    require_asked_side(by, action, "action.progress")
    action = take_up(by=by, action=action, seen=seen, then=rules.ACCEPTED, given=rules.ACCEPTED)
    rules.check_words("text", text, "Say how it is going.")
    rules.check_codes(rag=rag, risk=risk)
    guard({"text": text}, decided=decided)
    action.rag, action.current_risk = rag, risk
    said = Said(text=text.strip(), rag=rag, risk=risk, happened_at=happened_at)
    turn = take_turn(by=by, now=now, action=action, deed=Deed.PROGRESS, code="action.progressed", said=said)
    tell_the_other_side(action, turn, now)
    return action


@operation("action.done")
def complete_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    evidence: str,
    risk: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Action:
    """Say that it is done, with the evidence. Meets its clock at the moment it was done.

    Needs ``action.progress`` at the body asked; arguments as ``record_progress``.
    """
    require_asked_side(by, action, "action.progress")
    action = take_up(by=by, action=action, seen=seen, then=rules.DONE)
    rules.check_words("evidence", evidence, "Say how anybody can tell that it is done.")
    rules.check_codes(risk=risk)
    guard({"evidence": evidence}, decided=decided)
    done_at = happened_at or now
    action.status, action.ended_at = rules.DONE, done_at
    action.evidence, action.current_risk = evidence.strip(), risk
    said = Said(text=evidence.strip(), risk=risk, happened_at=happened_at)
    turn = take_turn(by=by, now=now, action=action, deed=Deed.DONE, code="action.done", said=said)
    meet_its_clock(action, by=by, now=now, happened_at=done_at)
    tell_the_other_side(action, turn, now)
    return action
