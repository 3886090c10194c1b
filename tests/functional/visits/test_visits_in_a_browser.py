"""Bodies plan visits at one provider, see where they fall together, and ask who holds what: each in a browser."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.concerned import NOON, region

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db, freeze, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return region(freeze(NOON))


def fill_day(page: Page, legend: str, day: date) -> None:
    box = page.get_by_role("group", name=legend)
    box.get_by_label("Day").fill(str(day.day))
    box.get_by_label("Month").fill(str(day.month))
    box.get_by_label("Year").fill(str(day.year))


def plan(page: Page, kind: str, first: date, last: date, *, unannounced: bool = False) -> None:
    page.get_by_role("link", name="Plan a visit").click()
    page.get_by_role("radio", name=kind).check()
    page.get_by_role("radio", name="No, it is" if unannounced else "Yes, it is").check()
    fill_day(page, "From which day?", first)
    fill_day(page, "Until which day?", last)
    page.get_by_label("What is it for?").fill("To look at the wards at night.")
    page.get_by_role("button", name="Plan this visit").click()


def share_with_the_group(page: Page) -> None:
    page.get_by_role("link", name="Share it with more people").click()
    page.get_by_label("Everyone with a seat in North QSG").check()
    page.get_by_label("Why may you share it?").select_option("functions")
    page.get_by_role("button", name="Share it", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_bodies_meet_in_the_calendar_and_go_together(
    world, live_server, browser_as, looks_right, scripts
) -> None:
    look = looks_right if scripts else lambda *a: None
    address = f"{live_server.url}/providers/{world.provider.pk}/"
    inspector = browser_as(world.inspector, java_script_enabled=scripts)
    council = browser_as(world.social_worker, java_script_enabled=scripts)
    worker = browser_as(world.worker, java_script_enabled=scripts)

    worker.goto(address)
    plan(worker, "Review", date(2026, 3, 11), date(2026, 3, 11), unannounced=True)
    expect(worker.get_by_text("Speak of this to nobody")).to_be_visible()
    look(worker, "visit-unannounced")
    worker.get_by_role("link", name="Name people on it").click()
    expect(worker.get_by_label("Everyone with a seat in North QSG")).to_have_count(0)
    look(worker, "visit-name-people")

    inspector.goto(address)
    inspector.get_by_role("link", name="Plan a visit").click()
    look(inspector, "visit-plan")
    inspector.get_by_role("button", name="Plan this visit").click()
    expect(inspector.get_by_role("alert")).to_contain_text("Say on which day it begins")
    look(inspector, "visit-plan-refused")
    inspector.goto(address)
    plan(inspector, "Inspection", date(2026, 3, 10), date(2026, 3, 12))
    expect(inspector.get_by_role("heading", name="Inspection: Fictional Hospital")).to_be_visible()
    share_with_the_group(inspector)
    look(inspector, "visit")

    council.goto(address)
    plan(council, "Contract monitoring visit", date(2026, 3, 12), date(2026, 3, 13))
    expect(council.get_by_role("region", name="Before you go on")).to_contain_text("Care Quality Commission")
    look(council, "visit-before")
    council.get_by_role("button", name="Plan it as it stands").click()
    share_with_the_group(council)
    look(council, "visit-clash")
    council.get_by_role("link", name="Propose to Care Quality Commission to go together").click()
    look(council, "visit-propose")
    council.get_by_label("What do you propose?").fill("Let us both go on the 12th.")
    council.get_by_role("button", name="Propose it").click()

    inspector.goto(f"{live_server.url}/visits/?month=2026-03")
    expect(inspector.get_by_text("Same days")).to_have_count(2)
    look(inspector, "visits-month")
    inspector.get_by_role("link", name="To come").click()
    look(inspector, "visits-to-come")
    inspector.get_by_role("link", name="Inspection: Fictional Hospital").click()
    inspector.get_by_role("link", name="Answer Example Council").click()
    look(inspector, "visit-answer")
    inspector.get_by_role("radio", name="Yes: their body goes along").check()
    inspector.get_by_role("button", name="Answer").click()
    expect(inspector.get_by_text("Together with")).to_be_visible()
    look(inspector, "visit-joint")

    inspector.goto(address)
    expect(inspector.get_by_role("heading", name="Visits and requests to come")).to_be_visible()
    look(inspector, "provider-with-visits")
    assert "Review by" not in inspector.content()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_body_learns_who_holds_it_before_it_asks(
    world, live_server, browser_as, looks_right, scripts
) -> None:
    look = looks_right if scripts else lambda *a: None
    address = f"{live_server.url}/providers/{world.provider.pk}/"

    def ask(page: Page) -> None:
        page.goto(address)
        page.get_by_role("link", name="Ask it for information").click()
        if scripts:
            page.get_by_role("combobox", name="What kind of information?").fill("rota")
            page.get_by_role("option", name="Staffing, rotas and vacancies").click()
        else:
            page.get_by_label("What kind of information?").select_option("staffing")
        page.get_by_label("What exactly?").fill("The rotas of all wards.")
        fill_day(page, "Covering the time from", date(2026, 1, 1))
        fill_day(page, "Until", date(2026, 1, 31))
        fill_day(page, "By which day is it to answer?", date(2026, 3, 17))
        page.get_by_role("button", name="Enter this request").click()

    council = browser_as(world.social_worker, java_script_enabled=scripts)
    ask(council)
    look(council, "request")
    council.get_by_role("link", name="Share it with more people").click()
    council.get_by_label("Everyone with a seat in North QSG").check()
    council.get_by_label("Why may you share it?").select_option("functions")
    council.get_by_role("button", name="Share it", exact=True).click()
    council.get_by_role("button", name="The provider answered").click()
    fill_day(council, "On which day did the provider answer?", date(2026, 3, 3))
    council.get_by_label("Where is the answer held").fill("The contracts team, ask for the night rotas.")
    look(council, "request-answered")
    council.get_by_role("button", name="Save").click()

    worker = browser_as(world.worker, java_script_enabled=scripts)
    ask(worker)
    told = worker.get_by_role("region", name="Somebody already holds this")
    expect(told).to_contain_text("The contracts team")
    look(worker, "request-held")
    told.get_by_role("link", name="Staffing, rotas and vacancies").click()
    expect(worker.get_by_text("Ask Example Council for this")).to_be_visible()
    worker.goto(f"{live_server.url}/visits/requests/?provider={world.provider.pk}")
    look(worker, "requests")


def test_what_narrows_a_list_gives_way_to_a_small_screen_without_scripts(world, live_server, browser_as):
    world.north.name = (
        "Bristol, North Somerset, Somerset and South Gloucestershire Quality Surveillance Group"
    )
    world.north.save()
    page = browser_as(world.worker, java_script_enabled=False, viewport={"width": 320, "height": 640})
    for address in ("/visits/", "/visits/list/", "/visits/requests/"):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
