"""Plans for the end of a service: what they need, what may follow what, and what the numbers say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import NotNow
from providers.closing import rules
from providers.closing.rules import Facts

WHOLE = Facts(rules.CLOSURE, "The home closes.")
NUMBERS = st.lists(st.integers(0, 50), max_size=5)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "sale"}, "kind"),
        ({"summary": " "}, "summary"),
        ({"summary": "x" * 4001}, "summary"),
        ({"people": -1}, "people"),
        ({"people": 100_000}, "people"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed, field):
    assert rules.check(WHOLE) == {}
    assert set(rules.check(replace(WHOLE, **changed))) == {field}


@pytest.mark.parametrize("people", [None, 0, 1, 99_999])
def test_small_numbers_and_none_are_kept(people):
    assert rules.check(replace(WHOLE, people=people)) == {}


@given(st.sampled_from(sorted(rules.PLAN_TRANSITIONS)), st.sampled_from([*rules.PLAN_TRANSITIONS, "forged"]))
def test_a_state_follows_by_the_table_alone(state, then):
    if then in rules.PLAN_TRANSITIONS[state]:
        rules.check_follows(state, then)
    else:
        with pytest.raises(NotNow):
            rules.check_follows(state, then)


def test_a_plan_that_is_over_stays_as_it_is():
    for state in rules.PLAN_TRANSITIONS:
        if state in rules.OVER:
            assert rules.PLAN_TRANSITIONS[state] == frozenset()
            with pytest.raises(NotNow, match="stays as it is"):
                rules.check_open(state)
        else:
            rules.check_open(state)


@given(st.none() | st.integers(0, 100), NUMBERS, NUMBERS)
def test_the_numbers_say_what_is_missing_and_nothing_else(people, placed, places):
    said = " ".join(rules.sums(people=people, placed=placed, places=places))
    if people is None:
        assert "not known yet" in said
        return
    assert ("one is wrong" in said) == (sum(placed) > people)
    assert ("are not" in said) == (sum(placed) < people)
    assert ("are missing" in said) == (sum(places) < people)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.tuples(st.booleans(), st.booleans()), max_size=5))
def test_each_council_is_untold_silent_or_has_confirmed(councils):
    untold, silent = rules.receipts(councils)
    assert not set(untold) & set(silent)
    assert {name for name, (told, read) in councils.items() if told and read} == set(councils) - {
        *untold,
        *silent,
    }


def test_every_state_and_deed_has_its_words():
    assert set(rules.STATE_WORDS) == set(rules.PLAN_TRANSITIONS)
    assert set(rules.PLAN_TRANSITIONS) - {rules.DRAFTED} <= set(rules.DEED_WORDS)
    assert rules.check_words("text", "", "Say it") == {"text": "Say it"}
    assert set(rules.check_words("text", "x" * 4001, "Say it")) == {"text"}
