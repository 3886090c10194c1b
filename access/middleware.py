"""Puts the principal and the moment on each request, once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from access.principal import principal_of


class PrincipalMiddleware:
    """Sets ``request.principal`` (asked afresh each request) and keeps answers private."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what a signed-in person is told is stored nowhere."""
        user = request.user.pk
        asked = SimpleLazyObject(lambda: principal_of(user)) if user else None
        setattr(request, "principal", asked)  # noqa: B010 - the request is Django's own class
        response = self.get_response(request)
        if user:
            response["Cache-Control"] = "no-store, private"
        return response
