"""``manage.py faults``: kill everything around the deadlines and print what became of them."""

import os
import shutil
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from qsg_portal.children import adopt_orphans
from qsg_portal.faults import outages, trials
from qsg_portal.faults.figures import Figure, table
from qsg_portal.faults.rig import CLOCKWORK, Rig
from qsg_portal.faults.rolling import rolling

DISK = 1500
"""Megabytes of the database's disk: its log alone may grow to a thousand."""


class Command(BaseCommand):
    """Runs the trials one after another; fails when a figure passes its limit, or when the control does not fail."""

    help = "Kill workers, timetable, ticker, broker and database at random and print the figures."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--deadlines", type=int, default=1000, help="deadlines set while things are killed"
        )
        parser.add_argument("--kills", type=int, default=30, help="how often something is killed meanwhile")
        parser.add_argument(
            "--seconds", type=float, default=90, help="seconds over which those deadlines fall due"
        )
        parser.add_argument("--broker-off", type=float, default=15, help="seconds without a broker")
        parser.add_argument(
            "--at-once", action="store_true", help="kill again before the last kill is got over"
        )
        parser.add_argument(
            "--outage", type=float, default=60, help="seconds without a database, with a full disk"
        )
        parser.add_argument("--restarts", type=int, default=6, help="restarts by SIGTERM")
        parser.add_argument(
            "--overdue", type=int, default=5000, help="deadlines that fell due while all was off"
        )
        parser.add_argument("--only", default="", help="the trials to run, separated by commas")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        adopt_orphans()
        rig = Rig(disk=DISK if os.geteuid() == 0 else 0)
        figures: list[Figure] = []
        try:
            self._say("Starting a database, a broker, a mail server and the clockwork of their own ...")
            rig.start()
            rig.bring_up(*CLOCKWORK)
            time.sleep(5)
            for name, trial in self._trials(rig, options).items():
                if not options["only"] or name in options["only"].split(","):
                    self._say(f"{name} ...")
                    started = time.monotonic()
                    figures += trial()
                    self._say(f"  {time.monotonic() - started:.0f} s")
        finally:
            failed = [one for one in figures if not one.holds]
            kept = shutil.copy(rig.folder / "log", settings.DATA_DIR / "faults.log") if failed else None
            rig.end()
        self._say("")
        self._say(table(figures))
        if kept:
            self._say(f"\nWhat the processes said is kept in {kept}.")
        self._say(f"\n{len(failed)} of {len(figures)} figures fail; {time.monotonic() - began:.0f} s in all.")
        if failed:
            sys.exit(1)

    def _trials(self, rig: Rig, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "calm": lambda: trials.calm(rig, 200, 15),
            "killing": lambda: trials.killing(
                rig,
                options["deadlines"],
                options["kills"],
                options["seconds"],
                at_once=options["at_once"],
                say=self._say,
            ),
            "restarting": lambda: trials.restarting(rig, 100, options["restarts"]),
            "rolling": lambda: rolling(rig, options["restarts"]),
            "silent": lambda: outages.silent_database(rig, options["outage"]),
            "no-broker": lambda: outages.no_broker(rig, options["broker_off"]),
            "full-disk": lambda: outages.full_disk(rig, options["outage"]),
            "full-log": lambda: outages.full_log(rig),
            "clocks": lambda: outages.wrong_clocks(rig, 50, 15),
            "broker": lambda: trials.without_broker(rig, 50, options["broker_off"]),
            "frozen": lambda: trials.frozen(rig, 100, 15),
            "overdue": lambda: trials.overdue(rig, options["overdue"]),
            "control": lambda: trials.timers(rig, 200, 20, 3),
        }

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
