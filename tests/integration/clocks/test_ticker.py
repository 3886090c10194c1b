"""The ticker that needs no broker: as a process, and its loops through faults."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from access.operations import create_record
from actions.models import Action
from audit.models import Unsealed
from clocks import tasks as clock_tasks
from clocks import ticker
from clocks.models import Clock, Ticking
from clocks.operations import start_clock
from notifications import tasks as mail_tasks
from notifications.models import Delivery, Message
from qsg_portal.management.commands.ticker import Command
from qsg_portal.surroundings import CLOCKWORK_ROLE, embedded_database_url
from tests.servers import DATA_DIR
from tests.timed import START, hours
from timekeeping import portal_now

ROOT = Path(__file__).parents[3]


def until(true, seconds=40):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.1)
    return False


def due_soon(cast, seconds=2.0):
    """An action whose clock is due in real time."""
    now = portal_now()
    record = create_record(kind="action", by=cast.by(), now=now)
    due = now + timedelta(seconds=seconds)
    Action.objects.create(
        record=record, asked=cast.body, statement="Look.", aim="safeguard", power_kind="none", due_at=due
    )
    return start_clock(kind="action", record=record, by=cast.by(), now=now, chosen=due)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_the_ticker_keeps_a_deadline_seals_the_log_and_ends_when_asked(cast, asked):
    name = connection.settings_dict["NAME"]
    environ = os.environ | {
        "DATABASE_URL": embedded_database_url(DATA_DIR, CLOCKWORK_ROLE, name),
        "PORTAL_URL": "http://localhost",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen([sys.executable, "manage.py", "ticker"], cwd=ROOT, env=environ)
    try:
        assert until(lambda: Ticking.objects.filter(source="ticker").exists())
        clock = due_soon(cast)
        assert until(lambda: Clock.objects.filter(pk=clock.pk, state="missed").exists(), 15)
        late = clock.steps.get(step="due").recorded_at - clock.due_at
        assert timedelta(0) < late < timedelta(seconds=5)
        assert until(lambda: not Unsealed.objects.exists(), 15)
    finally:
        process.send_signal(asked)
        assert process.wait(15) == 0


@pytest.mark.django_db(transaction=True)
def test_a_fault_ends_no_loop(caplog):
    faults = [OperationalError("the database is restarting"), RuntimeError("a mistake"), None]
    done = threading.Event()

    def work():
        fault = faults.pop(0)
        if fault:
            raise fault
        done.set()

    loop = ticker.Loop("test", work, lambda: loop.stopping.wait(5))
    loop.start()
    assert done.wait(10)
    loop.stopping.set()
    loop.join(5)
    assert not loop.is_alive()
    assert "test: the database does not answer (OperationalError)" in caplog.text
    assert "test failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_cannot_even_be_closed_is_dropped(monkeypatch):
    loop = ticker.Loop("test", lambda: None, lambda: None)
    loop.stopping.set()
    kept = connection.connection
    monkeypatch.setattr(connection, "close", lambda: (_ for _ in ()).throw(OperationalError("gone")))
    loop._begin_anew()
    assert connection.connection is None
    connection.connection = kept


@pytest.mark.django_db(transaction=True)
def test_the_bell_wakes_a_sender_before_its_time(cast):
    woken = []

    def sleep():
        try:
            ticker.hold_briefly()
            ready.set()
            began = time.monotonic()
            ticker.wait_for_the_bell(20)
            woken.append(time.monotonic() - began)
            with connection.cursor() as cursor:
                cursor.execute("SHOW idle_in_transaction_session_timeout")
                woken.append(cursor.fetchone()[0])
            ticker.hold_briefly()
            ticker.wait_for_the_bell(0.01)
        finally:
            connection.close()

    ready = threading.Event()
    thread = threading.Thread(target=sleep)
    thread.start()
    ready.wait(10)
    cast.meant["seat-holders"] = [cast.people["Bea"].pk]
    cast.start("summit_alert")
    thread.join(15)
    assert woken[0] < 10
    assert woken[1] == "4s"


@pytest.mark.django_db(transaction=True)
def test_the_loops_tick_send_and_seal(cast):
    cast.meant["seat-holders"] = [cast.people["Bea"].pk]
    now = portal_now()
    record = create_record(kind="concern", by=cast.by(), now=now)
    start_clock(kind="summit_alert", record=record, by=cast.by(), now=now)
    running = ticker.loops()
    assert [loop.name for loop in running] == ["tick", "mail", "letters", "seal"]
    for loop in running:
        loop.start()
    try:
        assert until(lambda: Delivery.objects.filter(state="sent").exists())
        assert until(lambda: Ticking.objects.exists() and not Unsealed.objects.exists())
    finally:
        for loop in running:
            loop.stopping.set()
        for loop in running:
            loop.join(10)


def test_a_word_that_nobody_explained_is_said_at_the_start(cast, monkeypatch, caplog):
    name = "qsg_portal.management.commands.ticker"
    monkeypatch.setattr(f"{name}.connection", type("Kept", (), {"close": lambda self: None})())
    monkeypatch.setattr(f"{name}.unexplained_words", lambda now: ["nobody knows who “archbishop” is."])
    Command()._say_what_is_unexplained()
    assert "archbishop" in caplog.text

    def away(now):
        raise OperationalError("away")

    monkeypatch.setattr(f"{name}.unexplained_words", away)
    Command()._say_what_is_unexplained()
    assert "does not answer yet (OperationalError)" in caplog.text


def test_the_worker_s_doors_do_the_same(cast):
    cast.meant["ring-holder"] = [cast.people["Bea"].pk]
    record = create_record(kind="concern", by=cast.by(), now=START)
    start_clock(kind="response_24", record=record, by=cast.by(), now=START, started_at=START - hours(1))
    assert clock_tasks.tick() == Clock.objects.get().steps.count() > 0
    assert Ticking.objects.get().source == "worker"
    Delivery.objects.all().delete()
    assert mail_tasks.send() == {}
    assert Message.objects.exists()
