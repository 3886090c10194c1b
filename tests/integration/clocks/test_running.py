"""Starting, meeting, stopping, correcting and putting off."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from access.refusals import Invalid, NotNow
from audit.models import Line
from clocks import registry
from clocks.models import Clock, ClockStep
from clocks.operations import correct, extend, fall_due, judge_again, meet, start_clock, stop, tick
from clocks.registry import Deed, Family
from notifications.models import Delivery, Message
from tests.timed import START, hours

INSTANT = timedelta(microseconds=1)


def steps_of(clock):
    return [(step.step, step.number) for step in clock.steps.all()]


def tick_at(moment):
    return tick(now=moment)


def test_a_clock_stores_its_due_moment_and_when_to_look_at_it_next(cast):
    clock = cast.start()
    clock.refresh_from_db()
    assert clock.due_at == START + hours(48)
    assert clock.longest_at == START + hours(48)
    assert clock.next_step_at == START + hours(24)
    assert (clock.state, clock.family) == ("running", "response")
    assert Line.objects.get(deed="clock.started").record_id == cast.record.pk


def test_the_first_step_is_told_in_the_transaction_that_starts_the_clock(cast):
    cast.meant["seat-holders"] = [cast.people["Cy"].pk]
    clock = cast.start("summit_alert", responsible_person=cast.people["Cy"].pk)
    step = clock.steps.get()
    assert (step.step, step.due_at, step.recorded_at) == ("alert", START, START)
    assert step.nobody == ["their body's lead"]
    message = step.messages.get()
    assert message.recipient == cast.people["Cy"]
    assert message.asks
    assert message.delivery.state == "pending"


def test_a_start_in_the_future_is_refused(cast):
    with pytest.raises(Invalid) as refusal:
        cast.start(started_at=START + hours(1))
    assert "future" in refusal.value.errors["started_at"]


def test_the_same_clock_does_not_run_twice(cast):
    cast.start()
    with pytest.raises(NotNow, match="being timed already"):
        cast.start()
    cast.start("response_24")


def test_the_database_refuses_the_same_clock_twice_too(cast):
    clock = cast.start()
    clock.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        clock.save(force_insert=True)


def test_a_family_that_nobody_took_starts_no_clock(cast, monkeypatch):
    monkeypatch.setattr(registry, "FAMILIES", {})
    with pytest.raises(ValueError, match="no app takes the clocks of 'response'"):
        cast.start()
    assert not Clock.objects.exists()


def test_met_in_time(cast):
    clock = meet(clock=cast.start(), by=cast.by(), now=START + hours(5), how="in_person")
    assert (clock.state, clock.met_at, clock.met_recorded_at) == ("met", START + hours(5), START + hours(5))
    assert (clock.met_by, clock.met_how, clock.next_step_at) == (cast.people["Ann"], "in_person", None)
    assert Line.objects.get(deed="clock.met").detail["state"] == "met"


def test_a_deed_at_the_due_moment_itself_meets(cast):
    clock = cast.start()
    assert meet(clock=clock, by=cast.by(), now=clock.due_at).state == "met"


def test_met_late(cast):
    clock = cast.start()
    now = clock.due_at + hours(3)
    clock = meet(clock=clock, by=cast.by(), now=now)
    assert (clock.state, clock.missed_at) == ("met_late", clock.due_at)
    assert ("due", 1) in steps_of(clock)


def test_held_in_time_by_telephone_and_typed_on_monday(cast):
    clock = cast.start()
    held, typed = START + hours(20), START + hours(60)
    tick_at(clock.due_at + INSTANT)
    assert Clock.objects.get().state == "missed"
    clock = meet(clock=clock, by=cast.by(), now=typed, happened_at=held, how="telephone")
    assert (clock.state, clock.met_at, clock.met_recorded_at) == ("met_recorded_late", held, typed)


def test_a_moment_in_the_future_or_before_the_start_is_refused(cast):
    clock = cast.start()
    for happened, sentence in ((START + hours(2), "future"), (START - hours(1), "before the clock started")):
        with pytest.raises(Invalid) as refusal:
            meet(clock=clock, by=cast.by(), now=START + hours(1), happened_at=happened)
        assert sentence in refusal.value.errors["happened_at"]
    assert Clock.objects.get().state == "running"


def test_a_clock_that_ended_is_not_met_again(cast):
    clock = cast.start()
    meet(clock=clock, by=cast.by(), now=START + hours(1))
    with pytest.raises(NotNow, match="has ended: met"):
        meet(clock=clock, by=cast.by(), now=START + hours(2))


def test_what_cannot_be_recorded_late_is_refused(cast):
    clock = cast.start("views_reveal")
    with pytest.raises(NotNow, match="cannot be recorded afterwards"):
        meet(clock=clock, by=cast.by(), now=START + hours(5), happened_at=START + hours(1))
    assert meet(clock=clock, by=cast.by(), now=START + hours(5)).state == "met_late"


def test_a_stopped_clock_is_silent(cast):
    clock = stop(clock=cast.start(), by=cast.by(), now=START + hours(1), reason="closed")
    assert (clock.state, clock.stop_reason, clock.stopped_by) == ("stopped", "closed", cast.people["Ann"])
    assert tick_at(START + hours(100)).steps == 0
    assert not Message.objects.exists()
    with pytest.raises(NotNow, match="has ended: stopped"):
        stop(clock=clock, by=cast.by(), now=START + hours(2), reason="closed")


def test_48_hours_shortened_to_24(cast):
    old = cast.start()
    new = correct(clock=old, by=cast.by(), now=START + hours(2), kind="response_24")
    old.refresh_from_db()
    assert (old.state, old.stop_reason) == ("stopped", "corrected")
    assert (new.state, new.due_at, new.started_at, new.replaces) == ("running", START + hours(24), START, old)
    assert old.replaced_by == new


def test_an_earlier_start_may_be_born_missed_with_one_message_for_all_its_steps(cast):
    old = cast.start()
    now = START + hours(1)
    new = correct(clock=old, by=cast.by(), now=now, started_at=START - hours(60))
    assert (new.state, new.missed_at) == ("missed", START - hours(12))
    assert steps_of(new) == [("half", 1), ("near", 1), ("due", 1), ("again", 1), ("again", 2), ("again", 3)]
    messages = Message.objects.filter(topic=new.pk)
    assert messages.count() == len({message.recipient_id for message in messages}) == 4
    chair = messages.get(recipient=cast.people["Bea"])
    assert chair.steps.count() == 6
    assert chair.detail["said"] == "again"
    assert messages.get(recipient=cast.people["Cy"]).detail["steps"] == [["near", 1]]


def test_a_clock_that_was_met_is_judged_again_by_the_one_that_takes_its_place(cast):
    old = meet(clock=cast.start(), by=cast.by(), now=START + hours(40), how="in_person")
    new = correct(clock=old, by=cast.by(), now=START + hours(50), started_at=START - hours(24))
    old.refresh_from_db()
    assert old.state == "met"
    assert (new.state, new.met_at, new.met_how) == ("met_late", START + hours(40), "in_person")
    assert new.met_by == cast.people["Ann"]
    with pytest.raises(NotNow, match="taken the place"):
        correct(clock=old, by=cast.by(), now=START + hours(51), started_at=START)


def test_a_deed_before_the_corrected_start_does_not_meet(cast):
    old = meet(clock=cast.start(), by=cast.by(), now=START + hours(1))
    new = correct(clock=old, by=cast.by(), now=START + hours(5), started_at=START + hours(2))
    assert new.state == "running"


def test_a_stopped_clock_is_not_corrected_nor_one_started_in_the_future(cast):
    clock = cast.start()
    with pytest.raises(Invalid, match="future"):
        correct(clock=clock, by=cast.by(), now=START + hours(1), started_at=START + hours(2))
    stop(clock=clock, by=cast.by(), now=START + hours(1), reason="withdrawn")
    with pytest.raises(NotNow, match="taken the place"):
        correct(clock=clock, by=cast.by(), now=START + hours(1))


def test_cannot_yet_say_starts_another_due_then_and_at_most_72_hours_after_the_trigger(cast):
    old = cast.start("judgement")
    now = START + hours(40)
    new = extend(clock=old, by=cast.by(), now=now, until=START + hours(60))
    old.refresh_from_db()
    assert (old.state, old.stop_reason) == ("stopped", "extended")
    assert (new.due_at, new.longest_at, new.started_at) == (START + hours(60), START + hours(72), now)
    last = extend(clock=new, by=cast.by(), now=START + hours(61), until=START + hours(72))
    assert last.due_at == START + hours(72)
    new.refresh_from_db()
    assert (new.state, new.stop_reason) == ("stopped", "extended")


@pytest.mark.parametrize(
    ("until", "sentence"),
    [(START + hours(73), "by 6 March 2026, 10am, and no later"), (START + hours(1), "still to come")],
)
def test_a_time_that_is_past_or_too_late_is_refused(cast, until, sentence):
    clock = cast.start("judgement")
    with pytest.raises(Invalid) as refusal:
        extend(clock=clock, by=cast.by(), now=START + hours(2), until=until)
    assert sentence in refusal.value.errors["until"]


def test_what_has_no_longest_cannot_be_put_off(cast):
    with pytest.raises(NotNow, match="cannot be put off"):
        extend(clock=cast.start("summit_alert"), by=cast.by(), now=START, until=START + hours(3))


def the_ring(cast, monkeypatch, deed=None):
    ring = registry.FAMILIES["ring"]
    decided = []

    def decide(clock, at):
        decided.append(at)
        return deed

    families = {**registry.FAMILIES, "ring": Family("ring", ring.recipients, ring.effects, decide)}
    monkeypatch.setattr(registry, "FAMILIES", families)
    return cast.start("ring", chosen=timedelta(hours=24)), decided


def test_the_ring_falls_to_the_default_when_the_meeting_opens(cast, monkeypatch):
    clock, _ = the_ring(cast, monkeypatch)
    opened, typed = START + hours(6), START + hours(7)
    clock = fall_due(clock=clock, event="meeting opened", by=cast.by(), now=typed, happened_at=opened)
    assert (clock.state, clock.missed_at, clock.due_at) == ("missed", opened, START + hours(12))
    assert cast.done == [("interim becomes default", opened)]
    assert steps_of(clock) == [("due", 1)]
    assert clock.next_step_at is None
    assert tick_at(START + hours(48)).steps == 0


def test_the_ring_falls_to_the_default_at_its_due_moment(cast, monkeypatch):
    clock, decided = the_ring(cast, monkeypatch)
    tick_at(clock.due_at + INSTANT)
    clock.refresh_from_db()
    assert clock.state == "missed"
    assert cast.done == [("interim becomes default", clock.due_at)]
    assert decided == [clock.due_at]
    fall_due(
        clock=clock,
        event="meeting opened",
        by=cast.by(),
        now=START + hours(14),
        happened_at=START + hours(13),
    )
    assert len(cast.done) == 1


def test_the_ring_is_met_when_a_body_stands_agreed_at_its_due_moment(cast, monkeypatch):
    deed = Deed(START + hours(3), START + hours(4))
    clock, _ = the_ring(cast, monkeypatch, deed)
    tick_at(clock.due_at + INSTANT)
    clock.refresh_from_db()
    assert (clock.state, clock.met_at, clock.met_recorded_at) == ("met", START + hours(3), START + hours(4))
    assert steps_of(clock) == [("near", 1)]
    assert not cast.done


def test_the_ring_is_met_when_a_body_stands_agreed_as_the_meeting_opens(cast, monkeypatch):
    deed = Deed(START + hours(3), START + hours(3))
    clock, decided = the_ring(cast, monkeypatch, deed)
    opened = START + hours(6)
    clock = fall_due(clock=clock, event="meeting opened", by=cast.by(), now=opened, happened_at=opened)
    assert (clock.state, decided) == ("met", [opened])
    assert not cast.done


def test_a_ring_decided_as_it_fell_due_is_not_met_by_hand_afterwards(cast, monkeypatch):
    clock, _ = the_ring(cast, monkeypatch, Deed(START + hours(3), START + hours(3)))
    with pytest.raises(NotNow, match="decided when it fell due"):
        meet(clock=clock, by=cast.by(), now=START + hours(13))


def test_an_event_that_no_step_waits_for_is_a_mistake_of_the_programmer(cast):
    with pytest.raises(ValueError, match="no step of 'response' waits for 'rain'"):
        fall_due(clock=cast.start(), event="rain", by=cast.by(), now=START, happened_at=START)


@pytest.mark.parametrize(
    ("first", "then"),
    [("met", "running"), ("met", "missed"), ("met", "stopped"), ("stopped", "running"), ("stopped", "met")],
)
def test_the_database_lets_no_state_go_back(cast, first, then):
    clock = cast.start()
    if first == "met":
        meet(clock=clock, by=cast.by(), now=START + hours(1))
    else:
        stop(clock=clock, by=cast.by(), now=START + hours(1), reason="closed")
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(state=then)


@pytest.mark.parametrize("then", ["met_late", "met_recorded_late"])
def test_the_database_lets_no_state_be_skipped(cast, then):
    clock = cast.start()
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(
            state=then, met_at=START, met_recorded_at=START, next_step_at=None
        )


@pytest.mark.parametrize(
    "change",
    [{"due_at": START}, {"started_at": START - hours(1)}, {"kind": "response_24"}, {"longest_at": None}],
)
def test_the_database_keeps_what_a_clock_started_with(cast, change):
    clock = cast.start()
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(**change)


def test_the_database_keeps_every_clock_and_step(cast):
    clock = cast.start("summit_alert")
    for rows in (Clock.objects.filter(pk=clock.pk), ClockStep.objects.filter(clock=clock)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        ClockStep.objects.filter(clock=clock).update(recorded_at=START + hours(9))


def test_the_database_starts_no_clock_that_has_ended(cast):
    clock = cast.start()
    clock.pk, clock.kind, clock.state = None, "response_24", "missed"
    with pytest.raises(DatabaseError), transaction.atomic():
        clock.save(force_insert=True)


def test_the_database_keeps_each_step_once_and_never_early(cast):
    clock = cast.start()
    row = {"clock": clock, "step": "due", "number": 1, "due_at": START, "recorded_at": START}
    ClockStep.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockStep.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockStep.objects.create(**{**row, "number": 2, "recorded_at": START - INSTANT})


def test_an_exercise_runs_faster_and_is_due_sooner(cast):
    clock = cast.start("judgement", speed=24)
    assert clock.due_at == START + hours(2)
    assert clock.next_step_at == START + hours(1)


def test_times_are_kept_in_utc(cast):
    started = datetime.fromisoformat("2026-02-24T12:00:00+00:00")
    clock = start_clock(kind="response_24", record=cast.record, by=cast.by(), now=START, started_at=started)
    clock.refresh_from_db()
    assert clock.due_at.isoformat() == "2026-02-25T12:00:00+00:00"
    assert Delivery.objects.filter(message__topic=clock.pk).exists()


def test_what_was_never_met_is_not_judged_again(cast):
    with pytest.raises(NotNow, match="not met"):
        judge_again(clock=cast.start(), by=cast.by(), now=START + hours(1), deed=None)
