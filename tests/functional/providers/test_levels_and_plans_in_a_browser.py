"""A chair sets a level and says what the provider was told; a commissioner plans a closure and a council confirms it."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Agency
from tests.concerned import NOON, region

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 3, 3)


@pytest.fixture
def world(transactional_db, freeze, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Agency.objects.create(kind="local_authority", name="Far Council", telephone="01632 960777")
    return region(freeze(NOON))


def fill_day(page: Page, legend: str, day: date) -> None:
    box = page.get_by_role("group", name=legend)
    box.get_by_label("Day").fill(str(day.day))
    box.get_by_label("Month").fill(str(day.month))
    box.get_by_label("Year").fill(str(day.year))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_level_and_the_providers_part(world, live_server, browser_as, looks_right, scripts):
    look = looks_right if scripts else lambda *a: None
    page = browser_as(world.chair, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/level/{world.north.pk}/?to=enhanced")
    page.get_by_label("Why?").fill("Falls go on.")
    page.locator("select[name=follows]").select_option(str(world.cqc.pk), force=True)
    page.get_by_label("What must be so for it to end?").fill("No fall in eight weeks.\nTwo on every night.")
    page.get_by_label("Which concerns does the group rely on?").fill("Three concerns.")
    page.get_by_label("What was put to the provider").fill("The figures.")
    page.get_by_role("radio", name="By the group, at a meeting").check()
    fill_day(page, "On which day did the group meet?", TODAY)
    page.get_by_role("button", name="Set this level").click()
    expect(page.get_by_text("It is not recorded that the provider was told.")).to_be_visible()
    look(page, "level-enhanced")
    page.get_by_role("link", name="Propose not to tell the provider yet").click()
    look(page, "level-withhold")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the provider is not told yet")
    page.get_by_label("Why is the provider not told yet?").fill("An inspection is under way.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("A second person must agree").first).to_be_visible()

    second = browser_as(world.secretariat, java_script_enabled=scripts)
    second.goto(page.url)
    look(second, "level-proposed")
    second.get_by_role("link", name="Refuse: the provider is told").click()
    look(second, "level-refuse")
    second.get_by_role("button", name="I refuse").click()
    expect(second.get_by_role("alert")).to_contain_text("Say why the provider is to be told")
    second.get_by_label("Why is the provider to be told?").fill("It has asked us what we mean to do.")
    second.get_by_role("button", name="I refuse").click()
    expect(second.get_by_text("It has asked us what we mean to do.")).to_be_visible()
    look(second, "level-refused")
    page.reload()
    page.get_by_role("link", name="Propose not to tell the provider yet").click()
    page.get_by_label("Why is the provider not told yet?").fill("An inspection is under way until Friday.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("A second person must agree").first).to_be_visible()
    second.reload()
    second.get_by_role("link", name="Agree that the provider is not told yet").click()
    look(second, "level-agree")
    second.get_by_role("button", name="I agree").click()
    expect(second.get_by_text("Not told yet, decided by Chas Chair and Sec Tariat")).to_be_visible()

    page.reload()
    page.get_by_role("link", name="Record how the provider was told in writing").click()
    fill_day(page, "Which day does it bear?", TODAY)
    page.get_by_label("Who wrote it?").fill("The chair, for the group")
    page.get_by_label("What was written?").fill("The level, the reasons, and what must be so for it to end.")
    look(page, "level-told-form")
    page.get_by_role("button", name="Record the letter").click()
    page.get_by_role("link", name="Say what is met").click()
    page.get_by_role("radio", name="Two on every night.").check()
    page.get_by_label("What shows it?").fill("Rotas of four weeks.")
    look(page, "level-met-form")
    page.get_by_role("button", name="Save this").click()
    expect(page.get_by_text("Rotas of four weeks.")).to_be_visible()
    look(page, "level-told")

    page.get_by_role("button", name="Set another level").click()
    page.get_by_label("More information wanted").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("checkbox", name="Two on every night.")).to_be_checked()
    look(page, "level-lower")
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    page.get_by_text("Every level that it had").click()
    look(page, "provider-with-level")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_closure_is_planned_and_a_council_confirms(world, live_server, browser_as, looks_right, scripts):
    look = looks_right if scripts else lambda *a: None
    page = browser_as(world.lead, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    page.get_by_role("link", name="Plan a closure or the hand-back of a contract").click()
    look(page, "plan-make")
    page.get_by_role("button", name="Draft the plan").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what it is")
    page.get_by_role("radio", name="Closure of a service").check()
    page.get_by_label("What ends and why").fill("The owner closes the ward block at the end of April.")
    fill_day(page, "On which day is it expected to end?", date(2026, 4, 30))
    page.get_by_label("How many people are affected?").fill("14")
    page.get_by_role("checkbox", name="Everyone with a seat in North QSG").check()
    page.get_by_role("button", name="Draft the plan").click()
    expect(page.get_by_text("No council is named yet.")).to_be_visible()

    for typed, people in (("Example", "9"), ("Far", "2")):
        page.get_by_role("link", name="Name a council, or change its number").click()
        page.get_by_label("Find another council").fill(typed)
        page.get_by_role("button", name="Find").click()
        page.get_by_role("radio", name=f"{typed} Council").check()
        page.get_by_label("How many people does it place there?").fill(people)
        look(page, "plan-council")
        page.get_by_role("button", name="Name this council").click()
    expect(page.get_by_text("Of 14, 11 are placed by the councils named; 3 are not.")).to_be_visible()
    page.get_by_role("button", name="Tell the councils").click()
    look(page, "plan-tell")
    page.get_by_role("button", name="Tell them now").click()
    page.get_by_role("link", name="Add alternative places").click()
    page.get_by_label("Find a provider").fill("Fictional care")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("radio", name="Fictional Care Home").check()
    page.get_by_label("How many places does it offer?").fill("6")
    fill_day(page, "From which day?", date(2026, 4, 1))
    look(page, "plan-place")
    page.get_by_role("button", name="Add these places").click()

    council = browser_as(world.social_worker, java_script_enabled=scripts)
    council.goto(page.url)
    look(council, "plan-council-asked")
    council.get_by_role("button", name="We have read it").click()
    council.get_by_role("button", name="We have read it").click()
    expect(council.get_by_text("confirmed by Sol Worker")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Told, and not confirmed that they read it:")).to_be_visible()
    look(page, "plan")
    page.get_by_role("link", name="Name a council, or change its number").click()
    page.get_by_role("radio", name="Example Council").check()
    page.get_by_label("How many people does it place there?").fill("10")
    look(page, "plan-number")
    page.get_by_role("button", name="Name this council").click()
    expect(page.get_by_text("Example Council: 10, until now 9")).to_be_visible()
    look(page, "plan-number-changed")
    council.goto(page.url)
    council.get_by_role("button", name="We have read it").click()
    council.get_by_role("button", name="We have read it").click()
    page.reload()
    page.get_by_role("link", name="Record that it was told by telephone").click()
    page.get_by_label("Who answered there?").fill("Duty manager, adult social care")
    look(page, "plan-rung")
    page.get_by_role("button", name="Record the call").click()
    page.get_by_role("link", name="Say what becomes of it").click()
    page.get_by_role("radio", name="Being carried out").check()
    page.get_by_label("How did it come to that?").fill("Agreed by both councils.")
    look(page, "plan-state")
    page.get_by_role("button", name="Save this").click()
    expect(page.get_by_text("The plan began to be carried out")).to_be_visible()
    look(page, "plan-running")
    page.goto(f"{live_server.url}/providers/plans/")
    look(page, "plans")
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    look(page, "provider-with-plan")

    stranger = browser_as(world.stranger, java_script_enabled=scripts)
    stranger.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    expect(stranger.get_by_text("Closure of a service")).to_have_count(0)
