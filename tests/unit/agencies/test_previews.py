"""What a change will mean, said before it is done."""

from datetime import date

import pytest

from agencies import rules
from timekeeping.london import Span

START = Span(date(2026, 3, 3))
WHO = {"person": "Ann Lee", "agency": "NHS Example CCG"}


def test_days_are_said_in_words_and_the_last_day_is_included():
    (words,) = rules.membership_starts(**WHO, role="reader", span=Span(date(2026, 3, 3), date(2026, 4, 1)))
    assert words.startswith("From 3 March 2026 until the end of 31 March 2026, Ann Lee may read")


@pytest.mark.parametrize(
    "role", ["reader", "contributor", "agency_lead", "agency_administrator", "emergency_access"]
)
def test_every_role_is_said_in_words(role: str):
    (words,) = rules.membership_starts(**WHO, role=role, span=START)
    assert "NHS Example CCG" in words


def test_ending_one_of_several_roles_says_only_that():
    words = rules.membership_ends(**WHO, ends_on=date(2026, 3, 4), last_role=False, seats=0)
    assert words == ["From 4 March 2026, Ann Lee no longer holds this role at NHS Example CCG."]


def test_ending_the_last_role_says_what_goes_with_it():
    words = rules.membership_ends(**WHO, ends_on=date(2026, 3, 4), last_role=True, seats=2)
    assert "nothing seen through it follows them" in words[1]
    assert words[2].startswith("2 seats held for NHS Example CCG will stop counting")
    assert len(rules.membership_ends(**WHO, ends_on=date(2026, 3, 4), last_role=True, seats=0)) == 2


@pytest.mark.parametrize(
    ("kind", "verb"), [("chair", "chairs"), ("deputy", "stands in"), ("secretariat", "minutes")]
)
def test_a_new_seat_says_what_it_is(kind: str, verb: str):
    words = rules.seat_starts(**WHO, group="Example QSG", kind=kind, cleared=False, span=START, others=0)
    assert verb in words[0]
    assert words[1].endswith("but not restricted items.")
    assert len(words) == 2


def test_a_new_seat_says_who_sits_there_already():
    seat = {**WHO, "group": "Example QSG", "kind": "representative", "cleared": True, "span": START}
    assert rules.seat_starts(**seat, others=1)[2] == "1 other person already sits there for NHS Example CCG."
    assert rules.seat_starts(**seat, others=3)[2] == "3 other people already sit there for NHS Example CCG."
    assert rules.seat_starts(**seat, others=3)[1].endswith("restricted items too.")


SEAT = {**WHO, "kind": "chair", "group": "Example QSG", "ends_on": date(2026, 3, 4)}


def test_ending_a_seat_says_that_sight_closes_and_whether_a_gap_opens():
    assert rules.seat_ends(**SEAT, others=1) == [
        "From 4 March 2026, Ann Lee no longer sits at Example QSG for NHS Example CCG.",
        "They will no longer receive what Example QSG shares with its seats.",
        "What reached them through this seat closes to them at their next page.",
    ]
    assert "show a gap" in rules.seat_ends(**SEAT, others=0)[-1]
    cleared = rules.seat_ends(**SEAT, others=0, restricted=True)[1]
    assert (
        cleared == "They will no longer receive what Example QSG shares with its seats, restricted items too."
    )


def test_ending_one_of_two_seats_says_which_and_that_the_other_stays():
    kept = [
        "From 4 March 2026, Ann Lee no longer has the seat as chair at Example QSG for NHS Example CCG.",
        "They keep another seat there, and receive what reaches them through it.",
    ]
    assert rules.seat_ends(**SEAT, others=0, keeps=True) == kept
    lost = rules.seat_ends(**SEAT, others=0, keeps=True, restricted=True)
    assert lost == [*kept, "Restricted items no longer reach them there."]


@pytest.mark.parametrize(("kind", "what"), [("chair", "chairs"), ("secretariat", "is the secretariat of")])
def test_ending_the_last_seat_of_its_kind_says_so(kind: str, what: str):
    said = rules.last_of_kind(kind, "Example QSG")
    assert said.startswith(f"Nobody else {what} Example QSG from that day.")


def test_an_end_that_is_taken_back_is_said():
    kept = rules.kept_on(person="Ann Lee", what="this seat", ends_on=date(2026, 3, 4))
    assert kept[0] == "Ann Lee keeps this seat, and no end is known. It was to end on 4 March 2026."
    assert "was to end" not in rules.kept_on(person="Ann Lee", what="this seat", ends_on=None)[0]


def test_a_guest_sees_only_what_is_sent_to_it_by_name():
    (words,) = rules.member_starts(agency="GMC", group="Example QSG", kind="associate", span=START)
    assert "only what is sent to it by name" in words
    (words,) = rules.member_starts(agency="GMC", group="Example QSG", kind="full", span=START)
    assert "is a member of Example QSG" in words


def test_ending_a_membership_of_a_group_says_who_receives_no_longer_what():
    end = {"agency": "GMC", "group": "Example QSG", "ends_on": date(2026, 3, 4)}
    seats = [("Ann Lee", "chair", True), ("Bob May", "deputy", False)]
    assert rules.member_ends(**end, seats=seats, supports=True) == [
        "From 4 March 2026, GMC is no longer a member of Example QSG.",
        "What is shared with member bodies no longer reaches its readers.",
        "Ann Lee (chair) will no longer receive what Example QSG shares with its seats, restricted items too.",
        "Bob May (deputy) will no longer receive what Example QSG shares with its seats.",
        "The group will show a gap where the minimum membership wants it.",
        "It stays the team that supports Example QSG, without a seat there.",
    ]
    (guest,) = rules.member_ends(**end, guest=True)
    assert guest == "From 4 March 2026, GMC is no longer an occasional guest of Example QSG."
