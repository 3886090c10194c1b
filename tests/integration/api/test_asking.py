"""What every endpoint shares: who may come in, how lists are paged, how a refusal reads, how often one may ask."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.api.problems import SCOPE_MISSING, TITLES
from access.models import Tally
from access.operations.requests import count_request
from accounts.models import User
from actions.operations import ask_for_action
from audit.models import Line
from concerns.operations.saying import comment
from qsg_portal.api import document
from tests.signing_in import BACKEND, sign_in

pytestmark = pytest.mark.django_db

SMALL = 100_000
"""Characters of a page that is read on a slow line."""
PROBLEM = "application/problem+json"


def is_problem(answer, status: int) -> bool:
    body = json.loads(answer.content)
    return (
        answer.status_code == status == body["status"]
        and answer.headers["Content-Type"] == PROBLEM
        and {"type", "title", "status", "detail"} <= set(body)
    )


class TestSessions:
    def test_the_browsers_session_reads(self, world) -> None:
        answer = sign_in(world.worker).get("/api/v1/me/")
        assert answer.json()["name"] == "Wes Worker"
        assert answer.json()["scopes"] is None
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert answer.headers["Vary"] == "Authorization, Cookie"

    def test_a_change_needs_the_forms_token(self, world, words) -> None:
        client = sign_in(world.worker, Client(enforce_csrf_checks=True))
        sent = {"data": words(), "content_type": "application/json"}
        assert is_problem(client.post("/api/v1/concerns/", **sent), 403)
        client.get("/account/tokens/new/")
        token = client.cookies["portal_form"].value
        assert client.post("/api/v1/concerns/", **sent, headers={"X-CSRFToken": token}).status_code == 201
        files = {"csrfmiddlewaretoken": token, "file": io.BytesIO(b"x")}
        assert is_problem(client.post("/api/v1/concerns/", files), 415)

    def test_nobody_gets_in(self, world) -> None:
        for address in ("me/", "concerns/", "schema/", "nonsense/", "concerns/nonsense/"):
            answer = Client().get(f"/api/v1/{address}")
            assert is_problem(answer, 401)
            assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_without_a_second_factor_a_session_is_not_enough(self, world) -> None:
        client = Client()
        client.force_login(world.worker, backend=BACKEND)
        assert is_problem(client.get("/api/v1/me/"), 403)

    def test_a_session_is_dead_when_the_account_is(self, world) -> None:
        client = sign_in(world.worker)
        User.objects.filter(pk=world.worker.pk).update(is_active=False)
        assert is_problem(client.get("/api/v1/me/"), 401)

    def test_a_session_that_is_over_is_no_session(self, world, freeze) -> None:
        client = sign_in(world.worker)
        freeze("2026-03-05T12:00Z")
        assert is_problem(client.get("/api/v1/me/"), 401)


class TestLists:
    def test_pages_follow_each_other_without_a_count(self, world, program) -> None:
        made = [str(world.note(headline=f"Note {number}").pk) for number in range(5)]
        asking, found, address, back = program("worker"), [], "concerns/?page_size=2", []
        while address:
            answer = asking.get(address).json()
            assert set(answer) == {"next", "previous", "results"}
            found += [one["id"] for one in answer["results"]]
            back.append(answer["previous"])
            address = answer["next"]
        assert sorted(found) == sorted(made)
        assert back[0] is None
        assert [one["id"] for one in asking.get(back[1]).json()["results"]] == found[:2]

    def test_a_list_by_name_too(self, world, program) -> None:
        asking, found, address = program("worker"), [], "agencies/?page_size=3"
        while address:
            answer = asking.get(address).json()
            found += [one["name"] for one in answer["results"]]
            address = answer["next"]
        assert found == sorted(found)
        assert len(found) == 8

    @pytest.mark.parametrize(
        "query",
        [
            "page_size=1000000", "page_size=0", "page_size=-1", "page_size=x", "page_size=٣", "page_size=1e1",
            "page=2", "offset=99999999999", "cursor=x", "cursor=%00", "cursor=", "format=json", "fields=*",
            "provider__concerns__narrative__icontains=a", "recorded_by__password__startswith=p", "order_by=narrative",
            "status__in=open", "status=nonsense", "provider=1", "provider=%EF%BF%BF", "since=yesterday",
            "since=0001-01-01", "status=open&status=closed", "%00=1", "words=%00",
        ],
    )  # fmt: skip
    def test_what_narrows_nothing_is_refused_by_its_name(self, world, program, query) -> None:
        """A11, C04: no lookup across relations, no page of a million."""
        answer = program("worker").get(f"concerns/?{query}")
        assert is_problem(answer, 400)
        assert answer.json()["errors"]

    def test_a_mark_of_another_list_gives_no_more_than_that_list(self, world, program) -> None:
        for number in range(3):
            world.note(headline=f"Note {number}")
        asking = program("worker")
        mark = asking.get("concerns/?page_size=1").json()["next"].split("cursor=")[1]
        assert asking.get(f"records/?page_size=2&cursor={mark.split('&')[0]}").status_code == 200
        assert is_problem(asking.get(f"agencies/?cursor={mark.split('&')[0]}"), 400)

    def test_filters_narrow(self, world, program) -> None:
        one = world.concern(words=world.words(headline="Bed sores", severity="serious"))
        other = world.concern(about=world.about(world.other_provider))
        asking = program("worker")

        def found(query: str) -> set[str]:
            return {row["id"] for row in asking.get(f"concerns/?{query}").json()["results"]}

        assert found("") == {str(one.pk), str(other.pk)}
        assert found(f"provider={world.provider.pk}") == {str(one.pk)}
        assert found("severity=serious") == {str(one.pk)}
        assert found("words=sores") == {str(one.pk)}
        assert found(f"group={world.north.pk}&status=open") == {str(one.pk), str(other.pk)}
        assert found("since=2026-03-04") == set()

    @pytest.mark.parametrize(
        "address", ["concerns/", "records/", "actions/", "notifications/", "providers/", "seats/"]
    )
    def test_a_longer_page_asks_the_database_no_more(self, world, program, address) -> None:
        asking = program("lead")

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert asking.get(address).status_code == 200
            return len(queries)

        def more() -> None:
            concern = world.concern("inspector")
            comment(by=world.by("worker"), now=world.now, concern=world.note("lead"), text="A word")
            ask_for_action(
                by=world.by("inspector"), now=world.now, asked=world.ccg.pk, statement="Look", aim="safeguard",
                power_kind="none", due_at=world.now + timedelta(days=3), risk="low", origin=concern.record,
            )  # fmt: skip

        more()
        first = asked()
        for _ in range(3):
            more()
        assert asked() == first

    def test_a_page_is_one_line_of_the_log_with_what_it_showed(self, world, program) -> None:
        concern = world.concern()
        asking = program("worker")
        asking.get("concerns/")
        line = Line.objects.get(deed="read")
        assert line.detail == {
            "page": "api.ListConcerns", "shown": [str(concern.pk)], "token": str(asking.token.pk)
        }  # fmt: skip
        asking.get(f"concerns/{concern.pk}/")
        line = Line.objects.get(deed="read", record=concern.pk)
        assert line.detail["through"] == ["owner"]


class TestRefusals:
    def test_hidden_and_absent_are_the_same_to_the_byte(self, world, program) -> None:
        """A34: whatever the method."""
        hidden = world.concern(choice=world.seats())
        absent = "0dd0dd0d-0dd0-4dd0-8dd0-0dd0dd0dd0dd"
        asking = program("stranger")

        def told(method: str, key: str, part: str):
            answer = asking.ask(method, f"concerns/{key}/{part}", {"text": "x"} if method != "GET" else None)
            return answer.status_code, sorted(answer.headers.items()), answer.content

        for part in ("", "history/", "access/", "comments/", "close/", "share/", "looks/", "nonsense/"):
            for method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"):
                assert told(method, str(hidden.pk), part) == told(method, absent, part), (method, part)
        assert told("GET", str(hidden.pk), "")[0] == 404

    @pytest.mark.parametrize(
        ("status", "how"),
        [
            (404, {"address": "nonsense/"}),
            (404, {"address": "concerns"}),
            (404, {"address": "/api/"}),
            (404, {"address": "/api/v2/concerns/"}),
            (405, {"method": "DELETE"}),
            (405, {"method": "PUT", "body": "{}"}),
            (405, {"method": "TRACE"}),
            (406, {"headers": {"Accept": "text/html"}}),
            (415, {"method": "POST", "body": "a=b", "headers": {"Content_Type": "application/x-www-form-urlencoded"}}),
            (415, {"method": "POST", "body": "<a/>", "headers": {"Content_Type": "application/xml"}}),
            (413, {"method": "POST", "body": b'"' + b"x" * 50_000_000 + b'"'}),
            (400, {"method": "POST", "body": "{"}),
            (400, {"method": "POST", "body": b"\xff\xfe"}),
            (400, {"method": "POST", "body": '{"headline": NaN}'}),
            (400, {"method": "POST", "body": '{"headline": Infinity}'}),
            (400, {"method": "POST", "body": "[" * 100_000 + "]" * 100_000}),
            (400, {"method": "POST", "body": '{"a": ' * 50 + "1" + "}" * 50}),
            (400, {"method": "POST", "body": '{"headline": "a", "headline": "b"}'}),
            (400, {"method": "POST", "body": '{"headline": "a\\u0000"}'}),
            (400, {"method": "POST", "body": '{"headline": "a\\ud800"}'}),
            (400, {"method": "POST", "body": '{"\\ud800": 1}'}),
            (400, {"method": "POST", "body": '{"headline": ' + "9" * 5000 + "}"}),
            (400, {"method": "POST", "body": '{"headline": 1e999}'}),
            (400, {"method": "POST", "body": "null"}),
            (400, {"method": "POST", "body": "[]"}),
            (400, {"method": "POST", "body": '"text"'}),
            (400, {"method": "POST", "body": ""}),
            (400, {"address": "concerns/?cursor=%ff%fe"}),
            (400, {"headers": {"Host": "evil.example"}}),
        ],
    )  # fmt: skip
    def test_each_reads_the_same_way(self, world, program, status, how) -> None:
        asking = program("worker")
        headers = how.get("headers", {})
        answer = asking.ask(
            how.get("method", "GET"), how.get("address", "concerns/"), how.get("body"), **headers
        )
        assert is_problem(answer, status), answer.content[:300]
        text = answer.content.decode()
        assert not any(
            word in text for word in ("Traceback", "django", "rest_framework", "/work", "SELECT", "\\ud800")
        )

    def test_every_fault_of_a_body_is_said_at_its_field(self, world, program, words) -> None:
        asking = program("worker")
        sent = words(
            headline=3, happened_at="2026-03-01", danger="perhaps", dimensions="safety", about={"kind": 1, "providers": [1]},
            narrative=None, sharing={"people": [{"person": "x"}], "closed": "yes"},
        )  # fmt: skip
        errors = asking.post("concerns/", sent).json()["errors"]
        assert set(errors) == {
            "headline", "happened_at", "danger", "dimensions", "about.kind", "about.providers.0", "narrative",
            "sharing.people.0.person", "sharing.people.0.agency", "sharing.closed",
        }  # fmt: skip
        assert all(isinstance(one, str) and one for one in errors.values())

    def test_a_fault_of_ours_tells_nothing(self, world, program, monkeypatch) -> None:
        def fail(*args, **kwargs):
            raise RuntimeError("secret words in /a/path")

        asking = program("worker")
        monkeypatch.setattr("concerns.api.reading.concerns_seen", fail)
        answer = asking.get("concerns/")
        assert is_problem(answer, 500)
        assert "secret" not in answer.content.decode()

    def test_a_database_that_is_away_is_said(self, world, program, monkeypatch) -> None:
        from django.db import OperationalError

        def away(*args, **kwargs):
            raise OperationalError("away")

        asking = program("worker")
        monkeypatch.setattr("access.api.callers.bearer", away)
        answer = asking.get("concerns/")
        assert is_problem(answer, 503)
        assert answer.headers["Retry-After"] == "60"

    def test_405_says_what_there_is(self, world, program) -> None:
        assert program("worker").ask("DELETE", "concerns/").headers["Allow"] == "GET, POST, HEAD"


class TestThePageToRead:
    def test_it_names_every_endpoint_and_what_refusals_mean(self, world) -> None:
        """Plain HTML: it needs no script, and the addresses of problem types lead to its parts."""
        page = sign_in(world.worker).get("/api/v1/docs/").content.decode()
        assert all(f'id="{code}"' in page for code, _, _ in (*TITLES.values(), SCOPE_MISSING))
        assert len(page) < SMALL
        leads = set(re.findall(r'href="/api/v1/docs/(\w+)/"', page))
        assert leads == {
            one["operationId"] for methods in document()["paths"].values() for one in methods.values()
        }

    def test_each_operation_has_a_small_page_of_its_own(self, world) -> None:
        client = sign_in(world.worker)
        for address, methods in document()["paths"].items():
            for method, one in methods.items():
                page = client.get(f"/api/v1/docs/{one['operationId']}/").content.decode()
                assert f"{method.upper()} {address}" in page
                assert len(page) < SMALL, (address, len(page))

    def test_the_page_of_an_operation_says_what_goes_in_and_out(self, world) -> None:
        page = sign_in(world.worker).get("/api/v1/docs/close_concern/").content.decode()
        assert "of a token, the scope `concerns:write`" in page
        for word in ("If-Match", "Idempotency-Key", "outcome", "ConcernShown", "headline", "/docs/#stale"):
            assert word in page
        assert sign_in(world.worker).get("/api/v1/docs/nonsense/").status_code == 404
        assert Client().get("/api/v1/docs/close_concern/").status_code == 302

    def test_both_documents_are_behind_sign_in(self, world) -> None:
        """C11."""
        assert Client().get("/api/v1/docs/").status_code == 302
        assert is_problem(Client().get("/api/v1/schema/"), 401)
        assert sign_in(world.worker).get("/api/v1/schema/").json()["openapi"] == "3.0.3"


class TestHowOften:
    def test_too_many_are_refused_until_the_minute_is_over(self, world, program, settings, freeze) -> None:
        settings.API_REQUESTS_A_MINUTE = 3
        asking = program("worker")
        assert [asking.get("me/").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = asking.get("me/")
        assert is_problem(answer, 429)
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        freeze("2026-03-03T12:01Z")
        assert asking.get("me/").status_code == 200

    def test_a_persons_tokens_count_together_and_others_apart(self, world, program, settings) -> None:
        settings.API_REQUESTS_A_MINUTE = 3
        one, other = program("worker"), program("worker")
        assert [asking.get("me/").status_code for asking in (one, other, one, other)] == [200, 200, 200, 429]
        assert sign_in(world.worker).get("/api/v1/me/").status_code == 429
        assert program("inspector").get("me/").status_code == 200

    def test_the_systems_of_a_body_count_together(self, world, program, settings) -> None:
        settings.API_REQUESTS_A_MINUTE = 3
        one, other = program("lead", service=True), program("lead", service=True)
        assert [asking.get("me/").status_code for asking in (one, other, one, other)] == [200, 200, 200, 429]
        assert program("lead").get("me/").status_code == 200, "a person counts for themselves"

    def test_it_is_counted_in_one_row_each(self, world) -> None:
        keys = [world.worker.pk, world.lead.pk]
        count_request(keys)
        counted = count_request(keys)
        assert {count for count, _ in counted.values()} == {2}
        assert Tally.objects.count() == 2
