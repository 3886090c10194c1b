"""A region and programs that ask about it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from access.models import Token
from access.operations.tokens import make_token
from access.principal import principal_of
from access.roles import SCOPES, SERVICE_SCOPES
from tests.concerned import NOON, Region, region

ROOT = "/api/v1/"
EVERYTHING = frozenset(SCOPES)


@dataclass
class Program:
    """A program that shows a token."""

    secret: str
    token: Token | None = None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        """Ask below the root, with a body as JSON unless it is text already; headers with low lines for hyphens."""
        raw = body if isinstance(body, str | bytes) else b"" if body is None else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            address if address.startswith(("http", "/")) else ROOT + address,
            raw,
            content_type=sent.pop("Content-Type", "application/json"),
            headers={"Authorization": f"Bearer {self.secret}", **sent},
        )

    def get(self, address: str, **headers: str) -> Any:
        return self.ask("GET", address, **headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", address, body, **headers)

    def patch(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", address, body, **headers)


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> Region:
    return region(freeze(NOON))


@pytest.fixture
def program(world: Region) -> Callable[..., Program]:
    """A program of one of the cast; with ``service`` of their body."""

    def of(name: str, *, scopes: frozenset[str] | None = None, service: bool = False, **more: Any) -> Program:
        by = principal_of(world.people[name].pk)
        chosen = scopes or (SERVICE_SCOPES if service else EVERYTHING)
        token, secret = make_token(
            by=by, now=world.now, name="a program", scopes=chosen, days=30, service=service, **more
        )
        return Program(secret, token)

    return of


@pytest.fixture
def words(world: Region) -> Callable[..., dict[str, Any]]:
    """A whole concern as it is sent, shared with the seats of the north."""

    def said(**changed: Any) -> dict[str, Any]:
        usual = {
            "about": {"kind": "provider", "providers": [str(world.provider.pk)]},
            "headline": "Falls on one ward",
            "narrative": "Three falls in a week.",
            "happened_at": "2026-03-01T10:00:00Z",
            "danger": "no",
            "source_kind": "complaint",
            "reliability": "first_hand",
            "dimensions": ["safety"],
            "severity": "moderate",
            "confidence": "plausible",
            "sharing": {
                "groups": [{"group": str(world.north.pk), "kind": "qsg_seats"}],
                "gateway": "functions",
            },
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    return said
