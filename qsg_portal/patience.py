"""How long a page waits for a database that has fallen silent.

The driver alone waits for ever when the network swallows the answer: a few such requests
would hold every thread, and a portal that only hangs tells nobody that it is ill. The
server's own limit on a statement comes first (eight seconds, set on the web's role); this one is for
when the server cannot be heard at all.
"""

import select

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, set_wait_callback
from psycopg2.extensions import connection as Connection

PATIENCE = 9.0
"""Seconds of silence after which a connection is given up; the page then answers 503."""


def lose_patience_with_a_silent_database() -> None:
    """Make every connection of this process give up after ``PATIENCE`` seconds of silence."""
    set_wait_callback(wait_or_give_up)


def wait_or_give_up(connection: Connection) -> None:
    """Wait for the server, as the driver asks for it.

    Args:
        connection: what waits.

    Raises:
        psycopg2.OperationalError: nothing was heard for ``PATIENCE`` seconds; the driver
            then closes the connection, so that no other request can inherit it.
    """
    while (state := connection.poll()) != POLL_OK:
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        if not waiting.poll(PATIENCE * 1000):
            raise psycopg2.OperationalError("The database has fallen silent.")
