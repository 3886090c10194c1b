"""Verify the seals of the log."""

from django.core.management.base import BaseCommand, CommandError

from audit.operations import verify
from audit.rules import BROKEN


class Command(BaseCommand):
    """Recompute every seal; a seal that does not hold ends with exit code ``BROKEN``, and with no other."""

    help = "Recompute the chain of audit seals and say whether anything was changed."

    def handle(self, *args: object, **options: object) -> None:
        """Print the verdict in a sentence a batch."""
        verdict = verify()
        if verdict.faults:
            raise CommandError("\n".join(verdict.faults), returncode=BROKEN)
        self.stdout.write(f"{verdict.batches} batches, {verdict.lines} lines: every seal holds.")
