"""The application's entry in Django's registry."""

from django.apps import AppConfig


class NhsukConfig(AppConfig):
    """Pages and forms in the look of the NHS.UK design system."""

    name = "nhsuk"
    verbose_name = "NHS.UK design system"
