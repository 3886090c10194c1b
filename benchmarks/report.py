"""Prints what was measured as tables, and writes it down."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, as_dicts

LATEST = Path(__file__).resolve().parent / "latest.json"
GROWTH_MOST = 1.3
GROWS_WITH_ITS_PROVIDER = {"provider's concerns", "provider page"}


def table(rows: list[Row]) -> str:
    """Return the measured pages beside their limits."""
    lines = [
        f"{'page':<26} {'reader':<11} {'ms':>8} {'p95':>8} {'limit':>8} {'ratio':>6} {'most':>5} {'guardian':>9}  rows",
        "-" * 96,
    ]
    for one in rows:
        numbers = (
            f"{one.ms:8.2f} {one.p95_ms:8.2f} {_number(one.limit_ms, 8)} {_number(one.ratio, 6)} "
            f"{_number(one.most, 5, 1)} {_number(one.guardian_ms, 9)}"
        )
        verdict = {None: "", True: "agree", False: "DIFFER"}[one.rows_agree]
        lines.append(
            f"{one.page:<26} {one.reader:<11} {numbers}  {verdict}{'' if holds(one) else '  TOO SLOW'}"
        )
    return "\n".join(lines)


def holds(row: Row) -> bool:
    """Return whether a page keeps to what is allowed over its limit."""
    return row.ratio is None or row.most is None or row.ratio <= row.most


def growth(measured: Mapping[int, list[Row]]) -> tuple[str, int]:
    """Return how each page grows with the number of concerns, and how many grow more than they may in the last step."""
    sizes = sorted(measured)
    found = {size: {(one.page, one.reader): one.ms for one in rows} for size, rows in measured.items()}
    heads = " ".join(f"{size:>10,}" for size in sizes)
    lines = [f"{'page':<26} {'reader':<11} {heads} {'growth':>8}", "-" * (48 + 11 * len(sizes))]
    too_many = 0
    for page, reader in found[sizes[-1]]:
        if page == "everything in sight":
            continue
        ms = [found[size].get((page, reader)) for size in sizes]
        grown = ms[-1] / ms[-2] if len(ms) > 1 and ms[-1] and ms[-2] else None
        too_much = grown is not None and grown > GROWTH_MOST and page not in GROWS_WITH_ITS_PROVIDER
        too_many += too_much
        times = " ".join(_number(one, 10) for one in ms)
        lines.append(f"{page:<26} {reader:<11} {times} {_number(grown, 8)}{'  GROWS' if too_much else ''}")
    return "\n".join(lines), too_many


def write(concerns: int, rows: list[Row], figures: Mapping[str, Any]) -> None:
    """Write the last measurement down."""
    LATEST.write_text(json.dumps({"concerns": concerns, **figures, "pages": as_dicts(rows)}, indent=1) + "\n")


def _number(value: float | None, width: int, digits: int = 2) -> str:
    return " " * width if value is None else f"{value:{width}.{digits}f}"
