"""Keeps several processes running as one thing, each with its name in the log's margin.

Whatever stops it, nothing that it started is left behind. One thread: it waits on its
children's output and on signals, and on nothing else.
"""

import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from qsg_portal.children import Child, bury_orphans, descendants, kill_all
from qsg_portal.surroundings import CannotStart

SETTLED_AFTER = 20.0  # seconds of running after which a child's earlier ends are forgiven
LONGEST_PAUSE = 15.0
IMPATIENT_AFTER = 1.5  # seconds after which a second Ctrl-C means: now
COLOURS = {"database": 35, "broker": 33, "web": 32, "worker": 36, "timetable": 34, "ticker": 31}


class Stopped(Exception):
    """Somebody asked the portal to stop."""


class Supervisor:
    """The children, their output, and what to do when one ends."""

    def __init__(self) -> None:
        """Listen to the signals that end a portal."""
        self.children: list[Child] = []
        self.pauses: dict[str, float] = {}
        self.started: dict[str, float] = {}
        self.due_again: dict[str, float] = {}
        self.half_lines: dict[int, bytes] = {}
        self.stopping = False
        self.impatient = False
        self.asked_at = 0.0
        self.selector = selectors.DefaultSelector()
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._listen()

    def start(self, child: Child, *, keep: bool = True, margin: bool = True) -> Child:
        """Start a child and follow its output.

        Args:
            child: what to start.
            keep: start it again whenever it ends.
            margin: print its name before each line.

        Returns:
            The child.
        """
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            child.start(output=writing)
        except OSError as problem:
            os.close(reading)
            raise CannotStart(f"The {child.name} could not be started ({problem.strerror}).") from problem
        finally:
            os.close(writing)
        self.selector.register(reading, selectors.EVENT_READ, (child, margin))
        if child not in self.children:
            self.children.append(child)
        if keep:
            self.pauses.setdefault(child.name, 0.5)
            self.started[child.name] = time.monotonic()
        return child

    def wait_for(self, ready: Callable[[], bool], *, seconds: float, needs: Child | None = None) -> bool:
        """Turn until something is ready.

        Args:
            ready: asked again and again.
            seconds: how long at most.
            needs: the child without which waiting is of no use.

        Returns:
            Whether it became ready.

        Raises:
            Stopped: somebody asked the portal to stop meanwhile.
        """
        ends = time.monotonic() + seconds
        while not ready():
            if self.stopping:
                raise Stopped
            if time.monotonic() > ends or (needs is not None and not needs.runs()):
                self.turn(0.05)
                return False
            self.turn(0.03)
        return True

    def run_to_end(self, child: Child) -> int:
        """Run a child that does one thing, and return its exit code."""
        self.start(child, keep=False, margin=False)
        while child.runs():
            if self.stopping:
                raise Stopped
            self.turn(0.2)
        self.turn(0)
        self.children.remove(child)
        assert child.process is not None
        return child.process.returncode

    def keep_running(self) -> None:
        """Turn until somebody asks the portal to stop."""
        while not self.stopping:
            self.turn(0.5)
            self._start_again_what_ended()
            bury_orphans(child.process.pid for child in self.children if child.process)

    def turn(self, seconds: float) -> None:
        """Print what the children said, waiting for it at most ``seconds``."""
        for key, _ in self.selector.select(seconds):
            if key.data is None:
                with suppress(BlockingIOError):
                    key.fileobj.recv(64)  # type: ignore[union-attr]
            else:
                self._read(key.fd, *key.data)

    def end_all(self) -> None:
        """End every child, the latest started first; servers go last because others need them."""
        servers = [child for child in self.children if child.name in ("database", "broker")]
        others = [child for child in self.children if child not in servers]
        self._end(others)
        for server in reversed(servers):
            self._end([server])
        kill_all(descendants(os.getpid()), grace=2)

    def say(self, sentence: str) -> None:
        """Print a line of our own."""
        with suppress(OSError, ValueError):
            print(sentence, flush=True)  # noqa: T201

    def _end(self, children: list[Child]) -> None:
        families = [one for child in children if child.process for one in descendants(child.process.pid)]
        for child in children:
            child.ask_to_end()
        ends = time.monotonic() + max((child.patience for child in children), default=0)
        while any(child.runs() for child in children) and time.monotonic() < ends and not self.impatient:
            self.turn(0.05)
        for child in children:
            if child.runs() and child.process:
                self.say(f"The {child.name} did not end by itself and was killed.")
                child.process.kill()
                child.process.wait()
        self.turn(0)
        kill_all(families)

    def _start_again_what_ended(self) -> None:
        for child in self.children:
            if child.name not in self.pauses or child.runs():
                continue
            now = time.monotonic()
            if child.name not in self.due_again:
                if now - self.started[child.name] > SETTLED_AFTER:
                    self.pauses[child.name] = 0.5
                pause = self.pauses[child.name]
                self.due_again[child.name] = now + pause
                self.pauses[child.name] = min(pause * 2, LONGEST_PAUSE)
                code = child.process.returncode if child.process else "unknown"
                self.say(self._line(child.name, f"ended (code {code}); starting it again in {pause:g} s"))
            elif now >= self.due_again[child.name]:
                del self.due_again[child.name]
                self.start(child)

    def _read(self, fd: int, child: Child, margin: bool) -> None:
        try:
            data = os.read(fd, 65536)
        except BlockingIOError:
            return
        *lines, rest = (self.half_lines.pop(fd, b"") + data).split(b"\n")
        if not data:
            self.selector.unregister(fd)
            os.close(fd)
            lines, rest = [*lines, *([rest] if rest else [])], b""
        if rest:
            self.half_lines[fd] = rest
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            if text and not any(noise in text for noise in child.noise):
                self.say(self._line(child.name, text) if margin else text)

    def _line(self, name: str, text: str) -> str:
        margin = f"{name:<9} |"
        return f"\x1b[{COLOURS.get(name, 37)}m{margin}\x1b[0m {text}" if self.colour else f"{margin} {text}"

    def _listen(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._sockets = (ours, theirs)
        signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self.selector.register(ours, selectors.EVENT_READ, None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _asked_to_stop(self, *_: object) -> None:
        now = time.monotonic()
        if not self.stopping:
            self.asked_at = now
        # make, the terminal and whoever runs make may each pass on the same wish.
        self.impatient = self.stopping and now - self.asked_at > IMPATIENT_AFTER
        self.stopping = True
