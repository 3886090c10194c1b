"""What a declaration of readiness needs before it can be signed."""

from datetime import date
from itertools import product

import pytest

from agencies.readiness import rules
from agencies.readiness.rules import Answer

TODAY = date(2026, 3, 3)
QUESTIONS = {1: "Have you taken a lead?", 2: "Are we clear?"}
WHOLE = {1: Answer("Yes", "Minute 4"), 2: Answer("Yes", "Minute 5")}


def test_a_whole_draft_wants_nothing():
    assert rules.wanting(questions=QUESTIONS, answers=WHOLE, board_on=TODAY, today=TODAY) == []


@pytest.mark.parametrize(("text", "evidence"), list(product(["", " ", "Yes"], ["", "\n", "Minute"])))
def test_each_question_wants_an_answer_and_its_evidence(text: str, evidence: str):
    answers = {**WHOLE, 2: Answer(text, evidence)}
    left = rules.wanting(questions=QUESTIONS, answers=answers, board_on=TODAY, today=TODAY)
    if not text.strip():
        assert left == ["Question 2 is not answered."]
    elif not evidence.strip():
        assert left == ["Question 2 has no evidence."]
    else:
        assert left == []


@pytest.mark.parametrize(
    ("board_on", "says"),
    [(None, "missing"), (date(2026, 3, 4), "in the future"), (TODAY, ""), (date(2013, 4, 1), "")],
)
def test_the_board_has_discussed_it(board_on: date | None, says: str):
    left = rules.wanting(questions=QUESTIONS, answers=WHOLE, board_on=board_on, today=TODAY)
    assert len(left) == bool(says)
    assert says in "".join(left)


def test_an_empty_draft_names_every_question():
    assert len(rules.wanting(questions=QUESTIONS, answers={}, board_on=None, today=TODAY)) == 3


def test_an_answer_to_no_question_is_strange():
    assert rules.strange(questions=QUESTIONS, answers=WHOLE) == []
    assert rules.strange(questions=QUESTIONS, answers={**WHOLE, 0: Answer(), 13: Answer()}) == [0, 13]


def test_signing_says_who_reads_it_and_what_it_replaces():
    def said(groups: list[str], replaces: date | None = None) -> str:
        return " ".join(rules.signs(agency="NHS A", person="Ann", groups=groups, replaces=replaces))

    assert "member body of A QSG, B QSG reads them" in said(["A QSG", "B QSG"])
    assert "nobody else reads them" in said([])
    assert "The declaration of 3 March 2026 is replaced" in said([], TODAY)
    assert "replaced, and stays" not in said([])


def test_texts_go_by_the_names_of_their_fields():
    assert rules.texts_of({3: Answer("A", "B")}) == {"answer_3": "A", "evidence_3": "B"}
