"""What ``make run`` is to start, read from the environment and checked before anything starts."""

import errno
import http.client
import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from qsg_portal.children import Child
from qsg_portal.surroundings import (
    CLOCKWORK_ROLE,
    LOOPBACK,
    OWNER_ROLE,
    WEB_ROLE,
    CannotStart,
    Given,
    data_dir,
    database_url,
    embedded_broker_url,
    embedded_database_url,
    secret_key,
)

PROJECT = Path(__file__).resolve().parent.parent
EVERY_ADDRESS = ("0.0.0.0", "")  # nosec B104 - what somebody may have asked for
ROOM_NEEDED = 300 * 1024 * 1024  # bytes: a new database takes 40 MB, the demonstration about as much
OLDEST_POSTGRESQL = 15
PATIENCE = 15.0  # seconds in which a process finishes what it is doing; a task takes under a minute, or is done again


class Plan:
    """Addresses, folders and the environment of each process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read the environment.

        Raises:
            CannotStart: PORT is not a port; or the clockwork's database is given and no other.
        """
        environ = Given(environ)
        self.given = environ
        self.project = PROJECT
        self.manage = [sys.executable, str(PROJECT / "manage.py")]
        self.data_dir = data_dir(environ)
        self.archive = (
            Path(environ["ARCHIVE_DIR"]).expanduser().absolute() if environ.get("ARCHIVE_DIR") else None
        )
        self.host = environ.get("HOST") or "127.0.0.1"
        self.port = _port(environ.get("PORT") or "8000")
        self.database_is_ours = not database_url(environ)
        if self.database_is_ours and environ.get("DATABASE_CLOCKWORK_URL"):
            raise CannotStart("DATABASE_CLOCKWORK_URL is given alone. Give DATABASE_URL beside it.")
        self.broker_is_ours = not environ.get("REDIS_URL")
        self.demo = _yes(environ.get("DEMO"), default=self.database_is_ours)
        # By name, for a passkey is kept for a name and never for a number.
        name = "localhost" if self.host in LOOPBACK else _in_url(self.host)
        self.address = environ.get("PORTAL_URL") or f"http://{name}:{self.port}"
        self.warnings = self._warnings()

    @property
    def urls(self) -> dict[str, str]:
        """Return the database's address for the owner, the web and the clockwork."""
        if self.database_is_ours:
            roles = {"owner": OWNER_ROLE, "web": WEB_ROLE, "clockwork": CLOCKWORK_ROLE}
            return {part: embedded_database_url(self.data_dir, role) for part, role in roles.items()}
        web = database_url(self.given)
        alone = not self.given.get("DATABASE_URL")
        return {
            "owner": web if alone else self.given.get("DATABASE_OWNER_URL") or web,
            "web": web,
            "clockwork": self.given.get("DATABASE_CLOCKWORK_URL") or web,
        }

    @property
    def broker_url(self) -> str:
        """Return the broker's address."""
        return embedded_broker_url(self.data_dir) if self.broker_is_ours else self.given["REDIS_URL"]

    @property
    def shows_personas(self) -> bool:
        """Return whether there are personas to show."""
        return self.demo and has_command("show_personas")

    def environ_for(self, part: str) -> dict[str, str]:
        """Return the environment of a process that is the ``owner``, the ``web`` or the ``clockwork``.

        The owner's address is told to the owner alone.
        """
        known = {name: value for name, value in self.given.items() if not name.startswith("DATABASE_")}
        if part == "owner":
            known |= {
                "DATABASE_WEB_ROLE": self.given.get("DATABASE_WEB_ROLE") or _role(self.urls["web"]),
                "DATABASE_CLOCKWORK_ROLE": self.given.get("DATABASE_CLOCKWORK_ROLE")
                or _role(self.urls["clockwork"]),
            }
        return known | {
            "DATABASE_URL": self.urls[part],
            "REDIS_URL": self.broker_url,
            "DATA_DIR": str(self.data_dir),
            "DEMO": "true" if self.demo else "false",
            "PORT": str(self.port),
            "PORTAL_URL": self.address,
            "DJANGO_SETTINGS_MODULE": "qsg_portal.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def check(self) -> None:
        """Refuse what would fail later and less clearly: a taken port, a full disk, a folder that is not ours.

        Raises:
            CannotStart: with the sentence for the person who typed the command.
        """
        self._check_port()
        self.check_room()
        secret_key({**self.given, "DATA_DIR": str(self.data_dir)})

    def check_room(self) -> None:
        """Refuse a data folder that cannot be made, or a disk that is too full for a new database.

        Raises:
            CannotStart: with the sentence for the person who typed the command.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
            room = shutil.disk_usage(self.data_dir).free
        except OSError as problem:
            raise CannotStart(
                f"{self.data_dir} cannot be used ({problem.strerror}). Choose a folder that can be written with DATA_DIR."
            ) from problem
        if room < ROOM_NEEDED and not (self.data_dir / "postgresql" / "cluster").exists():
            raise CannotStart(
                f"The disk that holds {self.data_dir} has {room // 2**20} MB free, and the portal needs "
                f"{ROOM_NEEDED // 2**20} MB. Make room, or choose another folder with DATA_DIR."
            )

    def check_servers(self) -> None:
        """Insist that a database given by address answers; warn when a broker given by address does not.

        Raises:
            CannotStart: the database cannot be reached, or refuses, or is too old.
        """
        if not self.database_is_ours:
            for name, part in (("DATABASE_URL", "web"), ("DATABASE_OWNER_URL", "owner")):
                if self.given.get(name):
                    _insist_on_database(name, self.urls[part])

    def web_answers(self) -> bool:
        """Return whether the web server answers at all."""
        host = "127.0.0.1" if self.host in EVERY_ADDRESS else "::1" if self.host == "::" else self.host
        connection = http.client.HTTPConnection(host, self.port, timeout=10)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status > 0
        except OSError:
            return False
        finally:
            connection.close()

    def _check_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((self.host, self.port))
                trial.listen(1)
            except OSError as problem:
                raise CannotStart(_why_not_there(self.host, self.port, problem)) from problem

    def _warnings(self) -> list[str]:
        said = []
        if os.geteuid() == 0:
            said.append(
                f"Warning: running as root; the data is kept in {self.data_dir}. An ordinary user is safer."
            )
        if self.host not in LOOPBACK and not self.given.get("ALLOWED_HOSTS"):
            said.append(
                f"Warning: set ALLOWED_HOSTS to the names by which browsers reach {self.host}; others are refused."
            )
        if not self.broker_is_ours and not _broker_answers(self.broker_url):
            said.append(
                "Warning: the broker that REDIS_URL names does not answer. The portal starts all the same: "
                "the ticker keeps every deadline without it."
            )
        return said


def portal_processes(plan: Plan) -> list[Child]:
    """Return the processes that make the portal, the servers apart."""
    web = [
        *(
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "python:qsg_portal.serving",
            "qsg_portal.wsgi:application",
        ),
        *("--bind", f"{_in_url(plan.host)}:{plan.port}", "--graceful-timeout", "5"),
    ]
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "qsg_portal.celery:app"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "warning"]
    worker += ["--without-gossip", "--without-mingle"]
    timetable = [
        *celery,
        "beat",
        "--loglevel",
        "warning",
        "--pidfile=",
        f"--schedule={plan.data_dir}/timetable",
    ]
    commands = {"web": ("web", web), "worker": ("clockwork", worker), "timetable": ("clockwork", timetable)}
    if has_command("ticker"):
        commands["ticker"] = ("clockwork", [*plan.manage, "ticker"])
    return [
        Child(
            name,
            command,
            environ=plan.environ_for(part),
            cwd=PROJECT,
            stop_signal=signal.SIGTERM,
            patience=10,
        )
        for name, (part, command) in commands.items()
    ]


def has_command(name: str) -> bool:
    """Return whether some app brings the management command ``name``."""
    return any(PROJECT.glob(f"*/management/commands/{name}.py"))


def _port(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CannotStart(
        f"PORT is {text!r}, which is not a port. Give a number from 1 to 65535: PORT=8001 make run"
    )


def _yes(text: str | None, *, default: bool) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "on", "y", "ok") if text else default


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _role(url: str) -> str:
    return urlsplit(url).username or ""


def _why_not_there(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program, perhaps another portal. "
            f"Stop that one, or choose another port: PORT={port + 1 if port < 65535 else 8001} make run"
        )
    if problem.errno == errno.EACCES:
        return f"Port {port} is kept for root. Choose one above 1023: PORT=8000 make run"
    return (
        f"The portal cannot listen on {host} ({problem.strerror}). HOST must be an address of this machine."
    )


def _insist_on_database(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise CannotStart(
            f"{name} is not the address of a PostgreSQL database. It looks like this: "
            "postgresql://user:password@host:5432/name"
        )
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
        version = connection.server_version // 10000
        connection.close()
    except (psycopg2.Error, UnicodeError, ValueError) as problem:
        raise CannotStart(
            f"The database that {name} names cannot be used: {_why_no_database(problem)}."
        ) from problem
    if version < OLDEST_POSTGRESQL:
        raise CannotStart(
            f"The database that {name} names is PostgreSQL {version}; the portal needs {OLDEST_POSTGRESQL} or later."
        )


def _why_no_database(problem: Exception) -> str:
    """Return the driver's reason in our words, without the address: it can hold a password."""
    text = str(problem)
    for sign, reason in (
        (
            "Connection refused",
            "nothing answers at that host and port; is the server running, and is the port right",
        ),
        ("could not translate host name", "its host is not known; check the name"),
        ("timeout expired", "its host does not answer within five seconds; check the host and the network"),
        ("authentication failed", "it refuses that user or password"),
        ("no password supplied", "it asks for a password and the address gives none"),
        ("does not exist", "there is no such database or user on that server; make it first"),
        ("No such file", "there is no server on that socket; is it running"),
    ):
        if sign in text:
            return reason
    return text.strip().splitlines()[-1].rstrip(".") if text.strip() else "no reason was given"


def _broker_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except ValueError as problem:
        raise CannotStart(
            "REDIS_URL is not the address of a broker. It looks like this: redis://host:6379/0"
        ) from problem
    except redis.RedisError:
        return False
