"""London's calendar: days, working days, the two nights a year, and the words on the screen."""

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timekeeping import london

DATA = Path(__file__).parents[2] / "data"


def _rows(name):
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


HOLIDAYS = frozenset(date.fromisoformat(row["date"]) for row in _rows("bank_holidays_england_wales.csv"))
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2039, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2039, 1, 1))


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "row", _rows("working_day_vectors.csv"), ids=lambda row: f"{row['start_date']}+{row['working_days']}"
)
def test_working_days_agree_with_the_independent_vectors(row):
    start = date.fromisoformat(row["start_date"])
    assert london.add_working_days(start, int(row["working_days"]), HOLIDAYS) == date.fromisoformat(
        row["due_date"]
    )


def test_working_days_counted_back_are_those_strictly_before():
    wednesday = date(2026, 3, 4)
    assert london.add_working_days(wednesday, -2, HOLIDAYS) == date(2026, 3, 2)
    assert london.add_working_days(date(2026, 12, 29), -2, HOLIDAYS) == date(2026, 12, 23)


def test_no_working_days_is_the_same_day():
    assert london.add_working_days(date(2026, 3, 7), 0, HOLIDAYS) == date(2026, 3, 7)


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_a_working_day_counted_forward_is_open_and_later(day, count):
    due = london.add_working_days(day, count, HOLIDAYS)
    assert london.is_working_day(due, HOLIDAYS)
    between = (day + timedelta(days=n) for n in range(1, (due - day).days + 1))
    assert sum(london.is_working_day(one, HOLIDAYS) for one in between) == count


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_counting_back_undoes_counting_forward_from_an_open_day(day, count):
    start = london.add_working_days(day, 1, HOLIDAYS)
    there = london.add_working_days(start, count, HOLIDAYS)
    assert london.add_working_days(there, -count, HOLIDAYS) == start


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-07-01T22:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T23:00:00+00:00", date(2026, 7, 2)),
        ("2026-01-01T23:59:59+00:00", date(2026, 1, 1)),
        ("2026-06-30T19:30:00-04:00", date(2026, 7, 1)),
    ],
)
def test_the_london_day(moment, day):
    assert london.london_day(at(moment)) == day


@given(DAYS)
def test_a_day_holds_every_moment_from_its_start_to_its_end_and_no_other(day):
    start, end = london.day_starts(day), london.end_of_day(day)
    instant = timedelta(microseconds=1)
    assert london.london_day(start) == london.london_day(end - instant) == day
    assert london.london_day(start - instant) == day - timedelta(days=1)
    assert london.london_day(end) == day + timedelta(days=1)
    assert end - start in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))


def test_the_nights_the_clocks_change():
    assert london.end_of_day(date(2026, 3, 29)) - london.day_starts(date(2026, 3, 29)) == timedelta(hours=23)
    assert london.end_of_day(date(2026, 10, 25)) - london.day_starts(date(2026, 10, 25)) == timedelta(
        hours=25
    )


def test_24_hours_from_noon_before_the_clocks_go_back_is_11_the_next_morning():
    started = datetime(2026, 10, 24, 12, tzinfo=london.LONDON)
    assert london.add_hours(started, 24) == at("2026-10-25T11:00:00+00:00")
    assert london.add_hours(started, 24).tzinfo is UTC


@given(MOMENTS, st.integers(min_value=-200, max_value=200))
def test_hours_are_elapsed_hours_whatever_zone_they_were_given_in(moment, hours):
    for zone in (UTC, london.LONDON, timezone(timedelta(hours=-5))):
        assert london.add_hours(moment.astimezone(zone), hours) == moment + timedelta(hours=hours)


def test_the_same_time_on_another_day_keeps_the_hands_on_the_wall():
    noon = at("2026-10-24T11:00:00+00:00")
    assert london.same_time(noon, 1) == at("2026-10-25T12:00:00+00:00")
    assert london.same_time(london.same_time(noon, 1), -1) == noon


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 3), 3, date(2026, 6, 3)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_end_with_the_month(day, months, expected):
    assert london.add_months(day, months) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda moment: london.london_day(moment),
        lambda moment: london.add_hours(moment, 1),
        lambda moment: london.same_time(moment, 1),
        lambda moment: london.time_in_words(moment),
    ],
)
def test_a_moment_without_a_zone_is_refused(call):
    with pytest.raises(ValueError, match="time zone"):
        call(datetime(2026, 3, 3))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-03T14:30:00+00:00", "3 March 2026, 2:30pm"),
        ("2026-03-03T09:00:59+00:00", "3 March 2026, 9am"),
        ("2026-03-03T12:00:00+00:00", "3 March 2026, midday"),
        ("2026-03-03T12:05:00+00:00", "3 March 2026, 12:05pm"),
        ("2026-03-03T00:00:00+00:00", "3 March 2026, midnight"),
        ("2026-03-03T00:10:00+00:00", "3 March 2026, 12:10am"),
        ("2026-07-03T20:05:00+00:00", "3 July 2026, 9:05pm"),
    ],
)
def test_moments_in_words(moment, words):
    assert london.moment_in_words(at(moment)) == words


def test_the_zone_is_named_when_it_matters():
    before, after = at("2026-10-25T00:30:00+00:00"), at("2026-10-25T01:30:00+00:00")
    assert london.moment_in_words(before, zone=True) == "25 October 2026, 1:30am (BST)"
    assert london.moment_in_words(after, zone=True) == "25 October 2026, 1:30am (GMT)"
    assert london.zone_matters(before, after)
    assert not london.zone_matters(after, after + timedelta(hours=1))


def test_a_due_midnight_is_called_the_end_of_its_day():
    assert london.due_in_words(london.end_of_day(date(2026, 7, 3))) == "the end of 3 July 2026"
    assert london.due_in_words(at("2026-07-03T09:00:00+00:00")) == "3 July 2026, 10am"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=9, hours=23), "9 days left"),
        (timedelta(hours=72), "3 days left"),
        (timedelta(hours=71, minutes=59), "71 hours left"),
        (timedelta(hours=18, minutes=40), "18 hours left"),
        (timedelta(hours=6), "6 hours left"),
        (timedelta(hours=2, minutes=5), "2 hours 5 minutes left"),
        (timedelta(hours=2), "2 hours left"),
        (timedelta(hours=1, seconds=59), "1 hour left"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(0), "less than a minute left"),
        (timedelta(microseconds=-1), "less than a minute overdue"),
        (timedelta(hours=-1), "1 hour overdue"),
        (timedelta(days=-4), "4 days overdue"),
    ],
)
def test_the_time_left_in_words(left, words):
    now = at("2026-03-03T14:30:00+00:00")
    assert london.left_in_words(now + left, now) == words
