"""A body is to close: opened at the desk, offered by its lead, answered at the successor, closed; with and without scripts."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Agency
from providers.models import Provider
from tests.concerned import NOON
from tests.successors import TODAY, Closing, closing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db, freeze, settings) -> Closing:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return closing(freeze(NOON))


def fill_day(page: Page, day: date) -> None:
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part).fill(str(value))


def sure(page: Page, submit: str, look, name: str) -> None:
    """Go on, read what will happen, and say yes."""
    page.get_by_role("button", name="Continue").click()
    yes(page, submit, look, name)


def yes(page: Page, submit: str, look, name: str) -> None:
    """Read what will happen, and say yes."""
    expect(page.get_by_text("Check what will happen")).to_be_visible()
    look(page, name)
    page.get_by_role("button", name=submit, exact=True).click()
    expect(page.get_by_role("heading", name="Succession of NHS Example CCG")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_order_to_the_closing(world, live_server, browser_as, looks_right, scripts):
    look = looks_right if scripts else lambda *a: None
    world.accepted_action()
    world.concern(by="lead")
    Agency.objects.filter(pk=world.ccg.pk).update(said_to_close_on=TODAY)
    desk = browser_as(world.desk, java_script_enabled=scripts)
    desk.goto(live_server.url)
    look(desk, "home-of-the-desk")
    desk.get_by_role("link", name="Say who takes the place of 1 body").click()
    look(desk, "successions-proposed")
    desk.get_by_role("link", name="Open the succession of NHS Example CCG").click()
    fill_day(desk, TODAY)
    look(desk, "succession-open")
    desk.get_by_label("Who takes its place?").select_option(label="NHS Neighbour CCG")
    desk.get_by_label("On what does this rest?").fill("The Example (Establishment) Order")
    sure(desk, "Open the succession", look, "succession-open-check")
    look(desk, "succession-desk")
    here = desk.url

    lead = browser_as(world.region.people["lead"], java_script_enabled=scripts)
    lead.goto(here)
    look(lead, "succession-closing-lead")
    for kind in ("Intelligence, as a whole", "Open actions asked of it"):
        lead.goto(here)
        section = lead.locator(f"h2:has-text('{kind}') ~ p a[role=button]").first
        section.click()
        look(lead, f"succession-hand-on-{kind.split()[0].strip(',').lower()}")
        sure(lead, "Offer it", look, f"succession-hand-on-check-{kind.split()[0].strip(',').lower()}")

    administrator = browser_as(world.heir_administrator, java_script_enabled=scripts)
    administrator.goto(here)
    look(administrator, "succession-heir-administrator")
    administrator.get_by_role("link", name=re.compile("Accept.*Everybody who acts for it")).click()
    look(administrator, "succession-people")
    administrator.get_by_label("Wes Worker").check()
    sure(administrator, "Accept it", look, "succession-people-check")
    administrator.get_by_role("link", name=re.compile("Accept.*Representative at North QSG")).click()
    administrator.get_by_label("Who sits there?").select_option(label="Wes Worker")
    sure(administrator, "Accept it", look, "succession-seat-check")
    administrator.get_by_role("link", name=re.compile("Accept.*All its entries")).click()
    sure(administrator, "Accept it", look, "succession-posts-check")

    heir = browser_as(world.heir_lead, java_script_enabled=scripts)
    heir.goto(here)
    look(heir, "succession-heir-lead")
    heir.get_by_role("link", name=re.compile("Decline.*All the care it buys")).click()
    heir.get_by_label("Why is it declined?").fill("Not yet: the contracts are being read.")
    sure(heir, "Decline it", look, "succession-decline-check")
    desk.goto(here)
    expect(desk.get_by_text("Not yet: the contracts are being read.")).to_be_visible()
    desk.get_by_role("link", name=re.compile("Offer it to a successor.*All the care it buys")).click()
    desk.get_by_label("NHS Neighbour CCG").check()
    sure(desk, "Offer it", look, "succession-elsewhere-check")
    desk.get_by_role("link", name=re.compile("Take it back.*All the care it buys")).click()
    look(desk, "succession-take-back")
    yes(desk, "Take it back", look, "succession-take-back-check")
    heir.goto(f"{live_server.url}/inbox/")
    expect(heir.get_by_text("was offered to NHS Neighbour CCG").first).to_be_visible()
    look(heir, "succession-told")
    desk.get_by_role("link", name=re.compile("Offer it to a successor.*All the care it buys")).click()
    desk.get_by_label("NHS Neighbour CCG").check()
    sure(desk, "Offer it", look, "succession-elsewhere-check")
    heir.goto(here)
    while heir.get_by_role("link", name=re.compile("^Accept")).count():
        heir.get_by_role("link", name=re.compile("^Accept")).first.click()
        look(heir, "succession-accept")
        sure(heir, "Accept it", look, "succession-accept-check")
    expect(heir.get_by_text("Nothing here waits for you.")).to_be_visible()

    desk.goto(here)
    desk.get_by_role("button", name="Close the body").click()
    yes(desk, "Close it", look, "succession-close-check")
    expect(desk.get_by_text("Done: the body has closed")).to_be_visible()
    look(desk, "succession-done")
    desk.goto(f"{live_server.url}/directory/{world.ccg.pk}/")
    expect(desk.get_by_text("Its place was taken by")).to_be_visible()
    look(desk, "succession-directory")
    heir.goto(f"{live_server.url}/concerns/")
    expect(heir.get_by_role("link", name="Falls on one ward")).to_be_visible()


def test_a_provider_and_what_took_its_place(world, live_server, browser_as, looks_right):
    old = Provider.objects.create(
        name="Fictional Old Trust", kind="nhs_trust", ods_code="RBA", fictional=True
    )
    Provider.objects.create(name="Fictional New Trust", kind="nhs_trust", ods_code="RH5", fictional=True)
    page = browser_as(world.desk)
    page.goto(f"{live_server.url}/providers/{old.pk}/")
    page.get_by_role("link", name="Who took whose place").click()
    looks_right(page, "provider-succession")
    page.get_by_role("button", name="Say which provider took its place").click()
    looks_right(page, "provider-link")
    page.get_by_role("button", name="Continue").click()
    looks_right(page, "provider-link-check")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Its place was taken by")).to_be_visible()
    looks_right(page, "provider-linked")
