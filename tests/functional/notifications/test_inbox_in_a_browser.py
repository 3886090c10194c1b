"""The inbox, the call that reaches somebody, and the record of the deadline, as a person walks them."""

from datetime import timedelta

import pytest

from access.operations import create_record
from actions.models import Action
from clocks.models import Clock
from clocks.operations import tick
from notifications.models import Delivery, Message
from tests.timed import START, cast, hours

__all__ = ["cast"]

INSTANT = timedelta(microseconds=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alert(cast, freeze):
    """An alert to Bea, whose mail failed; an hour later a deputy is told too."""
    freeze(START)
    cast.record = create_record(kind="action", by=cast.by(), now=START)
    Action.objects.create(
        record=cast.record,
        asked=cast.body,
        statement="Look at the ward at night, and say who was there and what they saw.",
        aim="safeguard",
        power_kind="none",
        due_at=START + hours(50),
    )
    cast.meant |= {"seat-holders": [cast.people["Bea"].pk], "deputy": [cast.people["Cy"].pk]}
    cast.meant |= {"chair": [cast.people["Bea"].pk], "convenor": []}
    cast.directory.numbers = {cast.people["Bea"].pk: "020 7946 0000"}
    clock = cast.start(
        "summit_alert", responsible_person=cast.people["Bea"].pk, responsible_agency=cast.body.pk
    )
    cast.start("response_24")
    Delivery.objects.filter(message__recipient=cast.people["Bea"]).update(state="claimed")
    Delivery.objects.filter(message__recipient=cast.people["Bea"]).update(state="dead", reason="refused")
    tick(now=START + hours(1))
    return clock


@pytest.mark.parametrize("scripts", [True, False])
def test_an_alert_is_read_and_acknowledged(
    cast, alert, freeze, live_server, browser_as, looks_right, scripts
):
    freeze(START + hours(1.5))
    page = browser_as(cast.people["Bea"], java_script_enabled=scripts)
    page.goto(f"{live_server.url}/inbox/")
    assert page.get_by_role("heading", name="Please answer").is_visible()
    if scripts:
        looks_right(page, "inbox")
    page.get_by_role("link", name="You are called to a risk summit").click()
    if scripts:
        looks_right(page, "inbox-message")
    page.get_by_role("button", name="I have read this").click()
    assert page.get_by_text("You said that you read it").is_visible()
    assert Clock.objects.get(pk=alert.pk).state == "met"
    page.goto(f"{live_server.url}/inbox/")
    assert page.get_by_text("No message waits for your answer.").is_visible()


def test_somebody_who_could_not_be_reached_is_rung(cast, alert, freeze, live_server, browser_as, looks_right):
    freeze(START + hours(1.5))
    page = browser_as(cast.people["Ann"])
    page.goto(f"{live_server.url}/inbox/unreached/")
    assert page.get_by_role("link", name="020 7946 0000").is_visible()
    looks_right(page, "unreached")
    page.get_by_role("link", name="I told Bea by telephone").click()
    page.get_by_label("Day").fill("3")
    page.get_by_label("Month").fill("3")
    page.get_by_label("Year").fill("2026")
    page.get_by_label("Time").fill("23:00")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("This time is in the future.").first.is_visible()
    looks_right(page, "told-by-phone")
    page.get_by_label("Time").fill("10:45")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Everybody was reached").is_visible()
    assert (
        Message.objects.get(recipient=cast.people["Bea"], told_at__isnull=False).told_by == cast.people["Ann"]
    )


def test_the_record_of_a_deadline_is_read_and_printed(
    cast, alert, freeze, live_server, browser_as, looks_right
):
    tick(now=alert.due_at + INSTANT)
    freeze(START + hours(3))
    page = browser_as(cast.people["Ann"])
    page.goto(f"{live_server.url}/clocks/{alert.pk}/")
    assert page.get_by_role("heading", name="Record of this deadline").is_visible()
    assert page.get_by_text("Nobody stood for:").first.is_visible()
    looks_right(page, "deadline-record")
    page.emulate_media(media="print")
    assert page.get_by_text("OFFICIAL-SENSITIVE").first.is_visible()
