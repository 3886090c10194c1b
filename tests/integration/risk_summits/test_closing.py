"""What is asked as a matter of routine, and how a summit ends."""

import pytest

from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from clocks.models import Clock
from concerns.models import Concern
from concerns.operations.safety import record_safeguarding
from meetings.models import Meeting
from meetings.operations import convene_meeting
from notifications.models import Message
from risk_summits.models import RiskSummit, Room
from risk_summits.operations import (
    answer_gate,
    meet_criterion,
    record_judgement,
    record_provider_word,
    set_criterion,
    stand_down,
    state_view,
    table_concern,
)
from risk_summits.operations.facts import gates, stage
from tests.integration.risk_summits.conftest import again
from tests.integration.risk_summits.test_responding import concern
from tests.summits import clock, hold, trigger

CALM = (
    ("professional_standards", "considered_none"),
    ("safeguarding_adults", "none_known"),
    ("safeguarding_children", "none_known"),
)


def answer(world, room, gate, said, at=12.0, **more):
    return answer_gate(
        by=world.by("chair"), now=world.at(at), room=room, gate=gate, answer=said,
        **{"text": "Asked of everyone in the room.", **more},
    )  # fmt: skip


@pytest.fixture
def met(world, room) -> Room:
    """A room in which the group judged and met, its questions answered and its one criterion met."""
    record_judgement(
        by=world.by("chair"), now=world.at(10), room=room, judge="group", code="actual", text="Three falls."
    )
    hold(world, room, world.at(31), world.at(30), "team", "ccg")
    for gate, said in CALM:
        answer(world, room, gate, said, at=32)
    criterion = set_criterion(by=world.by("chair"), now=world.at(32), room=room, text="No fall for a month.")
    meet_criterion(
        by=world.by("chair"),
        now=world.at(40),
        room=room,
        criterion=criterion.pk,
        evidence="The ward's own count.",
    )
    return room


def close(world, room, at=50.0, **more):
    usual = {"seen": again(room).version, "learning": "Ring the ward first.", "outcome": "Safe again."}
    return stand_down(by=world.by("chair"), now=world.at(at), room=room, **{**usual, **more})


def test_how_it_ended_is_kept_whole_or_refused(world, met):
    with pytest.raises(Invalid) as refusal:
        close(world, met, outcome="x" * 301)
    assert set(refusal.value.errors) == {"outcome"}
    assert RiskSummit.objects.get().ended_at is None


def test_a_summit_is_closed_with_everything_answered(world, met):
    close(world, met)
    summit = RiskSummit.objects.get()
    assert (summit.status, summit.ended_at, summit.outcome) == ("stood_down", world.at(50), "Safe again.")
    held = again(met)
    assert held.learning == "Ring the ward first."
    assert stage(held) == "closed"
    assert held.holding().ends_at == world.at(50)
    ended = Clock.objects.filter(record_id__in=[met.pk, summit.pk], state__in=["running", "missed"])
    assert set(ended.values_list("family", flat=True)) == {"provider_notice"}
    told = Message.objects.filter(event="summit.ended", record=summit.pk)
    assert world.people["nell"] in {one.recipient for one in told}
    with pytest.raises(NotNow, match="was closed on"):
        close(world, met, at=51)


@pytest.mark.parametrize("missing", range(3))
def test_it_cannot_close_with_a_question_unanswered(world, room, missing):
    record_judgement(
        by=world.by("chair"),
        now=world.at(10),
        room=room,
        judge="group",
        code="none_focused",
        text="Watch it.",
    )
    for number, (gate, said) in enumerate(CALM):
        if number != missing:
            answer(world, room, gate, said)
    with pytest.raises(NotNow, match="Not answered yet"):
        close(world, room)
    assert RiskSummit.objects.get().is_open


def test_nor_with_a_meeting_owed_a_criterion_unmet_or_nothing_learnt(world, room):
    for gate, said in CALM:
        answer(world, room, gate, said)
    with pytest.raises(NotNow, match="has not judged yet"):
        close(world, room)
    record_judgement(
        by=world.by("chair"), now=world.at(13), room=room, judge="group", code="actual", text="Three falls."
    )
    with pytest.raises(NotNow, match="still owe each other a meeting"):
        close(world, room)
    hold(world, room, world.at(31), world.at(30), "team", "ccg")
    with pytest.raises(NotNow, match="No exit criterion"):
        close(world, room)
    criterion = set_criterion(by=world.by("chair"), now=world.at(32), room=room, text="No fall for a month.")
    with pytest.raises(NotNow, match="1 of 1 exit criteria is not met"):
        close(world, room)
    meet_criterion(
        by=world.by("chair"), now=world.at(40), room=room, criterion=criterion.pk, evidence="Counted."
    )
    with pytest.raises(Invalid):
        close(world, room, learning=" ")
    close(world, room)


def test_only_who_chairs_or_leads_closes_and_on_what_was_seen(world, met):
    with pytest.raises(NotPermitted):
        stand_down(by=world.by("cara"), now=world.at(50), room=met, seen=again(met).version, learning="x")
    with pytest.raises(NotNow, match="Something changed"):
        close(world, met, seen=1)


def test_what_was_put_before_the_room_is_shared_no_longer_unless_it_is_kept(world, met):
    lent, kept = concern(world), concern(world)
    table_concern(by=world.by("cara"), now=world.at(41), room=met, concern=lent.pk)
    table_concern(by=world.by("cara"), now=world.at(41), room=met, concern=kept.pk, keep=True)
    close(world, met)
    seen = visible_to(world.by("cora"), Concern.objects.filter(pk__in=[lent.pk, kept.pk]))
    assert list(seen) == [kept]


def test_meetings_to_come_are_cancelled(world, met):
    meeting = convene_meeting(
        by=world.by("chair"), now=world.at(41), at=met, of=met.record, purpose="follow_up",
        starts_at=world.at(90), ends_at=world.at(91), place="Here", joining="Ring 0800 496 0100",
    )  # fmt: skip
    close(world, met)
    assert Meeting.objects.get(pk=meeting.pk).status == "cancelled"
    with pytest.raises(NotNow, match="had been closed by then"):
        hold(world, met, world.at(60), world.at(55), "team", "ccg", purpose="follow_up")
    late = hold(world, met, world.at(60), world.at(45), "team", "ccg", purpose="follow_up")
    assert late.status == "held"


def test_the_provider_is_told_how_it_ended(world, met):
    close(world, met)
    assert clock(met, "provider_notice", state="running") is not None
    record_provider_word(by=world.by("chair"), now=world.at(60), room=met, kind="outcome", text="Letter.")
    assert not Clock.objects.filter(record=met.pk, state="running").exists()


def test_a_summit_that_is_not_taken_forward_asks_for_safeguarding_alone(world, room):
    usual = {"by": world.by("chair"), "now": world.at(20), "room": room, "judge": "group",
             "code": "not_taken_forward"}  # fmt: skip
    with pytest.raises(NotNow, match="safeguarding adults and safeguarding children"):
        record_judgement(text="Looked into: not so.", **usual)
    for gate, said in CALM[1:]:
        answer(world, room, gate, said)
    state_view(by=world.by("quinn"), now=world.at(3), room=room, answer="none", text="Not so.")
    with pytest.raises(Invalid):
        record_judgement(text=" ", **usual)
    record_judgement(text="Looked into: not so.", **usual)
    summit = RiskSummit.objects.get()
    assert (summit.status, summit.ended_at) == ("not_taken_forward", world.at(20))
    assert clock(room, "judgement").state == "met"
    assert clock(room, "provider_notice").state == "running"
    assert again(room).closing_words == "Looked into: not so."
    connection_holds = again(room).holding()
    assert (connection_holds.basis, connection_holds.ends_at) == ("convenor", world.at(20))


def test_once_somebody_judged_failure_it_is_taken_forward(world, room):
    for gate, said in CALM:
        answer(world, room, gate, said)
    record_judgement(by=world.by("quinn"), now=world.at(13), room=room, judge="cqc", code="breach")
    with pytest.raises(NotNow, match="the response goes on"):
        record_judgement(
            by=world.by("chair"),
            now=world.at(20),
            room=room,
            judge="group",
            code="not_taken_forward",
            text="Not so.",
        )


def test_the_gates_follow_what_was_done_for_adults_and_children(world):
    room = trigger(world, danger="yes").room
    assert len(gates(room)["safeguarding_children"]) == 3
    done = {"by": world.by("cara"), "now": world.at(1), "record": room.record}
    record_safeguarding(deed="said_about", about="child", **done)
    assert gates(room)["safeguarding_adults"] == []
    record_safeguarding(deed="rang", about="child", whom="Children's social care", **done)
    record_safeguarding(deed="notified", about="child", whom="The Board", **done)
    assert gates(room)["safeguarding_children"] == ["The Board or partners are not engaged yet."]
    record_safeguarding(deed="engaged", about="child", whom="The Board", **done)
    assert gates(room)["safeguarding_children"] == []
    assert gates(room)["professional_standards"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"gate": "weather"}, "gate"),
        ({"said": "perhaps"}, "answer"),
        ({"text": " "}, "text"),
        ({"happened_at": 13}, "happened_at"),
        ({"text": "Patient 943 476 5919"}, "text"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_said_in_a_sentence(world, room, more, field):
    if "happened_at" in more:
        more = {"happened_at": world.at(more["happened_at"])}
    with pytest.raises(Invalid) as refusal:
        answer(world, room, **{"gate": "safeguarding_adults", "said": "none_known", **more})
    assert field in refusal.value.errors


def test_gates_and_criteria_are_kept_by_those_who_record(world, room):
    with pytest.raises(NotPermitted):
        answer_gate(
            by=world.by("cara"), now=world.at(1), room=room, gate="professional_standards", answer="advice"
        )
    with pytest.raises(NotPermitted):
        set_criterion(by=world.by("cara"), now=world.at(1), room=room, text="x")
    with pytest.raises(Invalid):
        set_criterion(by=world.by("chair"), now=world.at(1), room=room, text=" ")
    held = set_criterion(by=world.by("chair"), now=world.at(1), room=room, text="No fall.")
    for more in ({"criterion": room.pk, "evidence": "x"}, {"criterion": held.pk, "evidence": " "}):
        with pytest.raises(Invalid):
            meet_criterion(by=world.by("chair"), now=world.at(2), room=room, **more)
    meet_criterion(by=world.by("chair"), now=world.at(2), room=room, criterion=held.pk, evidence="Seen.")
    with pytest.raises(NotNow, match="met already"):
        meet_criterion(by=world.by("chair"), now=world.at(2), room=room, criterion=held.pk, evidence="x")
