"""The second ticker: it ticks, sends and seals with the database alone, while the broker and its workers may be gone.

Each of these, and the letters about accounts, has a thread and a connection of its own, so that a mail server that hangs
delays no deadline. A sender sleeps on the database's own bell (``LISTEN``), which a transaction that tells somebody rings when it commits;
nothing in a request waits for a broker.
"""

import logging
import select
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import Error, connection

from accounts.operations import send_letters
from audit.operations import seal_due
from clocks.operations import tick_due
from notifications.operations import send_due
from notifications.operations.telling import OUTBOX
from timekeeping import portal_now

log = logging.getLogger(__name__)

SOURCE = "ticker"
TICK_EVERY = 1.0
"""Seconds. Looking costs a fraction of a millisecond, and half a second is what a reader of a screen calls at once."""

SEND_EVERY = 2.0
"""Seconds after which a sender looks though no bell rang: a mail tried before may be due again."""

LETTERS_EVERY = 5.0
SEAL_EVERY = 5.0
AFTER_A_FAULT = 1.0


class Loop(threading.Thread):
    """One piece of work, done again and again until it is told to stop; no fault ends it."""

    def __init__(self, name: str, work: Callable[[], object], rest: Callable[[], object]) -> None:
        """Take what to do, and how to wait until it is to be done again."""
        super().__init__(name=name, daemon=True)
        self.work, self.rest = work, rest
        self.stopping = threading.Event()
        self.worked = threading.Event()

    def run(self) -> None:
        """Work and rest; after a fault take a new connection."""
        while not self.stopping.is_set():
            try:
                hold_briefly()
                self.work()
                self.worked.set()
                self.rest()
            except Error as problem:
                log.warning("%s: the database does not answer (%s)", self.name, type(problem).__name__)
                self._begin_anew()
            except Exception:
                log.exception("%s failed", self.name)
                self._begin_anew()
        connection.close()

    def _begin_anew(self) -> None:
        try:
            connection.close()
        except Error:
            connection.connection = None
        self.stopping.wait(AFTER_A_FAULT)


def hold_briefly() -> None:
    """See to it that this thread's connection, should it freeze, lets go of what it holds within seconds."""
    if connection.connection is None:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '4s'")
            cursor.execute(f"LISTEN {OUTBOX}")


def wait_for_the_bell(seconds: float) -> None:
    """Sleep until a mail was put in the outbox, or for these seconds."""
    raw = connection.connection
    if select.select([raw], [], [], seconds)[0]:
        raw.poll()
    raw.notifies.clear()


def loops() -> list[Loop]:
    """Return the ticker's loops, not yet started."""
    tick = Loop("tick", lambda: None, lambda: None)
    tick.work = lambda: tick_due(ask_time=portal_now, source=SOURCE, stopping=tick.stopping.is_set)
    tick.rest = lambda: tick.stopping.wait(TICK_EVERY)
    send = Loop("mail", lambda: None, lambda: wait_for_the_bell(SEND_EVERY))
    send.work = lambda: send_due(
        ask_time=portal_now, lasting=timedelta(minutes=1), stopping=send.stopping.is_set
    )
    letters = Loop("letters", lambda: send_letters(now=portal_now()), lambda: None)
    letters.rest = lambda: letters.stopping.wait(LETTERS_EVERY)
    seal = Loop("seal", lambda: seal_due(now=portal_now()), lambda: None)
    seal.rest = lambda: seal.stopping.wait(SEAL_EVERY)
    return [tick, send, letters, seal]
