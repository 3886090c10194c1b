"""Other bodies see it too, see the opposite, comment, and go to look."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from clocks.models import Clock
from concerns.models import Comment, Corroboration, GoAndLook
from concerns.operations.changing import close_concern, withdraw_concern
from concerns.operations.looking import record_look
from concerns.operations.saying import comment, corroborate, reports_on
from notifications.models import Message

NUMBER = "999 962 4596"


def report(world, concern, by="volunteer", **said):
    usual = {
        "stance": "too",
        "source_kind": "enter_and_view",
        "reliability": "first_hand",
        "origin": "own",
        "text": "We saw it on Tuesday.",
    }
    return corroborate(by=world.by(by), now=world.now, concern=concern, **{**usual, **said})


def say(world, concern, by="volunteer", **said):
    return comment(by=world.by(by), now=world.now, concern=concern, **{"text": "We heard the same.", **said})


def look(world, record, by="worker", **done):
    usual = {"how": "visit", "who": "Wes Worker", "text": "Two bays without a nurse."}
    return record_look(by=world.by(by), now=world.now, record=record, **{**usual, **done})


def seen_by(world, model):
    return {name for name in world.people if visible_to(world.by(name), model.objects.all()).exists()}


READERS = {
    "lead",
    "worker",
    "reader",
    "unseated",
    "inspector",
    "volunteer",
    "social_worker",
    "chair",
    "secretariat",
}


def test_another_body_sees_it_too_and_the_owner_is_told(world):
    concern = world.concern()
    said = report(world, concern)
    assert (said.record.owner, said.record.parent) == (world.healthwatch, concern.record)
    assert seen_by(world, Corroboration) == READERS
    assert {one.recipient for one in Message.objects.filter(event="concern.said")} == {
        world.worker,
        world.lead,
    }


def test_the_owner_does_not_corroborate_itself(world):
    with pytest.raises(NotNow, match="Your own body raised this"):
        report(world, world.concern(), by="lead")


def test_a_report_of_the_same_source_names_it_and_not_knowing_counts_as_the_same(world):
    concern = world.concern()
    assert report(world, concern).same_as is None
    assert report(world, concern, by="inspector", origin="unsure").same_as == concern.record
    assert report(world, concern, by="chair", origin="same").same_as == concern.record
    first = reports_on(world.by("volunteer"), concern)[0]
    assert report(world, concern, by="social_worker", origin="same", same_as=first.pk).same_as == first.record


def test_an_origin_that_the_person_does_not_see_reads_like_an_absent_one(world):
    concern, other = world.concern(), world.concern()
    elsewhere = report(world, other, by="inspector")
    for forged in (uuid4(), elsewhere.pk):
        with pytest.raises(Invalid) as refused:
            report(world, concern, origin="same", same_as=forged)
        assert set(refused.value.errors) == {"same_as"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"stance": "forged"}, "stance"),
        ({"source_kind": "forged"}, "source_kind"),
        ({"source_kind": "other"}, "source_other"),
        ({"reliability": ""}, "reliability"),
        ({"origin": ""}, "origin"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "Market Oversight told us"}, "text"),
        ({"text": NUMBER}, "text"),
        ({"source_kind": "other", "source_other": "x" * 301}, "source_other"),
    ],
)
def test_what_is_wrong_with_a_report_is_said_at_its_field(world, said, field):
    concern = world.concern()
    with pytest.raises(Invalid) as refused:
        report(world, concern, **said)
    assert set(refused.value.errors) == {field}
    assert not Corroboration.objects.exists()


def test_a_comment_is_read_by_those_who_read_the_concern(world):
    say(world, world.concern())
    assert seen_by(world, Comment) == READERS


def test_a_comment_may_be_narrowed_to_its_authors_body_the_owner_and_people_named(world):
    said = say(world, world.concern(), narrowed=True, people=[(world.inspector.pk, world.cqc.pk)])
    told = Message.objects.filter(event="concern.said")
    assert {one.record for one in told} == {said.record}, "who does not see it is not shown that it was told"
    assert seen_by(world, Comment) == {"lead", "worker", "reader", "unseated", "volunteer", "inspector"}


def test_a_person_named_on_a_comment_does_not_see_it_without_the_concern(world):
    say(world, world.concern(), narrowed=True, people=[(world.stranger.pk, world.neighbour.pk)])
    assert "stranger" not in seen_by(world, Comment)


def test_people_named_without_narrowing_change_nothing(world):
    said = say(world, world.concern(), people=[(world.inspector.pk, world.cqc.pk)])
    assert not said.record.shares.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": f"Mr B, {NUMBER}"}, "text"),
        ({"text": "Market Oversight"}, "text"),
        ({"narrowed": True, "people": [(uuid4(), uuid4())]}, "people"),
    ],
)
def test_what_is_wrong_with_a_comment_is_said_at_its_field(world, said, field):
    concern = world.concern()
    with pytest.raises(Invalid) as refused:
        say(world, concern, **said)
    assert set(refused.value.errors) == {field}


def test_a_reader_may_comment_but_not_speak_for_its_body_on_what_it_sees(world):
    from tests.concerned import person, sits

    world.people["quiet"] = person("Quy Quiet", world.cqc)
    sits(world.quiet, world.north)
    concern = world.concern()
    assert say(world, concern, by="quiet").text
    with pytest.raises(NotPermitted):
        report(world, concern, by="quiet")
    with pytest.raises(NotPermitted):
        look(world, concern.record, by="quiet")


def test_nothing_is_added_to_a_concern_that_is_closed(world):
    concern = close_concern(
        by=world.by("lead"), now=world.now, concern=world.concern(), outcome="acted", reason="Done.", seen=1
    )
    for deed in (report, say):
        with pytest.raises(NotNow, match="was closed"):
            deed(world, concern)
    with pytest.raises(NotNow, match="was closed"):
        look(world, concern.record)


def test_for_a_stranger_there_is_nothing_to_say_anything_of(world):
    concern = world.concern()
    for deed in (report, say):
        with pytest.raises(Http404):
            deed(world, concern, by="stranger")
    with pytest.raises(Http404):
        look(world, concern.record, by="stranger")


def test_a_look_meets_the_clock_at_the_moment_it_was_done(world, freeze):
    concern = world.concern(words=world.words(severity="critical"))
    world.now = freeze("2026-03-05T09:00Z")
    done_at = world.now - timedelta(days=1, hours=20)
    look(world, concern.record, happened_at=done_at)
    clock = Clock.objects.get(record=concern.record)
    assert clock.met_at == done_at
    assert clock.state == "met_recorded_late"
    assert seen_by(world, GoAndLook) == READERS


def test_a_look_before_the_concern_was_raised_counts_from_its_raising(world):
    concern = world.concern(words=world.words(severity="serious"))
    look(world, concern.record, happened_at=world.now - timedelta(days=3))
    assert Clock.objects.get(record=concern.record).met_at == world.now


def test_why_nobody_went_answers_the_clock_too(world):
    concern = world.concern(words=world.words(severity="serious"))
    said = look(world, concern.record, how="nobody", who="Nobody", text="The unit closed on Monday.")
    assert said.who == ""
    assert said.title == "Why nobody went to look"
    assert Clock.objects.get(record=concern.record).met_how == "why_not"


@pytest.mark.parametrize(
    ("done", "field"),
    [
        ({"how": "forged"}, "how"),
        ({"who": " "}, "who"),
        ({"who": "x" * 201}, "who"),
        ({"text": ""}, "text"),
        ({"how": "nobody", "text": ""}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": NUMBER}, "text"),
    ],
)
def test_what_is_wrong_with_a_look_is_said_at_its_field(world, done, field):
    concern = world.concern()
    with pytest.raises(Invalid) as refused:
        look(world, concern.record, **done)
    assert set(refused.value.errors) == {field}


def test_a_look_in_the_future_is_refused(world):
    with pytest.raises(Invalid) as refused:
        look(world, world.concern().record, happened_at=world.now + timedelta(minutes=1))
    assert set(refused.value.errors) == {"happened_at"}


def test_nobody_looks_at_a_draft_or_a_tombstone(world):
    with pytest.raises(NotNow, match="still a draft"):
        look(world, world.draft().record)
    concern = world.concern()
    withdraw_concern(by=world.by("worker"), now=world.now, concern=concern, reason="Wrong ward.", seen=1)
    with pytest.raises(NotNow, match="was withdrawn"):
        look(world, concern.record)


def test_another_bodys_look_counts(world):
    concern = world.concern(words=world.words(severity="serious"))
    look(world, concern.record, by="inspector", who="Two inspectors")
    assert Clock.objects.get(record=concern.record).state == "met"
