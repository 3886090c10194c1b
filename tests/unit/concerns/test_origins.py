"""Four reports of one origin are one; a provider's word about itself never counts."""

from hypothesis import given
from hypothesis import strategies as st

from concerns.rules import origins
from concerns.rules.origins import Report, independent_origins
from reference.files import read_table
from reference.operations import DATA

KINDS = {
    "a": origins.COUNTS,
    "b": origins.COUNTS,
    "fig": origins.ONCE,
    "self": origins.NEVER,
    "media": origins.ONCE_CHECKED,
}


def count(*reports):
    return independent_origins([Report(n, *report) for n, report in enumerate(reports)], KINDS)


def test_reports_of_their_own_origin_are_counted_each():
    assert count(("a",)) == 1
    assert count(("a",), ("a",), ("b",)) == 3
    assert count() == 0


def test_four_reports_of_one_origin_are_one():
    assert count(("a",), ("b", 0), ("a", 1), ("b", 0)) == 1


def test_a_chain_of_shared_origins_is_one_whatever_the_order():
    assert count(("a", 2), ("b",), ("a", 1)) == 1


def test_an_origin_shared_with_a_report_that_is_not_seen_counts_by_itself():
    assert count(("a", "hidden"), ("b",)) == 2


def test_a_providers_own_word_never_counts():
    assert count(("self",)) == 0
    assert count(("self",), ("a", 0)) == 1
    assert count(("unknown",)) == 0


def test_figures_of_one_kind_count_once():
    assert count(("fig",), ("fig",), ("a",)) == 2


def test_media_count_once_somebody_has_checked():
    assert count(("media",)) == 0
    assert count(("media", None, origins.CONFIRMED)) == 1


def test_what_was_looked_into_and_is_not_so_never_counts():
    assert count(("a", None, origins.DISPROVED)) == 0


REPORTS = st.lists(
    st.tuples(
        st.sampled_from(list(KINDS)), st.none() | st.integers(0, 5), st.sampled_from(["", "confirmed"])
    ),
    max_size=6,
)


@given(REPORTS, st.randoms())
def test_the_count_does_not_hang_on_the_order_and_never_exceeds_the_reports(reports, chance):
    made = [Report(n, kind, same, sure) for n, (kind, same, sure) in enumerate(reports)]
    counted = independent_origins(made, KINDS)
    shuffled = list(made)
    chance.shuffle(shuffled)
    assert independent_origins(shuffled, KINDS) == counted
    assert 0 <= counted <= len(made)


@given(REPORTS)
def test_one_report_more_of_a_shared_origin_adds_nothing(reports):
    made = [Report(n, kind, same, sure) for n, (kind, same, sure) in enumerate(reports)]
    if made and KINDS[made[0].source_kind] == origins.COUNTS:
        more = [*made, Report("more", "a", made[0].key)]
        assert independent_origins(more, KINDS) == independent_origins(made, KINDS)


def test_the_lists_own_words_are_read():
    rows = {
        row["code"]: origins.counting(row["counts_as_independent_origin"])
        for _, row in read_table(DATA / "source_kinds.csv")[0]
    }
    assert (
        rows["provider_self_report"]
        == rows["incident"]
        == rows["statutory_notification"]
        == rows["edec"]
        == origins.NEVER
    )
    assert rows["media"] == origins.ONCE_CHECKED
    assert rows["indicator"] == rows["primary_care_metrics"] == origins.ONCE
    assert rows["complaint"] == rows["whistleblower"] == origins.COUNTS


def test_the_line_reads_as_people_say_it():
    assert origins.in_words(4, 2, 0) == "4 reports, 2 independent origins."
    assert origins.in_words(1, 1, 1) == "1 report, 1 independent origin. 1 body sees the opposite."
    assert (
        origins.in_words(1, 0, 2)
        == "1 report, none that counts as an independent origin. 2 bodies see the opposite."
    )


def test_bodies_are_counted_once():
    assert origins.bodies(["x", "x", "y"]) == 2
