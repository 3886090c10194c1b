"""One child process: started in a session of its own, and ended with all it started."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import psutil

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_ON_LINUX = sys.platform.startswith("linux")


class Child:
    """A command that runs for as long as the portal does."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        environ: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
        noise: tuple[str, ...] = (),
        handed_on: tuple[int, ...] = (),
    ) -> None:
        """Describe the child; nothing starts yet.

        Args:
            name: what people call it, in the log's margin.
            command: what to run.
            environ: its environment; ours when not given.
            user: the system user it runs as; ours when not given.
            cwd: the folder it runs in.
            stop_signal: what asks it to end tidily.
            patience: seconds it may take over that before it is killed.
            handed_on: open files, by number, that it takes over.
            noise: lines with any of these words in them tell nobody anything.
        """
        self.name = name
        self.command = command
        self.environ = environ
        self.user = user
        self.cwd = cwd
        self.stop_signal = stop_signal
        self.patience = patience
        self.noise = noise
        self.handed_on = handed_on
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, output: int | None = None) -> subprocess.Popen[bytes]:
        """Start it, in a session of its own so that Ctrl-C reaches the supervisor alone.

        Args:
            output: what ``subprocess`` shall do with all it prints; kept as is by default.

        Returns:
            The process.
        """
        entry = pwd.getpwnam(self.user) if self.user else None
        identity: dict[str, Any] = (
            {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} if entry else {}
        )
        process: subprocess.Popen[bytes] = subprocess.Popen(
            self.command,
            env=dict(self.environ) if self.environ is not None else None,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
            pass_fds=self.handed_on,
            preexec_fn=partial(_die_with_parent, self.stop_signal) if _ON_LINUX else None,
            **identity,
        )
        self.process = process
        return process

    def runs(self) -> bool:
        """Return whether it is running now."""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """Ask it to end tidily."""
        if self.process is not None and self.runs():
            self.process.send_signal(self.stop_signal)

    def end(self) -> bool:
        """End it: ask, wait, and kill what is left of it and its own children.

        Returns:
            Whether it went without being killed.
        """
        if self.process is None:
            return True
        family = descendants(self.process.pid)
        self.ask_to_end()
        tidy = True
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            tidy = False
            self.process.kill()
            self.process.wait()
        kill_all(family)
        return tidy


def descendants(pid: int) -> list[psutil.Process]:
    """Return every living process below ``pid``, nearest first."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill_all(processes: Iterable[psutil.Process], *, grace: float = 1.0) -> None:
    """Let processes that are on their way out go, and kill the rest.

    Args:
        processes: which; psutil knows a reused number from the process that had it.
        grace: seconds they have before they are killed.
    """
    _, alive = psutil.wait_procs(list(processes), timeout=grace)
    for process in alive:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=3)


def adopt_orphans() -> None:
    """Become the parent of every grandchild whose own parent dies, so that none gets away."""
    if _ON_LINUX:
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury_orphans(known: Iterable[int]) -> None:
    """Reap adopted children that have ended.

    Args:
        known: process numbers that somebody else waits for.
    """
    ours = set(known)
    for process in psutil.Process().children():
        if process.pid not in ours and process.status() == psutil.STATUS_ZOMBIE:
            try:
                os.waitpid(process.pid, os.WNOHANG)
            except ChildProcessError:
                continue


def _die_with_parent(number: int) -> None:
    """In the child, before its command: when the supervisor is killed outright, go too."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
