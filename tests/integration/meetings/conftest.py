"""A summit called about a hospital, its room, and a meeting convened in it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from meetings.models import Meeting
from meetings.operations import Told, convene_meeting
from meetings.rules import Attended
from risk_summits.models import Room
from tests import summits

Convene = Callable[..., Meeting]
HOUR = timedelta(hours=1)


@pytest.fixture
def world(freeze) -> summits.World:
    return summits.world(freeze)


@pytest.fixture
def room(world: summits.World) -> Room:
    return summits.trigger(world).room


@pytest.fixture
def convene(world: summits.World, room: Room) -> Convene:
    """Convene a meeting for tomorrow at nine, as the chair; anything may be said otherwise."""

    def convened(**otherwise: object) -> Meeting:
        usual = {
            "by": world.by("chair"),
            "now": world.now,
            "at": room,
            "of": room.record,
            "purpose": "response",
            "starts_at": world.now + 19 * HOUR,
            "ends_at": world.now + 20 * HOUR,
            "place": "Room 4, Example House",
            "joining": "Ring 0300 000 0000 and ask for the duty desk.",
        }
        return convene_meeting(**{**usual, **otherwise})

    return convened


def told(world: summits.World, opened_at, **otherwise: object) -> Told:
    """Say that CQC was there by call and the CCG in person."""
    usual = {
        "opened_at": opened_at,
        "how": "both",
        "attendance": [
            Attended(world.cqc.pk, "by_call", user=world.people["quinn"].pk),
            Attended(world.ccg.pk, "in_person", user=world.people["cara"].pk),
            Attended(world.team.pk, "by_call", name="The duty manager"),
            Attended(world.tda.pk, "apologies"),
        ],
        "discussion": "Night staffing on the ward.",
        "decisions": ["Nobody new is admitted.", "CQC visits tonight."],
    }
    return Told(**{**usual, **otherwise})
