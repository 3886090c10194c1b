"""What a declaration of readiness needs before it can be signed, and what signing it means.

"They will provide evidence that this report has been discussed and addressed at board level, and declare a 'state of
readiness' with respect to their responsibilities for quality" (NQB ch. 6, l.903). Pure: texts and days in, sentences out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from timekeeping.london import day_in_words

DRAFT, DECLARED, REPLACED = "draft", "declared", "replaced"

READINESS_TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({DECLARED}),
    DECLARED: frozenset({REPLACED}),
    REPLACED: frozenset(),
}
"""A declaration is drafted, signed off, and replaced by a later one; it is never unsaid."""

READINESS_WORDS = {DRAFT: "Draft", DECLARED: "Declared", REPLACED: "Replaced by a later declaration"}

LONGEST = 4000
"""The most characters of an answer, or of its evidence."""


@dataclass(frozen=True)
class Answer:
    """What a body answers to one question, and on what evidence."""

    text: str = ""
    evidence: str = ""


def wanting(
    *, questions: Mapping[int, str], answers: Mapping[int, Answer], board_on: date | None, today: date
) -> list[str]:
    """Return what a draft still needs before it can be signed; nothing where it is whole.

    Args:
        questions: the report's questions that stand today, by position.
        answers: the draft's, by position.
        board_on: the day on which the board discussed the report.
        today: the London day.
    """
    found = []
    for position in sorted(questions):
        given = answers.get(position, Answer())
        if not given.text.strip():
            found.append(f"Question {position} is not answered.")
        elif not given.evidence.strip():
            found.append(f"Question {position} has no evidence.")
    if board_on is None:
        found.append("The day on which the board discussed the report is missing.")
    elif board_on > today:
        found.append("The board's day is in the future: it is signed once the board has discussed it.")
    return found


def strange(*, questions: Mapping[int, str], answers: Mapping[int, Answer]) -> list[int]:
    """Return the positions that answer no question that stands today."""
    return sorted(set(answers) - set(questions))


def texts_of(answers: Mapping[int, Answer]) -> dict[str, str]:
    """Return the texts of a draft by the names of their fields: ``answer_1``, ``evidence_1`` and so on."""
    texts = {f"answer_{position}": one.text for position, one in answers.items()}
    return texts | {f"evidence_{position}": one.evidence for position, one in answers.items()}


def signs(*, agency: str, person: str, groups: Sequence[str], replaces: date | None) -> list[str]:
    """Say what signing means. ``replaces``: the day of the declaration that stands until now."""
    who = ", ".join(groups)
    words = [
        f"{person} signs these answers for {agency}. They cannot be changed afterwards, only replaced by a later declaration.",
        f"From now on whoever reads at a member body of {who} reads them."
        if groups
        else f"{agency} is a member of no group today, so nobody else reads them until it is.",
    ]
    if replaces:
        words.append(f"The declaration of {day_in_words(replaces)} is replaced, and stays in the history.")
    return words
