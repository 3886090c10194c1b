"""The fault drills' short form: `make faults` and `make restarts` run the long one and print the figures."""

import http.client
import os
import re
import time
from collections.abc import Iterator

import pytest

from qsg_portal.faults import outages
from qsg_portal.faults.figures import Figure
from qsg_portal.faults.rig import CLOCKWORK, Rig
from qsg_portal.faults.rolling import rolling
from qsg_portal.faults.visiting import WRITTEN, Front
from tests import servers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not servers.OWN_SERVERS, reason="needs servers of its own"),
]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small disk that is filled")


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """A portal of its own; its database on a small disk where that can be mounted."""
    made = Rig(disk=1500 if os.geteuid() == 0 else 0)
    try:
        made.start()
        made.bring_up(*CLOCKWORK)
        yield made
    finally:
        made.end()


SLOW_MACHINE = 3
"""Other tests may run beside these: what takes seconds may take so many times as many."""


def failing(figures: list[Figure]) -> list[Figure]:
    assert figures
    wrong = [one for one in figures if not one.holds]
    return [one for one in wrong if one.unit != " s" or one.measured > (one.limit or 0) * SLOW_MACHINE]


def test_restarts_under_load_lose_nothing(rig: Rig) -> None:
    assert failing(rolling(rig, 2)) == []


def test_a_silent_database_is_answered_503_in_time_and_is_soon_forgotten(rig: Rig) -> None:
    assert failing(outages.silent_database(rig, 12)) == []


def test_without_a_broker_people_save(rig: Rig) -> None:
    assert failing(outages.no_broker(rig, 6)) == []


@as_root
def test_a_full_disk_under_the_database_is_answered_503_and_leaves_nothing_by_half(rig: Rig) -> None:
    assert failing(outages.full_disk(rig, 15)) == []


@as_root
def test_a_full_disk_under_the_log_stops_nobody_and_is_said(rig: Rig) -> None:
    assert failing(outages.full_log(rig)) == []


def test_fifty_megabytes_are_answered_413_by_the_server_itself(rig: Rig) -> None:
    front = Front(rig)
    try:
        front.roll()
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=30)
        began = time.monotonic()
        connection.request(
            "POST", "/sign-in/", b"x" * 50 * 2**20, {"Host": "localhost", "Content-Type": "text/plain"}
        )
        response = connection.getresponse()
        assert response.status == 413
        assert "larger than the portal takes" in response.read().decode()
        assert time.monotonic() - began < 10
        connection.close()
        assert outages.health(front.port)[0] in (200, 503)
    finally:
        front.end()


def test_wrong_clocks_fire_nothing_early(rig: Rig) -> None:
    assert failing(outages.wrong_clocks(rig, 10, 5, (300,))) == []


def test_after_all_this_no_word_of_what_people_wrote_stands_in_a_log(rig: Rig) -> None:
    """Web, worker, timetable, ticker and PostgreSQL itself wrote into it, faults with their tracebacks too."""
    rig.log.flush()
    said = (rig.folder / "log").read_text(errors="replace")
    assert '"answered"' in said
    assert "Traceback" in said, "nothing went wrong, so that this shows little"
    planted = [*WRITTEN.values(), "canary", "drill.example", "Hand 1", "Danger", "INSERT INTO", "DETAIL:"]
    planted = [one for one in planted if len(one) > 3 and one != "complaint"]
    assert [word for word in planted if word.casefold() in said.casefold()] == []
    assert not re.search(r"/concerns/[0-9a-f]{8}-", said)
    requests = re.findall(r'"request": "([^"]+)"', said)
    assert len(set(requests)) > 100
