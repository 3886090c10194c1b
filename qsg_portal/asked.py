"""Gives each request its mark, and says and counts how it was answered."""

import logging
import re
import uuid
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponseBase

from qsg_portal import logs, metrics

A_MARK = re.compile(r"[A-Za-z0-9-]{8,64}")
log = logging.getLogger(__name__)


class Asked:
    """Tells of a request by its route, never by its address: which record it was about is not the machines' business."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the portal."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        given = request.headers.get("X-Request-ID", "")
        logs.request.set(given if A_MARK.fullmatch(given) else uuid.uuid4().hex)
        began = perf_counter()
        response = self.get_response(request)
        took = perf_counter() - began
        fields = {
            "method": request.method,
            "route": request.resolver_match.route if request.resolver_match else None,
            "status": response.status_code,
            "ms": round(took * 1000),
        }
        log.info("answered", extra={"fields": fields})
        metrics.note(request.method or "", response.status_code, took)
        return response
