"""What waits, in words without numbers or titles; and days in order."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from successions import rules
from successions.rules import Held

KINDS = list(rules.KIND_WORDS)
THINGS = [(kind, UUID(int=number)) for kind in KINDS for number in range(3)]
HELD = st.lists(st.sampled_from([Held(*one) for one in THINGS]), max_size=12)


@given(HELD, st.sets(st.sampled_from(THINGS)))
def test_what_is_left_is_what_nobody_accepted(held, accepted) -> None:
    left = rules.unaccepted(held, accepted)
    assert [one for one in held if one not in left] == [one for one in held if one.key in accepted]
    assert bool(rules.not_yet(left, "A body")) == bool(left)


@given(HELD)
def test_the_words_tell_neither_number_nor_which_intelligence(held) -> None:
    words = rules.waits_in_words(held)
    assert not any(letter.isdigit() for letter in words)
    secret = [one for one in held if one.kind in rules.IN_SIGHT]
    if secret:
        (first, *_) = secret
        assert words == rules.waits_in_words(
            [*(one for one in held if one.kind not in rules.IN_SIGHT), first]
        )
    for kind in {one.kind for one in held} - rules.IN_SIGHT:
        assert rules.KIND_WORDS[kind][1:] in words


def test_every_kind_has_its_words() -> None:
    assert set(rules.EXPLAINED) == set(KINDS)
    assert set(KINDS) >= rules.IN_SIGHT | rules.PEOPLES
    assert not rules.IN_SIGHT & rules.PEOPLES


def test_it_closes_on_its_day_and_not_before() -> None:
    day = date(2026, 4, 1)
    assert rules.too_early(day, date(2026, 3, 31))
    assert not rules.too_early(day, day)
    assert not rules.too_early(day, date(2026, 4, 2))


def test_the_days_of_bodies_must_be_in_order() -> None:
    day, before, after = date(2026, 4, 1), date(2026, 3, 31), date(2026, 4, 2)

    def fault(opened=None, **successor) -> set[str]:
        days = {"B": (successor.get("opened"), successor.get("closed"))}
        return set(rules.fault_of_day(day, opened_on=opened, successors=days))

    assert fault() == fault(opened=before) == fault(opened=before) == set()
    assert fault(opened=day) == fault(opened=after) == {"on"}
    assert set(rules.fault_of_day(day, opened_on=None, successors={"B": (after, None)})) == {"on"}
    assert set(rules.fault_of_day(day, opened_on=None, successors={"B": (day, None)})) == set()
    assert fault(closed=after) == {"successors"}


def test_what_will_happen_is_said_in_sentences() -> None:
    day = date(2026, 4, 1)
    said = [
        *rules.opens(body="A", successors=["B", "C"], on=day),
        *rules.closes(body="A", on=day),
        *rules.undoes(body="A"),
        *rules.cannot_answer("B", lead=False, administrator=False),
    ]
    assert "offered to B and C" in said[0]
    assert all(one.endswith(".") for one in said)
    assert said[-1].startswith("B has no lead and no administrator in the portal.")
    assert rules.cannot_answer("B", lead=True, administrator=True) == []
