"""The audited door of sheets: a preview does the whole of it and takes it back, a yes does it again and keeps it."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from access.operations import operation
from access.principal import Principal
from access.refusals import NotNow
from agencies.places import SOME_PEOPLE
from agencies.sheets import rules
from agencies.sheets.doing import Sheet
from agencies.sheets.rules import BAD, Row, Told
from audit.operations import record_deed


@operation("sheet.applied")
def apply_sheet(
    *, by: Principal, now: datetime, rows: Sequence[Row], good_rows_only: bool = False, seen: str = ""
) -> list[Told]:
    """Give, change and end what the rows of a sheet say; what is not in it stays as it is.

    An address of nobody whom `by` looks after is invited; doing the same sheet again changes nothing.

    Args:
        by: an administrator of a body, for its own people, or of the portal.
        now: the moment.
        rows: as they were read.
        good_rows_only: do the good rows where others are bad; else all is done or nothing.
        seen: the mark of the preview that was said yes to; "" for the preview itself.

    Returns:
        What each row came to, in the order of the rows.

    Raises:
        NotPermitted: `by` looks after nobody's people.
        NotNow: a row is bad and not only the good ones are wanted, or it no longer comes to what was seen.
    """
    by.require("people.manage", at=SOME_PEOPLE)
    told = Sheet(by, now, rows).done()
    counts = rules.counted(told)
    if seen and seen != mark_of(told):
        raise NotNow(
            "What stands here has changed since this preview, so that the sheet no longer means the same."
            " Nothing was changed. Send the sheet again."
        )
    if counts[BAD] and not good_rows_only:
        raise NotNow(
            f"Bad rows: {counts[BAD]:,}. Nothing was changed. Correct them and send the sheet again."
        )
    record_deed(by=by, now=now, deed="sheet.applied", detail={**counts, "good_rows_only": good_rows_only})
    return told


def mark_of(told: Iterable[Told]) -> str:
    """The same for two previews that say the same, row for row."""
    return hashlib.sha256(repr(list(told)).encode()).hexdigest()
