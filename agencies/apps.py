"""The application's name for Django."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Configuration of the `agencies` application."""

    name = "agencies"
    verbose_name = "Agencies and groups"
