"""How gunicorn serves the pages: ``gunicorn --config python:qsg_portal.serving qsg_portal.wsgi:application``."""

import gc
import json
import os
import shutil
import tempfile
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from qsg_portal.surroundings import GIVEN

COUNTERS = "PROMETHEUS_MULTIPROC_DIR"

UNREAD = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.InvalidRequestLine: 400,
    errors.InvalidRequestMethod: 400,
    errors.InvalidHTTPVersion: 400,
    errors.InvalidHeaderName: 400,
    errors.InvalidHeader: 400,
    errors.ObsoleteFolding: 400,
}
"""What a request is refused with before it is known what it asks for."""


class Worker(ThreadWorker):
    """Serves; refuses what cannot be read in the API's form, for a program sent it, and repeats nothing of it."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what the server itself could not read; what the portal did wrong is told as ever."""
        status = UNREAD.get(type(exc))  # of the answer's own faults there are subclasses
        if status is None:
            super().handle_error(req, client, addr, exc)
            return
        from access.api.problems import MEDIA_TYPE, Problem  # noqa: PLC0415 - by now the apps are loaded

        self.log.warning("A request could not be read: %s.", type(exc).__name__)
        body = json.dumps(Problem(status).body)
        lines = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Content-Type: {MEDIA_TYPE}",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store, private",
            "Connection: close",
        )
        with suppress(OSError):
            write_nonblock(client, "\r\n".join((*lines, "", body)).encode())


worker_class = Worker
bind = f"{GIVEN.get('HOST') or '127.0.0.1'}:{GIVEN.get('PORT') or '8000'}"
workers = int(GIVEN.get("WEB_PROCESSES") or 4)
# More of them in one process would wait for each other at every answer of the database.
threads = int(GIVEN.get("WEB_THREADS") or 2)
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
