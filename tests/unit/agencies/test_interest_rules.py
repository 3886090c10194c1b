"""What others may know of a tie, and when the yearly word is due."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from access.models import Tie
from agencies.interests import rules

days = st.dates(date(2012, 1, 1), date(2100, 1, 1))


def test_every_tie_has_a_kind_that_others_read():
    assert set(rules.KIND_OF_TIE) == {"", *Tie.values}
    assert set(rules.KIND_OF_TIE.values()) == set(rules.KINDS)


def test_a_partners_work_and_a_relative_in_care_cannot_be_told_apart():
    assert rules.kind_of("partners_work") == rules.kind_of("care") == "Through family"
    assert rules.kind_of("own_work") != rules.kind_of("partners_work")


def test_what_others_read_says_nothing_of_a_partner_or_of_care():
    for words in rules.KINDS.values():
        assert not {"partner", "husband", "wife", "care"} & set(words.lower().split())


@given(days)
def test_the_next_word_is_due_a_year_after(said: date):
    due = rules.due_on(said)
    assert due is not None
    assert timedelta(365) <= due - said <= timedelta(366)
    assert rules.state_of(said, due - timedelta(days=1)) == rules.SAID
    assert rules.state_of(said, due) == rules.OVERDUE


@given(days, days)
def test_who_is_reminded_is_whose_word_is_due(said: date, today: date):
    due = rules.due_on(said)
    assert due is not None
    assert (due <= today) == (said <= rules.year_before(today))


def test_never_declared_is_due_now():
    assert rules.due_on(None) is None
    assert rules.state_of(None, date(2026, 3, 3)) == rules.DUE
    assert "Nothing to declare is an answer" in rules.due_words(None)
    assert "A year has passed" in rules.due_words(date(2025, 3, 3))
    assert rules.due_on(date(2024, 2, 29)) == date(2025, 3, 1)
    assert set(rules.STATES) == {rules.DUE, rules.OVERDUE, rules.SAID}
