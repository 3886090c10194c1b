"""When a message interrupts, when a mail is tried again, and when somebody else is told."""

import csv
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import rules
from notifications.rules import Policy, after_failure, not_before, parse_policy

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)

with (ROOT / "reference" / "data" / "notification_policy.csv").open(newline="", encoding="utf-8") as file:
    POLICIES = {row["event"]: parse_policy(row) for row in csv.DictReader(file)}


def at(text):
    return datetime.fromisoformat(text)


def test_the_policies_of_the_list():
    assert POLICIES["summit alert"] == Policy(
        "summit alert", mail=True, held=False, acknowledge=True, daily=False
    )
    assert POLICIES["safeguarding clock"].acknowledge
    assert not POLICIES["judgement, response, ring, impact and follow-up clocks"].acknowledge
    offer = POLICIES["action asked of my body"]
    assert (offer.mail, offer.held, offer.acknowledge, offer.daily) == (True, True, True, True)
    digest = POLICIES["coverage, silence, feedback owed, return due"]
    assert (digest.mail, digest.held, digest.acknowledge) == (False, True, False)


def test_only_a_summit_its_deadlines_and_safeguarding_interrupt_at_night():
    assert {name for name, policy in POLICIES.items() if policy.mail and not policy.held} == {
        "summit alert",
        "safeguarding clock",
        "judgement, response, ring, impact and follow-up clocks",
    }


def test_quiet_hours_that_are_not_understood_are_refused():
    row = {
        "event": "x",
        "channel": "mail",
        "quiet_hours": "mostly",
        "acknowledge": "no",
        "most_per_person": "",
    }
    with pytest.raises(ValueError, match="not a rule for quiet hours: 'mostly'"):
        parse_policy(row)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-03T20:00:00+00:00", "2026-03-04T07:00:00+00:00"),
        ("2026-03-04T06:59:59+00:00", "2026-03-04T07:00:00+00:00"),
        ("2026-03-04T07:00:00+00:00", "2026-03-04T07:00:00+00:00"),
        ("2026-03-04T19:59:59+00:00", "2026-03-04T19:59:59+00:00"),
        ("2026-03-28T22:00:00+00:00", "2026-03-29T06:00:00+00:00"),
        ("2026-07-01T19:30:00+00:00", "2026-07-02T06:00:00+00:00"),
    ],
)
def test_what_is_held_waits_for_seven_in_the_morning_in_london(now, morning):
    held = Policy("x", mail=True, held=True, acknowledge=False, daily=False)
    assert not_before(held, at(now)) == at(morning)
    assert not_before(POLICIES["summit alert"], at(now)) == at(now)


def test_an_address_that_does_not_exist_is_given_up_at_once_and_the_next_person_told():
    verdict = after_failure("refused", 1, NOW, NOW)
    assert (verdict.state, verdict.pass_on) == ("dead", True)


def test_each_failure_waits_longer_and_the_fourth_tells_the_next_person():
    waits = [
        (after_failure("busy", attempt, NOW, NOW).next_try_at - NOW).total_seconds()
        for attempt in range(1, 10)
    ]
    assert waits == [10, 30, 60, 120, 300, 600, 1200, 1800, 1800]
    assert [after_failure("busy", attempt, NOW, NOW).pass_on for attempt in (1, 3, 4, 9)] == [
        False,
        False,
        True,
        True,
    ]


def test_after_a_day_it_is_given_up():
    first = NOW - timedelta(hours=24)
    assert after_failure("unreachable", 40, first, NOW).state == "dead"
    assert after_failure("unreachable", 40, first + timedelta(seconds=1), NOW).state == "pending"


@given(
    st.sampled_from(["busy", "no_answer", "unreachable", "fault"]), st.integers(min_value=1, max_value=500)
)
def test_a_failure_never_waits_past_the_longest_nor_for_the_past(reason, attempts):
    verdict = after_failure(reason, attempts, NOW, NOW)
    assert timedelta(0) < verdict.next_try_at - NOW <= rules.LONGEST_WAIT
    assert verdict.state in rules.TRANSITIONS[rules.CLAIMED]


def test_states_have_words_and_ends():
    assert set(rules.WORDS) == set(rules.STATES) == set(rules.TRANSITIONS)
    ends = {state for state, after in rules.TRANSITIONS.items() if not after}
    assert ends == {"sent", "withheld", "dead"}
    allowed = {(a, b) for a, b in product(rules.STATES, repeat=2) if b in rules.TRANSITIONS[a]}
    assert allowed == {
        ("pending", "claimed"),
        *(("claimed", b) for b in ("pending", "sent", "withheld", "dead")),
    }
