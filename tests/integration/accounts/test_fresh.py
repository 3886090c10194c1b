"""What is worth guarding asks for the second factor again, keeps what was typed, and lets nothing old through."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from access.operations.tokens import make_token
from access.principal import principal_of
from accounts.factors import codes_of, second_factor_of
from accounts.models import User
from agencies.models import Agency, Membership, PortalRole
from tests.integration.accounts.conftest import PASSWORD, code_for
from tests.signing_in import sign_in as signed_in
from timekeeping import portal_now

pytestmark = pytest.mark.django_db
AGAIN = "/sign-in/code/again/"
INVITE = "/people/new/"


@pytest.fixture
def administrator(person: User) -> User:
    PortalRole.objects.create(user=person, role="portal_administrator", starts_on="2020-01-01")
    return person


@pytest.fixture
def later(administrator, secret, sign_in, freeze) -> Client:
    """A session of a quarter of an hour ago."""
    now = freeze(portal_now())
    client = sign_in(administrator, secret)
    assert client.get(INVITE).status_code == 200, "just given"
    freeze(now + settings.FACTOR_FRESH)
    return client


def test_a_page_asks_again_after_a_while_and_leads_back(later, secret):
    answer = later.get(f"{INVITE}?x=1")
    assert answer["Location"] == f"{AGAIN}?next=%2Fpeople%2Fnew%2F%3Fx%3D1"
    assert later.get("/people/").status_code == 200, "reading asks nothing"
    wrong = later.post(answer["Location"], {"code": "000000"})
    assert "That code is not right" in wrong.content.decode()
    assert later.get(INVITE).status_code == 302
    assert later.post(answer["Location"], {"code": code_for(secret, 1)})["Location"] == f"{INVITE}?x=1"
    assert later.get(INVITE).status_code == 200


def test_the_password_alone_is_not_enough(later):
    later.post("/sign-in/again/", {"password": PASSWORD})
    assert later.get(INVITE)["Location"].startswith(AGAIN)


def test_what_was_typed_is_kept_and_sent_after(later, secret):
    agency = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    typed = {"full_name": "Nia New", "email": "nia@ccg.example", "agency": str(agency.pk), "role": "reader"}
    answer = later.post(INVITE, typed)
    assert answer["Location"] == f"{AGAIN}?next=%2Faccount%2Fkept%2F"
    answer = later.post(answer["Location"], {"code": code_for(secret, 1)})
    assert answer["Location"] == "/account/kept/"
    page = later.get("/account/kept/").content.decode()
    assert "Nia New" in page
    assert 'action="/people/new/"' in page
    assert "Nia New may read" in later.post(INVITE, typed).content.decode()


def test_scripts_are_told_in_their_own_way(later):
    assert later.get(INVITE, headers={"Accept": "application/json"}).status_code == 403
    answer = later.get(INVITE, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"][: len(AGAIN)]) == (204, AGAIN)


def test_a_printed_code_counts(administrator, secret, sign_in, freeze):
    from accounts.factors import make_codes

    now = freeze(portal_now())
    make_codes(user=administrator, now=now)
    client = sign_in(administrator, secret)
    freeze(now + timedelta(minutes=20))
    assert client.post(f"{AGAIN}?next={INVITE}", {"code": codes_of(administrator)[0]})["Location"] == INVITE


def test_who_may_not_is_not_asked(client, person, secret, sign_in, freeze):
    now = freeze(portal_now())
    agency = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    Membership.objects.create(user=person, agency=agency, role="reader", starts_on="2020-01-01")
    sign_in(person, secret)
    freeze(now + settings.FACTOR_FRESH)
    assert client.get(INVITE).status_code == 403


OWN_FACTORS = pytest.mark.parametrize(
    ("way", "path"),
    [
        ("get", "/account/second-factor/app/remove/"),
        ("post", "/account/second-factor/app/remove/"),
        ("get", "/account/second-factor/codes/"),
        ("get", "/account/second-factor/codes/new/"),
        ("post", "/account/second-factor/codes/new/"),
        ("get", "/account/passkeys/new/"),
        ("post", "/account/passkeys/new/"),
    ],
)


@OWN_FACTORS
def test_changing_ones_own_factors_asks_who_it_is(client, person, secret, sign_in, way, path):
    """To have signed in a moment ago is not enough."""
    sign_in(person, secret)
    assert getattr(client, way)(path)["Location"].startswith("/sign-in/again/")


@OWN_FACTORS
def test_a_password_alone_neither_shows_nor_changes_a_second_factor(
    client, person, secret, sign_in, freeze, way, path
):
    now = freeze(portal_now())
    sign_in(person, secret)
    freeze(now + settings.FACTOR_FRESH)
    client.post("/sign-in/again/", {"password": PASSWORD})
    answer = getattr(client, way)(path)
    assert answer["Location"].startswith("/sign-in/code/again/")
    assert second_factor_of(person).app


@pytest.mark.parametrize("way", ["get", "post"])
def test_changing_the_password_asks_for_the_second_factor_again_and_leads_back(later, person, secret, way):
    new = "quite another set of words"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = getattr(later, way)("/account/password/", given if way == "post" else {})
    assert answer["Location"] == f"{AGAIN}?next=%2Faccount%2Fpassword%2F"
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert later.post(answer["Location"], {"code": code_for(secret, 1)})["Location"] == "/account/password/"
    assert later.post("/account/password/", given)["Location"] == "/account/"
    person.refresh_from_db()
    assert person.check_password(new)


def test_who_has_no_password_is_led_to_a_link_that_sets_one(client, person):
    """So it is of who signs in through their organisation."""
    User.objects.filter(pk=person.pk).update(password=make_password(None))
    person.refresh_from_db()
    signed_in(person, client)
    assert client.get("/account/password/")["Location"] == "/password/forgotten/"


def test_what_only_takes_away_asks_nothing(later, person):
    token, _ = make_token(
        by=principal_of(person.pk), now=portal_now(), name="a program", scopes=["directory:read"], days=30
    )
    assert later.post(f"/account/tokens/{token.pk}/revoke/")["Location"] == "/account/tokens/"
    assert later.post("/account/sessions/others/end/")["Location"] == "/account/"


def test_changing_the_password_asks_for_the_present_one(client, person, secret, sign_in):
    sign_in(person, secret)
    new = "quite another set of words"
    page = client.post("/account/password/", {"oldpassword": "wrong", "password1": new, "password2": new})
    assert "not your present password" in page.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
