"""The addresses in a list of leavers."""

from time import monotonic

import pytest

from agencies import rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("nobody here", []),
        ("Ann@Example.org\nbob@example.org", ["ann@example.org", "bob@example.org"]),
        (
            "Ann Lee <ann@example.org>; bob@example.org, ann@example.org.",
            ["ann@example.org", "bob@example.org"],
        ),
        ('"ann@example.org","Ann Lee"', ["ann@example.org"]),
        ("ann@example", []),
    ],
)
def test_addresses_are_found_wherever_they_stand_each_once(text, found):
    assert rules.addresses_in(text) == found


def test_a_leaver_is_said_with_all_they_hold():
    said = rules.leaves(person="Ann Lee", roles=["Reader at A"], seats=["Chair at B"], stays=False)
    assert (
        said
        == "Ann Lee holds nothing of this any more: Reader at A; Chair at B. They are signed out everywhere."
    )
    assert "stay signed in" in rules.leaves(person="Ann Lee", roles=[], seats=["Chair at B"], stays=True)


def test_a_long_text_without_an_address_is_read_at_once():
    started = monotonic()
    assert rules.addresses_in("@" * 100_000 + " " + "a@" * 100_000 + " " + "x" * 300 + "@example.org") == []
    assert monotonic() - started < 2


def test_posts_are_said_and_who_stays_in_one():
    said = rules.leaves(
        person="Ann Lee", roles=[], seats=[], posts=["Director at A"], kept=["Director at B"], stays=False
    )
    assert said.startswith(
        "Ann Lee holds nothing of this any more: Director at A. Ann Lee stays Director at B:"
    )
    alone = rules.leaves(person="Ann Lee", roles=[], seats=[], kept=["Director at B"], stays=False)
    assert alone.startswith("Ann Lee stays Director at B")
