"""`make run` as a person meets it: the whole portal started, used and stopped."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from qsg_portal.faults.visitor import Visitor
from qsg_portal.surroundings import OWNER_ROLE, WEB_ROLE, embedded_database_url
from tests import servers

PROJECT = Path(__file__).resolve().parents[3]
PATIENCE = 300  # seconds; a first start loads everything, and other tests may run beside this one


class Portal:
    """A portal in a data folder of its own, with nothing given but that and a port."""

    def __init__(self, **more: str) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.folder = servers.private_folder()
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        environ = {name: os.environ[name] for name in kept if name in os.environ}
        self.log = self.folder / "output"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qsg_portal"],
                cwd=PROJECT,
                env={**environ, "DATA_DIR": str(self.folder), "PORT": str(self.port), **more},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def says(self, words: str) -> bool:
        """Wait until it says these words; False when it ends first."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if words in self.log.read_text():
                return True
            if self.process.poll() is not None:
                return words in self.log.read_text()
            time.sleep(0.1)
        return False

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page, redirections followed."""
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read().decode()
            connection.close()
            if response.status not in (301, 302):
                return response.status, body
            path = response.headers["Location"]

    def family(self) -> list[psutil.Process]:
        """Return every process of the portal."""
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    made = Portal()
    assert made.says("Ctrl-C stops it."), made.log.read_text()
    yield made
    if made.process.poll() is None:
        made.process.send_signal(signal.SIGINT)
        made.process.wait(60)


pytestmark = pytest.mark.slow


def test_the_sign_in_page_is_there_when_the_address_is_printed(portal: Portal) -> None:
    status, body = portal.get("/")
    assert status == 200
    assert "Sign in" in body
    assert f"http://localhost:{portal.port}" in portal.log.read_text()


def test_health_turns_green_once_the_ticker_has_looked(portal: Portal) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        status, body = portal.get("/health")
        if status == 200:
            break
        time.sleep(1)
    assert status == 200, body
    assert json.loads(body)["parts"]["tick"]["well"]


def test_a_page_is_answered_by_a_connection_that_was_kept(portal: Portal) -> None:
    def kept() -> set[int]:
        with psycopg2.connect(embedded_database_url(portal.folder, OWNER_ROLE)) as database:
            cursor = database.cursor()
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [WEB_ROLE])
            return {pid for (pid,) in cursor}

    for _ in range(4):
        portal.get("/accounts/login/")
    before = kept()
    for _ in range(4):
        portal.get("/accounts/login/")
    assert before
    assert before <= kept()


def test_a_second_portal_on_the_same_port_is_told_so(portal: Portal) -> None:
    second = Portal(PORT=str(portal.port))
    assert second.process.wait(60) == 1
    said = second.log.read_text().strip().splitlines()
    assert f"Port {portal.port} is taken by another program" in said[-1]
    assert "Traceback" not in second.log.read_text()


def test_a_second_portal_on_the_same_data_is_told_so(portal: Portal) -> None:
    second = Portal(DATA_DIR=str(portal.folder))
    assert second.process.wait(60) == 1
    assert f"already runs from {portal.folder}" in second.log.read_text()


def test_a_killed_database_comes_back(portal: Portal) -> None:
    server = next(one for one in portal.family() if one.name() == "postgres")
    server.kill()
    assert portal.says("database  | ended (code -9)")
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        status, _ = portal.get("/sign-in/")
        if status == 200 and portal.get("/health")[0] == 200:
            return
        time.sleep(1)
    pytest.fail("The portal did not recover.")


def keeping(portal: Portal, folder: Path, *words: str) -> str:
    """Run ``make backup`` or ``make restore`` for the portal whose data is in a folder."""
    environ = {**{name: os.environ[name] for name in ("PATH", "HOME")}, "DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "qsg_portal.keeping", *words],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_backed_up_while_it_runs_and_somebody_signs_in_to_what_was_restored(portal: Portal) -> None:
    """The whole way: backup of a running portal, restore into an empty folder, start, sign-in, the log verified."""
    backups = portal.folder / "backups"
    assert "It holds secrets" in keeping(portal, portal.folder, "backup", str(backups))
    (backup,) = backups.iterdir()

    began = time.monotonic()
    restored = servers.private_folder()
    said = keeping(portal, restored, "restore", str(backup))
    assert re.search(r"\d{5} rows in \d+ tables, each as it was", said)
    assert "every seal holds" in said
    second = Portal(DATA_DIR=str(restored))
    try:
        assert second.says("Ctrl-C stops it."), second.log.read_text()
        shown = second.get("/demonstration/")[1]
        password = re.search(r'portal-code">(show-[^<]+)<', shown)
        code = re.search(r'ccg@demo\.example.*?portal-code">(\d{6})<', shown, re.DOTALL)
        assert password
        assert code
        visitor = Visitor("localhost", second.port)
        assert visitor.sign_in("ccg@demo.example", password[1], code[1]).status == 302
        home = visitor.get("/")
        assert home.status == 200
        assert "What needs me today" in home.text
        assert time.monotonic() - began < 30 * 60
        with psycopg2.connect(embedded_database_url(restored, OWNER_ROLE)) as database:
            cursor = database.cursor()
            cursor.execute("SELECT detail->>'as_of' FROM audit_line WHERE deed = 'portal.restored'")
            assert cursor.fetchone()
    finally:
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(60) == 0


def test_ctrl_c_leaves_no_process_behind(portal: Portal) -> None:
    family = portal.family()
    assert {"postgres", "valkey-server"} <= {one.name() for one in family}
    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(60) == 0
    assert portal.log.read_text().strip().endswith("Stopped. Nothing is left running.")
    assert not [one for one in family if one.is_running()]
    assert not [
        one for one in psutil.process_iter(["cmdline"]) if str(portal.folder) in str(one.info["cmdline"])
    ]


def test_nothing_in_the_log_is_a_traceback(portal: Portal) -> None:
    """The database was killed on the way, so errors may be told; the start and the stop tell none."""
    said = portal.log.read_text()
    quiet = said[: said.index("database  | ended")]
    assert "Traceback" not in quiet, quiet
