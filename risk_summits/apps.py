"""The application's entry in Django's registry."""

from django.apps import AppConfig


class RiskSummitsConfig(AppConfig):
    """Risk summits and the response that follows (NQB ch. 5, l.830-870)."""

    name = "risk_summits"
    verbose_name = "Risk summits"

    def ready(self) -> None:
        """Say what the clocks, the meetings and the inbox need to know of summits."""
        from risk_summits import registering  # noqa: PLC0415 - models exist only now

        registering.take_part()
