"""How a provider is named, recognised and commissioned."""

from dataclasses import dataclass
from datetime import date

import pytest

from providers.rules import (
    identifiers_in,
    kind_of_trust,
    lead_commissioner,
    readable_name,
    sector_of,
    whole_address,
)


@pytest.mark.parametrize(
    ("held", "read"),
    [
        ("THE DENSHAM SURGERY", "The Densham Surgery"),
        ("DR O'BRIEN & PARTNERS", "Dr O'Brien & Partners"),
        ("DR A ALAM'S PRACTICE", "Dr A Alam's Practice"),
        ("MCDONALD SURGERY", "McDonald Surgery"),
        ("NEWCASTLE UPON TYNE", "Newcastle upon Tyne"),
        ("HARTLEPOOL NHS  HEALTHCARE CENTRE", "Hartlepool NHS Healthcare Centre"),
        ("DRS SMITH AND JONES", "Drs Smith and Jones"),
        ("UNIT 2B KINGS COURT", "Unit 2B Kings Court"),
        ("ASHTON-UNDER-LYNE", "Ashton-under-Lyne"),
        ("MCKENZIE HOUSE", "McKenzie House"),
        ("ST.MARY'S HEALTH CENTRE", "St.Mary's Health Centre"),
        (
            "South Tyneside And Sunderland NHS Foundation Trust",
            "South Tyneside and Sunderland NHS Foundation Trust",
        ),
    ],
)
def test_a_name_in_capitals_is_made_readable(held: str, read: str):
    assert readable_name(held) == read


def test_a_foundation_trust_says_so_in_its_name():
    assert kind_of_trust("Pennine Care NHS Foundation Trust") == "foundation_trust"
    assert kind_of_trust("East Midlands Ambulance Service NHS Trust") == "nhs_trust"


def test_a_sector_is_given_only_where_the_list_tells_one():
    sectors = {"care_home": "social_care", "acute": "nhs_or_independent"}
    assert [sector_of(kind, sectors) for kind in ("care_home", "acute", "other")] == ["social_care", "", ""]


def test_identifiers_are_found_among_words():
    assert identifiers_in("rm3 oldham A81001 1-101612188 R0A02 g6v2s royal free hospital") == (
        ["RM3", "OLDHAM", "A81001", "R0A02", "G6V2S", "ROYAL", "FREE"],
        ["1-101612188"],
    )
    assert identifiers_in("rm 3") == (["RM3"], [])
    assert identifiers_in("st anne") == (["ANNE"], [])


def test_an_address_in_one_line_says_no_part_twice():
    assert whole_address("Worthing Hospital, Lyndhurst Road, Worthing", "Worthing", "BN11 2DH") == (
        "Worthing Hospital, Lyndhurst Road, Worthing, BN11 2DH"
    )
    park = "Business Pk, Brockworth, Gloucester, Gloucestershire"
    assert whole_address(park, "Gloucester", "") == park
    assert whole_address("", "", "") == ""


@dataclass
class Buys:
    name: str
    starts_on: date = date(2013, 4, 1)
    ends_on: date | None = None
    lead: bool = False


DAY = date(2026, 3, 3)


def test_the_lead_commissioner_is_the_one_that_leads_or_the_only_one():
    a, b = Buys("a"), Buys("b", lead=True)
    assert lead_commissioner([a, b], DAY) is b
    assert lead_commissioner([a], DAY) is a
    assert lead_commissioner([a, Buys("c")], DAY) is None
    assert lead_commissioner([], DAY) is None
    assert lead_commissioner([Buys("old", ends_on=DAY), a], DAY) is a
    assert lead_commissioner([Buys("next", starts_on=date(2026, 3, 4))], DAY) is None
    assert lead_commissioner([b, Buys("two", lead=True)], DAY) is None
