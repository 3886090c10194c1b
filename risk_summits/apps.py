"""The application's entry in Django's registry."""

from django.apps import AppConfig


class RiskSummitsConfig(AppConfig):
    """Risk summits and the response that follows (NQB ch. 5, l.830-870)."""

    name = "risk_summits"
    verbose_name = "Risk summits"
