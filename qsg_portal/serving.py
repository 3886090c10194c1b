"""How gunicorn serves the pages: ``gunicorn --config python:qsg_portal.serving qsg_portal.wsgi:application``."""

import sys
from pathlib import Path

from qsg_portal.surroundings import GIVEN, CannotStart

try:
    from qsg_portal.settings import LOGGING
except CannotStart as refusal:
    sys.exit(str(refusal))

bind = f"{GIVEN.get('HOST') or '127.0.0.1'}:{GIVEN.get('PORT') or '8000'}"
workers = int(GIVEN.get("WEB_PROCESSES") or 2)
threads = int(GIVEN.get("WEB_THREADS") or 4)
preload_app = True  # what the portal refuses to start with ends it once, not once a process
timeout = 60
graceful_timeout = 20  # seconds for what is being answered when the server is asked to end
control_socket_disable = True  # it would be made in a home folder that need not exist
if Path("/dev/shm").is_dir():  # nosec B108 - gunicorn makes a file of its own in it: a heartbeat must not wait for a slow disk
    worker_tmp_dir = "/dev/shm"  # nosec B108
logconfig_dict = LOGGING
