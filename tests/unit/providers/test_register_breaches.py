"""When breaches and ratings form a pattern, and that it is worded as a prompt."""

from datetime import date, timedelta

import pytest

from providers.register.rules.actions import ENDED, IN_FORCE
from providers.register.rules.breaches import Breach, Pattern, Rated, patterns_of, prompts
from reference.files import read_table
from reference.operations import DATA

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)
GOOD5 = ("good",) * 5

ROWS = [row for _, row in read_table(DATA / "breach_patterns.csv")[0]]
PATTERNS = patterns_of(ROWS)


def breach(days_ago: int = 10, *standards: str, **changed) -> Breach:
    usual = {
        "key": 1,
        "place": "Fictional House",
        "label": "Warning notice",
        "standing": IN_FORCE,
        "found_on": TODAY - days_ago * DAY,
        "standards": standards,
    }
    return Breach(**{**usual, **changed})


def rated(overall: str = "good", days_ago: int = 100, *, current: bool = True, key=1, five=GOOD5) -> Rated:
    return Rated(key, "Fictional House", current, TODAY - days_ago * DAY, overall, five)


def found(*breaches: Breach, ratings=(), patterns=PATTERNS) -> dict[str, tuple[str, ...]]:
    return {one.code: one.rests_on for one in prompts(breaches, ratings, patterns, TODAY)}


def test_the_list_gives_the_numbers() -> None:
    assert {code: one.numbers for code, one in PATTERNS.items()} == {
        "significant": (1,),
        "repeated": (2, 730),
        "multiple": (3,),
        "sustained": (180,),
        "inadequate": (),
        "repeat_ri": (2,),
    }
    assert PATTERNS["sustained"].label == "Sustained"


def test_an_administrator_changes_the_numbers_and_ends_a_pattern_in_the_list() -> None:
    rows = [
        {"code": "repeated", "label": "Repeated", "default_threshold": "in 3 inspections within 365 days"},
        {"code": "multiple", "label": "Multiple", "default_threshold": "several"},
        {"code": "sustained", "label": "Sustained", "default_threshold": "0 days"},
        {"code": "temporary_dip", "label": "Temporary dip", "default_threshold": "1 breach"},
    ]
    assert patterns_of(rows) == {
        "repeated": Pattern("Repeated", (3, 365)),
        "multiple": Pattern("Multiple", (3,)),
        "sustained": Pattern("Sustained", (180,)),
    }
    assert found(breach(significant=True), patterns=patterns_of(rows)) == {}


def test_nothing_is_prompted_by_nothing() -> None:
    assert found() == {}
    assert found(breach(10, "Regulation 12"), ratings=[rated()]) == {}


def test_the_current_rating_stands_first_though_its_day_is_not_known() -> None:
    low = "requires_improvement"
    undated = Rated(1, "Fictional House", True, None, "good", GOOD5)
    history = [rated(low, 100, current=False), rated(low, 500, current=False)]
    assert found(ratings=[*history, undated]) == {}
    assert set(found(ratings=[*history, Rated(1, "Fictional House", True, None, low, GOOD5)])) == {
        "repeat_ri"
    }
    assert found(ratings=[rated(low, 500), rated("good", 100, current=False)]) == {}


def test_a_notice_without_its_inspection_is_no_other_inspection() -> None:
    """A warning notice follows from the inspection that found the breach: one inspection, counted once."""
    notice = breach(10, "Regulation 12", inspected=False)
    assert found(breach(30, "Regulation 12"), notice) == {}
    assert (
        found(breach(10, "Regulation 9", "Regulation 12"), breach(10, "Regulation 17", inspected=False)) == {}
    )
    again = found(breach(30, "Regulation 12"), breach(400, "Regulation 12"), notice)
    assert len(again["repeated"]) == 2


def test_one_breach_that_the_regulator_judged_significant_and_that_is_in_force() -> None:
    assert set(found(breach(significant=True))) == {"significant"}
    assert found(breach(significant=True, standing=ENDED)) == {}


def test_the_same_standard_at_two_inspections_within_two_years() -> None:
    again = found(breach(10, "Regulation 12"), breach(400, "regulation 12.", standing=ENDED))
    assert again == {
        "repeated": (
            "Warning notice, 27 January 2025, Fictional House: regulation 12.",
            "Warning notice, 21 February 2026, Fictional House: Regulation 12",
        )
    }


@pytest.mark.parametrize(
    "others",
    [
        [breach(400, "Regulation 13")],
        [breach(10, "Regulation 12")],
        [breach(731, "Regulation 12")],
        [breach(400, "Regulation 12", key=2)],
        [breach(-1, "Regulation 12")],
    ],
    ids=[
        "another standard",
        "the same inspection",
        "too long ago",
        "another place of the same name",
        "to come",
    ],
)
def test_what_is_not_repeated(others) -> None:
    assert "repeated" not in found(breach(10, "Regulation 12"), *others)


def test_three_standards_at_one_inspection_while_one_is_open() -> None:
    three = ("Regulation 9", "Regulation 12", "Regulation 17")
    assert set(found(breach(10, *three))) == {"multiple"}
    assert set(found(breach(10, *three[:2]), breach(10, three[2], standing=ENDED))) == {"multiple"}
    assert found(breach(10, *three, standing=ENDED)) == {}
    assert found(breach(10, *three[:2]), breach(11, three[2])) == {}
    assert found(breach(10, *three[:2]), breach(10, three[2], key=2)) == {}
    assert found(breach(10, "Regulation 9", "regulation 9", "REGULATION 9.")) == {}


def test_open_more_than_180_days_after_the_day_set() -> None:
    assert set(found(breach(400, comply_by=TODAY - 181 * DAY))) == {"sustained"}
    assert found(breach(400, comply_by=TODAY - 180 * DAY)) == {}
    assert found(breach(400, comply_by=TODAY - 181 * DAY, standing=ENDED)) == {}
    assert found(breach(400)) == {}


def test_rated_inadequate_now_overall_or_in_a_key_question() -> None:
    low = ("inadequate", "good", "good", "good", "inadequate")
    assert found(ratings=[rated("inadequate", five=low)]) == {
        "inadequate": ("Fictional House: Overall, Safe, Well-led, report of 23 November 2025",)
    }
    assert set(found(ratings=[rated("good", five=low)])) == {"inadequate"}
    assert found(ratings=[rated(), rated("inadequate", 300, current=False)]) == {}


def test_requires_improvement_twice_in_a_row_at_one_place() -> None:
    low, before = rated("requires_improvement"), rated("requires_improvement", 300, current=False)
    assert found(ratings=[low, before]) == {
        "repeat_ri": ("Fictional House: 2 in a row, reports of 23 November 2025 and 7 May 2025",)
    }
    between = rated("good", 200, current=False)
    assert found(ratings=[low, between, before]) == {}
    assert found(ratings=[low]) == {}
    assert found(ratings=[low, rated("requires_improvement", 300, key=2)]) == {}
    assert "repeat_ri" in found(ratings=[low, rated("", 200, current=False), before])


def test_a_rating_without_a_day_is_told_without_one() -> None:
    undated = [Rated(1, "Fictional House", True, None, "requires_improvement", GOOD5) for _ in range(2)]
    assert found(ratings=undated) == {"repeat_ri": ("Fictional House: 2 in a row",)}


def test_every_prompt_asks_and_judges_nothing() -> None:
    everything = prompts(
        [
            breach(
                10,
                "Regulation 9",
                "Regulation 12",
                "Regulation 17",
                significant=True,
                comply_by=TODAY - 200 * DAY,
            ),
            breach(300, "Regulation 9"),
        ],
        [
            rated("requires_improvement", five=("inadequate", *GOOD5[1:])),
            rated("requires_improvement", 300, current=False),
        ],
        PATTERNS,
        TODAY,
    )
    assert [one.code for one in everything] == list(PATTERNS)
    for one in everything:
        assert one.words.startswith("Consider ")
        assert one.words.endswith(".")
        assert one.rests_on
        assert not {"failing", "failed", "must", "unsafe"} & set(one.words.casefold().split())
