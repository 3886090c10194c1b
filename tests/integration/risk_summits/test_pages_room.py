"""The page of a summit: the headline, and the room with all its parts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Listing
from actions.operations import ask_for_action
from audit.models import Line
from meetings.operations import convene_meeting
from risk_summits.models import Room
from risk_summits.operations import (
    acknowledge_alert,
    add_known,
    answer_gate,
    call_body,
    propose_lead,
    record_judgement,
    record_provider_word,
    set_criterion,
    state_view,
    tell_by_phone,
)
from tests.integration.risk_summits.conftest import again
from tests.integration.risk_summits.pages import client_as, room_address, text_of
from tests.summits import clock, hold, trigger

HOUR = timedelta(hours=1)


def page(world, name, room, deed=""):
    answer = client_as(world, name).get(room_address(room, deed))
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer)


def test_the_headline_tells_no_word_of_the_room(world, room):
    text = page(world, "nell", room)
    assert "Risk summit about Fictional Hospital NHS Trust" in text
    assert "Example Area Team" in text
    assert "Falls with fractures" not in text
    assert "Judge together" not in text
    assert client_as(world, "nell").get(room_address(room, "top")).status_code == 404
    assert client_as(world, "nell").get(room_address(room, "as-it-stands")).status_code == 404


@pytest.mark.parametrize("deed", ["", "top", "as-it-stands", "view", "close", "told", "judge/group"])
def test_out_of_sight_is_absent(world, room, deed):
    assert client_as(world, "fay").get(room_address(room, deed)).status_code == 404


def test_the_room_says_what_it_waits_for_and_who_is_not_reached(world, room):
    acknowledge_alert(by=world.by("quinn"), now=world.move(minutes=10), summit=room.summit)
    text = page(world, "chair", room)
    assert "1 day and 23 hours left" in text or "47 hours" in text, text
    assert "Waits for: the group's judgement. No view yet from Care Quality Commission" in text
    unreached = text[text.index("Not reached yet:") : text.index("Numbers")]
    assert "Example Council" in unreached
    assert "Care Quality Commission" not in unreached
    assert "0113 496 0003" in text
    assert "Example Area Team calls the bodies together" in text
    assert "As at 3 March 2026, 2:12pm" in text


def test_a_view_stays_sealed_until_the_reveal(world, room):
    state_view(
        by=world.by("quinn"),
        now=world.move(minutes=5),
        room=room,
        answer="potential",
        text="Two notifications this month.",
    )
    assert "Two notifications" in page(world, "quiz", room)
    other = page(world, "cara", room)
    assert "Two notifications" not in other
    assert "Stated: Care Quality Commission." in other
    assert "Two notifications" not in page(world, "cara", room, "as-it-stands")
    world.move(hours=4, minutes=1)
    other = page(world, "cara", room)
    assert "Two notifications" in other
    assert "1 says “Potential for one”" in other
    assert "four hours had passed" in other


def test_dissent_stands_beside_the_others(world, room):
    for name, answer in (("quinn", "actual"), ("cara", "actual"), ("tess", "none")):
        state_view(by=world.by(name), now=world.move(minutes=5), room=again(room), answer=answer, text="Why.")
    world.move(hours=4, minutes=1)
    text = page(world, "chair", room)
    assert "They differ; each stands as it was stated." in text
    assert "NHS Trust Development Authority No failure Differs" in text


def test_reading_the_room_is_written_and_a_refresh_of_the_same_is_not(world, room):
    client = client_as(world, "chair")
    before = Line.objects.count()
    client.get(room_address(room))
    assert Line.objects.count() == before + 2, "the headline, and the room"
    before = Line.objects.count()
    quiet = {"headers": {"Portal-Background": "1"}}
    answer = client.get(f"{room_address(room, 'top')}?seen={again(room).version}", **quiet)
    assert answer.status_code == 200
    assert "Something changed" not in text_of(answer)
    assert Line.objects.count() == before
    add_known(by=world.by("cara"), now=world.move(minutes=9), room=room, text="Another fall.")
    before = Line.objects.count()
    answer = client.get(f"{room_address(room, 'top')}?seen=1", **quiet)
    assert "Something changed in this room" in text_of(answer)
    assert Line.objects.count() > before


def fill(world, room, rows: int) -> None:
    """Put so many rows into every part of a room."""
    now = world.move(hours=1)
    chair = world.by("chair")
    for number, key in enumerate(("police", "nearby", "monitor")[:rows]):
        call_body(by=chair, now=now, room=room, agency=world.agencies[key].pk, why=f"Needed {number}")
    for name in ("quinn", "cara", "cora")[:rows]:
        state_view(by=world.by(name), now=now, room=room, answer="actual", text="Why.")
    for judge, name, code in (
        ("group", "chair", "potential"),
        ("cqc", "quinn", "breach"),
        ("nhs_tda", "tess", "actual"),
    )[:rows]:
        record_judgement(by=world.by(name), now=now, room=again(room), judge=judge, code=code, text="Why.")
    for key in ("tda", "monitor", "ccg")[:rows]:
        if room.called.filter(agency=world.agencies[key]).exists():
            propose_lead(by=world.by("cara"), now=now, room=room, agency=world.agencies[key].pk)
    healthwatch = clock(room, "summit_alert", responsible_agency=world.healthwatch.pk)
    tell_by_phone(by=chair, now=now, room=room, clock=healthwatch.pk, whom="The duty desk")
    for number in range(rows):
        add_known(by=world.by("cara"), now=now, room=room, text=f"Known {number}.")
        set_criterion(by=chair, now=now, room=room, text=f"Criterion {number}")
        record_provider_word(by=chair, now=now, room=room, kind="told", text=f"Letter {number}.")
        answer_gate(
            by=chair, now=now, room=room, gate="professional_standards", answer="advice", text="Asked."
        )
        ask_for_action(
            by=chair,
            now=now,
            asked=world.cqc.pk,
            statement=f"Look {number}.",
            aim="safeguard",
            power_kind="none",
            due_at=now + 48 * HOUR,
            risk="serious",
            origin=room.record,
        )
    moment = world.move(hours=3)
    for number in range(rows):
        hold(world, room, moment, world.at(2, number), "team", "cqc", "ccg")
        convene_meeting(
            by=chair,
            now=moment,
            at=again(room),
            of=room.record,
            purpose="follow_up",
            starts_at=moment + (20 + number) * HOUR,
            ends_at=moment + (21 + number) * HOUR,
            joining="By telephone.",
        )


def queries(world, name, room) -> int:
    client = client_as(world, name)
    client.get(room_address(room))
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(room_address(room)).status_code == 200
    return len(caught)


def test_many_rows_cost_no_more_queries_than_one(world, freeze):
    few, many = trigger(world).room, trigger(world, by="cora").room
    fill(world, few, 1)
    freeze(world.now)
    fill(world, many, 3)
    one, three = queries(world, "chair", few), queries(world, "chair", many)
    assert three == one
    assert one <= 35


def test_every_part_stands_in_the_room_and_prints(world, room):
    fill(world, room, 3)
    for deed in ("", "as-it-stands"):
        text = page(world, "chair", room, deed)
        for words in (
            "Known 2.",
            "Criterion 2",
            "Letter 2.",
            "Look 2.",
            "Meeting to respond",
            "Safeguard people",
            "Professional standards",
            "Considered: advice asked",
            "The duty desk was told by phone",
            "CQC's own judgement",
            "It started the response",
            "has not answered yet" if not deed else "Has not answered yet",
            "OFFICIAL-SENSITIVE",
            "Record of this deadline",
        ):
            assert words.lower() in text.lower(), words
    assert "Convene a meeting" not in text, "nothing on the record can be pressed"


def test_buttons_are_those_that_can_be_pressed(world, room):
    reader = page(world, "quiz", room)
    for words in (
        "Record the group",
        "Convene a meeting",
        "State our view",
        "Propose a lead",
        "Told by phone",
    ):
        assert words not in reader, words
    assert "Add to what is known" in reader
    lead = page(world, "quinn", room)
    assert "State our view" in lead
    assert "Record our own judgement" in lead
    assert "Ask for a rapid impact assessment" in lead
    assert "Ask for a rapid impact assessment" not in page(world, "cara", room)
    assert "Record our own judgement" not in page(world, "cora", room), "a council judges only with the group"


def test_listed_no_more_is_out_of_the_room(world, room):
    Listing.objects.filter(summit=room.pk, user=world.people["cora"].pk).update(ended_at=world.now)
    assert client_as(world, "cora").get(room_address(room)).status_code == 404
    assert Room.objects.filter(pk=room.pk).exists()
