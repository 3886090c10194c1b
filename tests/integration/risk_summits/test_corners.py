"""What is rare: nobody stands, nothing is known, two at once, and what the inbox says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404

from access.models import Conflict, Listing, Record
from access.operations import create_record, list_participants
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Membership, Post, Seat
from clocks.models import Clock
from notifications.inbox import lines_of
from notifications.models import Message
from providers.models import Commissioning, ProviderGroup
from risk_summits.models import Judgement, Room
from risk_summits.operations import (
    add_known,
    agree_withholding,
    answer_gate,
    answer_lead,
    bring_forward,
    call_body,
    correct_judgement,
    list_person,
    offer_handover,
    propose_lead,
    propose_withholding,
    record_judgement,
    record_provider_word,
    say_danger,
    state_view,
    table_concern,
    tell_by_phone,
    telling,
)
from risk_summits.operations.people import representatives
from risk_summits.operations.proposing import propose
from tests import summits
from tests.integration.risk_summits.conftest import again
from tests.integration.risk_summits.test_responding import concern
from tests.summits import LAST_YEAR, called, clock, hold, judges_for, trigger


def failure(world, room, at=10.0, **more):
    return record_judgement(
        by=world.by("chair"), now=world.at(at), room=room, judge="group", code="actual", text="Falls.", **more
    )


def test_somebody_who_acts_for_no_body_calls_no_summit(world):
    Membership.objects.filter(user=world.people["cara"]).update(ends_on=world.now.date())
    with pytest.raises(NotPermitted, match="statutory organisation"):
        trigger(world)


def test_without_a_link_or_a_group_of_its_own_any_local_group_can_lead(world):
    ProviderGroup.objects.all().delete()
    summit = trigger(world, by="fay", home=world.home.pk)
    assert summit.home == world.home
    assert "NHS Faraway CCG" in called(summit.room)


def test_a_group_without_cqc_has_the_national_one_called(world):
    world.home.members.filter(agency=world.cqc).delete()
    assert "Care Quality Commission" in called(trigger(world).room)


def test_where_a_group_has_a_cqc_of_its_own_no_other_is_called(world):
    world.agency("cqc", "CQC in the north", "north")
    assert "CQC in the north" not in called(trigger(world).room)


def test_commissioners_without_a_lead_have_none_unless_there_is_only_one(world):
    Commissioning.objects.update(lead=False)
    assert trigger(world).room.lead_commissioner == world.ccg
    Commissioning.objects.create(provider=world.provider, agency=world.nearby, starts_on=LAST_YEAR)
    room = trigger(world).room
    assert room.lead_commissioner is None
    assert "NHS Nearby CCG" in called(room)
    failure(world, room)
    hold(world, room, world.at(31), world.at(30), "team")
    assert clock(room, "response").state == "met"


def test_the_tier_above_is_told_through_its_director_or_its_leads(world):
    Post.objects.all().delete()
    room = trigger(world).room
    world.move(48, 1)
    told = clock(room, "judgement").steps.get(step="due").messages.all()
    assert world.people["director"] in {one.recipient for one in told}


def test_a_caller_without_a_seat_is_in_the_room_all_the_same(world):
    world.person("lou", "cqc")
    summit = trigger(world, by="lou")
    assert summit.room.roles_of(world.by("lou")) == set()
    assert add_known(by=world.by("lou"), now=world.at(1), room=summit.room, text="More.")


def test_nhs_england_at_the_top_holds_where_nothing_is_above_it(world):
    world.team.parent = None
    world.team.save()
    room = trigger(world, criticised=True).room
    assert room.home_holder == world.team
    world.move(48, 1)
    assert clock(room, "judgement").state == "missed"


def test_a_body_nobody_of_which_signs_in_is_reached_by_phone(world, room):
    empty = world.agency("lsa_midwifery", "Midwifery Officer", "lsa")
    call_body(by=world.by("chair"), now=world.now, room=room, agency=empty.pk, why="Maternity.")
    alert = Clock.objects.get(record=room.pk, responsible_agency=empty)
    assert not representatives([empty.pk], world.home, world.provider.pk, world.now)[empty.pk]
    world.move(1, 1)
    tell_by_phone(by=world.by("chair"), now=world.at(1, 1), room=room, clock=alert.pk, whom="The officer")
    alert.refresh_from_db()
    assert alert.state == "met"


def test_a_call_made_before_the_message_was_written_still_reaches_the_body(world, room):
    call_body(by=world.by("chair"), now=world.move(2), room=room, agency=world.police.pk, why="A crime.")
    alert = Clock.objects.get(record=room.pk, responsible_agency=world.police)
    with pytest.raises(Invalid, match="before the clock started"):
        tell_by_phone(
            by=world.by("chair"),
            now=world.at(2),
            room=room,
            clock=alert.pk,
            whom="The desk",
            happened_at=world.at(1),
        )


def test_a_deputy_of_a_seat_holder_is_told_after_an_hour(world):
    summit = trigger(world)
    world.move(1, 1)
    step = Clock.objects.get(record=summit.pk, responsible_person=world.people["quinn"]).steps.get(
        step="next_person"
    )
    assert {one.recipient for one in step.messages.all()} == {world.people["quiz"]}
    nell = Clock.objects.get(record=summit.pk, responsible_person=world.people["nell"]).steps.get(
        step="next_person"
    )
    assert {one.recipient for one in nell.messages.all()} == {
        world.people["chair"],
        world.people["secretary"],
    }


def test_who_leads_is_not_told_by_the_alert_of_a_seat_holder(world, room):
    """Seat-holders see the headline and its alerts; the lead is the room's to know. The convenor calls on."""
    trusted(world, room)
    world.move(2, 1)
    alert = Clock.objects.get(record=room.summit_id, responsible_person=world.people["nell"])
    told = {one.recipient for step in alert.steps.exclude(step="alert") for one in step.messages.all()}
    assert told == {world.people["chair"], world.people["secretary"]}


def trusted(world, room):
    """Let NHS TDA lead."""
    propose_lead(by=world.by("cara"), now=world.at(0, 10), room=room, agency=world.tda.pk)
    offer = room.ringoffers.get()
    answer_lead(by=world.by("tess"), now=world.at(0, 20), room=room, offer=offer.pk, accept=True)


def test_a_cleared_lead_of_the_same_body_is_told_after_an_hour(world):
    world.person("noel", "nearby")
    world.seat("noel", "nearby")
    summit = trigger(world)
    world.move(1, 1)
    step = Clock.objects.get(record=summit.pk, responsible_person=world.people["nell"]).steps.get(
        step="next_person"
    )
    assert {one.recipient for one in step.messages.all()} == {world.people["noel"]}


def test_a_person_with_an_interest_is_not_brought_in_after_an_hour(world, room):
    late = world.person("late", "cqc")
    Conflict.objects.create(user=late, provider=world.provider, starts_on=LAST_YEAR)
    world.move(1, 1)
    assert not Listing.objects.filter(user=late).exists()


def test_a_seat_holder_with_an_interest_is_sent_no_alert(world):
    Conflict.objects.create(user=world.people["nell"], provider=world.provider, starts_on=LAST_YEAR)
    summit = trigger(world)
    assert not Clock.objects.filter(record=summit.pk, responsible_person=world.people["nell"]).exists()


def test_the_inbox_says_what_happened_without_a_word_of_what_is_feared(world, room):
    failure(world, room)
    propose_lead(by=world.by("cara"), now=world.at(11), room=room, agency=world.tda.pk)
    say_danger(by=world.by("cara"), now=world.at(11), room=room, answer="yes", text="No nurse.")
    table_concern(by=world.by("cara"), now=world.at(11), room=room, concern=concern(world).pk)
    offer = room.ringoffers.get()
    answer_lead(by=world.by("tess"), now=world.at(12), room=room, offer=offer.pk, accept=True)
    world.move(22, 1)
    offer_handover(by=world.by("tess"), now=world.at(23), room=room, to=world.ccg.pk)
    interrupting = [one for one in telling.EVENTS if one.policy == telling.CLOCKS]
    assert all(one.still(Message.objects.filter(event=one.code).first()) for one in interrupting)
    said = {
        name: " ".join(line.sentence for line in lines_of(world.by(name), world.at(23)))
        for name in ("cara", "tess", "cora")
    }
    assert "asked to take over the lead" in said["cara"]
    assert "proposed as lead" in said["tess"]
    assert "people may be in danger" in said["tess"]
    assert "NHS Trust Development Authority now leads" in said["cora"]
    assert "judged that there is, or may be, serious failure" in said["cora"]
    assert "put before the risk summit" in said["cora"]
    assert not any("Falls" in one or "nurse" in one for one in said.values())


def test_the_end_is_told_to_those_who_saw_the_headline(world):
    room = trigger(world, restricted=True).room
    for gate in ("safeguarding_adults", "safeguarding_children"):
        answer_gate(
            by=world.by("chair"), now=world.at(1), room=room, gate=gate, answer="none_known", text="Asked."
        )
    record_judgement(
        by=world.by("chair"),
        now=world.at(2),
        room=room,
        judge="group",
        code="not_taken_forward",
        text="Not so.",
    )
    told = {one.recipient for one in Message.objects.filter(event="summit.ended")}
    assert world.people["cora"] in told
    assert world.people["nell"] not in told
    assert any("has ended" in line.sentence for line in lines_of(world.by("cora"), world.at(3)))


def test_a_correction_after_the_lead_was_decided_opens_the_question_again(world, room):
    wrong = failure(world, room, at=10, happened_at=world.at(1))
    world.move(13, 1)
    assert again(room).ring_decided_at == world.at(13)
    correct_judgement(
        by=world.by("chair"),
        now=world.at(16),
        room=room,
        judgement=wrong.pk,
        happened_at=world.at(14),
        why="Mistyped.",
    )
    assert again(room).ring_decided_at is None
    assert clock(room, "ring", state="running").due_at == world.at(26)
    assert again(room).holding().basis == "interim"
    connection.check_constraints()


def test_when_no_failure_is_judged_any_more_the_response_stops(world, room):
    failure(world, room)
    Judgement.objects.create(
        room=room, judge="group", code="none_focused", text="x", happened_at=world.at(9), recorded_at=world.at(11),
        by=world.people["chair"], by_agency=world.team,
    )  # fmt: skip
    first = room.judgements.get(code="actual")
    first.replaced_by = room.judgements.get(code="none_focused")
    first.save()
    bring_forward(by=world.by("chair"), now=world.at(12), room=room, hours=8, reason="Asked for.")
    assert clock(room, "response").stop_reason == "corrected"
    assert clock(room, "ring").stop_reason == "corrected"
    assert again(room).holding().basis == "convenor"


def test_the_groups_second_judgement_is_added_and_restarts_nothing(world, room):
    record_judgement(
        by=world.by("chair"), now=world.at(9), room=room, judge="group", code="potential", text="Two falls."
    )
    failure(world, room)
    assert clock(room, "response").started_at == world.at(9)
    assert clock(room, "judgement").met_at == world.at(9)


def test_a_meeting_that_only_judged_does_not_stand_in_the_way_of_the_one_that_responds(world, room):
    failure(world, room)
    hold(world, room, world.at(12), world.at(9), "team", "ccg", purpose="judgement", closed_at=world.at(11))
    hold(world, room, world.at(31), world.at(30), "team", "ccg")
    assert clock(room, "response").met_at == world.at(30)


def test_focused_action_owes_the_provider_a_word_too(world, room):
    record_judgement(
        by=world.by("chair"),
        now=world.at(10),
        room=room,
        judge="group",
        code="none_focused",
        text="Watch the ward.",
    )
    assert clock(room, "provider_notice").state == "running"


def test_telling_the_provider_ends_a_withholding_that_was_only_proposed(world, room):
    propose_withholding(by=world.by("chair"), now=world.at(1), room=room, reason="The police ask.")
    record_provider_word(by=world.by("chair"), now=world.at(2), room=room, kind="told", text="Letter.")
    assert room.withholdings.get().ended_at == world.at(2)
    with pytest.raises(NotNow, match="Nobody has proposed"):
        agree_withholding(by=world.by("chair"), now=world.at(3), room=room)
    record_provider_word(
        by=world.by("chair"), now=world.at(4), room=room, kind="told", text="A second letter."
    )
    assert Clock.objects.filter(record=room.pk, family="provider_reply").count() == 1


def test_a_body_not_called_does_not_speak_though_its_person_is_listed(world, room):
    list_participants(summit=room.record, people=[(world.people["nell"].pk, world.nearby.pk)], now=world.now)
    assert judges_for(world.by("nell"), room, world.now) is None
    with pytest.raises(NotPermitted, match="was not called"):
        state_view(by=world.by("nell"), now=world.at(1), room=room, answer="none", text="x")


def test_a_room_out_of_sight_does_not_exist(world, room):
    other = create_record(kind="summit_room", by=world.by("cara"), now=world.now, gate=Record.Gate.LISTED)
    absent = Room(record=other, summit=room.summit)
    for target in (room, absent):
        with pytest.raises(Http404):
            list_person(
                by=world.by("nell"),
                now=world.at(1),
                room=target,
                agency=world.ccg.pk,
                person=world.people["cole"].pk,
            )


def test_the_parts_of_a_room_say_what_they_are(world, room):
    failure(world, room)
    rows = [
        room, room.called.first(), room.judgements.first(), room.ringholdings.first(), room.summit,
    ]  # fmt: skip
    assert all(str(one) for one in rows)
    assert propose(provider=world.provider, home=world.home, by=world.by("cara"), now=world.now)[0].always


def test_ended_seats_and_memberships_stand_for_nobody(world):
    Seat.objects.filter(user=world.people["cara"]).update(ends_on=world.now.date())
    Membership.objects.filter(user=world.people["quiz"]).update(ends_on=world.now.date())
    found = representatives([world.ccg.pk, world.cqc.pk], world.home, world.provider.pk, world.now)
    assert found == {world.ccg.pk: {world.people["cara"].pk}, world.cqc.pk: {world.people["quinn"].pk}}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_and_exactly_one_leads(freeze):
    """Each thread has a connection of its own, and the portal's clock stands still for all of them."""
    world = summits.world(freeze)
    room = summits.trigger(world).room
    failure(world, room, at=0)
    names = {"cara": "ccg", "cora": "council", "tess": "tda", "chair": "team"}
    principals = {name: world.by(name) for name in names}

    def take(name):
        try:
            propose_lead(
                by=principals[name],
                now=world.now + timedelta(seconds=1),
                room=room,
                agency=world.agencies[names[name]].pk,
            )
            return "led"
        except NotNow:
            return "late"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        assert list(crowd.map(take, names)) == ["led"] * 4
    assert room.ringoffers.count() == 4
    held = room.ringholdings.filter(superseded_at=None)
    assert [one.number for one in held] == list(range(1, len(held) + 1))
    assert held.filter(ends_at=None).count() == 1


def test_each_fact_of_a_room_names_itself(world, room):
    """So that a shell and a traceback never show a word of intelligence."""
    failure(world, room)
    propose_lead(by=world.by("cara"), now=world.at(11), room=room, agency=world.tda.pk)
    for model in apps.get_app_config("risk_summits").get_models():
        assert "Falls" not in str(model(pk=room.pk))
