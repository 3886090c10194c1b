"""What the minimum membership proposes for a new group, and what the group still lacks."""

from datetime import date

import pytest

from agencies.forming import rules
from agencies.forming.rules import Candidate, Standing, proposals, still_missing


def row(kind: str, condition: str, requirement: str = "must") -> dict[str, str]:
    return {"member_kind": kind, "condition": condition, "requirement": requirement, "source": "NQB ch.5"}


def proposed(rows, bodies, nhs_trusts=None) -> dict[str, bool]:
    return {one.body.name: one.ticked for one in proposals(rows, bodies, nhs_trusts=nhs_trusts)}


def body(name: str, kind: str = "ccg", **more: bool) -> Candidate:
    return Candidate(key=name, name=name, kind=kind, **more)


EACH = row("ccg", "each CCG whose area lies in the footprint")
CQC = row("cqc", "always")
TEAM = row("nhs_england_area_team", "always")
TDA = row("nhs_tda", "at least one NHS trust (not a foundation trust) in the footprint")
VOICE = row("ccg", "represented: at least one CCG seat for each local QSG")
LETB = row("letb", "always")


def test_each_body_of_the_footprint_is_proposed_and_none_from_elsewhere():
    bodies = [body("A", here=True), body("B"), body("C", here=True, member=True)]
    assert proposed([EACH], bodies) == {"A": True}


def test_the_one_body_of_its_kind_is_proposed_wherever_it_is():
    assert proposed([CQC], [body("CQC", "cqc")]) == {"CQC": True}


def test_the_groups_own_team_is_proposed_before_others():
    teams = [
        body("Own", "nhs_england_area_team", team=True),
        body("Other", "nhs_england_area_team"),
    ]
    assert proposed([TEAM], teams) == {"Own": True}


@pytest.mark.parametrize(("trusts", "result"), [(True, {"TDA": True}), (None, {"TDA": False}), (False, {})])
def test_a_body_for_nhs_trusts_is_proposed_where_there_are_some(trusts, result):
    assert proposed([TDA], [body("TDA", "nhs_tda")], trusts) == result


def test_where_several_could_speak_those_of_the_local_groups_are_offered_and_none_chosen():
    bodies = [body("A", below=True), body("B", below=True), body("C")]
    assert proposed([VOICE], bodies) == {"A": False, "B": False}


def test_where_several_could_be_it_and_none_is_near_nobody_is_proposed():
    assert proposed([LETB], [body("One", "letb"), body("Two", "letb")]) == {}
    assert proposed([LETB], [body("One", "letb", here=True), body("Two", "letb")]) == {"One": True}
    assert proposed([LETB], [body("One", "letb", member=True, below=True), body("Two", "letb")]) == {}


@pytest.mark.parametrize("requirement", ["may", "invited"])
def test_whoever_only_may_take_part_is_not_proposed(requirement):
    assert proposed([row("cqc", "always", requirement)], [body("CQC", "cqc")]) == {}


def test_a_body_is_proposed_once():
    assert proposed([EACH, EACH], [body("A", here=True)]) == {"A": True}


WHOLE = Standing(
    footprint=2, proposed=0, members=5, agreement=0, notice=True, chair=True, secretariat=True, gaps=0
)
NOTHING = Standing(
    footprint=0, proposed=0, members=0, agreement=None, notice=False, chair=False, secretariat=False, gaps=3
)


def test_a_whole_group_lacks_nothing_and_a_new_one_everything_in_order():
    assert still_missing(WHOLE) == {}
    assert tuple(still_missing(NOTHING)) == rules.STEPS


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"proposed": 1}, {"members": "1 body is wanted and no member"}),
        ({"proposed": 2}, {"members": "2 bodies are wanted and no member"}),
        ({"agreement": 1}, {"agreement": "1 member has not signed"}),
        (
            {"proposed": 2, "offered": 4},
            {"members": "2 bodies are wanted and no member; 4 more to choose from"},
        ),
        ({"gaps": 2}, {"seats": "2 seats are wanted and not held"}),
        (
            {"gaps": 2, "chair": False},
            {
                "chair": "Nobody chairs it",
                "seats": "2 seats are wanted and not held, chair and secretariat apart",
            },
        ),
    ],
)
def test_what_is_missing_is_counted(changed, said):
    assert still_missing(Standing(**{**WHOLE.__dict__, **changed})) == said


def test_each_act_is_said_in_words():
    made = rules.group_formed(name="Example QSG", tier="local", region="Example Regional QSG", team="Team")
    assert "under Example Regional QSG, supported by Team" in made[0]
    assert ", under" not in rules.group_formed(name="X", tier="regional", region="", team="T")[0]
    twice = rules.group_formed(name="X", tier="regional", region="", team="T", supported=["A QSG", "B QSG"])
    assert twice[-1] == "T supports A QSG and B QSG already."
    both = rules.footprint_kept(group="Example QSG", put_in=["A", "B", "C"], taken_out=["D"])
    assert both[0] == "From now on the area of Example QSG takes in A, B and C."
    assert both[1] == "It no longer takes in D."
    assert len(rules.footprint_kept(group="Example QSG", put_in=[], taken_out=["D"])) == 2
    taken = rules.members_taken(group="Example QSG", bodies=["A", "B"], starts_on=date(2026, 3, 3))
    assert taken[0] == "From 3 March 2026, A and B are members of Example QSG."
    one = rules.members_taken(group="Example QSG", bodies=["A"], starts_on=date(2026, 3, 3))
    assert "A is a member of" in one[0]
