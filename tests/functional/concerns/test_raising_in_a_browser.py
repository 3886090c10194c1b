"""A CCG raises a concern and shares it, CQC reads it, a neighbour cannot tell that it exists: in a real browser."""

import pytest
from playwright.sync_api import expect

from access.models import Record
from agencies.models import QualitySurveillanceGroup
from concerns.models import Concern, Corroboration
from concerns.rules.sharing import Choice
from tests.concerned import NOON, region

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db, freeze, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return region(freeze(NOON))


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def go_on(page) -> None:
    page.get_by_role("button", name="Save and continue").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_concern_is_raised_in_five_steps_read_by_cqc_and_hidden_from_a_neighbour(
    world, live_server, browser_as, looks_right, scripts
):
    look = looks_right if scripts else lambda *a: None
    page = browser_as(world.worker, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/concerns/")
    look(page, "concerns-empty")
    page.get_by_role("button", name="Raise a concern").click()
    look(page, "concern-kind")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Which provider?").fill("fictional hospital")
    look(page, "concern-about")
    go_on(page)
    assert "What happened?" in heading(page)
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("In one line, what is it?").fill("Falls on one ward")
    page.get_by_label("What happened?").fill("Mrs A, 999 962 4596, fell three times.")
    for part, text in (("Day", "1"), ("Month", "3"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(text)
    go_on(page)
    assert "looks like an NHS number" in page.get_by_role("alert").inner_text()
    assert page.locator("mark").inner_text() == "999 962 4596"
    look(page, "concern-looks-like-a-patient")
    assert not Concern.objects.exclude(narrative="").exists()
    page.get_by_label("What happened?").fill("One patient fell three times.")
    go_on(page)
    assert "How do you know?" in heading(page)
    if scripts:
        page.get_by_label("How is it known?").fill("Compl")
        page.get_by_role("option", name="Complaint").click()
    else:
        page.get_by_label("How is it known?").select_option("Complaint")
    for answer in ("First hand", "Serious", "Likely so"):
        page.get_by_role("radio", name=answer).check()
    page.get_by_role("checkbox", name="Safety").check()
    look(page, "concern-known")
    go_on(page)
    assert "Who should see it?" in heading(page)
    seats = page.get_by_role("checkbox", name="Everyone with a seat in North QSG")
    assert seats.is_checked(), "the group's usual rule"
    seats.uncheck()
    audience = page.locator("#who-will-see")
    if scripts:
        expect(audience).not_to_contain_text("Care Quality")
    seats.check()
    if not scripts:
        page.get_by_role("button", name="Show who will see it").click()
    expect(audience).to_contain_text("Care Quality Commission")
    expect(audience).to_contain_text("Will not see it:")
    page.get_by_label("Why may you share it?").select_option("functions")
    look(page, "concern-seen-by")
    go_on(page)
    look(page, "concern-check")
    page.get_by_role("button", name="Raise this concern").click()
    concern = Concern.objects.get()
    assert concern.status == "open"
    assert heading(page).endswith("Falls on one ward")
    look(page, "concern-of-its-owner")

    inspector = browser_as(world.inspector, java_script_enabled=scripts)
    inspector.goto(f"{live_server.url}/concerns/")
    look(inspector, "concerns")
    inspector.get_by_role("link", name="Falls on one ward").click()
    inspector.get_by_text("Why can I see this?").click()
    assert "It was shared with" in inspector.locator("main").inner_text()
    look(inspector, "concern-of-a-reader")
    inspector.get_by_role("button", name="We see it too").click()
    look(inspector, "concern-we-see-it-too")
    if scripts:
        inspector.get_by_label("How do you know?").fill("Inspec")
        inspector.get_by_role("option", name="Inspection or investigation").click()
    else:
        inspector.get_by_label("How do you know?").select_option("Inspection or investigation")
    inspector.get_by_role("radio", name="First hand").check()
    inspector.get_by_role("radio", name="No: we have it from").check()
    inspector.get_by_role("button", name="Save").click()
    assert "2 reports, 2 independent origins." in inspector.locator("main").inner_text()
    assert Corroboration.objects.count() == 1

    neighbour = browser_as(world.stranger, java_script_enabled=scripts)
    answer = neighbour.goto(f"{live_server.url}/concerns/{concern.pk}/")
    assert answer.status == 404
    neighbour.goto(f"{live_server.url}/concerns/?q=falls")
    assert "Nothing that you can see matches that." in neighbour.locator("main").inner_text()


def test_a_quick_note_with_somebody_in_danger_shows_the_numbers_first(
    world, live_server, browser_as, looks_right
):
    page = browser_as(world.worker)
    page.goto(f"{live_server.url}/concerns/note/?provider={world.provider.pk}")
    looks_right(page, "quick-note")
    page.get_by_role("radio", name="Not sure").check()
    page.get_by_label("In one line, what is it?").fill("Nobody answers the door")
    page.get_by_label("How is it known?").fill("Comm")
    page.get_by_role("option", name="Community nurses").click()
    page.get_by_role("button", name="Save this note").click()
    assert heading(page).endswith("Ring first")
    assert page.get_by_role("link", name="999").is_visible()
    looks_right(page, "ring-first")
    page.get_by_role("radio", name="Rang the safeguarding desk or 999").check()
    page.get_by_role("radio", name="An adult or adults").check()
    page.get_by_label("Which desk or office").fill("Example Council duty desk")
    page.get_by_role("button", name="Write it down").click()
    assert "Example Council duty desk" in page.locator("main").inner_text()
    looks_right(page, "rung")
    page.get_by_role("link", name="Go on with the concern").click()
    assert "Quick note, to be completed" in page.locator("main").inner_text()
    looks_right(page, "quick-note-saved")


def test_what_is_typed_and_is_in_no_list_is_refused_and_never_the_answer_before_kept(
    world, live_server, browser_as, looks_right
):
    page = browser_as(world.worker)
    page.goto(f"{live_server.url}/concerns/note/?provider={world.provider.pk}")
    box = page.get_by_label("How is it known?")
    expect(page.get_by_text("Type part of it, or choose from the list that opens.")).to_be_visible()
    box.focus()
    expect(page.get_by_role("option", name="Complaint")).to_be_visible()
    box.fill("Compl")
    page.get_by_role("option", name="Complaint").click()
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("In one line, what is it?").fill("Falls")
    box.fill("A bird told me")
    page.get_by_role("button", name="Save this note").click()
    assert "Choose one of the answers in the list" in page.get_by_role("alert").inner_text()
    expect(box).to_have_value("A bird told me")
    assert not Concern.objects.exists()
    looks_right(page, "quick-note-not-in-the-list")
    page.get_by_role("button", name="Save this note").click()
    assert not Concern.objects.exists()
    box.fill("complaint")
    page.get_by_role("button", name="Save this note").click()
    assert Concern.objects.get().source_kind == "complaint"


def test_a_search_for_a_group_that_is_in_no_list_is_stopped(world, live_server, browser_as):
    for number in range(20):
        QualitySurveillanceGroup.objects.create(
            name=f"Group {number:02}", tier="local", team=world.south.team, region=world.region
        )
    page = browser_as(world.worker)
    page.goto(f"{live_server.url}/concerns/")
    box = page.get_by_label("Group")
    box.fill("Atlantis")
    box.press("Tab")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("Choose one of the answers in the list")).to_be_visible()
    assert "?" not in page.url
    page.reload()
    box.fill("north")
    page.get_by_role("option", name="North QSG").click()
    page.get_by_role("button", name="Find").click()
    page.wait_for_url(f"**group={world.north.pk}**")


def test_the_owner_shares_changes_and_withdraws(world, live_server, browser_as, looks_right):
    concern = world.concern(choice=Choice())
    page = browser_as(world.lead)
    address = f"{live_server.url}/concerns/{concern.pk}/"
    for name, picture in (
        ("Share this", "concern-share"),
        ("Change this", "concern-change"),
        ("Close this", "concern-close"),
        ("Withdraw this", "concern-withdraw"),
        ("Comment", "concern-comment"),
        ("Say who went and looked", "concern-look"),
        ("Share with fewer", "concern-less"),
    ):
        page.goto(address)
        page.get_by_role("button", name=name).click()
        looks_right(page, picture)
    page.goto(f"{address}share/")
    page.get_by_label("Find a body or a person").fill("Quality")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("group", name="Share with everyone").get_by_label("Care Quality Commission").check()
    expect(page.locator("#who-will-see")).to_contain_text("Care Quality Commission")
    page.get_by_label("Why may you share it?").select_option(index=1)
    page.get_by_role("button", name="Share it").click()
    assert "Care Quality Commission" in page.locator(".portal-audience").inner_text()
    page.goto(f"{address}change/")
    page.get_by_label("In one line, what is it?").fill("Falls on two wards")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="How this has changed").click()
    assert "“one ward” became “two wards”" in page.locator("main").inner_text()
    looks_right(page, "concern-history")
    page.goto(f"{address}withdraw/")
    page.get_by_label("Why?").fill("It was another ward.")
    page.get_by_role("button", name="Withdraw it").click()
    assert "took this back" in page.locator("main").inner_text()
    looks_right(page, "concern-tombstone")
    assert Record.objects.get(pk=concern.pk).gate == "withdrawn"


def test_a_level_is_set_by_the_chair(world, live_server, browser_as, looks_right):
    page = browser_as(world.chair)
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    page.get_by_role("link", name="Set its level in North QSG").click()
    looks_right(page, "level-set")
    page.get_by_role("radio", name="More information wanted").check()
    page.get_by_role("button", name="Continue").click()
    looks_right(page, "level-needs")
    page.get_by_label("Why?").fill("Falls go on.")
    page.get_by_label("Which body goes and looks").select_option("Care Quality Commission")
    page.get_by_label("What must be so for it to end?").fill("No fall with a fracture in eight weeks.")
    for part, text in (("day", "3"), ("month", "4"), ("year", "2026")):
        page.locator(f"#id_review_on_{part}").fill(text)
    page.get_by_role("radio", name="By the chair between meetings").check()
    page.get_by_role("button", name="Set this level").click()
    assert "It lapses by itself after 3 April 2026" in page.locator("main").inner_text()
    looks_right(page, "level")
    page.goto(f"{live_server.url}/providers/{world.provider.pk}/")
    looks_right(page, "provider-with-a-level")
