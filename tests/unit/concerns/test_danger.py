"""Who was rung, what that meets, and what is still to be done."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.rules import danger
from concerns.rules.danger import ADULT, BOTH, CHILD, NEITHER, Entry, standing
from reference.files import read_table
from reference.operations import DATA

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(deed, about=BOTH, at=NOW, recorded=None):
    return Entry(deed, about, at, recorded or at)


def test_until_somebody_says_which_both_a_childs_and_an_adults_clock_run():
    known = standing([])
    assert known.wanted == set(danger.CLOCKS)
    assert known.met == {}
    assert known.lacks == [danger.RANG, danger.NOTIFIED, danger.ENGAGED, danger.ROUTE]


@pytest.mark.parametrize(
    ("about", "clocks", "lacks"),
    [
        (CHILD, {danger.CLOCK_CHILD, danger.CLOCK_NOTICE}, [danger.RANG, danger.NOTIFIED, danger.ENGAGED]),
        (ADULT, {danger.CLOCK_ADULT}, [danger.RANG, danger.ROUTE]),
        (BOTH, set(danger.CLOCKS), [danger.RANG, danger.NOTIFIED, danger.ENGAGED, danger.ROUTE]),
        (NEITHER, set(), []),
    ],
)
def test_saying_whom_it_is_about_says_which_clocks_count(about, clocks, lacks):
    known = standing([entry(danger.SAID, about)])
    assert known.wanted == clocks
    assert known.lacks == lacks


def test_what_was_written_last_says_whom_it_is_about():
    said = [entry(danger.SAID, ADULT, NOW, NOW + HOUR), entry(danger.SAID, CHILD, NOW, NOW)]
    assert standing(said).about == ADULT


@pytest.mark.parametrize(
    ("about", "met"),
    [
        (CHILD, {danger.CLOCK_CHILD}),
        (ADULT, {danger.CLOCK_ADULT}),
        (BOTH, {danger.CLOCK_CHILD, danger.CLOCK_ADULT}),
    ],
)
def test_a_call_meets_the_clock_of_those_it_was_about(about, met):
    assert set(standing([entry(danger.RANG, about)]).met) == met


def test_the_first_call_counts_however_late_it_is_written_down():
    calls = [entry(danger.RANG, ADULT, NOW, NOW), entry(danger.RANG, ADULT, NOW - HOUR, NOW + HOUR)]
    assert standing(calls).met[danger.CLOCK_ADULT] == NOW - HOUR


def test_a_notice_to_the_board_is_not_the_referral_of_a_child():
    known = standing([entry(danger.NOTIFIED, CHILD), entry(danger.ENGAGED, CHILD)])
    assert danger.CLOCK_CHILD not in known.met
    assert danger.RANG in known.lacks


def test_the_notice_is_met_when_they_were_notified_and_are_engaged():
    assert danger.CLOCK_NOTICE not in standing([entry(danger.NOTIFIED)]).met
    assert danger.CLOCK_NOTICE not in standing([entry(danger.ENGAGED)]).met
    both = standing([entry(danger.NOTIFIED, at=NOW), entry(danger.ENGAGED, at=NOW + HOUR)])
    assert both.met[danger.CLOCK_NOTICE] == NOW + HOUR
    assert (
        standing([*[entry(one) for one in (danger.NOTIFIED, danger.ENGAGED)], entry(danger.SAID, ADULT)]).met
        == {}
    )


def test_the_designated_officer_and_the_route_are_kept():
    known = standing(
        [entry(danger.DESIGNATED), entry(danger.ROUTE, ADULT), entry(danger.RANG), entry(danger.SAID, ADULT)]
    )
    assert known.designated_at == known.route_at == NOW
    assert known.lacks == []


ENTRIES = st.lists(
    st.builds(
        Entry,
        deed=st.sampled_from(list(danger.DEED_WORDS)),
        about=st.sampled_from(list(danger.ABOUT_WORDS)),
        happened_at=st.datetimes(timezones=st.just(UTC)),
        recorded_at=st.datetimes(timezones=st.just(UTC)),
    )
)


@given(ENTRIES)
def test_only_clocks_that_are_meant_are_met(entries):
    known = standing(entries)
    assert set(known.met) <= known.wanted <= set(danger.CLOCKS)
    assert (danger.RANG in known.lacks) == bool(
        {danger.CLOCK_CHILD, danger.CLOCK_ADULT} & (known.wanted - set(known.met))
    )


def check(deed=danger.RANG, **given_):
    usual = {
        "about": ADULT,
        "whom": "Duty desk",
        "route": "",
        "happened_at": NOW,
        "now": NOW,
    }
    return set(danger.check_entry(deed, **{**usual, **given_}))


def test_a_call_says_whom_and_when():
    assert check() == set()
    assert check(whom=" ") == {"whom"}
    assert check(whom="x" * 201) == {"whom"}
    assert check(their_reference="x" * 61) == {"their_reference"}
    assert check(happened_at=None) == {"happened_at"}
    assert check(happened_at=NOW + HOUR) == {"happened_at"}
    assert check(happened_at=NOW - 48 * HOUR) == set()
    assert check(about="forged") == {"about"}
    assert check(about=NEITHER) == {"about"}
    assert check("forged") == {"deed"}


def test_only_the_councils_route_has_a_route():
    assert check(danger.ROUTE) == {"route"}
    assert check(danger.ROUTE, route=danger.ENQUIRY) == set()
    assert check(route=danger.ENQUIRY) == {"route"}


def test_saying_whom_it_is_about_needs_no_desk():
    assert check(danger.SAID, whom="", about=NEITHER) == set()


def test_the_clocks_are_those_of_the_lists():
    codes = {row["code"] for _, row in read_table(DATA / "clock_intervals.csv")[0]}
    assert set(danger.CLOCKS) <= codes
