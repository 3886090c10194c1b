"""Bodies and groups from files: real ones, repeatable, and what a bad row does."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from access.principal import clockwork
from access.refusals import Invalid, NotPermitted
from agencies import operations
from agencies.importers import DATA, council_name
from agencies.models import Agency, FootprintAgency, QSGMember, QualitySurveillanceGroup
from audit.models import Line
from reference.operations import load_lists
from tests.integration.agencies.conftest import TODAY, World

GROUP = "Greater Manchester Quality Surveillance Group"


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    load_lists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    return tmp_path


def load(world: World, folder: Path = DATA) -> operations.Loaded:
    return operations.load_bodies(by=clockwork(world.now), now=world.now, folder=folder)


@pytest.fixture
def loaded(world: World) -> operations.Loaded:
    return load(world)


def count(kind: str) -> int:
    return Agency.objects.filter(kind=kind, source__startswith="O").count()


def test_the_directory_of_2013_is_whole(loaded: operations.Loaded):
    assert loaded.problems == []
    assert [count(kind) for kind in ("nhs_england_regional_team", "nhs_england_area_team", "ccg")] == [
        4,
        27,
        211,
    ]
    assert count("local_authority") == 151
    groups = QualitySurveillanceGroup.objects.exclude(name__startswith="Example")
    assert groups.count() == 31
    assert groups.filter(tier="local").count() == 27
    assert Agency.objects.get(name="NHS Oldham CCG").ods_code == "00Y"
    team = Agency.objects.get(ods_code="Q46")
    assert (team.parent.ods_code, team.parent.parent.name) == ("Y54", "NHS England")


def test_a_group_has_the_ccgs_of_its_area_team_and_the_members_the_sources_link(loaded: operations.Loaded):
    group = QualitySurveillanceGroup.objects.get(name=GROUP)
    assert group.region.name == "North of England Regional Quality Surveillance Group"
    assert group.footprint_known
    assert str(FootprintAgency.objects.get(qsg=group, agency__ods_code="00Y")) == f"NHS Oldham CCG in {GROUP}"
    kinds = sorted(group.footprint.values_list("kind", flat=True))
    assert (kinds.count("ccg"), kinds.count("local_authority")) == (12, 1)
    members = QSGMember.objects.filter(qsg=group)
    assert {member.starts_on for member in members} == {date(2013, 4, 1)}
    kinds = sorted(members.values_list("agency__kind", flat=True))
    assert kinds == [*["ccg"] * 12, "cqc", "local_authority", "monitor", "nhs_england_area_team", "nhs_tda"]


def test_londons_three_groups_have_no_guessed_footprint(loaded: operations.Loaded):
    london = QualitySurveillanceGroup.objects.filter(name__startswith="London Quality")
    assert london.count() == 3
    for group in london:
        assert not group.footprint_known
        assert "Q71" in group.footprint_note
        assert not group.footprint.exists()
    region = QualitySurveillanceGroup.objects.get(name="London Regional Quality Surveillance Group")
    assert region.footprint.filter(kind="ccg").count() == 32


def test_no_telephone_number_of_a_real_body_is_invented(loaded: operations.Loaded):
    assert not Agency.objects.exclude(telephone="", out_of_hours_telephone="", email="").exists()


def test_loading_again_changes_nothing_and_brings_nothing_back(world: World, loaded: operations.Loaded):
    before = (Agency.objects.count(), FootprintAgency.objects.count(), QSGMember.objects.count())
    Agency.objects.filter(ods_code="00Y").update(name="NHS Oldham", telephone="0161 496 0000")
    Agency.objects.filter(name="Oldham council").update(name="Oldham Metropolitan Borough Council")
    ended = QSGMember.objects.get(qsg__name=GROUP, agency__kind="cqc")
    operations.end_qsg_member(by=clockwork(world.now), now=world.now, member=ended, ends_on=TODAY)
    again = load(world)
    assert again.counts["bodies"] == 0
    assert again.counts["members of groups"] == 0
    assert sorted(again.differs) == ["NHS Oldham", "Oldham Metropolitan Borough Council"]
    assert (Agency.objects.count(), FootprintAgency.objects.count(), QSGMember.objects.count()) == before
    assert Agency.objects.get(ods_code="00Y").telephone == "0161 496 0000"
    ended.refresh_from_db()
    assert ended.ends_on == TODAY


def test_loading_is_logged_once_with_counts_only(world: World, loaded: operations.Loaded):
    assert Line.objects.get(deed="directory.loaded").detail == {
        "bodies": 409,
        "bodies here already": 0,
        "groups": 31,
        "bodies in footprints": 419,
        "members of groups": 331,
        "problems": 0,
        "differs": 0,
    }


def test_only_the_portals_administrator_loads(world: World):
    with pytest.raises(NotPermitted):
        operations.load_bodies(by=world.by_body, now=world.now)


def add(folder: Path, file: str, row: str) -> None:
    path = folder / f"{file}.csv"
    path.write_text(path.read_text() + row + "\n")


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        ("national_bodies", "wizards,Ministry,M,x", "kind “wizards” is not in the list"),
        ("national_bodies", "cqc,Care Quality Commission,CQC,x", "stands twice (also line 3)"),
        ("national_bodies", "cqc,,CQC,x", "no name given"),
        ("regional_teams", "Y54,E40000009,Mars", "code Y54 is already that of"),
        ("area_teams", "Q99,,E39000099,Mars,E40000009,", "region E40000009 is not known"),
        ("area_teams", "Q46,,E39000099,Mars,E40000001,", "code Q46 is already that of"),
        ("ccgs", "99Z,E38000999,NHS Mars,Q99,E40000001,,2013-04-01", "area team Q99 is not known"),
        ("ccgs", "99Z,E38000999,NHS Mars,Q46,E40000009,,2013-04-01", "region E40000009 is not known"),
        ("ccgs", "99Z,E38000999,NHS Mars,Q46,E40000001,,spring", "“spring” is not a date"),
        ("ccgs", "00Y,E38000999,NHS Mars,Q46,E40000001,,", "code 00Y is already that of"),
        ("local_authorities", "E06999999,Mars,E38999999", "CCG E38999999 is not known"),
        ("local_authorities", "E06999999,Oldham,", "stands twice"),
    ],
)
def test_a_bad_row_is_said_by_its_line_and_the_others_load(
    world: World, folder: Path, file: str, row: str, words: str
):
    add(folder, file, row)
    line = len((folder / f"{file}.csv").read_text().splitlines())
    loaded = load(world, folder)
    (problem,) = loaded.problems
    assert str(problem).startswith(f"{file}, line {line}: ")
    assert words in problem.sentence
    assert loaded.counts["bodies"] == 409


def test_a_file_that_is_missing_is_said_and_the_others_load(world: World, folder: Path):
    (folder / "local_authorities.csv").unlink()
    loaded = load(world, folder)
    assert str(loaded.problems[0]) == "local_authorities, line 0: the file is not there"
    assert loaded.counts["bodies"] == 409 - 151


def test_an_area_team_without_any_code_carries_a_group_all_the_same(world: World, folder: Path):
    add(folder, "area_teams", ",,E39000099,Mars,E40000001,No source")
    assert load(world, folder).problems == []
    assert (
        QualitySurveillanceGroup.objects.get(name="Mars Quality Surveillance Group").footprint_note
        == "No source"
    )


def test_councils_are_named_as_they_are_said():
    assert council_name("Bristol, City of") == "City of Bristol"
    assert council_name("Bournemouth, Christchurch and Poole") == "Bournemouth, Christchurch and Poole"
    assert council_name("Oldham") == "Oldham"


def test_a_body_that_the_files_lack_is_added_by_hand(world: World):
    given = {
        "by": world.by_portal,
        "now": world.now,
        "kind": "local_healthwatch",
        "name": "Healthwatch Example",
    }
    made = operations.add_agency(**given, telephone="01632 960003", ods_code="99Y")
    assert str(made) == "Healthwatch Example"
    for more, field in (
        ({}, "name"),
        ({"kind": "wizards"}, "kind"),
        ({"name": "Another", "ods_code": "99Y"}, "ods_code"),
    ):
        with pytest.raises(Invalid) as refused:
            operations.add_agency(**{**given, **more})
        assert list(refused.value.errors) == [field]
    with pytest.raises(NotPermitted):
        operations.add_agency(**{**given, "by": world.by_body, "name": "Another"})
