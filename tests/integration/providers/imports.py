"""What tests of imports need: the real files, files made for a test, and an import from end to end."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from access.principal import Principal
from providers.importing.operations import apply_import, preview_import
from providers.models import ImportRun

FILES = Path(__file__).resolve().parents[2] / "data" / "ods"
JANUARY, MARCH = "etr_2022-01_24col.csv", "etr_2022-03.csv"


def plain(name: str) -> dict[str, list[str]]:
    """The rows of a real file by code, read with nothing but the csv module."""
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return {row[0]: row for row in csv.reader(file)}


def content(*rows: dict[int, str], width: int = 27) -> bytes:
    """A file of these rows; {2: "A"} says what stands in column 2."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        given = {3: "Y62", 11: "20130401", **row}
        writer.writerow([given.get(column, "") for column in range(1, width + 1)])
    return text.getvalue().encode()


def trusts(*named: tuple[str, str], **more: str) -> bytes:
    """A file of trusts by code and name."""
    extra = {int(column[1:]): text for column, text in more.items()}
    return content(*({1: code, 2: name, **extra} for code, name in named))


class Importer:
    """Whoever imports, and when."""

    def __init__(self, by: Principal, now: datetime) -> None:
        self.by, self.now = by, now

    def preview(self, kind: str, given: bytes | str, name: str = "file.csv") -> ImportRun:
        """Preview bytes, or a real file by its name."""
        if isinstance(given, str):
            name, given = given, (FILES / given).read_bytes()
        return preview_import(by=self.by, now=self.now, kind=kind, file=io.BytesIO(given), name=name)

    def apply(self, run: ImportRun, **more: bool) -> ImportRun:
        """Say yes to a preview."""
        return apply_import(by=self.by, now=self.now, run=run, **more)

    def bring_in(self, kind: str, given: bytes | str, **more: bool) -> ImportRun:
        """Preview and apply."""
        return self.apply(self.preview(kind, given), **more)


def codes(run: ImportRun, outcome: str) -> list[str]:
    """The codes of one class of a run, in order."""
    return [line.code for line in run.lines.filter(outcome=outcome)]


def changed(run: ImportRun, code: str) -> dict[str, list[str]]:
    """What a run says of one code."""
    return dict(run.lines.get(code=code).changes)


def sound(counts: dict[str, int]) -> dict[str, int]:
    """The counts that are not nothing."""
    return {outcome: number for outcome, number in counts.items() if number}


def numbers(text: str) -> Iterable[int]:
    """The rows that "1 to 3, 7" names."""
    for part in filter(None, text.split(", ")):
        first, _, last = part.partition(" to ")
        yield from range(int(first), int(last or first) + 1)
