"""What may be entered in a regulatory record, by whom, and how it stands."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from providers.register.rules import actions as rules
from providers.register.rules.actions import (
    ALLOWED,
    COMING,
    DISMISSED,
    ENDED,
    IN_FORCE,
    KINDS,
    SET_ASIDE,
    Facts,
    check,
    kinds_of,
    lines_of,
    listed_as,
    put_right_in_time,
    standing,
    tidied,
)
from reference.files import read_table
from reference.operations import DATA

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)
HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
WARNING = "cqc:intervening:Warning notice"

USUAL = Facts(
    kind="warning_notice",
    about="Care was not safe.",
    starts_on=TODAY - 10 * DAY,
    published_on=TODAY - 5 * DAY,
    published_where="https://www.cqc.org.uk/example",
    power=WARNING,
)


def wrong(facts: Facts = USUAL, body: str = "cqc", **changed) -> dict[str, str]:
    return check(replace(facts, **changed), body_kind=body, powers={WARNING}, locations={HERE}, today=TODAY)


def test_a_whole_entry_has_nothing_wrong() -> None:
    assert wrong() == {}
    assert (
        wrong(
            location=HERE, standards=("Regulation 12",), inspected_on=TODAY, comply_by=TODAY, significant=True
        )
        == {}
    )
    assert wrong(power="other", power_said="A power of 1948") == {}
    assert wrong(ends_on=TODAY + DAY) == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "licence"}, "kind"),
        ({"kind": "nonsense"}, "kind"),
        ({"location": ELSEWHERE}, "location"),
        ({"power": "monitor:intervening:Licence"}, "power"),
        ({"power": "other"}, "power_said"),
        ({"power": "other", "power_said": "  "}, "power_said"),
        ({"about": " "}, "about"),
        ({"about": "x" * 4001}, "about"),
        ({"published_where": ""}, "published_where"),
        ({"published_where": "x" * 201}, "published_where"),
        ({"standards": ("x" * 201,)}, "standards"),
        ({"standards": tuple(f"Regulation {number}" for number in range(31))}, "standards"),
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": USUAL.starts_on}, "ends_on"),
        ({"published_on": None}, "published_on"),
        ({"published_on": TODAY + DAY}, "published_on"),
        ({"inspected_on": TODAY + DAY}, "inspected_on"),
        ({"comply_by": TODAY - 11 * DAY}, "comply_by"),
        ({"appeal": "nonsense"}, "appeal"),
    ],
)
def test_each_thing_that_is_wrong_is_said_beside_its_field(changed, field) -> None:
    assert set(wrong(**changed)) == {field}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"standards": ("Regulation 12",)}, "standards"),
        ({"inspected_on": TODAY}, "inspected_on"),
        ({"comply_by": TODAY}, "comply_by"),
        ({"significant": True}, "significant"),
    ],
)
def test_what_is_no_breach_names_none(changed, field) -> None:
    assert wrong(kind="registration", power="other", power_said="Registration") == {}
    assert set(wrong(kind="registration", power="other", power_said="Registration", **changed)) == {field}


def test_a_breach_says_which_standard_and_at_which_inspection() -> None:
    assert set(wrong(kind="breach")) == {"standards", "inspected_on"}


def test_nobody_enters_another_bodys_power() -> None:
    for kind, one in KINDS.items():
        for body in (
            "cqc",
            "monitor",
            "nhs_tda",
            "nhs_england",
            "ccg",
            "local_authority",
            "local_healthwatch",
        ):
            said = wrong(kind=kind, body=body)
            assert ("kind" in said) == (body not in one.bodies)
    assert kinds_of("local_healthwatch") == kinds_of("hee") == {}


def test_every_body_named_is_a_kind_of_agency_and_every_regulator_has_a_kind_of_entry() -> None:
    table, problems = read_table(DATA / "agency_kinds.csv")
    assert not problems
    known = {row["code"] for _, row in table}
    named = frozenset().union(*(one.bodies for one in KINDS.values()))
    assert named <= known
    assert {"cqc", "monitor", "nhs_tda", "nhs_england", "ccg", "icb", "local_authority"} <= named


def test_a_successor_and_a_part_have_the_powers_that_the_list_names() -> None:
    assert listed_as("nhs_improvement") == ("monitor", "nhs_tda")
    assert listed_as("nhs_england_area_team") == listed_as("nhs_england_regional_team") == ("nhs_england",)
    assert listed_as("icb") == ("ccg",)
    assert listed_as("cqc") == ("cqc",)


def test_standards_are_read_one_a_line_and_each_once() -> None:
    assert lines_of(" Regulation  12 \n\nRegulation 13\nRegulation 12\n") == (
        "Regulation 12",
        "Regulation 13",
    )
    assert rules.standard_key("Regulation 12: Safe care") == rules.standard_key("regulation 12 - safe care.")


def test_a_listed_power_needs_no_words() -> None:
    facts = tidied(replace(USUAL, power_said="left over", about=" x ", published_where=" y "))
    assert (facts.power_said, facts.about, facts.published_where) == ("", "x", "y")
    assert tidied(replace(USUAL, power="other", power_said=" z ")).power_said == "z"


@pytest.mark.parametrize(
    ("starts", "ends", "appeal", "expected"),
    [
        (-1, None, "none", IN_FORCE),
        (0, None, "made", IN_FORCE),
        (1, None, "none", COMING),
        (-5, 0, "none", ENDED),
        (-5, 1, DISMISSED, IN_FORCE),
        (-5, None, ALLOWED, SET_ASIDE),
        (-5, -1, ALLOWED, SET_ASIDE),
    ],
)
def test_how_it_stands(starts, ends, appeal, expected) -> None:
    ends_on = None if ends is None else TODAY + ends * DAY
    assert standing(starts_on=TODAY + starts * DAY, ends_on=ends_on, appeal=appeal, today=TODAY) == expected


@pytest.mark.parametrize(
    ("ends", "comply", "expected"),
    [(0, 0, True), (-3, 2, True), (0, -1, False), (1, 2, False), (None, 2, False), (0, None, False)],
)
def test_a_temporary_dip_is_a_breach_put_right_by_its_day(ends, comply, expected) -> None:
    days = [None if one is None else TODAY + one * DAY for one in (ends, comply)]
    assert put_right_in_time(ends_on=days[0], comply_by=days[1], today=TODAY) is expected
