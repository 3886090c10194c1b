"""A regulator enters what it published, corrects and ends it; somebody else reads it."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from providers.models import Location, Rating, Registration
from tests.concerned import NOON, region

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)


@pytest.fixture
def world(transactional_db, freeze, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = region(freeze(NOON))
    second = Location.objects.create(provider=made.provider, name="Fictional Annexe", postcode="OL1 1AA")
    five = dict.fromkeys(("safe", "effective", "caring", "responsive", "well_led"), "good")
    for place, overall, report_on in (
        (made.location, "requires_improvement", TODAY - 100 * DAY),
        (second, "inadequate", TODAY - 400 * DAY),
    ):
        Registration.objects.create(
            location=place, source="CQC file", registered_on=date(2012, 1, 2), beds=30,
            last_inspected_on=report_on - 20 * DAY, services=["Care home service without nursing"],
        )  # fmt: skip
        Rating.objects.create(
            location=place, source="CQC file", current=True, overall=overall, report_on=report_on, **five
        )
        Rating.objects.create(
            location=place,
            source="CQC file",
            current=False,
            overall="good",
            report_on=report_on - 500 * DAY,
            safe="good",
        )
    return made


def fill_day(page: Page, legend: str, day: date) -> None:
    box = page.get_by_role("group", name=legend)
    box.get_by_label("Day").fill(str(day.day))
    box.get_by_label("Month").fill(str(day.month))
    box.get_by_label("Year").fill(str(day.year))


@pytest.mark.parametrize("scripts", [True, False])
def test_from_published_to_ended(world, live_server, browser_as, looks_right, scripts):
    look = looks_right if scripts else lambda *a: None
    page = browser_as(world.inspector, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    look(page, "provider-with-ratings")
    page.get_by_role("link", name="Regulatory record").click()
    expect(page.get_by_text("Inspectors may depart from the rule.").first).to_be_visible()
    look(page, "regulatory-record")
    page.get_by_role("button", name="Enter what was published").click()
    look(page, "regulatory-record-enter")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what was done")
    look(page, "regulatory-record-enter-refused")
    page.locator("select[name=kind]").select_option("warning_notice", force=True)
    page.locator("select[name=location]").select_option("whole", force=True)
    page.get_by_role("radio", name="Warning notice").check()
    page.get_by_label("What was published?").fill("Medicines were not given safely.")
    page.get_by_label("Which standards were breached?").fill("Regulation 12\nRegulation 17\nRegulation 18")
    fill_day(page, "When was the inspection", TODAY - 300 * DAY)
    fill_day(page, "By when must it be put right?", TODAY - 200 * DAY)
    page.get_by_role("checkbox", name="We judged this breach significant").check()
    fill_day(page, "From which day is it in force?", TODAY - 280 * DAY)
    fill_day(page, "When was it published?", TODAY - 270 * DAY)
    page.get_by_label("Where is it published?").fill("https://www.cqc.org.uk/example")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_text("It is entered.")).to_be_visible()
    expect(page.get_by_text("Consider what keeps this from being put right")).to_be_visible()
    look(page, "regulatory-record-entered")

    page.get_by_role("link", name="Correct this").click()
    page.get_by_role("radio", name="An appeal is made and not decided").check()
    page.get_by_label("What was wrong, or what is new?").fill("An appeal was made")
    look(page, "regulatory-record-correct")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("It is corrected.")).to_be_visible()
    page.get_by_role("link", name="End this").click()
    fill_day(page, "From which day is it no longer in force?", TODAY)
    look(page, "regulatory-record-end")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("It is ended, and stays in the record.")).to_be_visible()
    page.get_by_text("How it stood before").click()
    expect(page.get_by_text("Changed because: An appeal was made")).to_be_visible()
    look(page, "regulatory-record-ended")

    reader = browser_as(world.reader, java_script_enabled=scripts)
    reader.goto(f"{live_server.url}/providers/{world.provider.pk}/record/")
    expect(reader.get_by_text("Medicines were not given safely.").first).to_be_visible()
    expect(reader.get_by_role("link", name="Correct this")).to_have_count(0)
