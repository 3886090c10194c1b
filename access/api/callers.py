"""Who calls: a program with a token, or a person's browser with its session."""

from typing import Any
from uuid import UUID

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from access.api.problems import Problem
from access.principal import Principal
from access.tokens import bearer
from accounts.middleware import has_second_factor

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Quality Surveillance Portal"'}


class FromThePortal(SessionAuthentication):
    """A session, which may change something only with the token of the portal's own forms."""

    def enforce_csrf(self, request: Request) -> None:
        """Look at the request as it came: the framework's own would read its body first."""
        super().enforce_csrf(request._request)  # type: ignore[arg-type]


class Caller(BaseAuthentication):
    """Asks who calls, afresh at each request: ``request.auth`` is then the principal."""

    def authenticate(self, request: Request) -> tuple[Any, Principal]:
        """Return the person, if there is one, and the principal.

        Raises:
            Problem: nobody (401), or somebody whose session may not be used for this (403).
        """
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme:
            principal = bearer(secret.strip()) if scheme.lower() == "bearer" else None
            if principal is None:
                raise Problem(401, "This token is not valid, or not valid any more.", headers=CHALLENGE)
            return None, principal
        return self._in_a_session(request)

    def _in_a_session(self, request: Request) -> tuple[Any, Principal]:
        try:
            found = FromThePortal().authenticate(request)
        except PermissionDenied:
            raise Problem(403, "A change in a session needs the form's token, as X-CSRFToken.") from None
        if found is None:
            raise Problem(401, headers=CHALLENGE)
        if not has_second_factor(request._request):
            raise Problem(403, "Set up a second factor first: sign in to the portal's pages to do so.")
        return found[0], request._request.principal  # type: ignore[attr-defined]


def caller_of(principal: Principal) -> list[UUID]:
    """Return by whom a principal's requests are counted: the person or the body, and the token apart."""
    whose = principal.user_id or principal.agency_id
    return [one for one in (whose, principal.token_id) if one]
