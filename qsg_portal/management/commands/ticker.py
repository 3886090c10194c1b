"""``manage.py ticker``: keeps every deadline without a broker."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection

from clocks.operations import unexplained_words
from clocks.ticker import loops
from qsg_portal import alive
from qsg_portal.boot import start_or_say_why_not
from timekeeping import portal_now

log = logging.getLogger(__name__)

LOOKS_AROUND_EVERY = 5.0
"""Seconds after which the ticker says that it is alive, if it ticked meanwhile."""

PATIENCE = 8.0
"""Seconds given to what is under way when the ticker is asked to end; what is cut off is done again by another."""


class Command(BaseCommand):
    help = "Takes the steps of clocks that are due, sends mail and seals the log, until it is asked to end."

    def handle(self, *args: Any, **options: Any) -> None:
        start_or_say_why_not()
        ending = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: ending.set())
        self._say_what_is_unexplained()
        running = loops()  # the tick first
        for loop in running:
            loop.start()
        log.info("The ticker ticks every second, sends and seals.")
        while not ending.wait(LOOKS_AROUND_EVERY):
            if running[0].worked.is_set():
                running[0].worked.clear()
                alive.touch()
        for loop in running:
            loop.stopping.set()
        for loop in running:
            loop.join(PATIENCE)

    def _say_what_is_unexplained(self) -> None:
        """Say which words of the steps in force nobody explained; those of last resort are told at such a step."""
        try:
            for sentence in unexplained_words(portal_now()):
                log.error(sentence)
        except Error as problem:
            log.warning("The database does not answer yet (%s).", type(problem).__name__)
        finally:
            connection.close()
