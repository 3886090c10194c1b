"""The numbers to ring first: the place's own council before any other, and what is not known in words."""

import re

import pytest
from django.urls import reverse

from agencies.models import Agency, FootprintAgency
from concerns.operations.ringing import EMERGENCY, Ringing, numbers_to_ring
from providers.models import Commissioning, Provider, ProviderGroup

pytestmark = pytest.mark.django_db


def lines(found):
    return [(one.who, one.number, one.when) for one in found]


@pytest.fixture
def bury(world):
    """A council without a number, in no group's area."""
    return Agency.objects.create(kind="local_authority", name="Bury council")


@pytest.fixture
def in_bury(world, bury):
    world.provider.town = "Bury"
    world.provider.save()
    return world.provider


def ask(world, *providers, **more):
    return numbers_to_ring([one.pk for one in providers], now=world.now, **more)


def test_the_own_council_is_first_though_it_has_no_number_and_the_others_stand_apart(world, in_bury):
    found = ask(world, in_bury)
    assert found.first == EMERGENCY
    assert lines(found.own) == [("Bury council, safeguarding", "", "")]
    assert lines(found.near) == [
        ("Example Council, adults", "01632 960001", "in office hours"),
        ("Example Council, adults", "01632 960002", "out of hours"),
    ]
    assert found.asked
    assert not found.unknown


def test_the_own_council_is_not_named_again_among_the_others(world, bury, in_bury):
    FootprintAgency.objects.create(qsg=world.north, agency=bury)
    assert "Bury council, safeguarding" not in {one.who for one in ask(world, in_bury).near}


def test_where_the_own_council_is_not_known_that_is_said_and_those_of_the_area_are_named(world):
    other = Agency.objects.create(kind="local_authority", name="Silent Council")
    FootprintAgency.objects.create(qsg=world.north, agency=other)
    found = ask(world, world.provider)
    assert found.unknown
    assert found.own == []
    assert {one.who for one in found.near} == {"Example Council, adults", "Silent Council, safeguarding"}


def test_a_council_that_buys_there_today_is_its_own_and_a_post_that_ended_is_not_rung(world):
    away = Agency.objects.create(kind="local_authority", name="Away Council")
    Commissioning.objects.create(provider=world.provider, agency=away, starts_on=world.now.date())
    world.council.posts.update(ends_on=world.now.date())
    found = ask(world, world.provider)
    assert lines(found.own) == [("Away Council, safeguarding", "", "")]
    assert lines(found.near) == [("Example Council, safeguarding", "", "")]
    Commissioning.objects.update(starts_on="2024-01-01", ends_on=world.now.date())
    assert ask(world, world.provider).own == []


def test_of_several_places_the_one_whose_council_is_not_known_is_said(world, in_bury):
    found = ask(world, in_bury, world.other_provider)
    assert lines(found.own) == [("Bury council, safeguarding", "", "")]
    assert found.unknown


def test_for_a_service_of_no_provider_the_groups_councils_are_named_and_none_is_its_own(world):
    found = ask(world, groups=[world.north.pk])
    assert (found.own, found.unknown) == ([], True)
    assert "01632 960001" in {one.number for one in found.near}
    assert ask(world) == Ringing()


def shown(client, provider):
    page = client.get(f"{reverse('concerns:quick')}?provider={provider.pk}").content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_names_the_own_council_first_and_says_what_to_do_without_its_number(client_of, in_bury):
    page = shown(client_of("worker"), in_bury)
    own = page.index(
        "Bury council, safeguarding: number not in the source : ask directory enquiries, or ring 999 or 101"
    )
    others = page.index("area, or buying care there; the place may be none of theirs:")
    assert own < others < page.index("Example Council, adults: 01632 960001")


def test_the_page_says_when_the_own_council_is_not_known(world, client_of):
    page = shown(client_of("worker"), world.provider)
    said = page.index("area this place is in is not known here.")
    assert said < page.index("Example Council, adults: 01632 960001")


def test_the_page_of_a_provider_in_no_group_says_that_no_desk_is_known(world, client_of):
    ProviderGroup.objects.filter(provider=world.other_provider).delete()
    assert Provider.objects.get(pk=world.other_provider.pk).town == ""
    page = shown(client_of("worker"), world.other_provider)
    assert "safeguarding desk is known for this place. Ring 999" in page
