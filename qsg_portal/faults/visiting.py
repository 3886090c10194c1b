"""People who use the portal all the while: what they asked, what was answered, and what was promised to be kept."""

import http.client
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from qsg_portal.children import Child, descendants
from qsg_portal.faults.rig import Rig
from qsg_portal.faults.visitor import Visitor
from qsg_portal.plan import PROJECT

NOTE = "/concerns/note/"
WORKERS = 2
MOST = 12
THINKS = 0.1
"""Seconds between an answer and the next request."""

AROUND = {"Host": "localhost"}


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

    def start(self, *, output: int | None = None) -> Child:
        """Start a server on the open port and wait until it serves; what it says goes to the rig's log, or elsewhere."""
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
        process = child.start(output=self.rig.log.fileno() if output is None else output)
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


@dataclass(frozen=True)
class Asked:
    """One request: when it was sent and answered, by the monotonic clock, and its status; "none" for no whole answer."""

    began: float
    ended: float
    status: str

    @property
    def took(self) -> float:
        """Seconds until the answer."""
        return self.ended - self.began

    @property
    def well(self) -> bool:
        """Whether it was answered as it should be."""
        return self.status in ("200", "302")


@dataclass
class Told:
    """What the visitors asked and were told, and the concerns that the portal said it kept."""

    asked: list[Asked] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)


def sign_in(rig: Rig, port: int) -> list[dict[str, str]]:
    """Sign people in by password and second factor, and return their cookies.

    Raises:
        RuntimeError: somebody could not sign in.
    """
    found = rig.drill("visitors", number=MOST)
    visitors = [Visitor("127.0.0.1", port, around=AROUND) for _ in found["people"]]
    for visitor, (email, code) in zip(visitors, found["people"], strict=True):
        if visitor.sign_in(email, found["password"], code).status != 302:
            raise RuntimeError("a visitor could not sign in")
    return [visitor.cookies for visitor in visitors]


class Visitors:
    """Several people, each in a thread, who read and write notes until they are asked to stop."""

    def __init__(self, rig: Rig, port: int, number: int, *, patience: float = 60.0) -> None:
        """Sign them in, the first time; at most ``MOST``."""
        if not rig.signed_in:
            rig.signed_in = sign_in(rig, port)
        self.told = Told()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.visitors = [Visitor("127.0.0.1", port, patience=patience, around=AROUND) for _ in range(number)]
        for visitor, cookies in zip(self.visitors, rig.signed_in, strict=False):
            visitor.cookies = dict(cookies)
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
                self._ask(visitor, "POST", NOTE, page, headline=f"Canary note {number}")

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
        asked = Asked(began, time.monotonic(), status)
        with self.lock:
            self.told.asked.append(asked)
            if method == "POST" and status == "302":
                self.told.promised.append(urlsplit(location).path.strip("/").split("/")[1])
        time.sleep(THINKS if asked.well else THINKS * 2)
        return text if status == "200" else ""


WRITTEN = {
    "danger": "no",
    "provider_words": "Fictional Hospital of the drill",
    "source_kind": "complaint",
    "narrative": "A canary that no log may hold.",
}
"""The usual note."""
