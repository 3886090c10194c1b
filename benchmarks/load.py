"""``make load``: fifty signed-in people read the national data set at once; how long whole pages took, and what leaked."""

import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2

from benchmarks import data
from benchmarks.__main__ import CONCERNS, use
from benchmarks.data import say
from qsg_portal.children import Child
from qsg_portal.embedded import SUPERUSER, Broker, wait_until
from qsg_portal.plan import Plan, portal_processes
from qsg_portal.surroundings import WEB_ROLE

SECONDS = int(os.environ.get("LOAD_SECONDS", "60"))
READERS = int(os.environ.get("LOAD_READERS", "50"))
# Who reads, by number, and how many of ten: seats of local groups, cleared seats of all, no seat; and the one whose
# matters are all old.
MIXED = ((6, range(100, 400)), (1, range(6)), (3, range(1400, 1700)))
ALL_OLD, FEW_GRANTS = 699, 1398
FEWEST = 20
"""A kind of page that was asked less often was not measured."""
MOST_MS = 250
HELD_TO_IT = {"list", "list, filtered", "list, older", "provider", "home"}
SIGHT = data.FOLDER / "readers.json"


def main() -> None:
    """Start the web on the national data set, let the readers in, print; exit with 1 on a leak, an error or a slow page."""
    with data.running() as server:
        name = data.national(server, CONCERNS)
        plan = _plan(server.url(WEB_ROLE, name))
        with _serving(plan):
            use(plan.urls["web"])
            _let_in(server.url(SUPERUSER, name))
            say(f"{READERS} people read for {SECONDS} seconds ...")
            found = _read(plan.address)
    wrong = [page for page in found if page["num_failures"]]
    slow = [page for page in found if page["name"] in HELD_TO_IT and page["p95"] > MOST_MS]
    missed = HELD_TO_IT - {page["name"] for page in found if page["num_requests"] >= FEWEST}
    say(
        f"\n{_table(found)}\n\n{len(wrong)} kinds of page failed; {len(slow)} are slower than {MOST_MS} ms at p95."
    )
    if missed:
        say(f"Asked too seldom to say: {', '.join(sorted(missed))}.")
    sys.exit(1 if wrong or slow or missed else 0)


def _plan(url: str) -> Plan:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    return Plan(
        {
            **os.environ, "DATA_DIR": str(data.FOLDER), "DATABASE_URL": url, "REDIS_URL": "", "DEMO": "false",
            "HOST": "127.0.0.1", "PORT": str(port), "PORTAL_URL": f"http://127.0.0.1:{port}",
        }
    )  # fmt: skip


@contextmanager
def _serving(plan: Plan) -> Any:
    """Serve the pages as ``make run`` does, with the broker beside."""
    os.environ |= plan.environ_for("web")
    broker = Broker(data.FOLDER)
    broker.lay_out()
    (web,) = (child for child in portal_processes(plan) if child.name == "web")
    children = [Child("broker", broker.command()), web]
    try:
        for child in children:
            child.start(output=subprocess.DEVNULL)
        if not wait_until(plan.web_answers, seconds=60, still_runs=web.runs):
            raise SystemExit("The web does not start.")
        yield
    finally:
        for child in children:
            child.end()


def _let_in(superuser_url: str) -> None:
    """Sign the readers in, and write down which concerns each may see, by the rule in plain SQL."""
    from django.conf import settings  # noqa: PLC0415 - only now is it known which database it asks

    from access.principal import principal_of  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from benchmarks.measure import the_rule  # noqa: PLC0415
    from benchmarks.pages import key  # noqa: PLC0415
    from tests.signing_in import sign_in  # noqa: PLC0415

    readers = []
    with psycopg2.connect(superuser_url) as rule, rule.cursor() as cursor:
        for number in _numbers():
            the_rule(rule, principal_of(key("person", number)))
            sees = {}
            for mark, seen in _SEEN.items():
                cursor.execute(seen, {"concerns": CONCERNS})
                bits = bytearray(CONCERNS // 8 + 1)
                for (one,) in cursor:
                    bits[one >> 3] |= 1 << (one & 7)
                sees[mark] = base64.b64encode(bits).decode()
            cookies = sign_in(User.objects.get(pk=key("person", number))).cookies
            readers.append(
                {
                    "cookie": f"{settings.SESSION_COOKIE_NAME}={cookies[settings.SESSION_COOKIE_NAME].value}",
                    "sees": sees,
                }
            )
    SIGHT.write_text(json.dumps(readers))


_SEEN = {
    "k": "SELECT substr(c.reference, 2)::int FROM pg_temp.seen s JOIN concerns_concern c ON c.record_id = s.id",
    "a": "SELECT i FROM generate_series(25, %(concerns)s, 25) i JOIN pg_temp.seen s ON s.id = md5('action' || i)::uuid",
}
"""The numbers of the concerns and of the actions that a reader may see, by the mark that stands around them."""


def _numbers() -> list[int]:
    numbers = [ALL_OLD, FEW_GRANTS]
    for part, people in MIXED:
        numbers += [people[i % len(people)] for i in range(READERS * part // 10)]
    return numbers[:READERS]


def _read(address: str) -> list[dict[str, Any]]:
    """Let the readers read, and return what each kind of page took once all had arrived, two a second.

    Returns:
        Of each its name, how often it was asked, failed, and ``p50`` and ``p95`` in milliseconds.
    """
    command = [
        *(sys.executable, "-m", "locust", "--locustfile", str(data.HERE / "reading.py"), "--host", address),
        *(
            "--headless",
            "--only-summary",
            "--users",
            str(READERS),
            "--spawn-rate",
            "2",
            "--reset-stats",
            "--json",
        ),
        *(
            "--run-time",
            f"{READERS // 2 + SECONDS}s",
            "--stop-timeout",
            "10",
            "--exit-code-on-error",
            "0",
            "--loglevel",
            "ERROR",
        ),
    ]
    done = subprocess.run(
        command, env={**os.environ, "READERS": str(SIGHT)}, stdout=subprocess.PIPE, check=True
    )
    return [
        {**page, "p50": _part(page["response_times"], 0.5), "p95": _part(page["response_times"], 0.95)}
        for page in json.loads(done.stdout)
    ]


def _part(times: Mapping[str, int], part: float) -> float:
    """Return the time within which such a part of the answers came."""
    left = part * sum(times.values())
    for ms, number in sorted((float(ms), number) for ms, number in times.items()):
        left -= number
        if left <= 0:
            return ms
    return 0.0


def _table(found: list[dict[str, Any]]) -> str:
    lines = [f"{'page':<16} {'asked':>7} {'failed':>7} {'p50 ms':>8} {'p95 ms':>8} {'most ms':>8}", "-" * 59]
    lines += [
        f"{page['name']:<16} {page['num_requests']:>7} {page['num_failures']:>7} {page['p50']:>8.0f} "
        f"{page['p95']:>8.0f} {page['max_response_time']:>8.0f}"
        for page in sorted(found, key=lambda one: one["name"])
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
