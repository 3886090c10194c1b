"""The application's name for Django."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Configuration of the `reference` application."""

    name = "reference"
    verbose_name = "Reference data"
