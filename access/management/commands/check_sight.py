"""Compare who sees each record with its shares."""

from django.core.management.base import BaseCommand, CommandError

from access.models import Record
from access.operations import drifted_circles


class Command(BaseCommand):
    """Compare the circles of every record with its live shares; a record that differs ends with exit code 1."""

    help = "Compare the circles of every record with its live shares, and name each record that differs."

    def handle(self, *args: object, **options: object) -> None:
        """Print how many were compared, and each that differs by its id."""
        drifted = drifted_circles()
        self.stdout.write(f"{Record.objects.count()} records compared with their shares.")
        if drifted:
            raise CommandError("\n".join(f"{pk} is not seen by whom it is shared with." for pk in drifted))
