"""``manage.py recovery_drill``: lose the database's disk and print what was lost and how long it took."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from qsg_portal.children import adopt_orphans
from qsg_portal.faults.figures import table
from qsg_portal.faults.recovery import lose_and_recover


class Command(BaseCommand):
    """Fails when a figure passes its limit."""

    help = "Lose a database's disk, restore it from its archive, and print the figures."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=150, help="seconds of writing before the loss")
        parser.add_argument(
            "--archive-every", type=int, default=60, help="seconds after which the log is archived"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        adopt_orphans()
        figures = lose_and_recover(lasting=options["seconds"], archive_every=options["archive_every"])
        self.stdout.write(table(figures))
        if not all(one.holds for one in figures):
            sys.exit(1)
