"""Passkeys in a real browser, with a virtual device that holds them."""

import json

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache

from accounts.factors import second_factor_of
from accounts.models import User
from agencies.models import PortalRole
from audit.models import Line
from tests.integration.accounts.conftest import PASSWORD, code_for

pytestmark = pytest.mark.django_db(transaction=True)

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(transactional_db) -> User:
    cache.clear()
    return User.objects.create_user("okoro@ccg.example", PASSWORD, full_name="Adaeze Okoro")


@pytest.fixture
def portal(live_server, settings) -> str:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PORTAL_URL = live_server.url
    return live_server.url


class Device:
    """A virtual device in a browser's page: its person agrees, until told otherwise."""

    def __init__(self, page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})[
            "authenticatorId"
        ]

    def keys(self) -> list[dict]:
        return self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def hand_over(self, to: "Device") -> None:
        """Put its keys on another device too, as an account with the maker does."""
        for key in self.keys():
            to.session.send("WebAuthn.addCredential", {"authenticatorId": to.id, "credential": key})

    def agrees(self, yes: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


def give_password(page, portal, person, to="account/"):
    page.goto(f"{portal}/{to}")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


@pytest.fixture
def owner(portal, person, new_context):
    """A page of the person, signed in with the password, their first passkey just made; and the device."""
    page = new_context().new_page()
    device = Device(page)
    give_password(page, portal, person)
    page.get_by_role("link", name="A passkey on this device").click()
    page.get_by_label("Name for it").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(f"{portal}/account/second-factor/codes/**")
    return page, device


def test_it_is_all_the_second_factor_one_needs(portal, person, owner, new_context, looks_right):
    page, device = owner
    assert heading(page) == "Your printed codes"
    page.get_by_role("button", name="I have them on paper").click()
    assert page.url == f"{portal}/account/"
    assert "My laptop" in page.inner_text("main")
    looks_right(page, "account-with-a-passkey")
    factor = second_factor_of(person)
    assert (factor.app, factor.passkeys, factor.usable) == (False, 1, True)
    (key,) = device.keys()
    assert (key["rpId"], key["isResidentCredential"]) == ("localhost", True)

    later = new_context().new_page()
    device.hand_over(Device(later))
    give_password(later, portal, person)
    assert heading(later) == "Your second factor"
    looks_right(later, "second-factor-by-passkey")
    later.get_by_role("button", name="Use my passkey").click()
    later.wait_for_url(f"{portal}/account/")
    assert Line.objects.filter(deed="account.signed_in", user_id=person.pk).count() == 2


def test_it_signs_in_alone_and_leads_on(portal, person, owner, new_context, looks_right):
    _, device = owner
    page = new_context().new_page()
    theirs = Device(page)
    device.hand_over(theirs)
    page.goto(f"{portal}/sign-in/?next=/account/password/")
    looks_right(page, "sign-in-with-passkeys")
    theirs.agrees(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("No passkey was given. Nothing was changed.").wait_for()
    looks_right(page, "sign-in-no-passkey")
    theirs.agrees(True)
    page.wait_for_timeout(1100)  # a button hears one click a second
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{portal}/account/password/")


def test_a_device_without_one_for_the_portal_is_told_so(portal, person, new_context):
    page = new_context().new_page()
    Device(page)
    page.goto(f"{portal}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("No passkey was given.").wait_for()


def test_a_removed_one_opens_nothing(portal, person, owner, new_context, looks_right):
    page, device = owner
    TOTP.activate(person, generate_totp_secret())
    page.goto(f"{portal}/account/")
    page.get_by_role("link", name="Name My laptop").click()
    if page.get_by_label("Password", exact=True).count():
        looks_right(page, "password-or-passkey-again")
        page.get_by_role("link", name="Use my passkey instead").click()
        looks_right(page, "passkey-again")
        page.get_by_role("button", name="Use my passkey").click()
    page.get_by_label("Name for it").fill("The grey laptop")
    looks_right(page, "passkey-name")
    page.get_by_role("button", name="Keep this name").click()
    assert "The grey laptop" in page.inner_text("main")
    page.get_by_role("link", name="Remove The grey laptop").click()
    looks_right(page, "passkey-remove")
    page.get_by_role("button", name="Remove the passkey").click()
    assert "The passkey is removed" in page.inner_text("main")
    assert second_factor_of(person).passkeys == 0

    later = new_context().new_page()
    device.hand_over(Device(later))
    later.goto(f"{portal}/sign-in/")
    later.get_by_role("button", name="Sign in with a passkey").click()
    later.get_by_text("That passkey was not taken").wait_for()
    assert heading(later) == "Sign in"
    looks_right(later, "sign-in-removed-passkey")


def test_it_is_asked_for_again_before_what_is_worth_guarding(portal, person, owner, settings, looks_right):
    from datetime import timedelta

    page, _ = owner
    PortalRole.objects.create(user=person, role="portal_administrator", starts_on="2020-01-01")
    page.get_by_role("button", name="I have them on paper").click()
    settings.FACTOR_FRESH = timedelta(0)
    page.goto(f"{portal}/people/new/")
    settings.FACTOR_FRESH = timedelta(minutes=15)
    assert heading(page) == "Give your passkey again"
    page.get_by_role("link", name="Give a code instead").click()
    assert heading(page) == "Give a code again"
    looks_right(page, "code-again")
    page.get_by_role("link", name="Use my passkey instead").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{portal}/people/new/")
    assert heading(page) == "Invite a person"
    page.get_by_label("Full name").fill("Nia New")
    settings.FACTOR_FRESH = timedelta(0)
    page.get_by_role("button", name="Continue").click()
    assert heading(page) == "Give your passkey again"
    settings.FACTOR_FRESH = timedelta(minutes=15)
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{portal}/account/kept/")
    assert "Nia New" in page.inner_text("main")
    looks_right(page, "kept-for-the-factor")


def test_twice_on_one_device_is_told(portal, owner):
    page, _ = owner
    page.goto(f"{portal}/account/passkeys/new/")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("This device has a passkey for your account already.").wait_for()


def test_only_at_the_portals_own_address(portal, person, new_context, settings):
    settings.PORTAL_URL = "https://portal.example"
    page = new_context().new_page()
    Device(page)
    page.goto(f"{portal}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Passkeys work only at the portal").wait_for()


def test_without_scripts_the_pages_say_what_else_to_do(portal, person, new_context):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{portal}/sign-in/")
    assert (
        "Passkeys need scripts, and your browser runs none here. Sign in with your password above."
        in page.inner_text("main")
    )
    assert page.get_by_role("button", name="Sign in with a passkey").count() == 0
    give_password(page, portal, person)
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Go on").click()
    page.goto(f"{portal}/account/passkeys/new/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    assert "Passkeys need scripts" in page.inner_text("main")
    page.get_by_role("link", name="Set up an app or printed codes instead").click()
    assert heading(page) == "Your second factor"


def test_a_page_for_a_new_one_looks_right(portal, person, new_context, looks_right):
    page = new_context().new_page()
    give_password(page, portal, person)
    looks_right(page, "second-factor-with-passkeys")
    page.get_by_role("link", name="A passkey on this device").click()
    looks_right(page, "passkey-add")
    page.evaluate("document.querySelector('form[data-passkey]').elements.credential.value = '{}'")
    page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('form[data-passkey]'))")
    page.get_by_text("That passkey was not taken").first.wait_for()
    looks_right(page, "passkey-add-refused")


@pytest.mark.parametrize(
    "said", ["", "{}", "[]", "null", "7", '{"response": {}}', '{"response": []}', "nonsense", json.dumps({"id": "x", "rawId": "eA", "type": "public-key", "response": {"userHandle": "eA", "clientDataJSON": "e30", "authenticatorData": "eA", "signature": "eA", "attestationObject": "eA"}})]
)  # fmt: skip
def test_whatever_is_sent_for_one_is_refused_in_words(said, person, client):
    client.get("/sign-in/passkey/", headers={"Accept": "application/json"})
    answer = client.post("/sign-in/passkey/", {"credential": said})
    assert answer.status_code == 302
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    client.get("/sign-in/code/")
    answer = client.post("/sign-in/code/", {"credential": said})
    assert answer.status_code == 200
    assert client.get("/account/").status_code == 302
    client.post("/sign-in/code/", {"code": code_for(secret)})
    client.post("/sign-in/again/", {"password": PASSWORD})
    client.get("/account/passkeys/new/")
    answer = client.post("/account/passkeys/new/", {"name": "x", "credential": said})
    assert answer.status_code == 422
    assert "That passkey was not taken" in answer.content.decode()
    assert second_factor_of(person).passkeys == 0
