"""Meetings that meet the response, late or not; the follow-up; impact assessments; the provider; what is tabled."""

import pytest

from access.models import Record
from access.operations import audience, create_record, share_record
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from actions.operations import ask_for_action
from clocks.models import Clock
from concerns.models import Concern
from meetings.models import Meeting
from meetings.operations import convene_meeting
from risk_summits.models import ImpactAssessment, Room
from risk_summits.operations import (
    agree_withholding,
    answer_impact,
    ask_for_impact,
    change_tabled,
    list_person,
    propose_lead,
    propose_withholding,
    record_judgement,
    record_provider_word,
    set_follow_up,
    table_concern,
)
from risk_summits.operations.responding import who_must_be_there
from risk_summits.operations.timing import held_meetings
from tests.integration.risk_summits.conftest import again
from tests.summits import clock, hold


@pytest.fixture
def judged(world, room) -> Room:
    record_judgement(
        by=world.by("chair"), now=world.at(10), room=room, judge="group", code="actual", text="Three falls."
    )
    return room


def test_a_meeting_with_those_who_must_be_there_meets_the_response(world, judged):
    hold(world, judged, world.at(31), world.at(30), "team", "ccg")
    held = clock(judged, "response")
    assert (held.state, held.met_at, held.met_how) == ("met", world.at(30), "held_by_call")
    follow_up = clock(judged, "follow_up")
    assert follow_up.started_at == world.at(30)
    assert follow_up.due_at.isoformat() == "2026-03-12T00:00:00+00:00"


def test_without_the_lead_commissioner_it_does_not_count(world, judged):
    meeting = hold(world, judged, world.at(31), world.at(30), "team", "cqc")
    assert clock(judged, "response").state == "running"
    assert clock(judged, "follow_up") is None
    ((found, held),) = held_meetings(again(judged), world.at(31))
    assert found == meeting
    assert held.present == {world.team.pk, world.cqc.pk}
    assert set(who_must_be_there(judged.record)) == {world.team.pk, world.ccg.pk}


def test_a_body_marked_essential_must_be_there_too(world, judged):
    judged.called.filter(agency=world.cqc).update(essential=True)
    hold(world, judged, world.at(21), world.at(20), "team", "ccg")
    assert clock(judged, "response").state == "running"
    hold(world, judged, world.at(31), world.at(30), "team", "ccg", "cqc")
    assert clock(judged, "response").met_at == world.at(30)


def test_the_body_that_leads_at_that_moment_must_be_there(world, judged):
    propose_lead(by=world.by("tess"), now=world.at(11), room=judged, agency=world.tda.pk)
    hold(world, judged, world.at(31), world.at(30), "team", "ccg")
    assert clock(judged, "response").state == "running"
    hold(world, judged, world.at(33), world.at(32), "tda", "ccg", by="tess")
    assert clock(judged, "response").state == "met"


def test_a_meeting_recorded_a_day_late_is_met_recorded_late_and_both_moments_stay(world, judged):
    now = world.move(80)
    assert clock(judged, "response").state == "missed"
    hold(world, judged, now, world.at(56), "team", "ccg")
    held = clock(judged, "response")
    assert (held.state, held.met_at, held.met_recorded_at) == ("met_recorded_late", world.at(56), now)


def test_a_meeting_held_after_the_time_is_met_late(world, judged):
    world.move(60)
    hold(world, judged, world.at(62), world.at(61), "team", "ccg")
    assert clock(judged, "response").state == "met_late"


def test_a_missed_response_is_told_to_everyone_and_goes_on_counting(world, judged):
    world.move(58, 1)
    held = clock(judged, "response")
    told = {one.recipient for one in held.steps.get(step="due").messages.all()}
    assert {world.people[name] for name in ("chair", "director", "cora", "quinn", "secretary")} <= told
    world.move(62, 1)
    again_told = {one.recipient for one in held.steps.get(step="again").messages.all()}
    assert world.people["director"] in again_told
    assert world.people["cora"] not in again_told


def test_a_meeting_before_the_judgement_is_refused_as_a_response_and_does_not_count_as_one(world, judged):
    with pytest.raises(Invalid, match="the judgement it answers"):
        hold(world, judged, world.at(31), world.at(9), "team", "ccg")
    hold(world, judged, world.at(31), world.at(9), "team", "ccg", purpose="judgement", closed_at=world.at(11))
    assert clock(judged, "response").state == "running"


def test_a_meeting_that_judged_and_went_on_counts_at_the_moment_of_the_judgement(world, judged):
    hold(
        world, judged, world.at(12), world.at(9), "team", "ccg",
        purpose="judgement", went_on=True, closed_at=world.at(11),
    )  # fmt: skip
    assert clock(judged, "response").met_at == world.at(10)
    assert clock(judged, "ring").missed_at == world.at(10)
    assert again(judged).holding().basis == "default"


def test_an_earlier_judgement_recorded_after_the_meeting_is_answered_by_the_same_meeting(world, judged):
    hold(world, judged, world.at(31), world.at(30), "team", "ccg")
    record_judgement(
        by=world.by("quinn"),
        now=world.at(32),
        room=judged,
        judge="cqc",
        code="breach",
        happened_at=world.at(1),
    )
    old, new = Clock.objects.filter(record=judged.pk, family="response").order_by("started_recorded_at")
    assert old.state == "met"
    assert (new.started_at, new.state, new.met_at) == (world.at(1), "met", world.at(30))


def test_the_minute_of_the_judgement_is_enough(world, judged):
    hold(world, judged, world.at(11), world.at(10).replace(second=0), "team", "ccg")
    assert clock(judged, "response").met_at == world.at(10)


def test_they_meet_again_while_action_is_outstanding(world, judged):
    set_follow_up(by=world.by("chair"), now=world.at(11), room=judged, days=2)
    with pytest.raises(Invalid):
        set_follow_up(by=world.by("chair"), now=world.at(11), room=judged, days=15)
    hold(world, judged, world.at(31), world.at(30), "team", "ccg")
    first = clock(judged, "follow_up")
    assert first.due_at.isoformat() == "2026-03-07T00:00:00+00:00"
    hold(world, judged, world.at(41), world.at(40), "team", "cqc", purpose="follow_up")
    first.refresh_from_db()
    assert (first.state, first.met_at) == ("met", world.at(40))
    assert clock(judged, "follow_up", state="running").started_at == world.at(40)
    hold(world, judged, world.at(43), world.at(35), "team", "ccg", purpose="follow_up")
    assert Clock.objects.filter(record=judged.pk, family="follow_up").count() == 2


def test_when_every_action_is_declined_or_done_nobody_waits_for_another_meeting(world, judged):
    world.move(11)
    action = ask_for_action(
        by=world.by("cara"), now=world.at(11), asked=world.council.pk, statement="Stop new placements.",
        aim="safeguard", power_kind="none", due_at=world.at(60), risk="serious", origin=judged.record,
    )  # fmt: skip
    assert visible_to(world.by("quinn"), type(action).objects.filter(pk=action.pk)).exists()
    hold(world, judged, world.at(31), world.at(30), "team", "ccg")
    assert clock(judged, "follow_up") is not None
    type(action).objects.filter(pk=action.pk).update(status="declined", ended_at=world.at(31))
    hold(world, judged, world.at(41), world.at(40), "team", "ccg", purpose="follow_up")
    assert clock(judged, "follow_up").state == "met"


def test_a_response_meeting_is_convened_with_invitations(world, judged):
    meeting = convene_meeting(
        by=world.by("chair"), now=world.at(11), at=judged, of=judged.record, purpose="response",
        starts_at=world.at(30), ends_at=world.at(31), place="By call", joining="Ring 0800 496 0100",
    )  # fmt: skip
    assert meeting.invitations.count() == 9
    assert visible_to(world.by("tess"), Meeting.objects.filter(pk=meeting.pk)).exists()
    assert not visible_to(world.by("nell"), Meeting.objects.filter(pk=meeting.pk)).exists()


# Rapid impact assessment


def test_cqc_asks_each_body_what_a_step_would_do(world, judged):
    request = ask_for_impact(
        by=world.by("quinn"), now=world.at(11), room=judged, step="Closing the ward.",
        agencies=[world.ccg.pk, world.council.pk],
    )  # fmt: skip
    assert request.due_at == world.at(35)
    mine = ImpactAssessment.objects.get(request=request, agency=world.ccg)
    answer_impact(
        by=world.by("cara"), now=world.at(12), room=judged, assessment=mine.pk, text="Forty beds lost."
    )
    mine.refresh_from_db()
    assert mine.clock.state == "met"
    with pytest.raises(NotNow, match="answered this already"):
        answer_impact(by=world.by("cara"), now=world.at(12), room=judged, assessment=mine.pk, text="Again.")
    theirs = ImpactAssessment.objects.get(request=request, agency=world.council)
    with pytest.raises(Invalid):
        answer_impact(by=world.by("cara"), now=world.at(12), room=judged, assessment=theirs.pk, text="x")
    with pytest.raises(Invalid, match="why your body declines"):
        answer_impact(
            by=world.by("cora"), now=world.at(12), room=judged, assessment=theirs.pk, text=" ", declined=True
        )
    with pytest.raises(NotNow, match="has not answered yet"):
        ask_for_impact(
            by=world.by("quinn"), now=world.at(12), room=judged, step="Another.", agencies=[world.council.pk]
        )
    world.move(35, 1)
    due = theirs.clock.steps.get(step="due")
    assert {one.recipient for one in due.messages.all()} == {world.people["quinn"], world.people["quiz"]}
    answer_impact(
        by=world.by("cora"),
        now=world.at(36),
        room=judged,
        assessment=theirs.pk,
        text="No view.",
        declined=True,
    )
    theirs.clock.refresh_from_db()
    assert theirs.clock.state == "met_late"


def test_only_a_lead_of_cqc_asks_and_of_bodies_called(world, judged):
    usual = {"now": world.at(11), "room": judged, "step": "Closing.", "agencies": [world.ccg.pk]}
    with pytest.raises(NotPermitted, match="Only CQC asks"):
        ask_for_impact(by=world.by("cara"), **usual)
    with pytest.raises(NotPermitted, match="A lead for CQC"):
        ask_for_impact(by=world.by("quiz"), **usual)
    for more in ({"step": " "}, {"agencies": []}, {"agencies": [world.faraway.pk]}, {"agencies": [world.cqc.pk]},
                 {"due_at": world.at(11)}):  # fmt: skip
        with pytest.raises(Invalid):
            ask_for_impact(by=world.by("quinn"), **{**usual, **more})
    assert ask_for_impact(by=world.by("quinn"), **{**usual, "due_at": world.at(13)}).due_at == world.at(13)


# The provider


def test_telling_the_provider_meets_its_clock_and_starts_its_time_to_answer(world, judged):
    told = {"by": world.by("chair"), "now": world.at(12), "room": judged}
    record_provider_word(kind="told", text="Letter to the chief executive.", happened_at=world.at(11), **told)
    assert clock(judged, "provider_notice").met_at == world.at(11)
    assert clock(judged, "provider_reply").started_at == world.at(11)
    record_provider_word(kind="reply", text="Two of the three were not on that ward.", **told)
    assert clock(judged, "provider_reply").state == "met"
    with pytest.raises(NotNow, match="has not ended yet"):
        record_provider_word(kind="outcome", text="x", **told)
    for more in ({"kind": "sung", "text": "x"}, {"kind": "told", "text": " "}):
        with pytest.raises(Invalid):
            record_provider_word(**more, **told)
    with pytest.raises(NotPermitted):
        record_provider_word(**{**told, "by": world.by("cara")}, kind="told", text="x")


def test_keeping_it_from_the_provider_takes_two_people_each_day(world, judged):
    ian = world.person("ian", "team")
    assert ian

    list_person(by=world.by("chair"), now=world.now, room=judged, agency=world.team.pk, person=ian.pk)
    with pytest.raises(NotNow, match="Nobody has proposed"):
        agree_withholding(by=world.by("ian"), now=world.at(11), room=judged)
    propose_withholding(by=world.by("chair"), now=world.at(11), room=judged, reason="The police ask.")
    with pytest.raises(NotNow, match="waits for a second person"):
        propose_withholding(by=world.by("ian"), now=world.at(11), room=judged, reason="x")
    with pytest.raises(NotNow, match="two people"):
        agree_withholding(by=world.by("chair"), now=world.at(11), room=judged)
    held = agree_withholding(by=world.by("ian"), now=world.at(12), room=judged)
    assert clock(judged, "provider_notice").stop_reason == "withdrawn"
    assert held.clock.due_at == world.at(36)
    world.move(36, 1)
    step = held.clock.steps.get(step="due")
    assert {one.recipient for one in step.messages.all()} == {world.people["chair"], world.people["ian"]}
    propose_withholding(by=world.by("ian"), now=world.at(37), room=judged, reason="They still ask.")
    second = agree_withholding(by=world.by("chair"), now=world.at(37), room=judged)
    held.clock.refresh_from_db()
    assert held.clock.state == "met_late"
    assert second.clock.state == "running"
    record_provider_word(by=world.by("chair"), now=world.at(40), room=judged, kind="told", text="Letter.")
    second.clock.refresh_from_db()
    second.refresh_from_db()
    assert (second.clock.state, second.ended_at) == ("stopped", world.at(40))
    with pytest.raises(Invalid):
        propose_withholding(by=world.by("chair"), now=world.at(41), room=judged, reason=" ")


def test_withheld_before_the_judgement_no_word_is_owed_when_it_comes(world, room):
    ian = world.person("ian", "team")

    list_person(by=world.by("chair"), now=world.now, room=room, agency=world.team.pk, person=ian.pk)
    propose_withholding(by=world.by("chair"), now=world.at(1), room=room, reason="The police ask.")
    agree_withholding(by=world.by("ian"), now=world.at(2), room=room)
    record_judgement(
        by=world.by("chair"), now=world.at(10), room=room, judge="group", code="actual", text="Three falls."
    )
    assert clock(room, "provider_notice") is None


# What is put before the room


def concern(world, owner="cara", **more):
    record = create_record(
        kind="concern", by=world.by(owner), now=world.now, providers=[world.provider.pk], **more
    )
    return Concern.objects.create(
        record=record,
        reference=str(record.pk)[:10].upper(),
        about="provider",
        status="open",
        headline="Falls on one ward",
        source_kind="incident",
        danger="no",
        changed_at=world.now,
    )


def test_only_the_owner_puts_its_concern_before_the_room(world, judged):
    ours = concern(world)
    assert not visible_to(world.by("cora"), Concern.objects.filter(pk=ours.pk)).exists()
    with pytest.raises(Invalid):
        table_concern(by=world.by("cora"), now=world.at(11), room=judged, concern=ours.pk)
    tabled = table_concern(by=world.by("cara"), now=world.at(11), room=judged, concern=ours.pk)
    assert visible_to(world.by("cora"), Concern.objects.filter(pk=ours.pk)).exists()
    assert not visible_to(world.by("nell"), Concern.objects.filter(pk=ours.pk)).exists()
    with pytest.raises(Invalid):
        table_concern(by=world.by("cara"), now=world.at(11), room=judged, concern=ours.pk)
    with pytest.raises(NotPermitted, match="Only NHS Example CCG"):
        change_tabled(by=world.by("cora"), now=world.at(12), room=judged, tabled=tabled.pk)
    assert change_tabled(by=world.by("cara"), now=world.at(12), room=judged, tabled=tabled.pk).keep
    change_tabled(by=world.by("cara"), now=world.at(12), room=judged, tabled=tabled.pk, take_back=True)
    assert not visible_to(world.by("cora"), Concern.objects.filter(pk=ours.pk)).exists()
    with pytest.raises(Invalid):
        change_tabled(by=world.by("cara"), now=world.at(12), room=judged, tabled=tabled.pk)


def test_a_draft_and_a_contributors_wish_are_not_tabled(world, judged):
    draft = concern(world, gate=Record.Gate.DRAFT)
    with pytest.raises(Invalid):
        table_concern(by=world.by("cara"), now=world.at(11), room=judged, concern=draft.pk)
    theirs = concern(world, "quiz")
    with pytest.raises(NotPermitted, match="A lead for Care Quality Commission"):
        table_concern(by=world.by("quiz"), now=world.at(11), room=judged, concern=theirs.pk)


def test_what_the_room_sees_already_is_not_put_before_it_again(world, judged):

    ours = concern(world)
    share_record(
        record=ours.record,
        audiences=[audience("participants", summit=judged.pk)],
        by=world.by("cara"),
        now=world.now,
    )
    with pytest.raises(NotNow, match="see this concern already"):
        table_concern(by=world.by("cara"), now=world.at(11), room=judged, concern=ours.pk)
