"""The guard finds what looks like a patient, says so in place, and lets a person decide."""

import csv
import time
from pathlib import Path

import nhs_number
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import personal_data as guard

VECTORS = Path(__file__).resolve().parents[2] / "data" / "nhs_number_vectors.csv"
DIGITS = st.lists(st.integers(0, 9), min_size=9, max_size=9)


def kinds(text: str) -> list[str]:
    return [one.kind for one in guard.find(text)]


def valid_number(first_nine: list[int]) -> str | None:
    text = "".join(map(str, first_nine))
    check = nhs_number.calculate_checksum(text)
    number = f"{text}{check}"
    return number if check < 10 and nhs_number.is_valid(number) else None


@pytest.mark.parametrize(
    "row",
    list(csv.DictReader(VECTORS.read_text().splitlines())),
    ids=lambda row: f"{row['kind']} {row['text']}",
)
def test_it_agrees_with_two_packages_on_what_an_nhs_number_is(row):
    found = [one for one in guard.find(f"Patient {row['text']} fell.") if one.kind == guard.NHS_NUMBER]
    assert [one.text for one in found] == ([row["text"]] if row["valid_nhs_number_pkg"] == "1" else [])


@given(DIGITS, st.sampled_from(["", " ", "-", "\u00a0", "\u2013", ".", " - ", "\u200b", "  ", "/"]))
def test_every_valid_number_is_found_however_it_is_spaced(digits, gap):
    number = valid_number(digits)
    if number:
        spaced = gap.join([number[:3], number[3:6], number[6:]])
        found = [one for one in guard.find(f"see {spaced}, please") if one.kind == guard.NHS_NUMBER]
        assert [one.text for one in found] == [spaced]


@given(DIGITS)
def test_a_number_that_fails_its_check_is_no_nhs_number(digits):
    text = "".join(map(str, digits))
    wrong = (nhs_number.calculate_checksum(text) + 1) % 10
    assert guard.NHS_NUMBER not in kinds(f"{text}{wrong}") or nhs_number.is_valid(f"{text}{wrong}")


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(0xFF10 + int(digit)) for digit in "9995260182"),  # full-width digits
        "9 9 9 9 6 2 4 5 9 6",
        "no9995260182no",
        "999\n962\n4596",
        "ring 0161 496 0123 999 962 4596",
    ],
)
def test_odd_ways_of_writing_a_number_hide_nothing(text):
    assert [one for one in kinds(text) if one == guard.NHS_NUMBER] == [guard.NHS_NUMBER]


@pytest.mark.parametrize(
    "text",
    [
        "19995260182",  # eleven digits
        "2026-03-14 12:00",
        "9995260182345",
        "the B12 vitamin, 3ml, 10 of 12 beds",
        "999 9\n526\n0182",
    ],
)
def test_other_numbers_are_let_through(text):
    assert guard.NHS_NUMBER not in kinds(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DOB 3/4/41", "3/4/41"),
        ("d.o.b.: 03-04-1941", "03-04-1941"),
        ("date of birth 1941-04-03", "1941-04-03"),
        ("She was born on 3 March 1941.", "3 March 1941"),
        ("born March 3rd, 1941", "March 3rd, 1941"),
        ("Birthday 3rd of Mar '41", "3rd of Mar '41"),
        ("Mrs A, 12.05.1952", "12.05.1952"),
        ("Mrs A, 12 May 1952", "12 May 1952"),
        ("1952-05-12", "1952-05-12"),
    ],
)
def test_a_date_of_birth_is_found_where_it_stands(text, found):
    assert [one.text for one in guard.find(text) if one.kind == guard.BIRTH] == [found]


@pytest.mark.parametrize(
    "text", ["on 1 April 2013", "12/05/2026", "born in 1941", "since 1998", "in May 1998", "section 12.05.19"]
)
def test_other_dates_are_let_through(text):
    assert guard.BIRTH not in kinds(text)


@pytest.mark.parametrize(
    "text", ["07700 900123", "+44 (0)161 496 0000", "0044 161 496 0000", "0161-496-0000"]
)
def test_a_private_telephone_number_is_found(text):
    assert kinds(f"ring {text}!") == [guard.TELEPHONE]


@pytest.mark.parametrize(
    "text", ["0800 111 2222", "0300 123 4567", "+44 300 123 4567", "999", "111", "01614960"]
)
def test_public_numbers_are_let_through(text):
    assert kinds(text) == []


def test_private_addresses_are_found_and_official_ones_are_not():
    assert kinds("jo.o'neil+x@example.com") == [guard.EMAIL]
    assert kinds("a@b.nhs.uk, nurse@nhs.net, x@oldham.gov.uk, y@cqc.org.uk, not an address@") == []
    assert kinds("a@nhs.uk.example.com") == [guard.EMAIL]


@pytest.mark.parametrize(
    "text", ["M1 1AE", "sw1a1aa", "GIR 0AA", "B33 8TH", "EC1A 1BB", "W1A 0AX", "cr2 6xh"]
)
def test_a_full_postcode_is_found(text):
    assert kinds(f"at {text}.") == [guard.POSTCODE]


@pytest.mark.parametrize("text", ["M1", "OL1", "ward B33 8 beds", "A1 2BC"])
def test_half_a_postcode_is_let_through(text):
    assert kinds(text) == []


def test_where_two_kinds_meet_the_graver_stays():
    assert [(one.kind, one.text) for one in guard.find("DOB 12.05.1952")] == [(guard.BIRTH, "12.05.1952")]
    only = guard.find("+44 9995260182")
    assert [one.kind for one in only] == [guard.NHS_NUMBER]


@given(st.text())
def test_findings_lie_in_order_inside_the_text_and_never_overlap(text):
    at = 0
    for one in guard.find(text):
        assert at <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        at = one.end


@given(st.text(alphabet="0123456789 -./\n9a@MmAE1", max_size=60))
def test_the_pieces_are_the_whole_text(text):
    found = guard.find(text)
    cut = guard.pieces(text, found)
    assert "".join(piece.text for piece in cut) == text
    assert [piece.finding for piece in cut if piece.finding] == list(found)


def test_what_a_person_decided_is_let_through_and_nothing_else():
    texts = {"narrative": "9995260182 and 9991860916", "title": "fine"}
    first, second = guard.find(texts["narrative"])
    assert set(guard.undecided(texts)) == {"narrative"}
    assert guard.undecided(texts, decided={first.mark})["narrative"] == (second,)
    assert guard.undecided(texts, decided={first.mark, second.mark}) == {}


def test_a_decision_holds_however_the_number_is_spaced_and_for_no_other_kind():
    (plain,), (spaced,) = guard.find("9995260182"), guard.find("999 526 0182")
    assert plain.mark == spaced.mark
    assert guard.Finding(0, 10, guard.TELEPHONE, "9995260182").mark != plain.mark


def test_what_is_stored_already_was_decided():
    assert guard.undecided({"a": "9995260182 again"}, before=["9995260182"]) == {}
    assert guard.undecided({"a": "9991860916"}, before=["9995260182"])


def test_the_log_gets_codes_and_no_text():
    assert guard.codes(["9995260182 M1 1AE", "9995260182"]) == [guard.NHS_NUMBER, guard.POSTCODE]
    assert guard.codes(["nothing"]) == []


def test_the_sentence_says_what_where_and_what_to_write_instead_and_that_nothing_was_lost():
    said = guard.sentence(guard.find("9995260182 and 9995260182"))
    assert said.count("9995260182") == 1
    assert "looks like an NHS number" in said
    assert "Nothing has been saved yet" in said


def test_every_kind_has_its_words():
    assert set(guard.WORDS) == {guard.NHS_NUMBER, guard.BIRTH, guard.TELEPHONE, guard.EMAIL, guard.POSTCODE}


@pytest.mark.parametrize(
    "text",
    ["1 2 3-" * 4000, "9" * 20000, "a.a-" * 5000, "0 " * 10000, "+44 " * 5000, "born " * 4000, "a@" * 10000],
)
def test_a_long_text_takes_no_long_time(text):
    started = time.monotonic()
    guard.find(text)
    assert time.monotonic() - started < 2
