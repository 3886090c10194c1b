"""What a call and the deeds after it cost: the number of statements does not grow with the people told."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.operations import audience
from actions.operations import ask_for_action
from clocks.models import Clock
from clocks.operations import tick
from notifications.models import Message
from risk_summits.operations import (
    answer_handover,
    offer_handover,
    record_judgement,
    state_view,
)
from tests.integration.risk_summits.conftest import again
from tests.integration.risk_summits.pages import client_as
from tests.summits import World, trigger

MORE = 8
"""People more, with cleared seats, at each of four bodies."""


def with_more_people(world: World) -> None:
    for body in ("ccg", "nearby", "cqc", "team"):
        for number in range(MORE):
            world.person(f"{body}{number}", body, "contributor")
            world.seat(f"{body}{number}", body)


def cost(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as counted:
        deed()
    return len(counted)


@pytest.fixture(params=[False, True], ids=["few", "many"])
def sized(request, world: World) -> World:
    if request.param:
        with_more_people(world)
    audience("qsg_cleared", qsg=world.home.pk)  # made with the directory
    return world


CALL = 119
"""Statements a call may take."""


def test_a_call_costs_the_same_for_nine_people_and_for_forty(sized):
    by = sized.by("cara")
    sized.by = lambda name: by
    assert CALL - 3 <= cost(lambda: trigger(sized)) <= CALL
    if len(sized.people) > 40:
        assert Message.objects.count() > 60
        assert Clock.objects.count() > 40


def test_what_follows_a_call_costs_the_same_too(sized):
    room = trigger(sized, danger="yes").room
    people = ("cara", "quinn", "tess", "hetty", "cora", "chair")

    def state(name: str) -> int:
        by, now = sized.by(name), sized.at(1)
        return cost(lambda: state_view(by=by, now=now, room=room, answer="actual", text="Falls."))

    *stated, revealing = [state(name) for name in people]
    assert again(room).revealed_at is not None
    assert max(stated) <= 35
    assert revealing <= 120  # each of the six views is shared by itself
    soon, later = sized.freeze(sized.at(1.5)), sized.at(2)
    assert cost(lambda: tick(now=soon)) <= 80
    chair, cara = sized.by("chair"), sized.by("cara")
    said = {"judge": "group", "code": "actual", "text": "Falls."}
    assert cost(lambda: record_judgement(by=chair, now=later, room=room, **said)) <= 80
    sized.move(hours=60)
    room = again(room)
    now = sized.at(61)
    assert cost(lambda: offer_handover(by=chair, now=now, room=room, to=sized.ccg.pk)) <= 20
    handover = room.ringhandovers.get().pk
    answer = {"handover": handover, "accept": True}
    assert cost(lambda: answer_handover(by=cara, now=now, room=room, **answer)) <= 30


def test_the_page_of_a_room_costs_the_same_for_many_people_views_and_actions(sized):
    room = trigger(sized).room
    people = ("cara", "quinn", "tess", "hetty", "cora", "chair") if len(sized.people) > 40 else ("cara",)
    for name in people:
        state_view(by=sized.by(name), now=sized.at(1), room=again(room), answer="none", text="Not so.")
        ask_for_action(
            by=sized.by("chair"),
            now=sized.at(1),
            asked=sized.ccg.pk,
            statement="Look at the ward.",
            aim="safeguard",
            power_kind="none",
            risk="serious",
            due_at=sized.at(30),
            origin=room.record,
        )
    sized.move(hours=2)
    client = client_as(sized, "chair")
    client.get(room.get_absolute_url())
    assert 30 <= cost(lambda: client.get(room.get_absolute_url())) <= 34
