"""The arithmetic and the table of the fault test: a figure that fails must be seen to fail."""

import pytest

from qsg_portal.faults.figures import Figure, disorder, share, table


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [([], 0.99, 0), ([3], 0.5, 3), ([1, 2, 3, 4, 5], 0.5, 3), (list(range(101)), 0.99, 99), ([9, 1], 1.0, 9)],
)
def test_the_value_that_a_part_does_not_pass(values, part, expected):
    assert share(values, part) == expected


@pytest.mark.parametrize(("recorded", "worst"), [([], 0), ([1, 2, 3], 0), ([1, 5, 3, 4, 6], 2), ([9, 1], 8)])
def test_how_far_out_of_due_order(recorded, worst):
    assert disorder(recorded) == worst


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("f", "w", 5), True),
        (Figure("f", "w", 5, 5), True),
        (Figure("f", "w", 5.1, 5), False),
        (Figure("f", "w", 1, 1, at_least=True), True),
        (Figure("f", "w", 0, 1, at_least=True), False),
    ],
)
def test_a_figure_keeps_its_limit_or_fails(figure, holds):
    assert figure.holds == holds
    assert ("FAILS" in table([figure])) != holds


def test_the_table_says_how_much_and_the_limit():
    (line,) = [
        one
        for one in table([Figure("kills", "lateness p99", 12.345, 15, " s")]).splitlines()
        if "kills" in one
    ]
    assert line.split() == ["kills", "lateness", "p99", "12.35", "s", "≤", "15", "s", "ok"]
