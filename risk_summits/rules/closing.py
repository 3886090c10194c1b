"""What is asked as a matter of routine, and what must be answered before a summit ends (NQB ch. 5, l.838, l.868)."""

from collections.abc import Mapping, Sequence

from access.refusals import Invalid, NotNow
from concerns.rules.danger import ADULT, BOTH, CHILD, NEITHER, Standing

PROFESSIONAL, ADULTS, CHILDREN = "professional_standards", "safeguarding_adults", "safeguarding_children"

GATES = {
    PROFESSIONAL: "Professional standards",
    ADULTS: "Safeguarding adults",
    CHILDREN: "Safeguarding children",
}
SAFEGUARDING_GATES = frozenset({ADULTS, CHILDREN})

NONE_KNOWN, AT_RISK = "none_known", "at_risk"

ANSWERS: Mapping[str, Mapping[str, str]] = {
    PROFESSIONAL: {
        "considered_none": "Considered: none arises",
        "advice": "Considered: advice asked",
        "referral": "Considered: referral made, and the employer told",
    },
    ADULTS: {
        NONE_KNOWN: "Asked: nobody here has heard of an adult at risk",
        AT_RISK: "An adult is, or may be, at risk",
    },
    CHILDREN: {
        NONE_KNOWN: "Asked: nobody here has heard of a child at risk",
        AT_RISK: "A child is, or may be, at risk",
    },
}
"""What can be answered at each gate. The portal decides no threshold: the council states its route."""

NEEDS_WORDS = frozenset({"considered_none", NONE_KNOWN})
"""These close a matter, so they need a reason in a sentence."""

TOLD, OUTCOME, REPLY = "told", "outcome", "reply"
PROVIDER_WORDS = {
    TOLD: "The provider was told of the summit, in writing",
    OUTCOME: "The provider was told the outcome, in writing",
    REPLY: "The provider answered on the facts",
}
"""What passes between the room and the provider (NQB 1c)."""


def check_answer(gate: str, code: str, words: str) -> None:
    """Raise Invalid when an answer is not one of the gate's, or lacks its reason."""
    if code not in ANSWERS[gate]:
        raise Invalid({"answer": "Choose one of the answers."})
    if code in NEEDS_WORDS and not words.strip():
        raise Invalid({"text": "Say in a sentence how you know."})


def at_risk(gate: str, said: str | None, safety: Standing, *, flagged: bool) -> bool | None:
    """Say whether somebody of the gate's kind may be at risk; None while nobody has been asked.

    What was said about the danger decides, until the question itself was answered otherwise.

    Args:
        gate: adults or children.
        said: the newest answer at the gate, if any.
        safety: how the matter of safety stands on the summit's own record.
        flagged: whether anybody said that people may be in danger.
    """
    mine, other = (ADULT, CHILD) if gate == ADULTS else (CHILD, ADULT)
    if said == AT_RISK or (flagged and safety.about in (mine, BOTH)):
        return True
    if said == NONE_KNOWN or (flagged and safety.about in (other, NEITHER)):
        return False
    return True if flagged else None


def lacks(gate: str, said: str | None, safety: Standing, *, flagged: bool) -> list[str]:
    """Return what a gate still lacks, as sentences; nothing means that it is answered.

    For an adult the council states its route. For a child there are three things, and the
    notice to the Board is never treated as the referral (NQB ch. 5, l.868).
    """
    if gate == PROFESSIONAL:
        return [] if said else ["Nobody has said whether a professional standards issue arises."]
    risk = at_risk(gate, said, safety, flagged=flagged)
    if risk is None:
        return ["Nobody has answered the question yet."]
    if not risk:
        return []
    if gate == ADULTS:
        return [] if safety.route_at else ["The council has not said which route it takes."]
    return [
        sentence
        for done, sentence in (
            (safety.rang_child_at, "Nobody has referred the child to children's social care."),
            (safety.notified_at, "The Board or partners have not been formally notified."),
            (safety.engaged_at, "The Board or partners are not engaged yet."),
        )
        if not done
    ]


def check_may_stand_down(
    unanswered: Sequence[str],
    *,
    judged: bool,
    criteria: int,
    criteria_met: int,
    running_response: bool,
    learning: str,
) -> None:
    """Raise unless the summit may be closed (NQB ch. 5-6; mission G8).

    Args:
        unanswered: the gates that are not answered yet.
        judged: whether the group has judged.
        criteria: how many exit criteria were set.
        criteria_met: how many of them are met.
        running_response: whether a meeting to respond is still owed.
        learning: what was learnt, for others.

    Raises:
        NotNow: a gate is unanswered, a criterion is not met, or the bodies have not met yet.
        Invalid: nothing was written about what was learnt.
    """
    _check_gates(unanswered)
    if not judged:
        raise NotNow("The group has not judged yet. Record its judgement first. Nothing you typed was lost.")
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


def check_may_end_not_taken_forward(unanswered: Sequence[str], *, failure_judged: bool, reason: str) -> None:
    """Raise unless the summit may end "not taken forward": no failure judged by anybody, safeguarding answered.

    Professional standards do not hold it up: of the gates only safeguarding does.
    """
    if failure_judged:
        raise NotNow(
            "A body has judged that there is, or may be, serious failure, so the response goes on. "
            "Close the summit when its exit criteria are met. Nothing you typed was lost."
        )
    _check_gates([gate for gate in unanswered if gate in SAFEGUARDING_GATES])
    if not reason.strip():
        raise Invalid({"text": "Say in a sentence what this rests on."})


def _check_gates(missing: Sequence[str]) -> None:
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
