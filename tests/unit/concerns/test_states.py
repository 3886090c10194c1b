"""What may follow what, and references that can be read out on the telephone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import NotNow
from concerns.rules import states

STATUS = st.sampled_from(states.STATUSES)


def test_every_status_is_in_the_table_and_has_its_words():
    assert set(states.TRANSITIONS) == set(states.WORDS) == set(states.STATUSES)
    assert all(after <= set(states.STATUSES) for after in states.TRANSITIONS.values())


def test_a_draft_is_opened_and_an_open_concern_is_closed_withdrawn_or_replaced():
    assert states.TRANSITIONS[states.DRAFT] == {states.OPEN, states.WITHDRAWN}
    assert states.TRANSITIONS[states.OPEN] == {states.CLOSED, states.WITHDRAWN, states.SUPERSEDED}


def test_nothing_follows_a_tombstone():
    assert all(not states.TRANSITIONS[status] for status in states.TOMBSTONES)


def test_every_status_can_be_reached_from_a_draft_and_no_way_leads_back():
    seen, todo = set(), [states.DRAFT]
    while todo:
        status = todo.pop()
        assert states.DRAFT not in states.TRANSITIONS[status]
        seen.add(status)
        todo += [then for then in states.TRANSITIONS[status] if then not in seen]
    assert seen == set(states.STATUSES)


@given(STATUS, STATUS)
def test_what_the_table_does_not_allow_is_refused_with_what_to_do(status, then):
    if then in states.TRANSITIONS[status]:
        states.check_transition(status, then)
    else:
        with pytest.raises(NotNow, match=r"\w+\.$"):
            states.check_transition(status, then)


@given(STATUS)
def test_only_an_open_concern_is_added_to(status):
    if status == states.OPEN:
        states.check_open(status)
    else:
        with pytest.raises(NotNow):
            states.check_open(status)


def test_a_reference_is_random_and_has_no_sign_that_is_mistaken_for_another():
    made = {states.new_reference() for _ in range(500)}
    assert len(made) > 495
    assert all(re.fullmatch(rf"C-[{states.ALPHABET}]{{4}}-[{states.ALPHABET}]{{2}}", one) for one in made)
    assert not set(states.ALPHABET) & set("01OIlAEUS5".replace("5", ""))
