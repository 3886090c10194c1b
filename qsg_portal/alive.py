"""Whether a process still does its work: what looks after containers asks ``python -m qsg_portal.alive``.

The web is asked for ``/health``: any answer will do, for a red one is the portal's business and not cured by
starting the web again. The others have no address; each touches the file that ALIVE_FILE names whenever it has
done a round of its work, and the file's age tells. Standard library only, so that asking costs nothing.
"""

import http.client
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

STALE_AFTER = 30.0  # seconds
PATIENCE = 15.0


def touch() -> None:
    """Say that a round of work was done, where somebody wants to know."""
    if path := os.environ.get("ALIVE_FILE"):
        with suppress(OSError):  # then it is taken for dead, which is true of its disk
            Path(path).touch()


def did_its_work(path: Path) -> bool:
    """Return whether the file was touched within ``STALE_AFTER`` seconds."""
    try:
        touched = path.stat().st_mtime
    except OSError:
        return False
    return time.time() - touched < STALE_AFTER  # noqa: TID251 - a file's age is by the machine's clock


def answers(port: int) -> bool:
    """Return whether the web server of this machine answers at all."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status in (200, 503)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main(environ: "os._Environ[str]" = os.environ) -> int:
    """Return 0 when the process of this container is alive."""
    path = environ.get("ALIVE_FILE")
    return 0 if (did_its_work(Path(path)) if path else answers(int(environ.get("PORT", "8000")))) else 1


if __name__ == "__main__":
    sys.exit(main())
