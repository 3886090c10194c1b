import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from tests.integration.accounts.conftest import PASSWORD, code_for

pytestmark = pytest.mark.django_db


def test_an_address_is_one_account_whatever_its_case(person):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("OKORO@CCG.example", "x", full_name="Somebody else")


def test_the_database_refuses_an_address_in_capitals(person):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(email="Okoro@ccg.example")


def test_the_database_refuses_a_superuser(person):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_superuser=True)


def test_there_is_no_way_to_make_a_superuser():
    assert not hasattr(User.objects, "create_superuser")


def test_standing_cannot_be_edited_through_the_account(person):
    from django.contrib.auth.models import Group
    from django.db import DatabaseError

    group = Group.objects.create(name="anything")
    with pytest.raises((DatabaseError, AttributeError)), transaction.atomic():
        person.groups.add(group)


def test_signing_in_takes_the_password_and_the_code(client, person, secret, sign_in):
    sign_in(person)
    assert client.get("/account/").status_code == 302, "a password alone opens nothing"
    answer = client.post("/sign-in/code/", {"code": code_for(secret)})
    assert answer["Location"] == "/"
    assert client.get("/account/").status_code == 200


def test_the_address_may_be_typed_in_any_case(client, person, secret):
    answer = client.post("/sign-in/", {"login": "OKORO@ccg.Example", "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/code/")


def test_one_goes_on_to_the_page_that_was_asked_for(client, person, secret):
    assert client.get("/account/password/")["Location"] == "/sign-in/?next=/account/password/"
    client.post("/sign-in/?next=/account/password/", {"login": person.email, "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": code_for(secret)})["Location"] == "/account/password/"


def test_one_is_never_led_to_another_site(client, person, secret):
    client.post("/sign-in/?next=https://evil.example/", {"login": person.email, "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": code_for(secret)})["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(client, person):
    wrong = client.post("/sign-in/", {"login": person.email, "password": "not it"})
    unknown = client.post("/sign-in/", {"login": "nobody@ccg.example", "password": "not it"})
    sentence = "do not belong together"
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert wrong.status_code == unknown.status_code


def test_a_wrong_code_is_refused(client, person, secret, sign_in):
    sign_in(person)
    answer = client.post("/sign-in/code/", {"code": "000000"})
    assert answer.status_code == 200
    assert "That code is not right" in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_a_code_works_once(client, person, secret, sign_in):
    sign_in(person, secret)
    other = Client()
    sign_in(person, client=other)
    used = other.post("/sign-in/code/", {"code": code_for(secret)})
    assert used.status_code == 200
    assert other.get("/account/").status_code == 302


@pytest.mark.parametrize("address", ["okoro@ccg.example", "nobody@ccg.example"])
def test_five_wrong_passwords_rest_an_account_known_or_not(client, person, address):
    for _ in range(5):
        client.post("/sign-in/", {"login": address, "password": "not it"})
    answer = client.post("/sign-in/", {"login": address, "password": PASSWORD})
    assert "it is resting" in answer.content.decode()


def test_another_person_at_the_same_address_is_not_held_up(client, person, secret):
    for _ in range(8):
        client.post("/sign-in/", {"login": "nobody@ccg.example", "password": "not it"})
    answer = client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/code/")


def test_five_wrong_codes_rest_the_account(client, person, secret, sign_in):
    sign_in(person)
    for _ in range(5):
        client.post("/sign-in/code/", {"code": "000000"})
    answer = client.post("/sign-in/code/", {"code": code_for(secret)})
    assert "it is resting" in answer.content.decode()


def test_a_closed_account_cannot_sign_in_and_its_sessions_are_dead(client, person, secret, sign_in):
    from accounts.operations import close_account

    sign_in(person, secret)
    close_account(user=person)
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    other = Client()
    other.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert other.get("/account/").status_code == 302


def test_a_deactivated_account_is_dead_at_the_next_request_whoever_did_it(client, person, secret, sign_in):
    sign_in(person, secret)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/account/")["Location"].startswith("/sign-in/")


def test_signed_out_the_cookie_is_worth_nothing(client, person, secret, sign_in):
    sign_in(person, secret)
    cookie = client.cookies["portal"].value
    assert client.post("/sign-out/").status_code == 302
    thief = Client()
    thief.cookies["portal"] = cookie
    assert thief.get("/account/").status_code == 302


def test_asking_to_sign_out_by_a_link_signs_nobody_out(client, person, secret, sign_in):
    sign_in(person, secret)
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/sign-up/", "/signup/", "/accounts/signup/", "/account/email/", "/password/set/"]
)
def test_there_is_no_door_that_we_did_not_open(client, path):
    assert client.get(path).status_code == 404


def test_what_a_signed_in_person_is_told_is_stored_nowhere(client, person, secret, sign_in):
    sign_in(person, secret)
    for path in ("/account/", "/account/second-factor/", "/account/stay/"):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"], path
        assert "Cookie" in answer["Vary"], path


def test_cookies_and_headers_guard_the_session(client, person, secret, sign_in):
    sign_in(person, secret)
    answer = client.get("/account/")
    cookie = client.cookies["portal"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
