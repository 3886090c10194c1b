"""What must be answered before a summit ends."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid, NotNow
from risk_summits.rules import closing, stages
from risk_summits.rules.closing import ADULTS, CHILDREN, PROFESSIONAL, Answer

NOW = datetime(2026, 3, 3, 14, tzinfo=UTC)
PASSED = [
    Answer(PROFESSIONAL, "considered_none", NOW),
    Answer(ADULTS, "enquiry", NOW),
    Answer(CHILDREN, "none_known", NOW),
]


def test_the_three_questions_are_asked_as_a_matter_of_routine():
    assert closing.open_gates([]) == [PROFESSIONAL, ADULTS, CHILDREN]
    assert closing.open_gates(PASSED) == []


@pytest.mark.parametrize("code", ["enquiry", "quality", "no_action", "none_known"])
def test_the_council_states_its_route_for_an_adult(code):
    assert closing.answered(ADULTS, {code})


def test_having_rung_is_not_an_answer():
    assert not closing.answered(ADULTS, {"rung"})
    assert not closing.answered(CHILDREN, {"rung"})
    assert closing.rung({"rung"})
    assert not closing.rung(set())


def test_for_a_child_the_notice_is_never_treated_as_the_referral():
    assert not closing.answered(CHILDREN, {"notified", "engaged"})
    assert not closing.answered(CHILDREN, {"referred", "notified"})
    assert closing.answered(CHILDREN, {"referred", "notified", "engaged"})


@pytest.mark.parametrize("gate", list(closing.GATES))
def test_an_answer_belongs_to_its_gate_and_says_why(gate):
    with pytest.raises(Invalid):
        closing.check_answer(gate, "nothing", "x")
    for code in closing.ANSWERS[gate]:
        closing.check_answer(gate, code, "A reason.")
        if code in closing.NEEDS_WORDS:
            with pytest.raises(Invalid):
                closing.check_answer(gate, code, "  ")


def stand_down(answers=PASSED, *, criteria=2, met=2, running=False, learning="Ring sooner."):
    closing.check_may_stand_down(
        answers, criteria=criteria, criteria_met=met, running_response=running, learning=learning
    )


def test_a_summit_closes_with_everything_answered():
    stand_down()


@pytest.mark.parametrize("missing", range(3))
def test_a_summit_cannot_close_with_a_question_unanswered(missing):
    with pytest.raises(NotNow, match=closing.GATES[PASSED[missing].gate].lower()):
        stand_down([one for number, one in enumerate(PASSED) if number != missing])


@pytest.mark.parametrize(
    ("given_", "words"),
    [
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
    closing.check_may_end_not_taken_forward(PASSED[1:], failure_judged=False, reason="Looked into: not so.")
    with pytest.raises(NotNow, match="safeguarding adults and safeguarding children"):
        closing.check_may_end_not_taken_forward([], failure_judged=False, reason="x")
    with pytest.raises(NotNow, match="the response goes on"):
        closing.check_may_end_not_taken_forward(PASSED, failure_judged=True, reason="x")
    with pytest.raises(Invalid):
        closing.check_may_end_not_taken_forward(PASSED, failure_judged=False, reason=" ")


def test_two_different_people_decide_to_keep_something_from_the_provider():
    closing.check_second_person("a", "b")
    with pytest.raises(NotNow, match="two people"):
        closing.check_second_person("a", "a")


answers = st.lists(
    st.sampled_from([Answer(gate, code, NOW) for gate, codes in closing.ANSWERS.items() for code in codes])
)


@given(answers, answers)
def test_an_answer_more_never_shuts_a_gate_again(before, after):
    assert set(closing.open_gates(before + after)) <= set(closing.open_gates(before))


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
