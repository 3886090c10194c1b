"""The national data set in a database of its own: laid out once, kept for the next measurement."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from qsg_portal.children import Child
from qsg_portal.embedded import SUPERUSER, Database, wait_until
from qsg_portal.plan import Plan
from qsg_portal.surroundings import data_dir

HERE = Path(__file__).resolve().parent
FOLDER = data_dir() / "benchmark"
BASE = "qsg_portal"
CHUNK = 100_000
SETTINGS = {
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "synchronous_commit": "off",
    "shared_buffers": "1GB",
}


def say(words: str) -> None:
    """Tell the person who waits."""
    print(words, flush=True)


@contextmanager
def running() -> Iterator[Database]:
    """Start the benchmark's own PostgreSQL, and stop it at the end."""
    server = Database(FOLDER)
    if server.answers():
        raise SystemExit(f"The benchmark's database in {FOLDER} runs already: stop what uses it first.")
    server.lay_out()
    chosen = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    child = Child(
        "database", [*server.command(), *chosen], user=server.user, stop_signal=signal.SIGINT, patience=20
    )
    child.start()
    try:
        if not wait_until(server.answers, seconds=30, still_runs=child.runs):
            raise SystemExit(f"The benchmark's database does not start; its folder is {FOLDER}.")
        yield server
    finally:
        child.end()


def national(server: Database, concerns: int) -> str:
    """Return the name of the database that holds so many concerns; build it when it is not there.

    Args:
        server: the running server.
        concerns: how many.
    """
    name = f"national_{concerns}_{_mark()}"
    if name in _databases(server):
        say(f"The national data set of {concerns:,} concerns is there.")
        return name
    began = time.monotonic()
    _forget_others(server, concerns)
    base = f"national_base_{_mark()}"
    if base not in _databases(server):
        _build_base(server, base)
    say(f"Raising {concerns:,} concerns ...")
    draft = f"{name}_draft"
    _ask(server, "postgres", f'DROP DATABASE IF EXISTS "{draft}"')
    _ask(server, "postgres", f'CREATE DATABASE "{draft}" TEMPLATE "{base}" STRATEGY file_copy')
    for first in range(1, concerns + 1, CHUNK):
        last = min(first + CHUNK - 1, concerns)
        _run(server, draft, "concerns.sql", first=first, last=last, total=concerns)
        say(f"  {last:>9,} concerns, {time.monotonic() - began:5.0f} s")
    for step in ("around.sql", "guardian.sql"):
        _run(server, draft, step, total=concerns)
        say(f"  {step}, {time.monotonic() - began:5.0f} s")
    _ask(server, draft, "VACUUM ANALYZE")
    _ask(server, "postgres", f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    say(f"Built in {time.monotonic() - began:.0f} s.")
    return name


@contextmanager
def fresh(server: Database, name: str) -> Iterator[str]:
    """Lay out a database that holds what a new portal holds; forget it at the end."""
    _ask(server, "postgres", f'DROP DATABASE IF EXISTS "{name}"')
    _lay_out(server)
    _ask(server, "postgres", f'ALTER DATABASE "{BASE}" RENAME TO "{name}"')
    try:
        yield name
    finally:
        _ask(server, "postgres", f'DROP DATABASE "{name}" WITH (FORCE)')


def _lay_out(server: Database) -> None:
    say("Laying out the tables, the lists and the directory ...")
    server.make_roles()
    plan = Plan({**os.environ, "DATA_DIR": str(FOLDER), "DEMO": "false", "DATABASE_URL": "", "REDIS_URL": ""})
    subprocess.run([*plan.manage, "make_ready", "--again"], env=plan.environ_for("owner"), check=True)


def _build_base(server: Database, base: str) -> None:
    """Lay out tables, lists and directory as the portal does, then the national bodies, people and providers."""
    _lay_out(server)
    say("Building the national bodies, people and providers ...")
    _ask(server, "postgres", f'DROP DATABASE IF EXISTS "{base}_draft"')
    _ask(server, "postgres", f'CREATE DATABASE "{base}_draft" TEMPLATE "{BASE}" STRATEGY file_copy')
    _run(server, f"{base}_draft", "national.sql")
    _ask(server, "postgres", f'ALTER DATABASE "{base}_draft" RENAME TO "{base}"')
    _ask(server, "postgres", f'DROP DATABASE "{BASE}"')


def figures(server: Database, name: str) -> dict[str, Any]:
    """Return the sizes that scaling is reckoned with: bytes a concern, a line of the log, and the whole."""
    whole = "pg_total_relation_size({0!r}::regclass) / greatest((SELECT count(*) FROM {0}), 1)"
    tables = ("access_record", "concerns_concern", "access_share", "access_recordprovider", "audit_line")
    columns = ", ".join(whole.format(one) for one in tables)
    (row,) = _ask(server, name, f"SELECT pg_database_size(current_database()), {columns}")
    return {"database_bytes": row[0], "bytes_a_row": dict(zip(tables, row[1:], strict=True))}


def _mark() -> str:
    """Return what changes when what is built would differ."""
    files = [*HERE.glob("*.sql"), *HERE.parent.glob("*/migrations/*.py")]
    return hashlib.sha256(b"".join(one.read_bytes() for one in sorted(files))).hexdigest()[:8]


def _forget_others(server: Database, concerns: int) -> None:
    for name in _databases(server):
        if name.startswith("national_") and not name.split("_draft")[0].endswith(_mark()):
            _ask(server, "postgres", f'DROP DATABASE "{name}"')


def _databases(server: Database) -> set[str]:
    return {name for (name,) in _ask(server, "postgres", "SELECT datname FROM pg_database")}


def _run(server: Database, database: str, script: str, **numbers: int) -> None:
    text = (HERE / script).read_text()
    for name, number in numbers.items():
        text = text.replace(f":{name}", str(number))
    _ask(server, database, text)


def _ask(server: Database, database: str, statement: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(server.url(SUPERUSER, database))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
