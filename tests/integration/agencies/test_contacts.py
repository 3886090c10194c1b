"""Posts and numbers: corrected, stood in for, found by role, body, topic and place, read through the API."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from agencies import operations
from agencies.contacts.reading import called, contacts_on, place_called
from agencies.models import Agency, FootprintAgency, Post, QSGMember, QualitySurveillanceGroup
from agencies.operations.posts import seen_of
from audit.models import Line
from reference.operations import load_lists
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    dated,
    person,
    submit,
    text_of,
)

NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    load_lists()


@pytest.fixture
def post(world: World) -> Post:
    return Post.objects.create(
        agency=world.ccg,
        post="safeguarding_lead",
        user=world.ann,
        holder_name="Ann Lee",
        telephone="01632 960001",
        starts_on=LAST_YEAR,
    )


def deeds() -> list[str]:
    return sorted(Line.objects.exclude(deed="read").values_list("deed", flat=True))


class TestCorrecting:
    def test_the_own_administrator_corrects_a_contact_and_the_body(self, world: World, post: Post):
        by, now = world.by_body, world.now
        operations.correct_post(
            by=by, now=now, post=post, holder_name="", telephone="01632 960005", out_of_hours_telephone="999"
        )
        post.refresh_from_db()
        assert (post.holder_name, post.telephone, post.out_of_hours_telephone) == (
            "Ann Lee",
            "01632 960005",
            "999",
        )
        operations.correct_numbers(
            by=by, now=now, agency=world.ccg, telephone="", out_of_hours_telephone="0161 496 0100"
        )
        world.ccg.refresh_from_db()
        assert world.ccg.out_of_hours_telephone == "0161 496 0100"
        assert deeds() == ["agency.numbers_corrected", "post.corrected"]

    def test_the_name_of_who_uses_no_portal_is_spelt_right(self, world: World, post: Post):
        Post.objects.filter(pk=post.pk).update(user=None)
        given = {"by": world.by_portal, "now": world.now, "post": post, "out_of_hours_telephone": ""}
        operations.correct_post(**given, holder_name="Anne Lee", telephone="01632 960001")
        post.refresh_from_db()
        assert post.holder_name == "Anne Lee"
        with pytest.raises(Invalid, match="Nobody is named here"):
            operations.correct_post(**given, holder_name="", telephone="")

    def test_nobody_elses_administrator(self, world: World, post: Post):
        stranger = person("Eve Other")
        belongs(stranger, world.other, "agency_administrator")
        for user in (stranger, world.ann):
            by = principal_of(user.pk)
            with pytest.raises(NotPermitted):
                operations.correct_post(
                    by=by,
                    now=world.now,
                    post=post,
                    holder_name="",
                    telephone="999",
                    out_of_hours_telephone="",
                )
            with pytest.raises(NotPermitted):
                operations.correct_numbers(
                    by=by, now=world.now, agency=world.ccg, telephone="999", out_of_hours_telephone=""
                )

    def test_half_a_number_is_refused_everywhere(self, world: World, post: Post):
        given = {"by": world.by_body, "now": world.now}
        half = {"telephone": "960 001", "out_of_hours_telephone": ""}
        for deed in (
            lambda: operations.correct_post(**given, post=post, holder_name="", **half),
            lambda: operations.correct_numbers(**given, agency=world.ccg, **half),
            lambda: operations.appoint(**given, agency=world.ccg, post="deputy", starts_on=TODAY, **half),
            lambda: operations.stand_in(
                **given, post=post, holder_name="X", starts_on=TODAY, ends_on=TOMORROW, **half
            ),
        ):
            with pytest.raises(Invalid, match="whole number") as refused:
                deed()
            assert set(refused.value.errors) == {"telephone"}
        assert deeds() == []

    def test_what_another_changed_meanwhile_is_not_overwritten(self, world: World, post: Post):
        was = seen_of(post)
        given = {
            "by": world.by_body,
            "now": world.now,
            "post": post,
            "holder_name": "",
            "out_of_hours_telephone": "",
        }
        operations.correct_post(**given, telephone="01632 960007", seen=was)
        with pytest.raises(Invalid, match="It now says: 01632 960007"):
            operations.correct_post(**given, telephone="01632 960008", seen=was)
        with pytest.raises(Invalid, match="meanwhile"):
            operations.correct_numbers(
                by=world.by_body,
                now=world.now,
                agency=world.ccg,
                telephone="999",
                out_of_hours_telephone="",
                seen="something else",
            )

    def test_what_was_is_not_rewritten(self, world: World, post: Post):
        Post.objects.filter(pk=post.pk).update(ends_on=TODAY)
        with pytest.raises(NotNow, match="not rewritten"):
            operations.correct_post(
                by=world.by_body,
                now=world.now,
                post=post,
                holder_name="",
                telephone="999",
                out_of_hours_telephone="",
            )


class TestStandingIn:
    def given(self, world: World, post: Post) -> dict:
        return {"by": world.by_body, "now": world.now, "post": post, "starts_on": TODAY, "ends_on": NEXT_WEEK}

    def test_who_stands_in_holds_the_post_for_their_days(
        self, world: World, post: Post, freeze: Callable[[str], datetime]
    ):
        belongs(world.bob, world.ccg)
        operations.stand_in(**self.given(world, post), user=world.bob, telephone="01632 960002")
        assert principal_of(world.bob.pk).safeguarding_lead
        assert principal_of(world.ann.pk).safeguarding_lead
        freeze("2026-03-10T09:00Z")
        assert not principal_of(world.bob.pk).safeguarding_lead
        assert deeds() == ["post.stood_in"]

    def test_its_end_and_a_new_holder_end_it(self, world: World, post: Post):
        row = operations.stand_in(**self.given(world, post), holder_name="Sam Stand")
        operations.end_post(by=world.by_body, now=world.now, post=row, ends_on=TOMORROW)
        row.refresh_from_db()
        assert row.ends_on == TOMORROW
        other = operations.stand_in(
            **{**self.given(world, post), "starts_on": TOMORROW}, holder_name="Tim Stand"
        )
        operations.appoint(
            by=world.by_body,
            now=world.now,
            agency=world.ccg,
            post="safeguarding_lead",
            holder_name="New Lead",
            starts_on=date(2026, 3, 6),
        )
        other.refresh_from_db()
        assert other.ends_on == date(2026, 3, 6)

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"holder_name": ""}, "Say who stands in"),
            ({"starts_on": date(2026, 3, 2)}, "cannot start in the past"),
            ({"ends_on": TODAY}, "must be after the start"),
            ({"starts_on": TOMORROW, "ends_on": date(2027, 1, 1)}, "not held on all of these days"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, world: World, post: Post, changed: dict, sentence: str):
        Post.objects.filter(pk=post.pk).update(ends_on=date(2026, 6, 1))
        with pytest.raises(Invalid, match=sentence):
            operations.stand_in(**{**self.given(world, post), "holder_name": "Sam Stand", **changed})

    def test_nobody_stands_in_twice_for_themselves_or_for_a_stand_in(self, world: World, post: Post):
        row = operations.stand_in(**self.given(world, post), holder_name="Sam Stand")
        with pytest.raises(Invalid, match="stands in on some of these days"):
            operations.stand_in(**self.given(world, post), holder_name="Tim Stand")
        with pytest.raises(Invalid, match="hold the post themselves"):
            operations.stand_in(**self.given(world, post), user=world.ann)
        with pytest.raises(Invalid, match="stand-in already"):
            operations.stand_in(**self.given(world, row), holder_name="Tim Stand")
        with pytest.raises(NotPermitted, match="to themselves"):
            operations.stand_in(**self.given(world, post), user=world.body_admin)

    def test_the_database_knows_too(self, world: World, post: Post):
        for wrong in ({"ends_on": None}, {"in_post_since": TOMORROW, "ends_on": NEXT_WEEK}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Post.objects.create(
                    agency=world.ccg, post="deputy", stands_in_for=post, starts_on=TODAY, **wrong
                )


@pytest.fixture
def places(world: World) -> World:
    """A council and a trust of the group's area, a council elsewhere, and two inspectors, one for each area."""
    council = Agency.objects.create(kind="local_authority", name="Exampleton", town="Exampleton")
    FootprintAgency.objects.create(qsg=world.group, agency=council)
    FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)
    far = Agency.objects.create(kind="local_authority", name="Farborough", town="Farborough")
    cqc = Agency.objects.create(kind="cqc", name="Care Quality Commission")
    elsewhere = QualitySurveillanceGroup.objects.create(
        name="Elsewhere QSG", tier="local", team=cqc, region=world.region
    )
    FootprintAgency.objects.create(qsg=elsewhere, agency=far)
    for group in (world.group, elsewhere):
        QSGMember.objects.create(qsg=group, agency=cqc, starts_on=LAST_YEAR)
    rows = [
        (council, "director_adult_social_services", "Dora Dass", "", None),
        (council, "out_of_hours", "", "children", None),
        (far, "director_adult_social_services", "Fred Far", "", None),
        (cqc, "head_of_inspection", "Hed Near", "", world.group),
        (cqc, "head_of_inspection", "Hed Far", "", elsewhere),
        (world.ccg, "safeguarding_lead_adults", "Sue Guard", "discharge", None),
    ]
    for agency, code, name, topic, area in rows:
        Post.objects.create(
            agency=agency,
            post=code,
            holder_name=name,
            topic=topic,
            area=area,
            telephone="01632 960010",
            starts_on=LAST_YEAR,
        )
    return world


def names(rows) -> list[str]:
    return [post.who for post in rows]


class TestFinding:
    @pytest.mark.parametrize(
        ("asked", "first"),
        [
            ("director of adult social services exampleton", "Dora Dass"),
            ("DASS Farborough", "Fred Far"),
            ("dass exmapleton", "Dora Dass"),
            ("safegarding adults", "Sue Guard"),
            ("discharge", "Sue Guard"),
            ("hed near", "Hed Near"),
            ("out of hours Exampleton", "Duty desk"),
        ],
    )
    def test_by_role_body_topic_and_name_nearly_right(self, places: World, asked: str, first: str):
        assert names(called(contacts_on(TODAY), asked))[0] == first

    @pytest.mark.parametrize("asked", ["zzzzzz", "%", "'; drop table", "of", "\\"])
    def test_what_matches_nothing_finds_nobody(self, places: World, asked: str):
        assert names(called(contacts_on(TODAY), asked)) == []

    @pytest.mark.parametrize(
        "asked", ["Exampleton", "exampelton council", "Example QSG", "Example Area Team"]
    )
    def test_for_a_place_those_of_it_and_those_that_look_after_it(self, places: World, asked: str):
        place = place_called(asked, TODAY)
        here, wider = (
            names(place.posts_here(contacts_on(TODAY))),
            names(place.posts_wider(contacts_on(TODAY))),
        )
        assert "Dora Dass" in here
        assert "Hed Near" in here + wider
        assert not {"Fred Far", "Hed Far"} & {*wider}
        assert "Fred Far" not in here

    def test_a_region_is_all_its_areas(self, places: World):
        place = place_called("Example Regional", TODAY)
        assert {"Dora Dass", "Fred Far"} <= set(names(place.posts(contacts_on(TODAY))))

    def test_a_place_of_no_name_is_none(self, places: World):
        assert place_called("Nowhereville", TODAY).named == []
        assert place_called("", TODAY).named == []

    def test_who_has_left_and_bodies_that_closed_are_not_found(self, places: World):
        Post.objects.filter(holder_name="Dora Dass").update(ends_on=TODAY)
        Agency.objects.filter(name="Farborough").update(closed_on=LAST_YEAR)
        assert names(called(contacts_on(TODAY), "dass")) == []


class TestPages:
    def test_somebody_is_found_rung_and_copied(self, places: World):
        ann = client_as(places.ann)
        page = ann.get(reverse("agencies:contacts"), {"q": "dass", "place": "exampelton"})
        said = text_of(page)
        assert "“exampelton” was read as Exampleton" in said
        assert "Dora Dass , Director of Adult Social Services" in said
        assert "Fred Far" not in said
        html = page.content.decode()
        assert 'href="tel:01632960010"' in html
        assert 'data-copy="01632 960010"' in html
        wider = text_of(ann.get(reverse("agencies:contacts"), {"place": "Exampleton"}))
        assert "Who looks after it among other places" in wider
        assert wider.index("Dora Dass") < wider.index("Hed Near")
        assert "Hed Far" not in wider

    def test_what_is_not_found_says_so(self, places: World):
        ann = client_as(places.ann)
        address = reverse("agencies:contacts")
        assert "area team is called “nowhereville”" in text_of(ann.get(address, {"place": "nowhereville"}))
        assert "Nobody is named for this" in text_of(ann.get(address, {"q": "zzzzz"}))
        assert "Nobody is named for this" in text_of(ann.get(address, {"place": "Farborough", "q": "zzzz"}))
        assert "Nobody is named for this yet" in text_of(ann.get(address, {"post": "responsible_officer"}))
        assert "Dora Dass" in text_of(ann.get(address, {"post": "forged"}))

    def test_it_takes_as_many_queries_however_many_there_are(self, places: World):
        ann = client_as(places.ann)

        def asked(**query: str) -> int:
            ann.get(reverse("agencies:contacts"), query)
            with CaptureQueriesContext(connection) as captured:
                assert ann.get(reverse("agencies:contacts"), query).status_code == 200
            return len(captured)

        kinds = ({}, {"q": "out of hours"}, {"place": "Exampleton"})
        few = [asked(**query) for query in kinds]
        holder = Post.objects.get(holder_name="Dora Dass")
        for number in range(12):
            row = Post.objects.create(
                agency=holder.agency,
                post="out_of_hours",
                topic=str(number),
                user=places.ann,
                starts_on=LAST_YEAR,
            )
            Post.objects.create(
                agency=holder.agency,
                post="out_of_hours",
                topic=str(number),
                stands_in_for=row,
                starts_on=LAST_YEAR,
                ends_on=NEXT_WEEK,
                holder_name="Sam Stand",
            )
        assert [asked(**query) for query in kinds] == few

    def test_a_post_with_its_history_and_stand_in(self, world: World, post: Post):
        Post.objects.create(
            agency=world.ccg,
            post="safeguarding_lead",
            holder_name="Long Ago",
            starts_on=date(2024, 1, 1),
            ends_on=LAST_YEAR,
        )
        body = client_as(world.body_admin)
        address = reverse("agencies:stand_in", args=[post.pk])
        fields = {
            "holder_name": "Sam Stand",
            "telephone": "01632 960002",
            **dated("starts_on", TODAY),
            **dated("last_day", TOMORROW),
        }
        assert "Sam Stand stands in for Ann Lee" in text_of(body.post(address, fields))
        submit(body, address, **fields)
        said = text_of(client_as(world.ann).get(reverse("agencies:post", args=[post.pk])))
        assert "Sam Stand stands in now, until the end of 4 March 2026" in said
        assert "Long Ago, 1 January 2024 to 2 March 2025" in said
        assert "no number kept: tell the body's administrator" in said
        assert "Correct" not in said
        assert "Sam Stand stands in until the end of 4 March 2026" in text_of(
            client_as(world.ann).get(reverse("agencies:contacts"))
        )
        row = Post.objects.get(stands_in_for=post)
        same = client_as(world.ann).get(reverse("agencies:post", args=[row.pk]))
        assert "Ann Lee" in text_of(same)
        assert "no longer stands in" in text_of(
            body.post(reverse("agencies:end_post", args=[row.pk]), {"when": "now"})
        )

    def test_an_administrator_corrects_what_they_read(self, world: World, post: Post):
        body = client_as(world.body_admin)
        assert "Correct this contact" in text_of(body.get(reverse("agencies:post", args=[post.pk])))
        address = reverse("agencies:correct_post", args=[post.pk])
        assert "01632 960001" in body.get(address).content.decode()
        refused = text_of(submit(body, address, expect=422, telephone="960001", out_of_hours_telephone=""))
        assert "whole number with its area code" in refused
        submit(body, address, telephone="01632 960003", out_of_hours_telephone="", seen=seen_of(post))
        stale = submit(body, address, expect=422, telephone="01632 960004", seen=seen_of(post))
        assert "Somebody changed this meanwhile" in text_of(stale)
        numbers = reverse("agencies:correct_numbers", args=[world.ccg.pk])
        submit(body, numbers, telephone="01632 960020", out_of_hours_telephone="01632 960021")
        said = text_of(client_as(world.ann).get(reverse("agencies:telephones")))
        assert "01632 960021" in said
        assert "01632 960003" in said
        assert body.get(reverse("agencies:correct_numbers", args=[world.other.pk])).status_code == 403


class TestApi:
    def listed(self, client: Client, **query: str) -> list[dict]:
        answer = client.get("/api/v1/contacts/", query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    def test_it_finds_as_the_page_does(self, places: World):
        ann = client_as(places.ann)
        assert [one["holder"] for one in self.listed(ann, q="dass exmapleton")] == ["Dora Dass"]
        assert "Hed Far" not in [one["holder"] for one in self.listed(ann, place="Exampleton")]
        (near,) = self.listed(ann, post="head_of_inspection", area=str(places.group.pk))
        assert near["area"] == {"id": str(places.group.pk), "name": "Example QSG"}
        one = ann.get(f"/api/v1/contacts/{near['id']}/").json()
        assert one["holder"] == "Hed Near"
        assert ann.get("/api/v1/contacts/", {"holder": "x"}).status_code == 400
        assert ann.get(f"/api/v1/contacts/{places.ccg.pk}/").status_code == 404

    def test_a_stand_in_says_for_whom(self, world: World, post: Post):
        row = operations.stand_in(
            by=world.by_body,
            now=world.now,
            post=post,
            holder_name="Sam Stand",
            starts_on=TODAY,
            ends_on=NEXT_WEEK,
        )
        found = {one["id"]: one["stands_in_for"] for one in self.listed(client_as(world.ann))}
        assert found == {str(post.pk): None, str(row.pk): str(post.pk)}
