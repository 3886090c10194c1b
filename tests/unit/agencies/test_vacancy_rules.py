"""On which days a seat counts, since when none does, and which end soon."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.rules import seat_counts
from agencies.vacancies import rules
from timekeeping.london import Span

DAY = date(2026, 3, 3)
FIRST = date(2026, 1, 1)


@st.composite
def spans(draw) -> Span:
    start = FIRST + timedelta(days=draw(st.integers(0, 12)))
    length = draw(st.one_of(st.none(), st.integers(1, 12)))
    return Span(start, None if length is None else start + timedelta(days=length))


@given(seat=spans(), members=st.lists(spans(), max_size=3), acting=st.lists(spans(), max_size=3))
def test_the_days_on_which_a_seat_counted_are_those_on_which_it_counts_by_the_rule(seat, members, acting):
    counted = rules.counted(seat, members, acting)
    for number in range(-1, 30):
        day = FIRST + timedelta(days=number)
        by_rule = seat_counts(seat=seat, full_memberships=members, memberships=acting, active=True, day=day)
        assert any(span.holds(day) for span in counted) is by_rule
    for before, after in pairwise(counted):
        assert before.ends_on is not None
        assert before.ends_on < after.starts_on, "spans neither touch nor overlap"


@given(every=st.lists(spans(), max_size=4), number=st.integers(0, 29))
def test_a_vacancy_begins_the_day_after_the_last_that_anybody_sat(every, number):
    day = FIRST + timedelta(days=number)
    joined = rules.joined(every)
    if any(span.holds(day) for span in joined):
        return
    since = rules.vacant_since(joined, day)
    sat = [
        FIRST + timedelta(days=before)
        for before in range(number)
        if any(span.holds(FIRST + timedelta(days=before)) for span in joined)
    ]
    assert since == (sat[-1] + timedelta(days=1) if sat else None)


@pytest.mark.parametrize(
    ("ends_on", "soon"),
    [
        (None, False),
        (DAY + timedelta(days=1), True),
        (DAY + timedelta(days=60), True),
        (DAY + timedelta(days=61), False),
        (DAY, False),
    ],
)
def test_what_ends_within_sixty_days_ends_soon(ends_on, soon):
    assert (rules.ends_soon([Span(FIRST, ends_on)], DAY) is not None) is soon


def test_a_gap_says_since_when():
    said = "No local Healthwatch seat"
    assert rules.vacancy_words(said, since=DAY, member_since=FIRST) == f"{said}, since 3 March 2026"
    assert rules.vacancy_words(said, since=None, member_since=FIRST).endswith(
        ", and nobody ever did (member since 1 January 2026)"
    )
    assert rules.vacancy_words(said, since=None, member_since=None) == said


@pytest.mark.parametrize(("left", "when"), [(1, "today"), (2, "in 1 day"), (10, "in 9 days")])
def test_a_seat_about_to_end_is_said_by_its_last_day(left, when):
    words = rules.ending_words(
        person="Ann Lee",
        kind="representative",
        agency="NHS Example CCG",
        ends_on=DAY + timedelta(days=left),
        day=DAY,
    )
    assert words.startswith("Ann Lee, representative, for NHS Example CCG: the last day is")
    assert words.endswith(when)


def test_there_is_no_vacancy_while_anybody_sits():
    before, now = Span(FIRST, FIRST + timedelta(days=9)), Span(FIRST + timedelta(days=20), None)
    assert rules.vacant_since(iter([before, now]), DAY) is None
    assert rules.vacant_since([before], DAY) == before.ends_on
