"""The application's name for Django."""

from django.apps import AppConfig


class SuccessionsConfig(AppConfig):
    """Configuration of the `successions` application."""

    name = "successions"
    verbose_name = "Successions of bodies"
