"""An administrator enters a provider that the files lack, whole, with and without scripts, and by the keyboard."""

import pytest
from playwright.sync_api import Page, expect

from access.principal import clockwork
from accounts.models import User
from agencies.models import PortalRole, QualitySurveillanceGroup
from agencies.operations import load_bodies
from providers.models import Provider
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, person
from timekeeping import portal_now


@pytest.fixture
def administrator(transactional_db) -> User:
    load_lists()
    now = portal_now()
    load_bodies(by=clockwork(now), now=now)
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    return admin


def choose(page: Page, name: str, label: str, text: str) -> None:
    """Choose from a long list, which scripts make searchable."""
    box = page.get_by_role("combobox", name=label)
    if box.evaluate("box => box.tagName") == "SELECT":
        page.locator(f"select[name={name}]").select_option(label=text)
    else:
        box.fill(text)
        page.get_by_role("option", name=text, exact=True).click()


def go_on(page: Page, last: str) -> None:
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check what will happen")).to_be_visible()
    page.get_by_role("button", name=last).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_provider_is_entered_whole(live_server, browser_as, looks_right, administrator, scripts):
    look = looks_right if scripts else lambda *a: None
    page: Page = browser_as(administrator, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/providers/")
    page.get_by_role("link", name="Add a provider").click()
    look(page, "provider-new")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look(page, "provider-new-empty")
    page.get_by_label("Name", exact=True).fill("Fictional Mill House")
    choose(page, "kind", "What kind is it?", "Care home")
    page.get_by_label("Open", exact=True).check()
    page.get_by_label("Postcode").fill("OL1 2JH")
    go_on(page, "Add the provider")
    expect(page.get_by_text("Say next who buys from it")).to_be_visible()
    look(page, "provider-entry-empty")
    page.get_by_role("button", name="Say who buys from it").click()
    choose(page, "agency", "Which body buys from it?", "NHS Oldham CCG")
    page.get_by_role("group", name="Does it lead for the others?").get_by_label("Yes").check()
    page.get_by_label("How much of what it gives does this body buy?").fill("120")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look(page, "commissioner-too-much")
    page.get_by_label("How much of what it gives does this body buy?").fill("60")
    page.get_by_role("button", name="Continue").click()
    look(page, "commissioner-words")
    page.get_by_role("button", name="Enter it").click()
    page.get_by_role("button", name="Say in whose area it stands").click()
    name = QualitySurveillanceGroup.objects.get(team__ods_code="Q46").name
    choose(page, "qsg", "In which group's area does it stand?", name)
    go_on(page, "Place it there")
    page.get_by_role("button", name="Enter the licence").click()
    page.get_by_label("Where is it published?").fill("The public register")
    go_on(page, "Enter the licence")
    page.get_by_role("button", name="Add a place").click()
    page.get_by_label("Name", exact=True).fill("East wing")
    go_on(page, "Add the place")
    look(page, "provider-entry-whole")
    page.get_by_role("button", name="Correct the entry").click()
    page.get_by_label("Name", exact=True).fill("Fictional Mill Hall")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("“Fictional Mill House” becomes “Fictional Mill Hall”")).to_be_visible()
    page.get_by_role("button", name="Save the correction").click()
    mill = Provider.objects.get(name="Fictional Mill Hall")
    page.goto(f"{live_server.url}/providers/{mill.pk}/")
    expect(page.get_by_text("Formerly Fictional Mill House")).to_be_visible()
    expect(page.get_by_text("It was called Fictional Mill House until then")).to_be_visible()
    look(page, "provider-page-published")
