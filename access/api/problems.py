"""Refusals and faults as problem details (RFC 9457): the same few sentences, and no word of what is hidden."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from access.operations.requests import OtherRequest
from access.refusals import Invalid, NotInScope, NotNow, NotPermitted

ROOT = "/api/"
MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: (
        "unreadable",
        "This could not be read",
        "Correct what was sent and send it again. Nothing was saved.",
    ),
    401: ("not-signed-in", "Nobody is signed in", "Send a token that is valid, or sign in."),
    403: ("not-permitted", "This is not permitted", "Your role does not allow this."),
    404: ("absent", "Nothing is here", "Nothing is here for you. Every address ends with a slash."),
    405: ("no-such-method", "This cannot be done here", "This address does not take this method."),
    406: ("not-acceptable", "Only JSON is answered", "Ask for application/json."),
    409: ("not-now", "Not now", "This cannot be done as things stand."),
    412: ("stale", "This was changed meanwhile", "It is no longer as you read it. Nothing was overwritten."),
    413: ("too-large", "This is too large", "Send less at a time. Nothing was saved."),
    414: ("too-long", "This address is too long", "Ask for less at once."),
    415: ("not-json", "Only JSON is read", "Send application/json."),
    422: ("refused", "This cannot be taken", "See what is said of each field. Nothing was saved."),
    428: ("which-version", "Say what you read", "Send the ETag of what you read as If-Match."),
    429: ("too-often", "Too many requests", "Wait as long as Retry-After says."),
    431: ("headers-too-large", "The headers are too large", "Send fewer or shorter headers."),
    500: ("fault", "Something went wrong", "It is our fault, and has been noted. Nothing was half saved."),
    503: ("away", "The portal is resting", "It cannot reach its records just now. Try again in a minute."),
}
"""By status: what comes after ``#`` in its type, its title, and what is said where nothing more is known."""

SCOPE_MISSING = (
    "scope-missing",
    "The token lacks a scope",
    "You may, but this token was not made for it. Make one that has the scope it names.",
)
"""The same of the one refusal that a program tells from others of its status (403)."""

CODE_OF = {BadRequest: 400, SuspiciousOperation: 400, PermissionDenied: 403, Http404: 404}


class Problem(Exception):
    """A refusal by the door itself.

    Attributes:
        status: of the answer.
        detail: the sentence; by default the status's own.
        kind: its type, title and sentence; by default the status's own.
        more: further members, such as ``errors``.
        headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        kind: tuple[str, str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more, self.headers = status, detail, more, dict(headers or {})
        self.kind = kind or TITLES.get(status, TITLES[500])

    @property
    def body(self) -> dict[str, Any]:
        """The document."""
        code, title, sentence = self.kind
        detail = self.detail or sentence
        return {
            "type": f"{ROOT}v1/docs/#{code}",
            "title": title,
            "status": self.status,
            "detail": detail,
            **self.more,
        }


def problem_of(fault: Exception) -> Problem | None:
    """Return the problem that an exception is; None for a fault of our own, which is logged above."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, NotPermitted):
        lacking: dict[str, Any] = (
            {"kind": SCOPE_MISSING, "scope": fault.scope} if isinstance(fault, NotInScope) else {}
        )
        return Problem(403, str(fault), **lacking)
    if isinstance(fault, NotNow):
        return Problem(409, str(fault))
    if isinstance(fault, Invalid):
        return Problem(422, errors=fault.errors)
    if isinstance(fault, OtherRequest):
        return Problem(422, "This Idempotency-Key was used for another request. Choose a new one.")
    if isinstance(fault, UnreadablePostError):
        return Problem(400)
    if isinstance(fault, exceptions.ValidationError):
        return Problem(400, errors=by_field(fault.detail))
    if isinstance(fault, exceptions.ParseError):
        return Problem(400, str(fault.detail))
    if isinstance(fault, exceptions.APIException):
        return Problem(fault.status_code)
    return next((Problem(status) for kind, status in CODE_OF.items() if isinstance(fault, kind)), None)


def answer_problem(fault: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of an endpoint: the framework's hook."""
    problem = problem_of(fault)
    if problem is None:
        return None
    return Response(problem.body, problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def by_field(detail: Any, path: str = "") -> dict[str, str]:
    """Return the sentences of a refusal by the path to their field, such as ``people.0.person``."""
    if isinstance(detail, Mapping):
        found: dict[str, str] = {}
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            found |= by_field(inner, f"{path}.{own}".strip("."))
        return found
    if isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        found = {}
        for number, inner in enumerate(detail):
            found |= by_field(inner, f"{path}.{number}".strip(".")) if inner else {}
        return found
    sentences = detail if isinstance(detail, list) else [detail]
    return {path: " ".join(str(one) for one in sentences)}


class ProblemDetails:
    """Gives what the framework answers below the API's root in place of an endpoint the same form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page of an error becomes a problem document."""
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith((MEDIA_TYPE, "application/json"))
        if not request.path.startswith(ROOT) or response.status_code < 400 or told:
            return response
        problem = Problem(response.status_code)
        headers = {"Cache-Control": "no-store, private"} | (
            {"Retry-After": "60"} if response.status_code == 503 else {}
        )
        return JsonResponse(problem.body, status=problem.status, content_type=MEDIA_TYPE, headers=headers)
