"""A risk summit from the call to its end: each person in a browser of their own, with and without scripts."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from actions.models import Action
from risk_summits.models import RiskSummit
from tests import summits
from timekeeping.london import LONDON

pytestmark = pytest.mark.django_db(transaction=True)


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


def press(page: Page, name: str, exact: bool = False) -> None:
    page.get_by_role("button", name=name, exact=exact).first.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_call_to_the_end(world, live_server, browser_as, looks_right, scripts):
    look = looks_right if scripts else lambda *a: None

    def enter(name: str, address: str) -> Page:
        """Sign a person in, as after hours away, and go somewhere."""
        page = browser_as(world.people[name], java_script_enabled=scripts)
        page.goto(f"{live_server.url}{address}")
        return page

    # The CCG calls it: three lines, then the list
    ccg = enter("cara", "/risk-summits/call/")
    look(ccg, "summit-call")
    press(ccg, "Continue: who is called")
    expect(ccg.get_by_role("alert")).to_contain_text("Say whether anyone is in danger")
    ccg.get_by_label("Which provider?").fill("fictional hosp")
    press(ccg, "Find the provider")
    ccg.get_by_role("radio", name="Fictional Hospital NHS Trust").check()
    ccg.get_by_label("What is feared?").fill("Falls with fractures on one ward, month after month.")
    ccg.get_by_role("radio", name="Not sure").check()
    press(ccg, "Continue: who is called")
    expect(ccg.get_by_role("heading", name="Ring these first")).to_be_visible()
    look(ccg, "summit-call-list")
    ccg.get_by_role("checkbox", name="Healthwatch Example").uncheck()
    press(ccg, "Call the risk summit")
    expect(ccg.get_by_text("The risk summit is called.")).to_be_visible()
    look(ccg, "summit-room-called")
    summit = RiskSummit.objects.get()
    address = summit.get_absolute_url()

    # CQC has it, and says what it sees
    world.move(minutes=20)
    cqc = enter("quinn", "/risk-summits/")
    look(cqc, "summits")
    cqc.get_by_role("link", name="Fictional Hospital NHS Trust").click()
    press(cqc, "I have this")
    press(cqc, "State our view")
    cqc.get_by_role("radio", name="Potential for one").check()
    cqc.get_by_label("What does that rest on?").fill("Two notifications this month.")
    look(cqc, "summit-view")
    press(cqc, "State this view")
    expect(cqc.get_by_text("Only your body sees this yet")).to_be_visible()

    # The chair rings the council, then records what was judged by telephone
    moment = world.move(hours=2)
    chair = enter("chair", address)
    expect(chair.get_by_text("Two notifications")).to_have_count(0)
    chair.locator(".portal-call", has_text="Example Council").get_by_role(
        "button", name="Told by phone"
    ).click()
    chair.get_by_role("radio", name="Somebody else").check()
    chair.get_by_label("Who?", exact=True).fill("The duty desk")
    look(chair, "summit-told")
    press(chair, "Save the call")
    press(chair, "Record the group's judgement")
    chair.get_by_role("radio", name="There is the potential for one").check()
    chair.get_by_label("What does it rest on?").fill("Harm has happened and its cause stands.")
    fill_moment(chair, "When was it judged?", moment + timedelta(hours=5))
    press(chair, "Record this judgement")
    expect(chair.get_by_role("alert")).to_contain_text("has not come yet")
    look(chair, "summit-judgement-refused")
    fill_moment(chair, "When was it judged?", moment - timedelta(minutes=30))
    press(chair, "Record this judgement")
    expect(chair.locator(".portal-big-clock")).to_contain_text("Meet to respond")

    # The NHS TDA takes the lead and convenes
    moment = world.move(hours=3)
    tda = enter("tess", address)
    look(tda, "summit-room-judged")
    press(tda, "Propose a lead")
    tda.get_by_role("radio", name="NHS Trust Development Authority").check()
    look(tda, "summit-propose")
    press(tda, "Propose this body")
    expect(tda.locator(".portal-room-lead")).to_contain_text("NHS Trust Development Authority leads")
    press(tda, "Convene a meeting")
    tda.get_by_role("radio", name="Meeting to respond").check()
    fill_moment(tda, "When does it start?", moment + timedelta(hours=2))
    tda.get_by_label("How long may it last?").select_option("60")
    tda.get_by_label("How do people join by call?").fill("The number is in the message.")
    press(tda, "Convene and invite")
    expect(tda.get_by_text("The meeting is convened.")).to_be_visible()

    # Held that evening, recorded the next morning
    opened, moment = moment + timedelta(hours=2), world.move(hours=27)
    tda = enter("tess", address)
    tda.get_by_role("link", name="Meeting to respond").first.click()
    press(tda, "Record that it was held")
    fill_moment(tda, "When did it open?", opened)
    tda.get_by_role("radio", name="By telephone or video call").check()
    for name in ("Tess of tda", "Cara of ccg", "Quinn of cqc", "Chair of team"):
        tda.get_by_label(name).select_option("by_call")
    tda.get_by_label("What was said?").fill("Who does what, by when.")
    press(tda, "Save the record")
    tda.goto(f"{live_server.url}{address}")
    expect(tda.get_by_text("Counts as met.")).to_be_visible()
    expect(tda.get_by_text("recorded late").first).to_be_visible()

    # An action is asked, and accepted
    press(tda, "Ask for action")
    tda.get_by_role("radio", name="NHS Example CCG").check()
    press(tda, "Continue")
    tda.get_by_label("What do you ask them to do?").fill("Buy twelve beds elsewhere.")
    tda.get_by_role("radio", name="Safeguard people").check()
    tda.get_by_role("radio", name="No power is used").or_(
        tda.get_by_role("group", name="Which of their powers").get_by_role("radio").first
    ).first.check()
    fill_moment(tda, "By when?", moment + timedelta(days=3))
    tda.get_by_role("radio", name="Critical").check()
    press(tda, "Ask them")
    ccg = enter("cara", address)
    ccg.get_by_role("link", name="Buy twelve beds elsewhere.").click()
    press(ccg, "Accept", exact=True)
    press(ccg, "Accept", exact=True)
    assert Action.objects.get().status == "accepted"

    # Asked as a matter of routine, and answered; somebody rang the council about the adults
    for gate, answer, text in (
        ("Professional standards", "Considered: none arises", "Asked everybody on the call."),
        ("Safeguarding adults", "Asked: nobody here has heard of an adult", "Asked everybody on the call."),
        ("Safeguarding children", "Asked: nobody here has heard of a child", "Asked everybody on the call."),
    ):
        tda.goto(f"{live_server.url}{address}")
        card = tda.locator("#gates .nhsuk-card", has=tda.get_by_role("heading", name=gate))
        card.get_by_role("button", name="Answer").click()
        tda.get_by_role("radio", name=answer).check()
        tda.get_by_label("How do you know?").fill(text)
        press(tda, "Save", exact=True)
    press(tda, "Set an exit criterion")
    tda.get_by_label("What must be so").fill("No new fall for two weeks")
    press(tda, "Save", exact=True)
    tda.get_by_role("link", name="This is so now").click()
    tda.get_by_label("What shows that it is met?").fill("Weekly counts.")
    press(tda, "Save", exact=True)
    look(tda, "summit-room-acting")
    press(tda, "Close the summit")
    look(tda, "summit-close")
    tda.get_by_label("Close with this unfinished").check()
    press(tda, "Close the summit")
    expect(tda.get_by_role("alert")).to_contain_text("Say what was learnt")
    tda.get_by_label("What was learnt?").fill("Ask for the turning charts on the first day.")
    tda.get_by_label("The outcome in one line").fill("Staffing is back, and watched.")
    press(tda, "Close the summit")
    expect(tda.get_by_text("The risk summit is closed.")).to_be_visible()
    expect(tda.get_by_text("Not reached yet:")).to_have_count(0)
    look(tda, "summit-room-closed")

    # A neighbour with a seat reads the outcome, and no more
    neighbour = enter("nell", address)
    expect(neighbour.get_by_text("Staffing is back, and watched.")).to_be_visible()
    expect(neighbour.get_by_text("turning charts")).to_have_count(0)
    look(neighbour, "summit-headline")


def test_the_top_refreshes_itself_and_says_that_something_changed(world, live_server, browser_as):
    from risk_summits.operations import add_known

    room = summits.trigger(world).room
    page = browser_as(world.people["quinn"])
    page.goto(f"{live_server.url}{room.get_absolute_url()}")
    expect(page.locator("#room-top")).to_contain_text("As at 3 March 2026, 2:02pm")
    world.move(minutes=8)
    expect(page.locator("#room-top")).to_contain_text("As at 3 March 2026, 2:10pm", timeout=15_000)
    add_known(by=world.by("cara"), now=world.at(minutes=8), room=room, text="Another fall.")
    expect(page.get_by_role("status").get_by_text("Something changed in this room")).to_be_visible(
        timeout=15_000
    )
