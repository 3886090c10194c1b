"""How soon the bodies meet, and what counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid
from risk_summits.rules import response
from risk_summits.rules.response import Held, Terms

JUDGED = datetime(2026, 3, 3, 14, tzinfo=UTC)


def at(hours: float) -> datetime:
    return JUDGED + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("danger", "severity", "sooner", "kind", "hours"),
    [
        (False, "", None, "response_48", 48),
        (False, "serious", None, "response_48", 48),
        (True, "", None, "response_24", 24),
        (False, "critical", None, "response_24", 24),
        (True, "critical", 4, "response_sooner", 4),
    ],
)
def test_the_length_follows_from_danger_severity_and_a_persons_choice(danger, severity, sooner, kind, hours):
    found = response.terms(JUDGED, danger=danger, severity=severity, sooner_hours=sooner)
    assert found == Terms(JUDGED, kind, f"{sooner}h" if sooner else None, hours)


def test_not_sure_counts_as_danger():
    assert response.in_danger(["no", "not_sure"])
    assert response.in_danger(["yes"])
    assert not response.in_danger(["no"])
    assert not response.in_danger([])


def test_a_response_is_only_ever_brought_forward_and_with_a_reason():
    response.check_sooner(8, "Nobody is on the ward tonight.", current=24)
    response.check_sooner(12, "Nobody is on the ward tonight.", current=None)
    for hours, reason, current in ((6, "Because", None), (8, " ", 24), (8, "Because", 8), (12, "Because", 4)):
        with pytest.raises(Invalid):
            response.check_sooner(hours, reason, current=current)


def held(purpose, opened, ended, *, goes_on=False):
    return Held(purpose, at(opened), at(ended), goes_on, frozenset({"lead"}))


def test_a_meeting_opened_at_the_judgement_or_after_responds_to_it():
    assert response.response_opened_at(held("response", 0, 1), JUDGED) == JUDGED
    assert response.response_opened_at(held("follow_up", 30, 31), JUDGED) == at(30)
    assert response.response_opened_at(held("response", -0.1, 1), JUDGED) is None
    assert response.response_opened_at(held("response", 0, 1), None) is None


def test_a_meeting_that_judged_counts_only_when_it_went_on_to_the_response():
    assert response.response_opened_at(held("judgement", -1, 1), JUDGED) is None
    assert response.response_opened_at(held("judgement", -1, 1, goes_on=True), JUDGED) == JUDGED
    assert response.response_opened_at(held("judgement", -3, -1, goes_on=True), JUDGED) is None
    assert response.response_opened_at(held("judgement", 1, 2, goes_on=True), JUDGED) is None


def test_the_first_response_meeting_is_found_whenever_it_was_recorded():
    late, early = held("response", 9, 10), held("response", 3, 4)
    assert response.first_opened([late, early], JUDGED) == (at(3), early)
    assert response.first_opened([held("response", -2, -1)], JUDGED) is None
    assert response.first_opened([], JUDGED) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(response.PURPOSES)), st.integers(-5, 5), st.integers(0, 5), st.booleans()
        )
    )
)
def test_opened_always_means_at_or_after_the_judgement(rows):
    meetings = [held(purpose, opened, opened + lasted, goes_on=on) for purpose, opened, lasted, on in rows]
    found = response.first_opened(meetings, JUDGED)
    assert found is None or found[0] >= JUDGED


@pytest.mark.parametrize("days", [1, 7, 14])
def test_they_meet_again_within_a_fortnight(days):
    assert response.follow_up_days(days) == days


@pytest.mark.parametrize("days", [0, -1, 15])
def test_a_longer_wait_is_refused(days):
    with pytest.raises(Invalid, match="14 days"):
        response.follow_up_days(days)
