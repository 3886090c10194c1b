import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import signing
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


def rest(client, address):
    for _ in range(5):
        client.post("/sign-in/", {"login": address, "password": "not it"})


def begins(client, address, password=PASSWORD):
    """Whether an address and its password are taken, so that the code is asked for."""
    answer = client.post("/sign-in/", {"login": address, "password": password})
    return answer.headers.get("Location", "").startswith("/sign-in/code/")


def known(person, secret, sign_in) -> Client:
    """A browser in which the person signed in wholly, and out again."""
    client = sign_in(person, secret, client=Client())
    client.post("/sign-out/")
    return client


def test_wrong_passwords_elsewhere_do_not_keep_out_a_browser_that_signed_in_before(person, secret, sign_in):
    known_one = known(person, secret, sign_in)
    rest(Client(), person.email)
    assert not begins(Client(), person.email), "a browser that nobody knows"
    assert begins(known_one, person.email.upper())


def test_a_known_browser_has_five_tries_of_its_own_and_no_more(person, secret, sign_in):
    known_one, thief = known(person, secret, sign_in), Client()
    thief.cookies["portal_device"] = known_one.cookies["portal_device"].value
    rest(thief, person.email)
    assert not begins(known_one, person.email)
    assert begins(Client(), person.email), "nor does it hold up the others"


def test_a_browser_is_known_for_one_account_only(person, secret, sign_in):
    other = User.objects.create_user("mensah@ccg.example", PASSWORD, full_name="Kofi Mensah")
    TOTP.activate(other, generate_totp_secret())
    rest(Client(), other.email)
    assert not begins(known(person, secret, sign_in), other.email)


def test_a_password_alone_makes_no_browser_known(client, person, secret, sign_in):
    sign_in(person)
    assert "portal_device" not in client.cookies
    nobody_s = Client()
    nobody_s.cookies["portal_device"] = "made:up:by-somebody"
    rest(Client(), person.email)
    assert not begins(nobody_s, person.email)


def test_the_cookie_that_knows_a_browser_is_guarded_and_says_nothing(person, secret, sign_in):
    cookie = known(person, secret, sign_in).cookies["portal_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 24 * 60 * 60)
    word = signing.b64_decode(cookie.value.split(":")[0].encode()).decode()
    assert re.fullmatch(r'"[\w-]{22}"', word), "a random word and its signature"


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
