"""People who use the portal all the while: what they asked, what was answered, and what was promised to be kept."""

import http.client
import socket
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from qsg_portal.children import Child, descendants
from qsg_portal.faults.rig import Rig
from qsg_portal.faults.visitor import Visitor
from qsg_portal.plan import PROJECT

NOTE = "/concerns/note/"
WORKERS = 2


class Front:
    """The web of the rig, behind a listening socket that stays open while the servers behind it come and go.

    So does systemd for a service with a socket: what arrives between two servers waits, and is not refused.
    """

    def __init__(self, rig: Rig, **more: str) -> None:
        """Open the port; nothing serves it yet.

        Args:
            rig: where the database and the broker are.
            more: what the web's environment says besides.
        """
        self.rig = rig
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self.listener.getsockname()[1]
        self.environ = rig.environ("web") | more
        self.serving: Child | None = None
        self.made = 0

    def start(self) -> Child:
        """Start a server on the open port and wait until it serves."""
        self.made += 1
        number = self.listener.fileno()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "python:qsg_portal.serving",
            "qsg_portal.wsgi:application",
        ]
        child = Child(
            f"web {self.made}",
            [*command, "--bind", f"fd://{number}"],
            environ=self.environ,
            cwd=PROJECT,
            patience=30,
            handed_on=(number,),
        )
        process = child.start(output=self.rig.log.fileno())
        ends = time.monotonic() + 60
        while len(descendants(process.pid)) < WORKERS and child.runs() and time.monotonic() < ends:
            time.sleep(0.1)
        if not child.runs():
            raise RuntimeError(f"the web does not start; its words are in {self.rig.folder / 'log'}")
        return child

    def roll(self) -> float:
        """Put a new server in the place of the one that serves, and return the seconds that one took to end."""
        old, self.serving = self.serving, self.start()
        began = time.monotonic()
        if old is not None and not old.end():
            raise RuntimeError(f"{old.name} did not end by itself")
        return time.monotonic() - began

    def end(self) -> None:
        """End it and close the port."""
        if self.serving is not None:
            self.serving.end()
        self.listener.close()


@dataclass
class Told:
    """What the visitors were told.

    Attributes:
        answers: how many answers of each status; "none" for a request without a whole answer.
        promised: the concerns that the portal said it kept.
        slowest: seconds of the slowest answer.
        failed_at: when each request that was not answered as it should had been sent.
    """

    answers: Counter[str] = field(default_factory=Counter)
    promised: list[str] = field(default_factory=list)
    slowest: float = 0.0
    failed_at: list[float] = field(default_factory=list)
    worked_at: list[float] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Requests that got no answer, or an error."""
        return sum(number for status, number in self.answers.items() if status == "none" or status >= "500")


class Visitors:
    """Several people, each in a thread, who read and write notes until they are asked to stop."""

    def __init__(self, rig: Rig, port: int, number: int, *, patience: float = 60.0) -> None:
        """Sign them in.

        Raises:
            RuntimeError: somebody could not sign in.
        """
        found = rig.drill("visitors", number=number)
        self.told = Told()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.visitors = [Visitor("127.0.0.1", port, patience=patience) for _ in found["people"]]
        for visitor, (email, code) in zip(self.visitors, found["people"], strict=True):
            visitor.around["Host"] = "localhost"
            if visitor.sign_in(email, found["password"], code).status != 302:
                raise RuntimeError("a visitor could not sign in")
        self.threads = [
            threading.Thread(target=self._visit, args=(one,), daemon=True) for one in self.visitors
        ]

    def start(self) -> None:
        """Let them begin."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> Told:
        """Let each finish what they do, and return what they were told."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(90)
        return self.told

    def _visit(self, visitor: Visitor) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            self._ask(visitor, "GET", "/")
            page = self._ask(visitor, "GET", NOTE)
            if page:
                self._ask(visitor, "POST", NOTE, page, headline=f"Note {number}")

    def _ask(self, visitor: Visitor, method: str, path: str, page: str = "", **fields: str) -> str:
        """Ask once, note what came of it, and return the page if it is one."""
        began = time.monotonic()
        status, text, location = "none", "", ""
        with suppress(OSError, http.client.HTTPException):
            if method == "POST":
                answer = visitor.post(path, page, **{**WRITTEN, **fields})
            else:
                answer = visitor.ask(method, path)
            status, text, location = str(answer.status), answer.text, answer.location
        took = time.monotonic() - began
        well = status in ("200", "302")
        with self.lock:
            self.told.answers[status] += 1
            self.told.slowest = max(self.told.slowest, took)
            (self.told.worked_at if well else self.told.failed_at).append(began)
            if method == "POST" and status == "302":
                self.told.promised.append(urlsplit(location).path.strip("/").split("/")[1])
        if not well:
            time.sleep(0.2)
        return text if status == "200" else ""


WRITTEN = {
    "danger": "no",
    "provider_words": "Fictional Hospital of the drill",
    "source_kind": "complaint",
}
"""The usual note."""
