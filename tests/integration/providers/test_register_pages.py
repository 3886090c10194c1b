"""The pages of the regulatory record: everybody reads, the body whose power it was enters, corrects and ends."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from providers.models import EarlierAction, Location, Rating, Registration, RegulatoryAction
from providers.register.operations import enter_action
from providers.register.rules.actions import Facts
from reference.operations import set_end
from tests.concerned import NOON, Region, region
from tests.signing_in import sign_in

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(world, name="reader", status=200, address="") -> str:
    answer = sign_in(world.people[name]).get(
        address or reverse("providers:register", args=[world.provider.pk])
    )
    assert answer.status_code == status, text_of(answer)
    return text_of(answer)


def enter(world, **changed) -> RegulatoryAction:
    usual = {
        "kind": "warning_notice",
        "power": "cqc:intervening:Warning notice",
        "about": "Medicines were not given safely.",
        "standards": ("Regulation 12",),
        "inspected_on": TODAY - 20 * DAY,
        "comply_by": TODAY + 60 * DAY,
        "starts_on": TODAY - 10 * DAY,
        "published_on": TODAY - 5 * DAY,
        "published_where": "https://www.cqc.org.uk/example",
    }
    facts = Facts(**{**usual, **changed})
    return enter_action(by=world.by("inspector"), now=world.now, provider=world.provider, facts=facts)


def typed(**changed) -> dict[str, str]:
    def day(name: str, value: date) -> dict[str, str]:
        return {
            f"{name}_day": str(value.day),
            f"{name}_month": str(value.month),
            f"{name}_year": str(value.year),
        }

    return {
        "kind": "warning_notice",
        "location": "whole",
        "power": "cqc:intervening:Warning notice",
        "power_said": "",
        "about": "Medicines were not given safely.",
        "standards": "Regulation 12\nRegulation 17",
        **day("inspected_on", TODAY - 20 * DAY),
        **day("comply_by", TODAY + 60 * DAY),
        "significant": "yes",
        **day("starts_on", TODAY - 10 * DAY),
        **day("published_on", TODAY - 5 * DAY),
        "published_where": "https://www.cqc.org.uk/example",
        "appeal": "none",
        **changed,
    }


def test_of_a_provider_without_a_record_it_says_so(world) -> None:
    text = page(world)
    assert "Nothing has been entered about this provider." in text
    assert "Neither a registration nor a rating" in text
    assert "No rating of it stands now, as far as published here." in text


@pytest.mark.parametrize("name", ["reader", "administrator", "auditor", "stranger", "visitor"])
def test_everybody_signed_in_reads_it_and_is_offered_nothing_that_is_not_theirs(world, name) -> None:
    enter(world)
    text = page(world, name)
    assert "Medicines were not given safely." in text
    assert "in force" in text
    assert "Correct this" not in text
    assert "Care Quality Commission: Warning notice" in text
    assert ("Enter what was published" in text) == (name == "stranger")  # of another commissioner


def test_the_body_whose_entry_it_is_is_offered_to_change_it(world) -> None:
    action = enter(world)
    text = page(world, "inspector")
    assert "Correct this" in text
    assert "End this" in text
    action.ends_on = TODAY
    action.save()
    assert "End this" not in page(world, "cqc_unseated")


def test_ratings_stand_in_a_table_with_what_departs_and_what_is_older(world) -> None:
    place = world.location
    common = {"location": place, "source": "CQC file"}
    Registration.objects.create(
        **common, registered_on=date(2012, 1, 2), beds=12, services=["Care home service"], council="Oldham",
        last_inspected_on=date(2025, 1, 2), predecessors=["1-1"], successors=["1-2"],
    )  # fmt: skip
    five = dict.fromkeys(("safe", "effective", "caring", "responsive", "well_led"), "good")
    Rating.objects.create(
        **common,
        **five,
        current=True,
        overall="requires_improvement",
        report_on=date(2025, 2, 3),
        caring_on=date(2020, 1, 2),
    )
    Rating.objects.create(
        **common, current=False, overall="inadequate", report_on=date(2020, 1, 2), predecessor="1-1"
    )
    Rating.objects.create(**common, current=False, overall="good", replaced_at=world.now)
    text = page(world)
    assert "by the rule the five key questions add up to Good. Inspectors may depart from the rule." in text
    assert "Caring rests on the report of 2 January 2020." in text
    assert "of its predecessor 1-1" in text
    assert "replaced by the publisher 3 March 2026, midday" in text
    assert "day not in the source" in text
    assert (
        "Registered 2 January 2012. Care home service. 12 beds. Oldham. Last inspected 2 January 2025."
        in text
    )
    assert "Last inspected 1 year and 2 months ago" in text


def test_a_closed_registration_is_told_as_one(world) -> None:
    Registration.objects.create(
        provider=world.provider, source="CQC file", registered_on=date(2012, 1, 2), deregistered=True,
        deregistered_on=date(2020, 1, 2), dormant=True,
    )  # fmt: skip
    text = page(world)
    assert "Registration ended: registered 2 January 2012, until 2 January 2020, dormant." in text
    assert "No rating of it is published." in text


def test_a_provider_with_many_places_is_paged(world) -> None:
    for number in range(30):
        place = Location.objects.create(provider=world.provider, name=f"Place {number:02}")
        Rating.objects.create(location=place, overall="good", current=True, source="CQC")
    Rating.objects.create(provider=world.provider, overall="good", current=True, source="CQC")
    client = sign_in(world.people["reader"])
    answer = client.get(reverse("providers:register", args=[world.provider.pk]))
    text = text_of(answer)
    assert "Place 24" in text
    assert "Place 25" not in text
    assert "Fictional Hospital, as a whole" in text
    older = re.search(r'href="([^"]*from=[^"]*)"', answer.content.decode())[1]
    after = text_of(client.get(older.replace("&amp;", "&")))
    assert "Place 29" in after
    assert "as a whole" not in after


def test_prompts_stand_with_what_they_rest_on_on_both_pages(world) -> None:
    enter(world, significant=True)
    for text in (page(world), page(world, address=reverse("provider", args=[world.provider.pk]))):
        assert "Consider whether people are at risk now" in text
        assert "Warning notice, 11 February 2026, Fictional Hospital: Regulation 12" in text
        assert "They are no judgement" in text


def test_an_office_of_the_portal_reads_the_short_part_too(world) -> None:
    enter(world)
    text = page(world, "administrator", address=reverse("provider", args=[world.provider.pk]))
    assert "Ratings and regulatory record" in text
    assert "Warning notice" in text


def test_the_pages_take_the_same_questions_however_much_there_is(world) -> None:
    client = sign_in(world.people["inspector"])
    addresses = [reverse(name, args=[world.provider.pk]) for name in ("providers:register", "provider")]

    def asked() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as questions:
                assert client.get(address).status_code == 200
            found.append(len(questions))
        return found

    def more(number: int) -> None:
        action = enter(world, kind="condition", about=f"The {number}th", location=world.location.pk)
        EarlierAction.objects.create(
            action=action, version=1, reason="x", kind="condition", power="other", power_said="x", about="x",
            starts_on=TODAY, published_on=TODAY, published_where="x", entered_at=world.now,
            entered_by=world.inspector, location=world.location,
        )  # fmt: skip
        place = Location.objects.create(provider=world.provider, name=f"Place {number}")
        Rating.objects.create(location=place, overall="good", current=True, source="CQC")
        Registration.objects.create(location=place, source="CQC")

    more(0)
    more(1)
    before = asked()
    for number in range(2, 9):
        more(number)
    assert asked() == before


# --- Entering, correcting, ending --------------------------------------------------------------------------


def test_a_regulator_enters_on_a_form(world) -> None:
    client = sign_in(world.people["inspector"])
    address = reverse("providers:enter_action", args=[world.provider.pk])
    shown = text_of(client.get(address))
    assert "Warning notice" in shown
    assert "Licence" not in shown
    answer = client.post(address, typed(location=str(world.location.pk)), follow=True)
    assert answer.status_code == 200, text_of(answer)
    assert "It is entered." in text_of(answer)
    action = RegulatoryAction.objects.get()
    assert (action.location, action.standards, action.significant) == (
        world.location,
        ["Regulation 12", "Regulation 17"],
        True,
    )


def test_the_form_of_a_commissioner_asks_nothing_about_breaches(world) -> None:
    client = sign_in(world.people["worker"])
    address = reverse("providers:enter_action", args=[world.provider.pk])
    shown = client.get(address).content.decode()
    assert "standards" not in shown
    kept = {
        name: value
        for name, value in typed().items()
        if not re.match("inspected|comply|signif|standards", name)
    }
    answer = client.post(
        address, {**kept, "kind": "contract", "power": "other", "power_said": "Stop to placements"}
    )
    assert answer.status_code == 302, text_of(answer)
    assert RegulatoryAction.objects.get().power_words == "Stop to placements"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": ""}, "Choose what was done"),
        ({"about": ""}, "Say what it is about, as it was published"),
        ({"about": "Patient 943 476 5919 fell."}, "looks like an NHS number"),
        ({"published_on_year": "2027"}, "Only what is published is entered here"),
        ({"power": "other"}, "Say which power was used"),
        ({"starts_on_day": "45"}, "must be a real date"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(world, changed, sentence) -> None:
    client = sign_in(world.people["inspector"])
    answer = client.post(reverse("providers:enter_action", args=[world.provider.pk]), typed(**changed))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Regulation 17" in text_of(answer)
    assert not RegulatoryAction.objects.exists()


@pytest.mark.parametrize("name", ["reader", "volunteer", "administrator"])
def test_whoever_may_not_enter_is_told_so(world, name) -> None:
    page(world, name, 403, reverse("providers:enter_action", args=[world.provider.pk]))


def test_it_is_corrected_and_ended_and_what_stood_before_is_shown(world) -> None:
    action = enter(world)
    client = sign_in(world.people["inspector"])
    address = reverse("providers:correct_action", args=[action.pk])
    shown = client.get(address).content.decode()
    assert "Medicines were not given safely." in shown
    kept = typed(seen="1", appeal="made", reason="An appeal was made")
    answer = client.post(address, kept, follow=True)
    assert "It is corrected." in text_of(answer), text_of(answer)
    assert "An appeal is made and not decided" in text_of(answer)
    assert "Changed because: An appeal was made" in text_of(answer)
    stale = client.post(address, {**kept, "appeal": "dismissed"})
    assert stale.status_code == 422
    assert "changed this at midday, after you opened it" in text_of(stale)
    end = reverse("providers:end_action", args=[action.pk])
    assert "From which day is it no longer in force?" in text_of(client.get(end))
    day = {"ends_on_day": "3", "ends_on_month": "3", "ends_on_year": "2026", "seen": "2"}
    answer = client.post(end, day, follow=True)
    assert "It is ended, and stays in the record." in text_of(answer)
    assert "put right in time" in text_of(answer)


def test_an_end_that_lies_ahead_is_not_called_one_that_was(world) -> None:
    action = enter(world)
    client = sign_in(world.people["inspector"])
    day = {"ends_on_day": "1", "ends_on_month": "4", "ends_on_year": "2026", "seen": "1"}
    answer = client.post(reverse("providers:end_action", args=[action.pk]), day, follow=True)
    assert "It is no longer in force from 1 April 2026, and stays in the record." in text_of(answer)
    assert "It is ended" not in text_of(answer)


def test_the_form_offers_the_power_of_an_entry_though_it_has_ended_since(world) -> None:
    action = enter(world)
    set_end(list_code="tools_and_levers", code=action.power, effective_to=TODAY - DAY)
    client = sign_in(world.people["inspector"])
    answer = client.post(
        reverse("providers:correct_action", args=[action.pk]),
        typed(seen="1", appeal="made", reason="An appeal was made"),
        follow=True,
    )
    assert "It is corrected." in text_of(answer)
    entering = client.get(reverse("providers:enter_action", args=[world.provider.pk])).content.decode()
    assert action.power not in entering


def test_the_current_rating_stands_first_though_its_day_is_not_known(world) -> None:
    common = {"location": world.location, "source": "CQC"}
    Rating.objects.create(**common, overall="requires_improvement", current=False, report_on=TODAY)
    Rating.objects.create(**common, overall="good", current=True)
    table = page(world).partition("Registration and ratings over time")[2]
    assert table.index("day not in the source") < table.index("3 March 2026")


@pytest.mark.parametrize("name", ["worker", "reader", "chair"])
def test_nobody_else_changes_it(world, name) -> None:
    action = enter(world)
    for what in ("correct_action", "end_action"):
        text = page(world, name, 403, reverse(f"providers:{what}", args=[action.pk]))
        assert "Only Care Quality Commission, whose entry this is, changes it." in text


@pytest.mark.parametrize("what", ["register", "enter_action", "correct_action", "end_action"])
def test_what_is_not_there_is_not_found(world, what) -> None:
    page(world, "inspector", 404, reverse(f"providers:{what}", args=["0dd0dd0d-0dd0-4dd0-8dd0-0dd0dd0dd0dd"]))
