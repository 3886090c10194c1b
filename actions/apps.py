"""Actions that bodies ask of each other."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Asking, answering and doing (NQB ch. 5, l.846-858)."""

    name = "actions"

    def ready(self) -> None:
        """Say what people are told about actions, and whom the steps of their clock mean."""
        from actions import steered  # noqa: PLC0415 - models exist only now
        from actions.operations import telling  # noqa: PLC0415
        from clocks import registry  # noqa: PLC0415
        from notifications import events  # noqa: PLC0415

        for event in telling.EVENTS:
            events.register(event)
        registry.take_family("action", recipients=telling.RECIPIENTS)
        steered.say()
