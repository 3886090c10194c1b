"""Which council a place lies in, and each number once with when it answers."""

import pytest

from concerns.rules.ringing import (
    ANY_HOUR,
    BY_DAY,
    OUT_OF_HOURS,
    Desk,
    Number,
    lines_of,
    own_councils,
    place_of,
)

COUNCILS = {place_of(name): name for name in ("Bury council", "Oldham council", "City of Bristol council")}


def test_a_number_that_several_desks_share_stands_once_with_when_it_answers():
    desks = [Desk("adults", "1", "2"), Desk("children", "1", "2"), Desk("", "", "2")]
    assert lines_of("Bury council", desks) == [
        Number("Bury council, adults and children", "1", BY_DAY),
        Number("Bury council, adults and children", "2", OUT_OF_HOURS),
    ]


def test_a_number_that_answers_day_and_night_is_one_number():
    assert lines_of("Bury council", [Desk("adults", "1", "1")]) == [
        Number("Bury council, adults", "1", ANY_HOUR)
    ]


def test_a_number_alone_says_nothing_of_hours():
    assert lines_of("Bury council", [Desk("adults", "1")]) == [Number("Bury council, adults", "1")]


def test_what_has_no_number_is_named_all_the_same():
    assert lines_of("Bury council", []) == [Number("Bury council, safeguarding", "")]
    assert lines_of("Bury council", [Desk("", "", "")]) == [Number("Bury council, safeguarding", "")]
    assert lines_of("Bury council", [Desk("adults", "1"), Desk("children")]) == [
        Number("Bury council, adults", "1"),
        Number("Bury council, children", ""),
    ]


@pytest.mark.parametrize(
    ("town", "known", "own"),
    [
        ("BURY", {}, ["Bury council"]),
        ("Bristol", {}, ["City of Bristol council"]),
        ("Bury St Edmunds", {}, []),
        ("", {}, []),
        ("Bury", {"commissioning": ["Oldham council"]}, ["Bury council"]),
        ("Bury", {"ccgs": ["NHS Oldham CCG"]}, ["Bury council"]),
        ("Prestwich", {"commissioning": ["Oldham council"]}, ["Oldham council"]),
        ("Prestwich", {"ccgs": ["NHS Bury CCG"]}, ["Bury council"]),
        ("Prestwich", {"ccgs": ["NHS Bury CCG", "NHS Oldham CCG"]}, []),
        ("Oldham", {"ccgs": ["NHS Bury CCG"], "practice": True}, ["Bury council"]),
        ("Bury", {"ccgs": ["NHS Heywood, Middleton and Rochdale CCG"], "practice": True}, []),
        ("Bury", {"practice": True}, ["Bury council"]),
    ],
)
def test_the_own_council_is_known_by_the_town_who_buys_there_and_the_ccg(town, known, own):
    usual = {"commissioning": [], "ccgs": [], "practice": False}
    assert own_councils(town, councils=COUNCILS, **{**usual, **known}) == own
