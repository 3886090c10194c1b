"""Who may do what, and who may see what."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The only app that knows the permission library."""

    name = "access"
