"""Rows of files that people send: workbooks and CSV, sound ones and others."""

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from agencies.sheets.reading import as_csv, as_workbook, packed, rows_of, unpacked
from agencies.sheets.rules import BODY, COLUMNS, EMAIL, FIRST, LAST, MOST_ROWS, NAME, ROLE, Row
from reference.sent_files import Unreadable

ROW = ["ann@example.org", "Ann Lee", "NHS Example CCG", "Reader", "", "", "", "2026-03-03", ""]


def read(content: bytes, name: str = "people.csv") -> list[Row]:
    return rows_of(io.BytesIO(content), name)


def text(*rows: str, heading: str = ",".join(COLUMNS)) -> bytes:
    return "\r\n".join((heading, *rows)).encode()


def book(*rows: list) -> bytes:
    made = Workbook()
    for row in (COLUMNS, *rows):
        made.active.append(list(row))
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("written", [as_csv, as_workbook])
def test_what_is_fetched_is_read_again_as_it_was(written):
    (row,) = read(written([ROW]))
    assert (row.number, row.fault, list(row.cells.values())) == (2, "", ROW)


@pytest.mark.parametrize("written", [as_csv, as_workbook])
@settings(deadline=None)
@given(name=st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=30))
def test_whatever_a_name_is_it_comes_back(written, name):
    (row,) = read(written([["a@example.org", name, *ROW[2:]]]))
    assert row.fault == ""
    if not name.startswith("'"):
        assert row.cells[NAME].strip() == name.strip()


@pytest.mark.parametrize("written", [as_csv, as_workbook])
def test_what_no_workbook_can_hold_spoils_none(written):
    (row,) = read(written([["a@example.org", "Ann\x0b\ufffe Lee", *ROW[2:]]]))
    assert row.cells[NAME].startswith("Ann")
    assert row.cells[NAME].endswith("Lee")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_nothing_that_is_fetched_is_a_formula(start):
    row = ["a@example.org", f'{start}HYPERLINK("http://example.org")', *ROW[2:]]
    assert f"'{start}HYPERLINK" in as_csv([row]).decode("utf-8-sig")
    cells = list(load_workbook(io.BytesIO(as_workbook([row]))).active.iter_rows())[1]
    assert {one.data_type for one in cells if one.value} == {"s"}
    assert cells[1].value.startswith("'")


@pytest.mark.parametrize(
    "content",
    [book(["a@example.org", "=1+1", *ROW[2:]]), text("a@example.org,=1+1,NHS Example CCG,Reader,,,,,")],
)
def test_a_formula_is_a_bad_row_and_is_not_worked_out(content):
    (row,) = read(content)
    assert row.fault.startswith("It holds a formula")
    assert row.cells[NAME] == ""


def test_a_workbooks_dates_and_yeses_are_read():
    from datetime import date, datetime

    row = ["a@example.org", "Ann", "B", "", "G", "Chair", True, date(2026, 3, 3), datetime(2026, 4, 1)]
    (found,) = read(book(row))
    assert (found.cells[FIRST], found.cells[LAST]) == ("2026-03-03", "2026-04-01")
    assert found.cells["Restricted items"] == "yes"


def test_columns_stand_in_any_order_and_others_are_passed_over():
    heading = ",".join(["Notes", *reversed(COLUMNS)])
    (row,) = read(text("mind,,,,,,Reader,NHS Example CCG,Ann,a@example.org", heading=heading))
    assert (row.cells[EMAIL], row.cells[BODY], row.cells[ROLE]) == (
        "a@example.org",
        "NHS Example CCG",
        "Reader",
    )


def test_blank_rows_are_passed_over_and_numbers_are_those_of_the_file():
    assert [row.number for row in read(text("", ",,,,,,,,", ",".join(ROW)))] == [4]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (text(heading="E-mail address,Full name"), "lacks these columns: Body, Role, Group"),
        (text(heading=",".join([*COLUMNS, COLUMNS[0]])), "stand twice: E-mail address"),
        (text(), "no rows under its heading"),
        (book(), "no rows under its heading"),
        (text(",".join(ROW)).decode().encode("utf-16"), "UTF-16"),
        (text("a@example.org,Zo\xeb,B,Reader,,,,,").decode().encode("cp1252"), "not in UTF-8"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "workbook or an archive"),
        (book(ROW)[:2000], "damaged or cut off"),
        (b"PK\x03\x04 no workbook at all", "damaged or cut off"),
        (text(*[",".join(ROW)] * (MOST_ROWS + 1)), "more than 500 rows"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_whole(content, why):
    with pytest.raises(Unreadable, match=why):
        read(content)


def test_an_archive_that_is_no_workbook_is_refused():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed_file:
        packed_file.writestr("readme.txt", "nothing")
    with pytest.raises(Unreadable, match="damaged"):
        read(kept.getvalue())


def test_a_workbook_that_unpacks_to_more_than_it_may_is_not_unpacked():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed_file:
        packed_file.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(Unreadable, match="too large"):
        read(kept.getvalue())


def test_a_row_that_is_cut_off_is_bad_and_the_others_stand():
    whole, cut = read(text(",".join(ROW), "bob@example.org,Bob"))
    assert whole.fault == ""
    assert cut.fault == "It has 2 cells and the heading 9: it is cut off."
    assert "left open" in read(text('a@example.org,"Ann'))[0].fault


def test_a_cell_that_is_too_long_is_bad():
    (row,) = read(text(f"a@example.org,{'x' * 301},B,Reader,,,,,"))
    assert row.fault == "“Full name” is longer than 300 characters."


def test_what_goes_along_with_a_preview_comes_back_as_it_was():
    rows = read(text(",".join(ROW), "bob@example.org,Bob", "c@example.org,=1,B,Reader,,,,,"))
    again = unpacked(packed(rows))
    assert [(one.number, one.fault) for one in again] == [(one.number, one.fault) for one in rows]
    assert dict(again[0].cells) == dict(rows[0].cells)


def test_more_text_than_a_form_may_hold_is_refused():
    with pytest.raises(Unreadable, match="too much text"):
        packed(Row(number, dict.fromkeys(COLUMNS, "é" * 300)) for number in range(MOST_ROWS))


@pytest.mark.parametrize(
    "nonsense", ["", "{", "[1]", "[[1,2,3]]", json.dumps([["x", ["a"] * 9, ""]]), "null"]
)
def test_a_preview_that_did_not_come_back_whole_is_refused(nonsense):
    with pytest.raises(Unreadable, match="did not come back whole"):
        unpacked(nonsense)


def with_rows_changed(content: bytes, change) -> bytes:
    """A workbook with the text of its sheet changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part) if name.endswith("sheet1.xml") else part)
    return kept.getvalue()


@pytest.mark.parametrize("number", [10_001, 2_000_000_000])
def test_a_workbook_that_names_a_row_far_below_is_refused_at_once(number):
    far = with_rows_changed(book(ROW), lambda part: part.replace(b'<row r="2"', b'<row r="%d"' % number))
    with pytest.raises(Unreadable, match="goes on below row 10,000"):
        read(far)
    with pytest.raises(Unreadable, match="goes on below row 10,000"):
        read(text(*[","] * 10_001))


def test_a_workbook_of_very_many_parts_is_refused():
    kept = io.BytesIO(book(ROW))
    with zipfile.ZipFile(kept, "a") as packed_file:
        for number in range(200):
            packed_file.writestr(f"xl/{number}.xml", "")
    with pytest.raises(Unreadable, match="too large"):
        read(kept.getvalue())


@pytest.mark.parametrize(
    "row",
    [
        [2, ["x" * 301, *ROW[1:]], ""],
        [2, ["\0", *ROW[1:]], ""],
        [2, ["\ud800", *ROW[1:]], ""],
        [2, ROW, "\ud800"],
        [float("inf"), ROW, ""],
    ],
)
def test_a_preview_with_what_no_sheet_holds_is_refused(row):
    with pytest.raises(Unreadable, match="did not come back whole"):
        unpacked(json.dumps([row]))


def test_a_preview_nested_without_end_is_refused():
    with pytest.raises(Unreadable, match="did not come back whole"):
        unpacked("[" * 200_000)


def test_a_long_cell_beside_a_formula_comes_back_too():
    rows = read(text(f"a@example.org,=1,{'x' * 400},Reader,,,,,"))
    assert rows[0].fault.startswith("It holds a formula")
    assert unpacked(packed(rows))[0].fault == rows[0].fault
