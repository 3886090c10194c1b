"""The directory's pages: what they say, what they forgive, and how few queries they take."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, FootprintAgency, Post, QSGMember, QualitySurveillanceGroup
from reference.operations import load_lists
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    World,
    belongs,
    client_as,
    sits,
    text_of,
)


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    load_lists()


@pytest.fixture
def ann(world: World) -> Client:
    return client_as(world.ann)


def read(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return text_of(answer)


def queries(client: Client, name: str, *args: object, **query: str) -> int:
    read(client, name, *args, **query)  # the first page of a session asks more about the person
    with CaptureQueriesContext(
        connection,
    ) as captured:
        read(client, name, *args, **query)
    return len(captured)


def test_the_directory_stands_from_a_to_z_a_page_at_a_time(world: World, ann: Client):
    Agency.objects.bulk_create(Agency(kind="ccg", name=f"NHS Place {number:03}") for number in range(60))
    first = ann.get(reverse("agencies:directory"))
    said = text_of(first)
    assert "Example Area Team" in said
    assert "NHS Place 000" in said
    assert "NHS Place 059" not in said
    mark = first.content.decode().split("from=")[1].split('"')[0].replace("&amp;", "&")
    second = ann.get(f"{reverse('agencies:directory')}?from={mark}")
    assert "NHS Place 021" in text_of(second)
    assert "Example Area Team" not in text_of(second)
    assert "Before" in text_of(second)
    back = second.content.decode().split("from=")[1].split('"')[0]
    assert "Example Area Team" in text_of(ann.get(f"{reverse('agencies:directory')}?from={back}"))
    assert "Example Area Team" in read(ann, "agencies:directory", **{"from": "forged"})


@pytest.mark.parametrize("typed", ["Example CCG", "xx1", "NHS Exampel CCG", "exam", "example ccg "])
def test_a_body_is_found_by_name_by_code_and_nearly_right(ann: Client, typed: str):
    assert "NHS Example CCG" in read(ann, "agencies:directory", q=typed)


@pytest.mark.parametrize("typed", ["zzzzzz", "%", "_", "\0", "'; drop table", "x" * 500])
def test_what_matches_nothing_says_so_and_breaks_nothing(ann: Client, typed: str):
    said = read(ann, "agencies:directory", q=typed)
    assert "Directory" in said


def test_the_directory_is_narrowed_by_kind_and_by_place(world: World, ann: Client):
    said = read(ann, "agencies:directory", kind="nhs_england_area_team")
    assert "Example Area Team" in said
    assert "NHS Other CCG" not in said
    FootprintAgency.objects.create(qsg=world.group, agency=world.other)
    said = read(ann, "agencies:directory", group=str(world.group.pk))
    assert "NHS Other CCG" in said  # its area
    assert "NHS Example CCG" in said  # a member
    assert "Example Regional Team" not in said
    assert "Example Regional Team" in read(ann, "agencies:directory", group="no such group", kind="nothing")


def test_the_directory_takes_as_many_queries_for_two_as_for_sixty(ann: Client, world: World):
    few = queries(ann, "agencies:directory")
    Agency.objects.bulk_create(Agency(kind="ccg", name=f"NHS Place {number:03}") for number in range(60))
    assert queries(ann, "agencies:directory") == few


def test_a_bodys_page_says_what_it_may_do_and_whom_to_ring(world: World, ann: Client):
    world.ccg.telephone = "01632 960009"
    world.ccg.save()
    Post.objects.create(
        agency=world.ccg,
        post="safeguarding_lead",
        holder_name="Dr Who",
        telephone="01632 960001",
        starts_on=LAST_YEAR,
    )
    said = read(ann, "agencies:agency", world.ccg.pk)
    assert "Clinical commissioning group" in said
    assert "Buys most hospital, community and mental health care" in said
    assert "Financial penalties" in said
    assert "Dr Who" in said
    assert "01632 960001" in said
    assert "01632 960009" in said
    assert "Example QSG : member" in said.replace("QSG:", "QSG :")
    assert "End this" not in said


def test_an_area_team_has_the_powers_of_nhs_england_and_says_whose_it_is(world: World, ann: Client):
    team = world.group.team
    team.parent = world.region.team
    team.save()
    said = read(ann, "agencies:agency", team.pk)
    assert "Referral to the regulators" in said
    assert "Part of Example Regional Team" in said
    assert "Its teams Example Area Team" in read(ann, "agencies:agency", world.region.team.pk)


def test_what_the_sources_lack_is_said(world: World, ann: Client):
    strange = Agency.objects.create(kind="police", name="Example Police")
    said = read(ann, "agencies:agency", strange.pk)
    assert "number not in the source" in said
    assert "Footprint not in the source" in said
    lmc = Agency.objects.create(kind="lmc", name="Example LMC", closed_on=date(2020, 1, 1))
    said = read(ann, "agencies:agency", lmc.pk)
    assert "may act by agreement" in said
    assert "This body closed on 1 January 2020" in said


def test_an_unknown_body_or_group_is_absent(ann: Client, world: World):
    for address in (
        reverse("agencies:agency", args=[world.group.pk]),
        reverse("group", args=[world.ccg.pk]),
        reverse("agencies:add_seat", args=[world.ccg.pk]),
    ):
        assert ann.get(address).status_code == 404


def test_groups_stand_under_their_region_and_ones_own_are_marked(world: World, ann: Client):
    sits(world.ann, world.ccg, world.group)
    said = read(ann, "agencies:groups")
    assert "Example Regional QSG Example QSG You sit here" in said


def test_a_groups_page_shows_who_sits_there_and_names_the_gaps(world: World, ann: Client):
    FootprintAgency.objects.create(qsg=world.group, agency=world.other)
    sits(world.ann, world.ccg, world.group, cleared=True)
    sits(world.bob, world.ccg, world.group, "deputy")
    said = read(ann, "group", world.group.pk)
    assert "Ann Lee, representative , may receive restricted items" in said.replace(", may", " , may")
    assert "Does not count today: does not read for NHS Example CCG today" in said
    assert "No Monitor seat" in said or "Monitor" not in said
    assert "No seat for any council" in said


def test_a_groups_page_takes_as_many_queries_whoever_sits_there(world: World, ann: Client):
    sits(world.ann, world.ccg, world.group)
    few = queries(ann, "group", world.group.pk)
    for number in range(8):
        agency = Agency.objects.create(kind="ccg", name=f"NHS Place {number}")
        FootprintAgency.objects.create(qsg=world.group, agency=agency)
        QSGMember.objects.create(qsg=world.group, agency=agency, starts_on=LAST_YEAR)
        user = type(world.ann).objects.create_user(f"p{number}@example.org", full_name=f"Person {number}")
        belongs(user, agency)
        sits(user, agency, world.group)
    assert queries(ann, "group", world.group.pk) == few


def test_every_number_of_a_group_stands_on_one_page(world: World, ann: Client):
    Post.objects.create(
        agency=world.ccg,
        post="out_of_hours",
        out_of_hours_telephone="01632 960002",
        starts_on=LAST_YEAR,
    )
    Post.objects.create(
        agency=world.ccg, post="deputy", holder_name="Long Gone", starts_on=LAST_YEAR, ends_on=TODAY
    )
    FootprintAgency.objects.create(qsg=world.group, agency=world.other)
    said = read(ann, "agencies:telephones")  # her body's own group
    assert "999" in said
    assert "Example QSG" in said
    assert "tell the body's administrator. Example Area Team ; NHS Other CCG ." in said
    assert "01632 960002" in said
    assert "Long Gone" not in said
    assert "Example Regional Team" in said  # the region's, after the area's
    assert "Correct" not in said
    sits(world.ann, world.ccg, world.region)
    QSGMember.objects.create(qsg=world.region, agency=world.ccg, starts_on=LAST_YEAR)
    assert "Example Regional QSG Telephone numbers" in read(ann, "agencies:telephones")  # where she sits


def test_ones_own_area_stands_first_then_the_others_then_the_national_bodies(world: World, ann: Client):
    Agency.objects.create(kind="cqc", name="Care Quality Commission", telephone="01632 960030")
    Agency.objects.create(kind="police", name="Example Police", telephone="01632 960031")
    far = QualitySurveillanceGroup.objects.create(
        name="A Far QSG", tier="local", team=world.group.team, region=world.region
    )
    council = Agency.objects.create(kind="local_authority", name="Farborough", telephone="01632 960032")
    FootprintAgency.objects.create(qsg=far, agency=council)
    FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)
    everywhere = read(ann, "agencies:telephones", group="all")
    order = ("NHS Example CCG", "Example Regional Team", "Farborough", "National bodies", "Example Police")
    places = [everywhere.index(name, everywhere.index("As at")) for name in order]
    assert places == sorted(places)
    mine = read(ann, "agencies:telephones")
    assert "01632 960030" in mine
    assert "01632 960032" not in mine
    assert "01632 960032" in read(ann, "agencies:telephones", group=str(far.pk))


def test_a_national_bodys_posts_for_other_areas_are_left_out_of_ones_own(world: World, ann: Client):
    cqc = Agency.objects.create(kind="cqc", name="Care Quality Commission")
    far = QualitySurveillanceGroup.objects.create(
        name="A Far QSG", tier="local", team=world.group.team, region=world.region
    )
    for name, area in (("Hed Near", world.region), ("Hed Far", far), ("Hed All", None)):
        Post.objects.create(
            agency=cqc,
            post="head_of_inspection",
            holder_name=name,
            area=area,
            telephone="01632 960033",
            starts_on=LAST_YEAR,
        )
    mine = read(ann, "agencies:telephones")
    assert "Hed Near" in mine
    assert "Hed All" in mine
    assert "Hed Far" not in mine
    assert "Hed Far" in read(ann, "agencies:telephones", group="all")


def test_the_numbers_take_as_many_queries_for_one_area_as_for_many(world: World, ann: Client):
    few = queries(ann, "agencies:telephones", group="all")
    for number in range(6):
        agency = Agency.objects.create(kind="ccg", name=f"NHS Place {number}", telephone="01632 960034")
        group = QualitySurveillanceGroup.objects.create(
            name=f"QSG {number}", tier="local", team=world.group.team, region=world.region
        )
        FootprintAgency.objects.create(qsg=group, agency=agency)
        Post.objects.create(agency=agency, post="deputy", user=world.bob, area=group, starts_on=LAST_YEAR)
    assert queries(ann, "agencies:telephones", group="all") == few


def test_somebody_without_a_group_chooses_one(world: World):
    assert "Choose a group" in read(client_as(world.bob), "agencies:telephones")
    assert "Choose a group" in read(client_as(world.portal_admin), "agencies:telephones", group="nonsense")


def test_about_the_data_says_what_is_and_is_not_in_the_sources(world: World, ann: Client):
    said = read(ann, "about_data")
    assert "Open Government Licence v3.0" in said
    assert "footprint is not in the source" in said


def test_nobody_reads_the_directory_without_signing_in(world: World, client: Client):
    for name in (
        "agencies:directory",
        "agencies:groups",
        "agencies:telephones",
        "agencies:rules",
        "agencies:people",
    ):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert "sign-in" in answer["Location"]


def test_spelling_is_forgiven_only_where_little_was_found(world: World, ann: Client):
    assert "NHS Example CCG" in read(ann, "agencies:directory", q="exampel")
    Agency.objects.bulk_create(Agency(kind="ccg", name=f"NHS Exampel {number:03}") for number in range(12))
    said = read(ann, "agencies:directory", q="exampel")
    assert "NHS Exampel 011" in said
    assert "NHS Example CCG" not in said


def test_the_duty_desk_of_a_council_of_the_area_stands_right_after_999(world: World, ann: Client):
    council = Agency.objects.create(kind="local_authority", name="Farborough")
    FootprintAgency.objects.create(qsg=world.group, agency=council)
    Post.objects.create(
        agency=council,
        post="out_of_hours",
        telephone="01632 960040",
        out_of_hours_telephone="01632 960041",
        starts_on=LAST_YEAR,
    )
    said = read(ann, "agencies:telephones")
    desks = "Duty desk, Farborough: 01632 960040 (office hours) Duty desk, Farborough: 01632 960041 (out of hours)"
    assert f"999 (any hour) {desks} After 999" in said
    assert "Duty desk, Farborough" not in read(ann, "agencies:telephones", group="all")


def test_whoever_holds_several_posts_stands_once_with_one_number(world: World, ann: Client):
    for post in ("director", "safeguarding_lead_adults", "safeguarding_lead_children"):
        Post.objects.create(
            agency=world.ccg,
            post=post,
            holder_name="Dora Dass",
            telephone="01632 960050",
            starts_on=LAST_YEAR,
        )
    said = read(ann, "agencies:agency", world.ccg.pk)
    assert said.count("01632 960050") == 1
    assert "Safeguarding lead, adults Safeguarding lead, children" in said
    assert "number not in the source" not in said
