"""The examples that decide, 1 to 25, each as a tiny world, put to the oracle.

Each is a plain function without fixtures, so that `test_mutations.py` can run it again on an
oracle with a fault in it and see it fail.
"""

from tests.unit.oracle.tiny import Tale, at


def a_shared_concern(*audience: str) -> Tale:
    """A local group of an ICB, CQC and a council; the council's concern, shared with an audience.

    Ann sits for the ICB, cleared; Bob is her colleague without a seat; Cat is the council's reader.
    """
    tale = Tale()
    tale.person("ann", "icb")
    tale.person("bob", "icb")
    tale.person("cat", "council")
    for body in ("icb", "cqc", "council"):
        tale.member(body, "north")
    tale.seat("ann", "icb", "north")
    tale.record("concern", owner="council")
    if audience:
        tale.share("concern", *audience)
    return tale


def a_closed_concern() -> Tale:
    """The council's closed concern, about a home; Dan is its handler, Cat another reader there."""
    tale = a_shared_concern()
    tale.person("dan", "council")
    tale.record("closed", owner="council", closed=True)
    tale.name("closed", "dan", "council")
    return tale


def test_01_a_reader_in_the_owner_agency_sees_an_ordinary_concern_shared_with_nobody():
    tale = a_shared_concern()
    assert tale.sees("cat", "concern")
    assert not tale.sees("ann", "concern")


def test_02_the_same_reader_does_not_see_it_closed_even_if_a_group_of_theirs_does():
    tale = a_closed_concern()
    tale.seat("cat", "council", "north")
    tale.share("closed", "qsg_seats", "north")
    tale.share("closed", "qsg_readers", "north")
    tale.share("closed", "agency", "council")
    assert not tale.sees("cat", "closed")
    assert tale.sees("ann", "closed")


def test_03_a_reader_in_the_owner_agency_named_on_a_closed_concern_sees_it():
    assert a_closed_concern().sees("dan", "closed")


def test_04_a_seat_holder_of_the_group_it_is_shared_with_sees_it():
    assert a_shared_concern("qsg_seats", "north").sees("ann", "concern")


def test_05_a_colleague_without_a_seat_sees_it_only_if_shared_with_the_members_readers():
    assert not a_shared_concern("qsg_seats", "north").sees("bob", "concern")
    assert not a_shared_concern("all_seats").sees("bob", "concern")
    assert a_shared_concern("qsg_readers", "north").sees("bob", "concern")


def test_06_a_seat_that_ended_yesterday_shows_nothing():
    tale = a_shared_concern("qsg_seats", "north")
    tale.seat("bob", "icb", "north", kind="deputy", until=0)
    assert not tale.sees("bob", "concern")


def test_07_a_seat_that_ends_tomorrow_still_shows_it():
    tale = a_shared_concern("qsg_seats", "north")
    tale.seat("bob", "icb", "north", kind="deputy", until=1)
    assert tale.sees("bob", "concern")
    assert tale.sees("bob", "concern", at(0, 23))
    assert not tale.sees("bob", "concern", at(1, 0))


def test_08_a_current_seat_of_an_agency_that_left_the_group_last_week_shows_nothing():
    tale = a_shared_concern()
    tale.person("eve", "healthwatch")
    tale.member("healthwatch", "north", until=-7)
    tale.seat("eve", "healthwatch", "north")
    for audience in (("qsg_seats", "north"), ("qsg_readers", "north"), ("all_seats",)):
        tale.share("concern", *audience)
    assert not tale.sees("eve", "concern")


def test_09_an_uncleared_seat_does_not_see_what_is_shared_with_cleared_seats():
    tale = a_shared_concern("qsg_cleared", "north")
    tale.seat("bob", "icb", "north", cleared=False)
    assert not tale.sees("bob", "concern")
    assert tale.sees("ann", "concern")


def test_10_an_associates_representative_sees_only_what_is_shared_with_it_by_name():
    tale = a_shared_concern()
    tale.person("eve", "healthwatch")
    tale.member("healthwatch", "north", kind="associate")
    tale.seat("eve", "healthwatch", "north")
    for audience in (("qsg_seats", "north"), ("qsg_readers", "north"), ("all_seats",)):
        tale.share("concern", *audience)
    assert not tale.sees("eve", "concern")
    tale.share("concern", "agency", "healthwatch")
    assert tale.sees("eve", "concern")


def test_11_a_person_named_while_at_one_body_and_now_at_another_does_not_see_it():
    tale = a_shared_concern()
    tale.person("eve", "cqc", until=-7)
    tale.person("eve", "healthwatch", since=-7)
    tale.name("concern", "eve", "cqc")
    assert not tale.sees("eve", "concern")
    assert tale.sees("eve", "concern", at(-8))


def test_12_an_agency_excluded_on_the_record_does_not_see_it_through_a_seat_in_the_circle():
    tale = a_shared_concern()
    tale.record("about-the-icb", owner="council", excluded=("icb",))
    tale.share("about-the-icb", "qsg_seats", "north")
    tale.name("about-the-icb", "bob", "icb")
    assert tale.readers("about-the-icb", "ann", "bob", "cat") == {"cat"}


def test_13_the_owner_is_not_excluded_from_its_own_record():
    tale = a_shared_concern()
    tale.record("own", owner="icb", excluded=("icb",))
    tale.conflict("home", body="icb")
    assert tale.sees("ann", "own")


def test_14_a_person_with_a_conflict_does_not_see_it_in_the_owner_agency_either():
    tale = a_shared_concern()
    tale.conflict("home", person="cat")
    assert not tale.sees("cat", "concern")


def test_15_an_agency_with_a_conflict_with_one_of_two_providers_does_not_see_the_theme():
    tale = a_shared_concern()
    tale.record("theme", owner="council", about=("home", "hospital"))
    tale.share("theme", "qsg_seats", "north")
    assert tale.sees("ann", "theme")
    tale.conflict("hospital", body="icb")
    assert not tale.sees("ann", "theme")


def test_16_a_portal_administrator_with_no_seat_sees_nothing():
    tale = a_shared_concern("qsg_readers", "north")
    tale.portal_role("pat", "portal_administrator")
    assert not tale.sees("pat", "concern")
    tale.person("pam", "icb", "agency_administrator")
    tale.portal_role("pam", "portal_administrator")
    assert not tale.sees("pam", "concern")


def test_17_a_chair_elsewhere_with_an_ordinary_seat_reads_minutes_but_is_not_their_chair():
    tale = a_shared_concern()
    tale.member("icb", "south")
    tale.seat("ann", "icb", "south", kind="chair")
    tale.record("minutes", owner="council", kind="minutes", gate="listed", about=())
    tale.share("minutes", "qsg_seats", "north")
    assert tale.sees("ann", "minutes")
    assert tale.kinds("ann", "north") == {"representative"}
    assert tale.kinds("ann", "south") == {"chair"}


def test_18_a_regional_seat_does_not_see_what_is_shared_with_a_local_group_only():
    tale = a_shared_concern("qsg_seats", "north")
    tale.member("icb", "region", tier="regional")
    tale.seat("bob", "icb", "region")
    assert not tale.sees("bob", "concern")


def test_19_who_joined_the_group_today_sees_what_was_shared_last_year():
    tale = a_shared_concern()
    tale.share("concern", "qsg_seats", "north", since=-390)
    tale.share("concern", "qsg_readers", "north", since=-390)
    tale.seat("bob", "icb", "north", since=0)
    tale.person("eve", "healthwatch")
    tale.member("healthwatch", "north", since=0)
    assert tale.readers("concern", "bob", "eve") == {"bob", "eve"}


def test_20_a_participant_does_not_see_a_tabled_concern_after_stand_down():
    tale = a_shared_concern()
    tale.record("summit", owner="cqc", kind="risk_summit")
    tale.in_the_room("ann", "icb", "summit")
    tale.share("concern", "participants", "summit", since=-10, until=-1)
    assert tale.sees("ann", "concern", at(-2))
    assert not tale.sees("ann", "concern")


def test_21_a_reader_of_the_parent_from_a_third_body_does_not_see_a_narrowed_comment():
    tale = a_shared_concern("qsg_readers", "north")
    tale.person("fay", "cqc")
    tale.record("comment", owner="icb", kind="comment", parent="concern", narrowed=True)
    assert tale.sees("fay", "concern")
    assert tale.readers("comment", "ann", "bob", "cat", "fay") == {"ann", "bob", "cat"}
    tale.name("comment", "fay", "cqc")
    assert tale.sees("fay", "comment")


def test_22_who_joined_the_circle_after_a_concern_was_narrowed_does_not_see_the_text_before():
    tale = a_shared_concern("qsg_seats", "north")
    tale.seat("bob", "icb", "north", since=-5)
    assert tale.sees("bob", "concern")
    assert not tale.sees_text("bob", "concern", since=-25, until=-10)
    assert tale.sees_text("ann", "concern", since=-25, until=-10)


def test_23_emergency_access_opens_a_closed_concern_but_no_protected_source():
    tale = a_closed_concern()
    tale.person("eve", "cqc", "reader", "emergency_access")
    tale.record("source", owner="council", kind="protected_source", gate="named")
    tale.name("source", "dan", "council")
    assert not tale.sees("eve", "closed")
    tale.breaks_glass("eve", "cqc", "home")
    assert tale.sees("eve", "closed")
    assert not tale.sees("eve", "source")
    assert not tale.sees("eve", "closed", at(0, 15))


def test_24_a_successor_that_accepted_the_predecessors_intelligence_stands_as_the_owner():
    tale = a_shared_concern()
    tale.person("gus", "new-icb")
    tale.record("old", owner="icb", excluded=("new-icb",))
    assert not tale.sees("gus", "old")
    tale.succeeds("new-icb", "icb")
    assert tale.sees("gus", "old")


def test_25_a_deactivated_account_sees_nothing_through_a_live_calendar_feed():
    tale = a_shared_concern("qsg_seats", "north")
    tale.person("ida", "icb", active=False)
    tale.seat("ida", "icb", "north", kind="deputy")
    tale.name("concern", "ida", "icb")
    assert not tale.sees("ida", "concern")
