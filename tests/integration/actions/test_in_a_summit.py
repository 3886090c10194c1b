"""Actions asked in the room of a risk summit."""

from datetime import timedelta

import pytest

from access.refusals import NotPermitted
from actions.operations import AskingSide, actions_from, ask_for_action, outstanding_for, withdraw_action
from risk_summits.models import Room
from tests import summits

DAY = timedelta(days=1)


@pytest.fixture
def world(freeze) -> summits.World:
    return summits.world(freeze)


@pytest.fixture
def room(world: summits.World) -> Room:
    return summits.trigger(world).room


def ask(world, room, by="cara", **otherwise):
    usual = {
        "by": world.by(by),
        "now": world.now,
        "asked": world.cqc.pk,
        "statement": "Visit tonight.",
        "aim": "safeguard",
        "power_kind": "listed",
        "power": "Inspection",
        "due_at": world.now + DAY,
        "risk": "critical",
        "origin": room.record,
    }
    return ask_for_action(**{**usual, **otherwise})


def test_what_comes_from_a_room_is_read_there_by_due_time(world, room):
    later = ask(world, room, statement="Report.", due_at=world.now + 2 * DAY)
    sooner = ask(world, room)
    assert actions_from(world.by("tess"), room.record) == [sooner, later]
    assert actions_from(world.by("fay"), room.record) == []
    assert outstanding_for(room.record) == 2
    withdraw_action(by=world.by("cara"), now=world.now, action=later, seen=1, reason="Done by the CCG.")
    assert outstanding_for(room.record) == 1


def test_whoever_convenes_asks_for_their_own_body_only(world, room):
    chair = world.by("chair")
    assert "convenor" in AskingSide(world.team.pk, room.record).roles_of(chair)
    assert AskingSide(world.ccg.pk, room.record).roles_of(chair) == set()
    assert AskingSide(None, room.record).roles_of(chair) == set()
    assert ask(world, room, by="chair").record.owner == world.team


def test_a_contributor_in_the_room_does_not_ask(world, room):
    from access.operations import list_participants

    quiz = world.people["quiz"]
    list_participants(summit=room.record, people=[(quiz.pk, world.cqc.pk)], now=world.now)
    with pytest.raises(NotPermitted):
        ask(world, room, by="quiz", asked=world.tda.pk, power_kind="none", power="")
