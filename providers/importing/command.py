"""What every import command does: a file on this machine, looked at or applied, with progress and a report."""

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from access.principal import clockwork
from access.refusals import Invalid, NotNow
from providers.importing.comparing import Tally
from providers.importing.models import ImportLine
from providers.importing.operations import apply_import, look, preview_import
from providers.importing.rules import APPLIED, BAD, OUTCOMES, UNCHANGED, Difference, said_in_words
from reference.sent_files import Unreadable, cell
from timekeeping import portal_now
from timekeeping.london import london_day

_MOST_SHOWN = 50
_COLUMNS = ("row", "class", "code", "name", "what", "reason")


class ImportCommand(BaseCommand):
    """Bring a file in whole, or not at all; with --dry-run only say what it would change."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and how far to go with it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and keep nothing")
        parser.add_argument(
            "--good-rows-only", action="store_true", help="apply the others where rows are bad"
        )
        parser.add_argument(
            "--reopen", action="store_true", help="open again what is closed here and open in the file"
        )
        parser.add_argument(
            "--report", type=Path, help="write every row of which something is said here, as CSV"
        )

    def bring_in(self, kind: str, options: dict[str, Any]) -> None:
        """Look, and apply unless it is a dry run; print what it came to.

        Args:
            kind: a code of the catalogue.
            options: the command's.

        Raises:
            CommandError: nothing was applied, and why.
        """
        path: Path = options["file"]
        wanted: Path | None = options["report"]
        with ExitStack() as opened:
            file = opened.enter_context(_open(path, "rb", "read"))
            if wanted and wanted.exists() and wanted.samefile(path):
                raise CommandError(f"The report would be written over {path}. Nothing was changed.")
            report = opened.enter_context(_open(wanted, "w", "written")) if wanted else None
            if options["dry_run"]:
                self.look(kind, file, path, report)
            else:
                self.apply(kind, file, path, report, options)

    def look(self, kind: str, file: BinaryIO, path: Path, report: IO[str] | None) -> None:
        """Say what would change."""
        try:
            tally, found = look(kind, file, path.name, london_day(portal_now()), self.progress)
        except Unreadable as refusal:
            raise CommandError(f"{path.name}: {refusal}") from None
        self.tell(tally, found, report)
        self.stdout.write("A dry run: nothing was changed.")

    def apply(
        self, kind: str, file: BinaryIO, path: Path, report: IO[str] | None, options: dict[str, Any]
    ) -> None:
        """Keep a preview, say what it says, and apply it."""
        now = portal_now()
        by = clockwork(now)
        try:
            run = preview_import(by=by, now=now, kind=kind, file=file, name=path.name, progress=self.progress)
            self.tell(Tally(counts=run.counts), map(_difference, run.lines.iterator()), report)
            apply_import(
                by=by,
                now=now,
                run=run,
                good_rows_only=options["good_rows_only"],
                reopen=options["reopen"],
                progress=self.progress,
            )
        except Invalid as refusal:
            raise CommandError(f"{path.name}: {'; '.join(refusal.errors.values())}") from None
        except NotNow as refusal:
            raise CommandError(str(refusal)) from None
        applied = sum(run.counts.get(outcome, 0) for outcome in APPLIED)
        self.stdout.write(f"Applied: {applied:,} rows. The import is kept as {run.pk}.")

    def progress(self, rows: int) -> None:
        """Say how far it is, on one line where somebody watches."""
        watched = sys.stderr.isatty()
        self.stderr.write(f"{rows:,} rows read", ending="\r" if watched else "\n")

    def tell(self, tally: Tally, found: Iterable[Difference], report: IO[str] | None) -> None:
        """Print counts, and the first rows of each class; write the whole report where asked."""
        shown: dict[str, int] = {}
        writer = csv.writer(report) if report else None
        if writer:
            writer.writerow(_COLUMNS)
        for one in found:
            shown[one.outcome] = shown.get(one.outcome, 0) + 1
            if writer:
                told = (one.code, one.name, said_in_words(one.changes), one.reason)
                writer.writerow([one.number or "", OUTCOMES[one.outcome], *map(cell, told)])
            if shown[one.outcome] <= _MOST_SHOWN:
                (self.stderr if one.outcome == BAD else self.stdout).write(_sentence(one))
            elif shown[one.outcome] == _MOST_SHOWN + 1:
                self.stdout.write(f"... more of “{OUTCOMES[one.outcome]}”: --report FILE writes all of them.")
        for outcome, label in OUTCOMES.items():
            if outcome == UNCHANGED or tally.counts.get(outcome):
                self.stdout.write(f"{label}: {tally.counts.get(outcome, 0):,}")


def _open(path: Path, mode: str, what: str) -> Any:
    how = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    try:
        return path.open(mode, **how)  # type: ignore[call-overload]
    except OSError as error:
        raise CommandError(f"{path} cannot be {what}: {error.strerror}.") from None


def _difference(line: ImportLine) -> Difference:
    return Difference(line.outcome, line.number, line.code, line.name, line.changes, line.reason)


def _sentence(one: Difference) -> str:
    where = f"row {one.number:,}" if one.number else "no row"
    what = "; ".join(each for each in (said_in_words(one.changes), one.reason) if each)
    return f"{OUTCOMES[one.outcome]}, {where}: {one.code} {one.name}{': ' if what else ''}{what}"
