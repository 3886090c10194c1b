"""The API for people to read: how a program begins, and each operation on a page of its own, from the document."""

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import Http404
from rest_framework.renderers import JSONRenderer

from access.api.problems import SCOPE_MISSING, TITLES, Problem
from access.principal import Principal
from access.roles import SCOPES
from access.views import Page
from qsg_portal.api import Me, document


@cache
def operations() -> dict[str, dict[str, Any]]:
    """Return the document's operations by their names, each with its method and address."""
    return {
        one["operationId"]: {**one, "method": method.upper(), "address": address}
        for address, methods in document()["paths"].items()
        for method, one in methods.items()
    }


class ApiPage(Page):
    """How a program begins, what refusals mean, and where each operation is read about."""

    permission = "home.read"
    template = "qsg_portal/api.jinja"

    def context(self) -> dict[str, Any]:
        """The examples' answers, the refusals, and the operations by resource."""
        resources: dict[str, list[dict[str, Any]]] = {}
        for one in operations().values():
            resources.setdefault(one["tags"][0], []).append(one)
        return {
            "portal": settings.PORTAL_URL,
            "scopes": [(code, words) for code, (words, _) in SCOPES.items()],
            "me": _written(_me(self.by)),
            "absent": _written(Problem(404).body),
            "refusals": [*TITLES.items(), (403, SCOPE_MISSING)],
            "resources": resources,
        }


class OperationPage(Page):
    """What one operation takes and answers."""

    permission = "home.read"
    template = "qsg_portal/api_operation.jinja"
    said: dict[str, Any]

    def find(self) -> None:
        """Find the operation; one that there is not is absent."""
        found = operations().get(self.kwargs["operation"])
        if found is None:
            raise Http404
        self.said = found

    def context(self) -> dict[str, Any]:
        """Its words, its parameters, and the fields of what goes in and out."""
        responses = self.said["responses"]
        done = {code: one for code, one in responses.items() if code < "300"}
        parameters = [
            [
                one["name"],
                one["in"],
                _type_of(one["schema"]),
                _yes(one.get("required")),
                one.get("description", ""),
            ]
            for one in self.said.get("parameters", ())
        ]
        return {
            "said": self.said,
            "parameters": parameters,
            "takes": _parts(self.said.get("requestBody", {})),
            "gives": _parts(done),
            "done": [(code, one["description"]) for code, one in done.items()],
            "refused": [(code, TITLES[int(code)]) for code in responses if code >= "300"],
        }


def _me(by: Principal) -> Any:
    """Return what a token of this person's, made to read the directory, is told of itself."""
    asking = Me(SimpleNamespace(auth=by), {})  # type: ignore[arg-type]
    return {**asking.plain(asking.tell()), "scopes": ["directory:read"]}


def _written(body: Any) -> str:
    return str(JSONRenderer().render(body, renderer_context={"indent": 2}).decode())


def _parts(said: Any) -> dict[str, list[list[Any]]]:
    """Return the parts that a description names, each with a row for each of its fields; then those that they name."""
    every, found = document()["components"]["schemas"], {}
    waiting = list(_named(said))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = _fields(every[name])
            waiting += _named(every[name])
    return found


def _named(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        if "$ref" in said:
            yield _type_of(said)
        for inner in said.values():
            yield from _named(inner)
    elif isinstance(said, list):
        for inner in said:
            yield from _named(inner)


def _fields(part: dict[str, Any]) -> list[list[Any]]:
    required = part.get("required", ())
    return [
        [name, _type_of(field), _yes(name in required), field.get("description", "")]
        for name, field in part.get("properties", {}).items()
    ]


def _yes(whether: object) -> str:
    return "yes" if whether else ""


def _type_of(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "allOf" in field:
        return _type_of(field["allOf"][0])
    if field.get("type") == "array":
        return f"list of {_type_of(field['items'])}"
    words = (
        ", ".join(map(str, field["enum"]))
        if "enum" in field
        else field.get("format") or field.get("type", "any")
    )
    return f"{words} or null" if field.get("nullable") else str(words)
