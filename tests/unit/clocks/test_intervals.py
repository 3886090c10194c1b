"""When a clock is due: every duration of the reference data, and the nights on which London's clocks change."""

import csv
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.refusals import Invalid
from clocks.rules import intervals
from clocks.rules.intervals import Duration, Interval, due_at, parse_duration, parse_interval
from timekeeping import london

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "data"


def _rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


ROWS = _rows(ROOT / "reference" / "data" / "clock_intervals.csv")
DURATIONS = {row["code"]: parse_interval(row) for row in ROWS}
HOLIDAYS = frozenset(
    date.fromisoformat(row["date"]) for row in _rows(FIXTURES / "bank_holidays_england_wales.csv")
)
MOMENTS = st.datetimes(min_value=datetime(2012, 1, 2), max_value=datetime(2028, 6, 1), timezones=st.just(UTC))


def at(text):
    return datetime.fromisoformat(text)


def due(kind, started, chosen=None, **more):
    return due_at(kind, at(started), DURATIONS, HOLIDAYS, chosen, **more)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("2h", Duration("hours", 2)),
        ("7d", Duration("days", 7)),
        ("1wd", Duration("working days", 1)),
        ("-2wd", Duration("working days", -2)),
        ("3m", Duration("months", 3)),
        ("moment", Duration("moment")),
        (" 48h ", Duration("hours", 48)),
        ("half of response", Duration("half", of="response")),
    ],
)
def test_a_duration_is_read(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "0h", "2", "h", "2 h", "-2h", "-1d", "-3m", "1.5h", "2w", "half", "half of ", "²h"]
)
def test_what_is_no_duration_is_refused_with_its_text(text):
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


def test_choices_keep_their_order():
    assert [choice.amount for choice in intervals.parse_choices("2h;4h;8h;12h")] == [2, 4, 8, 12]


def test_an_unknown_calendar_is_refused():
    with pytest.raises(ValueError, match="not a calendar: 'lunar'"):
        parse_interval(ROWS[0] | {"calendar": "lunar"})


def test_every_row_of_the_list_is_read():
    assert len(DURATIONS) == len(ROWS) == 35
    assert DURATIONS["judgement"].longest == Duration("hours", 72)
    assert DURATIONS["summit_alert"].longest is None
    assert not DURATIONS["views_reveal"].may_be_recorded_late
    assert DURATIONS["response_48"].may_be_recorded_late


@pytest.mark.parametrize(
    ("kind", "started", "expected"),
    [
        ("summit_alert", "2026-03-03T10:00:00+00:00", "2026-03-03T12:00:00+00:00"),
        ("judgement", "2026-03-03T10:00:00+00:00", "2026-03-05T10:00:00+00:00"),
        ("response_48", "2026-03-03T10:00:00+00:00", "2026-03-05T10:00:00+00:00"),
        # 24 elapsed hours over the night the clocks go back, and over the one they go forward
        ("response_24", "2026-10-24T12:00:00+01:00", "2026-10-25T11:00:00+00:00"),
        ("response_24", "2026-03-28T12:00:00+00:00", "2026-03-29T13:00:00+01:00"),
        # elapsed clocks do not stop for a bank holiday weekend
        ("response_48", "2026-04-03T20:00:00+01:00", "2026-04-05T20:00:00+01:00"),
        # a London day clock is due at the London midnight that ends its day
        ("follow_up", "2026-03-03T10:00:00+00:00", "2026-03-11T00:00:00+00:00"),
        ("follow_up", "2026-03-25T10:00:00+00:00", "2026-04-02T00:00:00+01:00"),
        ("follow_up", "2026-07-01T23:30:00+00:00", "2026-07-10T00:00:00+01:00"),
        ("new_director", "2026-11-30T10:00:00+00:00", "2027-03-01T00:00:00+00:00"),
        # working days, over Easter and over Christmas
        ("safeguard_child_notice", "2026-04-02T16:00:00+01:00", "2026-04-08T00:00:00+01:00"),
        ("minutes", "2026-12-21T16:00:00+00:00", "2026-12-31T00:00:00+00:00"),
        ("statutory_request", "2026-03-06T16:00:00+00:00", "2026-03-14T00:00:00+00:00"),
    ],
)
def test_the_due_moment(kind, started, expected):
    moment = due(kind, started)
    assert moment == at(expected)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "row", _rows(FIXTURES / "working_day_vectors.csv"), ids=lambda row: row["start_date"]
)
def test_a_working_day_clock_ends_with_the_day_of_the_vectors(row):
    kind = Interval(
        "k", "k", "working_days", (Duration("working days", int(row["working_days"])),), None, True
    )
    started = london.day_starts(date.fromisoformat(row["start_date"])) + timedelta(hours=15)
    assert due_at("k", started, {"k": kind}, HOLIDAYS) == london.end_of_day(
        date.fromisoformat(row["due_date"])
    )


@given(MOMENTS, st.sampled_from(["summit_alert", "judgement", "response_48", "response_24", "views_reveal"]))
def test_elapsed_hours_are_hours_from_whatever_zone(moment, kind):
    hours = DURATIONS[kind].choices[0].amount
    for zone in (UTC, london.LONDON):
        assert due_at(kind, moment.astimezone(zone), DURATIONS, HOLIDAYS) - moment == timedelta(hours=hours)


@given(
    MOMENTS,
    st.sampled_from(["follow_up", "minutes", "new_director", "safeguard_child_notice", "provider_notice"]),
)
def test_day_clocks_are_due_at_a_london_midnight_after_the_start(moment, kind):
    moment_due = due_at(kind, moment, DURATIONS, HOLIDAYS)
    assert moment_due > moment
    assert moment_due == london.day_starts(london.london_day(moment_due))


@pytest.mark.parametrize("hours", [2, 4, 8, 12])
def test_sooner_is_one_of_the_hours_offered(hours):
    assert due("response_sooner", "2026-03-03T10:00:00+00:00", f"{hours}h") == at(
        "2026-03-03T10:00:00+00:00"
    ) + (timedelta(hours=hours))


def test_a_time_within_the_longest_may_be_chosen_though_not_listed():
    assert due("response_sooner", "2026-03-03T10:00:00+00:00", "3h") == at("2026-03-03T13:00:00+00:00")
    assert due("judgement", "2026-03-03T10:00:00+00:00", "72h") == at("2026-03-06T10:00:00+00:00")
    assert due("follow_up", "2026-03-03T10:00:00+00:00", "14d") == at("2026-03-18T00:00:00+00:00")


@pytest.mark.parametrize(
    ("kind", "chosen", "sentence"),
    [
        ("response_48", "49h", "later than this clock may run"),
        ("judgement", "73h", "by 6 March 2026, 10am"),
        ("follow_up", "15d", "by the end of 17 March 2026"),
        ("judgement", at("2026-03-06T10:00:01+00:00"), "later than this clock may run"),
        ("judgement", at("2026-03-03T10:00:00+00:00"), "after it started"),
        ("impact", at("2026-03-02T10:00:00+00:00"), "after it started"),
        ("impact", "12h", "one of the times offered"),
        ("summit_alert", at("2026-03-03T11:00:00+00:00"), "time for this is fixed"),
        ("summit_alert", date(2026, 3, 4), "time for this is fixed"),
        ("action", None, "Say when it is due"),
        ("action", "moment", "Say when it is due"),
        ("return_due", None, "which day it is counted back from"),
    ],
)
def test_a_choice_that_is_not_offered_is_refused_with_a_sentence(kind, chosen, sentence):
    with pytest.raises(Invalid) as refusal:
        due(kind, "2026-03-03T10:00:00+00:00", chosen)
    assert sentence in refusal.value.errors["chosen"]


def test_a_moment_given_is_kept():
    assert due("action", "2026-03-03T10:00:00+00:00", at("2026-07-04T10:30:00+01:00")) == at(
        "2026-07-04T09:30:00+00:00"
    )
    assert due("impact", "2026-03-03T10:00:00+00:00") == at("2026-03-04T10:00:00+00:00")


def test_a_day_given_ends_with_that_day():
    assert due("action", "2026-03-03T10:00:00+00:00", date(2026, 7, 4)) == at("2026-07-05T00:00:00+01:00")
    assert due("statutory_request", "2026-03-03T10:00:00+00:00", at("2026-07-04T10:30:00+01:00")) == at(
        "2026-07-05T00:00:00+01:00"
    )


@pytest.mark.parametrize("meeting", [date(2026, 4, 8), at("2026-04-08T14:00:00+01:00")])
def test_a_return_is_counted_back_from_the_meeting(meeting):
    # two working days before the Wednesday after Easter: the Thursday before it
    assert due("return_due", "2026-03-03T10:00:00+00:00", meeting) == london.end_of_day(date(2026, 4, 2))


def test_the_ring_has_half_of_the_response_time_and_at_most_12_hours():
    start = "2026-03-03T10:00:00+00:00"
    assert due("ring", start, timedelta(hours=24)) == at("2026-03-03T22:00:00+00:00")
    assert due("ring", start, timedelta(hours=48)) == at("2026-03-03T22:00:00+00:00")
    assert due("ring", start, timedelta(hours=4)) == at("2026-03-03T12:00:00+00:00")


def test_a_half_without_a_longest_is_half():
    kind = Interval("k", "k", "elapsed", (Duration("half", of="response"),), None, True)
    assert due_at("k", at("2026-03-03T10:00:00+00:00"), {"k": kind}, HOLIDAYS, timedelta(hours=48)) == at(
        "2026-03-04T10:00:00+00:00"
    )


def test_mistakes_of_the_programmer_are_not_sentences_for_a_person():
    with pytest.raises(ValueError, match="no clock is called 'egg'"):
        due("egg", "2026-03-03T10:00:00+00:00")
    with pytest.raises(ValueError, match="needs the length"):
        due("ring", "2026-03-03T10:00:00+00:00")
    with pytest.raises(ValueError, match="not a part"):
        due("judgement", "2026-03-03T10:00:00+00:00", timedelta(hours=1))
    with pytest.raises(ValueError, match="not a duration"):
        due("judgement", "2026-03-03T10:00:00+00:00", "soon")


@pytest.mark.parametrize(
    ("calendar", "text"),
    [("elapsed", "3m"), ("elapsed", "1wd"), ("london_day", "2h"), ("working_days", "moment")],
)
def test_a_unit_that_a_calendar_cannot_count_is_refused(calendar, text):
    with pytest.raises(ValueError, match="cannot count"):
        intervals.add_duration(at("2026-03-03T10:00:00+00:00"), parse_duration(text), calendar, HOLIDAYS)


def test_days_of_an_elapsed_clock_are_24_hours_each():
    assert intervals.add_duration(
        at("2026-10-24T12:00:00+01:00"), Duration("days", 1), "elapsed", HOLIDAYS
    ) == at("2026-10-25T11:00:00+00:00")


@given(MOMENTS, st.sampled_from(sorted(set(DURATIONS) - {"action", "ring", "return_due"})))
def test_the_default_is_never_later_than_the_longest(moment, kind):
    limit = intervals.longest_at(DURATIONS[kind], moment, HOLIDAYS)
    assert limit is None or due_at(kind, moment, DURATIONS, HOLIDAYS) <= limit


def test_an_exercise_runs_its_day_in_an_hour():
    assert due("judgement", "2026-03-03T10:00:00+00:00", scale=Fraction(1, 24)) == at(
        "2026-03-03T12:00:00+00:00"
    )
