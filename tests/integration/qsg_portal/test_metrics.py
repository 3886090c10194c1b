"""The figures for the scraper: for it alone, and without a word about any record."""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from tests.signing_in import sign_in
from tests.timed import START, hours

SECRET = "of-the-scraper-" * 4


@pytest.fixture
def scraper(settings):
    settings.METRICS_SECRET = SECRET
    settings.METRICS_FOLDER = ""
    return Client(headers={"Authorization": f"Bearer {SECRET}"})


def figure(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, name
    return float(found[1])


def test_it_tells_how_the_portal_does(scraper, cast, freeze) -> None:
    freeze(START)
    cast.start()
    freeze(START + hours(100))
    scraper.get("/metrics")
    text = scraper.get("/metrics").content.decode()
    assert figure(text, "portal_database_up") == 1
    assert figure(text, "portal_open_clocks") == 1
    assert figure(text, "portal_oldest_overdue_step_seconds") > 3600
    assert figure(text, "portal_oldest_waiting_mail_seconds") == 0
    assert figure(text, "portal_oldest_unsealed_line_seconds") > 3600
    assert figure(text, "portal_last_tick_seconds") == float("inf")
    before = figure(text, 'portal_requests_total{method="GET",status="200"}')
    text = scraper.get("/metrics").content.decode()
    assert figure(text, 'portal_requests_total{method="GET",status="200"}') == before + 1
    assert figure(text, 'portal_request_seconds_bucket{le="+Inf"}') > before


def test_no_label_holds_an_address_or_a_name(scraper, cast) -> None:
    client = sign_in(cast.people["Ann"])
    client.get(f"/concerns/{cast.record.pk}/")
    client.generic("BREW", "/")
    text = scraper.get("/metrics").content.decode()
    labels = {
        label
        for found in re.findall(r"^portal\w*{([^}]*)}", text, re.MULTILINE)
        for label in found.split(",")
    }
    assert {one.partition("=")[0] for one in labels} == {"method", "status", "le"}
    assert not re.search(r"[0-9a-f]{8}-", text)
    assert 'method="other"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "brought", [None, "Bearer ", "Bearer wrong", "Basic " + SECRET, "Bearer " + SECRET + "x", "Bearer né"]
)
def test_everybody_else_finds_nothing(scraper, cast, brought) -> None:
    around = {"HTTP_AUTHORIZATION": brought} if brought else {}
    absent = Client().get("/metrix", **around)
    for client in (Client(), sign_in(cast.people["Ann"])):
        answer = client.get("/metrics", **around)
        assert answer.status_code == 404
        if client.cookies == {}:
            assert answer.content == absent.content


def test_without_a_secret_there_is_no_such_page(settings, db) -> None:
    settings.METRICS_SECRET = ""
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_without_a_database_it_says_so(scraper, db, monkeypatch) -> None:
    def away() -> None:
        raise OperationalError("away")

    monkeypatch.setattr("qsg_portal.metrics.portal_now", away)
    text = scraper.get("/metrics").content.decode()
    assert figure(text, "portal_database_up") == 0
    assert "portal_open_clocks" not in text
