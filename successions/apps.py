"""The application's name for Django."""

from django.apps import AppConfig


class SuccessionsConfig(AppConfig):
    """Configuration of the `successions` application."""

    name = "successions"
    verbose_name = "Successions of bodies"

    def ready(self) -> None:
        """Say what the app does with the lists."""
        from successions import steered  # noqa: PLC0415 - what it reads is made only now

        steered.say()
