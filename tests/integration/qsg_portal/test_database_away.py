"""A database that stops answering, as it does behind a dead network: no refusal, only silence."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from psycopg2.extensions import set_wait_callback

from nhsuk.errors import bad_request
from qsg_portal import health
from qsg_portal.faults.wire import Wire
from qsg_portal.patience import Silence, lose_patience_with_a_silent_database, silence

WORLD = {"REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "portal.example"}


@pytest.fixture
def wire(transactional_db: None) -> Iterator[Wire]:
    """The portal's connections go through the wire for one test."""
    before = {**connection.settings_dict, "OPTIONS": dict(connection.settings_dict["OPTIONS"])}
    folder = before["OPTIONS"].get("host")
    if not folder:
        pytest.skip("needs the database's own socket")
    made = Wire(Path(folder) / ".s.PGSQL.5432")
    connection.close()
    connection.settings_dict["OPTIONS"]["host"] = "127.0.0.1"
    connection.settings_dict["OPTIONS"]["port"] = made.port
    yield made
    made.close()
    connection.close()
    connection.settings_dict["OPTIONS"] = before["OPTIONS"]


def test_silence_is_red_within_ten_seconds_and_over_within_ten_seconds(wire: Wire) -> None:
    assert next(part for part in health.look() if part.name == "database").well
    connection.close()

    wire.speaks.clear()
    began = time.monotonic()
    response = Client().get("/health", **WORLD)
    assert (response.status_code, response.json()) == (503, {"well": False})
    assert time.monotonic() - began < 10

    wire.speaks.set()
    began = time.monotonic()
    assert next(part for part in health.look() if part.name == "database").well
    assert time.monotonic() - began < 10


def test_a_page_says_so_instead_of_hanging(wire: Wire) -> None:
    wire.speaks.clear()
    began = time.monotonic()
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    response = client.get("/", HTTP_HOST="localhost")
    assert response.status_code == 503
    assert time.monotonic() - began < 10


def test_a_page_in_the_middle_of_its_work_gives_up_too(wire: Wire) -> None:
    lose_patience_with_a_silent_database()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
            wire.speaks.clear()
            began = time.monotonic()
            with pytest.raises(OperationalError, match="fallen silent"):
                cursor.execute("SELECT 1")
            assert time.monotonic() - began < 10
        connection.close()
        began = time.monotonic()
        with pytest.raises(OperationalError, match="fallen silent"):
            connection.ensure_connection()
        assert time.monotonic() - began < 1, "whoever comes next does not wait as well"
        wire.speaks.set()
        time.sleep(1.1)
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    finally:
        set_wait_callback(None)
        silence.heard()
        connection.close()


def test_while_the_server_is_silent_one_at_a_time_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0
    monkeypatch.setattr("qsg_portal.patience.time.monotonic", lambda: moment)
    known = Silence()
    assert known.patience() == 8.5
    known.noted()
    assert known.patience() == 0
    moment += 1
    assert [known.patience() for _ in range(3)] == [3, 0, 0]
    known.noted()
    known.heard()
    assert known.patience() == 8.5


def test_a_session_that_cannot_be_kept_is_no_fault_of_the_person() -> None:
    """The framework takes it for a session that was ended meanwhile, and says that the request was bad."""
    request = RequestFactory().get("/")
    interrupted = SessionInterrupted("the session was deleted")
    assert bad_request(request, interrupted).status_code == 400
    interrupted.__context__ = OperationalError("the database is restarting")
    assert bad_request(request, interrupted).status_code == 503
