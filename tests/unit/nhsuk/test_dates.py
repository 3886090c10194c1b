from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from nhsuk.forms import DateField, MomentField


def typed(day="", month="", year="", **more):
    return {"day": day, "month": month, "year": year, **more}


@pytest.mark.parametrize("month", ["3", "03", "March", "mar"])
def test_a_day_is_read_from_three_boxes(month):
    assert DateField(label="Day").clean(typed("3", month, "2026")) == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("parts", "sentence", "marked"),
    [
        (typed("3", "", "2026"), "The day must include a month", ("month",)),
        (typed("", "", "2026"), "The day must include a day and a month", ("day", "month")),
        (typed("31", "2", "2026"), "The day must be a real date", ("day", "month", "year")),
        (typed("3", "3", "26"), "The day must have a year of 4 numbers, for example 2026", ("year",)),
        (typed("3", "3", "20266"), "The day must have a year of 4 numbers, for example 2026", ("year",)),
        (typed("3", "3", "1026"), "The day must have a year from 1900 to 2100", ("year",)),
        (typed("32", "13", "99999"), "The day must be a real date", ("day", "month", "year")),
        (typed("1" * 9_000, "3", "2026"), "The day must be a real date", ("day", "month", "year")),
        (typed("x", "3", "2026"), "The day must be written in numbers, for example 3 11 2026", ("day",)),
        (typed("٣", "3", "2026"), "The day must be written in numbers, for example 3 11 2026", ("day",)),
    ],
)
def test_a_broken_day_says_which_box_and_why(parts, sentence, marked):
    with pytest.raises(ValidationError) as refused:
        DateField(label="The day").clean(parts)
    assert refused.value.message == sentence
    assert refused.value.parts == marked


def test_an_empty_day_may_be_left_out_when_it_is_optional():
    assert DateField(label="Day", required=False).clean(typed()) is None
    with pytest.raises(ValidationError):
        DateField(label="Day").clean(typed())


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2:30pm", 14, 30),
        ("2.30 PM", 14, 30),
        ("14:30", 14, 30),
        ("1430", 14, 30),
        ("9am", 9, 0),
        ("12am", 0, 0),
        ("12pm", 12, 0),
        ("0900", 9, 0),
        ("02:30", 2, 30),
        ("0230", 2, 30),
        ("02.30", 2, 30),
        ("2:30am", 2, 30),
        ("2 p.m.", 14, 0),
    ],
)
def test_a_time_may_be_typed_in_many_ways(text, hour, minute):
    moment = MomentField(label="When").clean(typed("10", "1", "2026", time=text))
    assert moment == datetime(2026, 1, 10, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "9", "25:00", "12:60", "13pm", "0am", "noon", "14:3", "9:00:00"])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(ValidationError) as refused:
        MomentField(label="When").clean(typed("10", "1", "2026", time=text))
    assert refused.value.parts == ("time",)


@pytest.mark.parametrize("text", ["2:30", "230", "2.30", "9", "2:30 GMT"])
def test_a_time_that_could_be_morning_or_evening_asks_which(text):
    with pytest.raises(ValidationError) as refused:
        MomentField(label="When").clean(typed("10", "1", "2026", time=text))
    assert refused.value.message == "When must say am or pm, or have 4 numbers such as 02:30 or 14:30"


def test_summer_time_is_londons():
    moment = MomentField(label="When").clean(typed("24", "10", "2026", time="12:00"))
    assert moment == datetime(2026, 10, 24, 11, 0, tzinfo=UTC)


def test_an_hour_that_comes_twice_asks_which():
    field = MomentField(label="When")
    with pytest.raises(ValidationError, match="came twice"):
        field.clean(typed("25", "10", "2026", time="1:30am"))
    assert field.clean(typed("25", "10", "2026", time="1:30am BST")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert field.clean(typed("25", "10", "2026", time="1:30am GMT")) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


def test_an_hour_that_never_was_is_refused():
    with pytest.raises(ValidationError, match="went forward"):
        MomentField(label="When").clean(typed("29", "3", "2026", time="1:30am"))


def test_a_zone_that_london_was_not_on_is_refused():
    with pytest.raises(ValidationError, match="not on BST"):
        MomentField(label="When").clean(typed("10", "1", "2026", time="9am BST"))


@pytest.mark.parametrize(
    "moment", [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]
)
def test_a_stored_moment_is_shown_so_that_it_reads_back_the_same(moment):
    field = MomentField(label="When")
    assert field.clean(field.typed_from(moment)) == moment
