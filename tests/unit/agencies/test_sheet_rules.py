"""What a row of a sheet says, and which rows are bad."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.sheets import rules
from agencies.sheets.rules import Row, Told, Unsound, wanted

ROLES = {"reader": "Reader", "agency_lead": "Lead for the body"}
SEATS = {"chair": "Chair", "representative": "Representative"}
ROLE = {
    rules.EMAIL: " Ann.Lee@Example.org ",
    rules.NAME: "Ann  Lee",
    rules.BODY: "NHS Example CCG",
    rules.ROLE: "lead for the BODY",
}
SEAT = {
    **ROLE,
    rules.ROLE: "",
    rules.GROUP: "Example QSG",
    rules.SEAT: "chair",
    rules.CLEARED: "Yes",
}


def read(cells: dict[str, str], **changed: str):
    return wanted(Row(2, {**cells, **changed}), roles=ROLES, seats=SEATS)


def test_a_row_about_a_role_and_one_about_a_seat_are_read():
    row = read(ROLE, **{rules.FIRST: "2026-03-03", rules.LAST: "31/3/2026"})
    assert (row.email, row.name, row.role, row.seat) == ("ann.lee@example.org", "Ann Lee", "agency_lead", "")
    assert (row.first, row.ends_on) == (date(2026, 3, 3), date(2026, 4, 1))
    seat = read(SEAT)
    assert (seat.group, seat.seat, seat.cleared, seat.first, seat.ends_on) == (
        "Example QSG",
        "chair",
        True,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("cells", "changed", "why"),
    [
        (ROLE, {rules.EMAIL: ""}, "no e-mail address"),
        (ROLE, {rules.EMAIL: "ann at example"}, "no e-mail address"),
        (ROLE, {rules.NAME: " "}, "“Full name” is blank"),
        (ROLE, {rules.BODY: ""}, "“Body” is blank"),
        (ROLE, {rules.ROLE: ""}, "either a role, or a group and a seat"),
        (SEAT, {rules.ROLE: "Reader"}, "either a role, or a group and a seat"),
        (SEAT, {rules.GROUP: ""}, "both the group and the seat"),
        (SEAT, {rules.SEAT: ""}, "both the group and the seat"),
        (ROLE, {rules.ROLE: "king"}, "must be one of: Reader, Lead for the body"),
        (SEAT, {rules.SEAT: "throne"}, "must be one of: Chair, Representative"),
        (SEAT, {rules.CLEARED: "perhaps"}, "must be yes or no"),
        (ROLE, {rules.CLEARED: "yes"}, "yes only of a seat"),
        (ROLE, {rules.FIRST: "March"}, "“First day” is no date"),
        (ROLE, {rules.LAST: "2026-02-30"}, "“Last day” is no real date"),
        (ROLE, {rules.LAST: "1999-02-20"}, "outside the years"),
        (ROLE, {rules.FIRST: "2026-03-03", rules.LAST: "2026-03-02"}, "ends before it starts"),
    ],
)
def test_a_bad_row_says_why(cells, changed, why):
    with pytest.raises(Unsound, match=why):
        read(cells, **changed)


def test_what_was_wrong_in_reading_stays_wrong():
    with pytest.raises(Unsound, match="a formula"):
        wanted(Row(2, ROLE, "It holds a formula."), roles=ROLES, seats=SEATS)


def test_a_row_may_begin_and_end_on_one_day():
    assert read(ROLE, **{rules.FIRST: "2026-03-03", rules.LAST: "2026-03-03"}).ends_on == date(2026, 3, 4)


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_as_it_was_written(day):
    assert rules.day_in(day.isoformat(), rules.FIRST) == day
    assert rules.day_in(f"{day.day}/{day.month}/{day.year}", rules.FIRST) == day


@given(text=st.text(max_size=20))
def test_any_other_text_is_a_day_or_a_sentence(text):
    try:
        said = rules.day_in(text, rules.FIRST)
    except Unsound as fault:
        said = str(fault)
    assert said is None or isinstance(said, date) or said.startswith("“First day”")


def test_one_address_is_one_persons():
    one, same = read(ROLE), read(ROLE, **{rules.NAME: "ANN LEE"})
    other = wanted(Row(3, {**ROLE, rules.NAME: "Bob May"}), roles=ROLES, seats=SEATS)
    assert rules.of_two_people([one, same]) == {}
    assert rules.of_two_people([one, other]) == {
        3: "Row 2 gives this address to Ann Lee. Two people never share one."
    }


def told(*outcomes: str) -> dict[str, int]:
    return rules.counted(Told(outcome, number, "Ann", "") for number, outcome in enumerate(outcomes))


def test_what_applying_will_do_is_counted():
    assert rules.said(told("new", "unchanged"))[0].startswith("Rows: new 1; changed 0; ended 0; unchanged 1.")
    assert rules.said(told("unchanged"))[-1] == "There is nothing to change."
    assert "go on with the good rows only" in rules.said(told("new", "bad"))[-1]
    assert rules.said(told("bad"))[1] == "Bad rows: 1. Correct them and send the sheet again."
