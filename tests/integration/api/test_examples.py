"""The examples of docs/api.md, run as they stand against a portal."""

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

PAGE = Path(settings.BASE_DIR) / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_the_examples_do_what_they_say(live_server, freeze, tmp_path) -> None:
    world = region(freeze(NOON))
    by = world.by("lead")
    _, secret = make_token(by=by, now=world.now, name="examples", scopes=set(SCOPES), days=30)
    script = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={**os.environ, "PORTAL": live_server.url, "TOKEN": secret, "no_proxy": "*"},
    )
    assert done.returncode == 0, done.stderr
    assert "problem" not in done.stdout, done.stdout
    assert '"name":"Lena Lead"' in done.stdout
    assert Concern.objects.get().headline == "Three falls on one ward in a week"
    assert Comment.objects.get().text == "The rota was short of two nurses."
