"""Saying something about an action without taking a turn: any reader of it may."""

from collections.abc import Set
from datetime import datetime

from access.models import Record
from access.operations import create_record, operation
from access.principal import OWN_BODY, Principal
from access.sight import must_see, visible_to
from actions import rules
from actions.models import Action, ActionComment
from actions.operations.turns import guard
from audit.operations import record_deed
from reference.personal_data import codes


@operation("action.commented")
def comment_on_action(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    text: str,
    narrowed: bool = False,
    decided: Set[str] = frozenset(),
) -> ActionComment:
    """Say something about an action in sight.

    Args:
        by: needs ``action.comment`` at the own body.
        now: the moment.
        action: in sight of ``by``.
        text: what is said.
        narrowed: only for the own body and the body that asked.
        decided: marks of what looks like a patient's and, a person says, is not.

    Raises:
        Http404, NotPermitted, Invalid: with their sentences.
    """
    must_see(by, action.record)
    by.require("action.comment", at=OWN_BODY)
    rules.check_words("text", text, "Say something, or go back.")
    guard({"text": text}, decided=decided)
    record = create_record(
        kind=ActionComment.KIND,
        by=by,
        now=now,
        providers=action.record.about.values_list("provider_id", flat=True),
        parent=action.record,
        parent_rule=Record.ParentRule.REQUIRED,
        narrowed=narrowed,
        exercise=action.record.exercise,
    )
    comment = ActionComment.objects.create(record=record, action=action, text=text.strip())
    detail: dict[str, object] = {"of": str(action.pk), "narrowed": narrowed}
    if let_through := codes([text]):
        detail["let_through"] = let_through
    record_deed(by=by, now=now, deed="action.commented", record=record.pk, detail=detail)
    return comment


def comments_on(by: Principal, action: Action) -> list[ActionComment]:
    """Return the comments on an action that this principal sees, the oldest first."""
    found = visible_to(by, ActionComment.objects.filter(action=action))
    return list(
        found.select_related("record__owner", "record__recorded_by").order_by("record__recorded_at", "pk")
    )
