"""The lists in a real browser: read, searched, changed from a day on and undone; accessible, narrow, without scripts."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from agencies.models import PortalRole
from reference.models import Entry
from reference.operations import load_lists, row
from tests.integration.agencies.conftest import LAST_YEAR, person
from timekeeping import portal_now
from timekeeping.london import day_in_words, london_day


@pytest.fixture
def administrator(transactional_db):
    load_lists()
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    return admin


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_changes_a_row_from_a_day_on(
    live_server, browser_as, looks_right, administrator, scripts: bool
):
    tomorrow = london_day(portal_now()) + timedelta(days=1)
    page: Page = browser_as(administrator, java_script_enabled=scripts)
    look = looks_right if scripts else lambda *_: None
    page.goto(f"{live_server.url}/about/rules/")
    look(page, "rules")
    page.get_by_role("link", name="Powers of each body").click()
    page.get_by_label("With the words").fill("enter view")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 of 59 rows")).to_be_visible()
    look(page, "list-powers-found")
    page.goto(f"{live_server.url}/about/rules/severity_scale/")
    look(page, "list-severity")
    page.get_by_role("link", name="Low", exact=True).click()
    look(page, "list-row")
    page.get_by_role("button", name="Change it from a day on").click()
    page.get_by_label("Label").fill("")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Enter label").first).to_be_visible()
    look(page, "list-change-wrong")
    page.get_by_label("Label").fill("Slight")
    page.get_by_label("It is a judgement").check()
    page.get_by_label("Why?").fill("Low sounded like nothing.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Label: “Slight” instead of “Low”.")).to_be_visible()
    look(page, "list-change-check")
    page.get_by_role("button", name="Make the change").click()
    expect(page.get_by_text(f"From {day_in_words(tomorrow)}, this row is changed.")).to_be_visible()
    look(page, "list-row-planned")
    assert row("severity_scale", "low", tomorrow)["label"] == "Slight"
    page.goto(f"{live_server.url}/about/rules/")
    look(page, "rules-planned")
    page.get_by_role("link", name="How serious").first.click()
    page.get_by_role("link", name="Undo this").click()
    look(page, "list-undo")
    page.get_by_role("button", name="Undo it").click()
    assert row("severity_scale", "low", tomorrow)["label"] == "Low"


def test_a_row_is_added_and_what_is_needed_cannot_end(live_server, browser_as, looks_right, administrator):
    page: Page = browser_as(administrator)
    page.goto(f"{live_server.url}/about/rules/tools_and_levers/")
    page.get_by_role("button", name="Add a row").click()
    looks_right(page, "list-add")
    page.get_by_role("combobox", name="Kind of body").fill("clinical comm")
    page.get_by_role("option", name="Clinical commissioning group (ccg)").click()
    page.get_by_label("Intervening").check()
    page.get_by_label("Power").fill("Breach of contract")
    page.get_by_label("Where does it come from?").fill("The wish of the groups")
    page.get_by_label("It is a judgement").check()
    page.get_by_label("Why?").fill("It is used.")
    page.get_by_role("button", name="Continue").click()
    expect(
        page.get_by_text("The list has “ccg:intervening:Breach of contract” on that day").first
    ).to_be_visible()
    looks_right(page, "list-add-wrong")
    page.get_by_label("Power").fill("Stop new referrals")
    page.get_by_role("button", name="Continue").click()
    looks_right(page, "list-add-check")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stop new referrals")
    serious = Entry.objects.get(list_code="severity_scale", code="serious")
    page.goto(f"{live_server.url}/about/rules/rows/{serious.pk}/end/")
    looks_right(page, "list-end")
    page.get_by_label("Why?").fill("Too strong a word.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The portal needs “serious”").first).to_be_visible()
    looks_right(page, "list-end-refused")
