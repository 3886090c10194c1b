"""Single sign-on, against an organisation on this machine that signs for real, and does one thing wrong at a time."""

import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPErrorProcessor, build_opener

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from access.principal import principal_of
from accounts import sign_on
from accounts.fresh import is_fresh, note_factor
from accounts.middleware import FACTOR_SEEN
from accounts.models import Letter, SignOn, User
from accounts.operations import reopen_account, send_letters
from accounts.sessions import BEGAN_AT
from agencies.models import Agency, Membership, PortalRole
from agencies.operations import invite
from audit.models import Line
from tests import issuer as organisation
from tests.integration.accounts.conftest import PASSWORD, code_for
from tests.issuer import Issuer
from timekeeping import portal_now

pytestmark = pytest.mark.django_db

START = "/sign-in/organisation/"
REFUSED = "does not open an account here, so nothing was changed"


class _Stay(HTTPErrorProcessor):
    """Follows nothing: where an answer leads is for the browser."""

    def http_response(self, request, response):
        return response


def visit(address: str) -> str:
    """Open the organisation's page, and say where it leads."""
    with build_opener(_Stay).open(address, timeout=5) as answer:
        return answer.headers["Location"]


@pytest.fixture
def issuer(settings) -> Iterator[Issuer]:
    with organisation.running() as running:
        settings.OIDC_ISSUER, settings.OIDC_NAME = running.url, "NHS Example"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
            organisation.CLIENT_ID,
            organisation.CLIENT_SECRET,
        )
        running.person = {
            "sub": "okoro-at-the-organisation",
            "email": "Okoro@ccg.example",
            "email_verified": True,
            "amr": ["pwd", "mfa"],
        }
        yield running


def back_of(client: Client, start: str = START) -> str:
    """Go to the organisation and come away with the address that leads back."""
    led = client.get(start)
    assert led.status_code == 302, led.content.decode()[:2000]
    to = urlsplit(visit(led["Location"]))
    assert to.path == "/sign-in/organisation/back/"
    return f"{to.path}?{to.query}"


def sign_on_with(client: Client, start: str = START):
    """The whole way there and back."""
    return client.get(back_of(client, start))


def refused(answer, caplog, why: str) -> None:
    """One plain sentence, nothing changed, and the log says why without a name."""
    assert answer.status_code == 403
    assert REFUSED in answer.content.decode()
    assert f"Single sign-on was refused: {why}." in caplog.text
    assert "okoro" not in caplog.text.lower()
    assert not SignOn.objects.exists()
    assert not Letter.objects.exists()


def test_none_set_up_none_offered(client):
    assert "NHS Example" not in client.get("/sign-in/").content.decode()
    assert client.get(START).status_code == 404
    assert client.get(f"{START}back/?code=x&state=y").status_code == 404


class TestWhoHasAnAccount:
    def test_is_signed_in_linked_and_written_to(self, client, person, secret, issuer):
        assert "Sign in with NHS Example" in client.get("/sign-in/?next=/account/").content.decode()
        answer = sign_on_with(client, f"{START}?next=/account/password/")
        assert answer["Location"] == "/account/password/"
        assert client.get("/account/").status_code == 200
        linked = SignOn.objects.get()
        assert (linked.user, linked.issuer, linked.subject) == (
            person,
            issuer.url,
            "okoro-at-the-organisation",
        )
        assert Line.objects.filter(deed="account.sign_on_linked", user_id=person.pk).count() == 1
        assert Line.objects.filter(deed="account.signed_in", user_id=person.pk).count() == 1
        send_letters(now=portal_now())
        assert [(one.to, one.subject) for one in mail.outbox] == [
            ([person.email], "Your account can be opened another way")
        ]
        assert "NHS Example, since" in client.get("/account/").content.decode()

    def test_again_is_signed_in_by_the_link_whatever_the_address(self, client, person, secret, issuer):
        sign_on_with(client)
        issuer.person["email"] = "married@ccg.example"
        other = Client()
        sign_on_with(other)
        assert other.get("/account/").status_code == 200
        assert SignOn.objects.count() == 1
        assert Letter.objects.count() == 1

    def test_gives_no_second_factor_where_it_gave_one_there(self, client, person, secret, issuer):
        PortalRole.objects.create(user=person, role="portal_administrator", starts_on="2020-01-01")
        sign_on_with(client)
        assert client.get("/people/new/").status_code == 200, "and it is fresh"

    def test_without_a_factor_here_is_asked_for_one_when_it_is_not_fresh(
        self, client, person, issuer, freeze
    ):
        PortalRole.objects.create(user=person, role="portal_administrator", starts_on="2020-01-01")
        now = freeze(portal_now())
        sign_on_with(client)
        assert client.get("/account/").status_code == 200, "none is needed to go on"
        freeze(now + timedelta(minutes=15))
        assert client.get("/people/new/")["Location"] == "/account/second-factor/"

    @pytest.mark.parametrize(
        "said", [{"amr": None}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"amr": None, "acr": "silver"}]
    )
    def test_gives_one_here_where_it_is_not_said_to_have_given_one_there(
        self, client, person, secret, issuer, said
    ):
        issuer.claims = said
        assert sign_on_with(client)["Location"].startswith("/sign-in/code/")
        assert client.get("/account/").status_code == 302
        client.post("/sign-in/code/", {"code": code_for(secret)})
        assert client.get("/account/").status_code == 200

    def test_a_class_that_the_settings_name_counts(self, client, person, secret, issuer, settings):
        settings.OIDC_STRONG_ACR = frozenset({"gold"})
        issuer.claims = {"amr": None, "acr": "gold"}
        sign_on_with(client)
        assert client.get("/account/").status_code == 200

    def test_and_no_factor_anywhere_sets_one_up_first(self, client, person, issuer):
        issuer.claims = {"amr": ["pwd"]}
        sign_on_with(client)
        assert client.get("/account/")["Location"] == "/account/second-factor/"
        assert not Authenticator.objects.exists()

    def test_and_left_the_screen_adds_no_factor_before_signing_on_again(self, client, person, issuer):
        person.set_unusable_password()
        person.save()
        issuer.person["amr"] = ["pwd"]
        sign_on_with(client)
        assert client.get("/account/passkeys/new/").status_code == 200
        session = client.session
        session[BEGAN_AT] = (portal_now() - timedelta(minutes=15)).isoformat()
        session.save()
        for method in (client.get, client.post):
            answer = method("/account/passkeys/new/")
            assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=")
        assert client.get("/account/").status_code == 302, "signed out"
        sign_on_with(client)
        assert client.get("/account/passkeys/new/").status_code == 200

    def test_is_told_on_signing_out_that_there_is_another_door(self, client, person, secret, issuer):
        sign_on_with(client)
        cookie = client.cookies["portal"].value
        page = client.post("/sign-out/", follow=True).content.decode()
        assert "You may still be signed in at NHS Example" in page
        thief = Client()
        thief.cookies["portal"] = cookie
        assert thief.get("/account/").status_code == 302

    def test_the_secret_may_go_in_the_form(self, client, person, secret, issuer):
        issuer.by_post = True
        sign_on_with(client)
        assert client.get("/account/").status_code == 200

    def test_is_never_led_to_another_site(self, client, person, secret, issuer):
        assert sign_on_with(client, f"{START}?next=https://evil.example/")["Location"] == "/"

    def test_and_is_signed_in_already_goes_on(self, client, person, secret, sign_in, issuer):
        sign_in(person, secret)
        assert client.get(f"{START}?next=/account/")["Location"] == "/account/"

    def test_can_unlink_it(self, client, person, secret, issuer):
        sign_on_with(client)
        elsewhere = Client()
        sign_on_with(elsewhere)
        assert "Unlink NHS Example?" in client.get("/account/sign-on/unlink/").content.decode()
        assert client.post("/account/sign-on/unlink/")["Location"] == "/account/"
        assert not SignOn.objects.exists()
        assert elsewhere.get("/account/").status_code == 302
        assert client.post("/account/sign-on/unlink/").status_code == 302, "twice is no fault"
        assert Line.objects.filter(deed="account.sign_on_unlinked").count() == 1


class TestWhoHasNone:
    def test_gets_none(self, client, db, issuer, caplog):
        refused(sign_on_with(client), caplog, "no account")
        assert not User.objects.exists()

    def test_and_is_invited_opens_one_without_a_password(self, client, db, issuer, freeze):
        now = freeze(portal_now())
        administrator = User.objects.create_user("admin@ccg.example", full_name="Cy Admin")
        PortalRole.objects.create(user=administrator, role="portal_administrator", starts_on="2020-01-01")
        ccg = Agency.objects.create(kind="ccg", name="NHS Example CCG")
        invite(
            by=principal_of(administrator.pk),
            now=now,
            agency=ccg,
            email="okoro@ccg.example",
            full_name="Adaeze Okoro",
            role="reader",
        )
        send_letters(now=now)
        client.get(re.search(r"/invitation/\S+", mail.outbox[0].body)[0])
        assert "Sign in with NHS Example" in client.get("/invitation/").content.decode()
        answer = sign_on_with(client, f"{START}?next=/invitation/join/")
        assert answer["Location"] == "/invitation/join/"
        person = User.objects.get(email="okoro@ccg.example")
        assert not person.has_usable_password()
        assert not Membership.objects.exists(), "nothing before the yes"
        client.post("/invitation/join/")
        assert principal_of(person.pk).agency_roles == {"reader"}

    def test_and_holds_anothers_invitation_gets_none(self, client, db, issuer, freeze, caplog):
        now = freeze(portal_now())
        administrator = User.objects.create_user("admin@ccg.example", full_name="Cy Admin")
        PortalRole.objects.create(user=administrator, role="portal_administrator", starts_on="2020-01-01")
        invite(
            by=principal_of(administrator.pk),
            now=now,
            agency=Agency.objects.create(kind="ccg", name="NHS Example CCG"),
            email="somebody.else@ccg.example",
            full_name="Somebody Else",
            role="reader",
        )
        send_letters(now=now)
        client.get(re.search(r"/invitation/\S+", mail.outbox[0].body)[0])
        answer = sign_on_with(client)
        assert (answer.status_code, User.objects.count()) == (403, 1)
        assert "refused: no account" in caplog.text

    def test_any_more_is_told_that_it_is_closed_and_nothing_is_linked(self, client, person, issuer):
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert sign_on_with(client)["Location"] == "/sign-in/closed/"
        assert not SignOn.objects.exists()

    def test_any_more_lends_the_factor_given_there_to_nobody(self, client, person, issuer):
        """Somebody told that their account is closed stays at the browser, and knows another's password."""
        PortalRole.objects.create(user=person, role="portal_administrator", starts_on="2020-01-01")
        User.objects.create_user("closed@ccg.example", full_name="Closed")
        User.objects.filter(email="closed@ccg.example").update(is_active=False)
        issuer.person = {**issuer.person, "sub": "another", "email": "closed@ccg.example"}
        assert sign_on_with(client)["Location"] == "/sign-in/closed/"
        assert client.post("/sign-in/", {"login": person.email, "password": PASSWORD}).status_code == 302
        assert client.get("/account/")["Location"] == "/account/second-factor/", (
            "none was given for this account"
        )
        assert client.get("/people/new/")["Location"] == "/account/second-factor/"

    def test_a_mark_left_in_a_session_is_of_its_person_alone(self, client, person, issuer):
        PortalRole.objects.create(user=person, role="portal_administrator", starts_on="2020-01-01")
        other = User.objects.create_user("other@ccg.example", full_name="Other")
        session = client.session
        session[FACTOR_SEEN] = str(other.pk)
        note_factor(session, other, portal_now())
        session.save()
        client.cookies["portal"] = session.session_key
        client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
        assert client.get("/account/")["Location"] == "/account/second-factor/"
        assert not is_fresh(client.session, portal_now())

    def test_any_more_and_is_let_in_again_is_linked_anew(self, client, person, secret, issuer):
        sign_on_with(client)
        reopen_account(user=person, now=portal_now())
        assert not SignOn.objects.exists()


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("claims", "why"),
        [
            ({"aud": "another-client"}, "audience"),
            ({"aud": ["the-portal", "another-client"]}, "audience"),
            ({"azp": "another-client"}, "audience"),
            ({"aud": None}, "audience"),
            ({"iss": "https://another.example"}, "issuer"),
            ({"iss": None}, "issuer"),
            ({"exp": int(time.time()) - 3600}, "time"),
            ({"exp": None}, "time"),
            ({"exp": "tomorrow"}, "time"),
            ({"iat": int(time.time()) - 3600}, "time"),
            ({"iat": int(time.time()) + 3600, "exp": int(time.time()) + 7200}, "time"),
            ({"nbf": int(time.time()) + 3600}, "time"),
            ({"nonce": "of another question"}, "nonce"),
            ({"nonce": None}, "nonce"),
            ({"sub": None}, "subject"),
            ({"sub": ""}, "subject"),
            ({"email": None}, "address"),
            ({"email_verified": False}, "address"),
            ({"email_verified": None}, "address"),
            ({"email_verified": "true"}, "address"),
        ],
    )
    def test_in_what_was_signed(self, client, person, secret, issuer, caplog, claims, why):
        issuer.claims = claims
        answer = sign_on_with(client)
        refused(answer, caplog, why)
        assert client.get("/account/").status_code == 302

    @pytest.mark.parametrize(
        ("key", "algorithm"),
        [
            (None, "none"),
            (organisation.ANOTHERS_KEY, "RS256"),
            (organisation.CLIENT_SECRET * 3, "HS256"),
        ],
        ids=["unsigned", "another's key", "the shared secret"],
    )
    def test_in_how_it_was_signed(self, client, person, secret, issuer, caplog, key, algorithm):
        issuer.key, issuer.algorithm = key, algorithm
        refused(sign_on_with(client), caplog, "signature")

    def test_nobody_asked(self, client, person, secret, issuer, caplog):
        """Somebody else's answer, pushed into this browser, signs in nobody."""
        theirs = back_of(Client())
        refused(client.get(theirs), caplog, "state")
        assert issuer.tokens == 0

    def test_it_was_another_browser_that_asked(self, client, person, secret, issuer, caplog):
        back_of(client)
        refused(client.get(back_of(Client())), caplog, "state")

    def test_it_was_answered_before(self, client, person, secret, issuer):
        back = back_of(client)
        client.get(back)
        client.post("/sign-out/")
        assert client.get(back).status_code == 403
        assert issuer.tokens == 1

    def test_it_took_too_long(self, client, person, secret, issuer, freeze, caplog):
        now = freeze(portal_now())
        back = back_of(client)
        freeze(now + timedelta(minutes=10, seconds=1))
        refused(client.get(back), caplog, "late")

    def test_another_organisation_answered(self, client, person, secret, issuer, caplog):
        back = re.sub(r"iss=[^&]*", "iss=https%3A%2F%2Fanother.example", back_of(client))
        refused(client.get(back), caplog, "issuer")

    def test_the_code_is_of_another_question(self, client, person, secret, issuer, caplog):
        """PKCE: a code taken from one browser is worth nothing with the question of another."""
        stolen = parse_qs(urlsplit(back_of(Client())).query)["code"][0]
        back = re.sub(r"code=[^&]*", f"code={stolen}", back_of(client))
        answer = client.get(back)
        assert answer.status_code == 403
        assert issuer.tokens == 0
        assert not SignOn.objects.exists()

    def test_it_declined(self, client, person, secret, issuer, caplog):
        issuer.declines = True
        refused(sign_on_with(client), caplog, "declined")

    @pytest.mark.parametrize(
        ("discovery", "why"),
        [
            ({"issuer": "https://another.example"}, "issuer"),
            ({"authorization_endpoint": "http://evil.example/"}, "discovery"),
            ({"authorization_endpoint": "javascript:alert(1)"}, "discovery"),
        ],
    )
    def test_in_what_it_says_of_itself(self, client, issuer, db, caplog, discovery, why):
        issuer.discovery = discovery
        refused(client.get(START), caplog, why)

    @pytest.mark.parametrize("where", ["token_endpoint", "jwks_uri"])
    def test_it_sends_the_portal_elsewhere(self, client, person, secret, issuer, caplog, where):
        issuer.discovery = {where: "file:///etc/passwd"}
        refused(sign_on_with(client), caplog, "discovery")

    def test_it_does_not_answer(self, client, db, settings, caplog):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            settings.OIDC_ISSUER = f"http://127.0.0.1:{closed.getsockname()[1]}"
        refused(client.get(START), caplog, "unreachable")

    def test_the_address_is_somebody_elses_by_now(self, client, person, secret, issuer, caplog):
        """An address that was given to another person there opens nothing of the first."""
        sign_on_with(client)
        issuer.person["sub"] = "another-okoro"
        other = Client()
        answer = sign_on_with(other)
        assert answer.status_code == 403
        assert "refused: another subject" in caplog.text
        assert SignOn.objects.get().subject == "okoro-at-the-organisation"
        assert other.get("/account/").status_code == 302

    def test_two_at_once_link_one(self, person, issuer):
        said = sign_on.Said("one", person.email, True, "")
        assert sign_on.link(person, said, now=portal_now())
        assert not sign_on.link(person, said, now=portal_now())
        with pytest.raises(sign_on.Refused, match="another subject"):
            sign_on.link(person, sign_on.Said("two", person.email, True, ""), now=portal_now())


class TestHowOftenItIsAsked:
    DESCRIPTION, KEYS = "/.well-known/openid-configuration", "/keys"

    def test_what_it_says_of_itself_is_kept_for_some_minutes(self, person, secret, issuer):
        for _ in range(3):
            sign_on_with(Client())
        assert issuer.fetched.count(self.DESCRIPTION) == 1
        assert issuer.fetched.count(self.KEYS) == 1

    def test_a_new_key_is_fetched_when_it_is_first_met(self, client, person, secret, issuer):
        sign_on_with(Client())
        issuer.kid = "two"
        sign_on_with(client)
        assert client.get("/account/").status_code == 200
        assert issuer.fetched.count(self.KEYS) == 2

    def test_one_that_hangs_holds_one_thread_and_not_all(self, client, person, issuer, monkeypatch, caplog):
        monkeypatch.setattr(sign_on, "PATIENCE", 0.2)
        issuer.hangs = True
        for _ in range(4):
            refused(client.get(START), caplog, "unreachable")
        assert issuer.fetched == [self.DESCRIPTION]

    def test_one_that_answers_again_is_asked_again(self, client, person, secret, issuer, monkeypatch):
        monkeypatch.setattr(sign_on, "PATIENCE", 0.2)
        monkeypatch.setattr(sign_on, "RESTS", 1)
        issuer.hangs = True
        assert client.get(START).status_code == 403
        issuer.hangs = False
        assert client.get(START).status_code == 403, "it rests"
        time.sleep(2.1)  # the cache counts whole seconds
        sign_on_with(client)
        assert client.get("/account/").status_code == 200


def test_the_password_still_works_beside_it(client, person, secret, issuer):
    sign_on_with(client)
    other = Client()
    answer = other.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/code/")
