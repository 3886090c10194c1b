"""The application's entry in Django's registry."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Telling people, in the portal and by mail."""

    name = "notifications"
