"""The directory's entry of a provider: operations, and the pages that an administrator of the portal has for them."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import clockwork
from access.refusals import Invalid, NotNow
from accounts.models import User
from agencies.models import Agency, PortalRole, QualitySurveillanceGroup
from agencies.operations import load_bodies
from audit.models import Line
from providers import operations
from providers.models import (
    Commissioning,
    DirectoryTurn,
    EarlierName,
    Licence,
    Location,
    Provider,
    ProviderGroup,
)
from providers.operations.entries import facts_of, facts_of_place
from providers.rules import PlaceFacts, ProviderFacts
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, person
from tests.signing_in import sign_in

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)
FICTIONAL = ProviderFacts("Fictional House", "care_home", ods_code="ZZ001", cqc_provider_id="1-999000001")


@pytest.fixture
def now(freeze):
    load_lists()
    now = freeze("2026-03-03T09:00Z")
    load_bodies(by=clockwork(now), now=now)
    return now


@pytest.fixture
def doing(now) -> dict:
    return {"by": clockwork(now), "now": now}


@pytest.fixture
def house(doing) -> Provider:
    return operations.add_provider(**doing, facts=FICTIONAL, fictional=True)


@pytest.fixture
def admin(now) -> User:
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    return admin


def body(code="00Y") -> Agency:
    return Agency.objects.get(ods_code=code)


class TestFacts:
    def test_a_provider_is_added_by_hand(self, doing, house):
        assert str(house) == "Fictional House"
        for more, field in (
            ({"ods_code": "ZZ001", "cqc_provider_id": ""}, "ods_code"),
            ({"ods_code": ""}, "cqc_provider_id"),
            ({"kind": "castle"}, "kind"),
        ):
            with pytest.raises(Invalid) as refused:
                operations.add_provider(**doing, facts=replace(FICTIONAL, **more))
            assert list(refused.value.errors) == [field]
        with pytest.raises(Invalid, match="fictional"):
            operations.add_provider(**doing, facts=ProviderFacts("House", "care_home"), fictional=True)
        operations.add_provider(**doing, facts=ProviderFacts("House", "care_home"))

    def test_a_correction_keeps_the_name_it_had_and_refuses_a_stale_one(self, doing, house):
        mark = facts_of(house).mark
        given = {**doing, "provider": house, "seen": mark}
        with pytest.raises(Invalid, match="fictional"):
            operations.correct_provider(**given, facts=replace(FICTIONAL, name="House"))
        operations.correct_provider(**given, facts=replace(FICTIONAL, name="Fictional Hall", town="Oldham"))
        house.refresh_from_db()
        assert (house.name, house.town) == ("Fictional Hall", "Oldham")
        assert EarlierName.objects.get(provider=house).name == "Fictional House"
        line = Line.objects.get(deed="provider.corrected")
        assert line.detail["changed"] == ["name", "town"]
        with pytest.raises(NotNow, match="while you had it open"):
            operations.correct_provider(**given, facts=FICTIONAL)
        again = {**given, "seen": facts_of(house).mark}
        operations.correct_provider(**again, facts=replace(facts_of(house), town=""))
        assert EarlierName.objects.filter(provider=house).count() == 1

    def test_a_changed_address_says_what_it_is_now_and_no_move(self, doing, house):
        for facts in (
            replace(FICTIONAL, address="1 Hgih St", town="Oldham", postcode="OL1 1AA"),
            replace(FICTIONAL, address="1 High St", town="Oldham", postcode="OL1 1AA"),
        ):
            house.refresh_from_db()
            operations.correct_provider(**doing, provider=house, facts=facts, seen=facts_of(house).mark)
        (turn,) = DirectoryTurn.objects.filter(provider=house)
        assert str(turn) == (
            "Its address is now 1 High St, Oldham, OL1 1AA; it was 1 Hgih St, Oldham, OL1 1AA"
        )

    def test_the_day_of_a_closing_follows_its_correction(self, doing, house):
        for closed_on in (TODAY - DAY, TODAY - 2 * DAY):
            house.refresh_from_db()
            facts = replace(FICTIONAL, status="closed", closed_on=closed_on)
            operations.correct_provider(**doing, provider=house, facts=facts, seen=facts_of(house).mark)
        assert DirectoryTurn.objects.get(provider=house).on == TODAY - 2 * DAY

    def test_a_place_is_added_corrected_and_closed(self, doing, house):
        place = operations.add_location(
            **doing, provider=house, facts=PlaceFacts("Wing", cqc_location_id="1-999000002")
        )
        assert str(place) == "Wing"
        with pytest.raises(Invalid) as refused:
            operations.add_location(
                **doing, provider=house, facts=PlaceFacts("X", cqc_location_id="1-999000002")
            )
        assert list(refused.value.errors) == ["cqc_location_id"]
        given = {**doing, "location": place, "seen": facts_of_place(place).mark}
        closed = PlaceFacts("East wing", status="closed", closed_on=TODAY)
        operations.correct_location(**given, facts=closed)
        place.refresh_from_db()
        assert (place.status, place.cqc_location_id) == ("closed", None)
        assert EarlierName.objects.get(location=place).name == "Wing"
        turn = DirectoryTurn.objects.get(location=place)
        assert (str(turn), turn.on, turn.source) == (
            "East wing closed",
            TODAY,
            "corrected by an administrator",
        )
        with pytest.raises(NotNow):
            operations.correct_location(**given, facts=closed)
        operations.correct_location(
            **{**given, "seen": closed.mark}, facts=replace(closed, postcode="OL1 2JH")
        )


class TestLinks:
    def test_commissioners_are_stated_with_their_days_and_shares(self, doing, house):
        given = {**doing, "provider": house, "agency": body(), "starts_on": TODAY}
        buys = operations.commission(**given, lead=True, share=60)
        assert str(buys) == "NHS Oldham CCG commissions from Fictional House"
        with pytest.raises(Invalid, match="already"):
            operations.commission(**given)
        with pytest.raises(Invalid, match="after the start"):
            operations.commission(**{**given, "agency": body("01D"), "ends_on": TODAY - DAY})
        with pytest.raises(Invalid) as refused:
            operations.commission(**{**given, "agency": body("01D")}, lead=True, share=41)
        assert set(refused.value.errors) == {"lead", "share"}
        operations.commission(**{**given, "agency": body("01D")}, share=40, out_of_area=True)

    def test_shares_are_added_day_by_day(self, doing, house):
        given = {**doing, "provider": house, "share": 60}
        later = TODAY + 9 * DAY
        operations.commission(**given, agency=body(), starts_on=TODAY, ends_on=later)
        operations.commission(**given, agency=body(), starts_on=later)
        operations.commission(**{**given, "share": 40}, agency=body("01D"), starts_on=TODAY)
        with pytest.raises(Invalid, match="The others buy 100 per cent"):
            operations.commission(**{**given, "share": 1}, agency=body("00V"), starts_on=TODAY - DAY)

    def test_who_buys_no_longer_stays_in_the_entry(self, doing, house):
        buys = operations.commission(**doing, provider=house, agency=body(), starts_on=TODAY - 9 * DAY)
        with pytest.raises(Invalid, match="It began"):
            operations.end_commissioning(**doing, buys=buys, ends_on=TODAY - 9 * DAY)
        operations.end_commissioning(**doing, buys=buys, ends_on=TODAY - 2 * DAY)
        with pytest.raises(Invalid, match="has ended"):
            operations.end_commissioning(**doing, buys=buys, ends_on=TODAY)
        assert Commissioning.objects.get().ends_on == TODAY - 2 * DAY
        operations.commission(**doing, provider=house, agency=body(), starts_on=TODAY - 2 * DAY, lead=True)

    def test_a_licence_is_kept_one_at_a_time(self, doing, house):
        given = {**doing, "provider": house, "starts_on": TODAY - DAY, "published_where": "the register"}
        licence = operations.keep_licence(**given, number="120")
        assert str(licence) == "licence 120"
        with pytest.raises(Invalid, match="already"):
            operations.keep_licence(**given)
        operations.end_licence(**doing, licence=licence, ends_on=TODAY)
        operations.keep_licence(**{**given, "starts_on": TODAY})

    def test_a_provider_is_placed_in_a_group_once_and_taken_out(self, doing, house):
        qsg = QualitySurveillanceGroup.objects.get(team__ods_code="Q46")
        first = operations.place_in_group(**doing, provider=house, qsg=qsg)
        assert operations.place_in_group(**doing, provider=house, qsg=qsg).pk == first.pk
        assert ProviderGroup.objects.get().source == "stated"
        operations.take_out_of_group(**doing, link=first)
        assert not ProviderGroup.objects.exists()


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, page, thing, *, sure=True, **given):
    address = reverse(page, args=[thing.pk] if thing else [])
    return client.post(address, {**given, **({"sure": "yes"} if sure else {})})


class TestPages:
    def test_a_provider_is_entered_whole_by_its_pages(self, admin, now):
        client = sign_in(admin)
        typed = {"name": "Fictional Mill", "kind": "care_home", "status": "open", "postcode": "ol1 2jh"}
        preview = post(client, "providers:add", None, sure=False, **typed)
        assert "everybody who is signed in can find it" in text_of(preview)
        assert not Provider.objects.filter(name="Fictional Mill").exists()
        assert post(client, "providers:add", None, **typed).status_code == 302
        mill = Provider.objects.get(name="Fictional Mill")
        assert (mill.fictional, mill.postcode) == (True, "OL1 2JH")
        buyer = {
            "agency": str(body().pk), "lead": "yes", "share": "60", "out_of_area": "yes",
            "starts_on_day": "1", "starts_on_month": "3", "starts_on_year": "2026",
            "last_day_day": "31", "last_day_month": "3", "last_day_year": "2027",
        }  # fmt: skip
        said = text_of(post(client, "providers:add_commissioner", mill, sure=False, **buyer))
        assert "60 per cent of what it gives" in said
        assert "until the end of 31 March 2027" in said
        assert "It leads for the others" in said
        assert "outside its own area" in said
        assert post(client, "providers:add_commissioner", mill, **buyer).status_code == 302
        plain = {**buyer, "agency": str(body("01D").pk), "lead": "no", "share": "", "out_of_area": "no"}
        plain |= {"last_day_day": "", "last_day_month": "", "last_day_year": ""}
        said = text_of(post(client, "providers:add_commissioner", mill, sure=False, **plain))
        assert "buys care from Fictional Mill from 1 March 2026." in said
        group = QualitySurveillanceGroup.objects.get(team__ods_code="Q46")
        assert "offered that group" in text_of(
            post(client, "providers:place_in_group", mill, sure=False, qsg=str(group.pk))
        )
        assert post(client, "providers:place_in_group", mill, qsg=str(group.pk)).status_code == 302
        licence = {
            "number": "120", "published_where": "The public register",
            "starts_on_day": "1", "starts_on_month": "4", "starts_on_year": "2024",
        }  # fmt: skip
        assert "The public register" in text_of(
            post(client, "providers:keep_licence", mill, sure=False, **licence)
        )
        assert post(client, "providers:keep_licence", mill, **licence).status_code == 302
        place = {"name": "East wing", "status": "open"}
        assert "East wing" in text_of(post(client, "providers:add_place", mill, sure=False, **place))
        assert post(client, "providers:add_place", mill, **place).status_code == 302
        entry = text_of(client.get(reverse("providers:entry", args=[mill.pk])))
        assert "NHS Oldham CCG, from 1 March 2026 until the end of 31 March 2027; leads; 60%" in entry
        assert "Licence 120" in entry
        page = text_of(client.get(reverse("provider", args=[mill.pk])))
        assert "NHS Oldham CCG (leads), 60% of what it gives, out of its own area" in page
        assert "licence 120, since 1 April 2024" in page
        assert "Keep the directory" in page
        last = {"last_day_day": "2", "last_day_month": "3", "last_day_year": "2026"}
        for name, row in (
            ("providers:end_commissioner", Commissioning.objects.get(ends_on=TODAY.replace(2027, 4, 1))),
            ("providers:end_licence", Licence.objects.get()),
            ("providers:take_out_of_group", ProviderGroup.objects.get()),
        ):
            given = {} if "group" in name else last
            assert post(client, name, row, sure=False, **given).status_code == 200
            assert post(client, name, row, **given).status_code == 302
        page = text_of(client.get(reverse("provider", args=[mill.pk])))
        assert "60%" not in page
        assert "since 1 April 2024" not in page

    def test_a_correction_says_what_becomes_what_and_a_stale_one_changes_nothing(self, admin, doing, house):
        client = sign_in(admin)
        shown = client.get(reverse("providers:correct", args=[house.pk])).content.decode()
        seen = re.search(r'name="seen" value="([0-9a-f]+)"', shown)[1]
        typed = {
            "seen": seen, "name": "Fictional Hall", "kind": "care_home", "status": "open", "ods_code": "ZZ001",
            "cqc_provider_id": "1-999000001",
        }  # fmt: skip
        said = text_of(post(client, "providers:correct", house, sure=False, **typed))
        assert "“Fictional House” becomes “Fictional Hall”" in said
        operations.correct_provider(
            **doing, provider=house, facts=replace(FICTIONAL, town="Leeds"), seen=FICTIONAL.mark
        )
        for sure in (False, True):
            answer = post(client, "providers:correct", house, sure=sure, **typed)
            assert answer.status_code == 422
            assert "while you had it open" in text_of(answer)
            assert 'value="Fictional Hall"' in answer.content.decode()
            assert f'name="seen" value="{seen}"' in answer.content.decode()
        house.refresh_from_db()
        assert (house.name, house.town) == ("Fictional House", "Leeds")
        typed["seen"] = facts_of(house).mark
        assert post(client, "providers:correct", house, **typed).status_code == 302
        assert "formerly Fictional House" in text_of(client.get("/providers/?q=fictional+house"))

    def test_a_place_is_corrected_on_its_page(self, admin, doing, house):
        place = operations.add_location(**doing, provider=house, facts=PlaceFacts("Wing"))
        Location.objects.filter(pk=place.pk).update(kind="The source's own words")
        place.refresh_from_db()
        client = sign_in(admin)
        page = client.get(reverse("providers:correct_place", args=[place.pk])).content.decode()
        assert "The source&#39;s own words" in page
        typed = {
            "seen": facts_of_place(place).mark, "name": "Wing", "kind": "care_home", "status": "closed",
            "closed_on_day": "2", "closed_on_month": "3", "closed_on_year": "2026",
        }  # fmt: skip
        said = text_of(post(client, "providers:correct_place", place, sure=False, **typed))
        assert "becomes “2 March 2026”" in said
        assert post(client, "providers:correct_place", place, **typed).status_code == 302
        assert "Wing (closed 2 March 2026)" in text_of(client.get(reverse("provider", args=[house.pk])))

    @pytest.mark.parametrize("name", ["providers:entry", "providers:correct", "providers:add"])
    def test_nobody_else_has_these_pages(self, now, house, name):
        other = sign_in(person("Ann Other"))
        address = reverse(name, args=[] if name == "providers:add" else [house.pk])
        assert other.get(address).status_code == 403

    def test_the_entry_costs_the_same_for_many_rows(self, admin, doing, house):
        client = sign_in(admin)
        client.get(reverse("provider", args=[house.pk]))
        counts = []
        for many in (1, 6):
            for number in range(many):
                code = ["00Y", "01D", "01G", "00T", "00V", "00W", "01M"][number if many == 1 else number + 1]
                operations.commission(**doing, provider=house, agency=body(code), starts_on=TODAY)
                operations.add_location(**doing, provider=house, facts=PlaceFacts(f"Wing {many} {number}"))
            for name in ("providers:entry", "provider"):
                with CaptureQueriesContext(connection) as asked:
                    client.get(reverse(name, args=[house.pk]))
                counts.append(len(asked))
        assert counts[:2] == counts[2:]
