"""Who judges what, when, and which judgement starts the response."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid, NotPermitted
from risk_summits.rules import judging
from risk_summits.rules.judging import Judgement

TRIGGER = datetime(2026, 3, 3, 14, 2, 35, tzinfo=UTC)
NOW = TRIGGER + timedelta(hours=10)
CODES = Path(__file__).resolve().parents[3] / "reference" / "data" / "outcome_codes.csv"


def outcome_codes() -> list[tuple[str, str]]:
    with CODES.open(newline="") as lines:
        return [(row["list"], row["code"]) for row in csv.DictReader(lines)]


def test_every_code_of_the_lists_is_known_to_the_rules():
    held = [(each, code) for each, code in outcome_codes() if each in judging.LISTS.values()]
    starting = {pair for pair in held if pair in judging.STARTS_RESPONSE}
    assert starting == judging.STARTS_RESPONSE
    others = {code for _, code in set(held) - starting}
    assert others == {
        "none_focused", "not_taken_forward", "extended", "no_breach", "not_decided", "cannot_share",
        "focused_action", "none",
    }  # fmt: skip
    assert {code for _, code in held} >= judging.NEEDS_WORDS | judging.NO_CONTENT | judging.NOT_A_JUDGEMENT


@pytest.mark.parametrize(
    ("kind", "commissions", "judge"),
    [
        ("cqc", False, "cqc"),
        ("cqc", True, "cqc"),
        ("monitor", False, "monitor"),
        ("nhs_improvement", False, "monitor"),
        ("nhs_tda", False, "nhs_tda"),
        ("ccg", True, "commissioner"),
        ("local_authority", True, "commissioner"),
        ("ccg", False, None),
        ("police", False, None),
    ],
)
def test_a_body_judges_as_what_it_is(kind, commissions, judge):
    assert judging.judge_of(kind, commissions=commissions) == judge
    if judge:
        judging.check_judge(judge, kind=kind, commissions=commissions)


@pytest.mark.parametrize(
    ("judge", "words"),
    [
        ("cqc", "CQC's alone"),
        ("commissioner", "commissions from this provider"),
        ("monitor", "only by that body"),
    ],
)
def test_no_other_body_can_record_its_judgement(judge, words):
    with pytest.raises(NotPermitted, match=words):
        judging.check_judge(judge, kind="police", commissions=False)


def test_a_moment_in_the_future_is_refused_with_a_sentence():
    with pytest.raises(Invalid) as refusal:
        judging.settle_moment(NOW + timedelta(seconds=1), triggered_at=TRIGGER, now=NOW)
    assert "has not come yet" in refusal.value.errors["happened_at"]


def test_a_moment_before_the_trigger_is_refused_with_a_sentence():
    with pytest.raises(Invalid) as refusal:
        judging.settle_moment(TRIGGER - timedelta(minutes=1), triggered_at=TRIGGER, now=NOW, field="held")
    assert "before it" in refusal.value.errors["held"]


def test_the_minute_of_the_trigger_is_the_trigger():
    typed = TRIGGER.replace(second=0)
    assert judging.settle_moment(typed, triggered_at=TRIGGER, now=NOW) == TRIGGER


@given(st.integers(-120, 900))
def test_a_settled_moment_lies_between_the_trigger_and_now(minutes):
    typed = TRIGGER.replace(second=0) + timedelta(minutes=minutes)
    try:
        settled = judging.settle_moment(typed, triggered_at=TRIGGER, now=NOW)
    except Invalid:
        assert typed > NOW or minutes < 0
    else:
        assert TRIGGER <= settled <= NOW
        assert settled == max(typed, TRIGGER)


@pytest.mark.parametrize("code", sorted(judging.NEEDS_WORDS))
def test_a_judgement_rests_on_something(code):
    with pytest.raises(Invalid):
        judging.check_words("group", code, "  ")
    judging.check_words("group", code, "Three falls.")


def test_nothing_is_kept_of_what_cannot_be_shared():
    with pytest.raises(Invalid, match="keeps nothing"):
        judging.check_words("cqc", "cannot_share", "We will close it.")
    judging.check_words("cqc", "cannot_share", "")
    judging.check_words("cqc", "not_decided", "")


def test_the_group_may_ask_for_more_time_within_72_hours_of_the_trigger():
    last = TRIGGER + timedelta(hours=72)
    assert judging.extended_until(last, triggered_at=TRIGGER, now=NOW) == last
    for asked in (None, NOW, last + timedelta(minutes=1)):
        with pytest.raises(Invalid) as refusal:
            judging.extended_until(asked, triggered_at=TRIGGER, now=NOW)
        assert set(refusal.value.errors) == {"until"}


def judged(judge, code, hours):
    moment = TRIGGER + timedelta(hours=hours)
    return Judgement(judge, code, moment, moment)


def test_the_earliest_judgement_of_failure_counts_whoever_took_it():
    held = [
        judged("group", "actual", 9),
        judged("cqc", "potential_breach", 5),
        judged("commissioner", "focused_action", 1),
        judged("cqc", "not_decided", 2),
    ]
    assert judging.failure_judged_at(held) == TRIGGER + timedelta(hours=5)
    assert judging.failure_judged_at(held[2:]) is None


every = st.sampled_from(
    [(judge, code) for judge, each in judging.LISTS.items() for li, code in outcome_codes() if li == each]
)


@given(st.lists(st.tuples(every, st.integers(0, 60)), max_size=6), st.tuples(every, st.integers(0, 60)))
def test_a_later_judgement_never_moves_the_start_and_an_earlier_one_of_failure_always_does(held, another):
    before = [judged(*pair, hours) for pair, hours in held]
    (pair, hours), start = another, judging.failure_judged_at(before)
    moved = judging.failure_judged_at([*before, judged(*pair, hours)])
    if not judging.starts_response(*pair):
        assert moved == start
    elif start is None or judged(*pair, hours).happened_at < start:
        assert moved == judged(*pair, hours).happened_at
    else:
        assert moved == start
