"""Asking the portal as somebody, and making answers comparable."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.fresh import GIVEN_AT
from accounts.middleware import FACTOR_SEEN
from accounts.models import User
from accounts.sessions import BEGAN_AT, SEEN_AT
from agencies.views.joining import KEY
from tests.house.chance import drawn_from
from tests.house.stage import INVITED, NOON, TOKENS, key, secret_of
from tests.house.story import undone

# What may differ between two answers to the same question, by name. Nothing else may.
DIFFERS = (
    ("script nonce", re.compile(rb'nonce="[^"]*"')),
    ("script nonce in the policy", re.compile(rb"'nonce-[^']*'")),
    ("CSRF token", re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')),
    ("a form's own mark", re.compile(rb'name="once" value="[^"]*"')),
)
HEADERS_THAT_DIFFER = frozenset({"x-request-id", "expires"})  # the library's pages say "now" by its own clock


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers without what differs by name, body likewise."""

    status: int
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def plain(text: bytes) -> bytes:
    """Take out what may differ."""
    for name, pattern in DIFFERS:
        text = pattern.sub(f"[{name}]".encode(), text)
    return text


@dataclass(frozen=True)
class Question:
    """One request: how, where, and what is posted; of a program, its JSON and the ETag of what it read."""

    address: str
    way: str = "get"
    data: tuple[tuple[str, Any], ...] = ()
    json: str = ""
    read: str = ""

    def __str__(self) -> str:
        posted = f" {urlencode(self.data)}" if self.data else f" {self.json}" if self.json else ""
        return f"{self.way.upper()} {self.address}{posted}"


def sign_in(persona: str | None, *, fresh: bool = True) -> Client:
    """A browser that is signed in as a persona, as fully as somebody can be, or a program; None for nobody's.

    Args:
        persona: whose name.
        fresh: whether the second factor was given just now.
    """
    client = Client(raise_request_exception=False)
    if persona is None:
        return client
    if persona in TOKENS:
        return Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer {secret_of(persona)}"}
        )
    user = User.objects.get(pk=key(f"person {persona}"))
    session = SessionStore(session_key=f"{persona:x<32}"[:32])
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            BEGAN_AT: NOON.isoformat(),
            SEEN_AT: NOON.isoformat(),
            FACTOR_SEEN: str(user.pk),
            GIVEN_AT: {
                "by": str(user.pk),
                "at": (NOON if fresh else NOON - settings.FACTOR_FRESH).isoformat(),
            },
            KEY: INVITED,
        }
    )
    session.save(must_create=not SessionStore().exists(session.session_key))
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@contextmanager
def hushed() -> Iterator[None]:
    """Let the framework's log of refusals be silent: what is asked here is refused a thousand times."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def ask(client: Client, question: Question) -> Answer:
    """Ask, and take back whatever the question changed."""
    with undone(), hushed(), drawn_from(str(question)):
        given: dict[str, Any] = {}
        if question.json:
            given = {"data": question.json, "content_type": "application/json"}
            given["headers"] = {"If-Match": question.read} if question.read else {}
        elif question.way == "post":
            given = {"data": urlencode(question.data), "content_type": "application/x-www-form-urlencoded"}
        kept = dict(client.cookies)
        answer = getattr(client, question.way)(question.address, **given)
        client.cookies.clear()
        for name, morsel in kept.items():
            client.cookies[name] = morsel
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = [
        (name.lower(), plain(str(value).encode()))
        for name, value in answer.headers.items()
        if name.lower() not in HEADERS_THAT_DIFFER | {"content-length"}
    ]
    return Answer(answer.status_code, tuple(sorted(headers)), plain(body), tuple(sorted(answer.cookies)))


def still_signer(monkeypatch: Any) -> None:
    """Stop the clock that the framework's signer writes into pagers' marks."""
    monkeypatch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: NOON.timestamp()))


FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*>", re.IGNORECASE)
NAME = re.compile(r'\bname="([^"]*)"')
VALUE = re.compile(r'\bvalue="([^"]*)"')
KIND = re.compile(r'\btype="([^"]*)"')
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.IGNORECASE | re.DOTALL)
SELECT = re.compile(r"<select\b([^>]*)>(.*?)</select>", re.IGNORECASE | re.DOTALL)
OPTION = re.compile(r'<option\b[^>]*value="([^"]*)"', re.IGNORECASE)


@dataclass
class Form:
    """A form as a page shows it: its fields, each with the values on offer (none where one types)."""

    posts: bool
    fields: dict[str, list[str]]
    kinds: dict[str, str]


def forms_of(text: str) -> list[Form]:
    """The forms on a page."""
    found = []
    for attributes, inside in FORM.findall(text):
        fields: dict[str, list[str]] = {}
        kinds: dict[str, str] = {}
        for tag in FIELD.findall(inside):
            if not (name := NAME.search(tag)):
                continue
            kind = "textarea" if tag.startswith("<textarea") else (KIND.search(tag) or [None, "text"])[1]
            kind = "select" if tag.startswith("<select") else kind
            values = fields.setdefault(name[1], [])
            kinds[name[1]] = str(kind)
            if kind in ("radio", "checkbox", "hidden", "submit") and (value := VALUE.search(tag)):
                values.append(value[1])
        for tag, options in SELECT.findall(inside):
            if name := NAME.search(tag):
                fields[name[1]] = [one for one in OPTION.findall(options) if one]
        found.append(Form('method="post"' in attributes.lower(), fields, kinds))
    return found
