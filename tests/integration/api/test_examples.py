"""The examples of docs/api.md and of the page for programs, run as they stand against a portal."""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from access.operations.tokens import make_token
from access.roles import SCOPES
from concerns.models import Comment, Concern
from tests.concerned import NOON, region
from tests.signing_in import sign_in

PAGE = Path(settings.BASE_DIR) / "docs" / "api.md"


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine"),
]


def run(script: str, folder: Path, **given: str) -> str:
    """Run a script as a person would, and return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
        env={**os.environ, **given, "no_proxy": "*"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_do_what_they_say(live_server, freeze, tmp_path) -> None:
    world = region(freeze(NOON))
    by = world.by("lead")
    _, secret = make_token(by=by, now=world.now, name="examples", scopes=set(SCOPES), days=30)
    script = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))
    said = run(script, tmp_path, PORTAL=live_server.url, TOKEN=secret)
    assert "problem" not in said, said
    assert '"name":"Lena Lead"' in said
    assert Concern.objects.get().headline == "Three falls on one ward in a week"
    assert Comment.objects.get().text == "The rota was short of two nurses."


def test_the_examples_of_the_page_do_what_they_say(live_server, freeze, tmp_path) -> None:
    world = region(freeze(NOON))

    def token(*scopes: str) -> str:
        _, secret = make_token(by=world.by("lead"), now=world.now, name="examples", scopes=scopes, days=30)
        return secret

    page = sign_in(world.lead).get("/api/v1/docs/").content.decode()

    def example(name: str) -> str:
        found = re.search(rf'<pre [^>]*id="{name}"><code>(.*?)</code>', page, re.DOTALL)
        assert found, name
        return html.unescape(found[1])

    given = {"PORTAL": live_server.url, "TOKEN": token(*SCOPES)}
    told, printed = (
        json.loads(one)
        for one in (
            run(example("first"), tmp_path, **{**given, "TOKEN": token("directory:read")}),
            example("first-answer"),
        )
    )
    assert {**told, "asked_at": ""} == {**printed, "asked_at": ""}
    assert json.loads(run(example("absent"), tmp_path, **given)) == json.loads(example("absent-answer"))

    given["PROVIDER"] = json.loads(run(example("list"), tmp_path, **given))["results"][0]["id"]
    made = [run(example("make"), tmp_path, **given) for _ in range(2)]
    assert made[0].startswith("HTTP/1.1 201")
    given["CONCERN"], given["TAG"] = (
        re.search(rf"^{name}: (\S+)", made[1], re.MULTILINE | re.IGNORECASE)[1]
        for name in ("Location", "ETag")
    )
    assert "problem" not in run(example("change"), tmp_path, **given)
    assert Concern.objects.get().headline == "Three falls on one ward in a week"
