"""What a person is told when a page cannot be given. Never a path, a title or a setting."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

AWAY = (OperationalError, InterfaceError)
"""What the driver says when it is the database that does not answer, or has no room: then waiting helps."""

API = "/api/"
HEARD_OUT = 64 * 2**20
"""Bytes of a body that is too large which are let go by before the answer."""

WITH_PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def error_page(status: int, **context: object) -> HttpResponse:
    """The page of a status; the same bytes whatever was asked for."""
    return HttpResponse(render_to_string(f"errors/{status}.jinja", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 503 when it is only that the session could not be kept in a database that is away."""
    cause: BaseException | None = exception
    while cause is not None:
        if isinstance(cause, AWAY):
            return error_page(503)
        cause = cause.__cause__ or cause.__context__
    return error_page(413 if type(exception).__name__ == "RequestDataTooBig" else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return error_page(403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what is out of sight and what never was look the same."""
    return error_page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 when it is the database that does not answer, for then waiting helps."""
    problem = sys.exc_info()[1]
    return error_page(503 if isinstance(problem, AWAY) else 500)


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or from before the last sign-in."""
    return error_page(
        403,
        title="That form is from before you signed in",
        sentence="The page you sent was opened before you last signed in, or your browser kept no cookie.",
        go_back=True,
    )


class LargestBody:
    """Refuses what is larger than anything the portal takes; nothing of it is looked at or kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the API says it in its own words."""
        said = request.META.get("CONTENT_LENGTH") or "0"
        largest: int = settings.LARGER_BODIES.get(request.path, settings.LARGEST_BODY)
        if not said.isdigit() or int(said) <= largest or request.path.startswith(API):
            return self.get_response(request)
        left = HEARD_OUT
        while left > 0 and (piece := request.read(65536)):  # whoever is cut off in the middle hears no answer
            left -= len(piece)
        return error_page(413)


class ErrorPages:
    """Gives bare refusals of the framework (405 and the like) the portal's own page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; an empty refusal becomes a page, its headers kept."""
        response = self.get_response(request)
        bare = response.status_code in WITH_PAGES and not response.streaming and not response.content
        if not bare or request.headers.get("Accept", "").startswith("application/json"):
            return response
        page = error_page(response.status_code)
        response.content = page.content
        response["Content-Type"] = page["Content-Type"]
        return response
