"""The tick: what is due is done once, in order, whoever else ticks at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from access.models import Record
from audit.models import Line
from clocks import registry
from clocks.models import Clock, ClockStep, Ticking
from clocks.operations import meet, stop, tick, tick_due, ticking
from notifications.models import Delivery, Message
from reference.models import Entry
from tests.timed import START, hours

INSTANT = timedelta(microseconds=1)


def steps():
    return list(ClockStep.objects.order_by("due_at").values_list("step", "number", "due_at", "recorded_at"))


def test_nothing_is_early(cast):
    clock = cast.start()
    for now in (START, START + hours(24) - INSTANT):
        assert tick(now=now).steps == 0
    assert tick(now=START + hours(24)).steps == 1
    assert tick(now=clock.due_at - INSTANT).steps == 1
    assert tick(now=clock.due_at).steps == 0
    assert tick(now=clock.due_at + INSTANT).steps == 1
    clock.refresh_from_db()
    assert clock.state == "missed"


def test_a_second_tick_does_nothing(cast):
    clock = cast.start()
    now = clock.due_at + hours(9)
    first = tick(now=now)
    before = steps(), Message.objects.count(), Delivery.objects.count()
    assert (first.clocks, first.steps) == (1, 5)
    assert tick(now=now).steps == 0
    Clock.objects.filter(pk=clock.pk).update(next_step_at=START)
    assert tick(now=now).steps == 0
    assert (steps(), Message.objects.count(), Delivery.objects.count()) == before


def test_after_downtime_each_step_is_recorded_with_its_real_lateness_and_one_message_says_them_together(cast):
    clock = cast.start()
    now = clock.due_at + hours(24)
    tick(now=now)
    assert [number for step, number, _, _ in steps() if step == "again"] == [1, 2, 3, 4, 5, 6]
    assert all(recorded == now for *_, recorded in steps())
    chair = Message.objects.get(recipient=cast.people["Bea"])
    assert [tuple(step) for step in chair.detail["steps"]] == [
        (step, number) for step, number, _, _ in steps()
    ]


def test_each_person_is_told_once_of_a_step_though_named_twice(cast):
    cast.meant["chair"] = [cast.people["Ann"].pk, cast.people["Ann"].pk]
    cast.start()
    tick(now=START + hours(24))
    assert Message.objects.count() == 1


def test_names_for_whom_nobody_stands_are_kept(cast):
    cast.meant["chair"] = []
    cast.start()
    tick(now=START + hours(24))
    assert ClockStep.objects.get().nobody == ["chair"]


def test_when_nobody_at_all_stands_those_of_last_resort_are_told(cast):
    cast.meant["ring-holder"] = cast.meant["chair"] = []
    cast.start()
    tick(now=START + hours(24))
    assert ClockStep.objects.get().nobody == ["ring-holder", "chair"]
    assert Message.objects.get().recipient == cast.people["Dot"]


def test_the_first_of_several_names_that_is_held_is_told(cast):
    cast.meant |= {"deputy": [], "agency lead": [cast.people["Bea"].pk]}
    cast.start("summit_alert")
    tick(now=START + hours(1))
    step = ClockStep.objects.get(step="next_person")
    assert step.messages.get().recipient == cast.people["Bea"]
    assert step.nobody == []


def test_a_word_that_nobody_explained_is_logged_and_last_resort_is_told(cast, caplog):
    entry = Entry.objects.get(list_code="clock_steps", code="response:half")
    Entry.objects.filter(pk=entry.pk).update(data={**entry.data, "recipients": "archbishop"})
    cast.start()
    tick(now=START + hours(24))
    assert "nobody knows who “archbishop” is" in caplog.text
    assert Message.objects.get().recipient == cast.people["Dot"]


def test_a_missed_clock_is_logged_by_the_clockwork(cast):
    clock = cast.start()
    tick(now=clock.due_at + hours(1))
    line = Line.objects.get(deed="clock.missed")
    assert (line.doer, line.record_id, line.detail["clock"]) == ("clockwork", cast.record.pk, str(clock.pk))


@pytest.mark.parametrize("ending", ["met", "stopped"])
def test_nothing_follows_an_end(cast, ending):
    clock = cast.start()
    if ending == "met":
        meet(clock=clock, by=cast.by(), now=START + hours(1))
    else:
        stop(clock=clock, by=cast.by(), now=START + hours(1), reason="closed")
    assert tick(now=START + hours(500)).clocks == 0
    assert not ClockStep.objects.exists()


def test_overdue_clocks_are_taken_in_due_order(cast):
    records = [cast.another_record() for _ in range(5)]
    order = [3, 0, 4, 1, 2]
    for place, record in zip(order, records, strict=True):
        cast.start(record=record, started_at=START - hours(10 - place))
    taken = []
    while tick(now=START + hours(100), batch=1).clocks:
        newest = ClockStep.objects.filter(step="half").exclude(clock__in=taken)
        taken.append(newest.get().clock_id)
    due = [Clock.objects.get(pk=pk).due_at for pk in taken]
    assert due == sorted(due)
    assert len(due) == 5


def break_(clock_id):
    def effect(clock, *, at, now):
        if clock.pk == clock_id:
            raise RuntimeError("a fault in an effect")

    return effect


def test_a_clock_that_fails_holds_up_no_other_and_stays_due(cast, monkeypatch, caplog):
    bad = cast.start("views_reveal", record=cast.another_record(), started_at=START - hours(1))
    good = cast.start("views_reveal")
    family = registry.FAMILIES["views_reveal"]
    effects = {"views revealed": break_(bad.pk)}
    monkeypatch.setitem(
        registry.FAMILIES, "views_reveal", registry.Family("views_reveal", family.recipients, effects)
    )
    now = START + hours(9)
    ticked = tick(now=now)
    assert (ticked.clocks, ticked.steps, ticked.failed) == (1, 1, {bad.pk})
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("missed", "running")
    assert tick(now=now, skip=ticked.failed).clocks == 0
    assert "could not take its step" in caplog.text


def test_tick_due_goes_on_until_nothing_is_due_and_notes_that_it_ticked(cast, monkeypatch):
    monkeypatch.setattr(ticking.tick, "__kwdefaults__", {"skip": frozenset(), "batch": 2})
    for _ in range(5):
        cast.start(record=cast.another_record())
    moments = iter([START + hours(24) + timedelta(seconds=n) for n in range(9)])
    assert tick_due(ask_time=lambda: next(moments), source="test") == 5
    assert Ticking.objects.get().at == START + hours(24) + timedelta(seconds=2)


def test_tick_due_stops_when_asked_or_when_its_time_is_up(cast, monkeypatch):
    monkeypatch.setattr(ticking.tick, "__kwdefaults__", {"skip": frozenset(), "batch": 1})
    for _ in range(3):
        cast.start(record=cast.another_record())
    now = START + hours(24)
    assert tick_due(ask_time=lambda: now, source="test", stopping=lambda: True) == 1
    moments = iter([now, now + timedelta(minutes=1)])
    assert tick_due(ask_time=lambda: next(moments), source="test", lasting=timedelta(seconds=1)) == 2


def test_a_transaction_that_fails_leaves_neither_state_nor_message(cast):
    def raise_after():
        with transaction.atomic():
            cast.start("summit_alert")
            raise RuntimeError("after the state was written")

    with pytest.raises(RuntimeError):
        raise_after()
    assert not Clock.objects.exists()
    assert not ClockStep.objects.exists()
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()


def test_a_clock_whose_row_was_ended_goes_on_by_its_newest_form(cast):
    cast.start()
    cast.start(record=cast.another_record())
    Entry.objects.filter(list_code="clock_intervals", code="response_48").update(effective_to="2001-01-01")
    assert tick(now=START + hours(24)).steps == 2


def tickers(count, now):
    """Tick in as many threads, all at once; return the steps that each took."""
    gate = threading.Barrier(count)

    def run():
        try:
            gate.wait()
            return tick_due(ask_time=lambda: now, source=threading.current_thread().name)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [2, 8])
def test_any_number_of_tickers_at_once_take_each_step_once(cast, count):
    for _ in range(200):
        cast.start("views_reveal", record=cast.another_record())
    cast.meant["participants"] = [cast.people["Bea"].pk]
    taken = tickers(count, START + hours(5))
    assert sum(taken) == ClockStep.objects.count() == Message.objects.count() == 200
    assert Clock.objects.filter(state="missed").count() == 200
    assert len(cast.done) == 200


@pytest.mark.django_db(transaction=True)
def test_acknowledged_at_the_due_moment_one_outcome_or_the_other_never_both(cast):
    for attempt in range(10):
        clock = cast.start("summit_alert", record=cast.another_record())
        gate = threading.Barrier(2)

        def race(deed, gate=gate):
            try:
                gate.wait()
                deed()
            finally:
                connection.close()

        due = clock.due_at
        deeds = (
            lambda clock=clock, due=due: meet(clock=clock, by=cast.by(), now=due),
            lambda due=due: tick(now=due + INSTANT),
        )
        threads = [threading.Thread(target=race, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.refresh_from_db()
        called = clock.steps.filter(step="call_list").count()
        assert (clock.state, called) in (("met", 0), ("met_recorded_late", 1)), attempt


@pytest.mark.django_db(transaction=True)
def test_a_ticker_gives_way_to_a_person_who_holds_the_record(cast):
    clock = cast.start("views_reveal")
    other = cast.start("views_reveal", record=cast.another_record())
    holding, ticked = threading.Event(), threading.Event()

    def person():
        with transaction.atomic():
            Record.objects.select_for_update().get(pk=cast.record.pk)
            holding.set()
            ticked.wait(10)
            meet(clock=clock, by=cast.by(), now=START + hours(3))
        connection.close()

    thread = threading.Thread(target=person)
    thread.start()
    holding.wait()
    result = tick(now=START + hours(5))
    ticked.set()
    thread.join()
    clock.refresh_from_db()
    other.refresh_from_db()
    assert (clock.state, other.state) == ("met", "missed")
    assert result.failed == {clock.pk}


@pytest.mark.django_db(transaction=True)
def test_a_frozen_ticker_lets_go_of_its_rows(cast):
    cast.start("views_reveal")
    now = START + hours(5)
    holding, done = threading.Event(), threading.Event()

    def frozen():
        try:
            with transaction.atomic():
                clocks = ticking._claim(now, frozenset(), 100)
                assert len(clocks) == 1
                holding.set()
                done.wait(20)
        except Exception:
            pass
        finally:
            connection.close()

    thread = threading.Thread(target=frozen)
    thread.start()
    holding.wait()
    assert tick(now=now).clocks == 0
    for _ in range(60):
        if tick(now=now).clocks:
            break
        done.wait(0.1)
    else:
        pytest.fail("the row was never let go")
    done.set()
    thread.join()


def test_a_connection_that_is_gone_is_said_and_not_swallowed(cast, monkeypatch):
    cast.start()
    monkeypatch.setattr(ticking, "advance", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("gone")))
    monkeypatch.setattr(ticking, "alive", lambda: False)
    with pytest.raises(RuntimeError, match="gone"):
        tick(now=START + hours(24))


def test_a_connection_that_goes_while_clocks_are_tried_alone_is_said_too(cast, monkeypatch):
    cast.start()
    monkeypatch.setattr(ticking, "advance", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("gone")))
    alive = [True, False]
    monkeypatch.setattr(ticking, "alive", lambda: alive.pop(0))
    with pytest.raises(RuntimeError, match="gone"):
        tick(now=START + hours(24))
    assert not alive
