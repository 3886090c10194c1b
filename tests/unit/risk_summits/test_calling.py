"""Who may call a summit and who is called."""

import pytest

from access.refusals import Invalid, NotPermitted
from risk_summits.rules import calling
from risk_summits.rules.calling import ALWAYS, ASK, PROPOSED, Candidate, Proposal, Representative

ROWS = [
    {"party": "cqc", "party_codes": ["cqc"], "called": "always alerted and asked"},
    {"party": "monitor", "party_codes": ["monitor"], "called": "computed"},
    {"party": "police", "party_codes": ["police"], "called": "ask the trigger: yes / no / later"},
    {"party": "letb", "called": "ask the trigger: yes / no / later"},
]


def strengths(candidates, kind="nhs_trust", caller="me"):
    return {
        one.body: one.strength for one in calling.propose(candidates, ROWS, provider_kind=kind, caller=caller)
    }


def test_cqc_the_commissioners_nhs_england_and_the_caller_are_always_called():
    found = strengths(
        [
            Candidate("me", "ccg"),
            Candidate("cqc", "cqc"),
            Candidate("team", "nhs_england_area_team", team=True),
            Candidate("region", "nhs_england_regional_team", next_tier=True),
            Candidate("chair", "local_authority", chairs=True),
            Candidate("buyer", "ccg", commissions=True, lead=True),
            Candidate("far buyer", "ccg", commissions=True),
        ]
    )
    assert set(found.values()) == {ALWAYS}
    assert len(found) == 7


@pytest.mark.parametrize(
    ("candidate", "kind", "strength"),
    [
        (Candidate("x", "monitor"), "foundation_trust", PROPOSED),
        (Candidate("x", "monitor"), "nhs_trust", None),
        (Candidate("x", "nhs_tda"), "nhs_trust", PROPOSED),
        (Candidate("x", "nhs_tda"), "foundation_trust", None),
        (Candidate("x", "nhs_improvement"), "nhs_trust", PROPOSED),
        (Candidate("x", "nhs_improvement"), "foundation_trust", PROPOSED),
        (Candidate("x", "local_healthwatch", near=True), "care_home", PROPOSED),
        (Candidate("x", "local_healthwatch"), "care_home", None),
        (Candidate("x", "local_authority", near=True), "care_home", PROPOSED),
        (Candidate("x", "local_authority"), "care_home", None),
        (Candidate("x", "ccg", near=True), "care_home", ASK),
        (Candidate("x", "police"), "care_home", ASK),
        (Candidate("x", "letb"), "care_home", ASK),
        (Candidate("x", "ccg"), "care_home", None),
    ],
)
def test_the_rest_follow_from_the_provider_and_the_place(candidate, kind, strength):
    assert strengths([candidate], kind).get("x") == strength


def test_a_body_named_twice_is_called_once_for_its_strongest_reason_and_those_come_first():
    found = calling.propose(
        [Candidate("a", "police"), Candidate("b", "ccg", near=True), Candidate("b", "ccg", commissions=True),
         Candidate("b", "ccg", near=True)],
        ROWS, provider_kind="care_home", caller="me",
    )  # fmt: skip
    assert [(one.body, one.strength) for one in found] == [("b", ALWAYS), ("a", ASK)]


def test_nobody_who_is_always_called_may_be_left_out_and_nobody_unknown_ticked():
    held = [Proposal("cqc", ALWAYS, ""), Proposal("tda", PROPOSED, "")]
    calling.check_called({"cqc"}, held)
    calling.check_called({"cqc", "tda"}, held)
    with pytest.raises(Invalid, match="always called"):
        calling.check_called({"tda"}, held)
    with pytest.raises(Invalid, match="not on the list"):
        calling.check_called({"cqc", "fire"}, held)


def test_any_statutory_organisation_may_call_one():
    calling.check_may_trigger({"may_trigger_summit": "yes"})


@pytest.mark.parametrize(
    ("row", "words"),
    [({"may_trigger_summit": "ask"}, "Healthwatch asks"), ({"may_trigger_summit": "no"}, "statutory organisation"),
     (None, "statutory organisation"), ({"may_trigger_summit": "?"}, "statutory organisation")],
)  # fmt: skip
def test_others_are_told_who_can(row, words):
    with pytest.raises(NotPermitted, match=words):
        calling.check_may_trigger(row)


def test_a_body_is_represented_by_its_cleared_seats_and_by_a_lead():
    lead, seat, both, other = (
        Representative("lead", True, False),
        Representative("seat", False, True),
        Representative("both", True, True),
        Representative("other", False, False),
    )
    assert calling.stands_for([lead, seat, other]) == {"lead", "seat"}
    assert calling.stands_for([lead, both, seat]) == {"both", "seat"}
    assert calling.stands_for([lead]) == {"lead"}
    assert calling.stands_for([other]) == set()


@pytest.mark.parametrize(
    ("kind", "commissioners", "criticised", "why"),
    [
        ("care_home", {"ccg"}, False, ""),
        ("care_home", {"ccg"}, True, "criticised"),
        ("primary_care", set(), False, "buys"),
        ("nhs_trust", {"ccg", "nhs_england_area_team"}, False, "buys"),
    ],
)
def test_nhs_england_declares_where_it_is_itself_concerned(kind, commissioners, criticised, why):
    found = calling.nhs_england_concerned(
        provider_kind=kind, commissioner_kinds=frozenset(commissioners), criticised=criticised
    )
    assert found == why
    assert why in calling.CONCERNED_WORDS
