"""Reading a body: JSON that is really JSON, of a size that is meant, with texts the portal can keep."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http.request import RawPostDataException
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from access.api.problems import Problem

DEEPEST = 10
"""How many objects and lists may stand in each other: twice what anything here has."""
UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What no text of the database can hold: the null character, and half a pair of surrogates."""
MALFORMED = "This is not JSON. Nothing was saved."


class StrictJSON(BaseParser):
    """Reads JSON; what only some programs would understand is refused."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return what was sent.

        Raises:
            Problem: 400, with what is wrong and where.
        """
        try:
            text = codecs.decode(stream.read(), "utf-8")
            found = json.loads(text, parse_constant=_no_number, object_pairs_hook=_each_once)
        except (ValueError, RecursionError) as fault:
            raise Problem(400, MALFORMED) from fault
        faults = dict(_faults(found))
        if faults:
            raise Problem(400, errors=faults)
        return found


def body_of(request: Request) -> bytes:
    """Return what was sent, to the byte.

    Raises:
        Problem: 413, it is larger than the portal takes; 415, it is a form with files.
    """
    try:
        return bytes(request._request.body)
    except RequestDataTooBig as fault:
        raise Problem(413) from fault
    except RawPostDataException as fault:  # a form with files, which was read when its token was looked for
        raise Problem(415) from fault


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _faults(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Give a sentence for each part that cannot be kept, by its path."""
    if depth > DEEPEST:
        yield path[:100], "This is nested too deeply."
    elif isinstance(value, str) and UNKEPT.search(value):
        yield path, "This holds a character that no text can have."
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if UNKEPT.search(name):
                yield path, "A name in this holds a character that no text can have."
            else:
                yield from _faults(inner, f"{path}.{name}".strip("."), depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _faults(inner, f"{path}.{number}".strip("."), depth + 1)
