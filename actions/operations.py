"""The only writers of actions: asking, answering, doing."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.principal import Principal
from actions.models import Action


def ask_for_action(
    *,
    by: Principal,
    now: datetime,
    asked: UUID,
    statement: str,
    aim: str,
    power_kind: str,
    power: str = "",
    due_at: datetime,
    risk: str,
    origin: Record | None = None,
    providers: Iterable[UUID] | None = None,
    lead: UUID | None = None,
    lead_name: str = "",
    happened_at: datetime | None = None,
) -> Action:
    """Ask a body for action (NQB ch. 5, l.850-858): offered, never directed.

    Args:
        by: needs ``action.ask`` at the own body, or at the summit it comes from. The own body asks.
        now: the moment.
        asked: the body asked; everyone who reads intelligence there will see the action.
        statement: what is asked, complete in itself: the asked body may not see where it came from.
        aim: ``safeguard``, ``continue`` or ``improve``.
        power_kind, power: ``listed`` with one of the asked body's powers, ``none``, or ``another`` with words.
        due_at: by when, in the future.
        risk: the risk if nothing is done: low, moderate, serious, critical.
        origin: the concern or summit it came from, in sight of ``by``; its readers see the action too.
        providers: whom it is about; None means all that the origin is about.
        lead, lead_name: who would lead it there: an account at the asked body, or a name.
        happened_at: when it was asked, if earlier (by telephone, at a meeting).

    Returns:
        The action, status ``offered``.

    Raises:
        NotPermitted, Invalid, NotNow, Http404 (origin or body not there for this principal).
    """
    raise NotImplementedError


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
) -> Action:
    """Accept what was asked: only the body asked can (``action.answer`` there). Starts its clock."""
    raise NotImplementedError


def decline_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    reason: str,
    happened_at: datetime | None = None,
) -> Action:
    """Decline with a reason: only the body asked can."""
    raise NotImplementedError


def counter_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    statement: str,
    due_at: datetime,
    reason: str,
    happened_at: datetime | None = None,
) -> Action:
    """Propose another way, or another time: only the body asked can."""
    raise NotImplementedError


def agree_counter(*, by: Principal, now: datetime, action: Action, seen: int, text: str = "") -> Action:
    """The asking body takes the other way: it becomes the statement, accepted. Starts its clock."""
    raise NotImplementedError


def keep_to_what_was_asked(*, by: Principal, now: datetime, action: Action, seen: int, reason: str) -> Action:
    """The asking body does not take the other way: the action is offered again as it stood."""
    raise NotImplementedError


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
) -> Action:
    """Say how an accepted action is going (``action.progress`` at the body asked)."""
    raise NotImplementedError


def complete_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    evidence: str,
    risk: str,
    happened_at: datetime | None = None,
) -> Action:
    """Say that it is done, with the evidence (``action.progress`` at the body asked). Meets its clock."""
    raise NotImplementedError


def withdraw_action(*, by: Principal, now: datetime, action: Action, seen: int, reason: str) -> Action:
    """The asking body no longer asks for it. Stops its clock, if one runs."""
    raise NotImplementedError


def outstanding_for(origin: Record) -> int:
    """Return how many actions that came from a record are not yet done, declined or withdrawn.

    For the rule that follow-up meetings go on "until action has been taken" (NQB ch. 5, l.858): a
    fact for the clocks, never shown to a person whose sight may hold fewer.
    """
    raise NotImplementedError


def actions_from(by: Principal, origin: Record) -> list[Action]:
    """Return the actions that came from a record and that this principal sees, by aim then due moment."""
    raise NotImplementedError
