"""The application's entry in Django's registry."""

from django.apps import AppConfig
from django.core import checks


class ClocksConfig(AppConfig):
    """Deadlines."""

    name = "clocks"

    def ready(self) -> None:
        """Say what people are told about clocks, and check that every word of the shipped steps is known."""
        from clocks import steered, telling  # noqa: PLC0415 - models exist only now
        from clocks.checks import check_words  # noqa: PLC0415
        from notifications import events  # noqa: PLC0415

        for event in telling.EVENTS:
            events.register(event)
        checks.register(check_words)
        steered.say()
