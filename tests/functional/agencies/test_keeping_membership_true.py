"""The access review, a group's agreement and a declaration of readiness in a real browser, and without scripts."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import expect

from access.principal import clockwork, principal_of
from agencies.models import Agency, PortalRole, QSGMember, QualitySurveillanceGroup
from agencies.reviews.operations import begin_review
from tests.integration.agencies.conftest import LAST_YEAR, agreed, belongs, person, sits
from tests.integration.agencies.test_readiness import reworded
from timekeeping import portal_now
from timekeeping.london import london_day

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(transactional_db) -> QualitySurveillanceGroup:
    cache.clear()
    call_command("load_reference", verbosity=0)
    team = Agency.objects.create(kind="nhs_england_area_team", name="Example Area Team")
    region = QualitySurveillanceGroup.objects.create(name="Example Regional QSG", tier="regional", team=team)
    return QualitySurveillanceGroup.objects.create(name="Example QSG", tier="local", team=team, region=region)


@pytest.fixture
def ccg(group: QualitySurveillanceGroup) -> Agency:
    ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    QSGMember.objects.create(qsg=group, agency=ccg, starts_on=LAST_YEAR)
    return ccg


@pytest.mark.parametrize("scripts", [True, False])
def test_a_body_says_who_is_still_right(live_server, browser_as, looks_right, group, ccg, scripts):
    look = looks_right if scripts else lambda *a: None
    admin, ann, bob, pat = map(person, ("Cy Admin", "Ann Lee", "Bob May", "Pat Admin"))
    belongs(admin, ccg, "agency_administrator")
    belongs(ann, ccg)
    belongs(bob, ccg, "contributor")
    sits(bob, ccg, group)
    PortalRole.objects.create(user=pat, role="portal_administrator", starts_on=LAST_YEAR)
    now = portal_now()
    begin_review(by=clockwork(now), now=now, agency=ccg)

    page = browser_as(admin, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/")
    look(page, "home-of-an-administrator")
    page.get_by_role("link", name="Say of 2 people whether they are still right").click()
    expect(page.get_by_text("You are the only administrator of NHS Example CCG")).to_be_visible()
    look(page, "review")
    page.get_by_role("button", name="Say who is still right").click()
    look(page, "review-answer")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Say of at least one person").first).to_be_visible()
    look(page, "review-answer-refused")
    page.get_by_role("group", name="Ann Lee").get_by_label("Still right").check()
    page.get_by_role("group", name="Bob May").get_by_label("End it").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Bob May acts for NHS Example CCG no more")).to_be_visible()
    look(page, "review-check")
    page.get_by_role("button", name="Save these answers").click()
    expect(page.get_by_text("1 person is not confirmed")).to_be_visible()
    assert principal_of(bob.pk).agency_id is None

    portal = browser_as(pat, java_script_enabled=scripts)
    portal.goto(f"{live_server.url}/people/")
    portal.get_by_role("link", name="Access reviews of all bodies").click()
    expect(portal.get_by_text("Its only administrator waits for you to confirm them.")).to_be_visible()
    look(portal, "reviews")
    portal.get_by_role("link", name="NHS Example CCG").click()
    portal.get_by_role("button", name="Say who is still right").click()
    portal.get_by_label("Still right").check()
    portal.get_by_role("button", name="Continue").click()
    portal.get_by_role("button", name="Save these answers").click()
    expect(portal.get_by_text("Everybody has been answered for.")).to_be_visible()
    look(portal, "review-answered")


def test_a_group_keeps_its_agreement(live_server, browser_as, looks_right, group, ccg):
    sec = person("Sec Retary")
    belongs(sec, ccg)
    sits(sec, ccg, group, "secretariat")
    agreed(group, "notice", title="A notice to come", starts_on=london_day(portal_now()) + timedelta(days=30))
    page = browser_as(sec)
    page.goto(f"{live_server.url}/groups/{group.pk}/")
    expect(page.get_by_text("1 seat stands without an agreement in force.")).to_be_visible()
    looks_right(page, "group-without-agreement")
    page.get_by_role("button", name="Put an agreement or privacy notice here").click()
    looks_right(page, "agreement-new")
    page.get_by_label("Information-sharing agreement").check()
    page.get_by_label("Title").fill("Agreement of Example QSG")
    page.get_by_label("Where is it kept?").fill("https://example.org/agreement")
    for box, value in zip(("Day", "Month", "Year"), ("1", "4", "2025"), strict=True):
        page.get_by_role("group", name="In force from which day?").get_by_label(box).fill(value)
    page.get_by_role("button", name="Continue").click()
    looks_right(page, "agreement-check")
    page.get_by_role("button", name="Put it there").click()
    page.get_by_role("link", name="Say who has signed").click()
    page.get_by_label("NHS Example CCG").check()
    looks_right(page, "agreement-sign")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("NHS Example CCG: signed on")).to_be_visible()
    looks_right(page, "group-with-agreement")
    page.get_by_role("link", name=re.compile("End it.*A notice to come")).click()
    page.get_by_label("Now").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("“A notice to come” is taken back: it was never in force")).to_be_visible()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("NHS Example CCG: signed on")).to_be_visible()
    expect(page.get_by_text("A notice to come")).to_have_count(0)
    pat = person("Pat Admin")
    PortalRole.objects.create(user=pat, role="portal_administrator", starts_on=LAST_YEAR)
    check = browser_as(pat)
    check.goto(f"{live_server.url}/groups/agreements/")
    looks_right(check, "agreements")


def test_a_body_declares_its_readiness(live_server, browser_as, looks_right, group, ccg):
    lead = person("Lee Lead")
    belongs(lead, ccg, "agency_lead")
    page = browser_as(lead)
    page.goto(f"{live_server.url}/directory/{ccg.pk}/")
    page.get_by_role("link", name="Its declaration of readiness").click()
    looks_right(page, "readiness-none")
    page.get_by_role("button", name="Write the declaration").click()
    looks_right(page, "readiness-draft")
    page.get_by_label("1. Have the Chief Executive").fill("Yes. Patient 943 476 5919 was told.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("This may identify a patient")).to_be_visible()
    looks_right(page, "readiness-draft-refused")
    for number, box in enumerate(page.locator("textarea").all(), start=1):
        box.fill(f"Words {number}")
    for box, value in zip(("Day", "Month", "Year"), ("1", "4", "2025"), strict=True):
        page.get_by_label(box).fill(value)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("It is whole, and a lead of the body may sign it.")).to_be_visible()
    reworded(london_day(portal_now()))
    page.get_by_role("button", name="Go on writing").click()
    page.get_by_text("Answers to questions that are no longer asked in these words").click()
    looks_right(page, "readiness-draft-unasked")
    page.get_by_label("2. Are our roles clear?").fill("They are")
    page.get_by_label("Evidence for answer 2").fill("Minute 5")
    page.get_by_role("button", name="Save the draft").click()
    looks_right(page, "readiness-whole")
    page.get_by_role("button", name="Sign and publish it").click()
    looks_right(page, "readiness-sign-check")
    page.get_by_role("button", name="Sign and publish it").click()
    looks_right(page, "readiness-declared")
    page.goto(f"{live_server.url}/groups/{group.pk}/readiness/")
    expect(page.get_by_text("1 of 1 member bodies have declared.")).to_be_visible()
    looks_right(page, "group-readiness")
