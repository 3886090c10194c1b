"""Levels: what each needs, who may set it how, and when it lapses (mission D2; the lists' ``surveillance_levels``)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

ROUTINE, MORE_INFORMATION, ENHANCED, SUMMIT = "routine", "more_information", "enhanced", "summit"
RANK = {ROUTINE: 1, MORE_INFORMATION: 2, ENHANCED: 3, SUMMIT: 4}

SET, LAPSED, ENDED = "set", "lapsed", "ended"
LEVEL_TRANSITIONS: dict[str, frozenset[str]] = {
    SET: frozenset({LAPSED, ENDED}),
    LAPSED: frozenset({ENDED}),
    ENDED: frozenset(),
}
"""What becomes of a level that was set: it lapses by itself after its review day, or another takes its place."""

STANDING_WORDS = {SET: "in force", LAPSED: "lapsed at its review day", ENDED: "ended"}

MEETING, CHAIR = "meeting", "chair"
HOW_WORDS = {
    MEETING: "By the group, at a meeting",
    CHAIR: "By the chair between meetings",
}
BODIES_WITH_THE_CHAIR = 2
"""Member bodies that agree with the chair before a level becomes enhanced between meetings."""

LONGEST = 4_000
LONGEST_NAME = 200

KEPT, RAISED, LOWERED = "kept", "raised", "lowered"

TOLD, ANSWERED = "told", "answered"
WORD_WORDS = {TOLD: "Told in writing", ANSWERED: "Its answer"}
PROVIDER_WORDS = {TOLD: "The provider was told in writing", ANSWERED: "The provider answered"}

SECOND_PERSON = "You proposed this yourself. A second person must agree, or refuse."

SUMMIT_REFUSED = "This level is set and ended by a risk summit itself, and never chosen here."


@dataclass(frozen=True)
class Proposal:
    """A level as somebody would set it.

    Attributes:
        level: its code.
        reason: why.
        follows: the body that goes and looks, or follows it; a full member of the group.
        review_on: the last day on which it stands by itself.
        exit_criteria: what ends it, item by item.
        relied_on: the concerns relied on.
        put_to_provider: what was put to the provider, and its answer.
        how: by a meeting, or by the chair.
        met_on: the day of the meeting.
        agreed_by: the member bodies that agreed with the chair.
        met: which exit criteria of the level before were found met when they were read out, by number.
    """

    level: str
    reason: str = ""
    follows: UUID | None = None
    review_on: date | None = None
    exit_criteria: str = ""
    relied_on: str = ""
    put_to_provider: str = ""
    how: str = ""
    met_on: date | None = None
    agreed_by: frozenset[UUID] = frozenset()
    met: frozenset[int] = frozenset()

    @property
    def texts(self) -> dict[str, str]:
        """The free words, by field."""
        return {
            "reason": self.reason,
            "exit_criteria": self.exit_criteria,
            "relied_on": self.relied_on,
            "put_to_provider": self.put_to_provider,
        }


def check(
    proposal: Proposal,
    *,
    standing: str,
    offered: Collection[str],
    longest_days: int | None,
    members: Collection[UUID],
    today: date,
) -> dict[str, str]:
    """Return what is wrong with a proposal: a sentence for each field.

    Args:
        proposal: the level as it would be set.
        standing: the level that stands now; ``routine`` when none does.
        offered: the codes on the list.
        longest_days: the longest time to its review; None for a level without one.
        members: the full members of the group.
        today: the London day.
    """
    if proposal.level == SUMMIT:
        return {"level": SUMMIT_REFUSED}
    if proposal.level not in offered or proposal.level not in RANK:
        return {"level": "Choose the level"}
    errors = too_long(proposal.texts)
    if not proposal.reason.strip():
        errors.setdefault("reason", "Say why")
    errors |= _how(proposal, standing, members, today)
    if proposal.level == ROUTINE:
        return errors
    return errors | _needs(proposal, longest_days, members, today)


def too_long(texts: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each text that is longer than is kept."""
    return {
        name: f"This is {len(text):,} characters long; at most {LONGEST:,} are kept. Nothing was cut: shorten it"
        for name, text in texts.items()
        if len(text) > LONGEST
    }


def _how(proposal: Proposal, standing: str, members: Collection[UUID], today: date) -> dict[str, str]:
    """Say whether it may be set this way: raising may be the chair's, keeping and lowering are the group's."""
    if proposal.how not in HOW_WORDS:
        return {"how": "Say how it was decided"}
    if proposal.how == MEETING:
        if proposal.met_on is None:
            return {"met_on": "Say on which day the group met"}
        return (
            {"met_on": "This lies in the future. Enter the day of the meeting"}
            if proposal.met_on > today
            else {}
        )
    if RANK[proposal.level] <= RANK[standing]:
        return {"how": "A level is kept or lowered by the group, at a meeting"}
    if proposal.level == ENHANCED:
        agreed = proposal.agreed_by & set(members)
        if len(agreed) < BODIES_WITH_THE_CHAIR or agreed != proposal.agreed_by:
            return {"agreed_by": "Between meetings two member bodies agree with the chair. Choose them"}
    return {}


def _needs(
    proposal: Proposal, longest_days: int | None, members: Collection[UUID], today: date
) -> dict[str, str]:
    """Say what a level above routine lacks: who follows it, until when, and what ends it."""
    errors: dict[str, str] = {}
    if proposal.follows not in members:
        errors["follows"] = "Choose the member body that goes and looks, or follows it"
    longest = today + timedelta(days=longest_days or 0)
    if proposal.review_on is None:
        errors["review_on"] = "Say on which day it is reviewed"
    elif not today < proposal.review_on <= longest:
        errors["review_on"] = f"It is reviewed after today, and within {longest_days} days"
    if not proposal.exit_criteria.strip():
        errors["exit_criteria"] = "Say what must be so for it to end"
    if proposal.level == ENHANCED:
        if not proposal.relied_on.strip():
            errors["relied_on"] = "Name the concerns that the group relies on"
        if not proposal.put_to_provider.strip():
            errors["put_to_provider"] = (
                "Say what was put to the provider and what it answered, or why not yet"
            )
    return errors


def standing(*, level: str, review_on: date | None, ended: bool, today: date) -> str:
    """Return how a level stands on a London day; it lapses when its review day is over, without a job."""
    if ended:
        return ENDED
    return LAPSED if review_on is not None and today > review_on and level != SUMMIT else SET


def criteria_of(text: str) -> list[str]:
    """Return the exit criteria of a level: one a line, in their order; the first is number 1."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def check_met(*, number: int, count: int, already: Collection[int], evidence: str) -> dict[str, str]:
    """Return what is wrong with saying that a criterion is met.

    Args:
        number: which one, from 1.
        count: how many there are.
        already: those that are met.
        evidence: what shows it.
    """
    errors = too_long({"evidence": evidence})
    if not 1 <= number <= count:
        errors["number"] = "Choose one of what must be so for it to end"
    elif number in already:
        errors["number"] = "Somebody has said already that this is met"
    if not evidence.strip():
        errors["evidence"] = "Say what shows that it is met"
    return errors


def check_word(
    *, kind: str, whose: str, text: str, on: date | None, since: date, today: date
) -> dict[str, str]:
    """Return what is wrong with a letter to the provider, or with its answer.

    Args:
        kind: ``told`` or ``answered``.
        whose: who wrote it.
        text: what it said, whole or in short.
        on: its day.
        since: the first day that it may have; a letter may be of the day on which the group met.
        today: the London day.
    """
    errors = too_long({"text": text})
    if kind not in WORD_WORDS:
        errors["kind"] = "Say whether the provider was told, or answered"
    if not whose.strip():
        errors["whose"] = "Say who wrote it"
    elif len(whose.strip()) > LONGEST_NAME:
        errors["whose"] = f"Keep it to {LONGEST_NAME} characters. Nothing was cut"
    if not text.strip():
        errors["text"] = "Say what was written, whole or in short"
    if on is None:
        errors["on"] = "Say on which day"
    elif on > today:
        errors["on"] = "This lies in the future. Enter the day of the letter"
    elif on < since:
        errors["on"] = "This is before the level was decided"
    return errors


def tells_provider(*, level: str, before: str, told_before: bool) -> bool:
    """Say whether the provider must be told of a level that is set: above routine, and new to it.

    Args:
        level: what is set.
        before: what stood until now; ``routine`` when nothing did.
        told_before: the provider was told of the one before.
    """
    return level != ROUTINE and not (level == before and told_before)


def change(before: str, after: str) -> str:
    """Return what setting a level does to the one that stood: ``kept``, ``raised`` or ``lowered``."""
    if after == before:
        return KEPT
    return RAISED if RANK[after] > RANK[before] else LOWERED
