"""A meeting of those in a summit: convened, answered, moved, held, corrected."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from meetings.models import Meeting
from tests import summits
from timekeeping.london import LONDON

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def world(transactional_db, freeze, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return summits.world(freeze)


def fill_moment(page: Page, legend: str, moment: datetime) -> None:
    local = moment.astimezone(LONDON)
    box = page.get_by_role("group", name=legend)
    box.get_by_label("Day").fill(str(local.day))
    box.get_by_label("Month").fill(str(local.month))
    box.get_by_label("Year").fill(str(local.year))
    box.get_by_label("Time").fill(f"{local:%H:%M}")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_convened_to_corrected(world, live_server, browser_as, looks_right, freeze, scripts):
    look = looks_right if scripts else lambda *a: None
    room = summits.trigger(world).room
    chair = browser_as(world.people["chair"], java_script_enabled=scripts)
    member = browser_as(world.people["quinn"], java_script_enabled=scripts)

    chair.goto(f"{live_server.url}/meetings/convene/{room.pk}/")
    look(chair, "meeting-convene")
    chair.get_by_role("radio", name="Meeting to respond").check()
    fill_moment(chair, "When does it start?", world.now + 20 * HOUR)
    chair.get_by_label("How long may it last?").select_option(label="1 hour")
    chair.get_by_label("Where?").fill("Room 4")
    chair.get_by_role("checkbox", name="Care Quality Commission").check()
    chair.get_by_role("button", name="Convene and invite").click()
    expect(chair.get_by_text("Everyone here is invited")).to_be_visible()
    look(chair, "meeting-scheduled")
    meeting = Meeting.objects.get()

    member.goto(f"{live_server.url}/inbox/")
    member.get_by_role("link", name="You are invited to a meeting").click()
    member.get_by_role("link", name="Go to Meeting to respond").click()
    look(member, "meeting-invited")
    member.get_by_role("button", name="Say whether you are coming").click()
    look(member, "meeting-answer")
    member.get_by_role("radio", name="Yes").check()
    member.get_by_role("button", name="Answer").click()
    expect(member.get_by_text("Your answer is kept.")).to_be_visible()
    with member.expect_download() as file:
        member.get_by_role("button", name="Put it in my calendar").click()
    assert file.value.suggested_filename == "meeting.ics"

    chair.get_by_role("button", name="Change the time or place").click()
    look(chair, "meeting-move")
    chair.get_by_label("Where?").fill("Room 5")
    chair.get_by_role("button", name="Change it").click()
    expect(chair.get_by_text("Room 5")).to_be_visible()
    member.reload()
    expect(member.get_by_text("Not answered yet").first).to_be_visible()

    freeze(world.now + HOUR / 4)
    chair.get_by_role("button", name="Record that it was held").click()
    look(chair, "meeting-record")
    fill_moment(chair, "When did it open?", world.now + HOUR / 6)
    chair.get_by_role("radio", name="By telephone or video call").check()
    chair.get_by_label("Quinn of cqc").select_option(label="There by call")
    chair.get_by_label("What was said?").fill("Night staffing on the ward.")
    chair.get_by_label("What was decided?").fill("CQC visits tonight.\nNobody new is admitted.")
    chair.get_by_role("button", name="Save the record").click()
    expect(chair.get_by_text("Nobody new is admitted.")).to_be_visible()
    look(chair, "meeting-held")
    chair.get_by_role("button", name="Correct the record").click()
    chair.get_by_label("What was said?").fill("Night staffing, and falls.")
    chair.get_by_label("Why is it corrected?").fill("Falls were left out.")
    look(chair, "meeting-correct")
    chair.get_by_role("button", name="Save the record").click()
    expect(chair.get_by_text("Falls were left out.")).to_be_visible()
    look(chair, "meeting-corrected")
    meeting.refresh_from_db()
    assert meeting.proceedings.count() == 2
