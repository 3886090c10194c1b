import re
import smtplib
import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from access.operations.tokens import make_token, revoke_token
from access.principal import principal_of
from access.tokens import bearer
from accounts.factors import make_codes
from accounts.models import Letter, User
from accounts.operations import reopen_account, send_letters, tidy
from tests.integration.accounts.conftest import PASSWORD
from timekeeping import portal_now

pytestmark = pytest.mark.django_db

NEW = "quite another set of words"


def asked(client, address):
    return client.post("/password/forgotten/", {"email": address})


def link_in(letter) -> str:
    found = re.search(r"http://\S+?(/password/new/\S+)", letter.body)
    assert found, letter.body
    return found[1]


def set_password(client, link, password):
    """Follow a link and set a password, as a person would."""
    page = client.get(link, follow=True)
    action = (
        page.context["action_url"]
        if page.context and "action_url" in page.context
        else page.request["PATH_INFO"]
    )
    return client.post(action, {"password1": password, "password2": password})


def test_a_known_and_an_unknown_address_get_the_same_answer(client, person):
    known, unknown = asked(client, person.email), asked(client, "nobody@ccg.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    first, second = Client().get(known["Location"]), Client().get(unknown["Location"])
    strip = re.compile(rb'(nonce|name="csrfmiddlewaretoken" value)="[^"]*"')
    assert strip.sub(b"", first.content) == strip.sub(b"", second.content)


def test_the_page_looks_nobody_up_so_that_it_takes_no_longer(client, person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(address):
        asked(Client(), "warm@ccg.example")
        with CaptureQueriesContext(connection) as seen:
            asked(Client(), address)
        return [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in seen]

    known = statements(person.email)
    assert known == statements("nobody@ccg.example")
    assert not any("accounts_user" in each for each in known)


def test_a_broken_mail_server_changes_nothing_on_the_page_and_nothing_is_lost(
    client, person, settings, freeze
):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2
    now = freeze("2026-03-03T10:00Z")
    assert asked(client, person.email)["Location"] == "/password/forgotten/sent/"
    assert send_letters(now=now) == 0
    letter = Letter.objects.get()
    assert (letter.outcome, letter.tries) == ("waiting", 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_letters(now=now + timedelta(seconds=10)) == 0, "not before its time"
    assert send_letters(now=now + timedelta(seconds=31)) == 1
    assert len(mail.outbox) == 1


def test_a_letter_that_fails_for_a_day_is_given_up_and_said_to_be(client, person, freeze, caplog):
    now = freeze("2026-03-03T10:00Z")
    asked(client, person.email)
    letter = Letter.objects.get()
    send_letters(now=now + timedelta(hours=24, seconds=1))
    letter.refresh_from_db()
    assert letter.outcome == "given_up"
    assert not mail.outbox
    assert f"Letter {letter.pk} (reset) was given up" in caplog.text
    assert person.email not in caplog.text


def test_a_letter_is_sent_within_its_day(client, person, freeze):
    now = freeze("2026-03-03T10:00Z")
    asked(client, person.email)
    assert send_letters(now=now + timedelta(hours=23)) == 1


@pytest.mark.parametrize(("length", "letters"), [(254, 1), (255, 0), (320, 0)])
def test_an_address_longer_than_any_accounts_gets_the_same_answer_and_no_letter(client, length, letters):
    address = "@ccg.example".rjust(length, "a")
    assert asked(client, address)["Location"] == "/password/forgotten/sent/"
    assert Letter.objects.count() == letters


def test_an_address_beyond_measure_is_none(client):
    assert asked(client, "@ccg.example".rjust(5000, "a")).status_code == 200
    assert not Letter.objects.exists()


def test_mail_goes_to_one_person_and_only_to_a_known_address(client, person):
    asked(client, person.email)
    asked(client, "nobody@ccg.example")
    assert send_letters(now=portal_now()) == 1
    assert [each.recipients() for each in mail.outbox] == [[person.email]]
    assert set(Letter.objects.values_list("outcome", flat=True)) == {"sent", "nobody"}


def test_the_link_sets_a_password_once_and_ends_every_session(client, person, secret, sign_in):
    sign_in(person, secret)
    elsewhere = Client()
    asked(elsewhere, person.email)
    send_letters(now=portal_now())
    link = link_in(mail.outbox[0])
    answer = set_password(elsewhere, link, NEW)
    assert answer["Location"] == "/password/new/done/"
    assert client.get("/account/").status_code == 302, "signed out everywhere"
    person.refresh_from_db()
    assert person.check_password(NEW)
    page = Client().get(link, follow=True).content.decode()
    assert "This link no longer works" in page


def test_the_link_ends_every_token_that_whoever_knew_the_password_may_have_made(client, person):
    _, shown = make_token(
        by=principal_of(person.pk), now=portal_now(), name="a program", scopes=["concerns:read"], days=30
    )
    assert bearer(shown)
    asked(client, person.email)
    send_letters(now=portal_now())
    assert set_password(client, link_in(mail.outbox[-1]), NEW)["Location"] == "/password/new/done/"
    assert bearer(shown) is None


def test_the_link_does_not_sign_in_nor_pass_the_second_factor(client, person, secret):
    asked(client, person.email)
    send_letters(now=portal_now())
    set_password(client, link_in(mail.outbox[-1]), NEW)
    assert client.get("/account/").status_code == 302
    answer = client.post("/sign-in/", {"login": person.email, "password": NEW})
    assert answer["Location"].startswith("/sign-in/code/")


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("password123", "too common"),
        ("short", "too short"),
        ("okoro@ccg.example", "too similar"),
        ("1234567890", "entirely numeric|too common"),
    ],
)
def test_a_poor_password_is_refused_with_a_reason(client, person, secret, sign_in, password, because):
    sign_in(person, secret)
    page = client.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    ).content.decode()
    person.refresh_from_db()
    assert re.search(because, page)
    assert person.check_password(PASSWORD)


def test_a_page_never_gives_a_password_back(client, person):
    page = client.post("/sign-in/", {"login": person.email, "password": "typed-but-wrong"}).content.decode()
    assert "typed-but-wrong" not in page
    assert "onpaste" not in page


def test_whoever_is_let_in_again_is_written_to_and_sets_a_password(client, person, freeze):
    now = freeze("2026-03-03T10:00Z")
    reopen_account(user=person, now=now)
    send_letters(now=now)
    letter = mail.outbox[0]
    assert letter.to == [person.email]
    assert set_password(client, link_in(letter), NEW)["Location"] == "/password/new/done/"
    person.refresh_from_db()
    assert person.check_password(NEW)


@pytest.mark.parametrize("kept", ["app", "codes", ""])
def test_the_mail_about_an_open_account_says_what_is_true_of_the_second_factor(person, request, kept):
    if kept == "app":
        request.getfixturevalue("secret")
    elif kept == "codes":
        make_codes(user=person, now=portal_now())
    reopen_account(user=person, now=portal_now())
    send_letters(now=portal_now())
    said = mail.outbox[0].body
    assert ("the one you had before" in said) == bool(kept)
    assert ("you set up a second factor" in said) == (not kept)


NEW_TWICE = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


def token_of(person, name):
    return make_token(
        by=principal_of(person.pk), now=portal_now(), name=name, scopes=["directory:read"], days=30
    )


def test_a_changed_password_says_which_tokens_live_on_and_where_they_are_revoked(
    client, person, secret, sign_in
):
    _, living = token_of(person, "our incident system")
    gone, _ = token_of(person, "an old script")
    revoke_token(by=principal_of(person.pk), now=portal_now(), token=gone.pk)
    sign_in(person, secret)
    page = client.post("/account/password/", NEW_TWICE, follow=True).content.decode()
    assert "Your tokens for programs go on working" in page
    assert "our incident system" in page
    assert "an old script" not in page
    assert 'href="/account/tokens/"' in page
    assert bearer(living), "as it says"
    send_letters(now=portal_now())
    (told,) = [each for each in mail.outbox if each.subject == "Your password was changed"]
    assert "go on working" in told.body
    assert "/account/tokens/" in told.body
    assert "our incident system" not in told.body


def test_without_a_token_nothing_is_said_of_them_on_the_page(client, person, secret, sign_in):
    sign_in(person, secret)
    page = client.post("/account/password/", NEW_TWICE, follow=True).content.decode()
    assert "Your password is changed" in page
    assert "go on working" not in page


def test_a_password_set_through_a_link_says_that_the_tokens_are_dead(client, person):
    _, token = token_of(person, "our incident system")
    asked(client, person.email)
    send_letters(now=portal_now())
    set_password(client, link_in(mail.outbox[-1]), NEW)
    assert bearer(token) is None
    send_letters(now=portal_now())
    told = mail.outbox[-1]
    assert told.subject == "Your password was set anew"
    assert "work no more" in told.body
    assert "go on working" not in told.body


def test_whoever_made_a_token_is_written_to_without_its_name_or_secret(person, freeze):
    freeze("2026-03-03T10:00Z")
    _, token = token_of(person, "incident feed of ward 9")
    send_letters(now=portal_now())
    (told,) = mail.outbox
    assert (told.to, told.subject) == ([person.email], "A token for programs was made")
    assert "3 March 2026" in told.body
    assert "/account/tokens/" in told.body
    assert "ward 9" not in told.body
    assert token not in told.body


def test_a_reopened_account_needs_a_new_password(client, person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    person.refresh_from_db()
    reopen_account(user=person, now=portal_now())
    person.refresh_from_db()
    assert person.is_active
    assert not person.has_usable_password()


@pytest.mark.parametrize("address", ["okoro@ccg.example", "nobody@ccg.example"])
def test_links_for_one_address_are_few_known_or_not(client, person, address):
    for _ in range(6):
        assert asked(client, address).status_code == 302
    assert Letter.objects.count() == 5


def test_old_letters_are_forgotten(client, person, freeze):
    now = freeze("2026-03-03T10:00Z")
    asked(client, person.email)
    assert tidy(now=now + timedelta(days=29)) >= 0
    assert Letter.objects.count() == 1
    tidy(now=now + timedelta(days=31))
    assert Letter.objects.count() == 0


def test_two_at_once_send_a_letter_once(client, person):
    asked(client, person.email)
    now = portal_now()
    assert send_letters(now=now) + send_letters(now=now) == 1


def test_smtp_refusals_are_told_from_bugs(client, person, monkeypatch):
    from django.core.mail import EmailMessage

    asked(client, person.email)
    monkeypatch.setattr(
        EmailMessage, "send", lambda self: (_ for _ in ()).throw(smtplib.SMTPDataError(451, b"later"))
    )
    assert send_letters(now=portal_now()) == 0
    assert Letter.objects.get().tries == 1


def test_what_a_stranger_asks_for_leaves_the_owner_a_link_and_no_refusal(client, person, freeze):
    now = freeze("2026-03-03T10:00Z")
    for _ in range(9):
        assert asked(Client(), person.email)["Location"] == "/password/forgotten/sent/"
    assert asked(client, person.email)["Location"] == "/password/forgotten/sent/"
    assert send_letters(now=now) == 5, "no more than a few mails"
    assert set_password(client, link_in(mail.outbox[-1]), NEW).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)
    freeze("2026-03-03T10:15:01Z")
    asked(client, person.email)
    assert Letter.objects.filter(kind="reset", outcome="waiting").count() == 1
