"""Planned visits and information requests."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """One calendar of all bodies' visits at a provider, one register of what it is asked for (JF 2.1, 2.2, App. B 4)."""

    name = "visits"

    def ready(self) -> None:
        """Say what people are told about visits."""
        from notifications import events  # noqa: PLC0415 - models exist only now
        from visits.operations import telling  # noqa: PLC0415

        for event in telling.EVENTS:
            events.register(event)
