"""How long a page waits for a database that has fallen silent.

The driver alone waits for ever when the network swallows the answer: a few such requests
would hold every thread, and a portal that only hangs tells nobody that it is ill. The
server's own limit on a statement comes first (eight seconds, set on the web's role); this one is for
when the server cannot be heard at all.

Once one page has waited in vain the others do not: until the server is heard again one at a time
tries, and the rest answer 503 at once. So a minute of silence fills no queue that is then worked off.
"""

import select
import threading
import time

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, set_wait_callback
from psycopg2.extensions import connection as Connection

PATIENCE = 8.5
"""Seconds of silence after which a connection is given up; the page then answers 503."""

TRIES_EVERY = 1.0
"""Seconds between one that tries whether a silent server is heard again and the next."""

TRIES_FOR = 3.0
"""Seconds that it then waits: a server that is back answers in far less."""

SILENT = "The database has fallen silent."


class Silence:
    """What the threads of this process know of the server's silence."""

    def __init__(self) -> None:
        """Begin with a server that speaks."""
        self.lock = threading.Lock()
        self.fell = False
        self.next_try_at = 0.0

    def heard(self) -> None:
        """Note that the server said something."""
        if self.fell:
            with self.lock:
                self.fell = False

    def noted(self) -> None:
        """Note that somebody waited in vain."""
        with self.lock:
            self.fell = True
            self.next_try_at = time.monotonic() + TRIES_EVERY

    def patience(self) -> float:
        """Return how many seconds to wait for an answer; 0 for not at all."""
        if not self.fell:
            return PATIENCE
        with self.lock:
            now = time.monotonic()
            if now < self.next_try_at:
                return 0.0
            self.next_try_at = now + TRIES_FOR + TRIES_EVERY
            return TRIES_FOR


silence = Silence()


def lose_patience_with_a_silent_database() -> None:
    """Make every connection of this process give up after ``PATIENCE`` seconds of silence."""
    set_wait_callback(wait_or_give_up)


def wait_or_give_up(connection: Connection) -> None:
    """Wait for the server, as the driver asks for it.

    Args:
        connection: what waits.

    Raises:
        psycopg2.OperationalError: nothing was heard for ``PATIENCE`` seconds, or somebody else has just waited in
            vain; the driver then closes the connection, so that no other request can inherit it.
    """
    patience = 0.0
    while (state := connection.poll()) != POLL_OK:
        patience = patience or silence.patience()
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        if not patience or not waiting.poll(patience * 1000):
            if patience:
                silence.noted()
            raise psycopg2.OperationalError(SILENT)
        if state == POLL_READ:
            silence.heard()
