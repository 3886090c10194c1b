"""`manage.py load_directory`: bring bodies, groups and providers in from their files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.principal import clockwork
from agencies.operations import load_bodies
from providers.operations import load_providers
from reference.operations import load_lists
from timekeeping import portal_now


class Command(BaseCommand):
    """Load the directory; repeatable. Every problem is said by row; sound rows are kept all the same."""

    help = "Load the lists, bodies, groups and providers that ship with the portal (repeatable)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, print counts and problems, and fail at the end if a row could not be kept."""
        now = portal_now()
        by = clockwork(now)
        lists = load_lists()
        bodies = load_bodies(by=by, now=now)
        providers = load_providers(by=by, now=now)
        for problem in [*lists.problems, *bodies.problems, *providers.problems]:
            self.stderr.write(str(problem))
        for loaded in (lists, bodies, providers):
            self.stdout.write(", ".join(f"{number:,} {what}" for what, number in loaded.counts.items()))
        for each in bodies.differs + providers.differs:
            self.stdout.write(f"{each} stands differently here than in the file, and was left as it is.")
        for code, number in sorted(providers.without.items()):
            self.stdout.write(
                f"{number} practices belong to {code}, which is not a body of the directory:"
                " commissioner not in the source."
            )
        if not lists.sound or bodies.problems or providers.problems:
            raise CommandError("Some rows were not loaded; the others were. Correct and load again.")
