"""Judgements with their moments, and the clocks they start, meet and correct."""

from datetime import timedelta

import pytest
from django.http import Http404

from access.refusals import Invalid, NotNow, NotPermitted
from clocks.models import Clock
from notifications.models import Message
from providers.models import Commissioning
from risk_summits.models import Judgement
from risk_summits.operations import (
    answer_gate,
    bring_forward,
    call_body,
    correct_judgement,
    record_judgement,
    say_danger,
)
from risk_summits.operations.facts import stage
from tests.integration.risk_summits.conftest import again
from tests.summits import clock, hold, judges_for, trigger


def judge(world, room, name="chair", judge="group", code="actual", at=10.0, **more):
    return record_judgement(
        by=world.by(name),
        now=world.at(at),
        room=room,
        judge=judge,
        code=code,
        text=more.pop("text", "Three falls in a month."),
        **more,
    )


def test_the_groups_judgement_meets_its_clock_and_starts_the_response(world, room):
    judgement = judge(world, room)
    assert clock(room, "judgement").state == "met"
    response = clock(room, "response")
    assert (response.started_at, response.due_at) == (world.at(10), world.at(58))
    assert clock(room, "ring").due_at == world.at(22)
    holding = again(room).holding()
    assert (holding.agency, holding.basis, holding.starts_at) == (world.team, "interim", world.at(10))
    assert stage(again(room)) == "responding"
    assert Message.objects.filter(event="summit.judged", topic=judgement.pk).count() == 8
    assert clock(room, "provider_notice").started_at == world.at(10)


@pytest.mark.parametrize(("code", "starts"), [("potential", True), ("none_focused", False)])
def test_focused_action_without_failure_starts_no_clock(world, room, code, starts):
    judge(world, room, code=code)
    assert (clock(room, "response") is not None) == starts
    assert stage(again(room)) == ("responding" if starts else "focused")
    assert clock(room, "judgement").state == "met"


@pytest.mark.parametrize(
    ("name", "quality", "code", "starts"),
    [
        ("quinn", "cqc", "breach", True),
        ("quinn", "cqc", "potential_breach", True),
        ("quinn", "cqc", "no_breach", False),
        ("quinn", "cqc", "not_decided", False),
        ("cara", "commissioner", "potential", True),
        ("cara", "commissioner", "focused_action", False),
        ("tess", "nhs_tda", "actual", True),
    ],
)
def test_a_bodys_own_judgement_starts_the_response_and_does_not_meet_the_groups_clock(
    world, room, name, quality, code, starts
):
    assert judges_for(world.by(name), room, world.now) == quality
    judge(world, room, name, quality, code)
    assert (clock(room, "response") is not None) == starts
    assert clock(room, "judgement").state == "running"


def test_nothing_is_kept_of_what_cqc_cannot_share(world, room):
    with pytest.raises(Invalid, match="keeps nothing"):
        judge(world, room, "quinn", "cqc", "cannot_share")
    judge(world, room, "quinn", "cqc", "cannot_share", text="")
    assert room.judgements.get().text == ""


@pytest.mark.parametrize(
    ("name", "quality", "words"),
    [
        ("cara", "cqc", "CQC's alone"),
        ("chair", "cqc", "CQC's alone"),
        ("quiz", "cqc", "A lead for Care Quality Commission"),
        ("quinn", "commissioner", "commissions from this provider"),
        ("cora", "nhs_tda", "only by that body"),
        ("quinn", "group", "recorded by its chair"),
    ],
)
def test_nobody_records_anothers_judgement(world, room, name, quality, words):
    with pytest.raises(NotPermitted, match=words):
        judge(world, room, name, quality, "breach" if quality == "cqc" else "actual")
    assert not Judgement.objects.exists()


def test_a_body_that_judges_only_with_the_group_has_no_judgement_of_its_own(world, room):
    assert judges_for(world.by("cora"), room, world.now) is None
    assert judges_for(world.by("quiz"), room, world.now) is None
    assert judges_for(world.by("nell"), room, world.now) is None


def test_who_is_not_in_the_room_judges_nothing(world, room):
    with pytest.raises(Http404):
        judge(world, room, "nell", "commissioner", "actual")


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"happened_at": 11}, "happened_at", "has not come yet"),
        ({"happened_at": -1}, "happened_at", "this is before it"),
        ({"code": "breach"}, "code", "Choose one"),
        ({"text": " "}, "text", "what this rests on"),
        ({"severity": "terrible"}, "severity", "how serious"),
        ({"code": "extended"}, "until", "new time"),
        ({"text": "Patient 943 476 5919 fell."}, "text", "NHS number"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence_and_nothing_is_written(world, room, more, field, words):
    if "happened_at" in more:
        more = {"happened_at": world.at(more["happened_at"])}
    with pytest.raises(Invalid) as refusal:
        judge(world, room, **more)
    assert words in refusal.value.errors[field]
    assert not Judgement.objects.exists()
    assert clock(room, "response") is None


def test_a_judge_that_is_none_reads_like_an_unknown_choice(world, room):
    with pytest.raises(Invalid, match="whose judgement"):
        judge(world, room, "cora", "council", "actual")


def test_cannot_yet_say_puts_the_clock_off_but_never_past_72_hours(world, room):
    judge(world, room, code="extended", until=world.at(60), at=40)
    old, new = Clock.objects.filter(record=room.pk, family="judgement").order_by("started_at")
    assert (old.state, old.stop_reason) == ("stopped", "extended")
    assert (new.due_at, new.replaces) == (world.at(60), old)
    assert stage(again(room)) == "judging"
    with pytest.raises(Invalid, match="72 hours"):
        judge(world, room, code="extended", until=world.at(73), at=41)
    judge(world, room, at=50, happened_at=world.at(39))
    new.refresh_from_db()
    assert new.state == "met"


def test_the_judgement_clock_is_never_defaulted_and_names_go_to_the_regional_director(world, room):
    world.move(48, 1)
    held = clock(room, "judgement")
    assert held.state == "missed"
    told = {one.recipient for one in held.steps.get(step="due").messages.all()}
    assert told == {world.people["director"], world.people["chair"], world.people["secretary"]}
    half = {one.recipient for one in held.steps.get(step="half").messages.all()}
    assert world.people["quinn"] in half
    assert world.people["director"] not in half
    assert clock(room, "response") is None
    judge(world, room, at=50, happened_at=world.at(47))
    assert clock(room, "judgement").state == "met_recorded_late"


def test_the_earliest_judgement_of_failure_starts_the_response_and_later_ones_never_restart_it(world, room):
    judge(world, room, "quinn", "cqc", "breach", at=6)
    judge(world, room, at=10)
    assert Clock.objects.filter(record=room.pk, family="response").count() == 1
    assert clock(room, "response").started_at == world.at(6)


def test_an_earlier_judgement_recorded_later_stops_the_clock_as_corrected_and_starts_another(world, room):
    judge(world, room, at=10)
    judge(world, room, "quinn", "cqc", "breach", at=12, happened_at=world.at(6))
    old, new = Clock.objects.filter(record=room.pk, family="response").order_by("started_recorded_at")
    assert (old.state, old.stop_reason) == ("stopped", "corrected")
    assert (new.started_at, new.due_at, new.replaces) == (world.at(6), world.at(54), old)
    ring = clock(room, "ring", state="running")
    assert (ring.started_at, ring.due_at) == (world.at(6), world.at(18))
    held = again(room)
    assert [
        (one.basis, one.starts_at, one.ends_at) for one in held.ringholdings.filter(superseded_at=None)
    ] == [
        ("convenor", world.now, world.at(6)),
        ("interim", world.at(6), None),
    ]
    assert held.ringholdings.filter(superseded_at__isnull=False).count() == 1


def test_anyone_in_danger_makes_48_hours_24(world, room):
    judge(world, room, at=10)
    say_danger(by=world.by("cora"), now=world.at(12), room=room, answer="not_sure")
    old, new = Clock.objects.filter(record=room.pk, family="response").order_by("started_recorded_at")
    assert (old.stop_reason, new.kind) == ("corrected", "response_24")
    assert (new.started_at, new.due_at) == (world.at(10), world.at(34))


def test_somebody_at_risk_said_at_a_gate_makes_48_hours_24(world, room):
    judge(world, room, at=10)
    answer_gate(
        by=world.by("chair"), now=world.at(12), room=room, gate="safeguarding_adults", answer="at_risk"
    )
    assert clock(room, "response", state="running").due_at == world.at(34)
    answer_gate(
        by=world.by("chair"), now=world.at(13), room=room, gate="safeguarding_children", answer="at_risk"
    )
    assert Clock.objects.filter(record=room.pk, family="response").count() == 2


def test_critical_severity_makes_it_24_from_the_start(world, room):
    judge(world, room, severity="critical")
    assert clock(room, "response").due_at == world.at(34)
    assert again(room).severity == "critical"


def test_danger_said_at_the_call_makes_it_24_from_the_start(world):
    room = trigger(world, danger="yes").room
    judge(world, room)
    assert clock(room, "response").kind == "response_24"


def test_it_can_be_brought_forward_with_a_reason(world, room):
    bring_forward(by=world.by("chair"), now=world.at(1), room=room, hours=8, reason="Nobody is on the ward.")
    judge(world, room, at=10)
    assert clock(room, "response").due_at == world.at(18)
    assert clock(room, "ring").due_at == world.at(14)
    bring_forward(by=world.by("chair"), now=world.at(11), room=room, hours=4, reason="It got worse.")
    assert clock(room, "response", state="running").due_at == world.at(14)
    with pytest.raises(Invalid, match="only be made shorter"):
        bring_forward(by=world.by("chair"), now=world.at(11), room=room, hours=8, reason="Less so.")
    with pytest.raises(NotPermitted):
        bring_forward(by=world.by("cara"), now=world.at(11), room=room, hours=2, reason="x")


def test_24_hours_over_the_change_of_the_clocks_are_24_elapsed_hours(world):
    world.now = world.freeze("2026-10-24T12:00+01:00")
    room = trigger(world, danger="yes").room
    judge(world, room, at=0)
    assert clock(room, "response").due_at.isoformat() == "2026-10-25T11:00:00+00:00"


def test_a_mistyped_moment_is_put_right_and_both_stay(world, room):
    wrong = judge(world, room, at=10, happened_at=world.at(2))
    right = correct_judgement(
        by=world.by("chair"),
        now=world.at(11),
        room=room,
        judgement=wrong.pk,
        happened_at=world.at(9),
        why="Mistyped.",
    )
    wrong.refresh_from_db()
    assert (wrong.replaced_by, wrong.why_corrected) == (right, "Mistyped.")
    assert clock(room, "response", state="running").due_at == world.at(57)
    assert [one.starts_at for one in room.ringholdings.filter(superseded_at=None)] == [world.now, world.at(9)]
    with pytest.raises(NotNow, match="corrected already"):
        correct_judgement(
            by=world.by("chair"),
            now=world.at(11),
            room=room,
            judgement=wrong.pk,
            happened_at=world.at(3),
            why="x",
        )
    for more in ({"why": " "}, {"happened_at": world.at(9)}):
        with pytest.raises(Invalid):
            correct_judgement(
                **{"by": world.by("chair"), "now": world.at(12), "room": room, "judgement": right.pk,
                   "happened_at": world.at(8), "why": "x", **more}
            )  # fmt: skip


def test_a_bodys_judgement_is_put_right_by_that_body(world, room):
    mine = judge(world, room, "cara", "commissioner", "actual", at=5)
    fay = world.person("kim", "faraway")
    assert fay
    with pytest.raises(NotPermitted):
        correct_judgement(
            by=world.by("quinn"),
            now=world.at(6),
            room=room,
            judgement=mine.pk,
            happened_at=world.at(4),
            why="x",
        )


def test_a_body_of_the_same_quality_does_not_put_anothers_judgement_right(world, room):

    Commissioning.objects.create(
        provider=world.provider, agency=world.nearby, starts_on=world.now.date() - timedelta(days=9)
    )
    call_body(by=world.by("chair"), now=world.at(1), room=room, agency=world.nearby.pk, why="Buys too.")
    world.move(1)
    mine = judge(world, room, "cara", "commissioner", "actual", at=5)
    with pytest.raises(NotNow, match="so it puts it right"):
        correct_judgement(
            by=world.by("nell"),
            now=world.at(6),
            room=room,
            judgement=mine.pk,
            happened_at=world.at(4),
            why="x",
        )


def test_a_judgement_of_failure_withdrawn_by_correction_of_another_leaves_the_clock_in_step(world, room):
    hold(world, room, world.at(2), world.at(1), "team", "ccg", purpose="judgement")
    judge(world, room, at=3)
    assert clock(room, "response").state == "running"


def test_a_stale_page_is_told_what_happened_and_loses_nothing(world, room):
    seen = again(room).version
    judge(world, room, at=10, seen=seen)
    with pytest.raises(NotNow, match="Something changed in this room"):
        judge(world, room, at=11, seen=seen)
    assert Judgement.objects.count() == 1


def test_the_provider_is_not_owed_a_word_twice(world, room):
    judge(world, room, at=5)
    judge(world, room, "quinn", "cqc", "breach", at=6)
    assert Clock.objects.filter(record=room.pk, family="provider_notice").count() == 1
