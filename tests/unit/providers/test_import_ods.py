"""The files of the Organisation Data Service: what each row means, and what is wrong with one."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from providers.importing import ods
from providers.importing.ods import Cells, OdsRow
from reference.sent_files import Unreadable

FILES = Path(__file__).resolve().parents[2] / "data" / "ods"


def cells(**given: str) -> Cells:
    """27 cells; `c2="A"` says what stands in column 2."""
    row = [""] * 27
    defaults = {"c1": "R0A", "c2": "A TRUST", "c3": "Y62", "c11": "20171001"}
    for column, text in {**defaults, **given}.items():
        row[int(column[1:]) - 1] = text
    return Cells(row)


def read(content: str, understand=ods.trust, **more) -> list:
    return list(ods.read(io.BytesIO(content.encode()), understand, **more))


def row(*start: str, width: int = 27) -> str:
    given = [*start, *[""] * (width - len(start))]
    given[10] = given[10] or "20171001"
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(given)
    return text.getvalue()


def test_a_trust_is_read():
    given = cells(
        c4="Q46", c5="COBBETT HOUSE", c6="OXFORD ROAD", c8="MANCHESTER", c9="LANCASHIRE", c10="M13 9WL",
        c2="MANCHESTER UNIVERSITY NHS FOUNDATION TRUST", c12="20300331",
    )  # fmt: skip
    found = ods.trust(given)
    assert found == OdsRow(
        code="R0A",
        name="Manchester University NHS Foundation Trust",
        kind="foundation_trust",
        opened_on=date(2017, 10, 1),
        closed_on=date(2030, 3, 31),
        address="Cobbett House, Oxford Road, Manchester, Lancashire",
        town="Manchester",
        postcode="M13 9WL",
        team="Q46",
    )
    assert isinstance(found, OdsRow)
    assert not found.closed(date(2030, 3, 30))
    assert found.closed(date(2030, 3, 31))


@pytest.mark.parametrize("code", ["00C", "A3A8R", "W2U3Z"])
def test_codes_of_commissioning_groups_are_known_old_and_new(code: str):
    assert isinstance(ods.ccg(cells(c1=code)), OdsRow)


@pytest.mark.parametrize("code", ["R0A", "RXX", "G6V2S"])
def test_codes_of_trusts_are_known_old_and_new(code: str):
    assert isinstance(ods.trust(cells(c1=code)), OdsRow)


@pytest.mark.parametrize(
    ("understand", "given", "why"),
    [
        (ods.trust, {"c1": "R0A01"}, "a site: bring it in as one"),
        (ods.trust, {"c1": "RT4", "c3": "W00"}, "in Wales"),
        (ods.site, {"c1": "R0A"}, "a trust: bring it in as one"),
        (ods.practice, {"c1": "A81001", "c26": "9"}, "no general practice: prescribing setting 9"),
        (ods.practice, {"c1": "A81001", "c26": ""}, "no general practice: prescribing setting blank"),
        (ods.practice, {"c1": "W00001", "c26": "4"}, "not in England"),
        (ods.practice, {"c1": "GUE001", "c26": "4"}, "not in England"),
        (ods.practice, {"c1": "A81001", "c26": "4", "c13": "P"}, "proposed, not open yet"),
        (ods.ccg, {"c1": "12G", "c14": "H"}, "a commissioning hub"),
        (ods.health_authority, {"c1": "A"}, "no body of NHS England"),
        (ods.health_authority, {"c1": "W01"}, "no body of NHS England"),
    ],
)
def test_what_is_another_kinds_is_passed_over_with_the_reason(understand, given: dict[str, str], why: str):
    assert understand(cells(**given)) == why


@pytest.mark.parametrize(
    ("understand", "given", "fault"),
    [
        (ods.trust, {"c1": ""}, "no code is given"),
        (ods.trust, {"c1": "A81001"}, "code “A81001” is not that of an NHS trust"),
        (ods.trust, {"c1": "r0a"}, "is not that of an NHS trust"),
        (ods.trust, {"c2": ""}, "no name is given"),
        (ods.trust, {"c11": ""}, "no open date is given"),
        (ods.trust, {"c11": "2017-10-01"}, "open date “2017-10-01” is not a date such as 20130401"),
        (ods.trust, {"c11": "20171301"}, "is not a date"),
        (ods.trust, {"c12": "yesterday"}, "close date “yesterday” is not a date"),
        (ods.trust, {"c12": "20170930"}, "it closes on 2017-09-30, before it opens on 2017-10-01"),
        (ods.trust, {"c2": "A" * 201}, "its name is longer than 200 characters"),
        (ods.trust, {"c10": "M13 9WL AND MORE"}, "its postcode is longer than 10 characters"),
        (ods.site, {"c1": "X0A01"}, "is not that of a trust's site"),
        (ods.practice, {"c1": "I81001", "c26": "4"}, "is not that of a general practice"),
        (ods.practice, {"c1": "A81001", "c26": "4", "c13": "X"}, "status “X” is none of A, C, D and P"),
        (
            ods.practice,
            {"c1": "A81001", "c26": "4", "c13": "C"},
            "its status is C, closed, and no close date",
        ),
        (ods.practice, {"c1": "A81001", "c26": "4", "c13": "A", "c16": "x"}, "the day it joined"),
        (ods.ccg, {"c1": "Q46"}, "is not that of a clinical commissioning group"),
        (ods.health_authority, {"c1": "XYZ"}, "is not that of a region or local office"),
    ],
)
def test_a_bad_row_says_what_is_wrong(understand, given: dict[str, str], fault: str):
    with pytest.raises(ValueError, match=fault):
        understand(cells(**given))


def test_a_site_belongs_to_the_trust_of_its_first_three_characters():
    found = ods.site(cells(c1="R0A02", c2="MANCHESTER ROYAL INFIRMARY", c15="RXX"))
    assert isinstance(found, OdsRow)
    assert (found.belongs_to, found.name) == ("R0A", "Manchester Royal Infirmary")


@pytest.mark.parametrize(("status", "dormant"), [("A", False), ("D", True)])
def test_a_practice_has_its_status_and_its_commissioner(status: str, dormant: bool):
    given = {
        "c1": "A81001",
        "c13": status,
        "c16": "20130401",
        "c18": "01642 672351",
        "c24": "00K",
        "c26": "4",
    }
    found = ods.practice(cells(**given, c5="1 HIGH STREET", c6="YARM,CLEVELAND"))
    assert isinstance(found, OdsRow)
    assert (found.kind, found.dormant, found.commissioner) == ("primary_care", dormant, "00K")
    assert (found.joined_on, found.telephone, found.town) == (date(2013, 4, 1), "01642 672351", "Yarm")


def test_regions_and_offices_are_told_apart():
    region = ods.health_authority(cells(c1="Y54", c2="NORTH OF ENGLAND COMMISSIONING REGION"))
    office = ods.health_authority(cells(c1="Q83", c2="NHS ENGLAND NORTH (GREATER MANCHESTER)", c3="Y54"))
    assert isinstance(region, OdsRow)
    assert isinstance(office, OdsRow)
    assert (region.kind, region.belongs_to) == ("nhs_england_regional_team", "")
    assert (office.kind, office.belongs_to) == ("nhs_england_area_team", "Y54")
    assert office.name == "NHS England North (Greater Manchester)"


@pytest.mark.parametrize(
    ("geography", "team"),
    [
        ("Q44", "Q44"), ("Q69", "Q69"), ("Q83", "Q46"),  # area teams of 2013, and the office with one's area
        ("Q70", ""), ("Q71", ""),  # area team or local office: nothing tells which
        ("Q72", ""), ("Q88", ""), ("QOP", ""), ("Q99", ""), ("", ""),
    ],
)  # fmt: skip
def test_column_four_sets_a_group_only_where_its_meaning_is_known(geography: str, team: str):
    assert ods.area_team_of(geography) == team


@pytest.mark.parametrize(
    ("address", "town"),
    [
        (["1 HIGH ST", "YARM", "CLEVELAND"], "YARM"),
        (["YORK", "NORTH YORKSHIRE"], "YORK"),
        (["KENT"], ""),
        ([], ""),
    ],
)
def test_the_town_is_the_last_part_that_is_no_county(address: list[str], town: str):
    assert ods.town_of(address) == town


@pytest.mark.parametrize("width", [24, 27])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_widths_are_read_quoted_or_not(width: int, end: str):
    quoted = ",".join(f'"{cell}"' for cell in row("R0A", "A", width=width).split(","))
    found = read(end.join([row("R0B", "B", width=width), quoted, ""]))
    assert [(one.number, one.code, one.fault) for one in found] == [(1, "R0B", ""), (2, "R0A", "")]


@pytest.mark.parametrize("width", [1, 20, 26, 28])
def test_a_file_with_other_columns_is_refused_as_a_whole(width: int):
    with pytest.raises(Unreadable, match=rf"The first row has {width} columns; .* has 27 or 24"):
        read(row("R0A", "A", width=max(width, 11)) if width > 10 else "R0A\n")


def test_a_file_of_practices_needs_column_26():
    with pytest.raises(Unreadable, match="has 27"):
        read(row("A81001", "A", width=24), ods.practice, widths=(27,))


def test_a_first_row_that_is_no_row_is_refused():
    with pytest.raises(Unreadable, match="The first row has 0 columns"):
        read('"R0A","A')


def test_a_row_cut_off_is_bad_by_its_number_and_spoils_no_other():
    whole = row("R0A", "A")
    found = read(f'{whole}\n"R0B","B\n{row("R0C", "C")}\nR0D,D,Y62')
    assert [(one.number, one.code) for one in found] == [(1, "R0A"), (2, ""), (3, "R0C"), (4, "R0D")]
    assert found[1].fault == "a quotation mark is missing or misplaced; the file may have been cut off here"
    assert (
        found[3].fault == "it has 3 columns where the first row has 27; the file may have been cut off here"
    )


def test_a_formula_is_text_like_any_other():
    (found,) = read(row("R0A", '=HYPERLINK("https://example.org","A")'))
    assert found.fault == ""
    assert found.name.startswith("=")


@pytest.mark.parametrize(
    ("name", "understand", "counts"),
    [
        ("etr_2022-01_24col.csv", ods.trust, {"sound": 224, "in Wales": 3}),
        ("etr_2022-03.csv", ods.trust, {"sound": 215, "in Wales": 3}),
        ("etrust_2018-09_two_trusts.csv", ods.site, {"sound": 162, "a trust: bring it in as one": 2}),
        ("eauth_2018-11.csv", ods.health_authority, {"sound": 24, "no body of NHS England": 12}),
        ("eccg_2016-02_some.csv", ods.ccg, {"sound": 10, "a commissioning hub": 2}),
    ],
)
def test_the_real_files_are_read_without_a_fault(name: str, understand, counts: dict[str, int]):
    with (FILES / name).open("rb") as file:
        found = list(ods.read(file, understand))
    assert [one for one in found if one.fault] == []
    assert Counter(one.passed or "sound" for one in found) == counts
