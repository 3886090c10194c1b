"""The only writers of messages and of the outbox.

``telling`` puts a message in people's inboxes and the outbox; ``answering`` takes what they answer; ``sending`` empties
the outbox.
"""

from notifications.operations.answering import (
    acknowledge,
    end_waiting,
    mark_seen,
    read_already,
    told_by_phone,
)
from notifications.operations.sending import send_due
from notifications.operations.telling import Telling, tell, tell_many

__all__ = [
    "Telling",
    "acknowledge",
    "end_waiting",
    "mark_seen",
    "read_already",
    "send_due",
    "tell",
    "tell_many",
    "told_by_phone",
]
