"""The application's name for Django."""

from django.apps import AppConfig


class SuccessionsConfig(AppConfig):
    """Configuration of the `successions` application."""

    name = "successions"
    verbose_name = "Successions of bodies"

    def ready(self) -> None:
        """Say what the app does with the lists, and what people are told about successions."""
        from notifications import events  # noqa: PLC0415 - models exist only now
        from successions import steered  # noqa: PLC0415
        from successions.operations import telling  # noqa: PLC0415

        steered.say()
        for event in telling.EVENTS:
            events.register(event)
        for code, office in telling.OFFICES.items():
            events.register_office(code, office)
