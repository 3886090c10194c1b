"""The recovery drill: the database's disk is lost, and it is restored from its archive to the last moment that is there.

What an acknowledged deed may lose (the recovery point) and how long nobody can work (the recovery time) are measured,
not computed: a writer notes each row that was acknowledged, the server is killed and its folder deleted, and the rows
are counted in the database that comes back.
"""

import os
import pwd
import shutil
import subprocess
import threading
import time
from pathlib import Path

import psycopg2

from qsg_portal.embedded import SUPERUSER, wait_until
from qsg_portal.faults.figures import Figure
from qsg_portal.faults.rig import Rig
from qsg_portal.plan import PROJECT
from qsg_portal.surroundings import OWNER_ROLE

WRITES_EVERY = 0.02
RECOVERY_POINT, RECOVERY_TIME = 300.0, 1800.0
"""Seconds: at most five minutes lost, at most half an hour without the portal."""


class Writer(threading.Thread):
    """Writes a numbered row again and again, and notes when each was acknowledged, until it cannot."""

    def __init__(self, url: str) -> None:
        """Take the database's address."""
        super().__init__(daemon=True)
        self.url = url
        self.acknowledged: list[float] = []

    def run(self) -> None:
        """Write, each row in a transaction of its own."""
        try:
            connection = psycopg2.connect(self.url)
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE drill_row (number integer PRIMARY KEY)")
                while True:
                    cursor.execute("INSERT INTO drill_row VALUES (%s)", [len(self.acknowledged)])
                    self.acknowledged.append(time.monotonic())
                    time.sleep(WRITES_EVERY)
        except psycopg2.Error:
            return  # the server was killed


def lose_and_recover(*, lasting: float, archive_every: int) -> list[Figure]:
    """Run a database for a while, lose its disk, and recover it.

    Args:
        lasting: seconds of writing before the loss.
        archive_every: seconds after which the log is archived at the latest.
    """
    rig = Rig(archive_every=archive_every)
    try:
        rig.start()
        writer = Writer(rig.database.url(OWNER_ROLE))
        began = time.monotonic()
        base = base_backup(rig)
        took = time.monotonic() - began
        writer.start()
        time.sleep(lasting)
        rig.kill("database")
        lost_at = time.monotonic()
        shutil.rmtree(rig.database.cluster)
        writer.join(10)
        come_back(rig, base)
        back = time.monotonic() - lost_at
        (kept,) = rig.ask("SELECT count(*) FROM drill_row")[0]
        gaps = rig.ask("SELECT max(number) + 1 - count(*) FROM drill_row")[0][0] or 0
        rig.manage("verify_audit")
        point = writer.acknowledged[-1] - (writer.acknowledged[kept - 1] if kept else began)
        name = f"disk lost, archive every {archive_every} s"
        return [
            Figure(name, "base backup made in", took, None, " s"),
            Figure(name, "deeds acknowledged", len(writer.acknowledged)),
            Figure(name, "deeds that came back", kept, 1, at_least=True),
            Figure(name, "holes among them", float(gaps), 0),
            Figure(name, "recovery point: seconds lost", point, min(archive_every + 5, RECOVERY_POINT), " s"),
            Figure(name, "recovery time", back, RECOVERY_TIME, " s"),
        ]
    finally:
        rig.end()


def base_backup(rig: Rig) -> Path:
    """Make a base backup by the very script that a deployment runs each day, as PostgreSQL's own user."""
    user = rig.database.user
    entry = pwd.getpwnam(user) if user else None
    done = subprocess.run(
        ["sh", "-s"],
        input=(PROJECT / "deploy" / "base-backup.sh").read_text(),
        env={
            "PATH": f"{rig.database.engine / 'bin'}:{os.environ.get('PATH', '')}",
            "PGHOST": str(rig.database.sockets),
            "PGUSER": SUPERUSER,
            "ARCHIVE_DIR": str(rig.database.archive),
        },
        capture_output=True,
        text=True,
        cwd="/",
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
    )
    if done.returncode:
        raise RuntimeError(f"base-backup.sh: {done.stderr[-2000:]}")
    return Path(done.stdout.strip().splitlines()[-1])


def come_back(rig: Rig, base: Path) -> None:
    """Put the base backup where the lost database was, and let it run through the archive to its end."""
    cluster = rig.database.cluster
    subprocess.run(["cp", "-a", str(base), str(cluster)], check=True)
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {rig.database.archive}/%f %p'\n")
    (cluster / "recovery.signal").touch()
    rig.bring_up("database")

    def recovered() -> bool:
        return not rig.ask("SELECT pg_is_in_recovery()")[0][0]

    if not wait_until(recovered, seconds=RECOVERY_TIME, still_runs=rig.children["database"].runs):
        raise RuntimeError("the database does not come back")
