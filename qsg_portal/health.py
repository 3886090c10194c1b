"""Whether the portal can be trusted this minute: ``GET /health``.

The world learns 200 or 503 and nothing else. The parts are for somebody on the machine
itself and for administrators. Each app that has something to watch says so in its own
``health.py``: ``watched(*, now) -> dict`` of a part's name to ``(well, sentence)``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from ipaddress import ip_address

import redis
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.module_loading import module_has_submodule

from access.principal import PORTAL, Principal
from access.refusals import NotPermitted
from access.views import PUBLIC, Page
from qsg_portal.logs import Output
from timekeeping import portal_now

PATH = "/health"
PATIENCE = "3s"
BEHIND_A_PROXY = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")


@dataclass(frozen=True)
class Part:
    """One thing that was looked at.

    Attributes:
        name: what people call it.
        well: whether it is as it should be.
        says: the figures, in a sentence.
        red: whether the portal is unhealthy without it; if not, it is an alarm only.
    """

    name: str
    well: bool
    says: str
    red: bool = True


class HealthMiddleware:
    """Answers /health before anything that needs the database can fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the portal."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or go on to the page that shows an administrator the parts."""
        if request.path != PATH:
            return self.get_response(request)
        parts = look()
        if asked_on_this_machine(request):
            return answer(parts, in_full=True)
        if healthy(parts) and settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.health = parts  # type: ignore[attr-defined]
            return self.get_response(request)
        return answer(parts, in_full=False)


class HealthPage(Page):
    """The same answer to somebody signed in: an administrator is told the parts."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer."""
        in_full = _told_in_full(getattr(request, "principal", None))
        return answer(getattr(request, "health", None) or look(), in_full=in_full)


def _told_in_full(principal: Principal | None) -> bool:
    """Say whether the parts are for this person."""
    if principal is None:
        return False
    try:
        principal.require("portal.health", at=PORTAL)
    except NotPermitted:
        return False
    return True


def look() -> list[Part]:
    """Look at every part: the database, what the apps watch, the broker.

    Returns:
        The parts; never raises.
    """
    parts: list[Part] = []
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            now = portal_now()
            parts.append(Part("database", True, "answers"))
            for config in apps.get_app_configs():
                parts += _watched_by(config, now)
    except Error as problem:
        parts.append(Part("database", False, f"does not answer as it should ({type(problem).__name__})"))
        connection.close()
    return [*parts, _broker(), _log()]


def healthy(parts: list[Part]) -> bool:
    """Return whether every part without which the portal is unhealthy is well."""
    return all(part.well for part in parts if part.red)


def answer(parts: list[Part], *, in_full: bool) -> JsonResponse:
    """Return the answer: 200 or 503, with the parts only when asked ``in_full``."""
    well = healthy(parts)
    body: dict[str, object] = {"well": well}
    if in_full:
        body["parts"] = {part.name: {"well": part.well, "says": part.says} for part in parts}
    response = JsonResponse(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})
    response._has_been_logged = True  # type: ignore[attr-defined]  # asked every few seconds: red is no line in the log
    return response


def asked_on_this_machine(request: HttpRequest) -> bool:
    """Return whether the one who asks sits on this machine, and not behind a proxy that does."""
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    host = request.META.get("HTTP_HOST", "").rsplit(":", 1)[0].strip("[]")
    local = host in ("localhost", "127.0.0.1", "::1", "")  # a name that was pointed here is a stranger's
    return near and local and not any(name in request.META for name in BEHIND_A_PROXY)


def _watched_by(config: AppConfig, now: datetime) -> list[Part]:
    """Ask an app what it watches."""
    if config.name == "qsg_portal" or not config.module or not module_has_submodule(config.module, "health"):
        return []
    found = getattr(import_module(f"{config.name}.health"), "watched", None)
    return [Part(name, well, says) for name, (well, says) in found(now=now).items()] if found else []


def _log() -> Part:
    """The process's own log that cannot be written is an alarm: what people did stands in the database's."""
    lost = Output.unwritten
    says = f"{lost} lines could not be written; is its disk full" if lost else "is written"
    return Part("log", not lost, says, red=False)


def _broker() -> Part:
    """The broker's absence is an alarm, not red: every deadline is kept without it."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        return Part("broker", False, "does not answer; deadlines and messages go on without it", red=False)
    return Part("broker", True, "answers", red=False)
