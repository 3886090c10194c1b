"""The application's name for Django."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Configuration of the `providers` application."""

    name = "providers"
    verbose_name = "Providers"

    def ready(self) -> None:
        """Say what the clocks and the inbox need to know of levels and of plans, and what the app does with the lists."""
        from clocks import registry  # noqa: PLC0415 - models exist only now
        from notifications import events  # noqa: PLC0415
        from providers import steered  # noqa: PLC0415
        from providers.closing.operations import telling as closing  # noqa: PLC0415
        from providers.levels.operations import telling as levels  # noqa: PLC0415

        registry.take_family(
            "level_review", recipients=levels.RECIPIENTS, met_by_time=True, words=levels.words_of_review
        )
        for family in ("level_notice", "level_reply", "level_withheld"):
            registry.take_family(family, recipients=levels.RECIPIENTS)
        registry.take_family(
            "closing_receipt",
            recipients=closing.RECIPIENTS,
            words=closing.words_of_receipt,
            about=closing.about_receipt,
        )
        events.register(closing.CHANGED)
        events.register(levels.WITHHOLDING)
        steered.say()
