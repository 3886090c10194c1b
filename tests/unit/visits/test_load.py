"""Clashes and burden, tried on every relation of two visits and on days at random."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.rules.load import (
    BURDEN_DAYS,
    MANY_VISITS,
    Window,
    busiest,
    clash,
    clashes,
    overlap,
)

DAY = date(2026, 3, 2)
BODIES = [UUID(int=one) for one in range(1, 4)]
PROVIDERS = [UUID(int=one) for one in range(11, 13)]
PLACES = [None, UUID(int=21), UUID(int=22)]
days = st.integers(0, 60).map(lambda count: DAY + timedelta(days=count))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(days)
    return Window(
        key=draw(st.uuids()),
        provider=draw(st.sampled_from(PROVIDERS)),
        location=draw(st.sampled_from(PLACES)),
        body=draw(st.sampled_from(BODIES)),
        parties=frozenset(draw(st.sets(st.sampled_from(BODIES)))),
        first=first,
        last=first + timedelta(days=draw(st.integers(0, 10))),
    )


def at(
    body: int, first: int, last: int, *, place: int = 0, provider: int = 0, parties: set[int] = frozenset()
):
    return Window(
        (body, first, last),
        PROVIDERS[provider],
        PLACES[place],
        BODIES[body],
        frozenset(BODIES[one] for one in parties),
        date(2026, 3, first),
        date(2026, 3, last),
    )


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (at(0, 3, 5), at(1, 5, 7), True),  # the last day of the one is the first of the other
        (at(0, 3, 5), at(1, 6, 7), False),
        (at(0, 3, 5), at(0, 3, 5), False),  # one body's own
        (at(0, 3, 5), at(1, 3, 5, provider=1), False),
        (at(0, 3, 5, place=1), at(1, 3, 5, place=2), False),
        (at(0, 3, 5, place=1), at(1, 3, 5, place=1), True),
        (at(0, 3, 5, place=1), at(1, 3, 5), True),  # the provider as a whole is at each of its places
        (at(0, 3, 5, parties={1}), at(1, 3, 5), False),  # they go together
        (at(0, 3, 5, parties={2}), at(1, 3, 5, parties={2}), True),
    ],
)
def test_two_visits_clash(one: Window, other: Window, both: bool) -> None:
    assert clash(one, other) is both


@given(windows(), windows())
def test_a_clash_is_one_of_both(one: Window, other: Window) -> None:
    assert clash(one, other) == clash(other, one)
    if clash(one, other):
        assert one.body != other.body
        assert one.provider == other.provider
        assert {one.first + timedelta(days=n) for n in range((one.last - one.first).days + 1)} & {
            other.first + timedelta(days=n) for n in range((other.last - other.first).days + 1)
        }


@given(st.lists(windows(), max_size=6, unique_by=lambda one: one.key))
def test_each_is_told_of_every_other_that_it_clashes_with(many: list[Window]) -> None:
    found = clashes(many)
    for one in many:
        expected = [other.key for other in many if other.key != one.key and clash(one, other)]
        assert found.get(one.key, []) == expected
    assert all(found.values())


@given(days, days, days, days)
def test_spans_have_a_day_in_common(a: date, b: date, c: date, d: date) -> None:
    first, last, other_first, other_last = min(a, b), max(a, b), min(c, d), max(c, d)
    held = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    other = {other_first + timedelta(days=n) for n in range((other_last - other_first).days + 1)}
    assert overlap(first, last, other_first, other_last) == bool(held & other)


@given(st.lists(days, max_size=12), st.integers(1, 5))
def test_the_busiest_span_is_found(many: list[date], much: int) -> None:
    found = busiest(many, much)
    spans = [[day for day in many if first <= day < first + timedelta(days=BURDEN_DAYS)] for first in many]
    most = max(map(len, spans), default=0)
    if most < much:
        assert found is None
    else:
        assert found is not None
        assert found.number == most
        assert found.last - found.first < timedelta(days=BURDEN_DAYS)
        assert {found.first, found.last} <= set(many)


@given(st.lists(days, max_size=12), days)
def test_a_span_about_a_day_holds_it(many: list[date], about: date) -> None:
    found = busiest([*many, about], 2, about=about)
    if found:
        assert found.first <= about < found.first + timedelta(days=BURDEN_DAYS)
    near = [day for day in many if abs(day - about) < timedelta(days=BURDEN_DAYS)]
    assert bool(found) == bool(near)


def test_many_begins_with_the_fourth_in_four_weeks() -> None:
    many = [DAY + timedelta(days=9 * count) for count in range(4)]
    assert busiest(many[:3], MANY_VISITS) is None
    found = busiest(many, MANY_VISITS)
    assert found
    assert (found.number, found.first, found.last) == (4, DAY, DAY + timedelta(days=27))
    apart = [DAY, *(DAY + timedelta(days=28 + 9 * count) for count in range(3))]
    assert busiest(apart, MANY_VISITS) is None
