import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.adapter import close_anew
from accounts.factors import codes_of, second_factor_of
from accounts.models import Letter
from accounts.operations import forget_second_factor, send_letters
from tests.integration.accounts.conftest import PASSWORD, code_for
from timekeeping import portal_now

pytestmark = pytest.mark.django_db


def secret_on(page: str) -> str:
    found = re.search(r'portal-secret">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    return [code.replace(" ", "") for code in re.findall(r"<li>(\d{4} \d{4})</li>", page)]


def print_codes(client: Client) -> list[str]:
    client.post("/sign-in/again/", {"password": PASSWORD})
    answer = client.post("/account/second-factor/codes/new/", follow=True)
    return codes_on(answer.content.decode())


def test_a_person_without_one_is_led_to_it_before_anything_else(client, person, sign_in):
    sign_in(person)
    for path in ("/account/", "/account/password/", "/account/kept/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/"), path
    assert client.post("/account/sessions/others/end/").status_code == 302
    page = client.get("/account/second-factor/").content.decode()
    assert "Set up your second factor" in page


def test_public_pages_stay_open_meanwhile(client, person, sign_in):
    sign_in(person)
    assert client.get("/privacy/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_portal_and_gives_printed_codes(client, person, sign_in):
    sign_in(person)
    client.get("/account/password/")
    page = client.get("/account/second-factor/app/").content.decode()
    secret = secret_on(page)
    answer = client.post("/account/second-factor/app/", {"code": code_for(secret)})
    assert answer["Location"] == "/account/second-factor/codes/"
    client.post("/sign-in/again/", {"password": PASSWORD})
    page = client.get("/account/second-factor/codes/").content.decode()
    assert len(codes_on(page)) == 20
    assert 'href="/account/password/"' in page, "it leads on to where the person was going"
    assert client.get("/account/").status_code == 200


def test_a_wrong_first_code_sets_nothing_up(client, person, sign_in):
    sign_in(person)
    client.get("/account/second-factor/app/")
    page = client.post("/account/second-factor/app/", {"code": "000000"}).content.decode()
    assert "That code is not right" in page
    assert not second_factor_of(person).usable


def test_a_person_without_a_telephone_signs_in_with_printed_codes_once_each(client, person, sign_in):
    sign_in(person)
    codes = print_codes(client)
    assert len(set(codes)) == 20
    assert client.get("/account/").status_code == 200

    later = Client()
    answer = later.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/code/"), "printed codes alone count as a second factor"
    assert later.post("/sign-in/code/", {"code": f"{codes[0][:4]} {codes[0][4:]}"}).status_code == 302
    assert later.get("/account/").status_code == 200

    again = Client()
    again.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert again.post("/sign-in/code/", {"code": codes[0]}).status_code == 200, "it was used"
    assert again.post("/sign-in/code/", {"code": codes[1]}).status_code == 302


def test_whoever_used_the_last_code_makes_new_ones_before_anything_else(client, person, sign_in):
    sign_in(person)
    codes = print_codes(client)
    held = Authenticator.objects.get(user=person)
    held.data["used_mask"] = (1 << 19) - 1
    held.save()
    later = Client()
    later.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert later.post("/sign-in/code/", {"code": codes[19]}).status_code == 302
    assert later.get("/account/")["Location"] == "/account/second-factor/"
    assert len(print_codes(later)) == 20


def test_new_codes_end_the_old_ones(client, person, sign_in):
    sign_in(person)
    old = print_codes(client)
    new = print_codes(client)
    assert not set(old) & set(new)
    later = Client()
    later.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert later.post("/sign-in/code/", {"code": old[0]}).status_code == 200


def test_codes_are_shown_only_after_the_password_is_given_again(client, person, secret, sign_in):
    sign_in(person, secret)
    for path in ("/account/second-factor/codes/new/", "/account/second-factor/app/remove/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/again/"), path
        answer = client.post(path)
        assert answer["Location"].startswith("/sign-in/again/"), path


def test_no_secret_stands_readable_in_the_database(client, person, secret, sign_in):
    sign_in(person, secret)
    print_codes(client)
    for held in Authenticator.objects.filter(user=person):
        kept = str(held.data.get("secret", held.data.get("seed")))
        assert secret not in kept
        assert kept.startswith("gAAAA"), "a closed token"


def test_a_replaced_key_opens_what_the_old_one_closed_until_it_is_closed_anew(
    client, person, secret, sign_in, settings
):
    print_codes(sign_in(person, secret))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [settings.SECRET_KEY]
    codes = codes_of(person)
    assert codes
    call_command("close_anew", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    assert codes_of(person) == codes
    assert Authenticator.objects.get(user=person, type="totp").wrap().validate_code(code_for(secret, 1))
    settings.SECRET_KEY = "a third key " * 5
    with pytest.raises(InvalidToken):
        close_anew()


def test_removing_the_app_leads_to_a_new_one_at_once(client, person, secret, sign_in):
    sign_in(person, secret)
    client.post("/sign-in/again/", {"password": PASSWORD})
    answer = client.post("/account/second-factor/app/remove/")
    assert answer["Location"] == "/account/second-factor/"
    assert client.get("/account/")["Location"] == "/account/second-factor/"


def test_changing_the_factor_ends_the_other_sessions_and_writes_to_its_owner(client, person, secret, sign_in):
    other = Client()
    sign_in(person, client=other)
    other.post("/sign-in/code/", {"code": code_for(secret, 1)})
    assert other.get("/account/").status_code == 200
    sign_in(person, secret)
    print_codes(client)
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert Letter.objects.filter(kind=Letter.Kind.FACTOR_CHANGED, address=person.email).exists()


def told_of(person) -> list[str]:
    """What was written to somebody, in the order of it."""
    return list(
        Letter.objects.filter(address=person.email).order_by("asked_at").values_list("kind", flat=True)
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["app", "codes"])
def test_the_first_factor_is_told_of_once_and_as_the_first(client, person, sign_in, way):
    """The printed codes that come along with an app are no change of their own."""
    sign_in(person)
    if way == "app":
        secret = secret_on(client.get("/account/second-factor/app/").content.decode())
        client.post("/account/second-factor/app/", {"code": code_for(secret)})
        assert second_factor_of(person).codes_left
    else:
        print_codes(client)
    assert told_of(person) == ["factor_set_up"]
    send_letters(now=portal_now())
    (told,) = mail.outbox
    assert told.subject == "Your account has a second factor"
    assert "changed" not in told.body
    print_codes(client)
    assert told_of(person) == ["factor_set_up", "factor_changed"]


@pytest.mark.django_db(transaction=True)
def test_another_factor_beside_the_first_is_a_change(client, person, sign_in):
    sign_in(person)
    print_codes(client)
    secret = secret_on(client.get("/account/second-factor/app/").content.decode())
    client.post("/account/second-factor/app/", {"code": code_for(secret)})
    assert second_factor_of(person).app
    assert told_of(person) == ["factor_set_up", "factor_changed"]


@pytest.mark.django_db(transaction=True)
def test_an_app_that_takes_its_codes_with_it_is_one_change(client, person, sign_in):
    sign_in(person)
    secret = secret_on(client.get("/account/second-factor/app/").content.decode())
    client.post("/account/second-factor/app/", {"code": code_for(secret)})
    client.post("/sign-in/again/", {"password": PASSWORD})
    client.post("/account/second-factor/app/remove/")
    assert not second_factor_of(person).usable
    assert told_of(person) == ["factor_set_up", "factor_changed"]


@pytest.mark.parametrize(("by_portal", "office"), [(True, "the portal"), (False, "your own body")])
def test_whoever_loses_it_to_an_administrator_is_told_by_whose_office(person, secret, by_portal, office):
    forget_second_factor(user=person, now=portal_now(), by_portal=by_portal)
    send_letters(now=portal_now())
    (letter,) = mail.outbox
    assert letter.subject == "Your second factor was taken away"
    assert f"An administrator of {office} took away the second factor" in letter.body
    assert "tokens for programs that you had made work no more" in letter.body


def test_a_lost_factor_can_be_taken_away_by_an_administrator(client, person, secret, sign_in):
    sign_in(person, secret)
    forget_second_factor(user=person, now=portal_now(), by_portal=False)
    assert client.get("/account/").status_code == 302
    sign_in(person)
    assert client.get("/account/")["Location"] == "/account/second-factor/"
