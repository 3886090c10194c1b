"""Providers from files and by hand, their commissioners and their groups."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from access.principal import Principal, clockwork
from access.refusals import NotPermitted
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.operations import load_bodies
from audit.models import Line
from providers import operations
from providers.importers import DATA
from providers.models import Commissioning, Licence, Location, Provider, ProviderGroup
from providers.rules import PlaceFacts, ProviderFacts
from reference.operations import load_lists

DAY = date(2026, 3, 3)
STRANGER = Principal(kind="person", asked_at=datetime.fromisoformat("2026-03-03T09:00+00:00"))


@pytest.fixture
def now(freeze: Callable[[str], datetime]) -> datetime:
    load_lists()
    return freeze("2026-03-03T09:00Z")


@pytest.fixture
def by(now: datetime) -> Principal:
    return clockwork(now)


@pytest.fixture
def bodies(by: Principal, now: datetime) -> None:
    load_bodies(by=by, now=now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The heading and the first rows of each file."""
    for path in DATA.glob("*.csv"):
        lines = path.read_text().splitlines(keepends=True)
        (tmp_path / path.name).write_text("".join(lines[:4]))
    return tmp_path


def test_the_real_providers_load_with_the_links_the_sources_have(bodies: None, by: Principal, now: datetime):
    loaded = operations.load_providers(by=by, now=now)
    assert loaded.problems == []
    assert (loaded.counts["providers"], loaded.counts["locations"]) == (2572, 1473)
    assert loaded.without == {"13T": 65, "112": 1, "114": 1, "RY6": 1}
    practices = Provider.objects.filter(kind="primary_care")
    assert practices.count() == 2357
    assert practices.filter(commissionings__isnull=False).count() == 2289
    practice = Provider.objects.get(ods_code="A81001")
    assert practice.name == "The Densham Surgery"
    assert practice.telephone == "01642 672351"
    assert practice.commissionings.get().agency.ods_code == "00K"
    link = practice.group_links.get()
    assert link.qsg.name == "Durham, Darlington and Tees Quality Surveillance Group"
    assert str(link) == f"{practice} in {link.qsg}"
    christie = Provider.objects.get(ods_code="RBV")
    assert (
        christie.group_links.get().get_source_display()
        == "through the local office its trust was listed under"
    )
    assert not christie.commissionings.exists()
    assert not Provider.objects.get(ods_code="RJ1").group_links.exists()  # a London trust: not in the source
    assert Provider.objects.filter(kind="nhs_trust").exists()
    assert Provider.objects.get(ods_code="RW6").status == "closed"
    again = operations.load_providers(by=by, now=now)
    assert [again.counts[name] for name in ("providers", "locations", "commissioners", "groups")] == [
        0,
        0,
        0,
        0,
    ]
    assert again.differs == []
    assert Line.objects.filter(deed="providers.loaded").count() == 2


def test_what_an_administrator_has_edited_stays(bodies: None, by: Principal, now: datetime, folder: Path):
    operations.load_providers(by=by, now=now, folder=folder)
    Provider.objects.filter(ods_code="A81001").update(telephone="01632 960000")
    assert operations.load_providers(by=by, now=now, folder=folder).differs == ["A81001"]
    assert Provider.objects.get(ods_code="A81001").telephone == "01632 960000"


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        ("trusts", "R9Z,A Trust,,,,1 April,,", "opened_on “1 April” is not a date"),
        ("trusts", "R0A,A Trust,,,,,,", "code R0A stands twice"),
        ("trusts", ",A Trust,,,,,,", "no ods_code given"),
        ("trust_sites", "R0A01,A SITE,R0A,", "code R0A01 stands twice"),
        ("trust_sites", "R9Z01,A SITE,R9Z,", "trust R9Z is not known"),
        ("gp_practices", "A99999,A,,,,,00K,soon,", "joined_on “soon” is not a date"),
    ],
)
def test_a_bad_row_is_said_by_its_line_and_the_others_load(
    by: Principal, now: datetime, folder: Path, file: str, row: str, words: str
):
    path = folder / f"{file}.csv"
    path.write_text(path.read_text() + row + "\n")
    loaded = operations.load_providers(by=by, now=now, folder=folder)
    (problem,) = loaded.problems
    assert str(problem).startswith(f"{file}, line 5: ")
    assert words in problem.sentence
    assert Provider.objects.count() == 6


def test_a_practice_that_never_says_when_it_joined_has_no_commissioner(
    bodies: None, by: Principal, now: datetime, folder: Path
):
    Agency.objects.filter(ods_code="00K").update(opened_on=None)
    path = folder / "gp_practices.csv"
    path.write_text(path.read_text() + "A99999,A SURGERY,,,,,00K,,\n")
    operations.load_providers(by=by, now=now, folder=folder)
    assert not Commissioning.objects.filter(provider__ods_code="A99999").exists()


def test_only_the_portals_administrator_writes(now: datetime):
    provider = Provider.objects.create(name="A", kind="care_home")
    for write, given in (
        (operations.load_providers, {}),
        (operations.add_provider, {"facts": ProviderFacts("B", "care_home")}),
        (
            operations.correct_provider,
            {"provider": provider, "facts": ProviderFacts("B", "care_home"), "seen": ""},
        ),
        (operations.add_location, {"provider": provider, "facts": PlaceFacts("B")}),
        (operations.correct_location, {"location": Location(), "facts": PlaceFacts("B"), "seen": ""}),
        (operations.end_commissioning, {"buys": Commissioning(), "ends_on": DAY}),
        (operations.keep_licence, {"provider": provider, "starts_on": DAY, "published_where": "x"}),
        (operations.end_licence, {"licence": Licence(), "ends_on": DAY}),
        (operations.take_out_of_group, {"link": ProviderGroup()}),
        (operations.commission, {"provider": provider, "agency": Agency(), "starts_on": DAY}),
        (operations.place_in_group, {"provider": provider, "qsg": QualitySurveillanceGroup()}),
    ):
        with pytest.raises(NotPermitted):
            write(by=STRANGER, now=now, **given)


def test_the_database_lets_no_fiction_pass_for_fact(db: None):
    with pytest.raises(IntegrityError, match="fiction_is_named"), transaction.atomic():
        Provider.objects.create(name="A real name", kind="care_home", fictional=True)


def test_the_command_loads_everything_says_so_and_repeats(
    db: None, capsys: pytest.CaptureFixture[str], folder: Path
):
    call_command("load_directory")
    said = capsys.readouterr().out
    assert "409 bodies" in said
    assert "65 practices belong to 13T" in said
    Agency.objects.filter(ods_code="00Y").update(telephone="x", name="Oldham")
    call_command("load_directory")
    assert "Oldham stands differently here" in capsys.readouterr().out
    assert Location.objects.count() == 1473
    path = folder / "trusts.csv"
    path.write_text(path.read_text() + "R9Z,A Trust,,,,1 April,,\n")
    with pytest.raises(CommandError, match="the others were"):
        call_command("load_directory", providers=folder)
    assert "trusts, line 5" in capsys.readouterr().err
