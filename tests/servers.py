"""A private data folder, and in it a PostgreSQL and a Valkey, for each run of the tests.

Loaded as a plug-in before the settings are (``-p tests.servers`` in pyproject.toml), so
that no test ever meets the data of a portal that runs on the same machine. With
DATABASE_URL given, that server is used instead; its role must be able to make databases.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psutil

MARK = "qsg-tests-"
OURS = "QSG_TESTS_OWN_SERVERS"


def _sweep() -> None:
    """Remove the folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{MARK}*"):
        number = folder.name.removeprefix(MARK).split("-")[0]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def private_folder() -> Path:
    """Make a folder of this run that is removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-"))
    folder.chmod(0o711)  # PostgreSQL's own user passes through when the tests run as root
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_sweep()
DATA_DIR = private_folder()
OWN_SERVERS = "DATABASE_URL" not in os.environ or OURS in os.environ

os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ.setdefault("DEMO", "false")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs a loop of its own
if OWN_SERVERS:
    from qsg_portal.surroundings import OWNER_ROLE, embedded_broker_url, embedded_database_url

    os.environ[OURS] = "1"  # a parallel runner's worker inherits this process's addresses, not its servers
    os.environ["DATABASE_URL"] = embedded_database_url(DATA_DIR, OWNER_ROLE)
    os.environ["DATABASE_OWNER_URL"] = os.environ["DATABASE_URL"]
    os.environ["REDIS_URL"] = embedded_broker_url(DATA_DIR)
