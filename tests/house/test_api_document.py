"""The OpenAPI document is true: every operation of it, driven from it as several kinds of caller, answers as it says.

No fault of ours, no status and no body that it does not name, and what it says is wrong is refused. Ids that the
document can only call a UUID are, half of the time, those of things that there are, so that operations get past "absent".
"""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import IntegrityError, close_old_connections, connection, transaction
from drf_spectacular.drainage import GENERATOR_STATS
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi
from werkzeug.test import Client

from access.api import ENDPOINTS, Deed
from access.models import Record
from access.sight import visible_to
from access.tokens import bearer
from notifications.inbox import inbox_of
from qsg_portal.api import document
from tests.house import story_of_concerns, story_of_plans, story_of_summits, story_of_visits
from tests.house.asking import hushed, still_signer
from tests.house.places import ABSENT, Pools, places
from tests.house.programs import POOLS, body_of
from tests.house.stage import secret_of, set_the_stage
from tests.house.story import tell, undone

STORY = (story_of_concerns, story_of_plans, story_of_summits, story_of_visits)
"""Imported for what they add to the story."""

CALLERS = ("lead's program", "chair's program", "cqc's program", "auditor's program", "lead's system")
"""A body's lead, a group's chair, a regulator, somebody without sight, and a body's own system."""
EXAMPLES = int(os.environ.get("API_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
]


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    """Every operation of the document."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
    schema.app = get_wsgi_application()
    return [found.ok() for found in schema.get_all_operations()]


@pytest.fixture(scope="module")
def pools(operations, django_db_setup, django_db_blocker) -> Iterator[Pools]:
    """The story told once; every request is taken back."""
    patch = pytest.MonkeyPatch()
    still_signer(patch)
    for signal in (request_started, request_finished):  # as the framework's own test client does
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        tell(set_the_stage())
        yield Pools()
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    patch.undo()


class Driver:
    """Drives one operation after another as one caller, and keeps what was wrong."""

    def __init__(self, pools: Pools, caller: str) -> None:
        self.pools, self.headers = pools, {"Authorization": f"Bearer {secret_of(caller)}"}
        self.asked, self.wrong = 0, []
        self.done: set[str] = set()
        self.places = {place.route: place for place in places() if place.endpoints}
        self.chance = random.Random(caller)
        by = bearer(secret_of(caller))
        assert by
        seen = set(visible_to(by, Record.objects.all()).values_list("pk", flat=True))
        self.seen = {pool: [key for key in keys if key in seen] or keys for pool, keys in pools.keys.items()}

        if by.user_id:
            self.seen["message"] = list(inbox_of(by).values_list("pk", flat=True)) or [ABSENT]

    def pick(self, name: str) -> str:
        """A key of the kind that a field wants, in sight where there is one."""
        keys = self.seen.get(POOLS.get(name, "record"), [])
        return str(self.chance.choice(keys or [ABSENT]))

    def ids(self, operation: Any) -> dict[str, str]:
        """The ids of an address: mostly of what is in sight, sometimes of what is hidden, or of nothing."""
        place = self.places[operation.path.replace("{", "<uuid:").replace("}", ">")]
        found = {}
        for part in place.parts:
            pool = place.pools[part]
            wide = self.chance.random() < 0.2
            keys = [*self.pools.of(pool), ABSENT] if wide else self.seen.get(pool) or [ABSENT]
            found[part] = str(self.chance.choice(keys))
        return found

    def drive(self, operation: Any) -> None:
        """Ask what makes sense, and then whatever the document allows and does not."""
        try:
            self.one(operation, self.sensible(operation))
            self.one(operation, self.sensible(operation, longest=True))
            made_up(operation, self)
        except AssertionError as fault:
            self.wrong.append(f"{operation.label}: {fault}")
        except BaseExceptionGroup as faults:
            self.wrong += [f"{operation.label}: {fault}" for fault in faults.exceptions]

    def sensible(self, operation: Any, *, longest: bool = False) -> Any:
        """A request that is filled in as it is meant; ``longest``: with texts as long as they may be."""
        ids = self.ids(operation)
        place = self.places[operation.path.replace("{", "<uuid:").replace("}", ">")]
        endpoint = place.endpoints[operation.method.upper()]
        if not issubclass(endpoint, Deed):
            return operation.Case(path_parameters=ids)
        read = {"If-Match": self.tag(place.at(**ids))} if endpoint.seen else {}
        return operation.Case(
            path_parameters=ids,
            headers=read,
            body=body_of(endpoint.takes, self.pick, longest=longest),
            media_type="application/json",
        )

    def tag(self, address: str) -> str:
        """The ETag of the thing that an address is about."""
        above = "/".join(address.split("/")[:5]) + "/"
        return str(Client(get_wsgi_application()).get(above, headers=self.headers).headers.get("ETag", "x"))

    def one(self, operation: Any, case: Any) -> None:
        """Ask once."""
        with undone(), hushed():
            response = case.call(headers=self.headers)
            at_once()
        self.asked += 1
        if response.status_code < 300:
            self.done.add(operation.label)
        assert response.status_code < 500, f"{response.status_code} to {case.as_curl_command()}"
        # Whether it is still what was read is asked before what was sent is looked at.
        case.validate_response(response, checks=CHECKS[:-1] if response.status_code == 412 else CHECKS)


def at_once() -> None:
    """Ask now what is else asked only when a transaction ends, and here every one is taken back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as fault:
        raise AssertionError(f"the end of the transaction would have failed: {fault}") from fault


def real(value: Any, name: str, driver: Driver) -> Any:
    """Put ids of things that there are, and now and then of nothing, in the place of made-up ones."""
    if isinstance(value, dict):
        return {inner: real(one, inner, driver) for inner, one in value.items()}
    if isinstance(value, list):
        return [real(one, name, driver) for one in value]
    if not isinstance(value, str) or name not in POOLS:
        return value
    return str(ABSENT) if driver.chance.random() < 0.1 else driver.pick(name)


def made_up(operation: Any, driver: Driver) -> None:
    """Ask what schemathesis makes of the document, with ids of what there is."""

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def drive(case: Any) -> None:
        if case.path_parameters:
            case.path_parameters = driver.ids(operation)
        case.body = real(case.body, "", driver)
        driver.one(operation, case)

    drive()


DONE: set[str] = set()
"""What was done by anybody."""


@pytest.mark.parametrize("caller", CALLERS)
def test_every_operation_answers_as_the_document_says(pools, operations, caller) -> None:
    driver = Driver(pools, caller)
    for operation in operations:
        driver.drive(operation)
    DONE.update(driver.done)
    print(f"{caller}: {driver.asked} requests; {len(driver.done)} of {len(operations)} operations done.")
    assert not driver.wrong, "\n\n".join(driver.wrong)


def test_it_was_no_test_of_refusals_alone(operations) -> None:
    if not DONE:
        pytest.skip("nobody asked in this run")
    reading = {one.label for one in operations if one.label.startswith("GET")}
    assert sorted(reading - DONE) == []
    print(f"Done at least once: {len(DONE)} of {len(operations)} operations.")


class TestTheDocument:
    def test_it_was_made_without_a_warning(self) -> None:
        document.cache_clear()
        GENERATOR_STATS.reset()
        document()
        assert not GENERATOR_STATS

    def test_every_endpoint_is_in_it_once_and_explained(self, operations) -> None:
        made = [one for one in ENDPOINTS if not one.__module__.startswith("tests.")]
        assert len(operations) == len(made)
        names = [one.definition.raw["operationId"] for one in operations]
        assert len(names) == len(set(names))
        assert all(one.definition.raw["summary"] for one in operations)

    def test_it_names_no_field_that_is_the_portals_own(self) -> None:
        """C11: what is answered is declared field by field."""
        text = json.dumps(document()["components"])
        own = (
            "password",
            "circle",
            "hash",
            "search",
            "is_staff",
            "is_superuser",
            "sharing_plan",
            "steps_done",
        )
        assert [name for name in own if f'"{name}"' in text] == []

    def test_nothing_more_than_it_says_is_taken(self) -> None:
        """C02: each object that is taken is closed, so that no field can be set that is not offered."""
        parts = document()["components"]["schemas"]
        assert [name for name, part in parts.items() if part.get("additionalProperties") is not False] == []

    def test_a_text_that_is_taken_says_how_long_it_may_be(self) -> None:
        """What is longer than its column would be an error of the database, or cut."""
        parts = document()["components"]["schemas"]
        taken = {one.takes.__name__ for one in ENDPOINTS if issubclass(one, Deed)} & set(parts)
        assert len(taken) > 40
        free = [
            f"{name}.{field}"
            for name in sorted(taken)
            for field, said in parts[name].get("properties", {}).items()
            for text in (said, said.get("items", {}))
            if text.get("type") == "string" and not {"format", "enum", "readOnly"} & set(text)
            if "maxLength" not in text
        ]
        assert free == []

    def test_an_absent_id_is_absent(self) -> None:
        assert ABSENT.version == 4
