"""One body asks another for action, and it is done: each side in a browser of its own."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from access.operations import list_participants
from actions.models import Action
from tests.response import NOON, bodies
from timekeeping.london import LONDON

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def world(transactional_db, freeze, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return bodies(freeze(NOON))


def fill_moment(page: Page, legend: str, moment: datetime) -> None:
    local = moment.astimezone(LONDON)
    box = page.get_by_role("group", name=legend)
    box.get_by_label("Day").fill(str(local.day))
    box.get_by_label("Month").fill(str(local.month))
    box.get_by_label("Year").fill(str(local.year))
    box.get_by_label("Time").fill(f"{local:%H:%M}")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_asked_to_done(world, live_server, browser_as, looks_right, scripts):
    look = looks_right if scripts else lambda *a: None
    asker = browser_as(world.ccg_lead, java_script_enabled=scripts)
    asked = browser_as(world.cqc_lead, java_script_enabled=scripts)

    asker.goto(f"{live_server.url}/actions/?side=by_us")
    look(asker, "actions-board-empty")
    asker.get_by_role("button", name="Ask a body for action").click()
    look(asker, "actions-choose-body")
    asker.get_by_label("Find another body").fill("care")
    asker.get_by_role("button", name="Find", exact=True).click()
    asker.get_by_role("button", name="Continue").click()
    expect(asker.get_by_role("alert")).to_contain_text("Which body do you ask?")
    asker.get_by_role("radio", name="Care Quality Commission").check()
    asker.get_by_role("button", name="Continue").click()
    look(asker, "actions-ask")
    asker.get_by_label("What do you ask them to do?").fill("See patient 943 476 5919 on the ward at night.")
    asker.get_by_role("radio", name="Safeguard people").check()
    asker.get_by_role("radio", name="Inspection", exact=True).check()
    asker.get_by_role("radio", name="Critical").check()
    asker.get_by_role("button", name="Ask them").click()
    expect(asker.get_by_role("alert")).to_contain_text("Say by when")
    look(asker, "actions-ask-refused")
    asker.get_by_label("What do you ask them to do?").fill("Inspect the maternity ward at night.")
    fill_moment(asker, "By when?", world.now + 10 * DAY)
    asker.get_by_role("button", name="Ask them").click()
    expect(asker.get_by_text("You asked Care Quality Commission")).to_be_visible()
    look(asker, "action-offered")

    asked.goto(f"{live_server.url}/inbox/")
    asked.get_by_role("link", name="NHS Example CCG asks your body for action").click()
    asked.get_by_role("link", name="Go to Inspect").click()
    look(asked, "action-asked")
    asked.get_by_role("button", name="Propose another way").click()
    asked.get_by_label("What would you do?").fill("An unannounced visit on Sunday night.")
    asked.get_by_label("Why this way?").fill("The team is there then.")
    look(asked, "action-propose")
    asked.get_by_role("button", name="Propose this").click()
    expect(asked.get_by_text("Care Quality Commission proposes another way")).to_be_visible()

    asker.reload()
    asker.get_by_role("button", name="Agree to their proposal").click()
    look(asker, "action-agree")
    asker.get_by_role("button", name="Agree", exact=True).click()
    expect(asker.get_by_text("10 days left")).to_be_visible()
    look(asker, "action-accepted")

    asked.goto(f"{live_server.url}/actions/")
    look(asked, "actions-board")
    asked.get_by_role("link", name="An unannounced visit").click()
    asked.get_by_role("button", name="Say how it is going").click()
    asked.get_by_label("How is it going?").fill("The team is named.")
    asked.get_by_role("radio", name="Amber").check()
    look(asked, "action-progress")
    asked.get_by_role("button", name="Save").click()
    asked.get_by_role("button", name="Say that it is done").click()
    asked.get_by_label("How can anybody tell that it is done?").fill("Report of 3 March, page 2.")
    asked.get_by_role("radio", name="Low", exact=True).check()
    look(asked, "action-done-form")
    asked.get_by_role("button", name="It is done").click()
    look(asked, "action-done")
    asker.reload()
    expect(asker.get_by_text("Report of 3 March, page 2.").first).to_be_visible()
    assert Action.objects.get().status == "done"


def test_another_body_is_refused_in_a_sentence(world, live_server, browser_as, looks_right):
    from actions.operations import ask_for_action
    from tests.response import room

    origin = room(world, (world.ccg_lead, world.ccg))
    list_participants(summit=origin, people=[(world.tda_lead.pk, world.tda.pk)], now=world.now)
    action = ask_for_action(
        by=world.by(world.ccg_lead),
        now=world.now,
        asked=world.cqc.pk,
        statement="Inspect the ward.",
        aim="safeguard",
        power_kind="none",
        due_at=world.now + DAY,
        risk="low",
        origin=origin,
    )
    page = browser_as(world.tda_lead)
    page.goto(f"{live_server.url}/actions/{action.pk}/accept/")
    expect(page.get_by_text("Only Care Quality Commission can do this")).to_be_visible()
    looks_right(page, "action-wrong-body")
