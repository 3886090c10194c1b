"""The only writers of the log, and its seal."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from audit.models import Batch, Line, Unsealed
from audit.rules import FIRST, seal_hash

BATCH_SIZE = 5000
SEAL_LOCK = 7_210_339  # any fixed number: only one sealer at a time

_written: ContextVar[list[str] | None] = ContextVar("deeds_written", default=None)


class Doer(Protocol):
    """What the log needs to know of a principal."""

    @property
    def kind(self) -> str:
        """A code of ``Line.Doer``."""

    @property
    def user_id(self) -> UUID | None:
        """The person, if it is one."""

    @property
    def agency_id(self) -> UUID | None:
        """The body acted for."""

    @property
    def token_id(self) -> UUID | None:
        """The token by which they came in, if it was one."""


def record_deed(
    *,
    by: Doer,
    now: datetime,
    deed: str,
    record: UUID | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one line, in the transaction of the deed itself; of a reading, in one of its own.

    Args:
        by: the principal; a person always has a user.
        now: the moment, aware.
        deed: a code such as ``concern.raised``.
        record: the record it is about, if any.
        detail: ids and codes only; never a text that a person typed.
    """
    through = {"token": str(by.token_id)} if by.token_id else {}
    # Together, or a line that nobody was told to seal would look like one that was put in.
    with transaction.atomic(savepoint=False):
        line = Line.objects.create(
            at=now,
            doer=by.kind,
            user_id=by.user_id,
            agency_id=by.agency_id,
            deed=deed,
            record_id=record,
            detail={**(detail or {}), **through},
        )
        Unsealed.objects.create(line=line)
    written = _written.get()
    if written is not None:
        written.append(deed)


def record_reading(
    *,
    by: Doer,
    now: datetime,
    page: str,
    record: UUID | None = None,
    shown: Iterable[UUID] = (),
    through: Iterable[str | int] = (),
) -> None:
    """Write that intelligence was read: one line a page.

    Args:
        by: the principal.
        now: the moment, aware.
        page: which page.
        record: the one record that was opened, or None for a list.
        shown: the records a list showed.
        through: why it could be read: reason codes and audience numbers.
    """
    detail: dict[str, object] = {"page": page}
    if ids := [str(one) for one in shown]:
        detail["shown"] = ids
    if reasons := list(through):
        detail["through"] = reasons
    record_deed(by=by, now=now, deed="read", record=record, detail=detail)


class DeedsWritten:
    """Collects the deeds written inside a ``with`` block, outer blocks included."""

    def __enter__(self) -> list[str]:
        """Start a fresh list."""
        self.mine: list[str] = []
        self.token = _written.set(self.mine)
        return self.mine

    def __exit__(self, *exc: object) -> None:
        """Give the outer block its own list back."""
        _written.reset(self.token)


def seal_due(*, now: datetime) -> int:
    """Seal the lines that wait, in one batch chained to the last.

    Args:
        now: the moment, aware.

    Returns:
        How many lines were sealed; 0 when another sealer is at work.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        ids = list(
            Unsealed.objects.order_by("line__at", "line_id").values_list("line_id", flat=True)[:BATCH_SIZE]
        )
        if not ids:
            return 0
        last = Batch.objects.order_by("-number").first()
        previous, number = (last.hash, last.number + 1) if last else (FIRST, 1)
        Batch.objects.create(
            number=number,
            sealed_at=now,
            line_ids=ids,
            previous_hash=previous,
            hash=seal_hash(previous, number, _columns(ids)),
        )
        Unsealed.objects.filter(line_id__in=ids).delete()
    return len(ids)


def oldest_unsealed_at() -> datetime | None:
    """Return when the oldest line without a seal was written, for the watchdog."""
    oldest = Unsealed.objects.select_related("line").order_by("line__at").first()
    return oldest.line.at if oldest else None


@dataclass(frozen=True)
class Verdict:
    """What verifying the log found."""

    batches: int
    lines: int
    faults: tuple[str, ...]


def verify() -> Verdict:
    """Recompute every seal and compare.

    Returns:
        How much was read, and each fault as a sentence: a batch that was changed, a
        line that is gone, a line that no batch holds and nobody waits to seal.
    """
    faults: list[str] = []
    previous, expected_number, lines = FIRST, 1, 0
    for batch in Batch.objects.order_by("number").iterator(chunk_size=50):
        columns = _columns(batch.line_ids)
        if batch.number != expected_number:
            faults.append(f"Batch {expected_number} is missing.")
            expected_number = batch.number
        if batch.previous_hash != previous:
            faults.append(f"Batch {batch.number} does not follow the one before.")
        if len(columns) != len(batch.line_ids):
            faults.append(f"Batch {batch.number} has lost {len(batch.line_ids) - len(columns)} lines.")
        elif seal_hash(batch.previous_hash, batch.number, columns) != batch.hash:
            faults.append(f"Batch {batch.number} was changed after it was sealed.")
        previous, expected_number, lines = batch.hash, expected_number + 1, lines + len(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_line l LEFT JOIN (SELECT unnest(line_ids) AS id FROM audit_batch"
            " UNION ALL SELECT line_id FROM audit_unsealed) held ON held.id = l.id WHERE held.id IS NULL"
        )
        (loose,) = cursor.fetchone()
    if loose:
        faults.append(f"{loose} lines stand in no batch and do not wait for one.")
    return Verdict(expected_number - 1, lines, tuple(faults))


def _columns(ids: list[UUID]) -> list[dict[str, object]]:
    """Return the lines with these ids as plain values, in id order."""
    rows = Line.objects.filter(id__in=ids).order_by("id")
    return [
        {
            "id": str(row.id),
            "at": row.at.isoformat(),
            "doer": row.doer,
            "user": str(row.user_id),
            "agency": str(row.agency_id),
            "deed": row.deed,
            "record": str(row.record_id),
            "detail": row.detail,
        }
        for row in rows
    ]
