"""The API's document for people to read: every endpoint, what it takes and what it answers."""

from typing import Any

from access.api.problems import TITLES
from access.views import Page
from qsg_portal.api import document


class ApiPage(Page):
    """What a program can ask of the portal, and how."""

    permission = "home.read"
    template = "qsg_portal/api.jinja"

    def context(self) -> dict[str, Any]:
        """The endpoints by resource, what goes in and out, and what refusals mean."""
        made = document()
        resources: dict[str, list[dict[str, Any]]] = {}
        for address, methods in made["paths"].items():
            for method, one in methods.items():
                resources.setdefault(one["tags"][0], []).append(
                    {"method": method.upper(), "address": address, **one, **_bodies(one)}
                )
        parts = {name: _fields(part) for name, part in made["components"]["schemas"].items()}
        return {"resources": resources, "parts": parts, "problems": TITLES}


def _bodies(operation: dict[str, Any]) -> dict[str, Any]:
    """Return what an operation takes and answers, by the names of the parts."""
    done: dict[str, Any] = next(
        (answer for code, answer in operation["responses"].items() if code < "203"), {}
    )
    return {"takes": _part_in(operation.get("requestBody", {})), "gives": _part_in(done)}


def _part_in(body: dict[str, Any]) -> str:
    for media in body.get("content", {}).values():
        schema = media["schema"]
        rows = schema.get("properties", {}).get("results", {}).get("items", {})
        return str(schema.get("$ref") or rows.get("$ref") or "").rpartition("/")[2]
    return ""


def _fields(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part's words, and a row for each of its fields."""
    required = part.get("required", ())
    rows = [
        [name, _type_of(field), "yes" if name in required else "", field.get("description", "")]
        for name, field in part.get("properties", {}).items()
    ]
    return {"words": part.get("description", ""), "rows": rows}


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
