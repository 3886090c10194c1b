"""``make imports``: 50,000 rows made from the shipped ones, brought in by the command; how long, and how much memory."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks import data
from benchmarks.data import say
from providers.importers import DATA
from qsg_portal.surroundings import WEB_ROLE

ROWS = int(os.environ.get("IMPORT_ROWS", "50000"))
MOST_SECONDS, MOST_MEGABYTES = 60, 500
MANAGE = [sys.executable, str(data.HERE.parent / "manage.py")]


@dataclass(frozen=True)
class Measured:
    """One import.

    Attributes:
        what: which.
        seconds: from start to end of the command.
        busy: of them, those in which its process had a processor; the rest is the database's, or others'.
        megabytes: the most memory its process held.
    """

    what: str
    seconds: float
    busy: float
    megabytes: float


def main() -> None:
    """Import the file, a later one, and that again; exit with 1 where one is too slow or too large."""
    with data.running() as server, tempfile.TemporaryDirectory() as folder:
        first, later = Path(folder) / "epraccur_1.csv", Path(folder) / "epraccur_2.csv"
        _write(first, changed=False)
        _write(later, changed=True)
        with data.fresh(server, "imports") as name:
            env = {**os.environ, "DATABASE_URL": server.url(WEB_ROLE, name), "DATA_DIR": str(data.FOLDER)}
            env |= {"DEMO": "false", "REDIS_URL": ""}
            runs = [
                _timed("looked at, nothing kept", first, env, "--dry-run"),
                _timed("all new", first, env),
                _timed("a tenth renamed, a tenth closed", later, env),
                _timed("all as they stand", later, env),
            ]
    say(f"\n{ROWS:,} rows of practices, {first.name}:\n")
    for one in runs:
        say(
            f"  {one.what:<34} {one.seconds:6.1f} s, {one.busy:5.1f} s of a processor, {one.megabytes:5.0f} MB"
        )
    held = all(one.seconds <= MOST_SECONDS and one.megabytes <= MOST_MEGABYTES for one in runs)
    say(f"\nAllowed: {MOST_SECONDS} s and {MOST_MEGABYTES} MB.")
    sys.exit(0 if held else 1)


def _timed(what: str, path: Path, env: dict[str, str], *more: str) -> Measured:
    say(f"{what} ...")
    began = time.monotonic()
    child = subprocess.Popen(
        [*MANAGE, "import_ods", str(path), "--kind", "practices", *more], env=env, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"The import ended with {child.returncode}.")
    busy = used.ru_utime + used.ru_stime
    return Measured(what, time.monotonic() - began, busy, used.ru_maxrss / 1024)


def _write(path: Path, *, changed: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(_rows(changed))


def _rows(changed: bool) -> Iterator[list[str]]:
    """Rows as the national file holds them: names, places and commissioners of real practices, made codes."""
    with (DATA / "gp_practices.csv").open(encoding="utf-8", newline="") as file:
        given = list(csv.DictReader(file))
    for number, one in enumerate(islice(cycle(given), ROWS)):
        row = [""] * 27
        row[0] = f"{'CDEFGHJ'[number // 100_000]}{number % 100_000:05}"
        row[1] = f"{one['name']} {number}"
        row[2], row[3] = "Y54", "Q74"
        parts = one["address"].split(", ")
        row[4 : 4 + len(parts[:5])] = parts[:5]
        row[9], row[10], row[12], row[13] = one["postcode"], one["opened_on"].replace("-", ""), "A", "B"
        row[14] = row[23] = one["ccg_ods"]
        row[15], row[17], row[21], row[25] = one["joined_on"].replace("-", ""), one["telephone"], "0", "4"
        if changed and number % 10 == 0:
            row[1] += " AND PARTNERS"
        if changed and number % 10 == 1:
            row[11], row[12] = "20190331", "C"
        yield row


if __name__ == "__main__":
    main()
