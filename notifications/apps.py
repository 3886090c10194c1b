"""The application's entry in Django's registry."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Telling people, in the portal and by mail."""

    name = "notifications"

    def ready(self) -> None:
        """Say what the app does with the lists."""
        from notifications import steered  # noqa: PLC0415 - what it reads is made only now

        steered.say()
