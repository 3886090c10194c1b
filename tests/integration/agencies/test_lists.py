"""Editing a list, and the cast of 2013."""

from datetime import date

import pytest

from access.principal import clockwork
from access.refusals import Invalid, NotPermitted
from agencies import operations
from audit.models import Line
from reference import operations as lists
from tests.integration.agencies.conftest import TODAY, World


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    lists.load_lists()


def test_an_edit_ends_one_row_and_starts_another(world: World):
    operations.change_row(
        by=world.by_portal,
        now=world.now,
        list_code="severity_scale",
        code="low",
        on=TODAY,
        data={"label": "Slight"},
    )
    assert lists.row("severity_scale", "low", TODAY)["label"] == "Slight"
    assert lists.row("severity_scale", "low", date(2026, 3, 2))["label"] == "Low"
    assert Line.objects.get().detail == {
        "list": "severity_scale",
        "code": "low",
        "columns": ["label"],
        "from": "2026-03-03",
    }


@pytest.mark.parametrize(
    ("more", "field"),
    [({"on": date(2026, 3, 2)}, "on"), ({"code": "no such"}, "code"), ({"data": {"colour": "red"}}, "data")],
)
def test_an_edit_that_makes_no_sense_is_refused_in_words(world: World, more: dict, field: str):
    given = {"list_code": "severity_scale", "code": "low", "on": TODAY, "data": {"label": "Slight"}}
    with pytest.raises(Invalid) as refused:
        operations.change_row(by=world.by_portal, now=world.now, **{**given, **more})
    assert list(refused.value.errors) == [field]


def test_only_who_looks_after_the_lists_edits_them(world: World):
    with pytest.raises(NotPermitted):
        operations.change_row(
            by=world.by_body, now=world.now, list_code="severity_scale", code="low", on=TODAY, data={}
        )
    with pytest.raises(NotPermitted):
        operations.stand_as_in_2013(by=world.by_body, now=world.now)


def test_the_cast_of_2013_goes_on_and_its_successors_wait(world: World):
    by = clockwork(world.now)
    assert {"ccg", "monitor"}.isdisjoint(row["code"] for row in lists.rows("agency_kinds", TODAY))
    changed = operations.stand_as_in_2013(by=by, now=world.now)
    kinds = {row["code"] for row in lists.rows("agency_kinds", TODAY)}
    assert {"ccg", "monitor", "nhs_tda", "nhs_england_area_team", "letb", "sab"} <= kinds
    assert {"icb", "nhs_improvement", "safeguarding_partners"}.isdisjoint(kinds)
    rules = {row["key"] for row in lists.rows("membership_rules", TODAY)}
    assert {"local:ccg", "local:monitor", "regional:nhs_tda"} <= rules
    assert "local:icb" not in rules
    assert "cqc_monitor" in {row["code"] for row in lists.rows("meeting_series", TODAY)}
    assert "agency_kinds:ccg" in changed
    assert operations.stand_as_in_2013(by=by, now=world.now) == []
