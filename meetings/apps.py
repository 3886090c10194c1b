"""Meetings, as far as the response to a risk summit needs them."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Convening, inviting, holding and recording (NQB ch. 5, l.856)."""

    name = "meetings"

    def ready(self) -> None:
        """Say what people are told about meetings."""
        from meetings.operations import telling  # noqa: PLC0415 - models exist only now
        from notifications import events  # noqa: PLC0415

        for event in telling.EVENTS:
            events.register(event)
