"""A file turned into differences from what stands, batch by batch; nothing is written here."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO, TypeVar

from providers.importing.kinds import Kind
from providers.importing.rules import ABSENT, BAD, PASSED_OVER, UNCHANGED, Difference, Line, ranges

BATCH = 2000
T = TypeVar("T")
Progress = Callable[[int], None]


def _batches(each: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(each)
    while batch := list(islice(rest, BATCH)):
        yield batch


def differences(
    kind: Kind, file: BinaryIO, today: date, progress: Progress = lambda rows: None
) -> Iterator[list[Difference]]:
    """What the file's rows mean for what stands, in the file's order, then what stands and is not in it.

    A code that stands twice is taken the first time; the second row is bad.

    Args:
        kind: of the file.
        file: taken by `sent_files.take`, at its beginning.
        today: the London day.
        progress: told how many rows have been read, after each batch.

    Raises:
        Unreadable: the file is not of this kind.
    """
    seen: dict[str, int] = {}
    rows = 0
    for batch in _batches(kind.lines(file)):
        yield _compared(kind, batch, seen, today)
        rows += len(batch)
        progress(rows)
    missing = (Difference(ABSENT, None, code, name) for code, name in kind.standing() if code not in seen)
    yield from _batches(missing)


def _compared(kind: Kind, batch: list[Line], seen: dict[str, int], today: date) -> list[Difference]:
    told: dict[int, Difference] = {}
    sound = []
    for line in batch:
        first = seen.get(line.code)
        if line.fault:
            told[line.number] = _said(line, BAD, line.fault)
        elif first is not None:
            told[line.number] = _said(
                line, BAD, f"code {line.code} stands twice in the file, first in row {first}"
            )
        elif line.passed:
            told[line.number] = _said(line, PASSED_OVER, line.passed)
        else:
            sound.append(line)
        if not line.fault:
            seen.setdefault(line.code, line.number)
    told.update({each.number: each for each in kind.compare(sound, today) if each.number is not None})
    return [told[line.number] for line in batch]


def _said(line: Line, outcome: str, reason: str) -> Difference:
    return Difference(outcome, line.number, line.code, line.name, reason=reason)


@dataclass
class Tally:
    """What a comparison came to, gathered as it goes.

    Attributes:
        counts: rows by outcome.
        unchanged: the numbers of the unchanged rows, in the file's order.
    """

    counts: Counter[str] = field(default_factory=Counter)
    unchanged: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the mark of what was said."""
        self._digest = hashlib.sha256()

    def add(self, batch: Iterable[Difference]) -> None:
        """Count a batch."""
        for one in batch:
            self.counts[one.outcome] += 1
            if one.outcome == UNCHANGED and one.number is not None:
                self.unchanged.append(one.number)
            said = [one.outcome, one.number, one.code, one.name, one.changes, one.reason]
            self._digest.update(json.dumps(said, sort_keys=True).encode())

    @property
    def mark(self) -> str:
        """The same for two comparisons that say the same, row for row."""
        return self._digest.hexdigest()

    @property
    def unchanged_rows(self) -> str:
        """The unchanged rows' numbers in few words: "1 to 14, 16"."""
        return ranges(self.unchanged)
