import re

import pytest
from django.test import Client

from tests.integration.accounts.failing import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing(settings):
    settings.ROOT_URLCONF = "tests.integration.accounts.failing"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_an_error_says_what_happened_and_gives_nothing_away(failing, status):
    answer = failing.get(f"/{status}/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert "<h1" in page
    assert "Quality Surveillance Portal" in page
    for word in (SECRET, f"/{status}/", "Traceback", "Exception", "django", "invalid", "forbidden", "object"):
        assert word.lower() not in page.lower(), word


def test_what_was_never_there_and_what_cannot_be_seen_look_the_same(failing):
    assert failing.get("/404/").content == failing.get("/never-was/").content


def test_a_script_is_not_answered_with_a_page(failing):
    assert failing.get("/405/", headers={"Accept": "application/json"}).content == b""


def test_a_form_from_before_signing_in_says_so(person):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"login": "x@y.example", "password": "x"})
    assert answer.status_code == 403
    assert "from before you signed in" in answer.content.decode()


def test_reading_every_page_changes_nothing(client, person, secret, sign_in):
    """E12: links may be followed by anything; only sessions and the log may differ."""
    from django.apps import apps
    from django.db import connection

    tables = set(connection.introspection.table_names())
    sign_in(person, secret)
    client.post("/sign-in/again/", {"password": "correct horse battery staple"})

    def rows():
        return {
            model._meta.label: sorted(map(str, model._base_manager.values_list()))
            for model in apps.get_models()
            if model._meta.managed
            and model._meta.db_table in tables
            and model._meta.label
            not in ("sessions.Session", "usersessions.UserSession", "audit.Line", "audit.Unsealed")
        }

    before = rows()
    for path in (
        "/account/", "/account/second-factor/", "/account/second-factor/codes/new/", "/account/second-factor/app/remove/",
        "/account/password/", "/account/kept/", "/account/stay/", "/sign-out/", "/sign-in/again/", "/sign-in/code/again/",
        "/sign-in/", "/password/forgotten/", "/privacy/", "/accessibility/",
    ):  # fmt: skip
        assert client.get(path).status_code in (200, 302), path
    assert rows() == before


def test_the_log_holds_who_signed_in_and_who_failed(client, person, secret, sign_in):
    from audit.models import Line

    client.post("/sign-in/", {"login": person.email, "password": "wrong-and-secret"})
    client.post("/sign-in/", {"login": "nobody@ccg.example", "password": "wrong"})
    sign_in(person, secret)
    client.post("/sign-out/")
    lines = sorted(Line.objects.values_list("deed", "user_id", "detail"), key=str)
    assert [deed for deed, _, _ in lines] == [
        "account.sign_in_failed",
        "account.signed_in",
        "account.signed_out",
    ]
    assert lines[0][1:] == (None, {"person": str(person.pk)})
    assert lines[1][1] == person.pk
    assert not re.search("wrong|secret|okoro", str(lines))
