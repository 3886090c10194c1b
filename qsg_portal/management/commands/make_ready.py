"""Make the database and the files ready for the portal that is about to start."""

import hashlib
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from qsg_portal.boot import insist_on_no_personas
from qsg_portal.database_roles import grant
from qsg_portal.surroundings import GIVEN, CannotStart

PROJECT = Path(settings.BASE_DIR)
LOADERS = ("load_reference", "load_directory", "load_demo")
WORDS = {
    "load_reference": "Loading the reference lists",
    "load_directory": "Loading the directory: regions, area teams, groups, bodies",
    "load_demo": "Loading the demonstration",
}


class Command(BaseCommand):
    """Migrate, grant, load and collect: only what is not done already.

    Runs as the owner of the tables. What was loaded is remembered in the data folder, by
    database and by the content of what was loaded, so that a second start takes seconds.
    """

    help = "Bring the database, the reference data and the static files up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="load everything, done or not")
        parser.add_argument(
            "--database-only", action="store_true", help="leave the static files: an image brings its own"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Do each step, saying what it does; a failure is one sentence."""
        try:
            self._migrate()
            insist_on_no_personas()
            self._grant()
            memory = Memory(settings.DATA_DIR / "made_ready.json", self._database())
            if options["again"]:
                memory.forget()
            self._load(memory)
            if not options["database_only"]:
                self._collect(memory)
        except CannotStart as refusal:
            self._refuse(str(refusal))
        except DatabaseError as problem:
            self._refuse(_why(problem))
        except OSError as problem:
            self._refuse(
                f"{problem.filename or 'A file'} could not be written ({problem.strerror}). Make room or give "
                "the portal's user the right to write there, and start again."
            )

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(1)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if steps:
            with self._said(f"Bringing the database up to date ({len(steps)} steps)"):
                call_command("migrate", interactive=False, verbosity=0)

    def _grant(self) -> None:
        web, clockwork = GIVEN.get("DATABASE_WEB_ROLE", ""), GIVEN.get("DATABASE_CLOCKWORK_ROLE", "")
        owner = connection.settings_dict["USER"]
        if web and web != owner:
            grant(connection, web=web, clockwork=clockwork if clockwork != owner else web)
        elif web:
            self.stdout.write(
                "Warning: DATABASE_URL is the owner of the tables. Give the portal a lesser role there, and the "
                "owner's address as DATABASE_OWNER_URL: then not even a faulty page can change the log."
            )

    def _database(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            return f"{connection.settings_dict['NAME']} {cursor.fetchone()[0]}"

    def _load(self, memory: "Memory") -> None:
        existing = get_commands()
        for name in LOADERS:
            if name not in existing or (name == "load_demo" and not settings.DEMO):
                continue
            mark = fingerprint(
                [*PROJECT.glob("*/data/**/*"), *PROJECT.glob(f"*/management/commands/{name}.py")]
            )
            if memory.differs(name, mark):
                with self._said(WORDS[name]):
                    call_command(name, verbosity=0)
                memory.keep(name, mark)

    def _collect(self, memory: "Memory") -> None:
        files = [
            Path(storage.path(path))
            for finder in get_finders()
            for path, storage in finder.list(["*.scss", ".*"])
            if hasattr(storage, "path")
        ]
        mark = fingerprint(files, by_content=False) + str(settings.STATIC_ROOT)
        if memory.differs("static files", mark) or not Path(settings.STATIC_ROOT).is_dir():
            with self._said(f"Preparing {len(files)} static files"):
                call_command("collectstatic", interactive=False, verbosity=0)
            memory.keep("static files", mark)

    def _said(self, what: str) -> "Said":
        return Said(what, self.stdout.write)


class Said:
    """Says what begins, and how long it took."""

    def __init__(self, what: str, say: Callable[[str], object]) -> None:
        """Keep the words for both ends."""
        self.what, self.say = what, say

    def __enter__(self) -> None:
        """Say that it begins."""
        self.say(f"{self.what} ...")
        self.started = time.monotonic()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Say that it is done, if it is."""
        if kind is None:
            self.say(f"  done in {time.monotonic() - self.started:.1f} s")


class Memory:
    """What was made ready before, for one database."""

    def __init__(self, path: Path, database: str) -> None:
        """Read it; anything unreadable is forgotten, and done again."""
        self.path, self.database = path, database
        try:
            kept = json.loads(path.read_text())
        except (OSError, ValueError):
            kept = {}
        self.marks: dict[str, str] = kept.get(database, {}) if isinstance(kept, dict) else {}

    def differs(self, name: str, mark: str) -> bool:
        """Return whether this was not done, or was done from something else."""
        return self.marks.get(name) != mark

    def keep(self, name: str, mark: str) -> None:
        """Remember that this is done."""
        self.marks[name] = mark
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({self.database: self.marks}, indent=1))
        draft.replace(self.path)

    def forget(self) -> None:
        """Do everything again."""
        self.marks = {}


def fingerprint(files: Iterable[Path], *, by_content: bool = True) -> str:
    """Return a text that changes when any of the files does.

    Args:
        files: which files.
        by_content: read them; else trust their size and time.
    """
    sum_of_all = hashlib.sha256()
    for path in sorted(file for file in files if file.is_file()):
        found = path.stat()
        sum_of_all.update(str(path).encode())
        sum_of_all.update(
            path.read_bytes() if by_content else f"{found.st_size} {found.st_mtime_ns}".encode()
        )
    return sum_of_all.hexdigest()


def _why(problem: DatabaseError) -> str:
    """Return what a person can do about it."""
    reason = (str(problem).strip() or "no reason was given").splitlines()[0].rstrip(".")
    if "No space left" in reason:
        return "The database's disk is full. The last step was undone; make room and start again."
    if "permission denied" in reason or "must be owner" in reason:
        return (
            f"The database refused a step ({reason}), which was undone. "
            "DATABASE_OWNER_URL must name the role that owns the tables."
        )
    return f"The database stopped a step ({reason}), which was undone. Start again, or look into its log."
