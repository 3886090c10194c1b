"""Bringing in what the Care Quality Commission publishes: once, again, corrected, and with bad rows."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.principal import clockwork
from access.refusals import NotNow
from providers.importing.operations import apply_import, preview_import
from providers.models import EarlierName, Location, Provider, Rating, Registration
from providers.register.reading import standing_of

FOLDER = Path(__file__).parents[2] / "data" / "cqc"
DIRECTORY, ANSWERS = FOLDER / "directory.csv", FOLDER / "answers.jsonl"
NOON = "2026-03-03T12:00Z"
FIVE = ("safe", "effective", "caring", "responsive", "well_led")


@pytest.fixture
def now(freeze, db):
    return freeze(NOON)


def preview(now, content: bytes, kind="cqc_answers"):
    return preview_import(by=clockwork(now), now=now, kind=kind, file=io.BytesIO(content), name="file")


def bring_in(now, content: bytes, kind="cqc_answers", **more):
    run = preview(now, content, kind)
    return apply_import(by=clockwork(now), now=now, run=run, **more)


def provider(**changed) -> dict:
    return {
        "organisationType": "Provider",
        "providerId": "1-100000000",
        "name": "Fictional Care Limited",
        "type": "Social Care Org",
        "registrationStatus": "Registered",
        "registrationDate": "2012-01-02",
        **changed,
    }


def location(**changed) -> dict:
    return {
        "organisationType": "Location",
        "locationId": "1-200000000",
        "providerId": "1-100000000",
        "name": "Fictional House",
        "type": "Social Care Org",
        "careHome": "Y",
        "postalCode": "OL1 1AA",
        "registrationStatus": "Registered",
        "registrationDate": "2012-01-02",
        **changed,
    }


def rated(overall: str, on: str, link: str, *five: str, whole: bool = True) -> dict:
    names = ("Safe", "Effective", "Caring", "Responsive", "Well-led")
    questions = [
        {"name": name, "rating": value} for name, value in zip(names, five or (overall,) * 5, strict=False)
    ]
    told = {"rating": overall, "keyQuestionRatings": questions}
    if whole:
        return {"overall": {**told, "reportDate": on, "reportLinkId": link}}
    return {"overall": told, "reportDate": on, "reportLinkId": link}


def lines(*told: dict) -> bytes:
    return "\n".join(map(json.dumps, told)).encode()


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
    run = bring_in(now, lines(*told), good_rows_only=True)
    assert counts(run) == {"changed": 1, "new": 1, "bad": 1}
    site.refresh_from_db()
    practice.refresh_from_db()
    assert (site.name, site.cqc_location_id, site.ratings.count()) == ("Fictional Site", "RX901", 1)
    assert practice.cqc_provider_id == "1-400000000"
    assert practice.locations.get().name == "The Surgery"
    assert counts(preview(now, lines(*told[:2]))) == {"unchanged": 2}


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
