"""What a person is told when a page cannot be given. Never a path, a title or a setting."""

import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

WITH_PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def error_page(status: int, **context: object) -> HttpResponse:
    """The page of a status; the same bytes whatever was asked for."""
    return HttpResponse(render_to_string(f"errors/{status}.jinja", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
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
    return error_page(503 if isinstance(problem, OperationalError | InterfaceError) else 500)


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or from before the last sign-in."""
    return error_page(
        403,
        title="That form is from before you signed in",
        sentence="The page you sent was opened before you last signed in, or your browser kept no cookie.",
        go_back=True,
    )


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
