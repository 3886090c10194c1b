"""Rows of a CSV file or a workbook, formulas never worked out; and the same made of what stands."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.writer.excel import save_workbook

from agencies.sheets.rules import COLUMNS, LONGEST_CELL, MOST_ROWS, Row
from reference.sent_files import Unreadable, cell, records, take, uncell

_MOST_UNPACKED = 5_000_000  # bytes that a workbook may come to when it is unpacked
_MOST_PACKED = 2_000_000  # bytes of what goes along with a preview: a form of more is refused
_MOST_PARTS = 200  # that a workbook is packed of
_LAST_ROW = (
    10_000  # by number: a workbook may name one at two thousand million, and all between are gone through
)
_MOST_CELLS = 40  # of a row that are looked at
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_FORMULA = "It holds a formula. Formulas are never worked out: put the value there."
_DAMAGED = "The workbook is damaged or cut off. Nothing was changed. Save it again, and send it again."
Cells = list[str | None]
"""A row's cells as text; None for a formula."""


def rows_of(file: BinaryIO, name: str) -> list[Row]:
    """The rows of a sheet under its heading, blank ones left out.

    Args:
        file: open for reading, and can be wound back; a CSV file in UTF-8 or a workbook (.xlsx), its first sheet.
        name: what its sender calls it.

    Raises:
        Unreadable: it is neither, lacks columns, has none of a row, or too many.
    """
    start = file.read(4)
    file.seek(0)
    table = _workbook(file) if start == b"PK\x03\x04" else _text(file, name)
    heading: list[str] | None = None
    found = []
    for number, cells in table:
        if number > _LAST_ROW:
            raise Unreadable(
                f"The sheet goes on below row {_LAST_ROW:,}, blank rows counted. Delete those rows, and send it again."
                " Nothing was changed."
            )
        if heading is None:
            heading = _heading(cells)
        elif cells is None or any(one is None or one.strip() for one in cells):
            found.append(_row(number, cells, heading))
        if len(found) > MOST_ROWS:
            raise Unreadable(
                f"The sheet has more than {MOST_ROWS:,} rows. Nothing was changed. Divide it, and send the parts."
            )
    if not found:
        raise Unreadable("The sheet has no rows under its heading. Nothing was changed.")
    return found


def _text(file: BinaryIO, name: str) -> Iterator[tuple[int, Cells | None]]:
    take(file, name)
    for number, _, cells in records(file):
        yield (
            number,
            None if cells is None else [None if one.startswith("=") else uncell(one) for one in cells],
        )


def _workbook(file: BinaryIO) -> Iterator[tuple[int, Cells | None]]:
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise Unreadable(
                    "The workbook is too large. Nothing was changed. Divide it, and send the parts."
                )
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the workbook says of its size may be wrong
        for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_CELLS), start=1):
            written = [_written(one) for one in cells]
            yield number, written + [""] * (_MOST_CELLS - len(written))
    except Unreadable:
        raise
    except Exception:
        # Whatever the library stumbles over, the sender's file is at fault, and nothing was changed.
        raise Unreadable(_DAMAGED) from None


def _written(one: Any) -> str | None:
    """A workbook's cell as text."""
    if one.data_type == "f":
        return None
    value = one.value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else uncell(str(value))


def _heading(cells: Cells | None) -> list[str]:
    known = {name.casefold(): name for name in COLUMNS}
    heading = [known.get((one or "").strip().casefold(), "") for one in cells or []]
    missing = [name for name in COLUMNS if name not in heading]
    if missing:
        raise Unreadable(
            f"The first row lacks these columns: {', '.join(missing)}. Nothing was changed. Use the template."
        )
    twice = [name for name in COLUMNS if heading.count(name) > 1]
    if twice:
        raise Unreadable(f"These columns stand twice: {', '.join(twice)}. Nothing was changed.")
    return heading


def _row(number: int, cells: Cells | None, heading: Sequence[str]) -> Row:
    if cells is None:
        return Row(
            number, {}, "It is no sound row: a quotation mark is left open, or the file is cut off here."
        )
    if len(cells) < len(heading):
        return Row(number, {}, f"It has {len(cells)} cells and the heading {len(heading)}: it is cut off.")
    held = {name: one for name, one in zip(heading, cells, strict=False) if name}
    if None in held.values():
        return Row(number, {name: _kept(one or "") for name, one in held.items()}, _FORMULA)
    kept = {name: one or "" for name, one in held.items()}
    long = [name for name, one in kept.items() if len(one) > LONGEST_CELL]
    if long:
        return Row(number, {}, f"“{long[0]}” is longer than {LONGEST_CELL} characters.")
    strange = [name for name, one in kept.items() if _NO_TEXT.search(one)]
    if strange:
        return Row(number, {}, f"“{strange[0]}” holds what is no text.")
    return Row(number, kept)


def _kept(text: str) -> str:
    """What is shown of a cell in a row that is bad anyhow."""
    return _NO_TEXT.sub("", text)[:LONGEST_CELL]


def packed(rows: Iterable[Row]) -> str:
    """Rows as one text, to go along with a preview until it is answered.

    Raises:
        Unreadable: it is too long for that.
    """
    every = [[row.number, [row.cells.get(name, "") for name in COLUMNS], row.fault] for row in rows]
    text = json.dumps(every, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > _MOST_PACKED:
        raise Unreadable("The sheet holds too much text. Nothing was changed. Divide it, and send the parts.")
    return text


def unpacked(text: str) -> list[Row]:
    """Rows from what ``packed`` returned.

    Raises:
        Unreadable: it is something else.
    """
    try:
        return [
            Row(int(number), dict(zip(COLUMNS, map(_sound, cells), strict=True)), _sound(fault))
            for number, cells, fault in json.loads(text)[:MOST_ROWS]
        ]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Unreadable("What was previewed did not come back whole. Send the sheet again.") from None


def _sound(text: object) -> str:
    written = str(text)
    if len(written) > LONGEST_CELL or _NO_TEXT.search(written):
        raise ValueError
    return written


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file in UTF-8 that a spreadsheet takes for text throughout, with the heading."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([cell(one) for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook (.xlsx) whose cells are text throughout, with the heading."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People and seats")
    for row in (COLUMNS, *rows):
        sheet.append([_as_text(sheet, cell(one)) for one in row])
    kept = io.BytesIO()
    save_workbook(book, kept)
    return kept.getvalue()


def _as_text(sheet: Any, text: str) -> Any:
    one = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("", text))
    one.data_type = "s"
    return one
