"""The only writers of meetings, and what is read of them together.

``convening`` asks people to come, ``recording`` writes down that they met. Every operation takes
``at``: the place where the roles must be held, which is the risk summit itself (its convenor, its
ring-holder's lead, its group's chair or secretariat). What follows for the matter is in
``meetings.registry``.
"""

from meetings.operations.convening import (
    answer_invitation,
    cancel_meeting,
    convene_meeting,
    invite_people,
    move_meeting,
)
from meetings.operations.reading import (
    bodies_called,
    essential_to,
    meetings_of,
    participants_of,
    place_of,
    present_at,
    proceedings_of,
)
from meetings.operations.recording import Told, correct_proceedings, record_call_held, record_meeting_held

__all__ = [
    "Told",
    "answer_invitation",
    "bodies_called",
    "cancel_meeting",
    "convene_meeting",
    "correct_proceedings",
    "essential_to",
    "invite_people",
    "meetings_of",
    "move_meeting",
    "participants_of",
    "place_of",
    "present_at",
    "proceedings_of",
    "record_call_held",
    "record_meeting_held",
]
