"""The pages of meetings: convening, answering, and the record of what was held."""

from meetings.views.changing import CancelPage, CorrectPage, HeldPage, InvitePage, MovePage
from meetings.views.matter import ConvenePage, RecordCallPage
from meetings.views.meeting import AnswerPage, CalendarPage, MeetingPage

__all__ = [
    "AnswerPage",
    "CalendarPage",
    "CancelPage",
    "ConvenePage",
    "CorrectPage",
    "HeldPage",
    "InvitePage",
    "MeetingPage",
    "MovePage",
    "RecordCallPage",
]
