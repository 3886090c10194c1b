"""The append-only log of reads and writes."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did or saw what, sealed in chained batches."""

    name = "audit"
