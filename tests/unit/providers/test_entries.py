"""What a directory's entry may say, and how a correction of it is put in words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.rules import (
    PlaceFacts,
    ProviderFacts,
    faults_of_place,
    faults_of_provider,
    faults_of_share,
)
from providers.upkeep.rules import LABELS, change_words
from timekeeping.london import Span

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)
KINDS = {"care_home": "Care home", "nhs_trust": "NHS trust"}
WHOLE = ProviderFacts(
    name="Fictional House",
    kind="care_home",
    ods_code="ZZ001",
    cqc_provider_id="1-123456789",
    sector="social_care",
    opened_on=TODAY - DAY,
    postcode="OL1 2JH",
)


def test_what_holds_together_has_no_fault():
    assert faults_of_provider(WHOLE, kinds=KINDS, today=TODAY) == {}
    assert faults_of_provider(ProviderFacts("A", "care_home"), kinds=KINDS, today=TODAY) == {}
    assert faults_of_place(PlaceFacts("A"), kinds=KINDS, today=TODAY) == {}
    whole = PlaceFacts("A", "care_home", "RW601", "1-123456789", "closed", TODAY, TODAY, "OL12JH")
    assert faults_of_place(whole, kinds=KINDS, today=TODAY) == {}


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": "  "}),
        ("kind", {"kind": "castle"}),
        ("sector", {"sector": "sea"}),
        ("ods_code", {"ods_code": "rw6"}),
        ("ods_code", {"ods_code": "R"}),
        ("cqc_provider_id", {"cqc_provider_id": "123"}),
        ("postcode", {"postcode": "OL1"}),
        ("status", {"status": "asleep"}),
        ("closed_on", {"closed_on": TODAY - 2 * DAY, "status": "closed"}),
        ("status", {"closed_on": TODAY}),
        ("status", {"closed_on": TODAY + DAY, "status": "closed"}),
    ],
)
def test_each_fault_is_said_beside_its_field(field: str, changed: dict):
    assert list(faults_of_provider(replace(WHOLE, **changed), kinds=KINDS, today=TODAY)) == [field]


@pytest.mark.parametrize(("field", "value"), [("kind", "castle"), ("cqc_location_id", "RW6"), ("name", "")])
def test_a_place_has_faults_of_its_own(field: str, value: str):
    place = replace(PlaceFacts("A"), **{field: value})
    assert list(faults_of_place(place, kinds=KINDS, today=TODAY)) == [field]


@pytest.mark.parametrize("status", ["closed", "dormant"])
def test_a_dissolved_trust_may_have_no_day(status: str):
    assert not faults_of_provider(replace(WHOLE, status=status), kinds=KINDS, today=TODAY)


@given(st.integers(-5, 150), st.lists(st.none() | st.integers(1, 60), max_size=3))
def test_shares_never_add_up_to_more_than_the_whole(share: int, others: list[int | None]):
    fine = 1 <= share <= 100 and share + sum(one or 0 for one in others) <= 100
    assert (faults_of_share(share, others) == {}) is fine
    assert faults_of_share(None, others) == {}


@given(*[st.tuples(st.integers(0, 12), st.none() | st.integers(1, 6))] * 2)
def test_spans_meet_where_some_day_is_in_both(one: tuple, other: tuple):
    def span(start: int, length: int | None) -> Span:
        return Span(TODAY + start * DAY, None if length is None else TODAY + (start + length) * DAY)

    first, second = span(*one), span(*other)
    both = any(first.holds(TODAY + n * DAY) and second.holds(TODAY + n * DAY) for n in range(40))
    assert first.meets(second) is both is second.meets(first)


def test_a_correction_is_put_in_words():
    will = replace(WHOLE, name="Fictional Hall", kind="nhs_trust", sector="", closed_on=TODAY + DAY)
    assert change_words(WHOLE, will, kinds=KINDS) == [
        "The name: “Fictional House” becomes “Fictional Hall”.",
        "The kind: “Care home” becomes “NHS trust”.",
        "The sector: “Social care” becomes nothing.",
        "The day it closes: nothing becomes “4 March 2026”.",
        "The earlier name stays in the entry, and finds it still.",
    ]
    assert change_words(WHOLE, WHOLE, kinds=KINDS) == ["Nothing is different: it stands like this already."]
    assert set(vars(WHOLE)) | set(vars(PlaceFacts("A"))) == set(LABELS)


def test_the_mark_tells_every_difference():
    marks = {WHOLE.mark} | {replace(WHOLE, **{name: "x"}).mark for name in vars(WHOLE)}
    assert len(marks) == len(vars(WHOLE)) + 1
    assert replace(WHOLE).mark == WHOLE.mark
