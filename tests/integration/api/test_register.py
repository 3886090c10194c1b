"""The regulatory record through the API: read by everybody, entered by the body whose power it was."""

from datetime import date
from uuid import uuid4

import pytest

from providers.models import Provider, Rating, Registration, RegulatoryAction
from tests.integration.providers.answers import bring_in, lines, location, rated

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)


def entry(world, **changed):
    return {
        "provider": str(world.provider.pk),
        "kind": "warning_notice",
        "power": "cqc:intervening:Warning notice",
        "about": "Medicines were not given safely.",
        "standards": ["Regulation 12"],
        "significant": True,
        "inspected_on": "2026-02-10",
        "comply_by": "2026-05-01",
        "starts_on": "2026-02-20",
        "published_on": "2026-02-21",
        "published_where": "https://www.cqc.org.uk/example",
        **changed,
    }


def changing(world, **changed):
    return {name: value for name, value in entry(world, **changed).items() if name != "provider"}


def test_it_is_entered_corrected_and_ended(world, program) -> None:
    asking = program("inspector")
    made = asking.post("regulatory-actions/", entry(world, location=str(world.location.pk)))
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["agency"]["name"], told["standing"], told["version"]) == (
        "Care Quality Commission",
        "in_force",
        1,
    )
    assert told["location"]["name"] == "Fictional Ward Block"
    address = f"regulatory-actions/{told['id']}/"
    change = changing(world, appeal="made", reason="An appeal was made")
    assert asking.post(f"{address}correct/", change).status_code == 428
    corrected = asking.post(f"{address}correct/", change, If_Match=made.headers["ETag"])
    assert corrected.status_code == 200, corrected.content
    assert (corrected.json()["appeal"], corrected.json()["location"]) == ("made", None)
    assert corrected.json()["earlier"][0]["reason"] == "An appeal was made"
    stale = asking.post(f"{address}end/", {"ends_on": "2026-03-03"}, If_Match=made.headers["ETag"])
    assert stale.status_code == 412
    ended = asking.post(f"{address}end/", {"ends_on": "2026-03-03"}, If_Match=corrected.headers["ETag"])
    assert ended.json()["standing"] == "ended"
    assert [one["version"] for one in ended.json()["earlier"]] == [2, 1]


def test_what_is_wrong_is_said_beside_its_field(world, program) -> None:
    asking = program("inspector")
    for changed, field in (
        ({"power": "nonsense"}, "power"),
        ({"published_on": "2026-03-04"}, "published_on"),
        ({"location": str(uuid4())}, "location"),
        ({"about": "Patient 943 476 5919"}, "about"),
    ):
        answer = asking.post("regulatory-actions/", entry(world, **changed))
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {field}
    assert asking.post("regulatory-actions/", entry(world, provider=str(uuid4()))).status_code == 404
    assert not RegulatoryAction.objects.exists()


@pytest.mark.parametrize("name", ["reader", "volunteer", "administrator"])
def test_whoever_may_not_enter_is_refused(world, program, name) -> None:
    assert program(name).post("regulatory-actions/", entry(world)).status_code == 403


def test_nobody_changes_another_bodys(world, program) -> None:
    made = program("inspector").post("regulatory-actions/", entry(world))
    address = f"regulatory-actions/{made.json()['id']}/end/"
    answer = program("lead").post(address, {"ends_on": "2026-03-03"}, If_Match=made.headers["ETag"])
    assert answer.status_code == 403


def test_entries_are_listed_and_narrowed_for_everybody(world, program) -> None:
    program("inspector").post("regulatory-actions/", entry(world))
    asking = program("stranger")

    def listed(**by: str) -> int:
        query = "&".join(f"{name}={value}" for name, value in by.items())
        return len(asking.get(f"regulatory-actions/?{query}").json()["results"])

    assert (
        listed()
        == listed(provider=world.provider.pk)
        == listed(agency=world.cqc.pk)
        == listed(kind="warning_notice")
        == 1
    )
    assert (
        listed(provider=world.other_provider.pk)
        == listed(location=world.location.pk)
        == listed(kind="licence")
        == 0
    )


def test_ratings_are_listed_and_narrowed_for_everybody(world, program) -> None:
    five = dict.fromkeys(("safe", "effective", "caring", "responsive", "well_led"), "good")
    rating = Rating.objects.create(
        location=world.location, overall="inadequate", **five, current=True, source="CQC", report_on=TODAY
    )
    Rating.objects.create(provider=world.other_provider, overall="good", current=False, source="CQC")
    asking = program("stranger")

    def listed(**by: str) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in by.items())
        return [one["overall"] for one in asking.get(f"ratings/?{query}").json()["results"]]

    assert sorted(listed()) == ["good", "inadequate"]
    assert listed(provider=world.provider.pk) == listed(location=world.location.pk) == ["inadequate"]
    assert listed(current="true") == listed(overall="inadequate") == ["inadequate"]
    told = asking.get(f"ratings/{rating.pk}/").json()
    assert told["departure"].startswith("The published overall rating is Inadequate")
    assert (told["location"]["name"], told["provider"]) == ("Fictional Ward Block", None)


def test_a_rating_that_was_replaced_is_not_current(world, program) -> None:
    Provider.objects.filter(pk=world.provider.pk).update(cqc_provider_id="1-100000000")
    for overall in ("Good", "Inadequate"):
        told = location(currentRatings=rated(overall, "2023-01-10", "a"))
        bring_in(world.now, lines(told))
    results = program("stranger").get("ratings/?current=true").json()["results"]
    assert [(one["overall"], one["replaced_at"]) for one in results] == [("inadequate", None)]
    results = program("stranger").get("ratings/?current=false").json()["results"]
    assert [(one["overall"], bool(one["replaced_at"])) for one in results] == [("good", True)]


def test_registrations_are_listed_and_narrowed_for_everybody(world, program) -> None:
    here = {"location": world.location, "source": "CQC"}
    Registration.objects.create(**here, beds=40, dormant=True, replaced_at=world.now)
    Registration.objects.create(
        **here, beds=41, deregistered=True, deregistered_on=TODAY, predecessors=["1-111111111"]
    )
    Registration.objects.create(provider=world.other_provider, source="CQC", last_inspected_on=TODAY)
    asking = program("stranger")

    def listed(**by: object) -> list[int | None]:
        query = "&".join(f"{name}={value}" for name, value in by.items())
        return sorted(
            (one["beds"] for one in asking.get(f"registrations/?{query}").json()["results"]), key=str
        )

    assert listed() == [40, 41, None]
    assert listed(provider=world.provider.pk) == listed(location=world.location.pk) == [40, 41]
    assert listed(deregistered="true") == listed(replaced="false", provider=world.provider.pk) == [41]
    assert listed(replaced="true") == [40]
    (told,) = asking.get("registrations/?deregistered=true").json()["results"]
    assert (told["deregistered_on"], told["predecessors"]) == ("2026-03-03", ["1-111111111"])
    assert (told["location"]["name"], told["provider"]) == ("Fictional Ward Block", None)


def test_what_looks_like_a_patients_among_the_standards_comes_with_its_mark(world, program) -> None:
    asking = program("inspector")
    sent = entry(world, standards=["Regulation 12", "Patient  943 476 5919"])
    refused = asking.post("regulatory-actions/", sent)
    assert refused.status_code == 422
    (finding,) = refused.json()["findings"]["standards"]
    assert finding["text"] == "943 476 5919"
    assert asking.post("regulatory-actions/", {**sent, "decided": [finding["mark"]]}).status_code == 201


def test_the_record_in_short(world, program) -> None:
    Registration.objects.create(location=world.location, source="CQC", last_inspected_on=date(2025, 3, 3))
    Rating.objects.create(location=world.location, overall="inadequate", current=True, source="CQC")
    program("inspector").post("regulatory-actions/", entry(world))
    told = program("reader").get(f"providers/{world.provider.pk}/regulatory-record/").json()
    assert told["rating"]["overall"] == "inadequate"
    assert told["places"] == {"inadequate": 1}
    assert (told["inspected_on"], told["inspected"]) == ("2026-02-10", "21 days ago")  # as the entry says
    assert [one["name"] for one in told["in_force"]] == ["Warning notice: Fictional Hospital"]
    assert [one["code"] for one in told["prompts"]] == ["significant", "inadequate"]
    empty = program("reader").get(f"providers/{world.other_provider.pk}/regulatory-record/").json()
    assert (empty["rating"], empty["prompts"], empty["inspected"]) == (None, [], "")
