"""`manage.py load_reference`: bring the lists in from their files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reference import operations


class Command(BaseCommand):
    """Load the lists; repeatable. Every problem is said by row; sound rows are kept all the same."""

    help = "Load the reference lists (repeatable; what stands here already is kept)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder to read and whether to replace what differs."""
        parser.add_argument("--folder", type=Path, default=operations.DATA)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="Rewrite rows that stand differently here than in the files.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, print counts and problems, and fail at the end if a row could not be kept."""
        loaded = operations.load_lists(folder=options["folder"], replace=options["replace"])
        for problem in loaded.problems:
            self.stderr.write(str(problem))
        counts = loaded.counts
        self.stdout.write(
            f"Reference lists: {counts['added']} rows added, {counts['replaced']} replaced,"
            f" {counts['unchanged']} unchanged, {counts['kept']} kept as they stand here."
        )
        if not loaded.sound:
            raise CommandError("Some rows were not loaded; the others were. Correct and load again.")
