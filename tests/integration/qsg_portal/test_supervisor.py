"""The supervisor: nothing it started outlives it, and what dies comes back."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

# A child with a grandchild that has left its session, ignores being asked, and lost its parent.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN) if "deaf" in sys.argv else None
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            time.sleep(60)
    os._exit(0)
print("says a word", flush=True)
time.sleep(600)
"""
SUPERVISED = """
import sys
from qsg_portal.children import Child, adopt_orphans
from qsg_portal.supervisor import Supervisor
adopt_orphans()
supervisor = Supervisor()
supervisor.start(Child("stubborn", [sys.executable, "-c", {stubborn!r}, *sys.argv[1:]], patience=1))
supervisor.start(Child("plain", [sys.executable, "-c", "import time; time.sleep(600)"], patience=1))
try:
    supervisor.keep_running()
finally:
    supervisor.end_all()
"""


@pytest.fixture
def supervised() -> Iterator[Callable[..., tuple[subprocess.Popen[str], list[psutil.Process]]]]:
    """Start a supervisor over two children and one grandchild; give it and its whole family."""
    started: list[tuple[subprocess.Popen[str], list[psutil.Process]]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
        script = textwrap.dedent(SUPERVISED.format(stubborn=STUBBORN))
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", script, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        family = _wait_for_family(process.pid)
        started.append((process, family))
        return process, family

    yield start
    for process, family in started:
        for one in [*family, process]:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        process.wait()
        process.stdout.close()


def _wait_for_family(pid: int) -> list[psutil.Process]:
    """Wait for both children, and for the grandchild to lose its parent and be adopted."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        try:
            alive = [one for one in psutil.Process(pid).children() if one.status() != psutil.STATUS_ZOMBIE]
            leaders = [one for one in alive if os.getsid(one.pid) == one.pid]
        except (psutil.NoSuchProcess, ProcessLookupError):
            continue
        if (len(alive), len(leaders)) == (3, 2):
            return alive
        time.sleep(0.05)
    raise AssertionError("The two children and the grandchild did not appear.")


def _gone(family: list[psutil.Process], *, within: float = 5) -> bool:
    _, alive = psutil.wait_procs(family, timeout=within)
    return not alive


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_asks_it_to_stop_no_process_is_left(supervised, number: int) -> None:
    process, family = supervised()
    process.send_signal(number)
    assert process.wait(20) == 0
    assert _gone(family, within=0)


def test_a_child_that_does_not_listen_is_killed(supervised) -> None:
    process, family = supervised("deaf")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert "The stubborn did not end by itself and was killed." in output
    assert _gone(family, within=0)


def test_two_signals_at_once_are_one_wish(supervised) -> None:
    """`make`, the terminal and whoever runs `make` each pass the same wish on."""
    process, _ = supervised()
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=20)
    assert "killed" not in output


def test_children_end_when_the_supervisor_is_killed_outright(supervised) -> None:
    process, family = supervised()
    direct = [one for one in family if os.getsid(one.pid) == one.pid]
    process.kill()
    process.wait()
    assert len(direct) == 2
    assert _gone(direct)


def command(process: psutil.Process) -> list[str]:
    """Its command; nothing of one that has just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_child_that_dies_comes_back(supervised) -> None:
    process, family = supervised()
    plain = next(one for one in family if one.cmdline()[-1].startswith("import time"))
    plain.kill()
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        now = [command(one) for one in psutil.Process(process.pid).children()]
        if plain.pid not in psutil.pids() and any(
            line and line[-1].startswith("import time") for line in now
        ):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert "plain     | ended (code -9); starting it again in 0.5 s" in output


def test_each_line_bears_the_name_of_who_said_it(supervised) -> None:
    process, _ = supervised()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert "stubborn  | says a word" in output.splitlines()


def test_a_listener_that_goes_away_stops_nothing(supervised) -> None:
    process, family = supervised()
    process.stdout.close()
    os.kill(family[0].pid, signal.SIGKILL)  # makes it say something to nobody
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
