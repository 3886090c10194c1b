"""One reader, for the load tool: opens pages as people do, and looks in each for what they must not see.

Each concern of the national data set has its number in its headline (``k123k``), each action in its statement (``a25a``):
a number on a page that is not one of the reader's own is a leak, and counts as a failure.
"""

import base64
import itertools
import json
import os
import random
import re
from pathlib import Path
from urllib.parse import urljoin

from locust import FastHttpUser, between, task

READERS = itertools.cycle(json.loads(Path(os.environ["READERS"]).read_text()))
TOKEN = re.compile(rb"(?<![-\w])([ka])(\d+)\1(?![-\w])")  # and no part of a key
CONCERN = re.compile(rb'href="(/concerns/[0-9a-f-]{36}/)"')
PROVIDER = re.compile(rb'href="(/providers/[0-9a-f-]{36}/)"')
OLDER = re.compile(rb'href="([^"]+)" rel="next"')


class Reader(FastHttpUser):
    """A signed-in person who looks at a page for two to eight seconds."""

    wait_time = between(2, 8)

    def on_start(self) -> None:
        one = next(READERS)
        self.cookie = one["cookie"]
        self.sees = {mark.encode(): base64.b64decode(sees) for mark, sees in one["sees"].items()}
        self.concerns: list[str] = []
        self.providers: list[str] = []
        self.older = ""

    @task(2)
    def home(self) -> None:
        self.look("/", "home")

    @task(4)
    def listed(self) -> None:
        page = self.look("/concerns/", "list")
        found = OLDER.search(page)
        self.older = found[1].decode().replace("&amp;", "&") if found else ""

    @task(2)
    def turns_the_page(self) -> None:
        if self.older:
            self.look(urljoin("/concerns/", self.older), "list, older")

    @task(1)
    def filtered(self) -> None:
        self.look("/concerns/?status=open&severity=serious", "list, filtered")

    @task(1)
    def searches(self) -> None:
        self.look(f"/concerns/?q={random.choice(('medicine', 'legionella'))}", "search")

    @task(5)
    def concern(self) -> None:
        if self.concerns:
            self.look(random.choice(self.concerns), "concern")

    @task(2)
    def provider(self) -> None:
        if self.providers:
            self.look(random.choice(self.providers), "provider")

    @task(1)
    def program(self) -> None:
        self.look("/api/v1/concerns/", "API, concerns")
        self.look("/api/v1/records/", "API, records")

    def look(self, path: str, name: str) -> bytes:
        """Open a page, and fail it when it is not theirs, or tells of a concern that they must not see."""
        with self.client.get(path, name=name, headers={"Cookie": self.cookie}, catch_response=True) as answer:
            page: bytes = answer.content or b""
            if answer.status_code != 200:
                answer.failure(f"answered {answer.status_code}")
            elif b"Sign out" not in page and not path.startswith("/api/"):
                answer.failure("asks to sign in")
            elif any(not self.may_see(mark, int(number)) for mark, number in TOKEN.findall(page)):
                answer.failure("tells of what the reader must not see")
            else:
                self.concerns = [one.decode() for one in CONCERN.findall(page)] or self.concerns
                self.providers = [one.decode() for one in PROVIDER.findall(page)] or self.providers
                answer.success()
        return page

    def may_see(self, mark: bytes, number: int) -> bool:
        sees = self.sees[mark]
        return number >> 3 < len(sees) and bool(sees[number >> 3] & (1 << (number & 7)))
