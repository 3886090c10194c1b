"""What the portal does with its lists, and what it cannot do without."""

import pytest

from reference.columns import code_of
from reference.files import read_table
from reference.operations import DATA
from reference.rules import LISTS
from reference.steering import STEERS, codes_held, done_with, faults, naming, steers, unheld, unread

SHIPPED = {code: [row for _, row in read_table(DATA / f"{code}.csv")[0]] for code in LISTS}


def without(list_code: str, *codes: str) -> dict:
    left = [row for row in SHIPPED[list_code] if code_of(list_code, row) not in codes]
    return {**SHIPPED, list_code: left}


def row_of(list_code: str, key: str, /, **changed: str) -> dict:
    (row,) = (one for one in SHIPPED[list_code] if code_of(list_code, one) == key)
    return {**row, **changed}


def new_faults(lists: dict) -> set[str]:
    return faults(lists) - faults(SHIPPED)


def test_the_lists_that_ship_lack_nothing():
    assert faults(SHIPPED) == set()


def test_every_row_that_ships_can_be_worked_by():
    wrong = {
        (code, code_of(code, row)): found
        for code, rows in SHIPPED.items()
        for row in rows
        if (found := unread(code, row, row))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", sorted(STEERS))
def test_a_list_that_steers_says_so_in_a_sentence_and_cannot_be_emptied(code: str):
    assert all(one.endswith(".") and one[0].isupper() for one in done_with(code))
    assert f"“{LISTS[code].label}” would have no row left, and the portal works by it." in new_faults(
        {**SHIPPED, code: []}
    )


def test_a_list_that_is_only_shown_may_be_emptied():
    assert done_with("plain_words") == []
    assert new_faults({**SHIPPED, "plain_words": []}) == set()


@pytest.mark.parametrize(
    ("list_code", "code"),
    [
        ("severity_scale", "serious"),
        ("severity_scale", "critical"),
        ("severity_scale", "not_known"),
        ("clock_intervals", "response_48"),
        ("clock_intervals", "access_review"),
        ("clock_intervals", "go_and_look_level"),
        ("surveillance_levels", "enhanced"),
        ("notification_policy", "summit alert"),
        ("agency_kinds", "cqc"),
        ("provider_kinds", "care_home"),
        ("outcome_codes", "collective_judgement:actual"),
        ("outcome_codes", "stated_view:cannot_by_law"),
        ("ring_holder_suits", "default"),
        ("source_kinds", "other"),
        ("confidence_scale", "disproved"),
    ],
)
def test_what_the_portal_names_by_its_code_is_needed(list_code: str, code: str):
    found = new_faults(without(list_code, code))
    assert any(f"The portal needs “{code}” in “{LISTS[list_code].label}”" in one for one in found)


@pytest.mark.parametrize(
    ("list_code", "code"),
    [
        ("severity_scale", "moderate"),
        ("confidence_scale", "heard"),
        ("source_kinds", "media"),
        ("agency_kinds", "police"),
    ],
)
def test_what_nothing_names_may_end(list_code: str, code: str):
    assert new_faults(without(list_code, code)) == set()


def test_every_outcome_of_closing_cannot_end():
    closing = [
        code_of("outcome_codes", row) for row in SHIPPED["outcome_codes"] if row["list"] == "concern_close"
    ]
    assert any(
        "with which a concern can be closed" in one for one in new_faults(without("outcome_codes", *closing))
    )
    assert new_faults(without("outcome_codes", closing[0])) == set()


def test_a_family_of_clocks_tells_somebody_and_does_what_its_app_does():
    steps = [code_of("clock_steps", row) for row in SHIPPED["clock_steps"] if row["clock"] == "action"]
    assert any("nobody would be told" in one for one in new_faults(without("clock_steps", *steps)))
    (reveals,) = (
        code_of("clock_steps", row) for row in SHIPPED["clock_steps"] if row["effect"] == "views revealed"
    )
    assert any("“views revealed” happens" in one for one in new_faults(without("clock_steps", reveals)))


def test_a_row_that_names_what_no_list_holds_is_a_fault():
    found = new_faults(without("meeting_series", "asc_info_sharing"))
    assert any("names “asc_info_sharing”, which would stand on no list." in one for one in found)
    assert unheld("agency_kinds", row_of("agency_kinds", "ccg", successor="nobody"), SHIPPED) == {
        "successor": "“nobody” stands on no list on that day. Choose one that does."
    }
    assert unheld("ring_holder_suits", row_of("ring_holder_suits", "default"), SHIPPED) == {}
    assert (
        unheld("agency_kinds", {**row_of("agency_kinds", "ccg"), "code": "new", "successor": "new"}, SHIPPED)
        == {}
    )
    assert "response" in codes_held(SHIPPED, ("clock_intervals.family",))


@pytest.mark.parametrize(
    ("list_code", "code", "changed", "column"),
    [
        ("clock_intervals", "response_48", {"amount": "0h"}, "amount"),
        ("clock_intervals", "response_48", {"amount": "soon"}, "amount"),
        ("clock_intervals", "response_48", {"amount": "5wd"}, "amount"),
        ("clock_intervals", "response_48", {"amount": "72h"}, "amount"),
        ("clock_intervals", "response_48", {"amount": "99999999999d"}, "amount"),
        ("clock_intervals", "response_48", {"amount": "moment"}, "amount"),
        ("clock_intervals", "response_48", {"longest": "moment"}, "longest"),
        ("clock_intervals", "response_48", {"longest": "half of response"}, "longest"),
        ("clock_intervals", "response_48", {"family": "judgement"}, "family"),
        ("clock_steps", "response:half", {"at": "sometime"}, "at"),
        ("clock_steps", "response:half", {"recipients": "archbishop"}, "recipients"),
        ("notification_policy", "summit alert", {"quiet_hours": "sometimes"}, "quiet_hours"),
        ("surveillance_levels", "enhanced", {"default_review_days": "93"}, "default_review_days"),
        ("surveillance_levels", "enhanced", {"max_review_days": "0"}, "default_review_days"),
        ("surveillance_levels", "enhanced", {"default_review_days": "0"}, "default_review_days"),
        ("breach_patterns", "repeated", {"default_threshold": "twice"}, "default_threshold"),
        ("breach_patterns", "repeated", {"default_threshold": "2 in 0 days"}, "default_threshold"),
        (
            "source_kinds",
            "media",
            {"counts_as_independent_origin": "perhaps"},
            "counts_as_independent_origin",
        ),
        ("severity_scale", "moderate", {"code": "very_moderate_indeed_"}, "code"),
        ("outcome_codes", "collective_judgement:actual", {"code": "a_very_long_judgement"}, "code"),
    ],
)
def test_what_an_app_cannot_work_by_is_said_beside_its_column(
    list_code: str, code: str, changed: dict[str, str], column: str
):
    found = unread(list_code, row_of(list_code, code, **changed), row_of(list_code, code))
    assert list(found) == [column]
    assert found[column].endswith((".", "met."))


@pytest.mark.parametrize(
    ("list_code", "code", "changed"),
    [
        ("clock_intervals", "response_48", {"amount": "36h", "longest": ""}),
        ("clock_intervals", "minutes", {"amount": "moment"}),
        ("clock_steps", "response:half", {"at": "60 % of the duration"}),
        ("breach_patterns", "repeated", {"default_threshold": "3 inspections in 365 days"}),
        ("outcome_codes", "referral:closed", {"code": "a_very_long_code_of_another_list"}),
    ],
)
def test_what_can_be_worked_by_is_taken(list_code: str, code: str, changed: dict[str, str]):
    assert unread(list_code, row_of(list_code, code, **changed), row_of(list_code, code)) == {}


def test_a_kind_of_source_that_is_protected_stays_so():
    (protected,) = [row for row in SHIPPED["source_kinds"] if row["protected_by_default"] == "yes"][:1]
    found = unread("source_kinds", {**protected, "protected_by_default": "no"}, protected)
    assert "stays so" in found["protected_by_default"]
    open_kind = row_of("source_kinds", "media")
    assert unread("source_kinds", {**open_kind, "protected_by_default": "yes"}, open_kind) == {}


def test_rows_that_name_a_body_are_counted_by_list():
    lists = {
        "membership_rules": [{"member_kind_codes": ["ccg"]}, {"member_kind_codes": ["cqc"]}],
        "duty_rules": [{"who_owes_codes": [], "to_whom_codes": ["ccg"]}],
        "plain_words": [{}],
    }
    assert naming(lists, "agency_kinds", "ccg") == {"Who belongs to a group": 1, "Duties to tell": 1}
    assert naming(lists, "agency_kinds", "police") == {}
    assert naming(lists, "severity_scale", "ccg") == {}


def test_nobody_steers_by_a_list_that_there_is_not():
    with pytest.raises(KeyError):
        steers("no_such_list", "Nothing.")
