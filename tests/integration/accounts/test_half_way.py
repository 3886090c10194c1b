"""A sign-in of which only the password was given: it leads on, can be begun again, and dies when the account changes."""

import pytest
from django.test import Client

from accounts.operations import close_account, forget_second_factor
from tests.integration.accounts.conftest import PASSWORD, code_for
from timekeeping import portal_now

pytestmark = pytest.mark.django_db
NEW = "quite another set of words"


@pytest.fixture
def half(client: Client, person, secret) -> Client:
    """A browser in which the password was given, and the code is asked for."""
    answer = client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/code/")
    assert client.get("/sign-in/code/").status_code == 200
    return client


def test_it_can_be_begun_again(half):
    page = half.get("/sign-in/code/").content.decode()
    assert "Start again" in page
    answer = half.post("/sign-in/code/", {"again": "yes"})
    assert answer["Location"] == "/sign-in/"
    assert half.get("/sign-in/").status_code == 200


def test_a_password_changed_elsewhere_ends_it(half, person, secret):
    person.set_password(NEW)
    person.save()
    answer = half.post("/sign-in/code/", {"code": code_for(secret)})
    assert answer["Location"].startswith("/sign-in/")
    assert half.get("/account/").status_code == 302
    assert half.get("/sign-in/").status_code == 200


def test_an_account_closed_meanwhile_ends_it(half, person, secret):
    close_account(user=person)
    half.post("/sign-in/code/", {"code": code_for(secret)})
    assert half.get("/account/").status_code == 302


def test_a_factor_taken_away_meanwhile_leads_back_to_the_beginning(half, person):
    forget_second_factor(user=person, now=portal_now(), by_portal=False)
    answer = half.get("/sign-in/code/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/"
    assert answer.status_code == 200
