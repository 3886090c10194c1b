"""`manage.py import_ods FILE --kind KIND`: bring in a file of the NHS Organisation Data Service."""

from argparse import ArgumentParser
from typing import Any

from providers.importing.catalogue import ODS_KINDS
from providers.importing.command import ImportCommand


class Command(ImportCommand):
    """Repeatable, every month: shows what is new, changed, closed, unchanged and bad, then applies whole or not at all."""

    help = "Bring in trusts, sites, practices, CCGs or health authorities from a file of the Organisation Data Service."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the kind of file too."""
        super().add_arguments(parser)
        parser.add_argument("--kind", choices=ODS_KINDS, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring it in."""
        self.bring_in(options["kind"], options)
