"""What is said of agreements, notices and signatures before anything is done."""

from datetime import date

import pytest

from agencies.agreements import rules

DAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (["agreement", "notice"], ""),
        (["agreement"], "No privacy notice is in force."),
        (["notice"], "No information-sharing agreement is in force."),
        ([], "No information-sharing agreement and no privacy notice is in force."),
    ],
)
def test_what_is_missing(kinds: list[str], says: str):
    assert rules.missing(kinds) == says


def test_no_seat_says_what_is_missing_and_where_it_is_put_right():
    none = rules.no_seat(agency="NHS A", group="A QSG", agreement="")
    assert "A QSG has no information-sharing agreement in force" in none
    unsigned = rules.no_seat(agency="NHS A", group="A QSG", agreement="The agreement")
    assert "NHS A has not signed “The agreement”" in unsigned
    assert "group's page" in none
    assert "group's page" in unsigned


def test_only_an_agreement_speaks_of_seats():
    def kept(kind: str, ends_on: date | None = None) -> str:
        return " ".join(rules.kept(kind=kind, title="T", group="A QSG", starts_on=DAY, ends_on=ends_on))

    def ended(kind: str) -> str:
        return " ".join(
            rules.ended(kind=kind, title="T", group="A QSG", starts_on=DAY.replace(year=2020), ends_on=DAY)
        )

    assert "no new seat" in kept("agreement")
    assert "seat" not in kept("notice")
    assert "no end known" in kept("notice")
    assert "until the end of 3 March 2026" in kept("notice", date(2026, 3, 4))
    assert "Nobody loses a seat" in ended("agreement")
    assert "seat" not in ended("notice")
    slip = rules.ended(kind="notice", title="T", group="A QSG", starts_on=DAY, ends_on=DAY)
    assert slip == ["“T” is taken back: it was never in force at A QSG."]


def test_signatures_are_said_by_name():
    (sentence,) = rules.signed(agencies=["NHS A", "NHS B"], title="T", signed_on=DAY)
    assert sentence.startswith("NHS A, NHS B signed “T” on 3 March 2026")
    assert "held now stay" in rules.withdrawn(agency="NHS A", title="T", ends_on=DAY)[1]
