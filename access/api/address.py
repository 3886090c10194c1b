"""An address of the API: what every endpoint there shares, from who calls to how a refusal is written."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.callers import Caller, caller_of
from access.api.described import Described
from access.api.endpoints import Endpoint, name_of
from access.api.problems import Problem, answer_problem
from access.api.reading import StrictJSON
from access.operations.requests import count_request


class Address(APIView):
    """One address: its endpoints by method. Made by ``addresses``, never by hand."""

    endpoints: ClassVar[Mapping[str, type[Endpoint]]] = {}
    authentication_classes = [Caller]
    permission_classes = []  # each endpoint names its own, and its base asks for it
    parser_classes = [StrictJSON]
    renderer_classes = [JSONRenderer]
    schema = Described()

    def get_exception_handler(self) -> Any:
        """Say how a refusal is written."""
        return answer_problem

    def check_throttles(self, request: Request) -> None:
        """Count the request, and refuse it when there were too many this minute."""
        mine = caller_of(request.auth)  # type: ignore[arg-type]
        most = dict.fromkeys(mine, settings.API_REQUESTS_A_MINUTE)
        for one, (count, left) in count_request(mine).items():
            if count > most[one]:
                raise Problem(429, headers={"Retry-After": str(left)})

    def answer(self, request: Request, **ids: Any) -> Response:
        """Hand over to the endpoint of the method."""
        method = "GET" if request.method == "HEAD" else str(request.method)
        return self.endpoints[method](request, ids).run()

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Nothing that a caller is told is stored anywhere on its way."""
        return {"Cache-Control": "no-store, private", "Vary": "Authorization, Cookie"}

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse a method, and say which there are."""
        raise Problem(405, headers={"Allow": ", ".join(self.allowed_methods)})


def addresses(endpoints: Iterable[type[Endpoint]]) -> list[URLPattern]:
    """Return the addresses of these endpoints by their path, those at the same one together, named by it."""
    by_path: dict[str, dict[str, type[Endpoint]]] = {}
    for one in sorted(endpoints, key=lambda endpoint: endpoint.method):
        at_path = by_path.setdefault(one.path, {})
        if one.method in at_path:
            raise TypeError(
                f"{one.__name__} and {at_path[one.method].__name__} are both {one.method} {one.path}"
            )
        at_path[one.method] = one
    return [path(route, _view(found), name=name_of(route)) for route, found in sorted(by_path.items())]


def _view(found: Mapping[str, type[Endpoint]]) -> Any:
    methods = {method.lower(): Address.answer for method in found}
    kind = type(
        "Address",
        (Address,),
        {
            "endpoints": found,
            "http_method_names": [*methods, *(["head"] if "get" in methods else [])],
            **methods,
        },
    )
    return kind.as_view()  # type: ignore[attr-defined]


class NothingHere(Address):
    """Every address at which nothing is, whatever the method."""

    http_method_names = []

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Say that nothing is here, in the words for what is out of sight."""
        raise Http404


nothing_here = NothingHere.as_view()
