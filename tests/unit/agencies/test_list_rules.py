"""Changes of the lists in words, and the days they may have."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid
from agencies.lists import rules

TODAY = date(2026, 3, 3)
DAY = date(2026, 6, 1)
LOW = {
    "code": "low",
    "rank": "1",
    "label": "Low",
    "definition": "No harm.",
    "example": "Letters late.",
    "prompt_shown": "Worth telling?",
    "does_not_mean": "",
    "source": "judgement",
    "status": "judgement",
}


@given(st.integers(-400, 400))
def test_a_change_begins_on_a_day_to_come(ahead: int):
    day = TODAY + timedelta(days=ahead)
    if ahead > 0:
        rules.check_day(day, TODAY)
    else:
        with pytest.raises(Invalid) as refused:
            rules.check_day(day, TODAY)
        assert list(refused.value.errors) == ["starts_on"]


@pytest.mark.parametrize(
    ("given_words", "fields"),
    [
        ({"reason": " "}, {"reason"}),
        ({"source": ""}, {"source"}),
        ({"status": "rumour"}, {"status"}),
        ({"reason": "x" * 1001, "source": "x" * 301}, {"reason", "source"}),
    ],
)
def test_a_change_says_why_and_where_it_comes_from(given_words: dict[str, str], fields: set[str]):
    said = {"source": "NQB ch. 5", "status": "paper", "reason": "It was wrong.", **given_words}
    with pytest.raises(Invalid) as refused:
        rules.check_words(**said)
    assert set(refused.value.errors) == fields


def test_an_end_says_why():
    rules.check_reason("Nobody uses it.")
    with pytest.raises(Invalid):
        rules.check_reason("")


def test_a_change_is_said_column_by_column():
    after = {
        **LOW,
        "label": "Slight",
        "does_not_mean": "unimportant",
        "example": "",
        "status": "paper",
        "source": "NQB",
    }
    words = rules.change_words("severity_scale", LOW, after, DAY)
    assert words[:6] == [
        "From 1 June 2026, “Low” in the list “How serious” changes.",
        "Label: “Slight” instead of “Low”.",
        "Example will be blank; it is “Letters late.”.",
        "Does not mean: “unimportant”, which was blank.",
        "Where it comes from: “NQB” instead of “judgement”.",
        "What it is: “in the documents” instead of “a judgement”.",
    ]
    assert words[6].startswith("The portal works by this list: How serious a concern can be said to be")
    assert words[7:] == [
        "It can be undone until the end of 31 May 2026.",
        "What was recorded before that day stays as it is.",
    ]


def test_nothing_different_is_no_difference():
    assert rules.differences("severity_scale", LOW, dict(LOW)) == []


def test_a_new_row_and_an_end_are_said():
    words = rules.add_words("severity_scale", LOW, DAY)
    assert words[0] == "From 1 June 2026, the list “How serious” has “Low” as well."
    assert "Definition: “No harm.”." in words
    ended = rules.retire_words("severity_scale", LOW, DAY, {})
    assert ended[0] == "From 1 June 2026, “Low” is no longer in the list “How serious”."
    named = rules.retire_words(
        "agency_kinds", {"label": "Police", "code": "police"}, DAY, {"Powers of each body": 1}
    )
    assert (
        "Rows of other lists go on naming it: Powers of each body (1). Look whether they should end too."
        in named
    )


def test_a_list_that_is_only_shown_says_so():
    words = rules.retire_words("plain_words", {"design_word": "circle"}, DAY, {})
    assert rules.ONLY_SHOWN in words


@pytest.mark.parametrize(
    ("deed", "words"),
    [("changed", "goes on as it is"), ("added", "does not come into the list"), ("retired", "does not end")],
)
def test_taking_back_says_what_will_not_happen(deed: str, words: str):
    assert f"“Low” {words}." in rules.undo_words("Low", deed, DAY)[0]
