"""Whether the portal can be trusted this minute, and who is told what."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from audit.models import Line, Unsealed
from qsg_portal import health

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
WORLD = {"REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "portal.example"}


@pytest.fixture
def all_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "look", lambda: [health.Part("database", True, "answers")])


@pytest.mark.django_db
def test_somebody_on_the_machine_is_told_the_parts(embedded_servers: None) -> None:
    parts = Client().get("/health", **HERE).json()["parts"]
    assert parts["database"] == {"well": True, "says": "answers"}
    assert parts["broker"]["well"]
    assert parts["room"]["well"]
    assert parts["log"]["well"]
    assert {"tick", "outbox", "seal", "deadlines"} <= set(parts)


@pytest.mark.parametrize(
    "around",
    [
        WORLD,
        {**HERE, "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {**HERE, "HTTP_FORWARDED": "for=203.0.113.9"},
        {**HERE, "HTTP_HOST": "rebound.example"},
        {"REMOTE_ADDR": "", "HTTP_HOST": "localhost"},
    ],
)
def test_the_world_is_told_one_word(all_well: None, around: dict[str, str]) -> None:
    response = Client().get("/health", **around)
    assert response.status_code == 200
    assert response.json() == {"well": True}
    assert response["Cache-Control"] == "no-store"


def test_the_database_away_is_red_and_nothing_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("the server said something with a password in it")

    monkeypatch.setattr("django.db.connection.ensure_connection", away)
    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", lambda self: away())
    response = Client().get("/health", **HERE)
    assert response.status_code == 503
    assert response.json()["parts"]["database"]["well"] is False
    assert "password" not in response.content.decode()
    outside = Client().get("/health", **WORLD)
    assert (outside.status_code, outside.json()) == (503, {"well": False})


@pytest.mark.django_db
def test_the_broker_away_is_an_alarm_and_not_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    broker = next(part for part in health.look() if part.name == "broker")
    assert not broker.well
    assert health.healthy([broker])


@pytest.mark.django_db
def test_a_line_of_the_log_that_waits_too_long_for_its_seal_is_red(freeze) -> None:
    now = freeze("2026-10-24T12:00+01:00")
    line = Line.objects.create(at=now, doer="clockwork", deed="tried")
    Unsealed.objects.create(line=line)
    assert next(part for part in health.look() if part.name == "seal").well
    freeze(now + timedelta(seconds=61))
    assert not next(part for part in health.look() if part.name == "seal").well
    assert Client().get("/health", **WORLD).status_code == 503


def test_any_other_address_is_left_alone() -> None:
    asked = []
    middleware = health.HealthMiddleware(lambda request: asked.append(request.path))
    middleware(type("Request", (), {"path": "/healthy"})())
    assert asked == ["/healthy"]
