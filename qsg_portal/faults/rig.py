"""The rig: a portal of its own, whose processes are killed, frozen, and started again."""

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from qsg_portal.children import Child, descendants, kill_all
from qsg_portal.embedded import Broker, Database, wait_until
from qsg_portal.faults import control
from qsg_portal.faults.disks import small_disk
from qsg_portal.faults.sink import Sink
from qsg_portal.plan import Plan, portal_processes
from qsg_portal.surroundings import OWNER_ROLE

SERVERS = ("database", "broker")
CLOCKWORK = ("worker", "timetable", "ticker")
SETTINGS = "qsg_portal.faults.settings"


class Rig:
    """Everything that `make run` starts but the pages, in a folder that is thrown away."""

    def __init__(self, *, archive_every: int = 0, disk: int = 0) -> None:
        """Lay out the folder and describe the processes; nothing runs yet.

        Args:
            archive_every: seconds after which the database's log is archived at the latest; 0 for no archive.
            disk: megabytes of a disk that the database has to itself; 0 for none.
        """
        self.folder = Path(tempfile.mkdtemp(prefix="qsg-faults-"))
        self.folder.chmod(0o711)  # PostgreSQL's own user passes through when this runs as root
        self.sink = Sink()
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))
        }
        self.plan = Plan({**kept, "DATA_DIR": str(self.folder), "DEMO": "false"})
        archive = self.folder / "archive" if archive_every else None
        self.database = Database(self.folder, archive=archive, archive_every=archive_every)
        self.broker = Broker(self.folder)
        self.disk = disk
        self.mounted = ExitStack()
        self.log = (self.folder / "log").open("wb")
        self.children: dict[str, Child] = {}
        self.wanted: set[str] = set()
        self.kills: Counter[str] = Counter()
        self.signed_in: list[dict[str, str]] = []  # the cookies of people who visit it
        self.ended: Counter[str] = Counter()

    def start(self) -> None:
        """Start the servers, make the tables, load the lists, and make the drill ready."""
        if self.disk:
            self.mounted.enter_context(small_disk(self.database.folder, self.disk))
        user = self.database.make_folders()
        self.database.lay_out()
        self.broker.lay_out()
        self.children["database"] = Child(
            "database", self.database.command(), user=user, stop_signal=signal.SIGINT
        )
        self.children["broker"] = Child("broker", self.broker.command())
        for name in SERVERS:
            self.bring_up(name)
        self.database.make_roles()
        self.manage("migrate", "--no-input", "--verbosity", "0")
        self.manage("load_reference")
        self.drill("ready")
        for child in portal_processes(self.plan):
            if child.name in CLOCKWORK:
                child.environ = self.environ("clockwork")
                self.children[child.name] = child
        self.children["control"] = Child(
            "control", control.COMMAND, environ=self.environ("owner"), cwd=control.FOLDER
        )

    def environ(self, part: str) -> dict[str, str]:
        """Return the environment of a process inside the rig."""
        return self.plan.environ_for(part) | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
        }

    def manage(self, *words: str) -> str:
        """Run a management command inside the rig, as the tables' owner, and return what it printed."""
        command = [*self.plan.manage, *words]
        done = subprocess.run(
            command, env=self.environ("owner"), cwd=self.plan.project, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:] or done.stdout[-2000:]}")
        return done.stdout

    def drill(self, word: str, **options: object) -> dict[str, Any]:
        """Say one word to the drill and return its answer."""
        words = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        answer: dict[str, Any] = json.loads(self.manage("drill", word, *words))
        return answer

    def bring_up(self, *names: str) -> None:
        """Start processes that do not run; servers until they answer."""
        for name in names:
            child = self.children[name]
            self.wanted.add(name)
            if child.runs():
                continue
            answers = {"database": self.database.answers, "broker": self.broker.answers}.get(name)
            for _ in range(60):
                child.start(output=self.log.fileno())
                if answers is None or wait_until(answers, seconds=60, still_runs=child.runs):
                    break
                time.sleep(0.3)  # the killed one's memory is still held for a moment
            else:
                raise RuntimeError(f"the {name} does not come back; its words are in {self.folder / 'log'}")

    def kill(self, name: str) -> None:
        """``kill -9``, with everything it started."""
        process = self.children[name].process
        if process is None:
            return
        family = [*descendants(process.pid), psutil.Process(process.pid)]
        for one in reversed(family):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        kill_all(family)
        self.kills[name] += 1

    def kill_one(self) -> None:
        """Kill one process, at random, and start it again a moment later, as a supervisor would."""
        name = random.choice([*SERVERS, *CLOCKWORK])
        self.kill(name)
        time.sleep(random.uniform(0.1, 0.5))
        self.bring_up(name)
        self.rest(0)

    def recover(self, seconds: float = 15.0, *, whole: bool = False) -> None:
        """Wait until somebody ticks again, and what was under way has been written down; at most these seconds.

        With ``whole`` until everybody ticks who ever did: a worker comes back to a broker that was long away only
        when it next tries, and the fault that is measured next is to be the only one.
        """
        tickers = "min" if whole else "max"
        ends = time.monotonic() + seconds
        since = self.ask("SELECT portal_now()")[0][0]
        while time.monotonic() < ends:
            self.rest(0.3)
            ticked = self.ask(f"SELECT {tickers}(at) FROM clocks_ticking")[0][0]
            if ticked and ticked > since:
                return

    def rest(self, seconds: float) -> None:
        """Let time pass, and start again what ended by itself, as a supervisor would."""
        ends = time.monotonic() + seconds
        while True:
            for name in CLOCKWORK:
                if name in self.wanted and not self.children[name].runs():
                    self.ended[name] += 1
                    self.bring_up(name)
            left = ends - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(0.5, left))

    def take_down(self, *names: str) -> None:
        """End processes, tidily, that are not to be started again for now."""
        for name in names:
            self.wanted.discard(name)
            self.children[name].end()

    def restart(self, name: str) -> None:
        """Ask a process to end, tidily, and start it again: an upgrade."""
        self.children[name].end()
        self.bring_up(name)

    def freeze(self, name: str) -> None:
        """Stop a process where it stands, with whatever it holds."""
        self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen process go on."""
        self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, number: signal.Signals) -> None:
        process = self.children[name].process
        if process:
            for one in [psutil.Process(process.pid), *descendants(process.pid)]:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(number)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the rig's database, as its owner."""
        with psycopg2.connect(self.database.url(OWNER_ROLE)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def waits(self, kind: str) -> int:
        """Return how many deadlines of a drill wait for their due step, or their mail."""
        counted = (
            "SELECT (SELECT count(*) FROM clocks_clock WHERE kind = '{0}' AND state = 'running') +"
            " (SELECT count(*) FROM notifications_delivery d JOIN notifications_message m ON m.id = d.message_id"
            " JOIN clocks_clock c ON c.id = m.topic WHERE c.kind = '{0}' AND d.state IN ('pending', 'claimed'))"
        )
        return int(self.ask(counted.format(kind))[0][0])

    def settle(self, kind: str, seconds: float) -> None:
        """Wait until nothing of a drill waits any more, or for these seconds."""
        ends = time.monotonic() + seconds
        while self.waits(kind) and time.monotonic() < ends:
            self.rest(0.5)

    def end(self) -> None:
        """End everything and throw the folder away."""
        for name in ("control", *CLOCKWORK, *reversed(SERVERS)):
            if name in self.children:
                if self.children[name].runs():
                    self.thaw(name)
                self.children[name].end()
        self.mounted.close()
        self.sink.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
