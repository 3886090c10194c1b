"""A change reads in words, for those who cannot see marks in a text."""

import time

from hypothesis import given
from hypothesis import strategies as st

from concerns.rules import words
from concerns.rules.words import ADDED, GONE, SAME, Stretch, changes


def test_only_what_reads_differently_is_listed_in_the_order_of_the_page():
    found = changes(
        {"headline": "a", "severity": "Low"}, {"headline": "b", "severity": "Low", "narrative": "x"}
    )
    assert [one.field for one in found] == ["headline", "narrative"]
    assert all(one.called == words.FIELD_WORDS[one.field] for one in found)


def test_a_change_is_cut_word_by_word():
    (change,) = changes({"headline": "Two falls here"}, {"headline": "Three falls here"})
    assert change.stretches == (Stretch(GONE, "Two "), Stretch(ADDED, "Three "), Stretch(SAME, "falls here"))


def test_a_change_is_one_sentence():
    def said(before, after):
        (one,) = changes({"headline": before}, {"headline": after})
        return one.sentence

    assert said("Two falls", "Three falls") == "In one line: “Two” became “Three”."
    assert said("Falls", "Falls again ") == "In one line: “Falls” became “Falls again”."
    assert said("", "Falls") == "In one line: added “Falls”."
    assert said("Falls", "") == "In one line: took out “Falls”."


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_stretches_give_back_both_texts(before, after):
    for change in changes({"narrative": before}, {"narrative": after}):
        assert "".join(one.text for one in change.stretches if one.state != ADDED) == before
        assert "".join(one.text for one in change.stretches if one.state != GONE) == after


def test_a_long_text_rewritten_is_compared_by_its_lines_and_takes_no_long_time():
    before, after = "a b\n" * 2500, "c b\n" * 2499 + "a b\n"
    started = time.monotonic()
    (change,) = changes({"narrative": before}, {"narrative": after})
    assert time.monotonic() - started < 3
    assert "".join(one.text for one in change.stretches if one.state != GONE) == after
