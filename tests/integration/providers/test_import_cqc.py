"""Bringing in what the Care Quality Commission publishes: once, again, corrected, and with bad rows."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from access.principal import clockwork
from access.refusals import NotNow
from providers.importing import comparing
from providers.importing.operations import apply_import
from providers.models import EarlierName, Location, Provider, Rating, Registration
from providers.register.reading import standing_of
from tests.integration.providers.answers import bring_in, lines, location, preview, provider, rated

FOLDER = Path(__file__).parents[2] / "data" / "cqc"
DIRECTORY, ANSWERS = FOLDER / "directory.csv", FOLDER / "answers.jsonl"
NOON = "2026-03-03T12:00Z"
FIVE = ("safe", "effective", "caring", "responsive", "well_led")


@pytest.fixture
def now(freeze, db):
    return freeze(NOON)


def counts(run) -> dict[str, int]:
    return {code: number for code, number in run.counts.items() if number}


def current() -> list[tuple[str, date | None]]:
    held = Rating.objects.filter(current=True, replaced_at=None)
    return list(held.values_list("overall", "report_on"))


# --- The published files -----------------------------------------------------------------------------------


def test_the_directory_is_taken_over_and_again_changes_nothing(now) -> None:
    run = bring_in(now, DIRECTORY.read_bytes(), "cqc_directory")
    assert counts(run) == {"new": 39}
    assert (Location.objects.count(), Registration.objects.count(), Rating.objects.count()) == (39, 39, 33)
    place = Location.objects.get(cqc_location_id="1-323930881")
    rating = place.ratings.get()
    assert (rating.overall, rating.five) == ("good", ("good", "good", "outstanding", "good", "good"))
    assert place.provider.cqc_provider_id == "1-264952453"
    assert place.provider.opened_on == date(2011, 8, 16)
    assert "CQC file" in rating.source
    again = bring_in(now, DIRECTORY.read_bytes(), "cqc_directory")
    assert counts(again) == {"unchanged": 39}
    assert (Location.objects.count(), Registration.objects.count(), Rating.objects.count()) == (39, 39, 33)


def test_the_answers_are_taken_over_and_what_hangs_on_an_unknown_provider_is_told_by_its_row(now) -> None:
    run = preview(now, ANSWERS.read_bytes())
    bad = list(run.lines.filter(outcome="bad").values_list("number", "reason"))
    assert counts(run) == {"new": 8, "bad": 10}
    reason = (
        "a rating for an unknown location: its provider 1-101641674 is not in the directory. "
        "Bring the providers in first"
    )
    assert bad[0] == (7, reason)
    with pytest.raises(NotNow, match="Bad rows: 10"):
        apply_import(by=clockwork(now), now=now, run=run)
    assert not Provider.objects.exists()
    apply_import(by=clockwork(now), now=now, run=run, good_rows_only=True)
    assert (Provider.objects.count(), Location.objects.count()) == (6, 2)
    closed = Location.objects.get(cqc_location_id="1-120763021")
    assert closed.status == "closed"
    assert closed.registrations.get().deregistered
    again = preview(now, ANSWERS.read_bytes())
    assert counts(again) == {"unchanged": 8, "bad": 10}


def test_a_whole_history_is_kept_with_older_key_questions_and_a_predecessors_ratings(now) -> None:
    for code in ("1-101641674", "1-16941266051", "1-6129891850"):
        Provider.objects.create(name=f"Fictional {code}", kind="care_home", cqc_provider_id=code)
    bring_in(now, ANSWERS.read_bytes(), good_rows_only=True)
    royley = Location.objects.get(cqc_location_id="1-118563363")
    held = list(royley.ratings.all())
    assert [str(one.report_on) for one in held] == [
        "2021-12-17", "2021-08-07", "2021-02-20", "2019-11-15", "2018-10-06", "2017-09-16", "2017-01-17",
    ]  # fmt: skip
    assert [one.current for one in held] == [True] + [False] * 6
    assert dict(held[0].older) == {
        "Effective": date(2021, 8, 7),
        "Caring": date(2019, 11, 15),
        "Responsive": date(2019, 11, 15),
    }
    assert held[1].five == ("requires_improvement", "", "", "", "requires_improvement")
    transferred = Location.objects.get(cqc_location_id="1-16964879095")
    assert {one.predecessor for one in transferred.ratings.filter(current=False)} == {"1-120641405"}
    assert standing_of(royley.provider, now).inspected_on == date(2021, 12, 2)


# --- What changes from week to week --------------------------------------------------------------------------


@pytest.fixture
def known(now):
    first = location(currentRatings=rated("Good", "2023-01-10", "a"), lastInspection={"date": "2022-12-01"})
    bring_in(now, lines(provider(), first))
    return Location.objects.get()


def test_a_new_report_makes_the_one_before_history(now, known) -> None:
    told = location(
        currentRatings=rated("Inadequate", "2024-05-06", "b"),
        historicRatings=[rated("Good", "2023-01-10", "a", whole=False)],
        lastInspection={"date": "2024-04-01"},
    )
    run = bring_in(now, lines(told))
    (line,) = run.lines.all()
    assert line.outcome == "changed"
    assert line.changes["current rating"][0].startswith("Good (2023-01-10)")
    assert line.changes["current rating"][1].startswith("Inadequate (2024-05-06)")
    assert line.changes["last inspected on"] == ["2022-12-01", "2024-04-01"]
    assert list(known.ratings.values_list("overall", "current", "replaced_at")) == [
        ("inadequate", True, None),
        ("good", False, None),
    ]
    assert known.registrations.count() == 2
    assert known.registrations.get(replaced_at=None).last_inspected_on == date(2024, 4, 1)
    assert counts(bring_in(now, lines(told))) == {"unchanged": 1}


def test_a_report_that_its_publisher_corrected_is_replaced_and_kept(now, known) -> None:
    bring_in(now, lines(location(currentRatings=rated("Outstanding", "2023-01-10", "a"))))
    assert current() == [("outstanding", date(2023, 1, 10))]
    assert known.ratings.get(overall="good").replaced_at == now
    assert not known.ratings.get(overall="good").current
    with pytest.raises(IntegrityError, match="rating_replaced_is_not_current"), transaction.atomic():
        known.ratings.filter(overall="good").update(current=True)


def test_a_historic_report_that_was_corrected_is_replaced_and_kept(now, known) -> None:
    first = [rated("Good", "2020-01-10", "z", whole=False)]
    bring_in(now, lines(location(currentRatings=rated("Good", "2023-01-10", "a"), historicRatings=first)))
    second = [rated("Requires improvement", "2020-01-10", "z", whole=False)]
    run = bring_in(
        now, lines(location(currentRatings=rated("Good", "2023-01-10", "a"), historicRatings=second))
    )
    assert counts(run) == {"changed": 1}
    assert known.ratings.get(report_on=date(2020, 1, 10), replaced_at=None).overall == "requires_improvement"
    assert known.ratings.filter(report_on=date(2020, 1, 10)).count() == 2


def test_an_older_file_takes_nothing_back(now, known) -> None:
    bring_in(now, lines(location(currentRatings=rated("Requires improvement", "2020-02-03", "y"))))
    assert current() == [("good", date(2023, 1, 10))]
    assert known.ratings.get(current=False).overall == "requires_improvement"
    run = bring_in(now, lines(location(currentRatings=rated("Requires improvement", "2020-02-03", "y"))))
    assert "current rating" not in next(iter(run.lines.values_list("changes", flat=True)), {})
    assert known.ratings.count() == 2


def test_a_rating_that_is_called_current_again_is(now, known) -> None:
    told = location(
        currentRatings=rated("Inadequate", "2024-05-06", "b"),
        historicRatings=[rated("Good", "2023-01-10", "a", whole=False)],
    )
    bring_in(now, lines(told))
    bring_in(now, lines(location(historicRatings=[rated("Inadequate", "2024-05-06", "b", whole=False)])))
    assert current() == []
    bring_in(now, lines(location(currentRatings=rated("Inadequate", "2024-05-06", "b"))))
    assert current() == [("inadequate", date(2024, 5, 6))]
    assert known.ratings.filter(replaced_at=None).count() == 2


def csv_of(**changed: str) -> bytes:
    cells = {
        "Location Name": " Fictional House",
        "Location ID": "1-200000000",
        "Provider Name": "Fictional Care Limited",
        "Provider ID": "1-100000000",
        "Location Latest Overall Rating": "Good",
        **{f"Location {name.replace('_', '-')} rating": "Good" for name in FIVE},
        **changed,
    }
    return f"{','.join(cells)}\n{','.join(cells.values())}\n".encode()


def test_a_directory_without_days_says_nothing_new_of_a_rating_whose_day_is_known(now, known) -> None:
    run = bring_in(now, csv_of(), "cqc_directory")
    assert counts(run) == {"unchanged": 1}
    assert current() == [("good", date(2023, 1, 10))]


def test_a_directory_with_another_rating_takes_its_place_and_the_day_comes_later(now, known) -> None:
    changed = {"Location Latest Overall Rating": "Requires Improvement", "Location safe rating": "Inadequate"}
    run = bring_in(now, csv_of(**changed), "cqc_directory")
    (line,) = run.lines.exclude(outcome="absent")
    assert line.changes["current rating"] == [
        "Good (2023-01-10); Safe: Good",
        "Requires improvement; Safe: Inadequate",
    ]
    assert current() == [("requires_improvement", None)]
    assert counts(bring_in(now, csv_of(**changed), "cqc_directory")) == {"unchanged": 1}
    five = ("Inadequate", "Good", "Good", "Good", "Good")
    bring_in(now, lines(location(currentRatings=rated("Requires improvement", "2024-05-06", "b", *five))))
    assert current() == [("requires_improvement", date(2024, 5, 6))]
    assert known.ratings.filter(replaced_at=None).count() == 2


def test_a_new_service_without_a_rating_takes_none_away(now, known) -> None:
    blank = dict.fromkeys(
        ("Location Latest Overall Rating", *(f"Location {one.replace('_', '-')} rating" for one in FIVE)), ""
    )
    assert counts(bring_in(now, csv_of(**blank), "cqc_directory")) == {"unchanged": 1}
    assert current() == [("good", date(2023, 1, 10))]


def test_a_registration_that_ends_closes_the_place_and_keeps_its_history(now, known) -> None:
    told = location(
        registrationStatus="Deregistered",
        deregistrationDate="2025-06-30",
        historicRatings=[rated("Good", "2023-01-10", "a", whole=False)],
        lastInspection={"date": "2022-12-01"},
    )
    run = bring_in(now, lines(told))
    assert counts(run) == {"closed": 1}
    known.refresh_from_db()
    assert (known.status, known.closed_on) == ("closed", date(2025, 6, 30))
    assert known.ratings.get().overall == "good"
    assert [one.deregistered for one in known.registrations.order_by("replaced_at")] == [False, True]
    registered = location(
        currentRatings=rated("Good", "2023-01-10", "a"), lastInspection={"date": "2022-12-01"}
    )
    again = preview(now, lines(registered))
    assert counts(again) == {"reopened": 1}


def test_a_name_that_changes_is_kept(now, known) -> None:
    run = bring_in(now, lines(provider(name="Fictional Homes Limited"), location(name="Fictional Lodge")))
    assert counts(run) == {"changed": 2}
    assert set(EarlierName.objects.values_list("name", flat=True)) == {
        "Fictional Care Limited",
        "Fictional House",
    }


def test_what_the_organisation_data_service_names_keeps_its_name_and_is_tied(now) -> None:
    trust = Provider.objects.create(name="Fictional Trust", kind="nhs_trust", ods_code="RX9")
    site = Location.objects.create(provider=trust, name="Fictional Site", ods_code="RX901")
    practice = Provider.objects.create(name="Fictional Surgery", kind="primary_care", ods_code="P99999")
    told = (
        location(
            locationId="RX901",
            providerId="RX9",
            name="ANOTHER NAME",
            currentRatings=rated("Good", "2023-01-10", "a"),
        ),
        location(locationId="1-300000000", providerId="1-400000000", odsCode="P99999", name="The Surgery"),
        location(locationId="1-300000001", providerId="1-400000001", odsCode="P99999", name="Another owner"),
    )
    run = bring_in(now, lines(*told))
    assert counts(run) == {"changed": 1, "new": 2}
    site.refresh_from_db()
    practice.refresh_from_db()
    assert (site.name, site.cqc_location_id, site.ratings.count()) == ("Fictional Site", "RX901", 1)
    assert counts(preview(now, lines(*told))) == {"unchanged": 3}


def test_a_practice_is_nobodys_provider_because_one_of_its_places_names_its_code(now) -> None:
    """In the Commission's register a practice is a place, of whichever provider runs it now."""
    practice = Provider.objects.create(name="Fictional Surgery", kind="primary_care", ods_code="P99999")
    told = [
        location(
            locationId=f"1-30000000{n}", providerId=f"1-40000000{n}", odsCode="P99999", name=f"Surgery {n}"
        )
        for n in range(2)
    ]
    run = bring_in(now, lines(*told))
    assert counts(run) == {"new": 2}
    assert run.lines.first().reason == (
        "its provider 1-400000000 is not in the directory; it stands under the one with its code P99999"
    )
    practice.refresh_from_db()
    assert practice.cqc_provider_id is None
    assert set(practice.locations.values_list("name", flat=True)) == {"Surgery 0", "Surgery 1"}
    runs = provider(providerId="1-400000001", name="Fictional Partners")
    run = bring_in(now, lines(runs, *told))
    assert counts(run) == {"new": 1, "unchanged": 2}
    assert {line.reason for line in run.lines.all()} == {""}
    assert Provider.objects.get(cqc_provider_id="1-400000001").name == "Fictional Partners"


def test_two_rows_with_one_code_are_two_places_and_two_providers(now, monkeypatch) -> None:
    trust = Provider.objects.create(name="Fictional Trust", kind="nhs_trust", ods_code="RX9")
    site = Location.objects.create(provider=trust, name="Fictional Site", ods_code="RX901")
    owners = [provider(providerId=f"1-40000000{n}", name=f"Owner {n}", odsCode="RX9") for n in range(2)]
    told = [
        location(locationId=f"1-30000000{n}", providerId="1-400000000", odsCode="RX901", name=f"Place {n}")
        for n in range(2)
    ]
    for size in (2000, 1):  # in one part, or each row in its own, when the one before is written already
        monkeypatch.setattr(comparing, "BATCH", size)
        run = preview(now, lines(*owners, *told))
        assert counts(run) == {"changed": 2, "new": 2}
    apply_import(by=clockwork(now), now=now, run=run)
    site.refresh_from_db()
    assert site.cqc_location_id == "1-300000000"
    assert set(trust.locations.values_list("cqc_location_id", flat=True)) == {"1-300000000", "1-300000001"}
    assert Provider.objects.get(name="Owner 1").cqc_provider_id == "1-400000001"
    assert counts(preview(now, lines(*owners, *told))) == {"unchanged": 4}


def test_two_ratings_of_one_report_are_one_or_a_bad_row(now) -> None:
    good = rated("Good", "2023-01-10", "a", whole=False)
    bad = rated("Inadequate", "2023-01-10", "a", whole=False)
    current = rated("Good", "2023-01-10", "a")
    run = preview(now, lines(provider(), location(currentRatings=current, historicRatings=[bad])))
    assert run.lines.get(outcome="bad").reason == (
        "two of its ratings are of one report (2023-01-10) and say different things"
    )
    bring_in(now, lines(provider(), location(currentRatings=current, historicRatings=[good, good])))
    assert list(Rating.objects.values_list("overall", "current")) == [("good", True)]


def test_a_historic_rating_without_a_day_is_taken_once(now) -> None:
    told = location(
        currentRatings=rated("Good", "2023-01-10", "a"),
        historicRatings=[
            rated("Inadequate", "", "", whole=False),
            rated("Requires improvement", "", "old", whole=False),
        ],
    )
    bring_in(now, lines(provider(), told))
    assert counts(bring_in(now, lines(provider(), told))) == {"unchanged": 2}
    assert Rating.objects.count() == 3
    again = dict.fromkeys(("overall", "location_id", "report", "current", "source"), "")
    again |= {"overall": "good", "report": "old", "current": False, "location_id": Location.objects.get().pk}
    with pytest.raises(IntegrityError, match="rating_once_of_a_location"), transaction.atomic():
        Rating.objects.create(**again)


def test_ratings_that_a_directory_without_days_gives_one_after_the_other_are_all_history(now, known) -> None:
    words = ("Requires Improvement", "Good", "Requires Improvement")
    for overall in words:
        bring_in(now, csv_of(**{"Location Latest Overall Rating": overall}), "cqc_directory")
    held = known.ratings.filter(replaced_at=None)
    assert held.count() == 4
    assert held.get(current=True).overall == "requires_improvement"


def test_a_provider_is_tied_by_the_code_that_both_have(now) -> None:
    Provider.objects.create(name="Fictional Homes", kind="care_home", ods_code="A9X")
    run = bring_in(now, lines(provider(odsCode="A9X"), location()))
    assert counts(run) == {"changed": 1, "new": 1}
    assert Provider.objects.get().cqc_provider_id == "1-100000000"


def test_a_place_stays_under_the_provider_that_has_it(now, known) -> None:
    bring_in(now, lines(provider(providerId="1-100000001", name="Fictional Other Limited")))
    told = location(providerId="1-100000001", currentRatings=rated("Good", "2023-01-10", "a"), numberOfBeds=9)
    run = bring_in(now, lines(told))
    (line,) = run.lines.all()
    assert line.reason == "the directory has it under another provider than 1-100000001, and leaves it there"
    known.refresh_from_db()
    assert known.provider.cqc_provider_id == "1-100000000"


def test_a_code_that_is_given_to_another_is_refused(now, known) -> None:
    Location.objects.update(closed_on=date(2024, 1, 1), status="closed")
    Provider.objects.update(closed_on=date(2024, 1, 1), status="closed")
    new = {"name": "Wholly Other", "registrationDate": "2025-01-01"}
    run = preview(now, lines(provider(**new), location(**new)))
    assert counts(run) == {"bad": 2}
    assert all("codes are never reused" in line.reason for line in run.lines.all())


def test_it_takes_the_same_questions_however_many_rows(now) -> None:
    def asked(number: int) -> int:
        each = [
            location(locationId=f"1-2{row:08}", currentRatings=rated("Good", "2023-01-10", "a"))
            for row in range(number)
        ]
        run = preview(now, lines(provider(), *each))
        with CaptureQueriesContext(connection) as questions:
            apply_import(by=clockwork(now), now=now, run=run)
        return len(questions)

    few = asked(3)
    Rating.objects.all().delete()
    Registration.objects.all().delete()
    Location.objects.all().delete()
    Provider.objects.all().delete()
    assert asked(300) == few


# --- The command ---------------------------------------------------------------------------------------------


def test_the_command_tells_which_file_it_is_and_a_dry_run_keeps_nothing(now, capsys) -> None:
    call_command("import_cqc", str(DIRECTORY), "--dry-run")
    assert "New: 39" in capsys.readouterr().out
    assert not Location.objects.exists()
    call_command("import_cqc", str(DIRECTORY))
    assert "Applied: 39 rows" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Bad rows: 10"):
        call_command("import_cqc", str(ANSWERS))
    call_command("import_cqc", str(ANSWERS), "--good-rows-only")
    assert "Applied: 8 rows" in capsys.readouterr().out


def test_the_command_refuses_what_it_cannot_read_in_a_sentence(now, tmp_path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="The heading lacks Location Name"):
        call_command("import_cqc", str(other))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_cqc", str(tmp_path / "absent.csv"))
