"""The directory, a group's seats, people and the finder in a real browser: accessible, narrow, without scripts."""

import pytest
from playwright.sync_api import Page, expect

from access.principal import clockwork
from agencies.models import Agency, Post, QSGMember, QualitySurveillanceGroup
from agencies.operations import load_bodies, stand_as_in_2013
from providers.operations import load_providers
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, agreed, belongs, person, signs, sits
from timekeeping import portal_now


@pytest.fixture
def administrator(transactional_db):
    """A portal administrator, in a directory that holds the real bodies and providers."""
    from agencies.models import PortalRole

    now = portal_now()
    by = clockwork(now)
    load_lists()
    stand_as_in_2013(by=by, now=now)
    load_bodies(by=by, now=now)
    load_providers(by=by, now=now)
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    ann = person("Ann Lee")
    ccg = Agency.objects.get(ods_code="00Y")
    belongs(ann, ccg)
    sits(ann, ccg, group(), cleared=True)
    signs(ccg, agreed(group()))
    belongs(person("Bob May"), ccg)
    Post.objects.create(
        agency=ccg,
        post="safeguarding_lead",
        user=ann,
        holder_name="Ann Lee",
        telephone="01632 960001",
        starts_on=LAST_YEAR,
    )
    return admin


def group() -> QualitySurveillanceGroup:
    return QualitySurveillanceGroup.objects.get(team__ods_code="Q46")


def test_an_administrator_finds_a_gap_and_fills_it(live_server, browser_as, looks_right, administrator):
    page: Page = browser_as(administrator)
    page.goto(f"{live_server.url}/groups/")
    looks_right(page, "groups")
    page.get_by_role("link", name="Greater Manchester Quality Surveillance Group").click()
    expect(
        page.get_by_text("No seat for NHS Bury CCG: nobody sits for it, and nobody ever did")
    ).to_be_visible()
    looks_right(page, "group-for-an-administrator")
    page.get_by_role("link", name="Give a seat for NHS Oldham CCG").click()
    looks_right(page, "give-a-seat")
    page.get_by_label("Who takes the seat?").select_option(label="Bob May, NHS Oldham CCG")
    page.get_by_label("Deputy").check()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("stands in for NHS Oldham CCG's representative")).to_be_visible()
    looks_right(page, "give-a-seat-check")
    page.get_by_role("button", name="Give the seat").click()
    expect(page.get_by_text("Bob May, deputy")).to_be_visible()


def test_the_directory_is_read_and_searched(live_server, browser_as, looks_right, administrator):
    page: Page = browser_as(administrator)
    page.goto(f"{live_server.url}/directory/")
    looks_right(page, "directory")
    page.get_by_label("Name or code").fill("oldam ccg")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="NHS Oldham CCG").click()
    expect(page.get_by_text("01632 960001")).to_be_visible()
    looks_right(page, "agency")
    page.goto(f"{live_server.url}/telephones/?group={group().pk}")
    looks_right(page, "telephones")
    page.goto(f"{live_server.url}/people/")
    looks_right(page, "people")
    page.get_by_role("link", name="Ann Lee").click()
    looks_right(page, "person")
    for address in ("about/data", "about/rules", "about/rules/tools_and_levers"):
        page.goto(f"{live_server.url}/{address}/")
        looks_right(page, address.replace("/", "-"))


def test_the_finder_forgives_spelling_without_scripts(live_server, browser_as, looks_right, administrator):
    page: Page = browser_as(administrator, java_script_enabled=False)
    page.goto(f"{live_server.url}/providers/")
    page.get_by_label("Name, town, postcode or code").fill("densam surgry stockton")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="The Densham Surgery").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The Densham Surgery")
    page.get_by_role("link", name="Declare a conflict of interest").click()
    page.get_by_label("I have").check()
    page.get_by_label("I work there, or am paid by it").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("you see nothing about The Densham Surgery")).to_be_visible()
    page.get_by_role("button", name="Declare it").click()
    expect(page).to_have_url(f"{live_server.url}/interests/")
    expect(page.get_by_text("The Densham Surgery: I work there, or am paid by it")).to_be_visible()


def test_the_finder_and_a_provider_look_right(live_server, browser_as, looks_right, administrator):
    page: Page = browser_as(administrator)
    page.goto(f"{live_server.url}/providers/?q=christie")
    looks_right(page, "finder")
    page.get_by_role("link", name="The Christie NHS Foundation Trust").click()
    looks_right(page, "provider-for-an-administrator")
    assert QSGMember.objects.exists()
