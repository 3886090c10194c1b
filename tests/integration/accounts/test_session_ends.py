from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.operations import end_sessions, tidy
from tests.integration.accounts.conftest import PASSWORD, code_for

pytestmark = pytest.mark.django_db

START = "2026-03-03T09:00Z"


@pytest.fixture
def signed_in(freeze, client, person, secret, sign_in):
    """Signed in at nine, and a way to let time pass."""
    begun = freeze(START)
    sign_in(person, secret)

    def after(**length):
        return freeze(begun + timedelta(**length))

    return after


def sign_in_again(client, person, secret, later=1):
    answer = client.get("/account/")
    where = answer["Location"]
    answer = client.post(where, {"login": person.email, "password": PASSWORD})
    return client.post(answer["Location"], {"code": code_for(secret, later)})


def test_half_an_hour_of_nothing_ends_it(client, signed_in):
    signed_in(minutes=29)
    assert client.get("/account/").status_code == 200
    signed_in(minutes=58)
    assert client.get("/account/").status_code == 200, "use makes it longer"
    signed_in(minutes=88, seconds=1)
    answer = client.get("/account/")
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F"


def test_twelve_hours_end_it_whatever_is_done(client, signed_in):
    for minutes in range(20, 12 * 60, 20):
        signed_in(minutes=minutes)
        assert client.get("/account/").status_code == 200
    signed_in(hours=12)
    assert client.get("/account/").status_code == 302


def test_an_ended_session_does_not_come_back_when_its_cookie_does(client, signed_in):
    cookie = client.cookies["portal"].value
    signed_in(minutes=31)
    client.get("/account/")
    thief = Client()
    thief.cookies["portal"] = cookie
    assert thief.get("/account/").status_code == 302
    assert not Session.objects.filter(session_key=cookie).exists()


def test_the_sign_in_page_says_why(client, signed_in):
    signed_in(minutes=31)
    page = client.get("/account/", follow=True).content.decode()
    assert "nothing was done for a while" in page


def test_public_pages_are_given_after_the_end_as_to_anybody(client, signed_in):
    signed_in(minutes=31)
    assert client.get("/privacy/").status_code == 200
    assert client.get("/nowhere/").status_code == 404


def test_a_page_that_refreshes_itself_keeps_no_idle_session_alive(client, signed_in):
    for minutes in range(1, 30):
        signed_in(minutes=minutes)
        assert client.get("/account/", headers={"Portal-Background": "1"}).status_code == 200
    signed_in(minutes=30, seconds=1)
    assert client.get("/account/", headers={"Portal-Background": "1"}).status_code == 302


def test_the_page_knows_how_long_is_left_and_can_make_it_longer(client, signed_in):
    signed_in(minutes=27)
    left = client.get(
        "/account/stay/", headers={"Portal-Background": "1", "Accept": "application/json"}
    ).json()
    assert left == {"seconds_left": 180, "seconds_to_absolute": 12 * 3600 - 27 * 60}
    left = client.post("/account/stay/", headers={"Accept": "application/json"}).json()
    assert left["seconds_left"] == 1800
    signed_in(minutes=50)
    assert client.get("/account/").status_code == 200


def test_the_warning_comes_three_minutes_before_and_is_on_every_page(client, signed_in):
    page = client.get("/account/").content.decode()
    assert 'data-warn="180"' in page
    assert 'data-ends-in="1800"' in page
    assert "You will be signed out at 9:30am unless" in page.replace("3 March 2026, ", "")


def test_scripts_are_told_plainly_that_it_ended(client, signed_in):
    signed_in(minutes=31)
    answer = client.get("/account/stay/", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_htmx_is_led_to_sign_in_as_a_whole_page(client, signed_in):
    signed_in(minutes=31)
    answer = client.get("/account/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Faccount%2F"


def test_use_is_written_at_most_once_a_minute(client, signed_in):
    signed_in(minutes=5)
    client.get("/account/stay/")
    before = UserSession.objects.get().last_seen_at
    signed_in(minutes=5, seconds=50)
    client.get("/account/stay/")
    assert UserSession.objects.get().last_seen_at == before
    signed_in(minutes=6)
    client.get("/account/stay/")
    assert UserSession.objects.get().last_seen_at > before


# What was typed


def test_a_form_sent_after_the_end_is_kept_and_offered_again(client, signed_in, person, secret):
    signed_in(minutes=31)
    typed = {
        "narrative": "Two <b>falls</b>\nin a week",
        "kinds": ["a", "b"],
        "password": "never",
        "once": "x",
    }
    answer = client.post("/account/sessions/others/end/?a=1", typed)
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2Fkept%2F"
    answer = client.post(answer["Location"], {"login": person.email, "password": PASSWORD})
    answer = client.post(answer["Location"], {"code": code_for(secret, 1)})
    assert answer["Location"] == "/account/kept/"
    page = client.get("/account/kept/").content.decode()
    assert 'action="/account/sessions/others/end/?a=1"' in page
    assert "Two &lt;b&gt;falls&lt;/b&gt;\nin a week" in page
    assert page.count('name="kinds"') == 2
    assert "never" not in page
    client.post("/account/kept/")
    assert client.get("/account/kept/")["Location"] == "/"


def test_what_is_kept_cannot_be_read_in_the_database(client, signed_in):
    signed_in(minutes=31)
    client.post("/account/sessions/others/end/", {"narrative": "canary-in-the-mine"})
    for session in Session.objects.all():
        assert "canary" not in str(session.get_decoded())


def test_another_person_is_not_offered_it(client, signed_in, db):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from accounts.models import User

    neighbour = User.objects.create_user("neighbour@ccg.example", PASSWORD, full_name="N")
    made = generate_totp_secret()
    TOTP.activate(neighbour, made)
    signed_in(minutes=31)
    client.post("/account/sessions/others/end/", {"narrative": "mine alone"})
    client.post("/sign-in/", {"login": neighbour.email, "password": PASSWORD})
    client.post("/sign-in/code/", {"code": code_for(made)})
    assert client.get("/account/kept/")["Location"] == "/"


def test_it_is_kept_for_an_hour(client, signed_in, person, secret):
    signed_in(minutes=31)
    client.post("/account/sessions/others/end/", {"narrative": "late"})
    signed_in(minutes=92)
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    client.post("/sign-in/code/", {"code": code_for(secret, 1)})
    assert client.get("/account/kept/")["Location"] == "/"


def test_it_needs_the_browser_in_which_it_was_typed(client, signed_in, person, secret):
    signed_in(minutes=31)
    client.post("/account/sessions/others/end/", {"narrative": "here"})
    del client.cookies["portal_kept"]
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    client.post("/sign-in/code/", {"code": code_for(secret, 1)})
    assert client.get("/account/kept/")["Location"] == "/"


def test_a_text_beyond_measure_is_not_kept(client, signed_in):
    signed_in(minutes=31)
    answer = client.post("/account/sessions/others/end/", {"narrative": "x" * 300_000})
    assert answer["Location"] == "/sign-in/?next=%2F"


# Other sessions


def test_one_sees_where_one_is_signed_in_and_can_end_it(client, signed_in, person, secret, sign_in):
    other = Client(
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
    )
    sign_in(person, client=other)
    other.post("/sign-in/code/", {"code": code_for(secret, 1)})
    page = client.get("/account/").content.decode()
    assert "Firefox on Windows" in page
    assert "(this one)" in page
    assert str(other.session.session_key) not in page, "a key is never shown"
    mark = page.split('action="/account/sessions/')[1].split("/end/")[0]
    assert client.post(f"/account/sessions/{mark}/end/").status_code == 302
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_one_cannot_end_somebody_elses_session(client, signed_in, person, secret, sign_in):
    from accounts.models import User
    from accounts.sessions import end_one, sessions_of

    stranger = User.objects.create_user("stranger@ccg.example", PASSWORD, full_name="S")
    mark = sessions_of(person, None)[0].mark
    assert not end_one(stranger, mark)
    assert client.get("/account/").status_code == 200


def test_signing_out_everywhere_else_leaves_this_one(client, signed_in, person, secret, sign_in):
    other = Client()
    sign_in(person, client=other)
    other.post("/sign-in/code/", {"code": code_for(secret, 1)})
    client.post("/account/sessions/others/end/")
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_a_changed_password_ends_the_others(client, signed_in, person, secret, sign_in):
    other = Client()
    sign_in(person, client=other)
    other.post("/sign-in/code/", {"code": code_for(secret, 1)})
    new = "quite another set of words"
    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert UserSession.objects.filter(user=person).count() == 1


def test_an_administrator_can_end_them_all(client, signed_in, person):
    assert end_sessions(user=person) == 1
    assert client.get("/account/").status_code == 302


def test_what_is_over_is_tidied_away(client, signed_in, person):
    Session.objects.update(expire_date=signed_in(minutes=1))
    assert tidy(now=signed_in(minutes=2)) == 2
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


@pytest.mark.parametrize("address", ["/", "/account/", "/sign-in/", "/privacy/", "/none-such/"])
def test_a_key_that_no_database_takes_is_no_session(db, address):
    client, plain = Client(), Client()
    client.cookies["portal"] = "\0aaaaaaaaaa"
    assert client.get(address).status_code == plain.get(address).status_code < 500
