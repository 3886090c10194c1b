"""Levels: what each needs, who decides how, and when one lapses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.levels import rules
from providers.levels.rules import CHAIR, ENHANCED, MEETING, MORE_INFORMATION, ROUTINE, SUMMIT, Proposal
from reference.files import read_table
from reference.operations import DATA

TODAY = date(2026, 3, 3)
MEMBERS = {"ccg", "cqc", "council"}
OFFERED = {ROUTINE, MORE_INFORMATION, ENHANCED}
LONGEST = {ROUTINE: None, MORE_INFORMATION: 62, ENHANCED: 92}
WHOLE = Proposal(
    level=ENHANCED,
    reason="Falls go on.",
    follows="cqc",
    review_on=TODAY + timedelta(days=31),
    exit_criteria="No fall with a fracture in eight weeks.",
    relied_on="C-2345-67",
    put_to_provider="The figures; it agrees.",
    how=MEETING,
    met_on=TODAY,
)


def check(proposal=WHOLE, standing=ROUTINE, **changed):
    proposal = replace(proposal, **changed)
    return rules.check(
        proposal,
        standing=standing,
        offered=OFFERED,
        longest_days=LONGEST.get(proposal.level),
        members=MEMBERS,
        today=TODAY,
    )


def test_a_whole_proposal_of_a_meeting_is_kept_at_every_level():
    for level in OFFERED:
        assert check(level=level, standing=MORE_INFORMATION) == {}


def test_a_summits_level_is_never_chosen():
    assert check(level=SUMMIT) == {"level": rules.SUMMIT_REFUSED}
    assert set(check(level="forged")) == set(check(level="")) == {"level"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"follows": None}, "follows"),
        ({"follows": "stranger"}, "follows"),
        ({"review_on": None}, "review_on"),
        ({"review_on": TODAY}, "review_on"),
        ({"review_on": TODAY + timedelta(days=93)}, "review_on"),
        ({"exit_criteria": ""}, "exit_criteria"),
        ({"relied_on": ""}, "relied_on"),
        ({"put_to_provider": ""}, "put_to_provider"),
        ({"put_to_provider": "x" * 4001}, "put_to_provider"),
        ({"how": ""}, "how"),
        ({"met_on": None}, "met_on"),
        ({"met_on": TODAY + timedelta(days=1)}, "met_on"),
    ],
)
def test_what_is_missing_is_said_at_its_field(changed, field):
    assert set(check(**changed)) == {field}


def test_more_information_needs_no_concerns_relied_on_and_routine_nothing_but_a_reason():
    assert check(level=MORE_INFORMATION, relied_on="", put_to_provider="") == {}
    bare = Proposal(level=ROUTINE, reason="All met.", how=MEETING, met_on=TODAY)
    assert check(bare, standing=ENHANCED) == {}
    assert set(check(Proposal(level=ROUTINE), standing=ENHANCED)) == {"reason", "how"}


def test_the_chair_asks_for_more_information_alone():
    assert check(level=MORE_INFORMATION, how=CHAIR, met_on=None) == {}


def test_enhanced_between_meetings_wants_two_member_bodies():
    for agreed in (set(), {"cqc"}, {"cqc", "stranger"}, {"cqc", "council", "stranger"}):
        assert set(check(how=CHAIR, agreed_by=frozenset(agreed))) == {"agreed_by"}
    assert check(how=CHAIR, agreed_by=frozenset({"cqc", "council"})) == {}


LEVELS = st.sampled_from(sorted(OFFERED))


@given(LEVELS, LEVELS)
def test_a_level_is_kept_or_lowered_by_a_meeting_only(level, standing):
    errors = check(level=level, standing=standing, how=CHAIR, agreed_by=frozenset({"cqc", "council"}))
    assert ("how" in errors) == (rules.RANK[level] <= rules.RANK[standing])


@given(st.dates(), st.dates(), st.booleans())
def test_a_level_lapses_when_its_review_day_is_over(review_on, today, ended):
    state = rules.standing(level=ENHANCED, review_on=review_on, ended=ended, today=today)
    assert state == (rules.ENDED if ended else rules.LAPSED if today > review_on else rules.SET)


def test_routine_and_a_summit_do_not_lapse():
    assert rules.standing(level=ROUTINE, review_on=None, ended=False, today=TODAY) == rules.SET
    long_ago = TODAY - timedelta(days=900)
    assert rules.standing(level=SUMMIT, review_on=long_ago, ended=False, today=TODAY) == rules.SET


def test_the_levels_and_their_limits_are_those_of_the_list():
    rows = {row["code"]: row for _, row in read_table(DATA / "surveillance_levels.csv")[0]}
    assert {code: int(row["rank"]) for code, row in rows.items()} == rules.RANK
    assert {code: int(rows[code]["max_review_days"] or 0) or None for code in OFFERED} == LONGEST


def test_every_state_is_in_the_table():
    assert set(rules.LEVEL_TRANSITIONS) == set(rules.STANDING_WORDS)


def test_the_criteria_of_a_level_are_its_lines():
    assert rules.criteria_of(" One \n\n Two\n") == ["One", "Two"]
    assert rules.criteria_of("") == []


@given(st.integers(-2, 6), st.integers(0, 4), st.sets(st.integers(1, 4)), st.sampled_from(["", " ", "Seen."]))
def test_a_criterion_is_met_once_and_with_what_shows_it(number, count, already, evidence):
    errors = rules.check_met(number=number, count=count, already=already, evidence=evidence)
    assert ("number" in errors) == (not 1 <= number <= count or number in already)
    assert ("evidence" in errors) == (not evidence.strip())


WORD = {
    "kind": rules.TOLD,
    "whose": "The chair",
    "text": "The reasons.",
    "on": TODAY,
    "since": TODAY,
    "today": TODAY,
}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "whispered"}, "kind"),
        ({"whose": " "}, "whose"),
        ({"whose": "x" * 201}, "whose"),
        ({"text": ""}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"on": None}, "on"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=1)}, "on"),
    ],
)
def test_a_letter_has_its_day_its_writer_and_its_words(changed, field):
    assert rules.check_word(**WORD) == {}
    assert set(rules.check_word(**{**WORD, **changed})) == {field}


@given(LEVELS, LEVELS, st.booleans())
def test_the_provider_is_told_of_each_level_above_routine_that_is_new_to_it(level, before, told):
    must = rules.tells_provider(level=level, before=before, told_before=told)
    assert must == (level != ROUTINE and (level != before or not told))


@given(LEVELS, LEVELS)
def test_setting_a_level_raises_keeps_or_lowers(before, after):
    change = rules.change(before, after)
    difference = rules.RANK[after] - rules.RANK[before]
    assert change == (rules.KEPT if not difference else rules.RAISED if difference > 0 else rules.LOWERED)
