"""A meeting's record corrected: the clocks that it met or started follow what is now known."""

from datetime import datetime, timedelta

import pytest

from clocks.models import Clock
from meetings.operations import Told, correct_proceedings
from meetings.rules import Attended
from risk_summits.models import Room
from risk_summits.operations import record_judgement
from tests.integration.risk_summits.conftest import again
from tests.summits import World, clock, hold

BODIES = ("team", "cqc", "ccg")


@pytest.fixture
def judged(world: World, room: Room) -> Room:
    """There may be serious failure: the bodies must meet within 48 hours of 3:02pm."""
    said = {"judge": "group", "code": "potential", "text": "Six falls."}
    record_judgement(by=world.by("chair"), now=world.move(hours=1), room=room, **said)
    return again(room)


def told_again(world: World, room: Room, opened_at: datetime, *present: str):
    meeting = room.record.meetings.get()
    correct_proceedings(
        by=world.by("chair"),
        now=world.now_,
        at=again(room),
        meeting=meeting,
        seen=meeting.version,
        told=Told(
            opened_at,
            "by_call",
            [Attended(world.agencies[one].pk, "by_call", None, f"Of {one}") for one in present or BODIES],
            "Who does what.",
        ),
        why="It was another time.",
    )


def met(world: World, room: Room, *, recorded: float, opened: float) -> None:
    world.now_ = world.move(hours=recorded)
    hold(world, room, world.now_, world.at(opened), *BODIES)


def test_a_meeting_that_was_later_than_was_written_down_is_met_late(world, judged):
    met(world, judged, recorded=60, opened=30)
    assert clock(judged, "response").state == "met_recorded_late"
    told_again(world, judged, world.at(55))
    now = clock(judged, "response", replaced_by=None)
    assert (now.state, now.met_at, now.met_how) == ("met_late", world.at(55), "held_by_call")
    assert now.replaces.state == "met_recorded_late"


def test_a_meeting_that_was_sooner_than_was_written_down_was_in_time(world, judged):
    met(world, judged, recorded=60, opened=55)
    assert clock(judged, "response").state == "met_late"
    told_again(world, judged, world.at(30))
    assert clock(judged, "response", replaced_by=None).state == "met_recorded_late"


def test_a_deed_in_time_and_written_down_in_time_stays_so(world, judged):
    met(world, judged, recorded=31, opened=30)
    world.now_ = world.move(hours=70)
    told_again(world, judged, world.at(29))
    now = clock(judged, "response", replaced_by=None)
    assert (now.state, now.met_at, now.met_recorded_at) == ("met", world.at(29), world.at(31))
    assert not now.steps.exists(), "nobody is told again"


def test_the_next_meeting_is_counted_from_the_right_moment(world, judged):
    met(world, judged, recorded=31, opened=30)
    first = clock(judged, "follow_up")
    assert first.started_at == world.at(30)
    told_again(world, judged, world.at(20))
    first.refresh_from_db()
    assert (first.state, first.stop_reason) == ("stopped", "corrected")
    now = Clock.objects.get(record=judged.pk, family="follow_up", replaced_by=None)
    assert (now.started_at, now.state) == (world.at(20), "running")
    assert first.due_at - now.due_at in (timedelta(0), timedelta(days=1))


def test_without_a_body_that_must_be_there_nothing_was_met(world, judged):
    met(world, judged, recorded=31, opened=30)
    told_again(world, judged, world.at(30), "team", "cqc")
    now = clock(judged, "response", replaced_by=None)
    assert (now.state, now.due_at) == ("running", world.at(49))
    assert clock(judged, "follow_up").stop_reason == "corrected"
    told_again(world, judged, world.at(30.5))
    assert clock(judged, "response", replaced_by=None).met_at == world.at(30.5)


def test_words_corrected_change_no_clock(world, judged):
    met(world, judged, recorded=31, opened=30)
    told_again(world, judged, world.at(30))
    assert Clock.objects.filter(record=judged.pk, family="response").count() == 1
