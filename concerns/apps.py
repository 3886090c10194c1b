"""The application's entry in Django's registry."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """Concerns, what others say of them, and whether anyone is in danger."""

    name = "concerns"

    def ready(self) -> None:
        """Say what people are told about concerns, and whom the steps of their clocks mean."""
        from clocks import registry  # noqa: PLC0415 - models exist only now
        from concerns import steered  # noqa: PLC0415
        from concerns.operations import telling  # noqa: PLC0415
        from notifications import events  # noqa: PLC0415

        for event in telling.EVENTS:
            events.register(event)
        for family in ("safeguarding", "safeguarding_notice", "go_and_look"):
            registry.take_family(family, recipients=telling.RECIPIENTS)
        steered.say()
