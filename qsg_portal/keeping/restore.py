"""Putting a backup into an empty database, and seeing that nothing is missing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import psycopg2

from qsg_portal.keeping.backup import (
    DEMONSTRATION,
    DUMP,
    FORMAT,
    MANIFEST,
    SECRET,
    checksum,
    program,
    reason,
    where,
)
from qsg_portal.keeping.contents import contents, differences
from qsg_portal.surroundings import CannotStart


def read_backup(folder: Path) -> dict[str, Any]:
    """Return a backup's manifest, having seen that every file is as it was written.

    Raises:
        CannotStart: it is no whole backup, or a file was changed.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        wrong = [name for name, kept in manifest["files"].items() if checksum(folder / name) != kept]
    except (OSError, ValueError, KeyError) as problem:
        raise CannotStart(
            f"{folder} is no whole backup of the portal: {MANIFEST} or a file it names cannot be read. Choose another: make restore FROM=…"
        ) from problem
    if manifest.get("format") != FORMAT:
        raise CannotStart(f"{folder} was made by another release of the portal. Restore it with that one.")
    if wrong:
        raise CannotStart(
            f"{', '.join(wrong)} in {folder} is not as it was written. Choose another backup: make restore FROM=…"
        )
    return manifest


def restore_secrets(folder: Path, data_dir: Path, given: str | None) -> None:
    """Put the backup's secrets beside the data; those that are there already must be the same.

    Args:
        folder: the backup.
        data_dir: the installation's data folder.
        given: the secret that the environment gives, if it does.

    Raises:
        CannotStart: this installation has another secret.
    """
    if given and given != (folder / SECRET).read_text().strip():
        raise CannotStart(
            "SECRET_KEY differs from the backup's: second factors kept under one cannot be read under the other. "
            f"Give the one in {folder / SECRET}, or none."
        )
    for name in (SECRET, DEMONSTRATION):
        kept, here = folder / name, data_dir / name
        if not kept.exists():
            continue
        if here.exists() and here.read_text().strip() != kept.read_text().strip():
            raise CannotStart(
                f"{here} differs from the backup's: second factors kept under one cannot be read under the other. "
                "Restore into an empty folder: DATA_DIR=… make restore FROM=…"
            )
        if not here.exists():
            here.touch(mode=0o600)
            here.write_text(kept.read_text())


def insist_on_empty(url: str) -> None:
    """Refuse a database that holds anything: a restore never writes over what is there.

    Raises:
        CannotStart: there are tables.
    """
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            (tables,) = cursor.fetchone() or (0,)
    finally:
        connection.close()
    if tables:
        raise CannotStart(
            f"The database holds {tables} tables already, and a restore writes over nothing. "
            "Give an empty one: DATA_DIR=… (a new folder) or DATABASE_OWNER_URL=…"
        )


def restore_database(folder: Path, url: str, manifest: dict[str, Any]) -> int:
    """Restore, in one transaction, and compare every table with the manifest.

    Args:
        folder: the backup.
        url: the empty database's address as the owner to be.
        manifest: the backup's.

    Returns:
        The rows that were restored.

    Raises:
        CannotStart: something could not be restored, or a table differs.
    """
    command = [
        program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    ]
    command += ["--no-password", f"--dbname={where(url)['PGDATABASE']}", str(folder / DUMP)]
    done = subprocess.run(command, env=where(url), capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotStart(
            f"The database could not be restored: {reason(done.stderr)}. It is as empty as before."
        )
    connection = psycopg2.connect(url)
    try:
        found = contents(connection)
    finally:
        connection.close()
    if wrong := differences(manifest["tables"], found):
        raise CannotStart(
            f"What was restored is not what was kept: {'; '.join(wrong)}. Do not use this database."
        )
    return sum(table["rows"] for table in found.values())
