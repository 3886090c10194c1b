"""Joining by invitation, as the one who invites and the one who is invited meet it, with and without scripts."""

import re

import pytest
from django.core import mail
from django.core.cache import cache

from access.principal import principal_of
from accounts.models import Letter, User
from accounts.operations import send_letters
from agencies import operations
from agencies.models import Agency, Membership, MembershipInvitation, QSGMember, QualitySurveillanceGroup
from tests import issuer as organisation
from tests.integration.agencies.conftest import LAST_YEAR, agreed, belongs, person, signs
from timekeeping import portal_now

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery staple"


@pytest.fixture
def ccg(transactional_db, settings) -> Agency:
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    team = Agency.objects.create(kind="nhs_england_area_team", name="Example Area Team")
    ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    region = QualitySurveillanceGroup.objects.create(name="Example Regional QSG", tier="regional", team=team)
    group = QualitySurveillanceGroup.objects.create(
        name="Example QSG", tier="local", team=team, region=region
    )
    QSGMember.objects.create(qsg=group, agency=ccg, starts_on=LAST_YEAR)
    signs(ccg, agreed(group))
    return ccg


@pytest.fixture
def administrator(ccg: Agency) -> User:
    admin = person("Cy Admin")
    belongs(admin, ccg, "agency_administrator")
    return admin


def link(live_server) -> str:
    """Send what waits, and take the link of the last mail."""
    send_letters(now=portal_now())
    return live_server.url + re.findall(r"/invitation/\S+", mail.outbox[-1].body)[0]


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_invitation_to_the_yes(
    live_server, browser_as, new_context, looks_right, administrator, scripts
):
    look = looks_right if scripts else lambda *a: None
    admin = browser_as(administrator, java_script_enabled=scripts)
    admin.goto(f"{live_server.url}/people/")
    look(admin, "people-of-a-body")
    admin.get_by_role("link", name="Invitations").click()
    look(admin, "invitations-none")
    admin.get_by_role("button", name="Invite a person").click()
    look(admin, "invite")
    admin.get_by_role("button", name="Continue").click()
    look(admin, "invite-refused")
    admin.get_by_label("Full name").fill("Nia New")
    admin.get_by_label("E-mail address").fill("nia@example.org")
    if scripts:
        admin.get_by_label("To join which body?").select_option(label="NHS Example CCG")
        admin.get_by_label("A seat at a group?").select_option(label="Deputy at Example QSG")
    else:
        admin.locator("select[name=agency]").select_option(label="NHS Example CCG")
        admin.locator("select[name=seat]").select_option(label="Deputy at Example QSG")
    admin.get_by_label("Contributor").check()
    admin.get_by_role("button", name="Continue").click()
    assert "From the day they join, Nia New may raise and share concerns" in admin.inner_text("main")
    look(admin, "invite-check")
    admin.get_by_role("button", name="Send the invitation").click()
    assert heading(admin) == "Invitations"
    look(admin, "invitations")

    nia = new_context(java_script_enabled=scripts).new_page()
    nia.goto(link(live_server))
    assert nia.url == f"{live_server.url}/invitation/", "the key is gone from the address"
    look(nia, "invited")
    nia.get_by_label("Password", exact=True).fill("password123")
    nia.get_by_label("Password again").fill("password123")
    nia.get_by_role("button", name="Open my account").click()
    assert "too common" in nia.inner_text("main")
    look(nia, "invited-refused")
    nia.get_by_label("Password", exact=True).fill(PASSWORD)
    nia.get_by_label("Password again").fill(PASSWORD)
    nia.get_by_role("button", name="Open my account").click()
    assert heading(nia) == "Set up your second factor"
    nia.get_by_role("link", name="Printed codes").click()
    nia.get_by_role("button", name="Make the codes").click()
    if nia.get_by_label("Password", exact=True).count():
        nia.get_by_label("Password", exact=True).fill(PASSWORD)
        nia.get_by_role("button", name="Go on").click()
    nia.get_by_role("button", name="I have them on paper").click()
    assert heading(nia) == "Do you join NHS Example CCG?"
    look(nia, "join")
    nia.get_by_role("button", name="Yes, I join").click()
    assert "You have joined NHS Example CCG." in nia.inner_text("main")
    assert Membership.objects.get(user__email="nia@example.org").role == "contributor"
    admin.reload()
    assert "Accepted by Nia New" in admin.inner_text("main")
    look(admin, "invitations-accepted")


def test_every_other_state(live_server, browser_as, new_context, looks_right, administrator, ccg):
    bob, ann = person("Bob May"), person("Ann Lee")
    held = operations.invite(
        by=principal_of(administrator.pk),
        now=portal_now(),
        agency=ccg,
        email=bob.email,
        full_name="Bob May",
        role="reader",
    )
    stranger = new_context().new_page()
    stranger.goto(link(live_server))
    looks_right(stranger, "invited-with-an-account")
    other = browser_as(ann)
    other.goto(link_again := f"{live_server.url}/invitation/nonsense/")
    other.goto(f"{live_server.url}/invitation/join/")
    assert heading(other) == "Page not found"
    User.objects.filter(pk=bob.pk).update(is_active=False)
    stranger.reload()
    assert heading(stranger) == "This account is closed"
    looks_right(stranger, "invited-closed")
    User.objects.filter(pk=bob.pk).update(is_active=True)
    admin = browser_as(administrator)
    Letter.objects.update(outcome="given_up")
    admin.goto(f"{live_server.url}/people/invitations/")
    looks_right(admin, "invitations-undelivered")
    admin.get_by_role("button", name="Send again").click()
    looks_right(admin, "invite-again")
    admin.get_by_role("button", name="Send it again").click()
    fresh_link = link(live_server)
    other.goto(fresh_link)
    assert "for another address" in other.inner_text("main")
    looks_right(other, "join-not-yours")
    admin.get_by_role("button", name="Withdraw").click()
    looks_right(admin, "invitation-withdraw")
    admin.get_by_role("button", name="Withdraw it").click()
    looks_right(admin, "invitations-withdrawn")
    stranger.goto(fresh_link)
    assert heading(stranger) == "This invitation no longer works"
    looks_right(stranger, "invited-no-longer")
    stranger.goto(link_again)
    assert heading(stranger) == "This invitation no longer works"
    held.refresh_from_db()
    assert MembershipInvitation.objects.get().withdrawn_at


def test_single_sign_on_as_a_person_meets_it(live_server, new_context, looks_right, administrator, settings):
    settings.PORTAL_URL = live_server.url
    with organisation.running() as issuer:
        settings.OIDC_ISSUER, settings.OIDC_NAME = issuer.url, "NHS Example"
        settings.OIDC_CLIENT_ID = organisation.CLIENT_ID
        settings.OIDC_CLIENT_SECRET = organisation.CLIENT_SECRET
        issuer.person = {"sub": "cy", "email": administrator.email, "email_verified": True, "amr": ["mfa"]}
        page = new_context().new_page()
        page.goto(f"{live_server.url}/account/")
        looks_right(page, "sign-in-with-an-organisation")
        page.get_by_role("button", name="Sign in with NHS Example").click()
        page.wait_for_url(f"{live_server.url}/account/")
        looks_right(page, "account-linked")
        page.get_by_role("link", name="Unlink").click()
        looks_right(page, "unlink")
        page.get_by_role("button", name="Unlink it").click()
        page.get_by_role("button", name="Sign out").click()
        looks_right(page, "signed-out-here")
        issuer.claims = {"email_verified": False}
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_role("button", name="Sign in with NHS Example").click()
        assert heading(page) == "You were not signed in"
        looks_right(page, "sign-on-refused")


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_has_an_account_says_yes_from_the_home_page(
    live_server, browser_as, looks_right, administrator, ccg, scripts
):
    bob = person("Bob Barker")
    by, now = principal_of(administrator.pk), portal_now()
    operations.invite(by=by, now=now, agency=ccg, email=bob.email, full_name="Bob", role="reader")
    page = browser_as(bob, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/")
    if scripts:
        looks_right(page, "home-invited")
    page.get_by_role("link", name="Say whether you join NHS Example CCG").click()
    page.get_by_role("button", name="Yes, I join").click()
    assert "You have joined NHS Example CCG" in page.inner_text("main")
    assert "You are invited" not in page.inner_text("main")
