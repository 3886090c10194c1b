"""How ratings add up, held against every published assessment that is at hand, and how old they are."""

import csv
from collections import Counter
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from providers.register.rules import ratings
from providers.register.rules.ratings import (
    GOOD,
    INADEQUATE,
    INSUFFICIENT,
    NONE_PUBLISHED,
    NOT_RATED,
    OUTSTANDING,
    QUESTIONS,
    RATED,
    RATING_WORDS,
    REQUIRES_IMPROVEMENT,
    age_in_words,
    code_of,
    departs,
    departure_in_words,
    overall_of,
    tally,
)

PUBLISHED = Path(__file__).parents[2] / "data" / "cqc" / "rating_aggregation.csv"
TOP, G, R, LOW = OUTSTANDING, GOOD, REQUIRES_IMPROVEMENT, INADEQUATE

KNOWN_DEPARTURES = [("1-261284303", "current", "2019-10-10", "good")]
"""Published overall ratings that the rule does not give: one of 209, with a key question that is not rated."""


def published():
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            five = tuple(code_of(row[name]) for name in QUESTIONS)
            yield row, five, code_of(row["overall"])


def test_every_published_assessment_agrees_with_the_rule_but_those_that_are_known() -> None:
    counts: Counter[str] = Counter()
    departures = []
    for row, five, overall in published():
        whole = RATED.issuperset(five)
        counts["rated" if whole else "not rated"] += 1
        if whole:
            assert overall_of(five) == overall
            counts["adds up"] += 1
        else:
            assert overall_of(five) is None
        if departs(five, overall):
            departures.append((row["location_id"], row["kind"], row["report_date"], overall))
    assert counts == {"rated": 157, "adds up": 157, "not rated": 52}
    assert departures == KNOWN_DEPARTURES


@pytest.mark.parametrize(
    ("five", "overall"),
    [
        ((LOW, LOW, G, G, G), LOW),
        ((LOW, LOW, TOP, TOP, TOP), LOW),
        ((LOW, G, G, G, G), R),
        ((LOW, TOP, TOP, TOP, TOP), R),
        ((R, R, G, G, G), R),
        ((R, R, TOP, TOP, TOP), R),
        ((R, G, G, G, G), G),
        ((R, TOP, TOP, G, G), TOP),
        ((TOP, TOP, G, G, G), TOP),
        ((TOP, G, G, G, G), G),
        ((G, G, G, G, G), G),
        ((TOP, TOP, TOP, TOP, TOP), TOP),
    ],
)
def test_the_rule(five, overall) -> None:
    assert overall_of(five) == overall


def test_the_order_of_the_key_questions_makes_no_difference_and_every_five_adds_up() -> None:
    by_sorted: dict[tuple[str, ...], set[str | None]] = {}
    for five in product(sorted(RATED), repeat=5):
        by_sorted.setdefault(tuple(sorted(five)), set()).add(overall_of(five))
    assert all(len(found) == 1 and found <= RATED for found in by_sorted.values())
    assert len(by_sorted) == 56


def test_nothing_adds_up_where_a_key_question_is_not_rated() -> None:
    for value in (NOT_RATED, NONE_PUBLISHED, INSUFFICIENT, ""):
        assert overall_of((G, G, G, G, value)) is None
    assert overall_of((G, G, G, G)) is None


@pytest.mark.parametrize(
    ("five", "overall", "expected"),
    [
        ((G, G, G, G, G), G, False),
        ((G, G, G, G, G), R, True),
        ((G, G, G, G, G), INSUFFICIENT, True),
        ((G, G, G, G, G), "", False),
        (("", G, G, G, G), R, False),
        ((NOT_RATED,) * 5, G, True),
        ((NOT_RATED,) * 5, NOT_RATED, False),
        ((NONE_PUBLISHED,) * 5, NOT_RATED, False),
    ],
)
def test_what_departs_from_the_rule(five, overall, expected) -> None:
    assert departs(five, overall) is expected
    assert bool(departure_in_words(five, overall)) is expected


def test_a_departure_is_said_plainly() -> None:
    assert departure_in_words((G,) * 5, R) == (
        "The published overall rating is Requires improvement; by the rule the five key questions add up to Good. "
        "Inspectors may depart from the rule."
    )
    assert "key questions that are not rated give no overall rating" in departure_in_words(
        (NOT_RATED,) * 5, G
    )


@pytest.mark.parametrize("words", RATING_WORDS.values())
def test_a_rating_is_read_whatever_its_capitals_and_blanks(words) -> None:
    assert RATING_WORDS[code_of(f" {words.upper()} ")] == words
    assert RATING_WORDS[code_of(words.title().replace(" ", "  "))] == words


def test_a_blank_is_no_rating_and_other_words_are_refused() -> None:
    assert code_of("  ") == ""
    with pytest.raises(ValueError, match="“Splendid” is no rating"):
        code_of("Splendid ")


def test_places_are_told_worst_first() -> None:
    assert tally({G: 4, LOW: 1, "": 3, NOT_RATED: 2}) == [
        (LOW, "Inadequate", 1),
        (G, "Good", 4),
        (NOT_RATED, "Inspected but not rated", 2),
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 3), "today"),
        (date(2026, 3, 2), "1 day ago"),
        (date(2026, 2, 4), "27 days ago"),
        (date(2026, 2, 3), "1 month ago"),
        (date(2025, 3, 4), "11 months ago"),
        (date(2025, 3, 3), "1 year ago"),
        (date(2025, 2, 3), "1 year and 1 month ago"),
        (date(2022, 10, 4), "3 years and 4 months ago"),
        (date(2026, 3, 4), "dated in the future"),
    ],
)
def test_how_long_ago(day, words) -> None:
    assert age_in_words(day, date(2026, 3, 3)) == words


def test_a_leap_day_is_a_year_old_only_after_it() -> None:
    assert age_in_words(date(2024, 2, 29), date(2025, 2, 28)) == "11 months ago"
    assert age_in_words(date(2024, 2, 29), date(2025, 3, 1)) == "1 year ago"


def test_every_value_has_its_words() -> None:
    assert set(ratings.RATING_WORDS) > RATED
