"""What the columns of each list hold, held against the lists that ship."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.columns import CHOICE, Column, code_of, columns_of, read_cells, said, title_of
from reference.files import read_table
from reference.operations import DATA
from reference.rules import LISTS

META = {"effective_from", "effective_to", "source", "status"}
SHIPPED = {code: [row for _, row in read_table(DATA / f"{code}.csv")[0]] for code in LISTS}
EVERY = [(code, column) for code in LISTS for column in columns_of(code)]


@pytest.mark.parametrize("code", LISTS)
def test_the_columns_are_those_of_the_list_that_ships(code: str):
    columns = columns_of(code)
    assert [one.name for one in columns] == [name for name in SHIPPED[code][0] if name not in META]
    assert [one.name for one in columns if one.key] == [
        one.name for one in columns if one.name in LISTS[code].keys
    ]
    assert sum(one.key for one in columns) == len(LISTS[code].keys)
    assert sum(one.names_row for one in columns) == 1


@pytest.mark.parametrize("code", LISTS)
def test_every_row_that_ships_can_be_typed_again_and_is_the_same(code: str):
    for row in SHIPPED[code]:
        kept, wrong = read_cells(code, row)
        assert wrong == {}, row
        assert kept == {name: value for name, value in row.items() if name not in META}


@given(st.sampled_from(EVERY), st.text(max_size=400))
def test_whatever_is_typed_is_kept_or_refused_in_a_sentence(which: tuple[str, Column], typed: str):
    code, column = which
    cells, wrong = read_cells(code, {**SHIPPED[code][0], column.name: typed})
    if wrong:
        assert list(wrong) == [column.name]
        assert wrong[column.name].startswith(column.label)
        assert wrong[column.name].endswith(".")
        return
    kept = str(cells[column.name])
    assert column.read(kept) == kept
    assert len(kept) <= column.longest
    assert kept == " ".join(kept.split())
    assert kept or not column.required
    if column.kind == CHOICE:
        assert kept in column.choices


@pytest.mark.parametrize(
    ("code", "column", "typed", "words"),
    [
        ("severity_scale", "label", " ", "Label cannot be left blank."),
        ("severity_scale", "label", "x" * 301, "must be 300 characters or fewer; it has 301"),
        ("severity_scale", "rank", "-1", "must be a whole number from 0"),
        ("severity_scale", "rank", "100001", "must be a whole number from 0"),
        ("severity_scale", "rank", "²", "must be a whole number from 0"),
        ("severity_scale", "code", "Very Bad", "must be small letters, figures and underlines"),
        ("bank_holidays", "date", "25 December", "must be a day, such as 2027-12-25."),
        ("membership_rules", "requirement", "perhaps", "must be one of: must, may, invited."),
    ],
)
def test_a_cell_that_cannot_be_is_refused_beside_its_column(code: str, column: str, typed: str, words: str):
    row = {**SHIPPED[code][0], column: typed}
    kept, wrong = read_cells(code, row)
    assert list(wrong) == [column]
    assert words in wrong[column]
    assert column not in kept


def test_a_number_and_a_day_are_written_in_one_way():
    kept, _ = read_cells("severity_scale", {**SHIPPED["severity_scale"][0], "rank": " 007 "})
    assert kept["rank"] == "7"


def test_a_row_is_named_by_its_keys_and_called_by_its_title():
    row = {"list": "referral", "code": "closed", "label": "", "definition": "Over"}
    assert code_of("outcome_codes", row) == "referral:closed"
    assert title_of("outcome_codes", row) == "referral:closed"
    assert title_of("outcome_codes", {**row, "label": "Closed"}) == "Closed"
    assert [(one.label, words) for one, words in said("outcome_codes", row)] == [
        ("Which list of outcomes", "referral"),
        ("Code", "closed"),
        ("Definition", "Over"),
    ]


def test_labels_are_words():
    assert [one.label for _, one in EVERY if re.search(r"[_*#!~@=]", one.label)] == []
