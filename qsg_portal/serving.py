"""How gunicorn serves the pages: ``gunicorn --config python:qsg_portal.serving qsg_portal.wsgi:application``."""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from qsg_portal.surroundings import GIVEN

COUNTERS = "PROMETHEUS_MULTIPROC_DIR"

bind = f"{GIVEN.get('HOST') or '127.0.0.1'}:{GIVEN.get('PORT') or '8000'}"
workers = int(GIVEN.get("WEB_PROCESSES") or 2)
threads = int(GIVEN.get("WEB_THREADS") or 4)
preload_app = True  # what the portal refuses to start with ends it once, not once a process
timeout = 60
graceful_timeout = 20  # seconds for what is being answered when the server is asked to end
control_socket_disable = True  # it would be made in a home folder that need not exist
# Files that change all the while, and are worth nothing tomorrow: a heartbeat must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nosec B108 - each is made with a name of its own

# The processes' counters, where each finds the others'; before the settings are read.
if "METRICS_SECRET" in GIVEN:
    os.environ[COUNTERS] = tempfile.mkdtemp(prefix="portal-counters-", dir=worker_tmp_dir)


def when_ready(server: Any) -> None:
    """Read all addresses, pages and templates before the processes part, or each would while its first reader waits."""
    from django.template import engines  # noqa: PLC0415 - the portal is loaded by now
    from django.urls import get_resolver  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018 - reading them is the deed
    pages: Any = engines["jinja2"]
    for name in pages.env.list_templates(extensions=["jinja"]):
        pages.env.get_template(name)
    gc.collect()
    gc.freeze()  # what all processes share is not looked through for rubbish, nor copied for that


def on_exit(server: Any) -> None:
    """Take the counters away."""
    if folder := os.environ.get(COUNTERS):
        shutil.rmtree(folder, ignore_errors=True)
