"""Calling a summit: who may, who is called, who is told, and who sees what."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.http import Http404

from access.models import Conflict, Listing
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from agencies.models import Membership
from audit.models import Line
from clocks.models import Clock
from clocks.operations import meet
from notifications.inbox import folded, line_of, lines_of
from notifications.letters import letter
from notifications.models import Message
from notifications.operations import acknowledge
from notifications.operations.sending import withheld
from risk_summits.models import RiskSummit, Room
from risk_summits.operations import acknowledge_alert, call_body, list_person, tell_by_phone
from risk_summits.operations.alerting import alert_messages, waiting_alerts
from risk_summits.operations.people import listed
from tests.summits import LAST_YEAR, called, clock, trigger


def in_room(world, room):
    held = {user.pk: name for name, user in world.people.items()}
    return {held[user] for user, _ in listed(room.pk)}


def sees(world, thing):
    model = type(thing)
    return {
        name
        for name in world.people
        if visible_to(world.by(name), model.objects.filter(pk=thing.pk)).exists()
    }


def test_three_lines_call_the_bodies_that_matter(world):
    summit = trigger(world)
    assert called(summit.room) == {
        "NHS Example CCG",
        "Care Quality Commission",
        "Example Area Team",
        "Example Region",
        "NHS Trust Development Authority",
        "Healthwatch Example",
        "Example Council",
    }
    assert summit.room.lead_commissioner == world.ccg
    assert summit.convenor == world.team
    assert summit.room.holding().basis == "convenor"
    assert Line.objects.filter(deed="summit.triggered", record=summit.pk).count() == 1


def test_whoever_calls_has_acknowledged(world):
    summit = trigger(world)
    own = alert_messages(Clock.objects.values_list("pk", flat=True)).filter(recipient=world.people["cara"])
    assert own.count() == 2  # of the body, and of the seat
    assert {one.acknowledged_at for one in own} == {world.now}
    assert not waiting_alerts(world.by("cara"), summit).exists()
    assert waiting_alerts(world.by("quinn"), summit).exists()


def test_what_a_convenor_is_told_of_several_alerts_at_once_is_one_mail(world):
    room = trigger(world).room
    world.move(hours=2, minutes=1)
    unreached = Q(steps__step="call_list", recipient=world.people["chair"])
    told = Message.objects.filter(unreached, record=room.pk).select_related("mailed_with__delivery")
    mails = {one.mail for one in told}
    assert len(told) > 4
    assert len(mails) == 1
    (mail,) = mails
    assert "/inbox/\n" in letter(mail).body
    assert str(mail.message_id) not in letter(mail).body, "the inbox, where each has its line"
    closed = Clock.objects.get(pk=mail.message.topic)
    meet(clock=closed, by=world.by("chair"), now=world.at(2, 2))
    assert withheld(mail.message) == "", "the others still hold"


def test_the_room_is_for_the_people_listed_at_the_bodies_called(world):
    room = trigger(world).room
    expected = {"cara", "quinn", "quiz", "chair", "secretary", "director", "tess", "hetty", "cora"}
    assert in_room(world, room) == expected
    assert sees(world, room) == expected


def test_the_headline_reaches_the_cleared_seats_and_the_callers_own_body(world):
    summit = trigger(world)
    inside = {"cara", "quinn", "quiz", "chair", "secretary", "director", "tess", "hetty", "cora"}
    assert sees(world, summit) == inside | {"nell", "cole"}


def test_a_restricted_headline_does_not(world):
    summit = trigger(world, restricted=True)
    assert "nell" not in sees(world, summit)
    assert not Clock.objects.filter(record=summit.pk).exists()


def test_a_listed_person_who_leaves_the_body_leaves_the_room(world, room):
    Membership.objects.filter(user=world.people["tess"]).update(ends_on=world.now.date())
    assert "tess" not in sees(world, room)
    assert "tess" not in in_room(world, room)


def test_a_body_with_an_interest_is_not_called_and_a_person_with_one_not_listed(world):
    Conflict.objects.create(agency=world.council, provider=world.provider, starts_on=LAST_YEAR)
    Conflict.objects.create(user=world.people["quiz"], provider=world.provider, starts_on=LAST_YEAR)
    room = trigger(world).room
    assert "Example Council" not in called(room)
    assert "quiz" not in in_room(world, room)
    with pytest.raises(NotNow, match="interest of Example Council"):
        call_body(by=world.by("chair"), now=world.now, room=room, agency=world.council.pk, why="Its home.")


def test_a_caller_with_an_interest_asks_another_of_the_body(world):
    Conflict.objects.create(user=world.people["cara"], provider=world.provider, starts_on=LAST_YEAR)
    with pytest.raises(NotPermitted, match="interest of yours"):
        trigger(world)


def test_cqc_the_commissioners_and_nhs_england_cannot_be_left_out(world):
    with pytest.raises(Invalid, match="always called"):
        trigger(world, called=[world.ccg.pk, world.team.pk, world.region.pk])
    with pytest.raises(Invalid, match="not on the list"):
        trigger(world, called=[world.ccg.pk, world.cqc.pk, world.team.pk, world.region.pk, world.faraway.pk])
    summit = trigger(
        world, called=[one.pk for one in (world.ccg, world.cqc, world.team, world.region, world.police)]
    )
    assert "Example Police" in called(summit.room)
    assert "Example Council" not in called(summit.room)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("feared", "  ", "what is feared"),
        ("feared", "x" * 4001, "Nothing was cut"),
        ("danger", "perhaps", "Not sure"),
        ("provider", "8d9a4f2e-0000-4000-8000-000000000000", "Choose the provider"),
        ("home", "8d9a4f2e-0000-4000-8000-000000000000", "group that leads"),
        ("essential", ["8d9a4f2e-0000-4000-8000-000000000000"], "bodies you call"),
        ("feared", "A patient, NHS number 943 476 5919, fell.", "NHS number"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(world, field, value, words):
    with pytest.raises(Invalid) as refusal:
        trigger(world, **{field: value})
    assert any(words in sentence for sentence in refusal.value.errors.values())
    assert not RiskSummit.objects.exists()


def test_a_healthwatch_is_told_in_one_step_who_can(world):
    with pytest.raises(NotPermitted, match="Healthwatch asks for a risk summit"):
        trigger(world, by="hetty")


def test_a_reader_is_told_to_ring_a_lead(world):
    with pytest.raises(NotPermitted, match="lead for your body"):
        trigger(world, by="cole")


def test_nhs_englands_next_tier_is_declared_where_it_is_itself_concerned(world):
    assert trigger(world).room.home_holder == world.team
    criticised = trigger(world, criticised=True).room
    assert criticised.home_holder == world.region
    assert criticised.concerned == "criticised"
    assert criticised.summit.convenor == world.team


def test_the_alert_waits_for_each_body_called_and_each_cleared_seat_holder(world):
    summit = trigger(world)
    bodies = Clock.objects.filter(record=summit.room.pk, family="summit_alert")
    assert bodies.count() == 7
    assert bodies.get(responsible_agency=world.ccg).met_how == "called_it"
    people = Clock.objects.filter(record=summit.pk, family="summit_alert")
    assert {one.responsible_person.full_name.split()[0] for one in people} == {
        "Chair",
        "Secretary",
        "Cara",
        "Nell",
        "Quinn",
        "Quiz",
    }
    assert people.get(responsible_person=world.people["cara"]).state == "met"
    told = Message.objects.filter(record=summit.pk, event="clock.summit_alert")
    assert told.filter(recipient=world.people["nell"]).count() == 1


def test_acknowledging_once_answers_every_alert_that_waits_for_that_person(world):
    summit = trigger(world)
    assert acknowledge_alert(by=world.by("quinn"), now=world.at(minutes=5), summit=summit) == 2
    assert Clock.objects.get(record=summit.room.pk, responsible_agency=world.cqc).state == "met"
    assert Clock.objects.get(record=summit.pk, responsible_person=world.people["quinn"]).state == "met"
    assert Clock.objects.get(record=summit.pk, responsible_person=world.people["quiz"]).state == "running"
    assert acknowledge_alert(by=world.by("quinn"), now=world.at(minutes=6), summit=summit) == 0


def test_a_seat_holder_who_only_hears_of_it_is_not_told_that_they_are_called(world):
    summit = trigger(world)
    heard = waiting_alerts(world.by("nell"), summit).get()
    assert line_of(heard, world.now).sentence.startswith(
        "A risk summit is open. Say that you have read this by"
    )
    told = waiting_alerts(world.by("quinn"), summit)
    assert told.count() == 2
    (words,) = {line_of(one, world.now).sentence for one in told}
    assert words.startswith("You are called to a risk summit.")
    folded_lines = folded(lines_of(world.by("quinn"), world.now))
    assert len([one for one in folded_lines if "risk summit" in one.line.sentence]) == 1


def test_whoever_is_told_that_a_body_was_not_reached_does_not_reach_it_by_reading_that(world):
    summit = trigger(world)
    now = world.move(hours=2, minutes=1)
    bodies = Clock.objects.filter(record=summit.room.pk, family="summit_alert")
    told = Message.objects.filter(recipient=world.people["chair"], topic__in=bodies.values("pk"))
    assert {one.topic for one in told} > {bodies.get(responsible_agency=world.healthwatch).pk}
    acknowledge_alert(by=world.by("chair"), now=now, summit=summit)
    assert not told.filter(acknowledged_at=None).exists()
    met = bodies.exclude(met_at=None).values_list("responsible_agency__name", flat=True)
    assert set(met) == {"NHS Example CCG", "Example Area Team"}, "who called it, and the chair's own body"
    people = Clock.objects.filter(record=summit.pk, family="summit_alert").exclude(met_at=None)
    assert set(people.values_list("responsible_person", flat=True)) == {
        world.people["cara"].pk,
        world.people["chair"].pk,
    }
    assert not Message.objects.filter(
        topic=bodies.get(responsible_agency=world.cqc).pk, ended_at=now
    ).exists()
    hetty = waiting_alerts(world.by("hetty"), summit).first()
    acknowledge(message=hetty, by=world.by("hetty"), now=now)
    assert bodies.get(responsible_agency=world.healthwatch).met_at == now


def test_a_deputy_who_is_told_in_a_seat_holders_place_does_not_answer_for_them(world):
    summit = trigger(world)
    now = world.move(hours=1, minutes=1)
    alert = Clock.objects.get(record=summit.pk, responsible_person=world.people["quinn"])
    told = Message.objects.get(topic=alert.pk, recipient=world.people["quiz"])
    acknowledge(message=told, by=world.by("quiz"), now=now)
    alert.refresh_from_db()
    assert alert.met_at is None


def test_nobody_is_rung_in_a_bodys_place(world, room):
    alert = Clock.objects.get(record=room.pk, responsible_agency=world.healthwatch)
    now = world.move(hours=2, minutes=1)
    assert Message.objects.filter(topic=alert.pk, recipient=world.people["chair"]).exists()
    chair = world.people["chair"].pk
    with pytest.raises(Invalid, match="who was told"):
        tell_by_phone(by=world.by("chair"), now=now, room=room, clock=alert.pk, person=chair)


def test_told_by_phone_by_somebody_at_a_time(world, room):
    alert = Clock.objects.get(record=room.pk, responsible_agency=world.council)
    now = world.move(hours=3)
    alert.refresh_from_db()
    assert alert.state == "missed"
    call = tell_by_phone(
        by=world.by("chair"),
        now=now,
        room=room,
        clock=alert.pk,
        whom="the duty desk",
        happened_at=world.at(1),
    )
    alert.refresh_from_db()
    assert alert.state == "met_recorded_late"
    assert call.whom == "the duty desk"
    with pytest.raises(NotNow, match="reached already"):
        tell_by_phone(by=world.by("chair"), now=now, room=room, clock=alert.pk, whom="again")


def test_a_person_who_was_sent_the_alert_can_be_told_by_phone_too(world, room):
    alert = Clock.objects.get(record=room.pk, responsible_agency=world.tda)
    tess = world.people["tess"]
    now = world.move(minutes=50)
    tell_by_phone(by=world.by("chair"), now=now, room=room, clock=alert.pk, person=tess.pk)
    alert.refresh_from_db()
    assert alert.state == "met"
    message = Message.objects.get(recipient=tess, topic=alert.pk)
    assert message.told_by == world.people["chair"]


def test_the_call_list_is_kept_by_those_who_call(world, room):
    alert = Clock.objects.get(record=room.pk, responsible_agency=world.tda)
    with pytest.raises(NotPermitted):
        tell_by_phone(by=world.by("cora"), now=world.at(1), room=room, clock=alert.pk, whom="x")
    for wrong in ({"clock": room.pk, "whom": "x"}, {"clock": alert.pk, "whom": " "}):
        with pytest.raises(Invalid):
            tell_by_phone(by=world.by("chair"), now=world.at(1), room=room, **wrong)
    with pytest.raises(Http404):
        tell_by_phone(by=world.by("nell"), now=world.at(1), room=room, clock=alert.pk, whom="x")


def test_after_an_hour_without_an_answer_the_bodys_leads_are_brought_in(world, room):
    world.person("lena", "cqc")
    assert not Listing.objects.filter(user=world.people["lena"]).exists()
    world.move(hours=1, minutes=1)
    assert Listing.objects.filter(summit=room.pk, user=world.people["lena"]).exists()
    step = Clock.objects.get(record=room.pk, responsible_agency=world.cqc).steps.get(step="next_person")
    assert world.people["quiz"] in {one.recipient for one in step.messages.all()}
    assert Line.objects.filter(deed="summit.person_listed", doer="clockwork").exists()


def test_at_two_hours_those_not_reached_are_named_to_the_convenor(world, room):
    world.move(hours=2, minutes=1)
    step = Clock.objects.get(record=room.pk, responsible_agency=world.cqc).steps.get(step="call_list")
    assert {one.recipient for one in step.messages.all()} == {
        world.people["chair"],
        world.people["secretary"],
    }


def test_another_body_is_called_as_it_is_needed(world, room):
    world.move(1)
    call_body(
        by=world.by("secretary"), now=world.at(1), room=room, agency=world.police.pk, why="A possible crime."
    )
    assert "pole" in sees(world, room)
    assert Clock.objects.filter(record=room.pk, responsible_agency=world.police).count() == 1
    with pytest.raises(NotNow, match="called already"):
        call_body(by=world.by("chair"), now=world.at(1), room=room, agency=world.police.pk, why="x")
    marked = call_body(
        by=world.by("chair"), now=world.at(1), room=room, agency=world.police.pk, why="", essential=True
    )
    assert marked.essential
    for wrong in ({"agency": world.faraway.pk, "why": " "}, {"agency": room.pk, "why": "x"}):
        with pytest.raises(Invalid):
            call_body(by=world.by("chair"), now=world.at(1), room=room, **wrong)
    with pytest.raises(NotPermitted):
        call_body(by=world.by("cara"), now=world.at(1), room=room, agency=world.faraway.pk, why="x")


def test_people_are_listed_by_those_who_call_or_by_their_own_lead(world, room):
    cole = world.people["cole"]
    world.move(1)
    list_person(by=world.by("cara"), now=world.at(1), room=room, agency=world.ccg.pk, person=cole.pk)
    assert "cole" in sees(world, room)
    with pytest.raises(NotPermitted):
        list_person(by=world.by("cara"), now=world.at(1), room=room, agency=world.cqc.pk, person=cole.pk)
    for agency, person in ((world.nearby, "nell"), (world.cqc, "cole")):
        with pytest.raises(Invalid):
            list_person(
                by=world.by("chair"),
                now=world.at(1),
                room=room,
                agency=agency.pk,
                person=world.people[person].pk,
            )
    Conflict.objects.create(user=cole, provider=world.provider, starts_on=LAST_YEAR)
    with pytest.raises(Invalid, match="interest of theirs"):
        list_person(by=world.by("cara"), now=world.at(1), room=room, agency=world.ccg.pk, person=cole.pk)


def test_roles_at_the_summit_are_the_groups_seats_and_the_convenors_leads(world, room):
    assert room.roles_of(world.by("chair")) == {"chair", "convenor"}
    assert room.roles_of(world.by("secretary")) == {"secretariat"}
    assert room.roles_of(world.by("cara")) == {"representative"}
    assert room.roles_of(world.by("tess")) == set()


def test_without_a_place_in_a_group_the_callers_own_group_leads(world):
    world.provider.group_links.all().delete()
    assert trigger(world).home == world.home
    assert trigger(world, by="fay").home.tier == "local"


def test_the_headline_and_the_room_name_themselves(world, room):
    assert room.title == room.summit.title == "Risk summit about Fictional Hospital NHS Trust"
    assert str(room.summit).startswith("risk summit")
    assert room.summit.is_open


def test_danger_said_at_the_call_starts_the_safeguarding_clocks(world):
    room = trigger(world, danger="not_sure").room
    assert room.dangerreports.get().answer == "not_sure"
    kinds = set(
        Clock.objects.filter(record=room.pk, family__startswith="safeguarding").values_list("kind", flat=True)
    )
    assert kinds == {"safeguard_child", "safeguard_adult", "safeguard_child_notice"}


def test_the_judgement_is_due_in_48_elapsed_hours(world, room):
    assert clock(room, "judgement").due_at == world.now + timedelta(hours=48)
    assert clock(room, "views_reveal").due_at == world.now + timedelta(hours=4)
    assert Room.objects.count() == 1
