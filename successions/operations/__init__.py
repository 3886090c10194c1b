"""The only writers of successions: opened, offered, answered, and at the end the body closes or does not."""

from successions.operations.answering import accept, decline
from successions.operations.closing import close_body, close_due
from successions.operations.offering import hand_on, offer_elsewhere
from successions.operations.opening import open_succession, undo_succession
from successions.operations.taking_back import take_offer_back

__all__ = [
    "accept",
    "close_body",
    "close_due",
    "decline",
    "hand_on",
    "offer_elsewhere",
    "open_succession",
    "take_offer_back",
    "undo_succession",
]
