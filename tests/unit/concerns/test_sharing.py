"""With whom, why, and who will not see it."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.rules import sharing
from concerns.rules.sharing import Choice, check_choice, not_seen_by, usual

OWNER, CQC, COUNCIL = (UUID(int=n) for n in (1, 2, 3))
ANN, BOB = UUID(int=11), UUID(int=12)
NORTH, SOUTH = UUID(int=21), UUID(int=22)
SEATS = (sharing.QSG_SEATS, NORTH)
NAMES = {NORTH: "North QSG", SOUTH: "South QSG"}


def words(choice):
    return not_seen_by(choice, owner=OWNER, group_names=NAMES, agency_names={COUNCIL: "Example Council"})


def wrong(**chosen):
    return set(check_choice(Choice(**chosen), owner=OWNER))


def test_own_body_only_needs_no_reason():
    assert wrong() == set()
    assert wrong(people=frozenset({(ANN, OWNER)})) == set()


@pytest.mark.parametrize(
    "chosen",
    [
        {"people": frozenset({(BOB, CQC)})},
        {"agencies": frozenset({CQC})},
        {"groups": frozenset({SEATS})},
        {"all_groups": True},
    ],
)
def test_whatever_goes_outside_needs_a_reason_why_it_may(chosen):
    assert wrong(**chosen) == {"gateway"}
    assert wrong(**chosen, gateway="forged") == {"gateway"}
    assert all(wrong(**chosen, gateway=code) == set() for code in sharing.GATEWAYS)


def test_a_closed_concern_needs_a_handler_at_home():
    assert wrong(closed=True) == {"people"}
    assert wrong(closed=True, people=frozenset({(BOB, CQC)}), gateway="functions") == {"people"}
    assert wrong(closed=True, people=frozenset({(ANN, OWNER)})) == set()


def test_the_owner_is_never_shut_out_and_nobody_is_both_given_it_and_shut_out():
    assert wrong(excluded=frozenset({OWNER})) == {"excluded"}
    assert wrong(agencies=frozenset({CQC}), excluded=frozenset({CQC}), gateway="functions") == {"excluded"}
    named = frozenset({(BOB, CQC)})
    assert wrong(people=named, excluded=frozenset({CQC}), gateway="functions") == {"excluded"}
    assert wrong(excluded=frozenset({CQC})) == set()


def test_a_group_share_of_no_known_kind_is_refused():
    assert "groups" in wrong(groups=frozenset({("participants", NORTH)}), gateway="functions")


def test_the_usual_rule_is_the_seats_of_the_providers_groups_in_which_the_body_is_a_member():
    assert usual([NORTH, SOUTH], [NORTH]).groups == {SEATS}
    assert usual([NORTH, SOUTH], [NORTH]).gateway
    assert usual([NORTH], [SOUTH]) == Choice()
    assert usual([], [NORTH]) == Choice()


def test_for_a_service_that_is_no_providers_the_bodys_only_group_is_meant():
    assert usual([], [NORTH], registered=False).groups == {SEATS}
    assert usual([], [NORTH, SOUTH], registered=False) == Choice()
    assert usual([], [], registered=False) == Choice()


def test_the_audiences_of_a_choice_are_named_once_and_in_order():
    choice = Choice(
        people=frozenset({(BOB, CQC), (ANN, OWNER)}),
        agencies=frozenset({COUNCIL}),
        groups=frozenset({SEATS, (sharing.QSG_CLEARED, SOUTH)}),
        all_groups=True,
    )
    assert sharing.audience_keys(choice) == [
        {"kind": "person", "person": ANN, "agency": OWNER},
        {"kind": "person", "person": BOB, "agency": CQC},
        {"kind": "agency", "agency": COUNCIL},
        {"kind": "qsg_cleared", "qsg": SOUTH},
        {"kind": "qsg_seats", "qsg": NORTH},
        {"kind": "all_seats"},
    ]


def test_who_will_not_see_it_is_said_in_words():
    alone = words(Choice())
    assert alone[0] == "anybody outside your own body"
    assert alone[-1] == "anyone with a declared interest in the provider"
    closed = words(Choice(closed=True, people=frozenset({(ANN, OWNER)})))
    assert closed[0] == "people at your own body who are not named"


def test_a_share_with_seats_leaves_out_those_without_one_guests_and_other_groups():
    said = words(Choice(groups=frozenset({SEATS}), excluded=frozenset({COUNCIL, CQC})))
    assert "people at the member bodies of North QSG who have no seat there" in said
    assert "occasional guests of a group, unless you name their body" in said
    assert "any other group" in said
    assert "Example Council" in said
    assert "a body you shut out" in said


def test_cleared_seats_leave_out_the_others_unless_all_seats_are_given_it_too():
    cleared = (sharing.QSG_CLEARED, NORTH)
    sentence = "seats of North QSG that do not receive restricted items"
    assert sentence in words(Choice(groups=frozenset({cleared})))
    assert sentence not in words(Choice(groups=frozenset({cleared, SEATS})))


def test_readers_of_the_members_leave_nobody_of_them_out():
    readers = (sharing.QSG_READERS, NORTH)
    assert not any("no seat there" in one for one in words(Choice(groups=frozenset({readers, SEATS}))))


def test_all_groups_leave_no_other_group_out():
    assert "any other group" not in words(Choice(all_groups=True))
    assert "any other group" in words(Choice(agencies=frozenset({CQC})))


ids = st.uuids()
CHOICES = st.builds(
    Choice,
    closed=st.booleans(),
    people=st.frozensets(st.tuples(ids, ids), max_size=3),
    agencies=st.frozensets(ids, max_size=3),
    groups=st.frozensets(st.tuples(st.sampled_from(sharing.GROUP_SHARES), ids), max_size=3),
    all_groups=st.booleans(),
    excluded=st.frozensets(ids, max_size=3),
    gateway=st.sampled_from(["", *sharing.GATEWAYS]),
)


@given(CHOICES)
def test_a_choice_kept_with_a_draft_is_read_back_as_it_was(choice):
    assert sharing.from_plain(json.loads(json.dumps(sharing.to_plain(choice)))) == choice


@given(CHOICES, st.uuids())
def test_nothing_is_said_twice_and_interests_are_always_said(choice, owner):
    said = not_seen_by(choice, owner=owner, group_names={}, agency_names={})
    assert len(said) == len(set(said))
    assert said[-1].startswith("anyone with a declared interest")


def test_a_draft_that_kept_nothing_is_shared_with_nobody():
    assert sharing.from_plain({}) == Choice()
