"""Reading a row of a list, and the codes it names."""

from datetime import date

from reference import rules
from reference.rules import BEGINNING, Problem, name_codes, read_parties, read_rows

KNOWN = {
    "cqc",
    "monitor",
    "local_authority",
    "lscb",
    "safeguarding_partners",
    "employer",
    "professional_regulator",
}


def table(*rows: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    plain = {"code": "a", "label": "A", "source": "NQB", "status": "paper"}
    return [(line, {**plain, **row}) for line, row in enumerate(rows, start=2)]


def test_a_row_without_dates_stands_from_the_beginning():
    rows, problems = read_rows("provider_kinds", table({"code": "care_home"}))
    assert not problems
    assert rows[0].effective_from == BEGINNING
    assert rows[0].effective_to is None
    assert rows[0].data == {"code": "care_home", "label": "A"}
    assert rows[0].position == 1


def test_a_row_keeps_its_days_and_its_source():
    (row,), _ = read_rows(
        "agency_kinds",
        table(
            {
                "code": "ccg",
                "effective_from": "2013-04-01",
                "effective_to": "2022-06-30",
                "status": "judgement",
            }
        ),
    )
    assert (row.effective_from, row.effective_to) == (date(2013, 4, 1), date(2022, 6, 30))
    assert (row.source, row.status) == ("NQB", "judgement")


def test_a_code_of_several_columns_is_joined():
    (row,), _ = read_rows("outcome_codes", table({"list": "referral", "code": "closed"}))
    assert row.code == "referral:closed"


def test_each_bad_row_is_said_by_its_line_and_spoils_no_other():
    rows, problems = read_rows(
        "provider_kinds",
        table(
            {"code": "one", "status": "rumour"},
            {"code": "two", "effective_from": "1 April 2013"},
            {"code": "three", "effective_from": "2013-04-02", "effective_to": "2013-04-01"},
            {"code": "four"},
            {"code": "four"},
        ),
    )
    assert [row.code for row in rows] == ["four"]
    assert [(problem.line, problem.fatal) for problem in problems] == [
        (2, True),
        (3, True),
        (4, True),
        (6, True),
    ]
    assert "neither paper nor judgement" in str(problems[0])
    assert "is not a date (2013-04-01)" in str(problems[1])
    assert "before it starts" in str(problems[2])
    assert "given twice" in str(problems[3])


def test_the_same_code_may_stand_again_later():
    rows, problems = read_rows(
        "provider_kinds",
        table(
            {"effective_from": "2013-04-01", "effective_to": "2016-03-31"},
            {"effective_from": "2016-04-01"},
        ),
    )
    assert len(rows) == 2
    assert not problems


def test_a_problem_names_the_list_and_the_line():
    assert str(Problem("duty_rules", 7, "something")) == "duty_rules, line 7: something"


def test_parties_are_read_from_codes_and_from_the_documents_words():
    assert read_parties("cqc / local_authority", KNOWN) == (["cqc", "local_authority"], [])
    assert read_parties("employer AND professional_regulator", KNOWN) == (
        ["employer", "professional_regulator"],
        [],
    )
    assert read_parties("LSCB / safeguarding partners", KNOWN) == (["lscb", "safeguarding_partners"], [])
    assert read_parties("professional_regulator:GMC", KNOWN) == (["professional_regulator"], [])
    assert read_parties("cqc and council(s)", KNOWN) == (["cqc", "local_authority"], [])
    assert read_parties("its own yearly report", KNOWN) == ([], [])
    assert read_parties("", KNOWN) == ([], [])
    assert read_parties("the moon; cqc", KNOWN) == (["cqc"], ["the moon"])


def test_codes_that_no_list_knows_are_said_by_row_and_the_row_is_kept():
    rows, _ = read_rows(
        "meeting_invitees",
        [(2, {"series": "nothing", "body_kind": "the moon", "source": "x", "status": "paper"})],
    )
    problems = name_codes(rows, {"meeting_series": {"qsg_local"}, "agency_kinds": KNOWN})
    assert [problem.sentence for problem in problems] == [
        "body_kind names “the moon”, which no list knows",
        "series names “nothing”, which no list knows",
    ]
    assert not any(problem.fatal for problem in problems)
    assert rows[0].data["body_kind_codes"] == []


def test_every_list_has_a_label_and_a_key():
    assert all(spec.label and spec.keys for spec in rules.LISTS.values())
