"""The finder of providers: codes, names, towns, and spelling that is nearly right."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from agencies.models import Agency, Membership, QualitySurveillanceGroup
from providers.models import Commissioning, EarlierName, Location, Provider, ProviderGroup
from reference.operations import load_lists
from tests.integration.agencies.conftest import client_as, text_of


@pytest.fixture
def client(db: None) -> Client:
    load_lists()
    return client_as(User.objects.create_user("reader@example.org", full_name="A Reader"))


@pytest.fixture
def hospital(db: None) -> Provider:
    provider = Provider.objects.create(
        name="Royal Fictional Hospital NHS Trust",
        kind="nhs_trust",
        ods_code="RX1",
        cqc_provider_id="1-100000001",
        town="Oldham",
        postcode="OL1 2JH",
    )
    Location.objects.create(provider=provider, name="North Wing", ods_code="RX1AA")
    Provider.objects.create(name="Church Street Surgery", kind="primary_care", ods_code="P99001", town="Bury")
    return provider


def find(client: Client, **query: str) -> str:
    answer = client.get(reverse("providers:finder"), query)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return text_of(answer)


@pytest.mark.parametrize(
    "typed",
    [
        "RX1",
        "rx1",
        "RX1AA",
        "1-100000001",
        "royal fictional",
        "Roayl Fictonal Hospitl",
        "fictional oldham",
        "OL1 2JH",
        "hosp",
    ],
)
def test_a_provider_is_found_by_code_name_place_and_nearly_right(
    client: Client, hospital: Provider, typed: str
):
    said = find(client, q=typed)
    assert "Royal Fictional Hospital NHS Trust" in said


def test_a_sure_find_stands_first(client: Client, hospital: Provider):
    Provider.objects.create(name="RX1 Road Surgery", kind="primary_care")
    said = find(client, q="RX1")
    assert said.index("Royal Fictional") < said.index("RX1 Road")


def test_what_was_once_called_as_was_typed_is_a_sure_find(client: Client, hospital: Provider):
    EarlierName.objects.create(provider=hospital, name="Fair Infirmary NHS Trust", until_on=date(2026, 3, 3))
    Provider.objects.create(name="Fair Infirmary Surgery", kind="primary_care")
    said = find(client, q="fair infirmary")
    assert said.index("formerly Fair Infirmary NHS Trust") < said.index("Fair Infirmary Surgery")
    assert "Royal Fictional" in find(client, q="rx 1")


@pytest.mark.parametrize("typed", ["zzzzzz", "%%%", "\0", "x" * 1000])
def test_what_matches_nothing_says_so(client: Client, hospital: Provider, typed: str):
    assert "Providers" in find(client, q=typed)
    assert "No provider matches that" in find(client, q="zzzzzz")


def test_the_finder_is_narrowed_by_kind_group_and_commissioner(client: Client, hospital: Provider):
    team = Agency.objects.create(kind="nhs_england_area_team", name="Team")
    ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    region = QualitySurveillanceGroup.objects.create(name="Region", tier="regional", team=team)
    group = QualitySurveillanceGroup.objects.create(name="Group", tier="local", team=team, region=region)
    ProviderGroup.objects.create(provider=hospital, qsg=group, source="stated")
    Commissioning.objects.create(provider=hospital, agency=ccg, starts_on=date(2013, 4, 1))
    for query in (
        {"kind": "nhs_trust"},
        {"group": str(group.pk)},
        {"group": str(region.pk)},
        {"commissioner": str(ccg.pk)},
        {"commissioner": str(ccg.pk), "q": "royal"},
    ):
        said = find(client, **query)
        assert "Royal Fictional" in said, query
        assert "Church Street" not in said, query
    assert "Commissioned by NHS Example CCG" in find(client, commissioner=str(ccg.pk))
    everything = find(client, kind="castle", group="nowhere", commissioner="nobody")
    assert "Church Street" in everything
    assert "footprint not in the source" in everything


def test_the_finder_takes_as_many_queries_for_two_as_for_sixty(client: Client, hospital: Provider):
    find(client)  # the first page of a session asks more about the person
    with CaptureQueriesContext(connection) as few:
        find(client)
    Provider.objects.bulk_create(
        Provider(name=f"Fictional Home {number:03}", kind="care_home") for number in range(60)
    )
    with CaptureQueriesContext(connection) as many:
        find(client)
    assert len(many) == len(few)


def test_a_long_list_comes_a_page_at_a_time(client: Client, db: None):
    Provider.objects.bulk_create(
        Provider(name=f"Fictional Home {number:03}", kind="care_home") for number in range(30)
    )
    first = client.get(reverse("providers:finder"), {"kind": "care_home"})
    assert "Fictional Home 029" not in text_of(first)
    href = next(
        part.split('"')[0]
        for part in first.content.decode().split('href="')[1:]
        if "from=" in part.split('"')[0]
    )
    assert "kind=care_home" in href
    assert "Fictional Home 029" in text_of(client.get(href.replace("&amp;", "&")))


def test_an_administrator_without_people_declares_for_themselves_or_their_body(
    client: Client, hospital: Provider
):
    ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    lone = User.objects.create_user("lone@example.org", full_name="Lone Admin")
    Membership.objects.create(user=lone, agency=ccg, role="agency_administrator", starts_on=date(2013, 4, 1))
    said = text_of(client_as(lone).get(reverse("providers:declare_conflict", args=[hospital.pk])))
    assert "NHS Example CCG has" in said
    assert "Somebody else has" not in said


@pytest.mark.parametrize("typed", ["RX1", "roayl fictonal hospitl", "hosp"])
def test_programs_find_a_provider_and_a_body_by_words_too(
    client: Client, hospital: Provider, typed: str
) -> None:
    found = client.get("/api/v1/providers/", {"q": typed}).json()
    assert [one["name"] for one in found["results"]] == [hospital.name]
    assert client.get("/api/v1/providers/", {"q": typed, "kind": "primary_care"}).json()["results"] == []

    body = Agency.objects.create(name="NHS Fictional Vale CCG", kind="ccg", ods_code="99Z")
    for words in ("99z", "fictionl vale"):
        answer = client.get("/api/v1/agencies/", {"q": words}).json()
        assert [one["id"] for one in answer["results"]] == [str(body.pk)]
