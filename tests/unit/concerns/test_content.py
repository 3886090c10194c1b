"""What a concern must say, and the steps in which it is raised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.rules import content as rules
from concerns.rules.content import About, Content, Lists

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LISTS = Lists(
    source_kinds={"complaint", "other"},
    reliabilities={"first_hand"},
    dimensions={"safety", "experience"},
    outcome_domains={"1"},
    severities={"serious", "not_known", "none_good"},
    confidences={"heard"},
)
FULL = Content(
    headline="Falls on one ward",
    narrative="Three falls in a week.",
    happened_at=NOW - timedelta(days=2),
    precision=rules.DAY,
    danger="no",
    source_kind="complaint",
    reliability="first_hand",
    dimensions=("safety",),
    severity="serious",
    confidence="heard",
)


def check(**changed):
    return rules.check_content(replace(FULL, **changed), LISTS, now=NOW)


def test_a_full_concern_is_kept():
    assert check() == {}
    assert check(outcome_domain="1", severity="none_good", dimensions=("safety", "experience")) == {}


@pytest.mark.parametrize("field", sorted(rules.IN_FULL))
def test_each_field_that_is_wanted_is_asked_for_by_its_own_sentence(field):
    blank = {"dimensions": (), "happened_at": None}.get(field, "")
    assert check(**{field: blank}) == {field: rules.IN_FULL[field]}


def test_a_quick_note_wants_one_line_how_it_is_known_and_whether_anyone_is_in_danger():
    note = Content(headline="Falls", danger="not_sure", source_kind="complaint")
    assert rules.check_content(note, LISTS, now=NOW, wanted=rules.ALWAYS) == {}
    assert set(rules.check_content(Content(), LISTS, now=NOW, wanted=rules.ALWAYS)) == set(rules.ALWAYS)


def test_a_draft_wants_nothing():
    assert rules.check_content(Content(), LISTS, now=NOW, wanted={}) == {}


@pytest.mark.parametrize(
    "field", ["source_kind", "reliability", "outcome_domain", "severity", "confidence", "danger"]
)
def test_a_code_that_is_on_no_list_is_refused(field):
    assert check(**{field: "forged"}) == {field: "Choose one of the answers in the list"}


def test_a_dimension_that_is_on_no_list_is_refused():
    assert set(check(dimensions=("safety", "forged"))) == {"dimensions"}


def test_another_kind_of_source_says_which():
    assert set(check(source_kind="other")) == {"source_other"}
    assert check(source_kind="other", source_other="A parish newsletter") == {}
    draft = Content(source_kind="other")
    assert rules.check_content(draft, LISTS, now=NOW, wanted={}) == {}


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("headline", rules.HEADLINE_LONGEST),
        ("narrative", rules.NARRATIVE_LONGEST),
        ("source_other", rules.SHORT_LONGEST),
    ],
)
def test_a_text_is_as_long_as_its_limit_and_no_longer(field, longest):
    assert check(**{field: "x" * longest}) == {}
    (sentence,) = check(**{field: "x" * (longest + 1)}).values()
    assert f"{longest + 1:,} characters" in sentence
    assert "Nothing was cut" in sentence


def test_a_hundred_thousand_characters_get_a_sentence():
    assert "100,000 characters long; at most 10,000" in check(narrative="y" * 100_000)["narrative"]


@pytest.mark.parametrize(
    "text", ["Market Oversight says so", "the market-oversight team", "MARKET  OVERSIGHT"]
)
@pytest.mark.parametrize("field", ["headline", "narrative", "source_other"])
def test_market_oversight_is_refused_wherever_it_stands(field, text):
    assert check(**{field: text}) == {field: rules.MARKET_OVERSIGHT}


def test_a_market_and_an_oversight_apart_are_let_through():
    assert check(narrative="An oversight at the market hall.") == {}


@given(st.integers(-100_000, 100_000))
def test_nothing_happened_later_than_now(seconds):
    moment = NOW + timedelta(seconds=seconds)
    errors = rules.check_happened(moment, rules.MINUTE, now=NOW)
    assert bool(errors) == (moment > NOW)


def test_today_is_not_the_future_and_tomorrow_is():
    tonight, tomorrow = NOW.replace(hour=23), NOW + timedelta(days=1)
    assert rules.check_happened(tonight, rules.DAY, now=NOW) == {}
    assert set(rules.check_happened(tomorrow, rules.DAY, now=NOW)) == {"happened_at"}


def test_when_it_happened_and_how_exactly_that_is_known_are_said_together_or_not_at_all():
    """Else the moment of writing it down would be kept as the moment it happened, or what was said would be lost."""
    assert rules.check_happened(None, rules.NOT_SAID, now=NOW) == {}
    for precision in (rules.MINUTE, rules.DAY):
        assert set(rules.check_happened(None, precision, now=NOW)) == {"precision"}
    assert set(rules.check_happened(NOW, rules.NOT_SAID, now=NOW)) == {"precision"}
    assert set(check(precision=rules.NOT_SAID)) == {"precision"}


def test_a_service_that_is_not_registered_has_no_provider():
    about = About(rules.UNREGISTERED, name="Rose House", place="by the station")
    assert rules.check_about(about) == {}
    assert set(rules.check_about(replace(about, providers=(uuid4(),)))) == {"providers"}


def test_the_day_is_londons():
    almost_midnight = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # 11:30pm in London
    after = almost_midnight + timedelta(hours=1)
    assert set(rules.check_happened(after, rules.DAY, now=almost_midnight)) == {"happened_at"}


def test_a_protected_source_shows_its_month_only():
    assert rules.month_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == datetime(2026, 6, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("about", "wrong"),
    [
        (About("forged"), {"kind"}),
        (About(rules.PROVIDER), {"provider"}),
        (About(rules.PROVIDER, ("a",)), set()),
        (About(rules.PROVIDER, ("a", "b")), {"provider"}),
        (About(rules.LOCATION, ("a",)), {"location"}),
        (About(rules.LOCATION, ("a",), "here"), set()),
        (About(rules.LOCATION, (), "here"), {"provider"}),
        (About(rules.THEME, ("a",)), {"providers"}),
        (About(rules.THEME, ("a", "b")), set()),
        (About(rules.THEME, tuple(range(21))), {"providers"}),
        (About(rules.UNREGISTERED), {"name", "place"}),
        (About(rules.UNREGISTERED, name="Rose House", place="by the station"), set()),
        (About(rules.UNREGISTERED, name="x" * 201, place="y" * 201), {"name", "place"}),
    ],
)
def test_what_a_concern_is_about_is_said_whole(about, wrong):
    assert set(rules.check_about(about)) == wrong


def test_steps_are_taken_in_order_and_none_is_skipped():
    powerset = chain.from_iterable(combinations(rules.STEPS, n) for n in range(len(rules.STEPS) + 1))
    for done in map(set, powerset):
        for step in rules.STEPS:
            before = rules.STEPS[: rules.STEPS.index(step)]
            assert rules.may_take(step, done) == (set(before) <= done)


def test_the_next_step_is_the_first_that_is_missing():
    assert rules.first_missing_step(set()) == rules.ABOUT
    assert rules.first_missing_step({rules.ABOUT, rules.KNOWN}) == rules.HAPPENED
    assert rules.first_missing_step(set(rules.STEPS)) == rules.CHECK


def test_every_field_of_a_step_is_one_of_a_concerns_and_every_step_has_its_words():
    fields = set(Content.__dataclass_fields__)
    assert {name for names in rules.FIELDS_OF_STEP.values() for name in names} <= fields
    assert set(rules.STEP_WORDS) == set(rules.STEPS)
    assert set(rules.IN_FULL) <= {name for names in rules.FIELDS_OF_STEP.values() for name in names}


def test_a_version_is_read_back_as_it_was_kept():
    assert rules.from_plain(rules.as_plain(FULL)) == FULL
    assert rules.from_plain(rules.as_plain(Content())) == Content()
    assert rules.from_plain({"headline": "old", "forgotten": 1}) == Content(headline="old")
