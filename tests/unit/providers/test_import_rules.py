"""What an import says: classes, states, words, and row numbers."""

import pytest

from providers.importing import rules


def test_each_state_has_its_way_on_and_each_class_its_words():
    assert set(rules.IMPORT_TRANSITIONS) == set(rules.STATES)
    assert set().union(*rules.IMPORT_TRANSITIONS.values()) <= set(rules.STATES)
    assert rules.IMPORT_TRANSITIONS[rules.DONE] == rules.IMPORT_TRANSITIONS[rules.SET_ASIDE] == frozenset()
    assert set(rules.APPLIED) < set(rules.OUTCOMES)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], ""), ([4], "4"), ([1, 2, 3], "1 to 3"), ([1, 3, 4, 9], "1, 3 to 4, 9")],
)
def test_row_numbers_are_said_in_few_words(numbers: list[int], said: str):
    assert rules.ranges(numbers) == said


def test_changes_are_said_with_what_was_blank():
    changes = {"name": ("Old", "New"), "closed_on": ("", "2020-09-30"), "beds": ("7", "")}
    assert (
        rules.said_in_words(changes)
        == "name: from Old to New; close date: from blank to 2020-09-30; beds: from 7 to blank"
    )


def test_what_opens_again_is_shown_first():
    assert next(iter(rules.OUTCOMES)) == rules.REOPENED
    assert rules.REOPENED in rules.APPLIED


def test_an_unchanged_row_is_told_where_there_is_something_to_know():
    assert not rules.Difference(rules.UNCHANGED, 1, "A", "a").told
    assert rules.Difference(rules.UNCHANGED, 1, "A", "a", reason="its region is not known").told
    assert rules.Difference(rules.BAD, 1, "A", "a").told


def test_what_applying_would_do_is_said_and_absence_closes_nothing():
    told = rules.counted({"new": 1, "changed": 1200, "closed": 6, "absent": 10})
    assert told[0] == "1 will be new, 1,200 will change and 6 will be closed."
    assert "10 that stand here are not in this file. Nothing happens to them" in told[1]
    again = rules.counted({"reopened": 2, "changed": 1})
    assert again[0].startswith("2 that are closed here will be open again.")
    assert again[1] == "0 will be new, 1 will change and 0 will be closed."
    assert rules.counted({}) == ["0 will be new, 0 will change and 0 will be closed."]
