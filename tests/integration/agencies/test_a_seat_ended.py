"""A person's seat is ended, and every surface is closed to them at the next request: pages, API, tokens, mail."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from access.models import Token
from access.operations.tokens import make_token
from access.roles import SCOPES
from agencies.models import Seat
from notifications import events
from notifications.models import Delivery
from notifications.operations import send_due, tell
from tests.concerned import NOON, Region, region
from tests.signing_in import sign_in
from timekeeping import portal_now

pytestmark = pytest.mark.django_db
HEADLINE = "Falls on one ward"


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


@pytest.fixture
def concern(world: Region):
    return world.concern()


def surfaces(concern) -> list[str]:
    """The pages that name a concern, or could."""
    pk = concern.pk
    return [
        "/",
        "/concerns/",
        "/inbox/",
        reverse("concerns:concern", args=[pk]),
        reverse("concerns:history", args=[pk]),
        reverse("record_why", args=[pk]),
        reverse("record_readers", args=[pk]),
        reverse("record_saw", args=[pk]),
        reverse("provider", args=[concern.record.about.get().provider_id]),
    ]


def signed_in(person) -> Client:
    """Somebody's browser, with its session in the list of theirs."""
    browser = sign_in(person)
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key=browser.session.session_key)
    return browser


def ask(secret: str, address: str):
    client = Client(raise_request_exception=False)
    return client.get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("way", ["page", "sheet", "leavers"])
def test_every_surface_is_closed_at_the_next_request(world: Region, concern, way: str, monkeypatch):
    alert = events.Event("test.alert", "summit alert", lambda message, now: "said", lambda message: True)
    monkeypatch.setitem(events.EVENTS, alert.code, alert)
    volunteer, seat = world.volunteer, Seat.objects.get(user=world.volunteer)
    browser = signed_in(volunteer)
    given = {"by": world.by("volunteer"), "now": world.now, "scopes": set(SCOPES), "days": 30}
    _, program = make_token(**given, name="mine")
    _, seated = make_token(**given, name="of the seat", seat=seat.pk)
    open_before = [page for page in surfaces(concern) if HEADLINE in browser.get(page).content.decode()]
    assert {"/concerns/", reverse("concerns:concern", args=[concern.pk])} <= set(open_before)
    for secret in (program, seated):
        assert ask(secret, f"concerns/{concern.pk}/").status_code == 200
        assert HEADLINE in ask(secret, "concerns/").content.decode()
    (waiting,) = tell(record=concern.record, event="test.alert", to=[volunteer], now=world.now)

    end(sign_in(world.administrator), way, seat)

    for page in surfaces(concern):
        assert HEADLINE not in browser.get(page).content.decode(), page
    for secret in (program, seated):
        assert ask(secret, f"concerns/{concern.pk}/").status_code in (401, 404)
        assert HEADLINE not in ask(secret, "concerns/").content.decode()
    assert ask(seated, "me/").status_code == 401, "a token that names the seat dies with it"
    send_due(ask_time=portal_now)
    assert [one for one in mail.outbox if one.to == [volunteer.email]] == []
    assert Delivery.objects.get(message=waiting).state == "withheld"
    if way == "leavers":
        assert browser.get("/")["Location"].startswith("/sign-in/")
        assert not Token.objects.filter(user=volunteer, revoked_at=None).exists()
        assert ask(program, "me/").status_code == 401


def end(client: Client, way: str, seat: Seat) -> None:
    """End the seat now, as an administrator does it."""
    if way == "page":
        answer = client.post(reverse("agencies:end_seat", args=[seat.pk]), {"when": "now", "sure": "yes"})
    elif way == "leavers":
        answer = client.post("/people/leavers/", {"addresses": seat.user.email, "sure": "yes"})
    else:
        from datetime import timedelta

        from django.core.files.uploadedfile import SimpleUploadedFile

        from agencies.sheets.reading import as_csv

        yesterday = (portal_now() - timedelta(days=1)).date().isoformat()
        row = [seat.user.email, seat.user.full_name, seat.agency.name, "", seat.qsg.name, "Representative"]
        sent = as_csv([[*row, "no", seat.starts_on.isoformat(), yesterday]])
        looked = client.post(
            "/people/sheet/", {"file": SimpleUploadedFile("people.csv", sent)}
        ).content.decode()
        given = dict(re.findall(r'<input type="hidden" name="(sheet|seen)" value="([^"]*)"', looked))
        given["sheet"] = given["sheet"].replace("&#34;", '"')
        answer = client.post("/people/sheet/", {**given, "sure": "yes"})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
