"""The lists through the API: which there are, their rows on a day, and the powers of a body."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reference.operations import load_lists
from reference.rules import LISTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists(world) -> None:
    load_lists()


def test_every_list_is_told_with_what_is_done_with_it(program) -> None:
    told = {one["code"]: one for one in program("reader").get("lists/").json()["lists"]}
    assert set(told) == set(LISTS)
    assert told["severity_scale"]["columns"][:3] == ["code", "rank", "label"]
    assert told["severity_scale"]["does"]
    assert told["plain_words"]["does"] == []


def test_the_rows_are_those_of_the_day(program) -> None:
    asking = program("reader")
    rows = asking.get("list-rows/?list=agency_kinds&page_size=100").json()["results"]
    assert "ccg" not in {one["key"] for one in rows}
    then = asking.get("list-rows/?list=agency_kinds&page_size=100&on=2014-01-01").json()["results"]
    (ccg,) = (one for one in then if one["key"] == "ccg")
    assert list(ccg["columns"])[:3] == ["code", "label", "plain_role"]
    assert (ccg["name"], ccg["effective_to"], ccg["status"], ccg["changed_here"]) == (
        "Clinical commissioning group",
        "2022-06-30",
        "paper",
        False,
    )
    assert "list_codes" not in ccg["columns"]
    every = asking.get("list-rows/?page_size=2").json()
    assert len(every["results"]) == 2
    assert every["next"]


def test_what_cannot_be_asked_is_refused(program) -> None:
    for query in ("list=no_such_list", "on=yesterday", "colour=red"):
        assert program("reader").get(f"list-rows/?{query}").status_code == 400


def test_a_body_is_told_with_its_role_and_powers(world, program) -> None:
    told = program("reader").get(f"agencies/{world.cqc.pk}/").json()
    assert "Warning notice" in {one["power"] for one in told["powers"]}
    assert {one["purpose"] for one in told["powers"]} == {"monitoring", "intervening"}
    assert told["statutory_role"]
    assert (told["may_trigger_summit"], told["may_lead_response"]) == ("yes", "no")


def test_what_hangs_on_a_provider_is_fetched_once_for_those_that_are_told(world, program) -> None:
    """What was found by its name is looked up for its key alone."""
    asking = program("reader")
    with CaptureQueriesContext(connection) as queries:
        assert asking.get("providers/?q=hospital").json()["results"]
    assert sum('FROM "providers_licence"' in one["sql"] for one in queries) == 1
