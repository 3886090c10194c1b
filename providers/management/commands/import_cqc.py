"""`manage.py import_cqc FILE`: bring in what the Care Quality Commission publishes."""

from typing import Any

from providers.importing.catalogue import cqc_kind
from providers.importing.command import ImportCommand


class Command(ImportCommand):
    """Repeatable, every week: the directory with ratings (CSV), or the API's answers (JSON, one a line)."""

    help = "Bring in the Care Quality Commission's directory with ratings, or its API's answers, one a line."

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell by its first character which it is, and bring it in."""
        self.bring_in(cqc_kind(options["file"]), options)
