"""Puts the principal and the moment on each request, once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from access.principal import Principal, principal_of


class PrincipalMiddleware:
    """Sets ``request.principal`` (asked afresh each request) and keeps answers private."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what a signed-in person is told is stored nowhere."""
        signed_in = request.user.is_authenticated
        request.principal = SimpleLazyObject(lambda: principal_of(request.user.pk)) if signed_in else None
        response = self.get_response(request)
        if signed_in:
            response["Cache-Control"] = "no-store, private"
        return response


def principal(request: HttpRequest) -> Principal:
    """Return the principal of a signed-in request."""
    found: Principal = request.principal
    return found
