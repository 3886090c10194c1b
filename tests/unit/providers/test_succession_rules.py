"""Who may take whose place: never oneself, never in a circle, however the links lie."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from providers.succession.proposed import published, said_of
from providers.succession.rules import fault_of_link, leads_back

DAY = date(2020, 4, 1)
NODES = st.integers(0, 7)
LINKS = st.sets(st.tuples(NODES, NODES), max_size=20)


def reaches(links: set[tuple[int, int]], start: int, goal: int) -> bool:
    """Whether following links leads there: by the closure, which is slow and plain."""
    here = {start}
    while True:
        more = here | {new for old, new in links if old in here}
        if more == here:
            return goal in here
        here = more


@given(LINKS, NODES, NODES)
def test_a_circle_is_what_the_closure_says(links, old, new) -> None:
    assert leads_back(links, old, new) == reaches(links, new, old)


@given(st.lists(st.tuples(NODES, NODES), max_size=30))
def test_links_taken_one_by_one_never_make_a_circle(asked) -> None:
    links: set[tuple[int, int]] = set()
    for old, new in asked:
        if not fault_of_link(links, old, new, on=DAY, old_opened_on=None, new_closed_on=None):
            links.add((old, new))
    assert not any(reaches(links - {link}, link[1], link[0]) for link in links)


def test_the_days_must_be_in_order() -> None:
    def fault(**days: date | None) -> dict[str, str]:
        given = {"on": DAY, "old_opened_on": None, "new_closed_on": None}
        return fault_of_link(set(), "a", "b", **{**given, **days})

    assert fault() == {}
    assert fault(old_opened_on=DAY) == {}
    assert set(fault(old_opened_on=date(2020, 4, 2))) == {"on"}
    assert set(fault(new_closed_on=DAY)) == {"successor"}
    assert fault(new_closed_on=date(2020, 4, 2)) == {}


def test_what_is_said_already_and_oneself_are_faults_of_the_successor() -> None:
    links = {("a", "b")}
    for old, new in (("a", "b"), ("a", "a"), ("b", "a")):
        found = fault_of_link(links, old, new, on=DAY, old_opened_on=None, new_closed_on=None)
        assert set(found) == {"successor"}


def test_the_published_lines_are_read_as_they_stand() -> None:
    assert len(published()) <= 597
    assert {one.file for one in published()} == {
        "trust_successions_to_2009.csv",
        "trust_mergers_2020_2021.csv",
    }
    (taunton,) = said_of("RBA")
    assert (taunton.old, taunton.new, taunton.on) == ("RBA", "RH5", DAY)
    assert said_of("RBA") == [one for one in said_of("RH5") if one.old == "RBA"]
    assert said_of(None) == []
    assert not [one for one in published() if one.old == one.new]
