"""The audited doors of imports: look, keep a preview, apply exactly what was previewed, or set it aside."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO

from django.db import IntegrityError, connection, transaction
from psycopg2.errors import ExclusionViolation, UniqueViolation

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotNow
from audit.operations import record_deed
from providers.importing.catalogue import KINDS
from providers.importing.comparing import Progress, Tally, differences
from providers.importing.kinds import Kind
from providers.importing.models import ImportLine, ImportRun
from providers.importing.rules import (
    APPLIED,
    BAD,
    DONE,
    IMPORT_TRANSITIONS,
    OF_THE_NEWEST,
    PREVIEWED,
    REOPENED,
    SET_ASIDE,
    Difference,
)
from providers.models import Rating, Registration
from reference.sent_files import Unreadable, pack, take, unpack
from timekeeping.london import london_day

_IMPORT_LOCK = 7_210_340  # any fixed number: only one import at a time
_MEANWHILE = (
    "The directory has changed since this preview, so that it is no longer what would happen. Nothing was applied."
    " Preview the file again."
)
_RUNNING = "Another import is running. Nothing was changed. Try again in a minute."
_WRITTEN_BY_IMPORTS_ALONE = frozenset({Rating._meta.db_table, Registration._meta.db_table})


def _quiet(rows: int) -> None:
    """Tell nobody how far it is."""


def one_at_a_time() -> None:
    """Hold the imports for this transaction: a request that waited for another would outlast the database's patience.

    Raises:
        NotNow: another import is running.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_IMPORT_LOCK])
        (free,) = cursor.fetchone()
    if not free:
        raise NotNow(_RUNNING)


@operation("import.previewed")
def preview_import(
    *, by: Principal, now: datetime, kind: str, file: BinaryIO, name: str, progress: Progress = _quiet
) -> ImportRun:
    """Compare a file with what stands, and keep what it would change until somebody says yes.

    Another preview of the same kind that waits is set aside, whoever made it, and the log says so. The directory is not
    touched. The rows of older imports of this kind that changed nothing are forgotten; their number stays.

    Args:
        by: who looks.
        now: the moment.
        kind: a code of ``KINDS``.
        file: open for reading, and can be wound back.
        name: what its sender calls it.
        progress: told how many rows have been read.

    Raises:
        NotPermitted: `by` does not administer the portal.
        NotNow: another import is running.
        Invalid: there is no such kind, or the file cannot be read; the sentence stands under ``file``.
    """
    by.require("membership.manage", at=PORTAL)
    one_at_a_time()
    try:
        taken = take(file, name)
        for waiting in ImportRun.objects.defer("content").filter(kind=kind, state=PREVIEWED):
            _answer(waiting, SET_ASIDE, by, now)
            _log("import.set_aside", by, now, waiting)
        run = ImportRun.objects.create(
            kind=kind,
            file_name=taken.name,
            size=taken.size,
            sha256=taken.sha256,
            previewed_at=now,
            previewed_by_id=by.user_id,
            content=pack(file),
        )
        report = _compare(_kind(kind), file, run, london_day(now), progress)
    except Unreadable as refusal:
        raise Invalid({"file": str(refusal)}) from None
    run.counts, run.unchanged_rows, run.mark = dict(report.counts), report.unchanged_rows, report.mark
    run.save(update_fields=["counts", "unchanged_rows", "mark"])
    ImportLine.objects.filter(run__kind=kind, outcome__in=OF_THE_NEWEST).exclude(run=run).delete()
    _log("import.previewed", by, now, run)
    return run


@operation("import.applied")
def apply_import(
    *,
    by: Principal,
    now: datetime,
    run: ImportRun,
    good_rows_only: bool = False,
    reopen: bool = False,
    progress: Progress = _quiet,
) -> ImportRun:
    """Apply the file that was previewed, in one transaction: all of it, or the good rows only when so chosen.

    Args:
        by: who says yes.
        now: the moment.
        run: the preview.
        good_rows_only: to leave bad rows out.
        reopen: to open again what is closed here and open in the file, as an older file has it.
        progress: told how many rows have been read.

    Raises:
        NotPermitted: `by` does not administer the portal.
        NotNow: another import is running, it was answered already, there are bad rows and not only the good ones were
            chosen, something would be open again and that was not chosen, or the directory has changed since the
            preview. Nothing is applied then.
    """
    by.require("membership.manage", at=PORTAL)
    one_at_a_time()
    run = _answerable(run, DONE)
    if run.counts.get(BAD) and not good_rows_only:
        raise NotNow(
            f"Bad rows: {run.counts[BAD]:,}. Nothing was applied. Correct them and preview the file again,"
            " or choose to apply the good rows only."
        )
    if run.counts.get(REOPENED) and not reopen:
        raise NotNow(
            f"Closed here and open in the file: {run.counts[REOPENED]:,}. Nothing was applied. An older file does that:"
            " look at them, then set the file aside or choose to open them again."
        )
    try:
        with transaction.atomic():
            _keep(run, london_day(now), progress)
    except IntegrityError as fault:
        if not _by_others(fault):
            raise
        raise NotNow(_MEANWHILE) from None  # somebody gave one of its codes to something else a moment ago
    run.good_rows_only = good_rows_only
    _answer(run, DONE, by, now)
    _log("import.applied", by, now, run)
    return run


@operation("import.set_aside")
def set_aside_import(*, by: Principal, now: datetime, run: ImportRun) -> ImportRun:
    """Say no to a preview: its file is forgotten, its report kept.

    Raises:
        NotPermitted: `by` does not administer the portal.
        NotNow: another import is running, or it was answered already.
    """
    by.require("membership.manage", at=PORTAL)
    one_at_a_time()
    run = _answerable(run, SET_ASIDE)
    _answer(run, SET_ASIDE, by, now)
    _log("import.set_aside", by, now, run)
    return run


def look(
    kind: str, file: BinaryIO, name: str, today: date, progress: Progress = _quiet
) -> tuple[Tally, list[Difference]]:
    """Compare a file with what stands, and keep nothing of it: for a dry run.

    Returns:
        The counts, and every difference that is told by row.

    Raises:
        Unreadable: the file cannot be read.
    """
    take(file, name)
    report, found = Tally(), list[Difference]()
    for batch in differences(_kind(kind), file, today, progress):
        report.add(batch)
        found += [replace(one, keep=None) for one in batch if one.told]
    return report, found


def _kind(code: str, *, applying: bool = False) -> Kind:
    if code not in KINDS:
        raise Invalid({"kind": "That is no kind of file the portal can bring in. Choose one of the list."})
    return KINDS[code](applying=applying)


def _by_others(fault: IntegrityError) -> bool:
    """Whether somebody else wrote what stands in the way; of ratings and registrations nobody but an import does."""
    cause = fault.__cause__
    if not isinstance(cause, UniqueViolation | ExclusionViolation):
        return False
    return cause.diag.table_name not in _WRITTEN_BY_IMPORTS_ALONE


def _compare(kind: Kind, file: BinaryIO, run: ImportRun, today: date, progress: Progress) -> Tally:
    report, position = Tally(), 0
    for batch in differences(kind, file, today, progress):
        report.add(batch)
        told = [one for one in batch if one.told]
        ImportLine.objects.bulk_create(_lines(run, told, position))
        position += len(told)
    return report


def _lines(run: ImportRun, told: Iterable[Difference], position: int) -> list[ImportLine]:
    return [
        ImportLine(
            run=run,
            position=place,
            outcome=one.outcome,
            number=one.number,
            code=one.code,
            name=one.name,
            changes=one.changes,
            reason=one.reason,
        )
        for place, one in enumerate(told, start=position)
    ]


def _keep(run: ImportRun, today: date, progress: Progress) -> None:
    """Compare again while applying; what is not what was previewed undoes it all."""
    kind, report = _kind(run.kind, applying=True), Tally()
    source = f"{kind.publisher} file {run.file_name[:120]}, brought in on {today}"
    for batch in differences(kind, unpack(bytes(run.content or b"")), today, progress):
        report.add(batch)
        kind.keep([one for one in batch if one.outcome in APPLIED], today, source)
    if report.mark != run.mark:
        raise NotNow(_MEANWHILE)


def _answerable(run: ImportRun, state: str) -> ImportRun:
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if state not in IMPORT_TRANSITIONS[held.state]:
        raise NotNow(
            f"This import is answered already: {held.get_state_display().lower()}. Nothing was changed."
        )
    return held


def _answer(run: ImportRun, state: str, by: Principal, now: datetime) -> None:
    run.state, run.content, run.answered_at, run.answered_by_id = state, None, now, by.user_id
    run.save(update_fields=["state", "content", "answered_at", "answered_by", "good_rows_only"])


def _log(deed: str, by: Principal, now: datetime, run: ImportRun) -> None:
    detail = {"import": str(run.pk), "kind": run.kind, "sha256": run.sha256, **run.counts}
    record_deed(by=by, now=now, deed=deed, detail={**detail, "good_rows_only": run.good_rows_only})
