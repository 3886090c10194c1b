"""Reading somebody's file safely: bounded, streamed, and refused in a sentence where it is no text.

A file is looked through once (size, characters, hash) before any row is read, so that one in another encoding is
refused as a whole and never half read.
"""

import codecs
import csv
import gzip
import hashlib
import io
import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 100_000_000
_CHUNK = 1 << 16
_LONGEST_LINE = 100_000  # characters; a row of the national files has some 300
_SAVE_AS = "Save it as “CSV UTF-8 (comma delimited)” and send it again. Nothing was changed."


class Unreadable(Exception):
    """The file as a whole cannot be taken; the sentence says why and what to do."""


@dataclass(frozen=True)
class Taken:
    """A file that can be read.

    Attributes:
        name: what its sender calls it, without folders.
        size: in bytes.
        sha256: of its bytes, in hexadecimal.
    """

    name: str
    size: int
    sha256: str


def _refuse_by_size(size: int) -> None:
    """Refuse a file that is too large, before a byte of it is read."""
    if size > MOST_BYTES:
        raise Unreadable(
            f"The file has {size // 1_000_000:,} million bytes; the portal takes at most"
            f" {MOST_BYTES // 1_000_000} million. Nothing was read or changed. Divide it, and send the parts."
        )


def take(file: BinaryIO, name: str) -> Taken:
    """Look a file through once, and go back to its beginning.

    Args:
        file: open for reading, and can be wound back.
        name: what its sender calls it.

    Raises:
        Unreadable: it is empty, too large, or no text in UTF-8.
    """
    _refuse_by_size(file.seek(0, os.SEEK_END))
    file.seek(0)
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = 0
    while chunk := file.read(_CHUNK):
        if not size:
            _refuse_by_first_bytes(chunk)
        size += len(chunk)
        digest.update(chunk)
        _read_as_text(decoder, chunk)
    _read_as_text(decoder, b"", final=True)
    if not size:
        raise Unreadable("The file is empty. Nothing was changed.")
    file.seek(0)
    return Taken(os.path.basename(name.replace("\\", "/"))[:200] or "file", size, digest.hexdigest())


def _refuse_by_first_bytes(chunk: bytes) -> None:
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"The file is text in UTF-16. {_SAVE_AS}")
    if chunk.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(f"The file is a workbook or an archive, not text. {_SAVE_AS}")


def _read_as_text(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> None:
    try:
        if "\0" in decoder.decode(chunk, final):
            raise Unreadable(f"The file is not text. {_SAVE_AS}")
    except UnicodeDecodeError:
        raise Unreadable(f"The file is not in UTF-8: it was made in another encoding. {_SAVE_AS}") from None


def pack(file: BinaryIO) -> bytes:
    """The file's bytes, compressed, to be kept until the preview is answered; it is wound back."""
    with tempfile.SpooledTemporaryFile(max_size=_CHUNK) as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as squeezed:
            while chunk := file.read(_CHUNK):
                squeezed.write(chunk)
        file.seek(0)
        packed.seek(0)
        return packed.read()


def unpack(packed: bytes) -> BinaryIO:
    """A file to read from what `pack` returned."""
    return gzip.GzipFile(fileobj=io.BytesIO(packed))  # type: ignore[return-value]


@contextmanager
def _text(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield text
    finally:
        text.detach()  # or closing the text would close the file, which is its owner's


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text with their ends.

    Raises:
        Unreadable: one is longer than any row.
    """
    number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise Unreadable(f"Row {number:,} is longer than any row can be. Nothing was changed.")
        yield line


def lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines of a file that was taken, without their ends, by number from 1; blank ones are left out.

    A line feed ends a line, with a carriage return before it or not.

    Raises:
        Unreadable: a line is longer than any row.
    """
    with _text(file) as text:
        for number, line in enumerate(_bounded(text), start=1):
            if line := line.rstrip("\r\n"):
                yield number, line


def cells_of(line: str) -> list[str] | None:
    """The cells of a row that stands on one line, without blanks around them; None if it is no sound row.

    Rows of the national files never go over a line's end, so that a quotation mark left open spoils its own row only.
    """
    try:
        (cells,) = csv.reader([line], strict=True)
    except csv.Error:
        return None
    return [cell.strip() for cell in cells]


def records(file: BinaryIO) -> Generator[tuple[int, int, list[str] | None]]:
    """The rows of a file whose quoted cells may go over a line's end; blank ones are left out.

    Returns:
        Each with the numbers of its first and its last line, from 1; None for an unsound one. A quotation mark left open
        takes the lines after it into its row, up to the next mark, or to the size of the largest cell.

    Raises:
        Unreadable: a line is longer than any row.
    """
    with _text(file) as text:
        reader = csv.reader(_bounded(text), strict=True)
        while True:
            first, cells = reader.line_num + 1, None
            try:
                cells = [cell.strip() for cell in next(reader)]
            except StopIteration:
                return
            except csv.Error:
                pass
            if cells is None or cells:
                yield first, reader.line_num, cells


def cell(text: str) -> str:
    """A text as a cell of a spreadsheet that never takes it for a formula.

    A name such as ``=HYPERLINK(...)`` is kept as it was given; where it leaves as CSV, a mark before it makes it text.
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def uncell(text: str) -> str:
    """The text of a cell as it was before ``cell`` made it safe: what left with a mark comes back without it."""
    return text[1:] if cell(text[1:]) == text else text
