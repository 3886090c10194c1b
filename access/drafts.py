"""Writers of records that are still drafts: seen by their authors, and by nobody else."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.models import Record, RecordProvider
from access.operations import lock
from access.refusals import NotNow


def set_about(*, record: Record, providers: Iterable[UUID]) -> None:
    """Say anew which providers a draft is about; once it is open, that decides who is shut out and stays.

    Raises:
        NotNow: it is no draft any more.
    """
    _require_draft(record)
    RecordProvider.objects.filter(record=record).delete()
    RecordProvider.objects.bulk_create(
        RecordProvider(record=record, provider_id=one) for one in dict.fromkeys(providers)
    )


def open_draft(*, record: Record, now: datetime, happened_at: datetime, closed: bool) -> None:
    """Open a draft: from now on the formula decides who sees it. Its shares are set by the caller.

    Args:
        record: the draft.
        now: the moment; it counts as recorded then, so that it stands first in lists.
        happened_at: when what it tells of happened.
        closed: inside the owner, only the people named.

    Raises:
        NotNow: it is no draft any more.
    """
    _require_draft(record)
    record.gate, record.closed = Record.Gate.OPEN, closed
    record.recorded_at, record.happened_at = now, happened_at
    record.save(update_fields=["gate", "closed", "recorded_at", "happened_at"])


def _require_draft(record: Record) -> None:
    lock(record)
    if record.gate != Record.Gate.DRAFT:
        raise NotNow("This is no draft any more. Open it again to see how it stands.")
