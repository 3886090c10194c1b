"""How the OpenAPI document describes an endpoint: from what the endpoint's class says, and from nothing else."""

import inspect
import re
from typing import Any, Final

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from access.api.endpoints import Deed, Endpoint, Listing, One
from access.api.fields import Nothing, Scope, Shown
from access.api.problems import MEDIA_TYPE, TITLES
from access.roles import permissions_for, scope_of

HEADER: Final = "header"
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    HEADER,
    required=True,
    description="The ETag of what you read; anything else is stale (412).",
)
ONCE = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,200}$"},
    HEADER,
    description="Your own name for this request: sent again within 24 hours it is answered, and not done again.",
)
ETAG = OpenApiParameter("ETag", str, HEADER, response=[200, 201], description="Names what you were shown.")
LOCATION = OpenApiParameter("Location", str, HEADER, response=[201], description="Where it is read.")
ALWAYS = (400, 401, 403, 404, 406, 429, 503)
OF_A_DEED = (409, 413, 415, 422)
FREE = {"type": "object", "additionalProperties": True}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
}


class Finding(Shown):
    """Something in a text that looks like a patient's, and the mark under which it can be decided that it is not."""

    text = serializers.CharField()
    looks_like = serializers.CharField()
    mark = serializers.CharField()


class ProblemShown(Shown):
    """Why something was refused (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), required=False, help_text="By field, what is wrong with it."
    )
    findings = serializers.DictField(
        child=Finding(many=True), required=False, help_text="By field, what looks like a patient's."
    )
    scope = Scope(required=False, help_text="Of a token that was not made for this: what it lacks.")
    current = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="Of a stale change: how it now stands."
    )


class Described(AutoSchema):
    """Reads an endpoint's class."""

    @property
    def endpoint(self) -> type[Endpoint]:
        """The endpoint of the method that is described."""
        found: type[Endpoint] = self.view.endpoints[self.method]  # type: ignore[attr-defined]
        return found

    def get_operation_id(self) -> str:
        """Name it by its class: ``close_concern``."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.endpoint.__name__).lower()

    def is_excluded(self) -> bool:
        """Leave out what is at every other address."""
        return self.endpoint.path.startswith("<")

    def get_tags(self) -> list[str]:
        """Put it with its resource."""
        return [self.endpoint.path.split("/")[0]]

    def get_summary(self) -> str:
        """Take the first line of its words."""
        return (inspect.getdoc(self.endpoint) or "").split("\n")[0]

    def get_description(self) -> str:  # type: ignore[override]
        """Take its words, and say which permission it needs, and which scope of a token."""
        permission = self.endpoint.permission
        wanted = (
            "any token has it"
            if permission in permissions_for(frozenset())
            else f"of a token, the scope `{scope_of(permission)}`"
        )
        return f"{inspect.getdoc(self.endpoint)}\n\nNeeds `{permission}`; {wanted}."

    def get_auth(self) -> Any:
        """Name both ways of coming in."""
        return [{name: []} for name in SECURITY]

    def get_request_serializer(self) -> Any:
        """Take what it takes."""
        return self.endpoint.takes if issubclass(self.endpoint, Deed) else None

    def get_override_parameters(self) -> list[Any]:
        """Name what stands in the address and the headers."""
        endpoint = self.endpoint
        found: list[Any] = [] if endpoint.filters is Nothing else [endpoint.filters]
        if issubclass(endpoint, Deed):
            found += [ONCE] if self.method == "POST" else []
            found += [IF_MATCH] if endpoint.seen else []
        if issubclass(endpoint, One):
            found += [ETAG, LOCATION]
        return found

    def get_response_serializers(self) -> Any:
        """Name every answer there is."""
        endpoint, found = self.endpoint, {}
        if issubclass(endpoint, Deed):
            found[str(201 if endpoint.makes else 200)] = OpenApiResponse(endpoint.gives.shows, "Done.")
            found["204"] = OpenApiResponse(None, "Done; you may not read what came of it.")
        elif issubclass(endpoint, Listing):
            found["200"] = OpenApiResponse(self._page(endpoint), "A page.")
        else:
            found["200"] = OpenApiResponse(getattr(endpoint, "shows", FREE), "What was asked for.")
        refusals = [*ALWAYS, *(OF_A_DEED if issubclass(endpoint, Deed) else ())]
        refusals += [412, 428] if issubclass(endpoint, Deed) and endpoint.seen else []
        problems = {
            (str(status), MEDIA_TYPE): OpenApiResponse(ProblemShown, f"{TITLES[status][1]}.")
            for status in sorted(refusals)
        }
        return {**found, **problems}

    def _page(self, endpoint: type[Listing]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        row = self.resolve_serializer(endpoint.shows, "response").ref
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "additionalProperties": False,
            "properties": {"next": link, "previous": link, "results": {"type": "array", "items": row}},
        }

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """Say that there are no other fields, in what is taken and in what is answered."""
        return {**super()._map_basic_serializer(serializer, direction), "additionalProperties": False}

    def _get_request_body(self, direction: Any = "request") -> Any:
        if not issubclass(self.endpoint, Deed) or self.endpoint.takes is Nothing:
            return None
        body = super()._get_request_body(direction)
        required = any(field.required for field in self.endpoint.takes().fields.values())
        return {**body, "required": required} if body else None
