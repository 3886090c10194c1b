"""Reading the portal's own CSV files, row by row, so that each problem can be said by its line."""

import csv
from collections.abc import Mapping
from pathlib import Path

from reference.rules import Problem

Cells = dict[str, str]


def read_table(
    path: Path, *, columns: tuple[str, ...] = (), required: tuple[str, ...] = ()
) -> tuple[list[tuple[int, Cells]], list[Problem]]:
    """Read a CSV file (UTF-8, with a heading).

    Args:
        path: the file; its stem names it in problems.
        columns: columns the heading must have.
        required: columns that no row may leave blank.

    Returns:
        The sound rows as (line in the file, cells without blanks around them), and the problems. A file
        that cannot be read at all is one problem, and has no rows.
    """
    rows: list[tuple[int, Cells]] = []
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                return [], [Problem(path.stem, 1, f"the heading lacks {', '.join(missing)}")]
            for cells in reader:
                fault = _fault(cells, required)
                if fault:
                    problems.append(Problem(path.stem, reader.line_num, fault))
                else:
                    rows.append((reader.line_num, {name: value.strip() for name, value in cells.items()}))
    except FileNotFoundError:
        return [], [Problem(path.stem, 0, "the file is not there")]
    except (UnicodeDecodeError, csv.Error):
        return [], [Problem(path.stem, 0, "the file cannot be read as comma-separated UTF-8 text")]
    return rows, problems


def _fault(cells: Mapping[str | None, object], required: tuple[str, ...]) -> str:
    if None in cells or None in cells.values():
        return "the row has more or fewer cells than the heading"
    blank = [name for name in required if not str(cells[name]).strip()]
    return f"no {' and no '.join(blank)} given" if blank else ""
