"""A footprint changes, and the providers of its bodies come and go in the same act, and by no file."""

from datetime import timedelta

import pytest
from django.urls import reverse

from access.principal import clockwork
from access.refusals import Invalid, NotPermitted
from agencies.models import Agency, FootprintAgency, QualitySurveillanceGroup
from audit.models import Line
from providers.importing.links import Held, Links
from providers.importing.ods import OdsRow
from providers.models import Commissioning, Provider, ProviderGroup
from providers.operations import change_footprint
from providers.rules import Moved
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, World, client_as, submit, text_of, world
from tests.integration.providers.imports import Importer, content, sound
from timekeeping.london import london_day

__all__ = ["world"]
SAID = "What was shared with a group stays shared with it."


@pytest.fixture
def next_door(world: World) -> QualitySurveillanceGroup:
    """The other local group, in whose footprint the other body lies."""
    load_lists()
    Agency.objects.filter(pk=world.other.pk).update(ods_code="00X")
    group = QualitySurveillanceGroup.objects.create(
        name="Next Door QSG", tier="local", team=world.group.team, region=world.region
    )
    FootprintAgency.objects.create(qsg=group, agency=world.other, source="before")
    return group


@pytest.fixture
def practices(world: World, next_door: QualitySurveillanceGroup) -> list[Provider]:
    """Three that the other body buys from: two stand next door by that, one where an administrator says; and two more."""
    made = [
        Provider.objects.create(name=f"Practice {number}", kind="primary_care", ods_code=f"A0000{number}")
        for number in range(5)
    ]
    for number, one in enumerate(made):
        Commissioning.objects.create(
            provider=one, agency=world.other, starts_on=LAST_YEAR, source="ODS file", out_of_area=number == 4
        )
        source = "stated" if number == 2 else "commissioner"
        if number != 3:
            ProviderGroup.objects.create(provider=one, qsg=next_door, source=source)
    return made


def grouped() -> dict[str, str]:
    links = ProviderGroup.objects.values_list("provider__ods_code", "qsg__name")
    return {code: name.removesuffix(" QSG") for code, name in links.order_by("provider__ods_code")}


def changes(world: World, **given) -> list[Moved]:
    return change_footprint(
        by=world.by_portal, now=world.now, qsg=world.group, source="x", **{"put_in": [], **given}
    ).moves


BEFORE = dict.fromkeys(("A00000", "A00001", "A00002", "A00004"), "Next Door")
AFTER = {
    **BEFORE, "A00000": "Example", "A00001": "Example", "A00003": "Example",
}  # fmt: skip


@pytest.mark.usefixtures("practices")
class TestABodyOfAnotherFootprint:
    def test_the_page_asks_says_who_comes_from_where_and_does_it(self, world: World, next_door):
        portal, address = client_as(world.portal_admin), reverse("footprint", args=[world.group.pk])
        fields = {"bodies": "00X", "source": "Decision of March"}
        asked = text_of(submit(portal, address, expect=422, **fields))
        assert "NHS Other CCG lies in the footprint of Next Door QSG already. Say what is to happen" in asked
        said = text_of(portal.post(address, {**fields, "elsewhere": "over"}))
        for sentence in (
            "NHS Other CCG goes out of the footprint of Next Door QSG.",
            "1 provider of which no group was known comes into the area of Example QSG.",
            "2 providers go from the area of Next Door QSG to that of Example QSG.",
            SAID,
            "A level that a group has set stays that group's to keep or lower, until it ends.",
        ):
            assert sentence in said
        assert grouped() == BEFORE
        submit(portal, address, elsewhere="over", **fields)
        assert grouped() == AFTER
        next_door.refresh_from_db()
        assert (next_door.footprint_links.count(), next_door.footprint_known) == (0, False)
        assert Line.objects.get(deed="footprint.changed").detail["providers"] == 3

    def test_it_may_lie_in_both_and_its_providers_stay(self, world: World):
        assert changes(world, put_in=[world.other], elsewhere="both") == [Moved("", "Example QSG", 1)]
        assert grouped() == {**BEFORE, "A00003": "Example"}
        changes(world, taken_out=[world.other])
        assert grouped() == {**BEFORE, "A00003": "Next Door"}

    def test_it_is_undone_as_it_was_done(self, world: World, next_door):
        changes(world, put_in=[world.other], elsewhere="over")
        moves = change_footprint(
            by=world.by_portal, now=world.now, qsg=next_door, put_in=[world.other], source="x", elsewhere="over"
        ).moves  # fmt: skip
        assert moves == [Moved("Example QSG", "Next Door QSG", 3)]
        assert grouped() == {**BEFORE, "A00003": "Next Door"}

    def test_taken_out_of_every_footprint_its_providers_stand_in_no_groups(self, world: World):
        changes(world, put_in=[world.other], elsewhere="over")
        assert changes(world, taken_out=[world.other]) == [Moved("Example QSG", "", 3)]
        assert grouped() == {"A00002": "Next Door", "A00004": "Next Door"}

    def test_without_an_answer_nothing_changes_and_a_region_takes_no_providers(self, world: World):
        with pytest.raises(Invalid):
            changes(world, put_in=[world.other])
        given = {"now": world.now, "qsg": world.region, "put_in": [world.other], "source": "x"}
        assert change_footprint(by=world.by_portal, **given).moves == []
        with pytest.raises(NotPermitted):
            change_footprint(by=world.by_body, **given)
        assert grouped() == BEFORE

    def test_one_that_stands_where_another_of_its_commissioners_lies_stays(self, world: World, next_door):
        FootprintAgency.objects.create(qsg=next_door, agency=world.ccg)
        first = Provider.objects.get(ods_code="A00000")
        Commissioning.objects.create(provider=first, agency=world.ccg, starts_on=LAST_YEAR)
        changes(world, put_in=[world.other], elsewhere="over")
        assert grouped() == {**AFTER, "A00000": "Next Door"}


def test_an_import_moves_nobody_for_a_footprints_sake(world: World, next_door):
    ods = Importer(clockwork(world.now), world.now)
    row = {2: "ONE", 13: "A", 24: "00X", 26: "4", 16: "20130401"}
    ods.bring_in("practices", content({1: "A00000", **row}))
    assert grouped() == {"A00000": "Next Door"}
    FootprintAgency.objects.filter(agency=world.other).update(qsg=world.group)  # by no hand of the portal's
    assert sound(ods.preview("practices", content({1: "A00000", **row})).counts) == {"unchanged": 1}
    FootprintAgency.objects.create(qsg=next_door, agency=world.other)
    ods.bring_in("practices", content({1: "A00001", **row}))
    assert grouped() == {"A00000": "Next Door"}  # of a body that lies in two, no file can tell
    again = ods.preview("practices", content({1: "A00001", **row}))
    assert again.lines.get(code="A00001").reason == (
        "its commissioner lies in the areas of several groups: an administrator says in which it stands"
    )


def test_who_buys_on_that_day_counts(world: World, next_door):
    """One that buys until a day to come does; one that begins later does not."""
    today = london_day(world.now)
    for number, days in enumerate(
        (
            {"starts_on": LAST_YEAR, "ends_on": today + timedelta(days=30)},
            {"starts_on": today + timedelta(days=30)},
        )
    ):
        one = Provider.objects.create(name=f"P{number}", kind="primary_care", ods_code=f"A0000{number}")
        Commissioning.objects.create(provider=one, agency=world.other, **days)
        ProviderGroup.objects.create(provider=one, qsg=next_door, source="commissioner")
    changes(world, put_in=[world.other], elsewhere="over")
    assert grouped() == {"A00000": "Example", "A00001": "Next Door"}


def test_the_rows_team_tells_in_which_of_its_bodys_groups_a_provider_stands(world: World, next_door):
    FootprintAgency.objects.create(qsg=world.group, agency=world.other)
    Agency.objects.filter(pk=world.group.team_id).update(ods_code="Q99")
    team = Agency.objects.create(kind="nhs_england_area_team", name="Another Team", ods_code="Q98")
    QualitySurveillanceGroup.objects.filter(pk=next_door.pk).update(team=team)
    row = OdsRow("A00000", "ONE", "primary_care", LAST_YEAR, None, commissioner="00X", team="Q98")
    _, wanted = Links().compare(row, Held(), london_day(world.now))
    assert wanted.group == (next_door.pk, "commissioner")


def test_however_many_providers_it_asks_as_often(world: World, next_door, django_assert_max_num_queries):
    for number in range(60):
        one = Provider.objects.create(name=str(number), kind="primary_care")
        Commissioning.objects.create(provider=one, agency=world.other, starts_on=LAST_YEAR)
        ProviderGroup.objects.create(provider=one, qsg=next_door, source="commissioner")
    with django_assert_max_num_queries(40):
        assert changes(world, put_in=[world.other], elsewhere="over")[0].number == 60
