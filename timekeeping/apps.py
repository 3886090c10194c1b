"""The portal's one clock, and the London calendar."""

from django.apps import AppConfig


class TimekeepingConfig(AppConfig):
    """Holds the SQL functions that give the time everywhere."""

    name = "timekeeping"
