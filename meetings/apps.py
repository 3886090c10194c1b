"""Meetings, as far as the response to a risk summit needs them."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Convening, inviting, holding and recording (NQB ch. 5, l.858)."""

    name = "meetings"
