"""That a summit is open stands on the pages of the provider and of the group, for those who see its headline."""

import pytest

from risk_summits.models import Room
from risk_summits.operations.closing import end_room
from risk_summits.operations.entering import enter
from tests.integration.risk_summits.conftest import again
from tests.integration.risk_summits.pages import client_as, room_address, text_of
from tests.summits import World, trigger

OPEN = "Risk summit open"


def pages(world: World, name: str) -> list[str]:
    client = client_as(world, name)
    addresses = (
        f"/providers/{world.provider.pk}/",
        f"/groups/{world.home.pk}/",
        f"/groups/{world.home.region_id}/",
    )
    return [text_of(client.get(address)) for address in addresses]


@pytest.mark.parametrize("name", ["chair", "nell", "tess"])
def test_those_who_see_the_headline_read_that_a_summit_is_open(world, room: Room, name):
    assert all(f"{OPEN} Risk summit about Fictional Hospital" in page for page in pages(world, name))


def test_a_seat_that_is_not_cleared_reads_nothing_of_it(world):
    world.person("uma", "nearby", "reader")
    world.seat("uma", "nearby", cleared=False)
    trigger(world)
    assert not any(OPEN in page for page in pages(world, "uma"))


def test_a_restricted_summit_is_read_by_those_called_alone(world):
    trigger(world, restricted=True)
    assert not any(OPEN in page for page in pages(world, "nell"))
    assert all(OPEN in page for page in pages(world, "quinn"))


def test_when_it_has_ended_whoever_sets_levels_is_asked_what_comes_next(world, room: Room):
    held = enter(by=world.by("chair"), room=room)
    end_room(held, status="stood_down", words="", by=world.by("chair"), now=world.move(hours=1))
    assert not any(OPEN in page for page in pages(world, "chair"))
    shown = client_as(world, "chair").get(room_address(again(room))).content.decode()
    assert f"/providers/{world.provider.pk}/level/{world.home.pk}/" in shown
    assert "Set the level in" not in text_of(client_as(world, "quinn").get(room_address(again(room))))
