"""How actions, turns and comments are put in words for the pages."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from access.models import Record
from access.reach import Plan, Reader, by_body
from access.sight import visible_to
from actions import rules
from actions.models import Action, ActionComment, Turn
from timekeeping.london import due_in_words


def status_words(action: Action, now: datetime) -> str:
    """Return where an action stands, in words; overdue is computed."""
    if rules.is_overdue(action.status, action.due_at, now):
        return "Overdue"
    if action.status == rules.ACCEPTED and action.rag:
        return f"{rules.STATUS_WORDS[action.status]}. {rules.RAGS[action.rag]}"
    return rules.STATUS_WORDS[action.status]


def turn_entry(turn: Turn) -> dict[str, Any]:
    """Return a turn as the timeline shows it."""
    said = [turn.text] if turn.deed != Turn.Deed.ASKED else []
    if turn.deed in (Turn.Deed.ASKED, Turn.Deed.COUNTERED, Turn.Deed.AGREED):
        said.insert(0, f"{turn.statement} By {due_in_words(turn.due_at)}." if turn.due_at else turn.statement)
    return {
        "at": turn.happened_at,
        "recorded_at": turn.recorded_at,
        "what": f"{turn.agency}: {Turn.Deed(turn.deed).label.lower()}",
        "by": str(turn.by or ""),
        "text": "\n\n".join(words for words in said if words),
    }


def comment_entry(comment: ActionComment) -> dict[str, Any]:
    """Return a comment as the timeline shows it."""
    record = comment.record
    narrowed = ", for their own body and the body that asked" if record.narrowed else ""
    return {
        "at": record.recorded_at,
        "what": f"{record.owner}{narrowed}",
        "by": str(record.recorded_by or ""),
        "text": comment.text,
    }


def origin_in_sight(by: Any, parent: uuid.UUID | None) -> Any:
    """Return what an action came from, where the reader sees it; None otherwise."""
    if parent is None:
        return None
    record = visible_to(by, Record.objects.filter(pk=parent)).first()
    return record.sighted if record else None


def origin_may_be_hidden(plan: Plan) -> bool:
    """Say whether an action, or what hangs on it, may have come from something that the asker does not see.

    Args:
        plan: its facts as the asker knows them (``plan_as_known``).

    Returns:
        True also for an action that came from nothing: the page then says the same of both.
    """
    above = plan
    while above.parent:
        above = above.parent
    return above.kind == Action.KIND


def bodies_for_page(readers: Iterable[Reader]) -> list[dict[str, Any]]:
    """Return readers by body, as the page's component takes them."""
    return [
        {"name": name, "count": len(people), "people": [one.name for one in people]}
        for name, people in by_body(readers).items()
    ]
