"""What people write is kept as they wrote it, or refused: never cut, and never an error of the database."""

from collections.abc import Callable

import pytest

from access.refusals import Invalid
from clocks.models import Clock
from risk_summits.models import Room
from risk_summits.operations import (
    add_known,
    answer_gate,
    answer_lead,
    bring_forward,
    call_body,
    correct_judgement,
    object_to_lead,
    propose_lead,
    record_judgement,
    set_criterion,
    tell_by_phone,
)
from risk_summits.rules.calling import LONGEST_LINE, LONGEST_NAME, LONGEST_TEXT
from tests.summits import World

Write = Callable[[World, Room, str], str]


def by_chair(world: World, room: Room) -> dict[str, object]:
    return {"by": world.by("chair"), "now": world.at(11), "room": room}


def why_called(world: World, room: Room, words: str) -> str:
    return call_body(**by_chair(world, room), agency=world.faraway.pk, why=words).why


def who_was_told(world: World, room: Room, words: str) -> str:
    alert = Clock.objects.get(record=room.pk, responsible_agency=world.tda)
    return tell_by_phone(**by_chair(world, room), clock=alert.pk, whom=words).whom


def why_sooner(world: World, room: Room, words: str) -> str:
    return bring_forward(**by_chair(world, room), hours=4, reason=words).sooner_reason


def what_must_be_so(world: World, room: Room, words: str) -> str:
    return set_criterion(**by_chair(world, room), text=words).text


def their_reference(world: World, room: Room, words: str) -> str:
    said = {"gate": "safeguarding_adults", "answer": "none_known", "text": "Asked."}
    return answer_gate(**by_chair(world, room), **said, reference=words).reference


def what_is_known(world: World, room: Room, words: str) -> str:
    return add_known(**by_chair(world, room), text=words).text


def why_corrected(world: World, room: Room, words: str) -> str:
    said = {"judge": "group", "code": "actual", "text": "Three falls."}
    wrong = record_judgement(by=world.by("chair"), now=world.at(10), room=room, **said)
    correct_judgement(**by_chair(world, room), judgement=wrong.pk, happened_at=world.at(9), why=words)
    wrong.refresh_from_db()
    return wrong.why_corrected


def why_declined(world: World, room: Room, words: str) -> str:
    offer = propose_lead(by=world.by("cara"), now=world.at(10), room=room, agency=world.tda.pk)
    said = {"by": world.by("tess"), "now": world.at(11), "room": room, "offer": offer.pk}
    return answer_lead(**said, accept=False, reason=words).reason


def why_not_they(world: World, room: Room, words: str) -> str:
    propose_lead(by=world.by("cara"), now=world.at(10), room=room, agency=world.tda.pk)
    said = {"by": world.by("cora"), "now": world.at(11), "room": room, "agency": world.tda.pk}
    return object_to_lead(**said, ground="capacity", text=words).text


@pytest.mark.parametrize(
    ("write", "field", "longest"),
    [
        (why_called, "why", LONGEST_LINE),
        (who_was_told, "whom", LONGEST_NAME),
        (why_sooner, "reason", LONGEST_LINE),
        (what_must_be_so, "text", LONGEST_LINE),
        (their_reference, "reference", LONGEST_LINE),
        (what_is_known, "text", LONGEST_TEXT),
        (why_corrected, "why", LONGEST_LINE),
        (why_declined, "reason", LONGEST_LINE),
        (why_not_they, "text", LONGEST_LINE),
    ],
)
def test_words_are_kept_whole_or_refused(world, room, write: Write, field, longest):
    with pytest.raises(Invalid) as refusal:
        write(world, room, "x" * (longest + 1))
    assert set(refusal.value.errors) == {field}
    assert f"{longest:,} characters" in refusal.value.errors[field]


@pytest.mark.parametrize(
    ("write", "longest"),
    [(why_called, LONGEST_LINE), (what_must_be_so, LONGEST_LINE), (why_corrected, LONGEST_LINE)],
)
def test_words_of_the_longest_are_kept(world, room, write: Write, longest):
    assert write(world, room, "x" * longest) == "x" * longest
