"""Who leads the response: always somebody, never two, and decided once."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_summits.rules import ring
from risk_summits.rules.ring import (
    AGREED,
    BASIS_TRANSITIONS,
    CONVENOR,
    DEFAULT,
    HANDED_OVER,
    INTERIM,
    Handover,
    Holder,
    Holding,
    Objection,
    Offer,
)

START = datetime(2026, 10, 24, 11, tzinfo=UTC)
HOME, TEAM, TDA, MONITOR, COUNCIL = "next tier", "team", "tda", "monitor", "council"


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def holds(now, offers=(), objections=(), handovers=(), judged=4, opened=None, due=16):
    return ring.holder(
        HOME,
        offers,
        objections,
        handovers,
        None if judged is None else at(judged),
        None if opened is None else at(opened),
        None if due is None else at(due),
        at(now),
    )


def test_the_convenor_calls_the_bodies_together_until_a_judgement():
    assert holds(3.99) == Holder(HOME, CONVENOR)
    assert holds(100, judged=None, due=None) == Holder(HOME, CONVENOR)


def test_interim_begins_in_the_same_second_as_the_judgement():
    assert holds(4) == Holder(HOME, INTERIM)


def test_acceptance_takes_effect_at_once():
    offers = [Offer(TDA, at(5))]
    assert holds(4.99, offers) == Holder(HOME, INTERIM)
    assert holds(5, offers) == Holder(TDA, AGREED)


def test_an_offer_not_accepted_is_nothing():
    assert holds(15, [Offer(TDA)]) == Holder(HOME, INTERIM)


def test_an_acceptance_before_the_judgement_waits_for_it():
    assert holds(3, [Offer(TDA, at(1))]) == Holder(HOME, CONVENOR)
    assert holds(4, [Offer(TDA, at(1))]) == Holder(TDA, AGREED)


def test_an_objection_before_the_due_time_puts_it_back_to_interim():
    offers, objections = [Offer(TDA, at(5))], [Objection(TDA, at(7))]
    assert holds(6.99, offers, objections) == Holder(TDA, AGREED)
    assert holds(7, offers, objections) == Holder(HOME, INTERIM)
    assert holds(16, offers, objections) == Holder(HOME, DEFAULT)


def test_an_objection_taken_back_no_longer_stands():
    offers, objections = [Offer(TDA, at(5))], [Objection(TDA, at(7), withdrawn_at=at(9))]
    assert holds(8.99, offers, objections) == Holder(HOME, INTERIM)
    assert holds(9, offers, objections) == Holder(TDA, AGREED)
    assert holds(16, offers, objections) == Holder(TDA, AGREED)


def test_an_objection_at_or_after_the_decision_comes_too_late():
    offers = [Offer(TDA, at(5))]
    assert holds(16, offers, [Objection(TDA, at(16))]) == Holder(TDA, AGREED)
    assert holds(20, offers, [Objection(TDA, at(18))]) == Holder(TDA, AGREED)


def test_an_acceptance_at_the_due_moment_itself_counts_and_one_after_does_not():
    assert holds(16, [Offer(TDA, at(16))]) == Holder(TDA, AGREED)
    assert holds(17, [Offer(TDA, at(16.01))]) == Holder(HOME, DEFAULT)


def test_the_first_that_accepted_and_stands_leads():
    offers = [Offer(MONITOR, at(6)), Offer(TDA, at(5))]
    assert holds(8, offers) == Holder(TDA, AGREED)
    assert holds(8, offers, [Objection(TDA, at(7))]) == Holder(MONITOR, AGREED)


def test_two_that_accepted_in_the_same_moment_stand_in_the_order_of_proposal():
    assert holds(8, [Offer(MONITOR, at(6)), Offer(TDA, at(6))]) == Holder(MONITOR, AGREED)


def test_an_objection_to_one_body_does_not_touch_another():
    assert holds(8, [Offer(TDA, at(5))], [Objection(MONITOR, at(6))]) == Holder(TDA, AGREED)


def test_the_meeting_that_opens_decides_before_the_due_time():
    assert holds(9.99, opened=10) == Holder(HOME, INTERIM)
    assert holds(10, opened=10) == Holder(HOME, DEFAULT)
    assert holds(12, [Offer(TDA, at(11))], opened=10) == Holder(HOME, DEFAULT)


def test_a_meeting_opened_before_the_judgement_decides_nothing():
    assert holds(5, opened=2) == Holder(HOME, INTERIM)


def test_with_no_due_time_and_no_meeting_it_stays_interim():
    assert holds(1000, due=None) == Holder(HOME, INTERIM)


def test_a_handover_needs_acceptance_and_the_decision_before_it():
    assert holds(20, handovers=[Handover(COUNCIL)]) == Holder(HOME, DEFAULT)
    assert holds(20, handovers=[Handover(COUNCIL, at(18))]) == Holder(COUNCIL, HANDED_OVER)
    assert holds(17, handovers=[Handover(COUNCIL, at(18))]) == Holder(HOME, DEFAULT)
    assert holds(20, handovers=[Handover(COUNCIL, at(6))]) == Holder(HOME, DEFAULT)
    assert holds(10, handovers=[Handover(COUNCIL, at(6))]) == Holder(HOME, INTERIM)


def test_the_last_handover_leads():
    both = [Handover(COUNCIL, at(18)), Handover(MONITOR, at(30))]
    assert holds(29, handovers=both) == Holder(COUNCIL, HANDED_OVER)
    assert holds(30, handovers=both) == Holder(MONITOR, HANDED_OVER)


def test_where_nhs_england_is_concerned_its_next_tier_holds():
    assert ring.home_holder(TEAM, HOME, concerned=True) == HOME
    assert ring.home_holder(TEAM, HOME, concerned=False) == TEAM
    assert ring.home_holder(TEAM, None, concerned=True) == TEAM


def test_the_summits_whole_course_is_walked():
    walked = ring.holdings(
        HOME,
        TEAM,
        [Offer(TDA, at(5)), Offer(MONITOR)],
        [Objection(TDA, at(7), at(9))],
        [Handover(COUNCIL, at(40)), Handover(MONITOR)],
        START,
        at(4),
        None,
        at(16),
        at(50),
    )
    assert walked == [
        Holding(TEAM, CONVENOR, START, at(4)),
        Holding(HOME, INTERIM, at(4), at(5)),
        Holding(TDA, AGREED, at(5), at(7)),
        Holding(HOME, INTERIM, at(7), at(9)),
        Holding(TDA, AGREED, at(9), at(40)),
        Holding(COUNCIL, HANDED_OVER, at(40), None),
    ]


def test_a_judgement_at_the_trigger_leaves_no_time_to_convene():
    walked = ring.holdings(HOME, TEAM, [], [], [], START, START, None, at(12), START)
    assert walked == [Holding(HOME, INTERIM, START, None)]


moments = st.integers(0, 60).map(at)
maybe = st.none() | moments
bodies = st.sampled_from([TDA, MONITOR, COUNCIL])
facts = {
    "offers": st.lists(st.builds(Offer, bodies, maybe), max_size=4),
    "objections": st.lists(st.builds(Objection, bodies, moments, maybe), max_size=4),
    "handovers": st.lists(st.builds(Handover, bodies, maybe), max_size=3),
    "judged_at": maybe,
    "opened_at": maybe,
    "due_at": maybe,
}


@given(now=moments, **facts)
def test_there_is_never_a_moment_with_nobody_and_the_walk_agrees_with_the_rule(now, **known):
    walked = ring.holdings(HOME, TEAM, triggered_at=START, now=now, **known)
    assert walked[0].starts_at == START
    assert walked[-1].ends_at is None
    assert all(one.ends_at for one in walked[:-1])
    for before, after in itertools.pairwise(walked):
        assert before.ends_at == after.starts_at
        assert before.starts_at < after.starts_at
        assert after.basis in BASIS_TRANSITIONS[before.basis]
    for hour in range(int((now - START).total_seconds() // 3600) + 1):
        moment = at(hour)
        inside = [
            one for one in walked if one.starts_at <= moment and (one.ends_at is None or moment < one.ends_at)
        ]
        assert len(inside) == 1
        said = ring.holder(HOME, now=moment, **known)
        expected = TEAM if said.basis == CONVENOR else said.body
        assert (inside[0].body, inside[0].basis) == (expected, said.basis)


@given(now=moments, later=st.integers(0, 60), **facts)
def test_once_decided_only_an_accepted_handover_changes_it(now, later, **known):
    judged_at = known["judged_at"]
    if judged_at is None:
        return
    decided_at = ring.decides_at(judged_at, known["opened_at"], known["due_at"])
    if decided_at is None or decided_at > now:
        return
    first = ring.holder(HOME, now=decided_at, **{**known, "handovers": []})
    assert first.basis in (AGREED, DEFAULT)
    assert ring.holder(HOME, now=now + timedelta(hours=later), **{**known, "handovers": []}) == first


ROWS = {
    "nhs_trust": {"suggested": "nhs_tda"},
    "primary_care": {"suggested": "nhs_england"},
    "several_areas": {"suggested": "nhs_england_regional_team"},
    "default": {"suggested": "nhs_england"},
}


@pytest.mark.parametrize(
    ("kind", "several", "suggested"),
    [
        ("nhs_trust", False, "nhs_tda"),
        ("primary_care", False, "nhs_england"),
        ("nhs_trust", True, "nhs_england_regional_team"),
        ("ambulance", False, "nhs_england"),
    ],
)
def test_a_lead_is_suggested_by_the_providers_kind(kind, several, suggested):
    assert ring.suggested(ROWS, provider_kind=kind, several_areas=several) == suggested
    assert (
        ring.suggested({"default": ROWS["default"]}, provider_kind=kind, several_areas=several)
        == "nhs_england"
    )


def test_every_basis_has_words_and_a_place_in_the_table():
    assert set(ring.WORDS) == set(BASIS_TRANSITIONS)
    assert all(after <= set(BASIS_TRANSITIONS) for after in BASIS_TRANSITIONS.values())
