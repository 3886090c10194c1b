"""A world with a hospital in trouble, and a summit called about it."""

import pytest

from risk_summits.models import Room
from tests import summits


@pytest.fixture
def world(freeze) -> summits.World:
    return summits.world(freeze)


@pytest.fixture
def room(world: summits.World) -> Room:
    """The room of a summit that the CCG called about the hospital at 2:02pm on 3 March."""
    return summits.trigger(world).room


def again(room: Room) -> Room:
    """Read a room afresh."""
    return Room.objects.select_related("record", "summit__record").get(pk=room.pk)
