"""The files of the Care Quality Commission, read: what is sound, what is bad and why, by its row."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from providers.importing.answers import read_answers
from providers.importing.catalogue import cqc_kind
from providers.importing.cqc import day_of, read_directory
from reference.sent_files import Unreadable

FOLDER = Path(__file__).parents[2] / "data" / "cqc"
DIRECTORY, ANSWERS = FOLDER / "directory.csv", FOLDER / "answers.jsonl"


def directory(*, rows=None, **changed):
    """The first row of the directory with some cells changed, as it is read."""
    heading = DIRECTORY.read_text("utf-8").splitlines()[0]
    columns = heading.split(",")
    cells = dict.fromkeys(columns, "") | {
        "Location Name": " Example House",
        "Location ID": "1-123456789",
        "Provider Name": "Example Limited",
        "Provider ID": "1-987654321",
        "Location HSCA start date": "2020-01-02",
        "Dormant": "N",
        "Care homes beds": "12",
    }
    cells |= changed
    text = "\n".join([heading, ",".join(f'"{cells[name]}"' for name in columns), *(rows or [])])
    return list(read_directory(io.BytesIO(text.encode())))


def answer(**changed):
    told = {
        "organisationType": "Location",
        "locationId": "1-123456789",
        "providerId": "1-987654321",
        "name": "Example House",
        "registrationStatus": "Registered",
        "registrationDate": "2020-01-02",
        **changed,
    }
    (line,) = read_answers(io.BytesIO(json.dumps(told).encode()))
    return line


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2013-04-01", date(2013, 4, 1)),
        ("2013-04-01T00:00:00", date(2013, 4, 1)),
        ("4/1/2013 12:00:00 AM", date(2013, 4, 1)),
        ("12/31/2013", date(2013, 12, 31)),
        ("  ", None),
    ],
)
def test_a_day_is_read_in_both_of_its_forms(text, day) -> None:
    assert day_of(text, "The day") == day


@pytest.mark.parametrize("text", ["13/31/2013", "2013-02-30", "yesterday", "2013", "0/0/0000"])
def test_what_is_no_day_is_refused_in_words(text) -> None:
    with pytest.raises(ValueError, match=f"The day “{text}” is not a date"):
        day_of(text, "The day")


def test_a_file_with_the_day_before_the_month_is_refused_whole() -> None:
    """Its other dates would be read as other days, and nobody would see."""
    with pytest.raises(Unreadable, match="“31/12/2020” has the day before the month"):
        directory(**{"Location HSCA start date": "31/12/2020"})
    with pytest.raises(Unreadable, match="Nothing was changed"):
        directory(**{"Publication Date": "13/1/2020 12:00:00 AM"})


def test_every_row_of_the_directory_is_sound() -> None:
    with DIRECTORY.open("rb") as file:
        lines = list(read_directory(file))
    assert len(lines) == 39
    assert [line.fault for line in lines if line.fault] == []
    assert (lines[0].number, lines[0].name) == (2, "AbilityAvenue Care")
    assert lines[0].row.reports == ()
    assert lines[1].row.reports[0].overall == "good"
    assert {line.row.kind for line in lines} <= {"care_home", "home_care", "independent_hospital"}
    # its publication day repeats the day of registration, and no report was published then
    assert {report.report_on for line in lines for report in line.row.reports} == {None}


def test_a_publication_day_that_is_another_than_the_registrations_is_the_reports() -> None:
    (line,) = directory(
        **{"Location Latest Overall Rating": "Good", "Publication Date": "3/4/2024 12:00:00 AM"}
    )
    assert line.row.reports[0].report_on == date(2024, 3, 4)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"Location ID": ""}, "the location's identifier “” is not one"),
        ({"Location ID": "=1+1"}, "the location's identifier “=1.1” is not one"),
        ({"Provider ID": "one"}, "the provider's identifier “one” is not one"),
        ({"Location Name": "  "}, "it has no name"),
        ({"Location Name": "x" * 201}, "its name is longer than 200"),
        ({"Location Latest Overall Rating": "Splendid"}, "“Splendid” is no rating"),
        ({"Location safe rating": "Splendid"}, "“Splendid” is no rating"),
        ({"Location HSCA start date": "1/32/2020"}, "Location HSCA start date “1/32/2020” is not a date"),
        ({"Care homes beds": "many"}, "“many” is no number of beds"),
    ],
)
def test_a_bad_row_of_the_directory_says_what_is_wrong(changed, fault) -> None:
    (line,) = directory(**changed)
    assert line.number == 2
    assert re.search(fault, line.fault)


def test_a_row_with_too_few_cells_spoils_only_itself() -> None:
    lines = directory(rows=["a,b"])
    assert [bool(line.fault) for line in lines] == [False, True]


def test_rows_that_a_quotation_mark_ran_together_are_named() -> None:
    lines = directory(rows=['"a', "b,c", 'd,"e",f'])
    assert [(line.number, bool(line.fault)) for line in lines] == [(2, False), (3, True)]
    assert lines[1].fault.startswith("rows 3 to 5 were read as one, and none of them is taken")


def test_a_file_without_its_columns_is_refused_whole() -> None:
    with pytest.raises(Unreadable, match="The heading lacks Location ID, Provider Name, Provider ID"):
        list(read_directory(io.BytesIO(b"Location Name,Location Latest Overall Rating\nx,Good\n")))
    with pytest.raises(Unreadable, match="no directory with ratings"):
        list(read_directory(io.BytesIO(b"")))


def test_every_answer_is_sound() -> None:
    with ANSWERS.open("rb") as file:
        lines = list(read_answers(file))
    assert [line.fault for line in lines] == [""] * 18
    assert [line.row.what for line in lines].count("provider") == 6
    royley = next(line.row for line in lines if line.code == "1-118563363")
    assert (royley.kind, royley.registration["beds"], len(royley.reports)) == ("care_home", 41, 7)
    current = royley.reports[0]
    assert (current.current, current.overall, current.report_on) == (True, "good", date(2021, 12, 17))
    assert current.days["caring"] == date(2019, 11, 15)
    assert [one.current for one in royley.reports[1:]] == [False] * 6
    assert royley.reports[1].five["caring"] == ""  # a report of two key questions


def test_a_predecessors_ratings_say_whose_they_are() -> None:
    with ANSWERS.open("rb") as file:
        rows = {line.code: line.row for line in read_answers(file)}
    # In the current ratings it stands beside each key question, in old reports beside the whole.
    for code, before in (("1-16964879095", "1-120641405"), ("1-14443163311", "1-4126051126")):
        assert {one.predecessor for one in rows[code].reports} == {before}
        assert next(one.current for one in rows[code].reports)
    assert {one.predecessor for one in rows["1-118563363"].reports} == {""}
    closed = rows["1-120763021"]
    assert closed.registration["deregistered"]
    assert closed.closed_on is not None


def test_an_answer_with_service_ratings_only_has_no_overall_rating() -> None:
    with ANSWERS.open("rb") as file:
        rows = {line.code: line.row for line in read_answers(file)}
    assert not any(one.current for one in rows["1-569934227"].reports)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"locationId": None}, "the location's identifier “” is not one"),
        ({"name": None}, "it has no name"),
        ({"registrationStatus": None}, "its registration is “”, neither"),
        ({"registrationDate": "soon"}, "registrationDate “soon” is not a date"),
        ({"numberOfBeds": -1}, "“-1” is no number of beds"),
        ({"currentRatings": {"overall": {"rating": "Splendid"}}}, "“Splendid” is no rating"),
        (
            {"currentRatings": {"overall": {"rating": "Good", "keyQuestionRatings": [{"name": "Kind"}]}}},
            "“Kind” is none of the five key questions",
        ),
    ],
)
def test_a_bad_answer_says_what_is_wrong(changed, fault) -> None:
    assert fault in answer(**changed).fault


def test_what_has_another_shape_than_it_should_is_passed_over_not_fallen_over() -> None:
    odd = {
        "relationships": "none",
        "gacServiceTypes": [1],
        "currentRatings": [],
        "lastInspection": 3,
        "historicRatings": {},
    }
    line = answer(**odd)
    assert line.fault == ""
    assert line.row.reports == ()


def test_a_line_that_was_cut_off_is_bad_and_the_others_are_read() -> None:
    text = ANSWERS.read_bytes().splitlines()
    lines = list(read_answers(io.BytesIO(b"\n".join([text[0], text[1][:100], text[2]]))))
    assert [bool(line.fault) for line in lines] == [False, True, False]
    assert (lines[1].number, lines[1].fault) == (2, "the row is no JSON object, or was cut off")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"numberOfBeds": ' + "9" * 5000 + "}", "no JSON object, or was cut off"),
        ('{"a": ' * 900 + "1" + "}" * 900, ""),
        ("[" * 50_000, "no JSON object, or was cut off"),
        (r'{"name": "A\u0000B", "locationId": "1-123456789"}', "a character that no text can have"),
        (r'{"name": "A\ud800", "locationId": "1-123456789"}', "a character that no text can have"),
        (r'{"x": [{"\udfff": 1}]}', "a character that no text can have"),
    ],
)
def test_what_no_database_could_keep_is_a_bad_row_and_the_others_are_read(text, fault) -> None:
    sound = ANSWERS.read_text("utf-8").splitlines()[0]
    first, line, last = read_answers(io.BytesIO(f"{sound}\n{text}\n{sound}".encode()))
    assert (first.fault, last.fault) == ("", "")
    assert line.fault
    assert fault in line.fault
    assert (line.number, line.code, line.name) == (2, "", "")


def test_a_sign_of_two_halves_and_a_backslash_are_kept() -> None:
    told = json.dumps({"name": "House \U0001f600 \\u0000"})  # the first is written as two halves
    assert answer(**json.loads(told)).fault == ""


def test_what_is_no_json_at_all_is_refused_whole() -> None:
    with pytest.raises(Unreadable, match="no answer of the API"):
        list(read_answers(io.BytesIO(b"[1]\n")))


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"type": "Primary Dental Care"}, "dental"),
        ({"type": "Primary Medical Services"}, "primary_care"),
        ({"type": "Independent Ambulance"}, "ambulance"),
        ({"type": "NHS Healthcare Organisation"}, "nhs_trust"),
        ({"type": "NHS Healthcare Organisation", "name": "Example NHS Foundation Trust"}, "foundation_trust"),
        ({"type": "Social Care Org", "careHome": "Y"}, "care_home"),
        ({"type": "Social Care Org", "regulatedActivities": [{"code": "RA2"}]}, "care_home"),
        ({"type": "Social Care Org"}, "home_care"),
        (
            {"type": "Independent Healthcare Org", "gacServiceTypes": [{"description": "Dental service"}]},
            "dental",
        ),
        ({"type": "Independent Healthcare Org"}, "independent_hospital"),
    ],
)
def test_the_kind_of_provider_follows_what_it_does(told, kind) -> None:
    assert answer(**told).row.kind == kind


def test_the_command_tells_the_two_files_apart(tmp_path) -> None:
    assert cqc_kind(DIRECTORY) == "cqc_directory"
    assert cqc_kind(ANSWERS) == "cqc_answers"
    marked = tmp_path / "marked"
    marked.write_bytes(b"\xef\xbb\xbf\n {")
    assert cqc_kind(marked) == "cqc_answers"
    assert cqc_kind(tmp_path / "absent") == "cqc_directory"
