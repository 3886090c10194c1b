"""The contacts, the numbers on one page, a new Director and the register of interests in a real browser."""

import re

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Page, expect

from agencies.models import Agency, FootprintAgency, PortalRole, Post, QSGMember, QualitySurveillanceGroup
from providers.models import Provider, ProviderGroup
from tests.functional.conftest import PICTURES
from tests.integration.agencies.conftest import LAST_YEAR, belongs, person, sits
from timekeeping import portal_now
from timekeeping.london import london_day

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def council(transactional_db) -> Agency:
    """A council with its people, in a group with the inspectorate."""
    cache.clear()
    call_command("load_reference", verbosity=0)
    team = Agency.objects.create(
        kind="nhs_england_area_team", name="Example Area Team", telephone="01632 960100"
    )
    region = QualitySurveillanceGroup.objects.create(name="Example Regional QSG", tier="regional", team=team)
    group = QualitySurveillanceGroup.objects.create(
        name="Example QSG", tier="local", team=team, region=region
    )
    council = Agency.objects.create(
        kind="local_authority", name="Exampleton Council", telephone="01632 960110"
    )
    cqc = Agency.objects.create(
        kind="cqc",
        name="Care Quality Commission",
        telephone="01632 960120",
        out_of_hours_telephone="01632 960121",
    )
    Agency.objects.create(kind="monitor", name="Monitor")
    FootprintAgency.objects.create(qsg=group, agency=council)
    ccg = Agency.objects.create(kind="ccg", name="NHS Exampleton CCG")
    FootprintAgency.objects.create(qsg=group, agency=ccg)
    for body in (council, cqc):
        QSGMember.objects.create(qsg=group, agency=body, starts_on=LAST_YEAR)
    admin, head, official = map(person, ("Cy Admin", "Hed In", "Cal Council"))
    belongs(admin, council, "agency_administrator")
    belongs(head, cqc, "agency_lead")
    belongs(official, council, "contributor")
    sits(official, council, group, "chair")
    for agency, code, name in (
        (cqc, "head_of_inspection", head),
        (council, "safeguarding_lead_adults", official),
    ):
        Post.objects.create(
            agency=agency,
            post=code,
            user=name,
            holder_name=name.full_name,
            area=group if agency == cqc else None,
            telephone="01632 960130",
            out_of_hours_telephone="01632 960131",
            starts_on=LAST_YEAR,
        )
    PortalRole.objects.create(user=person("Pat Admin"), role="portal_administrator", starts_on=LAST_YEAR)
    made = Provider.objects.create(
        name="Fictional House", kind="care_home", fictional=True, town="Exampleton"
    )
    ProviderGroup.objects.create(provider=made, qsg=group, source="stated")
    return council


def user(name: str):
    from accounts.models import User

    return User.objects.get(full_name=name)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_director_is_named_told_and_met(live_server, browser_as, looks_right, council, scripts):
    look = looks_right if scripts else lambda *a: None
    admin: Page = browser_as(user("Cy Admin"), java_script_enabled=scripts)
    admin.goto(f"{live_server.url}/directory/{council.pk}/")
    look(admin, "agency-for-its-administrator")
    admin.get_by_role("button", name="Say who holds a post").click()
    look(admin, "appoint")
    admin.get_by_label("Which post?").select_option(label="Director of Adult Social Services")
    admin.get_by_label("Name of somebody else").fill("Dora Dass")
    admin.get_by_label("Telephone number (optional)", exact=True).fill("960 140")
    admin.get_by_role("button", name="Continue").click()
    expect(admin.get_by_text("Give the whole number with its area code").first).to_be_visible()
    look(admin, "appoint-refused")
    admin.get_by_label("Telephone number (optional)", exact=True).fill("01632 960140")
    admin.get_by_role("button", name="Continue").click()
    expect(admin.get_by_text("Hed In of the Care Quality Commission is told")).to_be_visible()
    look(admin, "appoint-check")
    admin.get_by_role("button", name="Put this in the directory").click()
    admin.get_by_role("link", name="Director of Adult Social Services", exact=True).click()
    look(admin, "post-for-an-administrator")
    admin.get_by_role("button", name="Say who stands in").click()
    look(admin, "stand-in")
    admin.get_by_role("link", name="Cancel").click()
    admin.get_by_role("button", name="Correct this contact").click()
    look(admin, "correct-post")

    head: Page = browser_as(user("Hed In"), java_script_enabled=scripts)
    head.goto(f"{live_server.url}/inbox/")
    expect(head.get_by_text("Exampleton Council has a new Director")).to_be_visible()
    look(head, "inbox-of-an-inspector")
    head.goto(f"{live_server.url}/contacts/?q=dass&place=exampelton")
    head.get_by_role("link", name="Dora Dass").click()
    head.get_by_role("link", name="Meeting the new Director").click()
    look(head, "director-meeting")
    head.get_by_role("button", name="Say when they met").click()
    look(head, "director-met")
    today = london_day(portal_now())
    for box, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        head.get_by_label(box).fill(str(value))
    head.get_by_role("button", name="Save the day").click()
    expect(head.get_by_text("Written down")).to_be_visible()
    look(head, "director-meeting-met")


def test_contacts_are_found_and_every_number_prints(live_server, browser_as, looks_right, council):
    page: Page = browser_as(user("Cal Council"))
    page.goto(f"{live_server.url}/contacts/")
    looks_right(page, "contacts")
    page.get_by_label("For which place?").fill("exampelton")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("Who looks after it among other places")).to_be_visible()
    looks_right(page, "contacts-of-a-place")
    page.goto(f"{live_server.url}/telephones/?group=all")
    expect(page.get_by_text("No number kept: tell the body's administrator.").first).to_be_visible()
    looks_right(page, "telephones-everywhere")
    printed = page.pdf(path=PICTURES / "telephones.pdf", format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.goto(f"{live_server.url}/telephones/")
    looks_right(page, "telephones-of-my-area")
    admin: Page = browser_as(user("Cy Admin"))
    admin.goto(f"{live_server.url}/telephones/")
    looks_right(admin, "telephones-for-an-administrator")
    admin.get_by_role("link", name="Correct the numbers of Exampleton Council").click()
    admin.get_by_label("Out of hours telephone number").fill("01632 960111")
    looks_right(admin, "correct-numbers")
    admin.get_by_role("button", name="Continue").click()
    admin.get_by_role("button", name="Save the numbers").click()
    expect(admin.get_by_text("01632 960111")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_interests_are_declared_confirmed_and_read_by_few(
    live_server, browser_as, looks_right, council, scripts
):
    look = looks_right if scripts else lambda *a: None
    page: Page = browser_as(user("Hed In"), java_script_enabled=scripts)
    sits(
        user("Hed In"),
        user("Hed In").memberships.get().agency,
        QualitySurveillanceGroup.objects.get(tier="local"),
    )
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="Declare your interests").click()
    look(page, "interests-not-declared")
    page.get_by_role("button", name="Declare an interest").click()
    page.get_by_role("link", name="Fictional House").click()
    page.get_by_role("link", name="Declare a conflict of interest").click()
    page.get_by_label("I have").check()
    page.get_by_label("Somebody of my family is in its care").check()
    page.get_by_label("In your own words").fill("My aunt")
    look(page, "interest-declare")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Declare it").click()
    expect(page.get_by_text("somebody of my family is in its care. My aunt")).to_be_visible()
    page.get_by_role("button", name="Say that this is still right").click()
    look(page, "interests-confirm")
    page.get_by_role("button", name="Save my answer").click()
    expect(page.get_by_text("Say whether your tie to Fictional House still stands").first).to_be_visible()
    look(page, "interests-confirm-refused")
    page.get_by_label("Still so").check()
    page.get_by_label("This is all there is to declare").check()
    page.get_by_role("button", name="Save my answer").click()
    expect(page.get_by_text("You are asked again on")).to_be_visible()
    look(page, "interests")
    chair: Page = browser_as(user("Cal Council"), java_script_enabled=scripts)
    chair.goto(f"{live_server.url}/groups/{QualitySurveillanceGroup.objects.get(tier='local').pk}/")
    chair.get_by_role("link", name="Register of interests of who sits here").click()
    expect(chair.get_by_text("through family")).to_be_visible()
    expect(chair.get_by_text("My aunt")).to_have_count(0)
    look(chair, "interests-of-a-group")
