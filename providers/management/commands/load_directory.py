"""`manage.py load_directory`: bring bodies, groups and providers in from their files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from access.principal import clockwork
from agencies import importers as agency_importers
from agencies.operations import load_bodies
from providers import importers as provider_importers
from providers.operations import load_providers
from reference.models import Entry
from reference.operations import Loaded, load_lists
from timekeeping import portal_now


class Command(BaseCommand):
    """Load the directory; repeatable. Every problem is said by row; sound rows are kept all the same."""

    help = "Load the bodies, groups and providers that ship with the portal, and the lists if there are none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take other folders of files than those that ship."""
        parser.add_argument("--bodies", type=Path, default=agency_importers.DATA)
        parser.add_argument("--providers", type=Path, default=provider_importers.DATA)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, print counts and problems, and fail at the end if a row could not be kept."""
        now = portal_now()
        by = clockwork(now)
        lists = Loaded() if Entry.objects.exists() else load_lists()
        bodies = load_bodies(by=by, now=now, folder=options["bodies"])
        providers = load_providers(by=by, now=now, folder=options["providers"])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # or the next questions are planned as if nothing had come
        for problem in [*lists.problems, *bodies.problems, *providers.problems]:
            self.stderr.write(str(problem))
        for what, loaded in (("Lists", lists), ("Bodies", bodies), ("Providers", providers)):
            counts = ", ".join(f"{number:,} {each}" for each, number in loaded.counts.items() if number)
            self.stdout.write(f"{what}: {counts or 'as they were'}.")
        for each in bodies.differs + providers.differs:
            self.stdout.write(f"{each} stands differently here than in the file, and was left as it is.")
        for code, number in sorted(providers.without.items()):
            self.stdout.write(
                f"{number} practices belong to {code}, which is not a body of the directory:"
                " commissioner not in the source."
            )
        if not lists.sound or bodies.problems or providers.problems:
            raise CommandError("Some rows were not loaded; the others were. Correct and load again.")
