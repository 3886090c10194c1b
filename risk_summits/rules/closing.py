"""What is asked as a matter of routine, and what must be answered before a summit ends (NQB ch. 5, l.838, l.868)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from access.refusals import Invalid, NotNow

PROFESSIONAL, ADULTS, CHILDREN = "professional_standards", "safeguarding_adults", "safeguarding_children"

GATES = {
    PROFESSIONAL: "Professional standards",
    ADULTS: "Safeguarding adults",
    CHILDREN: "Safeguarding children",
}
SAFEGUARDING_GATES = frozenset({ADULTS, CHILDREN})

NONE_KNOWN, RUNG = "none_known", "rung"

ANSWERS: Mapping[str, Mapping[str, str]] = {
    PROFESSIONAL: {
        "considered_none": "Considered: none arises",
        "advice": "Considered: advice asked",
        "referral": "Considered: referral made, and the employer told",
    },
    ADULTS: {
        RUNG: "The council was rung",
        "enquiry": "The council states its route: an enquiry",
        "quality": "The council states its route: quality, not safeguarding",
        "no_action": "The council states its route: no further action",
        NONE_KNOWN: "Asked: nobody has heard of an adult at risk",
    },
    CHILDREN: {
        RUNG: "Children's social care was rung",
        "referred": "Referred to children's social care",
        "notified": "The Board or the partners were formally notified",
        "engaged": "The Board or the partners are engaged",
        "officer": "The designated officer was told about a worker",
        NONE_KNOWN: "Asked: nobody has heard of a child at risk",
    },
}
"""What can be answered at each gate. The portal decides no threshold: the council states its route."""

NEEDS_WORDS = frozenset({"considered_none", NONE_KNOWN})
"""These close a matter, so they need a reason in a sentence."""

CHILD_FULLY = frozenset({"referred", "notified", "engaged"})
"""The notice to the Board is never treated as the referral (safeguarding_routes)."""


@dataclass(frozen=True)
class Answer:
    """One answer at a gate."""

    gate: str
    code: str
    happened_at: datetime


def check_answer(gate: str, code: str, words: str) -> None:
    """Raise Invalid when an answer is not one of the gate's, or lacks its reason."""
    if code not in ANSWERS[gate]:
        raise Invalid({"answer": "Choose one of the answers."})
    if code in NEEDS_WORDS and not words.strip():
        raise Invalid({"words": "Say in a sentence how you know."})


def answered(gate: str, codes: AbstractSet[str]) -> bool:
    """Say whether a gate is open to pass: its question has been asked and fully answered."""
    if gate == PROFESSIONAL:
        return bool(codes)
    if NONE_KNOWN in codes:
        return True
    if gate == ADULTS:
        return bool(codes & {"enquiry", "quality", "no_action"})
    return codes >= CHILD_FULLY


def rung(codes: AbstractSet[str]) -> bool:
    """Say whether somebody has said who was rung: any answer at a safeguarding gate says that."""
    return bool(codes)


def open_gates(answers: Iterable[Answer], gates: Iterable[str] = tuple(GATES)) -> list[str]:
    """Return the gates that are not answered yet, in their order."""
    held: dict[str, set[str]] = {gate: set() for gate in GATES}
    for one in answers:
        held[one.gate].add(one.code)
    return [gate for gate in gates if not answered(gate, held[gate])]


def check_may_stand_down(
    answers: Iterable[Answer], *, criteria: int, criteria_met: int, running_response: bool, learning: str
) -> None:
    """Raise unless the summit may be closed (NQB ch. 5-6; mission G8).

    Args:
        answers: what was answered at the gates.
        criteria, criteria_met: how many exit criteria were set, and met.
        running_response: whether a meeting to respond is still owed.
        learning: what was learnt, for others.

    Raises:
        NotNow: a gate is unanswered, a criterion is not met, or the bodies have not met yet.
        Invalid: nothing was written about what was learnt.
    """
    _check_gates(open_gates(answers))
    if running_response:
        raise NotNow(
            "The bodies still owe each other a meeting about this. Record that it was held, then close the summit. "
            "Nothing you typed was lost."
        )
    if not criteria:
        raise NotNow(
            "No exit criterion was set: nothing says when this is over. Set at least one and mark it met. "
            "Nothing you typed was lost."
        )
    if criteria_met < criteria:
        left = criteria - criteria_met
        raise NotNow(
            f"{left} of {criteria} exit criteria {'is' if left == 1 else 'are'} not met yet. "
            "Nothing you typed was lost."
        )
    if not learning.strip():
        raise Invalid({"learning": "Say what was learnt, so that others need not learn it again."})


def check_may_end_not_taken_forward(answers: Iterable[Answer], *, failure_judged: bool, reason: str) -> None:
    """Raise unless the summit may end "not taken forward": no failure judged by anybody, safeguarding answered."""
    if failure_judged:
        raise NotNow(
            "A body has judged that there is, or may be, serious failure, so the response goes on. "
            "Close the summit when its exit criteria are met. Nothing you typed was lost."
        )
    _check_gates(open_gates(answers, [ADULTS, CHILDREN]))
    if not reason.strip():
        raise Invalid({"words": "Say in a sentence what this rests on."})


def _check_gates(missing: list[str]) -> None:
    if missing:
        names = " and ".join(GATES[gate].lower() for gate in missing)
        raise NotNow(
            f"Not answered yet: {names}. A summit closes only when this has been asked and answered. "
            "Nothing you typed was lost."
        )


def check_second_person(first: object, second: object) -> None:
    """Raise NotNow when the same person would decide twice to keep something from the provider."""
    if first == second:
        raise NotNow(
            "Keeping this from the provider is decided by two people. Somebody else must agree; your reason is kept."
        )
