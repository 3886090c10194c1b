"""Actions that bodies ask of each other."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Asking, answering and doing (NQB ch. 5, l.846-858)."""

    name = "actions"
