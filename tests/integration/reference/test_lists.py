"""The lists in the database: loaded, read, edited."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from reference import operations
from reference.models import Entry
from reference.rules import LISTS

DAY = date(2014, 1, 1)
KINDS = "code,label,sector,source,status\n"


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    (tmp_path / "provider_kinds.csv").write_text(
        KINDS
        + "care_home,Care home,social_care,NQB 1a,paper\nhome_care,Home care,social_care,ADASS 15,paper\n"
    )
    return tmp_path


def test_the_lists_that_ship_load_whole_and_again_change_nothing(db: None):
    first = operations.load_lists()
    assert first.sound
    assert not first.problems
    assert first.counts["added"] == Entry.objects.count() > 700
    assert set(Entry.objects.values_list("list_code", flat=True)) == set(LISTS)
    second = operations.load_lists()
    assert (second.counts["added"], second.counts["unchanged"]) == (0, first.counts["added"])


def test_a_row_carries_the_lists_columns_and_where_it_comes_from(db: None):
    operations.load_lists()
    row = operations.row("surveillance_levels", "enhanced", DAY)
    assert row["label"] == "Enhanced"
    assert row["key"] == "enhanced"
    assert row["status"] == "judgement"
    assert row["effective_from"] == date(2013, 4, 1)
    assert row["source"].startswith("judgement")
    assert operations.row("duty_rules", "individual_standards", DAY)["to_whom_codes"] == [
        "employer",
        "professional_regulator",
    ]


def test_rows_are_those_of_the_day_in_the_lists_order(db: None):
    operations.load_lists()
    assert [row["code"] for row in operations.rows("severity_scale", DAY)] == [
        "none_good",
        "low",
        "moderate",
        "serious",
        "critical",
        "not_known",
    ]
    assert operations.row("agency_kinds", "ccg", date(2022, 6, 30)) is not None
    assert operations.row("agency_kinds", "ccg", date(2022, 7, 1)) is None
    assert operations.latest("agency_kinds")["ccg"]["label"] == "Clinical commissioning group"


def test_reading_a_list_is_one_query(db: None, django_assert_num_queries):
    operations.load_lists()
    with django_assert_num_queries(1):
        operations.rows("duty_rules", DAY)


def test_bank_holidays_are_days(db: None):
    operations.load_lists()
    assert date(2026, 12, 25) in operations.bank_holidays()


def test_what_a_person_has_edited_is_kept_unless_replacing_is_asked_for(folder: Path):
    operations.load_lists(folder=folder)
    Entry.objects.filter(code="care_home").update(data={"code": "care_home", "label": "Home"})
    kept = operations.load_lists(folder=folder)
    assert (kept.counts["kept"], kept.counts["unchanged"]) == (1, 1)
    assert operations.latest("provider_kinds")["care_home"]["label"] == "Home"
    replaced = operations.load_lists(folder=folder, replace=True)
    assert replaced.counts["replaced"] == 1
    assert operations.latest("provider_kinds")["care_home"]["label"] == "Care home"


def follow(code: str, on: date, label: str) -> Entry:
    return operations.put_row(
        list_code="provider_kinds",
        code=code,
        on=on,
        data={"code": code, "label": label, "sector": "social_care"},
        source="edited",
        status="judgement",
    )


def test_a_row_that_was_ended_and_followed_here_is_left_alone(folder: Path):
    operations.load_lists(folder=folder)
    follow("care_home", DAY, "Home")
    again = operations.load_lists(folder=folder, replace=True)
    assert (again.counts["kept"], again.counts["replaced"]) == (1, 0)
    # the file now starts the row on another day: a person decides
    (folder / "provider_kinds.csv").write_text(
        "code,label,effective_from,source,status\nhome_care,Help at home,2001-01-01,x,paper\n"
    )
    assert operations.load_lists(folder=folder).counts["kept"] == 1


def test_a_row_that_was_ended_here_is_not_begun_again_by_any_file(folder: Path):
    operations.load_lists(folder=folder)
    operations.end_row(Entry.objects.get(code="care_home"), DAY)
    for replace in (False, True):
        assert operations.load_lists(folder=folder, replace=replace).counts["kept"] == 1
    assert operations.row("provider_kinds", "care_home", DAY) is None


def test_the_newest_form_is_the_one_that_has_begun(folder: Path, freeze):
    operations.load_lists(folder=folder)
    follow("care_home", date(2026, 3, 4), "Home")
    follow("new_kind", date(2026, 3, 5), "New")
    freeze("2026-03-03T23:59Z")
    assert operations.latest("provider_kinds")["care_home"]["label"] == "Care home"
    assert operations.latest("provider_kinds")["new_kind"]["label"] == "New"  # it has no other
    freeze("2026-03-04T00:00Z")
    assert operations.latest("provider_kinds")["care_home"]["label"] == "Home"


def test_a_bank_holiday_that_was_taken_out_is_none_any_more(db: None, freeze):
    operations.load_lists()
    christmas = date(2026, 12, 25)
    operations.end_row(Entry.objects.get(list_code="bank_holidays", code="2026-12-25"), date(2026, 3, 4))
    freeze("2026-03-03T12:00Z")
    assert christmas in operations.bank_holidays()
    freeze("2026-03-04T12:00Z")
    assert christmas not in operations.bank_holidays()


def test_a_file_may_add_the_row_that_follows_an_ended_one(folder: Path):
    operations.load_lists(folder=folder)
    operations.set_end(list_code="provider_kinds", code="care_home", effective_to=DAY)
    (folder / "provider_kinds.csv").write_text(
        "code,label,effective_from,source,status\ncare_home,Home,2014-01-02,x,paper\n"
    )
    assert operations.load_lists(folder=folder).counts["added"] == 1
    assert operations.row("provider_kinds", "care_home", DAY)["label"] == "Care home"
    assert operations.row("provider_kinds", "care_home", DAY + timedelta(days=1))["label"] == "Home"


def test_a_row_that_follows_ends_when_the_one_before_would_have(folder: Path):
    operations.load_lists(folder=folder)
    operations.set_end(list_code="provider_kinds", code="care_home", effective_to=date(2020, 1, 1))
    entry = follow("care_home", DAY, "A")
    assert entry.effective_to == date(2020, 1, 1)
    assert (entry.position, entry.changed_here) == (1, True)
    assert str(entry) == "provider_kinds: care_home"
    assert Entry.objects.get(code="care_home", effective_to=DAY - timedelta(days=1)).changed_here


def test_a_new_row_ends_before_one_that_is_planned(folder: Path):
    operations.load_lists(folder=folder)
    follow("new_kind", DAY + timedelta(days=9), "Later")
    assert follow("new_kind", DAY, "Sooner").effective_to == DAY + timedelta(days=8)
    assert follow("another", DAY, "At the end").position == 4


def test_the_database_lets_no_two_rows_of_a_code_stand_at_once(folder: Path):
    operations.load_lists(folder=folder)
    held = Entry.objects.get(code="care_home")
    with pytest.raises(IntegrityError, match="one_at_a_time"):
        Entry.objects.create(
            list_code=held.list_code,
            code=held.code,
            position=9,
            data={},
            effective_from=DAY,
            source="x",
            status="paper",
        )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("provider_kinds", KINDS + ",Nothing,nhs,NQB,paper\n", "line 2: no code given"),
        ("provider_kinds", KINDS + "a,A,nhs,NQB\n", "line 2: the row has more or fewer cells"),
        ("provider_kinds", KINDS + "a,A,nhs,NQB,paper,more\n", "line 2: the row has more or fewer cells"),
        ("provider_kinds", "name\na\n", "line 1: the heading lacks code"),
        ("provider_kinds", KINDS + 'a,"A,nhs', "cannot be read as comma-separated"),
        ("no_such_list", "code\na\n", "no list of this name is known"),
    ],
)
def test_a_bad_file_is_said_by_row_and_the_others_load(folder: Path, name: str, text: str, words: str):
    (folder / "severity_scale.csv").write_text("code,label,source,status\nlow,Low,x,judgement\n")
    (folder / f"{name}.csv").write_text(text)
    loaded = operations.load_lists(folder=folder)
    assert not loaded.sound
    assert words in str(loaded.problems[0])
    assert operations.row("severity_scale", "low", DAY) is not None


def test_a_file_that_is_not_text_is_one_problem(folder: Path):
    (folder / "provider_kinds.csv").write_bytes(b"\xff\xfe\x00code")
    assert "cannot be read" in str(operations.load_lists(folder=folder).problems[0])


def test_the_command_says_what_it_did_and_fails_on_a_bad_row(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    call_command("load_reference", folder=folder)
    assert "2 rows added" in capsys.readouterr().out
    (folder / "provider_kinds.csv").write_text(KINDS + "a,A,nhs,NQB,rumour\nb,B,nhs,NQB,paper\n")
    with pytest.raises(CommandError, match="the others were"):
        call_command("load_reference", folder=folder)
    said = capsys.readouterr()
    assert "provider_kinds, line 2" in said.err
    assert "1 rows added" in said.out
