"""`manage.py import_ods`: looks or applies, says each row by number, and fails in a sentence."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.refusals import NotNow
from providers.importing import command
from providers.models import ImportRun, Provider
from reference.operations import load_lists
from tests.integration.providers.imports import FILES, JANUARY, MARCH, plain, trusts


@pytest.fixture
def run(freeze: Callable[[str], datetime]) -> Callable[..., tuple[str, str]]:
    """Run the command; what it said, and what it said of trouble and of how far it was."""
    freeze("2026-03-03T09:00Z")
    load_lists()

    def call(path: Path | str, kind: str = "trusts", **more: object) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        call_command("import_ods", str(path), kind=kind, stdout=out, stderr=err, **more)
        return out.getvalue(), err.getvalue()

    return call


def test_it_applies_and_says_counts_and_progress(run) -> None:
    said, trouble = run(FILES / JANUARY)
    assert "New: 224" in said
    assert "Unchanged: 0" in said
    assert "Applied: 224 rows." in said
    assert "227 rows read" in trouble
    said, _ = run(FILES / MARCH)
    row = list(plain(MARCH)).index("RW6") + 1
    assert (
        f"Closed, row {row}: RW6 Pennine Acute Hospitals NHS Trust: close date: from blank to 2021-09-30"
        in said
    )
    assert "Not in this file, no row: RJD Mid Staffordshire NHS Foundation Trust" in said
    assert [(one.state, one.previewed_by) for one in ImportRun.objects.all()] == [("applied", None)] * 2


def test_a_dry_run_says_the_same_and_keeps_nothing(run) -> None:
    said, _ = run(FILES / JANUARY, dry_run=True)
    assert "New: 224" in said
    assert "A dry run: nothing was changed." in said
    assert "... more of “New”: --report FILE writes all of them." in said
    assert not Provider.objects.exists()
    assert not ImportRun.objects.exists()


def test_bad_rows_stop_it_and_stand_by_number(run, tmp_path: Path) -> None:
    path = tmp_path / "etr.csv"
    path.write_bytes(trusts(("RX1", "FIRST"), ("X", "NO CODE")))
    with pytest.raises(CommandError, match=r"Bad rows: 1\. Nothing was applied"):
        run(path)
    assert not Provider.objects.exists()
    said, trouble = run(path, good_rows_only=True)
    assert "Bad rows, row 2: X NO CODE: code “X” is not that of an NHS trust" in trouble
    assert "Applied: 1 rows." in said
    assert Provider.objects.get().ods_code == "RX1"


def test_the_report_holds_every_row_and_no_formula(run, tmp_path: Path) -> None:
    path, report = tmp_path / "etr.csv", tmp_path / "report.csv"
    path.write_bytes(trusts(("RX1", '=HYPERLINK("x")'), ("@X", "+44"), *((f"RY{n}", "A") for n in range(9))))
    run(path, dry_run=True, report=report)
    rows = list(csv.reader(report.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["row", "class", "code", "name", "what", "reason"]
    assert len(rows) == 12
    assert rows[1][:4] == ["1", "New", "RX1", '\'=HYPERLINK("x")']
    assert rows[2][1:4] == ["Bad rows", "'@X", "'+44"]


def test_a_report_that_cannot_be_written_is_one_sentence_before_anything_is_kept(run, tmp_path: Path) -> None:
    path = tmp_path / "etr.csv"
    path.write_bytes(trusts(("RX1", "FIRST")))
    with pytest.raises(CommandError, match=r"nowhere.*cannot be written: No such file"):
        run(path, report=tmp_path / "nowhere" / "report.csv")
    with pytest.raises(CommandError, match="The report would be written over"):
        run(path, report=tmp_path / "." / "etr.csv")
    assert path.read_bytes() == trusts(("RX1", "FIRST"))
    assert not ImportRun.objects.exists()


def test_what_would_be_open_again_wants_its_own_word(run, tmp_path: Path) -> None:
    path = tmp_path / "etr.csv"
    path.write_bytes(trusts(("RX1", "FIRST"), c12="20200930"))
    run(path)
    path.write_bytes(trusts(("RX1", "FIRST")))
    with pytest.raises(CommandError, match=r"Closed here and open in the file: 1\. Nothing was applied"):
        run(path)
    assert "Reopened: 1" in run(path, reopen=True)[0]
    assert Provider.objects.get().status == "open"


def test_while_another_runs_it_is_one_sentence(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(**given: object) -> None:
        raise NotNow("Another import is running.")

    monkeypatch.setattr(command, "preview_import", refuses)
    with pytest.raises(CommandError, match="Another import is running"):
        run(FILES / JANUARY)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "file.csv: The file is empty"),
        (b"a,b\n", "file.csv: The first row has 2 columns"),
        (None, "cannot be read"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_that_cannot_be_read_is_one_sentence(
    run, tmp_path: Path, content: bytes | None, said: str, dry_run: bool
) -> None:
    path = tmp_path / "file.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run(path, dry_run=dry_run)
    assert not ImportRun.objects.exists()


def test_a_file_of_200_million_bytes_is_refused_before_it_is_read(run, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(CommandError, match="200 million bytes; the portal takes at most 100 million"):
        run(path)


def test_who_watches_sees_one_line(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command.sys.stderr, "isatty", lambda: True)
    _, trouble = run(FILES / JANUARY, dry_run=True)
    assert "227 rows read\r" in trouble
