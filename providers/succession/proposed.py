"""What the reference data says of who took whose place: read from the files that come with the portal."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from providers.importers import DATA

FILES = {
    "trust_successions_to_2009.csv": ("old_code", "new_code", "effective_date"),
    "trust_mergers_2020_2021.csv": ("trust_code_old", "trust_code_new", "from_date"),
}


@dataclass(frozen=True)
class Said:
    """One line of a file: from a day one code stands in another's place."""

    old: str
    new: str
    on: date
    file: str


@cache
def published(folder: Path = DATA) -> tuple[Said, ...]:
    """Return every succession of trusts in the files; a line of a code to itself says nothing and is passed over."""
    found = []
    for file, (old, new, on) in FILES.items():
        with (folder / file).open(encoding="utf-8", newline="") as rows:
            found += [
                Said(row[old], row[new], date.fromisoformat(row[on]), file)
                for row in csv.DictReader(rows)
                if row[old] != row[new]
            ]
    return tuple(found)


def said_of(code: str | None) -> list[Said]:
    """Return the lines in which a code stands, as the predecessor or the successor, the oldest first."""
    return sorted(
        (one for one in published() if code in (one.old, one.new)), key=lambda one: (one.on, one.old, one.new)
    )
