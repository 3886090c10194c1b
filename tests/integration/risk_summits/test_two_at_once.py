"""Two deeds in one room at once, each on a connection of its own: one waits for the other, and neither fails."""

import threading
import time

import pytest
from django.db import connection, transaction

from access.refusals import NotNow
from meetings.models import Meeting
from meetings.operations import Told, convene_meeting, record_meeting_held
from meetings.rules import Attended
from risk_summits.operations.closing import end_room
from risk_summits.operations.entering import enter
from tests import summits
from tests.integration.risk_summits.conftest import again

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_closing_a_summit_and_recording_its_meeting_wait_for_each_other_in_one_order(freeze):
    world = summits.world(freeze)
    room = summits.trigger(world).room
    chair = world.by("chair")
    meeting = convene_meeting(
        by=chair,
        now=world.now,
        at=room,
        of=room.record,
        purpose="response",
        starts_at=world.at(1),
        ends_at=world.at(2),
        place="Room 4",
        joining="",
        essential=[],
    )
    now = freeze(world.at(3))
    told = Told(world.at(1), "by_call", [Attended(world.cqc.pk, "by_call", None, "Quinn")], "Who does what.")
    refused: list[Exception] = []

    def record() -> None:
        try:
            record_meeting_held(by=chair, now=now, at=again(room), meeting=meeting, seen=1, told=told)
        except Exception as problem:
            refused.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=record)
    with transaction.atomic():
        held = enter(by=chair, room=room)
        other.start()
        waited = time.monotonic() + 20
        while not somebody_waits() and time.monotonic() < waited:
            time.sleep(0.05)
        end_room(held, status="stood_down", words="", by=chair, now=now)
    other.join()
    assert [type(one) for one in refused] == [NotNow]
    assert Meeting.objects.get().status == "cancelled"
