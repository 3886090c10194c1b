"""What may follow what, and what the facts amount to."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.rules import states
from clocks.rules.states import counts_as_met, may_follow, missing, outcome

DUE = datetime(2026, 3, 5, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
MINUTES = st.integers(min_value=-60, max_value=60).map(lambda minutes: DUE + timedelta(minutes=minutes))


def test_the_table_is_the_one_of_the_drawing():
    allowed = {(state, then) for state, then in product(states.STATES, repeat=2) if may_follow(state, then)}
    assert allowed == {
        ("running", "met"),
        ("running", "missed"),
        ("running", "stopped"),
        ("missed", "met_late"),
        ("missed", "met_recorded_late"),
        ("missed", "stopped"),
    }


def test_every_state_has_words_and_every_open_state_an_end():
    assert set(states.WORDS) == set(states.STATES)
    for state in states.STATES:
        assert (state in states.OPEN) == bool(states.TRANSITIONS[state])
        assert states.TRANSITIONS[state] <= set(states.STATES)
    assert set(states.MET_STATES) | set(states.OPEN) | {states.STOPPED} == set(states.STATES)


def test_nothing_comes_back():
    def later(state):
        return {then for step in states.TRANSITIONS[state] for then in {step} | later(step)}

    assert all(state not in later(state) for state in states.STATES)


@pytest.mark.parametrize(
    ("met", "recorded", "stopped", "now", "state"),
    [
        (None, None, None, DUE, "running"),
        (None, None, None, DUE + INSTANT, "missed"),
        (DUE, DUE, None, DUE, "met"),
        (DUE + INSTANT, DUE + INSTANT, None, DUE + INSTANT, "met_late"),
        (DUE, DUE + INSTANT, None, DUE + INSTANT, "met_recorded_late"),
        (DUE - INSTANT, None, None, DUE + INSTANT, "met"),
        (None, None, DUE + INSTANT, DUE + INSTANT, "stopped"),
        (DUE, DUE, DUE, DUE, "stopped"),
    ],
)
def test_what_the_facts_amount_to(met, recorded, stopped, now, state):
    assert outcome(DUE, met, recorded, stopped, now) == state


@given(MINUTES, st.integers(min_value=0, max_value=60))
def test_a_deed_has_exactly_one_outcome_and_its_way_is_in_the_table(met, delay):
    recorded = met + timedelta(minutes=delay)
    before = outcome(DUE, None, None, None, recorded)
    after = outcome(DUE, met, recorded, None, recorded)
    assert may_follow(before, after)


def test_a_response_needs_those_who_are_essential():
    assert counts_as_met("response", {"lead", "commissioner", "cqc"}, {"lead", "commissioner"})
    assert not counts_as_met("response", {"lead"}, {"lead", "commissioner"})
    assert missing("response", {"lead"}, {"lead", "commissioner"}) == {"commissioner"}
    assert not counts_as_met("response", set(), set())


def test_other_clocks_are_met_by_their_deed_alone():
    assert counts_as_met("follow_up", set(), {"lead"})
    assert missing("follow_up", set(), {"lead"}) == frozenset()
