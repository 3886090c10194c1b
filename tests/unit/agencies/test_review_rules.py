"""When a body owes a review, and what is said before an answer is given."""

from datetime import date, timedelta

import pytest

from agencies.reviews import rules


@pytest.mark.parametrize(
    ("day", "quarter", "starts", "follows"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 3, 31), "2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 4, 1), "2026-Q2", date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 9, 30), "2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_a_day_lies_in_one_quarter(day: date, quarter: str, starts: date, follows: date):
    assert rules.quarter_of(day) == quarter
    assert rules.quarter_starts(day) == starts
    assert rules.next_quarter(day) == follows


def test_quarters_follow_each_other_without_a_gap():
    day = date(2023, 1, 1)
    while day < date(2028, 1, 1):
        assert rules.quarter_starts(day) <= day < rules.next_quarter(day)
        after = rules.next_quarter(day)
        assert rules.quarter_starts(after) == after
        assert rules.quarter_of(after - timedelta(days=1)) == rules.quarter_of(day)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("quarter", "words"),
    [
        ("2026-Q1", "January to March 2026"),
        ("2026-Q2", "April to June 2026"),
        ("2026-Q3", "July to September 2026"),
        ("2026-Q4", "October to December 2026"),
    ],
)
def test_a_quarter_in_words(quarter: str, words: str):
    assert rules.quarter_words(quarter) == words


def test_whoever_was_suspended_can_be_confirmed_late_and_nothing_is_unsaid():
    assert rules.REVIEW_TRANSITIONS[rules.SUSPENDED] == {rules.RIGHT, rules.ENDED}
    assert rules.REVIEW_TRANSITIONS[rules.RIGHT] == rules.REVIEW_TRANSITIONS[rules.ENDED] == frozenset()


def test_what_each_answer_means_is_said():
    assert "roles and seats go on" in rules.stays(person="Ann", agency="NHS A", back=())
    back = rules.stays(person="Ann", agency="NHS A", back=["Reader", "Administrator of the body"])
    assert "no longer suspended" in back
    assert "(Reader and Administrator of the body)" in back
    assert "1 seat stops counting" in rules.goes(person="Ann", agency="NHS A", suspended=False, seats=1)
    assert "2 seats stop counting" in rules.goes(person="Ann", agency="NHS A", suspended=False, seats=2)
    assert "seat" not in rules.goes(person="Ann", agency="NHS A", suspended=False, seats=0)
    assert "is suspended" in rules.goes(person="Ann", agency="NHS A", suspended=True, seats=1)


def test_a_body_with_one_administrator_is_told_who_answers_for_them():
    assert "Nobody else" in rules.alone(agency="NHS A", waiting=0)
    assert "Nobody else" not in rules.alone(agency="NHS A", waiting=3)
    assert "only administrator of NHS A" in rules.alone(agency="NHS A", waiting=3)
