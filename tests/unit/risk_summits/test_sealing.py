"""Views are stated unseen and revealed together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid
from risk_summits.rules import sealing

NOW = datetime(2026, 3, 3, 14, tzinfo=UTC)
LABELS = {"actual": "Serious failure", "potential": "Potential for one", "none": "No failure",
          "cannot_yet": "Cannot yet say", "cannot_by_law": "Cannot say, by law"}  # fmt: skip


def reveals(called, stated, *, opened=False, due=1):
    due_at = None if due is None else NOW + timedelta(hours=due)
    return sealing.reveals(frozenset(called), frozenset(stated), opened=opened, due_at=due_at, now=NOW)


def test_views_stay_sealed_until_all_are_in_the_meeting_opens_or_four_hours_have_passed():
    assert reveals("abc", "ab") is None
    assert reveals("abc", "abc") == "all_in"
    assert reveals("abc", "abcd") == "all_in"
    assert reveals("abc", "", opened=True) == "meeting_opened"
    assert reveals("abc", "", due=0) == "time"
    assert reveals("abc", "", due=None) is None
    assert reveals("", "") is None


def test_each_reason_has_words():
    assert set(sealing.REVEALED_BECAUSE) == {"all_in", "meeting_opened", "time"}


def test_a_view_is_one_of_the_answers_and_says_why():
    sealing.check_view("actual", "Falls, three months running.")
    sealing.check_view("cannot_by_law", "")
    with pytest.raises(Invalid):
        sealing.check_view("maybe", "x")
    with pytest.raises(Invalid):
        sealing.check_view("cannot_yet", " ")


def test_the_spread_is_told_in_a_sentence_with_who_has_not_spoken():
    found = sealing.spread([("a", "actual"), ("b", "actual"), ("c", "none")], "abcd")
    assert (
        sealing.spread_in_words(found, LABELS)
        == "2 say “Serious failure”, 1 says “No failure”, 1 has not spoken."
    )
    assert not found.of_one_mind
    assert found.silent == ["d"]


def test_those_who_could_not_say_do_not_count_as_dissent():
    assert sealing.spread([("a", "actual"), ("b", "cannot_by_law"), ("c", "cannot_yet")], "abc").of_one_mind


def test_nobody_has_spoken():
    assert sealing.spread_in_words(sealing.spread([], []), LABELS) == "Nobody has stated a view."
    assert sealing.spread_in_words(sealing.spread([], "ab"), LABELS) == "2 have not spoken."


@given(st.lists(st.sampled_from(sealing.ANSWERS), max_size=8))
def test_no_view_is_lost_in_the_spread(answers):
    views = list(enumerate(answers))
    found = sealing.spread(views, range(10))
    assert sorted(body for bodies in found.by_answer.values() for body in bodies) == list(range(len(views)))
    assert len(found.silent) == 10 - len(views)
