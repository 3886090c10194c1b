"""The application's entry in Django's registry."""

from importlib import import_module

from django.apps import AppConfig


class QsgPortalConfig(AppConfig):
    """The pages composed of everything, and what holds the portal together."""

    name = "qsg_portal"
    verbose_name = "Quality Surveillance Portal"

    def ready(self) -> None:
        """Start hearing what the account library tells."""
        import_module("qsg_portal.hearing")
