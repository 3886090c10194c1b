"""What must be answered before a summit ends."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid, NotNow
from concerns.rules.danger import Standing
from risk_summits.rules import closing, stages
from risk_summits.rules.closing import ADULTS, CHILDREN, PROFESSIONAL

NOW = datetime(2026, 3, 3, 14, tzinfo=UTC)
CALM = Standing()
PASSED = {PROFESSIONAL: "considered_none", ADULTS: "none_known", CHILDREN: "none_known"}


def still_open(answers, safety=CALM, *, flagged=False):
    return [gate for gate in closing.GATES if closing.lacks(gate, answers.get(gate), safety, flagged=flagged)]


def test_the_three_questions_are_asked_as_a_matter_of_routine():
    assert still_open({}) == [PROFESSIONAL, ADULTS, CHILDREN]
    assert still_open(PASSED) == []


def test_the_council_states_its_route_for_an_adult():
    asked = {**PASSED, ADULTS: "at_risk"}
    assert still_open(asked) == [ADULTS]
    assert still_open(asked, Standing(rang_adult_at=NOW)) == [ADULTS]
    assert still_open(asked, Standing(route_at=NOW)) == []


def test_for_a_child_the_notice_is_never_treated_as_the_referral():
    asked = {**PASSED, CHILDREN: "at_risk"}
    assert still_open(asked, Standing(notified_at=NOW, engaged_at=NOW)) == [CHILDREN]
    assert still_open(asked, Standing(rang_child_at=NOW, notified_at=NOW)) == [CHILDREN]
    assert still_open(asked, Standing(rang_child_at=NOW, notified_at=NOW, engaged_at=NOW)) == []
    assert len(closing.lacks(CHILDREN, "at_risk", CALM, flagged=False)) == 3


@pytest.mark.parametrize(
    ("about", "said", "flagged", "adults", "children"),
    [
        ("not_said", None, False, None, None),
        ("not_said", None, True, True, True),
        ("not_said", "none_known", True, False, False),
        ("child", None, True, False, True),
        ("child", "none_known", True, False, True),
        ("adult", None, True, True, False),
        ("both", "none_known", True, True, True),
        ("neither", None, True, False, False),
        ("neither", "at_risk", True, True, True),
        ("child", None, False, None, None),
    ],
)
def test_what_was_said_about_the_danger_decides_who_may_be_at_risk(about, said, flagged, adults, children):
    safety = Standing(about=about)
    assert closing.at_risk(ADULTS, said, safety, flagged=flagged) is adults
    assert closing.at_risk(CHILDREN, said, safety, flagged=flagged) is children


@pytest.mark.parametrize("gate", list(closing.GATES))
def test_an_answer_belongs_to_its_gate_and_says_why(gate):
    with pytest.raises(Invalid):
        closing.check_answer(gate, "nothing", "x")
    for code in closing.ANSWERS[gate]:
        closing.check_answer(gate, code, "A reason.")
        if code in closing.NEEDS_WORDS:
            with pytest.raises(Invalid):
                closing.check_answer(gate, code, "  ")


def stand_down(unanswered=(), *, judged=True, criteria=2, met=2, running=False, learning="Ring sooner."):
    closing.check_may_stand_down(
        unanswered,
        judged=judged,
        criteria=criteria,
        criteria_met=met,
        running_response=running,
        learning=learning,
    )


def test_a_summit_closes_with_everything_answered():
    stand_down()


@pytest.mark.parametrize("missing", list(closing.GATES))
def test_a_summit_cannot_close_with_a_question_unanswered(missing):
    with pytest.raises(NotNow, match=closing.GATES[missing].lower()):
        stand_down(still_open({gate: code for gate, code in PASSED.items() if gate != missing}))


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"judged": False}, "has not judged yet"),
        ({"running": True}, "still owe each other a meeting"),
        ({"criteria": 0, "met": 0}, "No exit criterion"),
        ({"met": 1}, "1 of 2 exit criteria is not met"),
        ({"met": 0}, "2 of 2 exit criteria are not met"),
    ],
)
def test_nor_before_its_exit_criteria_are_met_or_while_a_meeting_is_owed(given_, words):
    with pytest.raises(NotNow, match=words):
        stand_down(**given_)


def test_nor_without_what_was_learnt():
    with pytest.raises(Invalid) as refusal:
        stand_down(learning=" ")
    assert set(refusal.value.errors) == {"learning"}


def test_not_taken_forward_asks_for_safeguarding_alone():
    closing.check_may_end_not_taken_forward(
        [PROFESSIONAL], failure_judged=False, reason="Looked into: not so."
    )
    with pytest.raises(NotNow, match="safeguarding adults and safeguarding children"):
        closing.check_may_end_not_taken_forward(
            [PROFESSIONAL, ADULTS, CHILDREN], failure_judged=False, reason="x"
        )
    with pytest.raises(NotNow, match="the response goes on"):
        closing.check_may_end_not_taken_forward([], failure_judged=True, reason="x")
    with pytest.raises(Invalid):
        closing.check_may_end_not_taken_forward([], failure_judged=False, reason=" ")


def test_two_different_people_decide_to_keep_something_from_the_provider():
    closing.check_second_person("a", "b")
    with pytest.raises(NotNow, match="two people"):
        closing.check_second_person("a", "a")


moments = st.none() | st.just(NOW)


@given(
    st.sampled_from(list(closing.GATES)),
    st.sampled_from([None, "none_known", "at_risk"]),
    st.builds(
        Standing,
        about=st.sampled_from(["child", "adult", "both", "neither", "not_said"]),
        rang_child_at=moments,
        notified_at=moments,
        engaged_at=moments,
        route_at=moments,
    ),
    st.booleans(),
)
def test_a_gate_shuts_only_when_asked_and_nobody_known_to_be_at_risk_waits(gate, said, safety, flagged):
    if closing.lacks(gate, said, safety, flagged=flagged):
        return
    assert said or flagged
    if gate == CHILDREN and closing.at_risk(gate, said, safety, flagged=flagged):
        assert safety.rang_child_at
        assert safety.notified_at
        assert safety.engaged_at


def test_the_statuses_are_complete_and_a_closed_summit_stays_closed():
    for table in (stages.TRANSITIONS, stages.STAGE_TRANSITIONS):
        assert all(after <= set(table) for after in table.values())
    assert set(stages.WORDS) == set(stages.TRANSITIONS)
    assert set(stages.STAGE_WORDS) == set(stages.STAGE_TRANSITIONS)


@pytest.mark.parametrize(
    ("failure", "codes", "ended", "expected"),
    [
        (False, [], False, "judging"),
        (False, ["extended"], False, "judging"),
        (False, ["none_focused"], False, "focused"),
        (True, ["none_focused"], False, "responding"),
        (True, [], True, "closed"),
    ],
)
def test_the_stage_follows_from_the_judgements(failure, codes, ended, expected):
    assert stages.stage(failure=failure, group_codes=codes, ended=ended) == expected
