from datetime import UTC, datetime, timedelta

import pytest

from access.refusals import Invalid, NotNow
from actions import rules

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

FOLLOWS = {
    ("offered", "accepted"),
    ("offered", "declined"),
    ("offered", "countered"),
    ("offered", "withdrawn"),
    ("countered", "accepted"),
    ("countered", "declined"),
    ("countered", "offered"),
    ("countered", "withdrawn"),
    ("accepted", "done"),
    ("accepted", "withdrawn"),
}


@pytest.mark.parametrize("status", rules.TRANSITIONS)
@pytest.mark.parametrize("then", rules.TRANSITIONS)
def test_only_what_may_follow_follows(status, then):
    assert rules.may_follow(status, then) == ((status, then) in FOLLOWS)
    if (status, then) in FOLLOWS:
        rules.check_follows(status, then)
    else:
        with pytest.raises(NotNow, match=rules.ALREADY[status]):
            rules.check_follows(status, then)


@pytest.mark.parametrize("status", rules.TRANSITIONS)
def test_a_deed_of_one_status_is_possible_in_that_status_alone(status):
    if status == "countered":
        rules.check_follows(status, "accepted", given="countered")
    else:
        with pytest.raises(NotNow):
            rules.check_follows(status, "accepted", given="countered")


def test_every_status_has_its_words():
    assert set(rules.STATUS_WORDS) == set(rules.ALREADY) == set(rules.TRANSITIONS)
    reached = {then for follows in rules.TRANSITIONS.values() for then in follows} | {"offered"}
    assert reached == set(rules.TRANSITIONS)
    assert {status for status, follows in rules.TRANSITIONS.items() if follows} == set(rules.OUTSTANDING)
    assert set(rules.WAITING) < set(rules.OUTSTANDING)


@pytest.mark.parametrize("status", rules.TRANSITIONS)
def test_only_an_accepted_action_past_its_time_is_overdue(status):
    assert not rules.is_overdue(status, NOON, NOON)
    assert rules.is_overdue(status, NOON, NOON + MINUTE) == (status == "accepted")


def test_a_moment_is_neither_to_come_nor_before_what_it_answers():
    rules.check_moment(NOON, since=NOON, what_before="it was asked", now=NOON)
    with pytest.raises(Invalid, match="has not come yet"):
        rules.check_moment(NOON + MINUTE, since=NOON, what_before="it was asked", now=NOON)
    with pytest.raises(Invalid, match="before it was asked, on 3 March 2026, midday"):
        rules.check_moment(NOON - MINUTE, since=NOON, what_before="it was asked", now=NOON)


def test_a_due_moment_is_still_to_come():
    rules.check_due(NOON + MINUTE, after=NOON)
    with pytest.raises(Invalid) as refusal:
        rules.check_due(NOON, after=NOON, field="until")
    assert set(refusal.value.errors) == {"until"}


def test_something_must_be_said_and_can_be_kept():
    rules.check_words("reason", "x" * rules.LONGEST, "Say why.")
    with pytest.raises(Invalid) as nothing:
        rules.check_words("reason", "  \n ", "Say why.")
    assert nothing.value.errors == {"reason": "Say why."}
    with pytest.raises(Invalid, match="Keep it to 4,000 characters; it has 100,000"):
        rules.check_words("reason", "x" * 100_000, "Say why.")


def test_codes_stand_on_their_lists():
    rules.check_codes(aim="safeguard", power_kind="none", rag="red", risk="critical")
    with pytest.raises(Invalid) as refusal:
        rules.check_codes(aim="safeguard", rag="purple", risk="")
    assert set(refusal.value.errors) == {"rag", "risk"}


def test_nobody_is_refused_for_want_of_a_listed_power():
    assert rules.check_power("none", "anything", []) == ""
    assert rules.check_power("another", " The Mental Health Act ", []) == "The Mental Health Act"
    assert rules.check_power("listed", "Inspection", ["Inspection"]) == "Inspection"


def test_a_power_of_another_body_is_refused():
    with pytest.raises(Invalid) as refusal:
        rules.check_power("listed", "Inspection", ["Breach of contract"])
    assert set(refusal.value.errors) == {"power"}
    with pytest.raises(Invalid) as unsaid:
        rules.check_power("another", "  ", [])
    assert set(unsaid.value.errors) == {"other_power"}


ROWS = [
    {"body_kind": "cqc", "purpose": "monitoring", "power": "Quality and Risk Profiles"},
    {"body_kind": "cqc", "purpose": "intervening", "power": "Inspection"},
    {"body_kind": "nhs_england", "purpose": "intervening", "power": "Referral to the regulators"},
    {"body_kind": "nhs_england_area_team", "purpose": "monitoring", "power": "Local intelligence"},
    {"body_kind": "any", "purpose": "intervening", "power": "No power needed: do it by agreement"},
]


def test_powers_to_intervene_come_first():
    assert rules.powers_of("cqc", ROWS) == ["Inspection", "Quality and Risk Profiles"]
    assert rules.powers_of("local_healthwatch", ROWS) == []


def test_a_team_of_nhs_england_has_its_powers():
    assert rules.powers_of("nhs_england_area_team", ROWS) == [
        "Referral to the regulators",
        "Local intelligence",
    ]
    assert rules.powers_of("nhs_england", ROWS) == ["Referral to the regulators"]


def test_a_counter_proposal_proposes_something_else():
    later = NOON + MINUTE
    rules.check_counter("Inspect", NOON, counter="Inspect", counter_due_at=later)
    rules.check_counter("Inspect", NOON, counter="Visit", counter_due_at=NOON)
    with pytest.raises(Invalid, match="accept it"):
        rules.check_counter("Inspect", NOON, counter=" Inspect ", counter_due_at=NOON)
