"""The application's name for Django."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Configuration of the `providers` application."""

    name = "providers"
    verbose_name = "Providers"
