"""``make backup TO=…`` and ``make restore FROM=…``: the portal's own servers are started when they do not run."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from audit.rules import BROKEN
from qsg_portal.__main__ import make_ready, start_servers
from qsg_portal.children import Child, adopt_orphans
from qsg_portal.embedded import Database
from qsg_portal.keeping.backup import SECRET, make_backup
from qsg_portal.keeping.restore import insist_on_empty, read_backup, restore_database, restore_secrets
from qsg_portal.plan import Plan
from qsg_portal.supervisor import Stopped, Supervisor
from qsg_portal.surroundings import CannotStart, Claim

KEEP = 14


def back_up(supervisor: Supervisor, plan: Plan, folder: Path, keep: int) -> None:
    """Make a backup, of the portal as it runs or of its data while it does not."""
    began = time.monotonic()
    if not plan.database_is_ours:
        plan.check_servers()
        if not (plan.given.get("SECRET_KEY") or (plan.data_dir / SECRET).exists()):
            raise CannotStart(
                "The portal's SECRET_KEY is not given, and a backup without it could not be used. "
                "Give it: SECRET_KEY_FILE=… make backup"
            )
    elif not Database(plan.data_dir).answers():
        if not (Database(plan.data_dir).cluster / "PG_VERSION").exists():
            raise CannotStart(
                f"There is no portal's data in {plan.data_dir}. Name its folder, DATA_DIR=… make backup, "
                "or its database, DATABASE_OWNER_URL=… make backup"
            )
        Claim(plan.data_dir)
        start_servers(supervisor, plan)
    environ = plan.environ_for("owner")
    done = make_backup(folder, plan.urls["owner"], environ, keep=keep)
    size = sum(path.stat().st_size for path in done.iterdir())
    supervisor.say(
        f"{done}: {size / 2**20:.1f} MB in {time.monotonic() - began:.1f} s. It holds secrets: carry it away encrypted."
    )


def restore(supervisor: Supervisor, plan: Plan, folder: Path) -> None:
    """Restore a backup into an empty installation, and verify it: files, tables, seals."""
    began = time.monotonic()
    manifest = read_backup(folder)
    plan.check_room()
    Claim(plan.data_dir)  # no portal may run from there meanwhile
    start_servers(supervisor, plan)
    plan.check_servers()
    owner = plan.urls["owner"]
    insist_on_empty(owner)
    restore_secrets(folder, plan.data_dir, plan.given.get("SECRET_KEY"))
    rows = restore_database(folder, owner, manifest)
    supervisor.say(
        f"{rows} rows in {len(manifest['tables'])} tables, each as it was on {manifest['made_at']}."
    )
    make_ready(supervisor, plan)  # first: the commands below read the tables as this release has them
    for words in (["verify_audit"], ["after_restore", manifest["made_at"]]):
        command = Child(words[0], [*plan.manage, *words], environ=plan.environ_for("owner"), cwd=plan.project)
        code = supervisor.run_to_end(command)
        if words[0] == "verify_audit" and code == BROKEN:
            raise CannotStart("The log's seals do not hold. Do not use this database; choose another backup.")
        if code != 0:
            raise CannotStart(
                f"Everything was restored, but {words[0]} failed; its own words are above. Do not start the portal yet: "
                f"put that right, and do it again: DATABASE_URL=… python manage.py {' '.join(words)}"
            )
    supervisor.say(
        f"Restored in {time.monotonic() - began:.1f} s. Start the portal as before: nobody is signed in."
    )


def main(words: Sequence[str]) -> int:
    """Do what is asked.

    Returns:
        0, or 1 after one sentence on why not.
    """
    parser = argparse.ArgumentParser(prog="python -m qsg_portal.keeping")
    deeds = parser.add_subparsers(dest="deed", required=True)
    backup = deeds.add_parser("backup")
    backup.add_argument("folder", type=Path)
    backup.add_argument("--keep", type=int, default=KEEP)
    deeds.add_parser("restore").add_argument("folder", type=Path)
    asked = parser.parse_args(words)
    adopt_orphans()
    supervisor = Supervisor()
    try:
        plan = Plan(os.environ)
        if asked.deed == "backup":
            back_up(supervisor, plan, asked.folder.absolute(), max(asked.keep, 1))
        else:
            restore(supervisor, plan, asked.folder.absolute())
    except CannotStart as refusal:
        if str(refusal):
            supervisor.say(str(refusal))
        return 1
    except Stopped:
        return 1
    finally:
        supervisor.end_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
