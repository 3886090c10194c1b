"""The rows of the table, and the oracle's own choices, where the numbered examples do not reach."""

import pytest

from tests.oracle import oracle
from tests.oracle.days import london_day
from tests.unit.oracle.test_examples import a_closed_concern, a_shared_concern
from tests.unit.oracle.tiny import Tale, at, key


def a_comment_and_an_action() -> Tale:
    """The council's concern, read by the group; an action of CQC from it; a comment on that."""
    tale = a_shared_concern("qsg_readers", "north")
    tale.person("fay", "cqc")
    tale.person("hal", "healthwatch")
    tale.record("action", owner="cqc", kind="action", parent="concern")
    tale.record("comment", owner="icb", kind="comment", parent="action")
    return tale


def test_readers_of_what_an_action_came_from_see_it_and_the_comments_on_it():
    tale = a_comment_and_an_action()
    assert tale.readers("action", "ann", "bob", "cat", "fay", "hal") == {"ann", "bob", "cat", "fay"}
    assert tale.readers("comment", "ann", "cat", "fay", "hal") == {"ann", "cat", "fay"}


def test_offering_an_action_shares_the_action_and_not_what_it_came_from():
    tale = a_comment_and_an_action()
    tale.share("action", "agency", "healthwatch")
    assert tale.sees("hal", "action")
    assert tale.sees("hal", "comment")
    assert not tale.sees("hal", "concern")


def test_an_action_does_not_inherit_the_lists_of_what_it_came_from():
    tale = a_shared_concern()
    tale.record("kept-from-the-icb", owner="council", excluded=("icb",))
    tale.record("action", owner="council", kind="action", parent="kept-from-the-icb")
    tale.share("action", "agency", "icb")
    assert tale.sees("ann", "action")
    assert not tale.sees("ann", "kept-from-the-icb")


def test_what_a_parent_adds_reaches_neither_a_closed_owner_nor_an_excluded_body():
    tale = a_shared_concern("qsg_readers", "north")
    tale.person("fay", "cqc")
    tale.person("fox", "cqc")
    tale.record("action", owner="cqc", kind="action", parent="concern", closed=True, excluded=("icb",))
    tale.name("action", "fox", "cqc")
    assert tale.readers("action", "ann", "cat", "fay", "fox") == {"cat", "fox"}


def test_a_share_on_a_comment_never_widens_it():
    tale = a_shared_concern()
    tale.record("comment", owner="icb", kind="comment", parent="concern")
    tale.share("comment", "agency", "icb")
    tale.name("comment", "ann", "icb")
    assert tale.readers("comment", "ann", "cat") == {"cat"}


def test_a_comments_own_closed_and_excluded_lists_apply_too():
    tale = a_shared_concern("qsg_readers", "north")
    tale.person("fay", "cqc")
    tale.record("comment", owner="icb", kind="comment", parent="concern", closed=True, excluded=("cqc",))
    tale.name("comment", "ann", "icb")
    assert tale.readers("comment", "ann", "bob", "cat", "fay") == {"ann", "cat"}


def test_a_reply_to_a_narrowed_comment_needs_the_comment_seen():
    tale = a_shared_concern("qsg_readers", "north")
    tale.person("fay", "cqc")
    tale.record("comment", owner="icb", kind="comment", parent="concern", narrowed=True)
    tale.record("reply", owner="cqc", kind="comment", parent="comment")
    assert tale.readers("reply", "ann", "cat", "fay") == {"ann", "cat"}


def test_the_parents_owner_of_a_narrowed_reply_is_the_owner_directly_above():
    tale = a_shared_concern("qsg_readers", "north")
    tale.person("fay", "cqc")
    tale.record("comment", owner="icb", kind="comment", parent="concern")
    tale.record("reply", owner="cqc", kind="comment", parent="comment", narrowed=True)
    assert tale.readers("reply", "ann", "cat", "fay") == {"ann", "fay"}


def test_a_draft_is_its_authors_alone_whatever_it_is_shared_with():
    tale = a_shared_concern()
    tale.record("draft", owner="council", gate="draft")
    tale.share("draft", "qsg_readers", "north")
    tale.name("draft", "bob", "icb")
    assert tale.readers("draft", "ann", "bob", "cat") == {"bob"}


def test_a_sealed_concern_is_for_its_depositors_and_the_owners_safeguarding_lead():
    tale = a_shared_concern()
    tale.person("sam", "council")
    tale.record("sealed", owner="council", gate="sealed")
    tale.name("sealed", "bob", "icb")
    tale.share("sealed", "qsg_readers", "north")
    tale.safeguarding_lead("sam", "council", until=1)
    tale.safeguarding_lead("ann", "icb")
    assert tale.readers("sealed", "ann", "bob", "cat", "sam") == {"bob", "sam"}
    assert not tale.sees("sam", "sealed", at(1))


def test_exclusion_and_conflict_apply_to_a_sealed_concern():
    tale = a_shared_concern()
    tale.person("sam", "council")
    tale.record("sealed", owner="council", gate="sealed", excluded=("icb",))
    tale.name("sealed", "bob", "icb")
    tale.safeguarding_lead("sam", "council")
    assert tale.readers("sealed", "bob", "sam") == {"sam"}
    tale.conflict("home", person="sam")
    assert not tale.sees("sam", "sealed")


def test_a_protected_source_is_the_owners_handlers_and_a_professional_also_the_persons_told():
    tale = a_shared_concern()
    for kind in ("protected_source", "named_professional"):
        tale.record(kind, owner="council", kind=kind, gate="named")
        tale.name(kind, "cat", "council")
        tale.name(kind, "bob", "icb")
    assert tale.readers("protected_source", "ann", "bob", "cat") == {"cat"}
    assert tale.readers("named_professional", "ann", "bob", "cat") == {"bob", "cat"}


def test_owning_a_stated_view_or_minutes_gives_nothing():
    tale = a_shared_concern()
    tale.record("summit", owner="cqc", kind="risk_summit")
    tale.in_the_room("ann", "icb", "summit")
    tale.in_the_room("cat", "council", "summit")
    tale.record("view", owner="icb", kind="stated_view", gate="listed")
    tale.share("view", "body_participants", "summit", "icb")
    assert tale.readers("view", "ann", "bob", "cat") == {"ann"}
    tale.share("view", "participants", "summit")  # the reveal
    assert tale.readers("view", "ann", "bob", "cat") == {"ann", "cat"}


def test_a_participant_is_listed_at_a_body_called_while_both_are_current():
    tale = a_shared_concern("participants", "summit")
    tale.record("summit", owner="cqc", kind="risk_summit")
    tale.person("gone", "icb")
    tale.person("hal", "healthwatch")
    tale.person("una", "unknown")
    tale.in_the_room("ann", "icb", "summit")
    tale.in_the_room("gone", "icb", "summit", listed_until=at(-1), called=False)
    tale.in_the_room("hal", "healthwatch", "summit", called_until=at(-1))
    tale.in_the_room("una", "unknown", "summit", called=False)
    assert tale.readers("concern", "ann", "gone", "hal", "una") == {"ann"}


def test_a_withdrawn_record_leaves_a_tombstone_to_those_who_had_it_and_still_would():
    tale = a_shared_concern()
    tale.record("gone", owner="council", withdrawn=-3)
    tale.share("gone", "qsg_seats", "north")
    tale.person("new", "council", since=-1)
    tale.seat("bob", "icb", "north", since=-1)
    tale.person("old", "cqc")
    tale.seat("old", "cqc", "north", until=-1)
    assert tale.readers("gone", "ann", "bob", "cat", "new", "old") == {"ann", "cat"}


def test_having_had_a_withdrawn_record_does_not_follow_a_person_who_moves():
    tale = a_shared_concern()
    tale.record("gone", owner="council", withdrawn=-3)
    tale.share("gone", "qsg_readers", "north")
    tale.person("eve", "icb", until=-1)
    tale.person("eve", "cqc", since=-1)
    assert tale.sees("eve", "gone", at(-2))
    assert not tale.sees("eve", "gone")


def test_a_conflict_that_ended_since_the_withdrawal_leaves_no_tombstone():
    tale = a_shared_concern()
    tale.record("gone", owner="council", withdrawn=-3)
    tale.share("gone", "qsg_readers", "north")
    tale.conflict("home", body="icb", until=-1)
    tale.conflict("home", person="cat", until=-1)
    assert tale.readers("gone", "ann", "bob", "cat") == set()


def test_a_tombstone_shows_none_of_the_words_that_hung_on_the_record():
    tale = a_shared_concern()
    tale.record("gone", owner="council", withdrawn=-3)
    tale.record("comment", owner="council", kind="comment", parent="gone")
    assert tale.sees("cat", "gone")
    assert tale.sees("cat", "comment", at(-4))
    assert not tale.sees("cat", "comment")


@pytest.mark.parametrize("gate", ["draft", "sealed", "named", "listed"])
def test_emergency_access_opens_no_gate(gate):
    tale = a_shared_concern()
    tale.person("eve", "cqc", "reader", "emergency_access")
    tale.breaks_glass("eve", "cqc", "home")
    tale.record("gated", owner="council", gate=gate)
    tale.name("gated", "cat", "council")
    assert tale.sees("eve", "concern")
    assert not tale.sees("eve", "gated")


def test_emergency_access_opens_only_what_is_about_the_provider_and_no_exclusion_or_conflict():
    tale = a_shared_concern()
    tale.person("eve", "cqc", "reader", "emergency_access")
    tale.breaks_glass("eve", "cqc", "home")
    tale.record("elsewhere", owner="council", about=("hospital",))
    tale.record("kept", owner="council", excluded=("cqc",))
    assert tale.sees("eve", "concern")
    assert not tale.sees("eve", "elsewhere")
    assert not tale.sees("eve", "kept")
    tale.conflict("home", person="eve")
    assert not tale.sees("eve", "concern")


def test_emergency_access_opens_a_closed_concern_of_ones_own_body():
    tale = a_closed_concern()
    tale.person("eve", "council", "reader", "emergency_access")
    assert not tale.sees("eve", "closed")
    tale.breaks_glass("eve", "council", "home")
    assert tale.sees("eve", "closed")


def test_emergency_access_opens_a_comment_with_its_parent_but_not_a_narrowed_one():
    tale = a_shared_concern()
    tale.person("eve", "cqc", "reader", "emergency_access")
    tale.breaks_glass("eve", "cqc", "home")
    tale.record("comment", owner="icb", kind="comment", parent="concern")
    tale.record("narrowed", owner="icb", kind="comment", parent="concern", narrowed=True)
    assert tale.sees("eve", "comment")
    assert not tale.sees("eve", "narrowed")


def test_emergency_access_needs_its_role_and_a_reading_role_still_held():
    tale = a_shared_concern()
    tale.person("eve", "cqc", "reader")
    tale.person("fay", "cqc", "emergency_access")
    for name in ("eve", "fay"):
        tale.breaks_glass(name, "cqc", "home")
        assert not tale.sees(name, "concern")


def test_a_seat_never_replaces_a_reading_role():
    tale = a_shared_concern("qsg_seats", "north")
    tale.person("pam", "icb", "agency_administrator")
    tale.seat("pam", "icb", "north", kind="secretariat")
    tale.name("concern", "pam", "icb")
    assert not tale.sees("pam", "concern")


def test_a_seat_held_for_another_body_than_ones_own_does_not_count():
    tale = a_shared_concern("qsg_seats", "north")
    tale.person("eve", "cqc", until=0)
    tale.person("eve", "icb", since=0)
    tale.seat("eve", "cqc", "north")
    assert tale.sees("eve", "concern", at(-1))
    assert not tale.sees("eve", "concern")


def test_succession_is_direct_only_spares_its_exceptions_and_names_nobody_anew():
    tale = a_closed_concern()
    tale.person("gus", "new")
    tale.person("zoe", "newest")
    tale.succeeds("new", "council", "kept")
    tale.succeeds("newest", "new")
    tale.record("kept", owner="council")
    assert tale.readers("concern", "gus", "zoe") == {"gus"}
    assert not tale.sees("gus", "kept")
    assert not tale.sees("gus", "closed")
    tale.name("closed", "gus", "new")
    assert tale.sees("gus", "closed")


def test_a_token_sees_as_an_unnamed_reader_and_no_closed_record():
    tale = a_closed_concern()
    tale.record("source", owner="council", kind="protected_source", gate="named")
    tale.name("source", "cat", "council")
    tale.share("concern", "qsg_readers", "north")
    tale.share("closed", "agency", "icb")
    tale.record("seats-only", owner="council")
    tale.share("seats-only", "qsg_seats", "north")
    assert tale.token_sees("council", "concern")
    assert tale.token_sees("icb", "concern")
    assert not tale.token_sees("icb", "closed")
    assert not tale.token_sees("council", "closed")
    assert not tale.token_sees("council", "source")
    assert not tale.token_sees("icb", "seats-only")


def test_readers_are_those_who_see_it():
    tale = a_shared_concern("qsg_seats", "north")
    assert oracle.readers(tale.world, key("concern"), at()) == {key("ann"), key("cat")}


def test_the_day_is_londons():
    # 23:30 UTC on the 14th of June is half past midnight on the 15th in London
    summer = at(0, 0).replace(minute=30)
    assert (summer.day, london_day(summer).day) == (14, 15)
    tale = a_shared_concern("qsg_seats", "north")
    tale.seat("bob", "icb", "north", until=0)
    assert tale.sees("bob", "concern", at(-1, 23))
    assert not tale.sees("bob", "concern", summer)
    with pytest.raises(ValueError, match="zone"):
        london_day(summer.replace(tzinfo=None))
