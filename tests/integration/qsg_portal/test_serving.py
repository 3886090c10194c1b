"""What the web server refuses before the portal hears of it is told in the API's form, and none of it is repeated."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.deployed import free_port

WEB = ("--config", "python:qsg_portal.serving", "django.core.wsgi:get_wsgi_application()")


@pytest.fixture(scope="module")
def send() -> Iterator[Callable[[bytes], tuple[str, dict[str, str], str]]]:
    """Sends bytes to a server of its own, and reads what is answered."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *WEB, "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "qsg_portal.settings"}
    server = subprocess.Popen(command, env=given, stderr=subprocess.PIPE)

    def ask(sent: bytes) -> tuple[str, dict[str, str], str]:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(sent)
            answer = b""
            while piece := line.recv(65536):
                answer += piece
        head, _, body = answer.decode().partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        return first, dict(one.split(": ", 1) for one in lines), body

    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield ask
    server.terminate()
    _, said = server.communicate(timeout=30)
    assert b"canary" not in said


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b'GET /api/v1/me/ HTTP/1.1\r\nHost: localhost\r\nIf-Match: "canary\0"\r\n\r\n', 400, "unreadable"),
        (b"GET /api/v1/me/ HTTP/1.1\r\nHost: localhost\r\ncan ary: 1\r\n\r\n", 400, "unreadable"),
        (b"GET /api/v1/me/?canary=" + b"x" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "too-long"),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX: canary" + b"x" * 9000 + b"\r\n\r\n",
            431,
            "headers-too-large",
        ),
        (b"canary\r\n\r\n", 400, "unreadable"),
    ],
    ids=["NUL in a header", "no name of a header", "long address", "long header", "no request"],
)
def test_what_cannot_be_read_is_a_problem_document(send, sent: bytes, status: int, code: str) -> None:
    first, headers, body = send(sent)
    assert first.split()[1] == str(status)
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == status
    assert json.loads(body)["type"].endswith(f"#{code}")
    assert "canary" not in body


def test_what_can_be_read_is_answered_by_the_portal(send) -> None:
    first, headers, _ = send(b"GET /api/v1/me/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert first.split()[1] in ("401", "503")
    assert headers["Content-Type"] == "application/problem+json"
