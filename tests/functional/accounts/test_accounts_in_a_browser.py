"""Sign-in, second factor, sessions, and what was typed, as a person meets them."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache

from accounts.models import User
from tests.integration.accounts.conftest import PASSWORD, code_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(transactional_db) -> User:
    cache.clear()
    return User.objects.create_user(
        "okoro@ccg.example", PASSWORD, full_name="Adaeze Okoro", telephone="020 7946 0000"
    )


@pytest.fixture
def portal(live_server, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return live_server.url


def give_password(page, portal, person):
    page.goto(f"{portal}/account/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_first_sign_in_with_an_app(portal, person, new_context, looks_right, scripts):
    page = new_context(java_script_enabled=scripts).new_page()
    look = looks_right if scripts else lambda *a: None
    page.goto(f"{portal}/account/")
    look(page, "sign-in")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    look(page, "sign-in-wrong")
    give_password(page, portal, person)
    assert page.get_by_role("heading", level=1).inner_text() == "Set up your second factor"
    look(page, "second-factor")
    page.get_by_role("link", name="An app on a telephone").click()
    page.get_by_text("I cannot scan it").click()
    look(page, "app")
    secret = page.locator(".portal-secret").text_content().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(code_for(secret))
    page.get_by_role("button", name="Finish").click()
    if page.get_by_label("Password", exact=True).count():
        look(page, "password-again")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    assert page.locator(".portal-codes li").count() == 20
    look(page, "codes")
    page.get_by_role("button", name="I have them on paper").click()
    assert page.url == f"{portal}/account/"
    look(page, "account")


def test_without_a_telephone(portal, person, new_context, looks_right):
    page = new_context().new_page()
    give_password(page, portal, person)
    page.get_by_role("link", name="Printed codes").click()
    looks_right(page, "codes-new")
    page.get_by_role("button", name="Make the codes").click()
    if page.get_by_label("Password", exact=True).count():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    codes = page.locator(".portal-codes li").all_inner_texts()
    page.emulate_media(media="print")
    looks_right(page, "codes-printed")
    later = new_context().new_page()
    give_password(later, portal, person)
    looks_right(later, "code")
    later.get_by_label("Code").fill(codes[0])
    later.get_by_role("button", name="Go on").click()
    assert later.get_by_role("heading", level=1).inner_text() == "Your account"


def test_the_pages_that_anybody_may_read(portal, person, new_context, looks_right):
    page = new_context().new_page()
    for path in (
        "privacy/",
        "accessibility/",
        "password/forgotten/",
        "sign-in/closed/",
        "nowhere/",
        "password/new/abc-def/",
    ):
        page.goto(f"{portal}/{path}")
        looks_right(page, path.strip("/").replace("/", "-"))


@pytest.mark.parametrize("path", ["sign-in/", "account/password/"])
def test_a_password_may_be_pasted(portal, person, browser_as, new_context, path):
    """As a password manager does it."""
    page = browser_as(person) if path.startswith("account") else new_context().new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{portal}/{path}")
    page.evaluate("navigator.clipboard.writeText('three random words')")
    boxes = page.locator("main input[type=password]").all()
    assert boxes
    for box in boxes:
        box.focus()
        page.keyboard.press("Control+V")
        assert box.input_value() == "three random words"


def test_ones_own_pages(portal, person, browser_as, looks_right):
    page = browser_as(person)
    browser_as(person)
    for path in (
        "account/",
        "account/password/",
        "account/second-factor/",
        "sign-out/",
        "account/second-factor/codes/new/",
    ):
        page.goto(f"{portal}/{path}")
        looks_right(page, "own-" + path.strip("/").replace("/", "-"))


def test_one_is_warned_can_stay_and_loses_nothing(portal, person, browser_as, looks_right, settings):
    from datetime import timedelta

    # Two minutes and two seconds of idleness allowed, warned from the start.
    settings.SESSION_IDLE, settings.SESSION_WARNING = timedelta(seconds=8), timedelta(seconds=6)
    page = browser_as(person)
    page.goto(f"{portal}/account/password/")
    dialog = page.get_by_role("dialog", name="You will be signed out soon")
    dialog.wait_for(timeout=15_000)
    looks_right(page, "session-warning")
    settings.SESSION_IDLE = timedelta(minutes=30)
    page.get_by_role("button", name="Stay signed in").click()
    dialog.wait_for(state="hidden", timeout=10_000)
    assert page.url == f"{portal}/account/password/"


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_outlives_the_session(portal, person, browser_as, looks_right, scripts, settings):
    from django.contrib.sessions.models import Session

    from accounts.sessions import SEEN_AT

    settings.ROOT_URLCONF = "tests.functional.accounts.pages"
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    page = browser_as(person, java_script_enabled=scripts)
    page.goto(f"{portal}/try/")
    page.get_by_label("What happened?").fill("Two falls in a week\non one ward")
    page.get_by_label("Yes").check()
    for session in Session.objects.all():
        store = session.get_session_store_class()(session.session_key)
        store[SEEN_AT] = "2020-01-01T00:00:00+00:00"
        store.save()
    page.get_by_role("button", name="Share this").click()
    assert page.url.startswith(f"{portal}/sign-in/")
    assert "What you had typed is kept" in page.inner_text("main")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What you had typed is here"
    if scripts:
        looks_right(page, "kept")
    page.get_by_role("button", name="Send it now").click()
    assert page.locator("#taken").inner_text() == "Two falls in a week\non one ward"


def test_scripts_put_typed_text_back_when_the_page_itself_saw_the_end(portal, person, browser_as, settings):
    from datetime import timedelta

    settings.ROOT_URLCONF = "tests.functional.accounts.pages"
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    page = browser_as(person)
    settings.SESSION_IDLE, settings.SESSION_WARNING = timedelta(seconds=4), timedelta(seconds=2)
    page.goto(f"{portal}/try/")
    page.get_by_label("What happened?").fill("Half a sentence")
    page.wait_for_url(re.compile("/sign-in/"), timeout=20_000)
    settings.SESSION_IDLE, settings.SESSION_WARNING = timedelta(minutes=30), timedelta(minutes=3)
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Go on").click()
    assert page.url == f"{portal}/try/"
    assert page.get_by_label("What happened?").input_value() == "Half a sentence"
    assert "has been put back" in page.get_by_role("status").first.inner_text()
    page.get_by_role("button", name="Sign out").click()
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('portal-typed')).length") == 0


def test_the_next_person_at_the_same_browser_finds_nothing(portal, person, browser_as, settings):
    page = browser_as(person)
    page.goto(f"{portal}/account/")
    page.evaluate("sessionStorage.setItem('portal-typed:somebody-else:/try/', '[]')")
    page.reload()
    assert page.evaluate("sessionStorage.getItem('portal-typed:somebody-else:/try/')") is None


def test_every_component_and_field(portal, person, browser_as, looks_right, settings):
    settings.ROOT_URLCONF = "tests.functional.accounts.pages"
    page = browser_as(person)
    page.goto(f"{portal}/components/")
    looks_right(page, "components")
    page.emulate_media(media="print")
    looks_right(page, "components-printed")
    page.emulate_media(media="screen")
    page.goto(f"{portal}/try/")
    looks_right(page, "form")
    rung = page.get_by_label("Whom have you rung?")
    assert not rung.is_visible()
    page.get_by_label("Yes").check()
    assert rung.is_visible()
    page.get_by_label("Not sure").check()
    assert not rung.is_visible()
    page.get_by_role("button", name="Share this").click()
    page.wait_for_function("document.activeElement.className.startsWith('nhsuk-error-summary')", timeout=5000)
    looks_right(page, "form-errors")
    page.get_by_role("link", name="Enter an answer to").click()
    assert page.evaluate("document.activeElement.id") == "id_narrative"
    page.get_by_role("combobox", name="Provider").fill("trust 7")
    page.get_by_role("option", name="Fictional trust 7", exact=True).click()
    looks_right(page, "form-picker")


def test_text_at_twice_its_size(portal, person, browser_as, settings):
    """Half the pixels across is what a browser gives a page at 200 %."""
    settings.ROOT_URLCONF = "tests.functional.accounts.pages"
    page = browser_as(person, viewport={"width": 640, "height": 512}, device_scale_factor=2)
    for path in ("components/", "try/", "account/"):
        page.goto(f"{portal}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
