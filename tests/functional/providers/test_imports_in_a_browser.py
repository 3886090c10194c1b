"""An administrator brings two vintages of a national file in, with and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from agencies.models import PortalRole
from providers.models import Provider
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, person
from tests.integration.providers.imports import FILES, JANUARY, MARCH, trusts


@pytest.fixture
def administrator(transactional_db) -> User:
    load_lists()
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    return admin


@pytest.mark.parametrize("scripts", [True, False])
def test_two_vintages_are_brought_in(live_server, browser_as, looks_right, administrator, scripts):
    look = looks_right if scripts else lambda *a: None
    page: Page = browser_as(administrator, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/providers/")
    page.get_by_role("link", name="Imports of the national files").click()
    look(page, "imports-none")
    page.get_by_role("button", name="Bring in a file").click()
    look(page, "import-new")
    page.get_by_role("button", name="Preview the differences").click()
    look(page, "import-nothing-chosen")
    bring_in(page, FILES / JANUARY)
    expect(page.get_by_text("Nothing has changed yet")).to_be_visible()
    apply(page)
    page.goto(f"{live_server.url}/providers/imports/new/")
    bring_in(page, FILES / MARCH)
    look(page, "import-new-rows")
    page.get_by_role("link", name="Closed: 6").click()
    expect(page.get_by_text("Pennine Acute Hospitals NHS Trust")).to_be_visible()
    expect(page.get_by_text("30 September 2021")).to_be_visible()
    page.get_by_role("link", name="Changed: 8").click()
    look(page, "import-changed-rows")
    apply(page, look)
    look(page, "import-applied")
    assert Provider.objects.get(ods_code="RYR").name == "University Hospitals Sussex NHS Foundation Trust"
    page.goto(f"{live_server.url}/providers/?q=western+sussex+hospitals")
    expect(page.get_by_text("formerly Western Sussex Hospitals NHS Foundation Trust")).to_be_visible()
    look(page, "finder-formerly")


def test_bad_rows_are_a_choice_and_a_preview_can_be_set_aside(
    live_server, browser_as, looks_right, administrator
):
    page: Page = browser_as(administrator)
    page.goto(f"{live_server.url}/providers/imports/new/")
    given = trusts(("RX1", "FIRST"), ("X", "NO CODE"), ("RX2", '=HYPERLINK("https://example.org","A")'))
    bring_in(page, {"name": "etr.csv", "mimeType": "text/csv", "buffer": given})
    expect(page.get_by_text("code “X” is not that of an NHS trust")).to_be_visible()
    looks_right(page, "import-bad-rows")
    page.get_by_role("button", name="Apply this import").click()
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_text("Bad rows: 1. Nothing was applied").first).to_be_visible()
    looks_right(page, "import-bad-rows-refused")
    page.get_by_label("Apply the good rows only").check()
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_text("the good rows only")).to_be_visible()
    page.goto(f"{live_server.url}/providers/imports/new/")
    bring_in(page, {"name": "later.csv", "mimeType": "text/csv", "buffer": given})
    page.get_by_role("button", name="Set it aside").click()
    looks_right(page, "import-set-aside")
    page.get_by_role("button", name="Set it aside").click()
    expect(page.get_by_text("NHS trusts: later.csv")).to_be_visible()
    looks_right(page, "imports")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_an_older_file_opens_again_stands_first_and_is_ticked(
    live_server, browser_as, looks_right, administrator, scripts
):
    look = looks_right if scripts else lambda *a: None
    page: Page = browser_as(administrator, java_script_enabled=scripts)
    closed = trusts(("RX1", "FIRST"), ("RX2", "SECOND"), c12="20200930")
    for given in (closed, trusts(("RX1", "FIRST"), ("RX2", "OTHER"))):
        page.goto(f"{live_server.url}/providers/imports/new/")
        bring_in(page, {"name": "etr.csv", "mimeType": "text/csv", "buffer": given})
        if given == closed:
            apply(page)
    expect(page.get_by_text("Reopened: 2")).to_be_visible()
    look(page, "import-reopened-rows")
    page.get_by_role("button", name="Apply this import").click()
    expect(page.get_by_text("2 that are closed here will be open again.")).to_be_visible()
    page.get_by_role("button", name="Apply it").click()
    expect(
        page.get_by_text("Closed here and open in the file: 2. Nothing was applied.").first
    ).to_be_visible()
    look(page, "import-reopened-refused")
    page.get_by_label("Open again what is closed here and open in the file").check()
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_text("Applied").first).to_be_visible()
    assert set(Provider.objects.values_list("name", "status")) == {("First", "open"), ("Other", "open")}


def bring_in(page: Page, file: object) -> None:
    page.get_by_label("NHS trusts", exact=True).check()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Preview the differences").click()


def apply(page: Page, look=lambda *a: None) -> None:
    page.get_by_role("button", name="Apply this import").click()
    look(page, "import-apply")
    page.get_by_role("button", name="Apply it").click()
    expect(page.get_by_text("Applied").first).to_be_visible()
