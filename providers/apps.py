"""The application's name for Django."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Configuration of the `providers` application."""

    name = "providers"
    verbose_name = "Providers"

    def ready(self) -> None:
        """Say what the app does with the lists."""
        from providers import steered  # noqa: PLC0415 - what it reads is made only now

        steered.say()
