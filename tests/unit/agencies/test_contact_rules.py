"""What makes a number whole, by what words a role or a place is looked for, and what a change of Director is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.contacts import rules
from agencies.contacts.models import PostCode
from nhsuk.words import dial


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("0161 496 0100", "tel:01614960100"),
        ("(0161) 496-0100", "tel:01614960100"),
        ("+44 (0)161 496 0100", "tel:+441614960100"),
        ("0161 496 0100 ext 12", "tel:01614960100;ext=12"),
        ("0161 496 0100 x12", "tel:01614960100;ext=12"),
        ("0161 496 0100 Extension 4321 ", "tel:01614960100;ext=4321"),
        ("0161 496 0100 (ask for the desk)", "tel:01614960100"),
        ("999", "tel:999"),
        ("the switchboard", ""),
        ("", ""),
        ("ext 12", ""),
    ],
)
def test_a_number_rings_as_it_was_typed(typed: str, address: str):
    assert dial(typed) == address


@given(st.text(max_size=40))
def test_whatever_is_typed_an_address_holds_nothing_but_digits(typed: str):
    address = dial(typed)
    assert not address or set(address) <= set("tel:ext=;+") | {one for one in address if one.isdigit()}


@pytest.mark.parametrize(
    "number",
    [
        "0161 496 0100",
        "01632 960001",
        "+44 161 496 0100",
        "999",
        "111",
        "116 123",
        "0300 123 1000 ext 5",
        "0845 46 47 00",
    ],
)
def test_a_whole_number_is_taken(number: str):
    assert rules.is_whole(number)
    assert rules.not_whole({"telephone": number}) == {}


@pytest.mark.parametrize(
    "number", ["496 0100", "4960100", "12", "the desk", "+44", "01234", "016149601000000", "44 161 496"]
)
def test_a_number_that_cannot_be_rung_from_anywhere_is_not(number: str):
    assert rules.not_whole({"a": number, "b": ""}) == {"a": rules.NOT_WHOLE}


def test_every_post_is_looked_for_by_its_own_words():
    assert set(rules.LOOKED_FOR) == set(PostCode.values)
    for code, label in PostCode.choices:
        said = rules.LOOKED_FOR[code].split()
        assert [word for word in rules.asked_words(label) if word.strip(",") not in said] == []


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        (None, (None, "Ann"), True),
        ((None, "Ann Lee"), (None, "ann  lee"), False),
        ((None, "Ann Lee"), (None, "Bob May"), True),
        ((1, "Ann Lee"), (1, "Ann Lee-May"), False),
        ((1, "Ann Lee"), (2, "Ann Lee"), True),
        ((1, "Ann Lee"), (None, "Ann Lee"), False),
        ((None, "Ann Lee"), (2, "Bob May"), True),
    ],
)
def test_a_post_passes_to_somebody_else(before, after, another: bool):
    assert rules.is_another(before=before, after=after) is another


def test_the_months_count_from_coming_into_post():
    assert rules.in_post_from(date(2026, 3, 3), None) == date(2026, 3, 3)
    assert rules.in_post_from(date(2026, 3, 3), date(2026, 1, 5)) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Oldham Council", ["oldham"]),
        ("Greater Manchester area team", ["greater", "manchester"]),
        ("City of London", ["london"]),
        ("the Council", ["the", "council"]),
        ("", []),
        ("  ", []),
    ],
)
def test_a_place_is_known_by_the_words_that_tell_it_from_others(typed: str, words: list[str]):
    assert rules.place_words(typed) == words


@given(st.text(max_size=300))
def test_nobody_asks_for_more_than_six_words(typed: str):
    assert len(rules.asked_words(typed)) <= 6


def test_what_the_inspectorate_is_told():
    said = rules.director_words(body="Example Council", name="Di Rector", day="3 March 2026", came=True)
    assert said == "Example Council has a new Director of Adult Social Services from 3 March 2026: Di Rector."
    gone = rules.director_words(body="Example Council", name="", day="3 March 2026", came=False)
    assert gone.startswith("Somebody is no longer")
    assert "nobody is named yet" in gone


def test_what_an_appointment_means():
    said = rules.appointed(
        who="Di Rector",
        post="Director",
        day="3 March 2026",
        before="Old Hand",
        inspectorate="Hed In of the CQC",
    )
    assert said[1:] == [
        "Old Hand holds it until then.",
        "Hed In of the CQC is told of the new Director, and that they meet within three months is followed.",
    ]
    plain = rules.appointed(who="the desk", post="Deputy", day="3 March 2026", before="", inspectorate="")
    assert plain == ["From 3 March 2026, the directory names the desk as deputy."]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Safeguarding lead, adults", "safeguarding lead, adults"),
        ("Director of Adult Social Services", "Director of Adult Social Services"),
        ("Responsible Officer", "Responsible Officer"),
        ("Deputy", "deputy"),
    ],
)
def test_a_title_keeps_its_capitals(label: str, said: str):
    assert rules.post_words(label) == said


def test_a_place_is_called_by_its_own_words():
    assert rules.is_called("Greater Manchester Quality Surveillance Group", ["manchester", "greater"])
    assert not rules.is_called("Greater Manchester", ["manchester"])
