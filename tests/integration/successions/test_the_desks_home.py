"""The home page of the portal's administrators: what the portal needs of them, and nothing of intelligence."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, QualitySurveillanceGroup, Seat
from providers.importing.rules import DONE
from providers.models import ImportRun
from successions import rules
from tests.integration.agencies.conftest import text_of
from tests.integration.providers.imports import Importer, trusts
from tests.signing_in import sign_in
from tests.successors import Closing

pytestmark = pytest.mark.django_db


def home(world: Closing) -> str:
    return text_of(sign_in(world.desk).get("/"))


def test_it_leads_to_what_the_desk_looks_after(world: Closing) -> None:
    page = sign_in(world.desk).get("/").content.decode()
    for name in (
        "agencies:groups",
        "agencies:people",
        "agencies:leavers",
        "providers:imports",
        "agencies:rules",
        "successions:list",
    ):
        assert f'href="{reverse(name)}"' in page
    assert "The menu leads to" not in page
    assert "What you look after" not in text_of(sign_in(world.region.people["lead"]).get("/"))


def test_a_group_without_chair_is_told_and_its_vacancies_are_one_click_away(world: Closing) -> None:
    group = world.region.north
    Seat.objects.filter(qsg=group, kind="chair").delete()
    page = sign_in(world.desk).get("/")
    assert f"{group.name} : nobody chairs the group" in text_of(page)
    assert f'href="{reverse("vacancies", args=[group.pk])}"' in page.content.decode()
    assert "Nothing needs you today" not in text_of(page)


def test_an_import_waits_while_it_would_do_something(world: Closing) -> None:
    importer = Importer(world.by(world.desk), world.now)
    run = importer.preview("trusts", trusts(("RX1", "Example Trust")), "first.csv")
    assert "Imports that wait for a yes first.csv" in home(world)
    importer.apply(run)
    importer.preview("trusts", trusts(("RX1", "Example Trust")), "again.csv")
    assert ImportRun.objects.exclude(state=DONE).exists()
    assert "Imports that wait" not in home(world)


def test_a_body_that_closes_and_what_waits_there_apart_from_intelligence(world: Closing) -> None:
    world.action()
    opened = world.open()
    told = opened.offers.filter(state=rules.WAITING).count()
    said = f"NHS Example CCG closes, and is gone from 1 April 2026 {told} offers wait for an answer."
    assert said in home(world)
    world.hand_on(opened, rules.ACTION)
    assert opened.offers.filter(state=rules.WAITING).count() > told
    assert said in home(world)
    for offer in opened.offers.exclude(kind__in=rules.IN_SIGHT):
        world.accept(offer)
    assert "NHS Example CCG closes, and is gone from 1 April 2026 See how far it is." in home(world)
    Agency.objects.filter(pk=world.neighbour.pk).update(said_to_close_on=date(2026, 4, 1))
    assert "Say who takes the place of 1 body that a file closes" in home(world)


def test_it_asks_as_many_queries_however_much_waits(world: Closing) -> None:
    def asked() -> int:
        client = sign_in(world.desk)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    world.open()
    before = asked()
    group = world.region.north
    for number in range(5):
        QualitySurveillanceGroup.objects.create(
            name=f"Group {number}", tier="local", team=group.team, region=group.region
        )
        body = Agency.objects.create(kind="ccg", name=f"NHS Closing {number} CCG")
        world.open(body=body)
    assert asked() == before
