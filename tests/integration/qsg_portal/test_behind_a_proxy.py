"""What the settings make of the address and the proxy that they are told of."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
ASK = (
    "import json; from qsg_portal import settings as s;"
    "print(json.dumps([s.CSRF_TRUSTED_ORIGINS, getattr(s, 'SECURE_PROXY_SSL_HEADER', None), s.SESSION_COOKIE_NAME]))"
)


def settings_with(**environ: str) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=PROJECT,
        env={**os.environ, **environ},
        capture_output=True,
        check=True,
    )
    said: list[object] = json.loads(done.stdout)
    return said


def test_on_ones_own_machine_no_proxy_is_believed() -> None:
    assert settings_with(PORTAL_URL="http://localhost:8000") == [[], None, "portal"]


@pytest.mark.parametrize("given", ["https://portal.example", "https://portal.example/"])
def test_behind_a_proxy_the_portals_own_address_may_post(given: str) -> None:
    origins, header, cookie = settings_with(PORTAL_URL=given, BEHIND_PROXY="true")
    assert origins == ["https://portal.example"]
    assert header == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert cookie == "__Host-portal"
