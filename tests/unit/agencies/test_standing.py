"""When a seat counts."""

from datetime import date

import pytest

from agencies.rules import seat_counts
from timekeeping.london import Span

DAY = date(2026, 3, 3)
NOW_ON = Span(date(2026, 1, 1))
OVER = Span(date(2026, 1, 1), DAY)
LAST_DAY = Span(date(2026, 1, 1), date(2026, 3, 4))
NOT_YET = Span(date(2026, 3, 4))


@pytest.mark.parametrize(
    ("span", "holds"),
    [(NOW_ON, True), (OVER, False), (LAST_DAY, True), (NOT_YET, False), (Span(DAY), True)],
)
def test_a_span_holds_from_its_first_day_until_the_day_before_its_end(span: Span, holds: bool):
    assert span.holds(DAY) is holds


@pytest.mark.parametrize("dead", [OVER, NOT_YET])
def test_a_seat_counts_only_while_seat_member_membership_and_account_are_current(dead: Span):
    live = {
        "seat": NOW_ON,
        "full_memberships": [NOW_ON],
        "memberships": [OVER, NOW_ON],
        "active": True,
        "day": DAY,
    }
    assert seat_counts(**live)
    assert not seat_counts(**{**live, "seat": dead})
    assert not seat_counts(**{**live, "full_memberships": [dead]})
    assert not seat_counts(**{**live, "memberships": [dead]})
    assert not seat_counts(**{**live, "active": False})
    assert not seat_counts(**{**live, "memberships": []})
