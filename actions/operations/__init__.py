"""The only writers of actions: asking, answering, doing. And what is read of them together.

``asking`` is the side that asks and ``answering`` the side that is asked; ``turns`` is what both
need: every deed is one turn, kept for good.
"""

from actions.operations.answering import (
    accept_action,
    complete_action,
    counter_action,
    decline_action,
    record_progress,
    require_asked_side,
)
from actions.operations.asking import (
    AskingSide,
    agree_counter,
    ask_for_action,
    keep_to_what_was_asked,
    require_asking_side,
    withdraw_action,
)
from actions.operations.commenting import comment_on_action, comments_on
from actions.operations.reading import (
    actions_from,
    board,
    bodies_near,
    outstanding_for,
    people_at,
    powers_offered,
)

__all__ = [
    "AskingSide",
    "accept_action",
    "actions_from",
    "agree_counter",
    "ask_for_action",
    "board",
    "bodies_near",
    "comment_on_action",
    "comments_on",
    "complete_action",
    "counter_action",
    "decline_action",
    "keep_to_what_was_asked",
    "outstanding_for",
    "people_at",
    "powers_offered",
    "record_progress",
    "require_asked_side",
    "require_asking_side",
    "withdraw_action",
]
