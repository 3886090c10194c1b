"""What the secretariat is told of its group's seats: gaps with since when and whom to ring, and what ends soon."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import clockwork
from agencies.models import Agency, FootprintAgency, Membership, Post, QSGMember, Seat
from agencies.operations import stand_as_in_2013
from agencies.vacancies.reading import Attention, attention_of
from reference.operations import load_lists
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    World,
    belongs,
    client_as,
    person,
    sits,
    text_of,
)

ENDED = date(2026, 2, 3)


@pytest.fixture(autouse=True)
def _cast_of_2013(world: World) -> None:
    load_lists()
    stand_as_in_2013(by=clockwork(world.now), now=world.now)
    FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)


@pytest.fixture
def secretary(world: World):
    found = person("Sec Retary")
    belongs(found, world.ccg, "contributor")
    sits(found, world.ccg, world.group, "secretariat")
    return found


def told(world: World, day: date = TODAY) -> Attention:
    return attention_of([world.group], day, nhs_trusts={world.group.pk: False})[0]


def words(world: World) -> list[str]:
    return [one.words for one in told(world).vacancies]


class TestSinceWhen:
    def test_a_seat_that_ended(self, world: World):
        sits(world.ann, world.ccg, world.group, ends_on=ENDED)
        assert "No seat for NHS Example CCG: nobody sits for it, since 3 February 2026" in words(world)

    def test_a_role_that_ended_under_a_seat(self, world: World):
        sits(world.ann, world.ccg, world.group)
        Membership.objects.filter(user=world.ann).update(ends_on=ENDED)
        assert "No seat for NHS Example CCG: nobody sits for it, since 3 February 2026" in words(world)

    def test_a_body_for_which_nobody_ever_sat(self, world: World):
        said = (
            "No seat for NHS Example CCG: nobody sits for it, and nobody ever did (member since 3 March 2025)"
        )
        assert said in words(world)

    def test_a_kind_of_body_of_which_any_would_do(self, world: World):
        listener = Agency.objects.create(kind="letb", name="Example Education Board")
        QSGMember.objects.create(qsg=world.group, agency=listener, starts_on=LAST_YEAR, ends_on=ENDED)
        belongs(world.bob, listener)
        sits(world.bob, listener, world.group)
        assert "No education and training board seat, since 3 February 2026" in words(world)
        assert "No CQC seat" in words(world), "never held, and no day is made up"

    def test_the_chair_and_the_secretariat(self, world: World, secretary):
        sits(world.ann, world.ccg, world.group, "chair", ends_on=ENDED)
        found = words(world)
        assert found[0] == "Nobody chairs the group, since 3 February 2026"
        assert not any("secretariat" in one for one in found)
        secretary.is_active = False
        secretary.save()
        assert "Nobody is the group's secretariat" in words(world)


class TestWhomToRing:
    def number(self, world: World, sentence: str):
        (one,) = (one for one in told(world).vacancies if one.words.startswith(sentence))
        return [(ring.who, ring.number) for ring in one.numbers]

    def test_the_bodys_own_number_then_that_of_whoever_holds_a_post(self, world: World):
        gap = "No seat for NHS Example CCG"
        assert self.number(world, gap) == [("NHS Example CCG", "")]
        Post.objects.create(
            agency=world.ccg, post="director", holder_name="Dee Rector", telephone="01632 960001", starts_on=LAST_YEAR
        )  # fmt: skip
        assert self.number(world, gap) == [("Dee Rector, NHS Example CCG", "01632 960001")]
        Agency.objects.filter(pk=world.ccg.pk).update(telephone="01632 960000")
        assert self.number(world, gap) == [("NHS Example CCG", "01632 960000")]

    def test_where_only_a_body_of_the_area_would_do_none_from_elsewhere_is_named(self, world: World):
        Agency.objects.create(
            kind="local_healthwatch", name="Healthwatch Elsewhere", telephone="01632 960009"
        )
        assert self.number(world, "No seat for any local Healthwatch") == []

    def test_of_a_kind_the_one_there_is_or_those_of_the_group(self, world: World):
        Agency.objects.create(kind="cqc", name="Care Quality Commission", telephone="01632 960002")
        assert self.number(world, "No CQC seat") == [("Care Quality Commission", "01632 960002")]
        for number in range(5):
            Agency.objects.create(kind="letb", name=f"Board {number}")
        gap = "No education and training board seat"
        assert self.number(world, gap) == [], "five that could be it are no answer"
        FootprintAgency.objects.create(qsg=world.group, agency=Agency.objects.get(name="Board 3"))
        assert self.number(world, gap) == [("Board 3", "")]


class TestWhatEndsSoon:
    def test_a_seat_by_its_last_day(self, world: World):
        sits(world.ann, world.ccg, world.group, ends_on=TODAY + timedelta(days=29))
        assert [one.words for one in told(world).endings] == [
            "Ann Lee, representative, for NHS Example CCG: the last day is 31 March 2026, in 28 days"
        ]

    @pytest.mark.parametrize("model", [Membership, QSGMember])
    def test_what_it_rests_on_ends_it_too(self, world: World, model):
        sits(world.ann, world.ccg, world.group)
        held = model.objects.filter(user=world.ann) if model is Membership else model.objects.all()
        held.update(ends_on=TODAY + timedelta(days=5))
        assert len(told(world).endings) == 1

    def test_a_seat_that_goes_on_in_another_row_does_not(self, world: World):
        soon = TODAY + timedelta(days=5)
        sits(world.ann, world.ccg, world.group, ends_on=soon)
        sits(world.ann, world.ccg, world.group, cleared=True, starts_on=soon)
        assert told(world).endings == []

    def test_neither_does_one_that_does_not_count_or_ends_later(self, world: World):
        sits(world.bob, world.ccg, world.group, ends_on=TODAY + timedelta(days=5))
        sits(world.ann, world.ccg, world.group, ends_on=TODAY + timedelta(days=90))
        assert told(world).endings == []


class TestWhoIsTold:
    def test_a_program_of_the_secretariat(self, world: World, secretary):
        sits(world.ann, world.ccg, world.group, "chair", ends_on=date(2026, 4, 1))
        address = f"/api/v1/qsgs/{world.group.pk}/vacancies/"
        found = client_as(secretary).get(address).json()
        asked = attention_of([world.group], TODAY, nhs_trusts={})[0]
        assert [one["words"] for one in found["vacancies"]] == [one.words for one in asked.vacancies]
        assert found["vacancies"][0]["numbers"] == [
            {"who": one.who, "number": one.number} for one in asked.vacancies[0].numbers
        ]
        assert [(one["words"], one["ends_on"]) for one in found["endings"]] == [
            (asked.endings[0].words, "2026-04-01")
        ]
        assert client_as(world.bob).get(address).status_code == 403

    def test_the_secretariat_on_the_groups_page_on_home_and_to_print(self, world: World, secretary):
        Agency.objects.filter(pk=world.ccg.pk).update(telephone="01632 960000")
        sits(world.ann, world.ccg, world.group, ends_on=TODAY + timedelta(days=5))
        client = client_as(secretary)
        address = reverse("group", args=[world.group.pk])
        group, own = text_of(client.get(address)), text_of(client.get(f"{address}vacancies/"))
        home = text_of(client.get("/"))
        for page in (group, own):
            assert "Nobody chairs the group" in page
            assert "Ann Lee, representative" in page
        assert "Seats of your groups" in home
        assert "Nobody chairs the group" in home

    def test_nobody_else(self, world: World):
        sits(world.ann, world.ccg, world.group)
        client = client_as(world.ann)
        address = reverse("group", args=[world.group.pk])
        assert "Nobody chairs the group" not in text_of(client.get(address))
        assert client.get(f"{address}vacancies/").status_code == 403
        assert "Seats of your groups" not in text_of(client.get("/"))

    def test_the_secretariat_of_another_group(self, world: World, secretary):
        address = reverse("vacancies", args=[world.region.pk])
        assert client_as(secretary).get(address).status_code == 403
        assert client_as(world.portal_admin).get(address).status_code == 200


def test_many_groups_are_asked_in_as_many_questions_as_one(world: World, secretary):
    groups = [world.group]
    for number in range(4):
        group = type(world.group).objects.create(
            name=f"QSG {number}", tier="local", team=world.group.team, region=world.region
        )
        QSGMember.objects.create(qsg=group, agency=world.ccg, starts_on=LAST_YEAR)
        sits(secretary, world.ccg, group, "secretariat")
        groups.append(group)
    asked = []
    for some in (groups[:1], groups):
        with CaptureQueriesContext(connection) as queries:
            attention_of(some, TODAY, nhs_trusts={})
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert len([one for one in attention_of(groups, TODAY, nhs_trusts={}) if one.vacancies]) == 5
    assert Seat.objects.filter(user=secretary).count() == 5
