"""A group set up from nothing, many people by one sheet, and leavers: in a real browser, and without scripts."""

import io

import pytest
from django.core.cache import cache
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from access.principal import clockwork, principal_of
from agencies.models import Agency, PortalRole, QSGMember, QualitySurveillanceGroup, Seat
from agencies.operations import stand_as_in_2013
from providers.models import Provider, ProviderGroup
from tests.integration.agencies.conftest import LAST_YEAR, agreed, belongs, person, signs, sits
from timekeeping import portal_now
from timekeeping.london import london_day

pytestmark = pytest.mark.django_db(transaction=True)
NATION = {
    "cqc": "Care Quality Commission",
    "monitor": "Monitor",
    "letb": "Example Education Board",
    "local_authority": "Example Council",
    "local_healthwatch": "Healthwatch Example",
    "ccg": "NHS Example CCG",
}


@pytest.fixture
def region(transactional_db) -> QualitySurveillanceGroup:
    cache.clear()
    call_command("load_reference", verbosity=0)
    now = portal_now()
    stand_as_in_2013(by=clockwork(now), now=now)
    regional = Agency.objects.create(kind="nhs_england_regional_team", name="Example Regional Team")
    Agency.objects.create(kind="nhs_england_area_team", name="Example Area Team")
    for kind, name in NATION.items():
        Agency.objects.create(kind=kind, name=name, telephone="01632 960100")
    return QualitySurveillanceGroup.objects.create(
        name="Example Regional QSG", tier="regional", team=regional
    )


@pytest.fixture
def pat(region):
    found = person("Pat Admin")
    PortalRole.objects.create(user=found, role="portal_administrator", starts_on=LAST_YEAR)
    return found


def go_on(page: Page, yes: str) -> None:
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check what will happen")).to_be_visible()
    page.get_by_role("button", name=yes).click()


def choose(page: Page, label: str, choice: str) -> None:
    """Choose of a list, which scripts may have made a box to type in."""
    page.get_by_label(label).select_option(label=choice)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_group_is_set_up_from_nothing_to_a_complete_membership(
    live_server, browser_as, looks_right, region, pat, scripts
):
    look = looks_right if scripts else lambda *a: None
    page = browser_as(pat, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/groups/")
    look(page, "groups-of-an-administrator")
    page.get_by_role("button", name="Set up a new group").click()
    look(page, "group-new")
    page.get_by_label("What is the group called?").fill("Example QSG")
    page.get_by_label("Local", exact=True).check()
    choose(page, "Of a local group: under which regional group?", "Example Regional QSG")
    choose(page, "Which NHS England team supports it?", "Example Area Team")
    page.get_by_role("button", name="Continue").click()
    look(page, "group-new-check")
    page.get_by_role("button", name="Make the group").click()
    expect(page.get_by_text("7 steps are still to do.")).to_be_visible()
    look(page, "set-up-at-first")

    page.get_by_role("link", name="Say which bodies' areas lie in it").click()
    page.get_by_label("Which bodies come in?").fill("NHS Exmple CCG")
    page.get_by_label("Where does this come from?").fill("Decision of the regional group")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Do you mean: NHS Example CCG").first).to_be_visible()
    look(page, "footprint-refused")
    page.get_by_label("Which bodies come in?").fill("\n".join(list(NATION.values())[2:]))
    page.get_by_role("button", name="Continue").click()
    look(page, "footprint-check")
    page.get_by_role("button", name="Save the footprint").click()

    page.get_by_role("link", name="Take the members that the minimum membership wants").click()
    look(page, "proposed-members")
    page.get_by_role("button", name="Continue").click()
    look(page, "proposed-members-check")
    page.get_by_role("button", name="Make them members").click()
    group = QualitySurveillanceGroup.objects.get(name="Example QSG")
    trust = Provider.objects.create(name="Fictional Trust", kind="foundation_trust", fictional=True)
    ProviderGroup.objects.create(provider=trust, qsg=group, source="stated")
    assert QSGMember.objects.filter(qsg=group).count() == len(NATION) + 1

    agreement = agreed(group)
    agreed(group, "notice")
    bodies = list(Agency.objects.filter(group_memberships__qsg=group).order_by("name"))
    holders = []
    for body in bodies:
        signs(body, agreement)
        holders.append(person(f"Holder of {body.name}"))
        belongs(holders[-1], body)
    for number, (holder, body) in enumerate(zip(holders, bodies, strict=True)):
        sits(holder, body, group) if number > 1 else None
    for kind, (holder, body) in zip(
        ("Chair", "Secretariat"), zip(holders, bodies, strict=True), strict=False
    ):
        page.goto(f"{live_server.url}/groups/{group.pk}/set-up/")
        page.get_by_role("link", name=f"Give the {kind.lower()}'s seat").click()
        choose(page, "Who takes the seat?", f"{holder.full_name}, {body}")
        page.get_by_role("group", name="What do they do there?").get_by_label(kind).check()
        page.get_by_label("Yes").check()
        go_on(page, "Give the seat")
    page.goto(f"{live_server.url}/groups/{group.pk}/set-up/")
    expect(page.get_by_text("The membership is complete")).to_be_visible()
    look(page, "set-up-complete")


@pytest.mark.parametrize("scripts", [True, False])
def test_many_people_are_changed_by_one_sheet_and_leavers_end(
    live_server, browser_as, looks_right, region, pat, scripts
):
    look = looks_right if scripts else lambda *a: None
    team, ccg = Agency.objects.get(kind="nhs_england_area_team"), Agency.objects.get(kind="ccg")
    group = QualitySurveillanceGroup.objects.create(
        name="Example QSG", tier="local", team=team, region=region
    )
    QSGMember.objects.create(qsg=group, agency=ccg, starts_on=LAST_YEAR)
    signs(ccg, agreed(group))
    ann, bob = person("Ann Lee"), person("Bob May")
    for one in (ann, bob):
        belongs(one, ccg)
        sits(one, ccg, group)

    page = browser_as(pat, java_script_enabled=scripts, accept_downloads=True)
    page.goto(f"{live_server.url}/people/")
    look(page, "people-without-second-factor")
    page.get_by_role("link", name="Change many by spreadsheet").click()
    look(page, "sheet")
    choose(page, "Of which body?", "NHS Example CCG")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Fetch a workbook").click()
    book = load_workbook(io.BytesIO(fetched.value.path().read_bytes()))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 5
    sheet = book.active
    sheet.append(["new@example.org", "Ned New", "NHS Example CCG", "Contributor"])
    sheet.append(["ann.lee@example.org", "Ann Lee", "NHS Example CCG", "king"])
    sheet["I5"] = "2030-12-31"
    kept = io.BytesIO()
    book.save(kept)
    page.locator("input[type=file]").set_input_files(
        {"name": "people.xlsx", "mimeType": "application/octet-stream", "buffer": kept.getvalue()}
    )
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Rows: new 1; changed 0; ended 1; unchanged 3.")).to_be_visible()
    look(page, "sheet-preview")
    page.get_by_role("button", name="Apply the good rows only").click()
    expect(page.get_by_text("The sheet is applied.")).to_be_visible()
    assert Seat.objects.filter(ends_on__year=2031).count() == 1

    page.get_by_role("link", name="Ann Lee").or_(page.get_by_role("link", name="Bob May")).first.click()
    look(page, "person-with-an-end")
    page.goto(f"{live_server.url}/people/leavers/")
    look(page, "leavers")
    page.get_by_label("E-mail addresses").fill("ann.lee@example.org\nnobody@example.org")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Ann Lee holds nothing of this any more")).to_be_visible()
    look(page, "leavers-check")
    page.get_by_role("button", name="End all of this now").click()
    expect(page.get_by_text("1 person holds nothing here any more.")).to_be_visible()
    assert principal_of(ann.pk).agency_id is None


def test_the_secretariat_sees_what_its_seats_ask(live_server, browser_as, looks_right, region, pat):
    team, ccg = Agency.objects.get(kind="nhs_england_area_team"), Agency.objects.get(kind="ccg")
    group = QualitySurveillanceGroup.objects.create(
        name="Example QSG", tier="local", team=team, region=region
    )
    for body in Agency.objects.exclude(kind__in=("local_healthwatch", "nhs_england_regional_team")):
        QSGMember.objects.create(qsg=group, agency=body, starts_on=LAST_YEAR)
    sec, ann = person("Sec Retary"), person("Ann Lee")
    belongs(sec, team)
    belongs(ann, ccg)
    sits(sec, team, group, "secretariat")
    sits(ann, ccg, group, ends_on=london_day(portal_now()))
    page = browser_as(sec)
    page.goto(f"{live_server.url}/")
    looks_right(page, "home-of-a-secretariat")
    page.get_by_role("link", name="Example QSG").first.click()
    expect(page.get_by_text("Nobody chairs the group")).to_be_visible()
    looks_right(page, "vacancies")
    page.goto(f"{live_server.url}/groups/{group.pk}/")
    looks_right(page, "group-of-a-secretariat")
