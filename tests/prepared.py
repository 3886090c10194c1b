"""The migrated test database, kept from one run of the tests to the next.

A hundred migrations take longer than most tests. The first run after a migration changed
keeps its whole cluster, cleanly shut, below .data/tests; the next ones start from a copy.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
KEPT = PROJECT / ".data" / "tests"
KEPT_AT_MOST = 2
MADE_FROM = ("*/migrations/*.py", "requirements.txt", "qsg_portal/database_roles.py", "tests/prepared.py")


def take(cluster: Path) -> bool:
    """Copy the kept cluster to ``cluster``; return whether there was one for these migrations."""
    kept = KEPT / _mark()
    if cluster.exists() or not kept.exists():
        return False
    os.utime(kept)
    return _copy(kept, cluster)


def keep(cluster: Path) -> None:
    """Keep ``cluster``, whose server has ended, for the next run, and forget old ones."""
    kept = KEPT / _mark()
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    try:
        KEPT.mkdir(parents=True, exist_ok=True)
        if _copy(cluster, draft) and not kept.exists():
            draft.rename(kept)
    except OSError:
        return  # keeping is a favour to the next run, never a reason to fail this one
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    newest_first = sorted(KEPT.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT_AT_MOST:]:
        shutil.rmtree(old, ignore_errors=True)


def _mark() -> str:
    """Return a text that changes when anything does that the kept database was made from."""
    sum_of_all = hashlib.sha256(str(os.geteuid()).encode())
    for path in sorted(path for pattern in MADE_FROM for path in PROJECT.glob(pattern)):
        sum_of_all.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return sum_of_all.hexdigest()[:20]


def _copy(source: Path, target: Path) -> bool:
    """Copy a folder with its owners, whole or not at all."""
    if subprocess.run(["cp", "-a", str(source), str(target)], capture_output=True).returncode == 0:
        return True
    shutil.rmtree(target, ignore_errors=True)
    return False
