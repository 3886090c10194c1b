"""What a clock does on its way, and when."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.rules.intervals import Duration, Interval
from clocks.rules.steps import Offset, next_step_at, parse_offset, parse_recipients, steps_due

ROOT = Path(__file__).parents[3]
START = datetime(2026, 3, 3, 10, tzinfo=UTC)
ELAPSED = Interval("k", "k", "elapsed", (Duration("hours", 48),), None, True)
LONDON = replace(ELAPSED, calendar="london_day")


def hours(number):
    return timedelta(hours=number)


with (ROOT / "reference" / "data" / "clock_steps.csv").open(newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))

FAMILIES = {}
for row in ROWS:
    FAMILIES.setdefault(row["clock"], []).append(parse_offset(row))


DUE = START + hours(48)


def taken(offsets, now, due=DUE, done=frozenset(), kind=ELAPSED, **more):
    return [
        (step.step, step.number, step.at) for step in steps_due(kind, START, due, done, offsets, now, **more)
    ]


def test_every_row_of_the_list_is_read():
    assert len(ROWS) == sum(len(offsets) for offsets in FAMILIES.values()) == 54
    assert FAMILIES["summit_alert"][0] == Offset(
        "alert",
        "start",
        recipients=(("seat-holders",), ("their body's lead",)),
        effect="in-app and mail; acknowledgement asked",
    )
    assert FAMILIES["ring"][1].event == "meeting opened"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("chair", (("chair",),)),
        ("ring-holder; chair; regional team", (("ring-holder",), ("chair",), ("regional team",))),
        ("deputy then agency lead", (("deputy", "agency lead"),)),
        (
            "the person who flagged; owner's safeguarding lead",
            (("person who flagged",), ("owner's safeguarding lead",)),
        ),
        (
            "called bodies that have not spoken and the convenor",
            (("called bodies that have not spoken",), ("convenor",)),
        ),
    ],
)
def test_recipients_are_read(text, names):
    assert parse_recipients(text) == names


@pytest.mark.parametrize(
    "words",
    [
        "",
        "later",
        "start + 1 hour acknowledged",
        "100 % of the duration",
        "every 0 hours after due until met or stopped",
    ],
)
def test_a_moment_that_is_not_understood_is_refused(words):
    with pytest.raises(ValueError, match=r"not a moment|without time between"):
        parse_offset({"step": "s", "at": words, "recipients": "chair", "effect": ""})


def test_the_steps_of_a_response_clock_in_order():
    response = FAMILIES["response"]
    assert taken(response, START) == []
    assert taken(response, START + hours(24)) == [("half", 1, START + hours(24))]
    assert taken(response, START + hours(56)) == [
        ("half", 1, START + hours(24)),
        ("near", 1, START + hours(48) * 0.8),
        ("due", 1, START + hours(48)),
        ("again", 1, START + hours(52)),
        ("again", 2, START + hours(56)),
    ]


def test_the_due_step_comes_just_after_the_due_moment_so_that_a_deed_at_it_meets():
    due = START + hours(48)
    near = {("half", 1), ("near", 1)}
    assert taken(FAMILIES["response"], due, done=near) == []
    assert taken(FAMILIES["response"], due + timedelta(microseconds=1), done=near) == [("due", 1, due)]


def test_a_step_at_the_start_is_taken_at_once():
    assert taken(FAMILIES["summit_alert"], START, due=START + hours(2)) == [("alert", 1, START)]
    assert taken(FAMILIES["summit_alert"], START + hours(1), due=START + hours(2)) == [
        ("alert", 1, START),
        ("next_person", 1, START + hours(1)),
    ]


@pytest.mark.parametrize(
    ("due_in_hours", "reminder_before_due"),
    [(10 * 24, 72), (6 * 24, 72), (5 * 24, 60), (48, 24), (2, 1)],
)
def test_a_reminder_before_due_or_half_when_shorter(due_in_hours, reminder_before_due):
    due = START + hours(due_in_hours)
    assert taken(FAMILIES["action"], due, due=due)[0] == ("near", 1, due - hours(reminder_before_due))


def test_a_reminder_before_due_without_the_half_keeps_its_distance():
    offsets = [parse_offset({"step": "s", "at": "3 days before due", "recipients": "chair", "effect": ""})]
    assert taken(offsets, START, due=START + hours(24)) == [("s", 1, START - hours(48))]


def test_a_reminder_of_a_day_clock_keeps_the_london_time_of_day():
    # due at the end of 25 October 2026, the 25-hour day; two days before is midnight too
    due = datetime(2026, 10, 26, tzinfo=UTC)
    two_days = [
        parse_offset({"step": "near", "at": "2 days before due", "recipients": "chair", "effect": ""})
    ]
    assert taken(two_days, due, due=due, kind=LONDON) == [("near", 1, datetime(2026, 10, 23, 23, tzinfo=UTC))]
    assert taken(two_days, due, due=due, kind=ELAPSED) == [("near", 1, datetime(2026, 10, 24, tzinfo=UTC))]


def test_a_clock_born_missed_has_all_its_steps_at_once():
    names = [name for name, _, _ in taken(FAMILIES["return"], START, due=START - hours(1))]
    assert names == ["due", "near"] or names == ["near", "due"]


def test_an_exercise_scales_the_hours_of_its_steps():
    assert taken(FAMILIES["response"], START + hours(3), due=START + hours(2), scale=Fraction(1, 24))[-1] == (
        "again",
        6,
        START + hours(3),
    )


@given(
    family=st.sampled_from(sorted(FAMILIES)),
    length=st.integers(min_value=-60, max_value=60 * 24 * 20),
    ticks=st.lists(st.integers(min_value=0, max_value=60 * 24 * 30), min_size=1, max_size=8),
    kind=st.sampled_from([ELAPSED, LONDON]),
)
def test_however_often_it_ticks_the_same_steps_are_taken_once_never_early(family, length, ticks, kind):
    offsets, due, done = FAMILIES[family], START + timedelta(minutes=length), set()
    for minutes in sorted(ticks):
        now = START + timedelta(minutes=minutes)
        steps = steps_due(kind, START, due, done, offsets, now)
        assert all(step.at <= now for step in steps)
        assert list(steps) == sorted(steps)
        new = {(step.step, step.number) for step in steps}
        assert len(new) == len(steps)
        assert not new & done
        done |= new
        assert steps_due(kind, START, due, done, offsets, now) == ()
    at_once = steps_due(kind, START, due, frozenset(), offsets, START + timedelta(minutes=max(ticks)))
    assert done == {(step.step, step.number) for step in at_once}


@given(
    family=st.sampled_from(sorted(FAMILIES)),
    length=st.integers(min_value=-60, max_value=60 * 24 * 10),
    until=st.integers(min_value=0, max_value=60 * 24 * 14),
)
def test_waking_only_at_the_next_step_misses_nothing(family, length, until):
    offsets, due, end = FAMILIES[family], START + timedelta(minutes=length), START + timedelta(minutes=until)
    done, now = set(), START
    while True:
        done |= {(step.step, step.number) for step in steps_due(ELAPSED, START, due, done, offsets, now)}
        wake = next_step_at(ELAPSED, START, due, done, offsets, now)
        if wake is None or wake > end:
            break
        assert wake > now
        now = wake
    at_once = steps_due(ELAPSED, START, due, frozenset(), offsets, end)
    assert done == {(step.step, step.number) for step in at_once}


def test_the_due_moment_is_always_a_moment_to_wake_at():
    just_after = START + hours(1) + timedelta(microseconds=1)
    for now in (START, START + hours(1)):
        assert next_step_at(ELAPSED, START, START + hours(1), frozenset(), [], now) == just_after
    assert next_step_at(ELAPSED, START, START + hours(1), frozenset(), [], START + hours(2)) is None
