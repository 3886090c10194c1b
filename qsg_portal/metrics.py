"""Figures for an administrator's scraper: ``GET /metrics``, in Prometheus' own text.

Whoever asks must bring METRICS_SECRET (``Authorization: Bearer …``); for everybody else, and where none is set, there is
no such page. No label holds an address, a name or an id: the figures tell how the portal does, and of no record.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from access.views import PUBLIC, Page
from clocks.models import Clock
from clocks.operations.watching import watchdog
from clocks.rules.states import OPEN
from timekeeping import portal_now

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_answered = Counter("portal_requests", "Requests answered.", ["method", "status"])
_seconds = Histogram("portal_request_seconds", "Seconds until a request was answered.", buckets=BUCKETS)

_WATCHED = {
    "step": (
        "portal_oldest_overdue_step_seconds",
        "Seconds since the oldest due step of a clock that nobody took.",
    ),
    "tick": ("portal_last_tick_seconds", "Seconds since any ticker last ticked."),
    "outbox": ("portal_oldest_waiting_mail_seconds", "Seconds since the oldest mail was to be sent."),
    "seal": (
        "portal_oldest_unsealed_line_seconds",
        "Seconds since the oldest line of the log without a seal.",
    ),
}


def note(method: str, status: int, seconds: float) -> None:
    """Count a request that was answered.

    Args:
        method: its method; an unknown one is counted as "other".
        status: the answer's.
        seconds: until it was answered.
    """
    _answered.labels(method if method in METHODS else "other", str(status)).inc()
    _seconds.observe(seconds)


class Watched(Collector):
    """What the database tells at this moment."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return the gauges; without a database only that it is away."""
        try:
            now = portal_now()
            gauges = list(_gauges(now))
            up = 1
        except Error:
            connection.close()
            gauges, up = [], 0
        yield GaugeMetricFamily("portal_database_up", "Whether the database answers.", up)
        yield from gauges


def _gauges(now: datetime) -> Iterator[GaugeMetricFamily]:
    yield GaugeMetricFamily(
        "portal_open_clocks",
        "Deadlines that run or were missed.",
        Clock.objects.filter(state__in=OPEN).count(),
    )
    for part, found in watchdog(now).items():
        name, says = _WATCHED[part]
        yield GaugeMetricFamily(name, says, found.seconds)


class MetricsPage(Page):
    """The figures, for whoever brings the secret; absent for everybody else."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer."""
        brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not settings.METRICS_SECRET or not secrets.compare_digest(
            brought.encode(), settings.METRICS_SECRET.encode()
        ):
            raise Http404
        return HttpResponse(_text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _text() -> bytes:
    """Return the counters of all the server's processes where they share a folder, else of this one, and the gauges."""
    registry = CollectorRegistry()
    if settings.METRICS_FOLDER:
        MultiProcessCollector(registry, path=settings.METRICS_FOLDER)
    else:
        registry.register(REGISTRY)
    registry.register(Watched())
    return generate_latest(registry)
