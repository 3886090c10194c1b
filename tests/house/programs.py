"""What a program asks of the API: every endpoint, with what it takes made up from the endpoint's own fields."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from access.api import Choice, Day, Given, Key, Many, Moment, Number, Whether
from access.api.endpoints import Deed, Listing
from tests.house.asking import Question
from tests.house.places import Place

POOLS = {
    "provider": "provider", "providers": "provider", "agency": "agency", "agencies": "agency", "asked": "agency",
    "excluded": "agency", "follows": "agency", "called": "agency", "essential": "agency", "to": "agency",
    "agreed_by": "agency", "parties": "agency", "parent": "agency", "commissioner": "agency", "person": "person", "user": "person",
    "lead": "person", "group": "group", "home": "group", "qsg": "group", "region": "group", "location": "location",
    "concern": "concern", "origin": "record", "record": "record", "same_as": "corroboration", "clock": "clock",
    "judgement": "judgement", "offer": "offer", "objection": "objection", "handover": "handover",
    "assessment": "assessment", "criterion": "criterion", "tabled": "tabled", "shares": "record",
    "seen": "surveillance_level", "place": "place",
}  # fmt: skip
"""Of what the ids are, by the field or the parameter they stand in."""

CODES = {
    "source_kind": "complaint", "reliability": "first_hand", "dimensions": "safety", "severity": "moderate",
    "confidence": "plausible", "outcome": "resolved", "level": "enhanced", "code": "actual",
}  # fmt: skip
"""Codes of reference data, which a field only calls a text."""
LATER = {
    "due_at": "2026-03-20T12:00:00Z",
    "starts_at": "2026-03-10T12:00:00Z",
    "ends_at": "2026-03-10T13:00:00Z",
}

Pick = Callable[[str], str]


def body_of(takes: type[Given], pick: Pick, *, longest: bool = False) -> dict[str, Any]:
    """Something to send, each field filled; ``pick`` gives the ids. ``longest``: each text as long as it may be."""
    return {
        str(name): _value(str(name), field, pick, longest)
        for name, field in takes().fields.items()
        if name != "decided"
    }


def _value(name: str, field: Any, pick: Pick, longest: bool) -> Any:
    if isinstance(field, Many):
        return [_value(name, field.child, pick, longest)]
    if isinstance(field, Given):
        return body_of(type(field), pick, longest=longest)
    if isinstance(field, Key):
        return pick(name)
    if isinstance(field, Choice):
        return next(iter(field.choices))
    if isinstance(field, Whether):
        return False
    if isinstance(field, Number):
        return 1
    if isinstance(field, Moment):
        return LATER.get(name, "2026-03-09T11:00:00Z")
    if isinstance(field, Day):
        return "2026-03-09"
    return CODES.get(name, "x" * field.max_length if longest else "Some words")


def parameters_of(place: Place, values: Callable[[str], list[str]]) -> Iterator[str]:
    """The query strings of a list: each parameter that it takes, with what it may be and what it may not."""
    endpoint = place.endpoints.get("GET")
    if endpoint is None or not issubclass(endpoint, Listing):
        return
    for name, field in endpoint.filters().fields.items():
        offered = list(field.choices) if isinstance(field, Choice) else []
        given = ["2"] if name == "page_size" else [CODES.get(str(name), "")]
        for value in (*offered[:2], *filter(None, given), *values(str(name))):
            yield f"{name}={value}"


def deeds_of(place: Place, address: str, pick: Pick, etag: str) -> Iterator[Question]:
    """What to send to an address by each method that changes something."""
    for method, endpoint in place.endpoints.items():
        if issubclass(endpoint, Deed):
            body = json.dumps(body_of(endpoint.takes, pick))
            yield Question(address, method.lower(), json=body, read=etag if endpoint.seen else "")
