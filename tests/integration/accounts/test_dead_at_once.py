"""What ends is dead at the next request: through HTTP, in a session that goes on, on every page that it opened."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.operations import send_letters
from agencies.models import Membership, PortalRole, QSGMember, Seat
from tests.concerned import NOON, Region, region
from tests.integration.accounts.conftest import PASSWORD, code_for
from tests.signing_in import sign_in
from timekeeping import portal_now

pytestmark = pytest.mark.django_db
NOW = {"when": "now", "sure": "yes"}


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


@pytest.fixture
def administrator(world: Region) -> Client:
    return sign_in(world.administrator)


@pytest.fixture
def concern(world: Region) -> str:
    """A concern of the CCG, shared with the north's seats: the address of its page."""
    return reverse("concerns:concern", args=[world.concern().pk])


def pages_of(concern: str) -> list[str]:
    """Every page about a concern that a reader may open."""
    pk = concern.strip("/").split("/")[-1]
    return [
        concern,
        reverse("concerns:history", args=[pk]),
        reverse("record_why", args=[pk]),
        reverse("record_readers", args=[pk]),
        reverse("record_saw", args=[pk]),
    ]


def shows(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 200 and "Falls on one ward" in answer.content.decode()


def absent(client: Client, concern: str) -> None:
    """Every page is as if it had never been, and no list names it."""
    never = client.get(
        concern.replace(concern.strip("/").split("/")[-1], "0dd0dd0d-0dd0-4dd0-8dd0-0dd0dd0dd0dd")
    )
    for page in pages_of(concern):
        answer = client.get(page)
        assert answer.status_code in (403, 404), page
        assert "Falls on one ward" not in answer.content.decode()
    strip = re.compile(rb'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"')
    assert strip.sub(b"", client.get(concern).content) == strip.sub(b"", never.content)
    for page in ("/", "/concerns/", "/inbox/"):
        assert "Falls on one ward" not in client.get(page).content.decode(), page


class TestWhatOneMaySee:
    def test_a_seat_that_ends_closes_what_came_through_it(self, world, administrator, concern):
        client = sign_in(world.volunteer)
        assert shows(client, concern)
        assert shows(client, "/concerns/")
        seat = Seat.objects.get(user=world.volunteer)
        assert administrator.post(reverse("agencies:end_seat", args=[seat.pk]), NOW).status_code == 302
        absent(client, concern)

    def test_a_role_that_ends_closes_what_the_body_owns(self, world, administrator, concern):
        client = sign_in(world.reader)
        assert shows(client, concern)
        held = Membership.objects.get(user=world.reader)
        assert administrator.post(reverse("agencies:end_role", args=[held.pk]), NOW).status_code == 302
        absent(client, concern)

    def test_a_body_that_leaves_a_group_takes_its_seats_with_it(self, world, administrator, concern):
        client = sign_in(world.volunteer)
        assert shows(client, concern)
        member = QSGMember.objects.get(agency=world.healthwatch)
        assert administrator.post(reverse("agencies:end_member", args=[member.pk]), NOW).status_code == 302
        absent(client, concern)

    def test_a_role_that_is_lowered_lowers_what_may_be_done(self, world, administrator, concern):
        client = sign_in(world.worker)
        share = reverse("concerns:share", args=[concern.strip("/").split("/")[-1]])
        assert client.get(share).status_code == 200
        held = Membership.objects.get(user=world.worker)
        administrator.post(reverse("agencies:end_role", args=[held.pk]), NOW)
        Membership.objects.create(
            user=world.worker, agency=world.ccg, role="reader", starts_on=world.now.date()
        )
        assert shows(client, concern), "a reader still reads"
        assert client.get(share).status_code == 403
        assert client.post(share, {"sure": "yes"}).status_code == 403

    def test_an_administrator_whose_role_ends_administers_nothing(self, world, administrator):
        client = sign_in(world.administrator)
        assert client.get("/people/").status_code == 200
        PortalRole.objects.filter(user=world.administrator).update(ends_on=world.now.date())
        for page in ("/people/", "/people/new/", "/people/invitations/", f"/people/{world.reader.pk}/"):
            assert client.get(page).status_code in (403, 404), page
        held = Membership.objects.get(user=world.reader)
        assert client.post(reverse("agencies:end_role", args=[held.pk]), NOW).status_code in (403, 404)


class TestSessions:
    @pytest.fixture
    def client(self, client: Client, person, secret, sign_in) -> Client:
        """The person's own browser."""
        return sign_in(person, secret)

    @pytest.fixture
    def elsewhere(self, client, person, secret, sign_in) -> Client:
        """The same person's browser in another place."""
        other = Client()
        other.post("/sign-in/", {"login": person.email, "password": PASSWORD})
        assert other.post("/sign-in/code/", {"code": code_for(secret, 1)}).status_code == 302
        return other

    @staticmethod
    def dead(client: Client, cookie: str) -> None:
        """Signed out on every door, and its cookie worth nothing in any browser."""
        thief = Client()
        thief.cookies["portal"] = cookie
        for one in (client, thief):
            for page in ("/", "/account/", "/concerns/", "/inbox/", "/account/stay/"):
                assert one.get(page)["Location"].startswith("/sign-in/"), page
            answer = one.get("/account/stay/", headers={"Accept": "application/json"})
            assert answer.status_code in (302, 401)

    def test_signed_out(self, client):
        cookie = client.cookies["portal"].value
        client.post("/sign-out/")
        self.dead(client, cookie)

    def test_an_account_that_is_closed(self, client, person, world, administrator):
        Membership.objects.create(user=person, agency=world.ccg, role="reader", starts_on=world.now.date())
        cookie = client.cookies["portal"].value
        assert administrator.post(f"/people/{person.pk}/close/", {"sure": "yes"}).status_code == 302
        self.dead(client, cookie)

    def test_a_lost_factor_taken_away(self, client, person, world, administrator):
        cookie = client.cookies["portal"].value
        assert administrator.post(f"/people/{person.pk}/second-factor/", {"sure": "yes"}).status_code == 302
        self.dead(client, cookie)

    def test_the_password_changed_elsewhere(self, client, elsewhere):
        new = "quite another set of words"
        cookie = client.cookies["portal"].value
        answer = elsewhere.post(
            "/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
        assert answer.status_code == 302
        self.dead(client, cookie)
        assert elsewhere.get("/account/").status_code == 200

    def test_the_password_set_anew_by_a_link(self, client, elsewhere, person):
        new = "quite another set of words"
        cookies = [one.cookies["portal"].value for one in (client, elsewhere)]
        stranger = Client()
        stranger.post("/password/forgotten/", {"email": person.email})
        send_letters(now=portal_now())
        link = re.search(r"/password/new/\S+", "".join(one.body for one in mail.outbox))[0]
        action = stranger.get(link, follow=True).request["PATH_INFO"]
        stranger.post(action, {"password1": new, "password2": new})
        for one, cookie in zip((client, elsewhere), cookies, strict=True):
            self.dead(one, cookie)

    @pytest.mark.parametrize(
        "deed", ["/account/second-factor/codes/new/", "/account/second-factor/app/remove/"]
    )
    def test_a_factor_changed_elsewhere(self, client, elsewhere, deed):
        cookie = client.cookies["portal"].value
        elsewhere.post("/sign-in/again/", {"password": PASSWORD})
        assert elsewhere.post(deed).status_code == 302
        self.dead(client, cookie)

    def test_that_was_ended_from_the_list(self, client, elsewhere):
        cookie = client.cookies["portal"].value
        elsewhere.post("/account/sessions/others/end/")
        self.dead(client, cookie)
