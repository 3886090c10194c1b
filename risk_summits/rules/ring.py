"""Who leads the joint response, "holding the ring", at every moment (NQB ch. 5, l.858-866).

From the trigger NHS England's team of the home group convenes. From the judgement it holds
the ring *interim*, in the same second. A body that accepts holds it *agreed*, at once; an
objection on legitimacy, capability or capacity puts it back. Once, when time is up or the
first response meeting opens, it is decided: the agreed body stays, or the interim becomes
the *default*. After that it changes only by a *handover* that is accepted. There is never
a moment with nobody.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

CONVENOR, INTERIM, AGREED, DEFAULT, HANDED_OVER = "convenor", "interim", "agreed", "default", "handed_over"

BASIS_TRANSITIONS: dict[str, frozenset[str]] = {
    CONVENOR: frozenset({INTERIM, AGREED, DEFAULT}),
    INTERIM: frozenset({AGREED, DEFAULT}),
    AGREED: frozenset({INTERIM, AGREED, DEFAULT, HANDED_OVER}),
    DEFAULT: frozenset({HANDED_OVER}),
    HANDED_OVER: frozenset({HANDED_OVER}),
}
"""What may follow what. From convening straight to a decision: the meeting that judged goes on to respond.
Agreed to agreed: the first that accepted was objected to, and another stands."""

WORDS = {
    CONVENOR: "calls the bodies together",
    INTERIM: "leads the response until one is agreed",
    AGREED: "agreed lead for the response",
    DEFAULT: "lead for the response, because none was agreed in time",
    HANDED_OVER: "lead for the response, handed over and accepted",
}

GROUNDS = {
    "legitimacy": "Legitimacy: it is not the right body for this",
    "capability": "Capability: it does not have what this takes",
    "capacity": "Capacity: it does not have the people or the time now",
}
"""The three things an objection may be about (NQB ch. 5, l.864)."""

Body = Hashable
B = TypeVar("B", bound=Hashable)


@dataclass(frozen=True)
class Offer:
    """A body proposed as lead; it counts once that body accepts."""

    body: Body
    accepted_at: datetime | None = None


@dataclass(frozen=True)
class Objection:
    """Said against a body as lead, on one of the three grounds; it may be taken back."""

    body: Body
    made_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Handover:
    """The lead given to another body; it counts once that body accepts."""

    to: Body
    accepted_at: datetime | None = None


@dataclass(frozen=True)
class Holder:
    """Who leads, and on what basis."""

    body: Body
    basis: str


@dataclass(frozen=True)
class Holding:
    """Who led from one moment to another; the last has no end."""

    body: Body
    basis: str
    starts_at: datetime
    ends_at: datetime | None


def decides_at(judged_at: datetime, opened_at: datetime | None, due_at: datetime | None) -> datetime | None:
    """Return when the lead is decided: at the due time, or when the first response meeting opens, if sooner.

    *Opened* means at or after the judgement; an earlier meeting decides nothing.
    """
    moments = [one for one in (opened_at, due_at) if one is not None and one >= judged_at]
    return min(moments, default=None)


def _stands(objections: Iterable[Objection], body: Body, at: datetime, decided_at: datetime | None) -> bool:
    """Say whether nobody's objection to a body stands at a moment. One made when it is decided comes too late."""
    return not any(
        one.body == body
        and one.made_at <= at
        and (decided_at is None or one.made_at < decided_at)
        and (one.withdrawn_at is None or one.withdrawn_at > at)
        for one in objections
    )


def holder(
    home: Body,
    offers: Sequence[Offer],
    objections: Sequence[Objection],
    handovers: Sequence[Handover],
    judged_at: datetime | None,
    opened_at: datetime | None,
    due_at: datetime | None,
    now: datetime,
) -> Holder:
    """Return who leads at a moment, and on what basis; there is always somebody.

    Args:
        home: NHS England's body: the team of the home group, or its next tier where NHS
            England itself buys the service or is criticised.
        offers: the bodies proposed. The first that accepted, and against which no objection
            stands, leads.
        objections: on legitimacy, capability or capacity; those made before it is decided count.
        handovers: those accepted after it was decided; the last leads.
        judged_at: the earliest judgement of serious failure, actual or potential.
        opened_at: when the first response meeting opened.
        due_at: when the time to agree is up.
        now: the moment asked about.
    """
    if judged_at is None or now < judged_at:
        return Holder(home, CONVENOR)
    decided_at = decides_at(judged_at, opened_at, due_at)
    decided = decided_at is not None and decided_at <= now
    if decided_at is not None and decided:
        passed = [
            (one.accepted_at, number, one.to)
            for number, one in enumerate(handovers)
            if one.accepted_at is not None and decided_at < one.accepted_at <= now
        ]
        if passed:
            return Holder(max(passed, key=lambda each: each[:2])[2], HANDED_OVER)
    moment = decided_at if decided_at is not None and decided else now
    accepted = [
        (one.accepted_at, number, one.body)
        for number, one in enumerate(offers)
        if one.accepted_at is not None
        and one.accepted_at <= moment
        and _stands(objections, one.body, moment, decided_at)
    ]
    if accepted:
        return Holder(min(accepted, key=lambda each: each[:2])[2], AGREED)
    return Holder(home, DEFAULT if decided else INTERIM)


def holdings(
    home: Body,
    convenor: Body,
    offers: Sequence[Offer],
    objections: Sequence[Objection],
    handovers: Sequence[Handover],
    triggered_at: datetime,
    judged_at: datetime | None,
    opened_at: datetime | None,
    due_at: datetime | None,
    now: datetime,
) -> list[Holding]:
    """Return who has led since the trigger: intervals without a gap or an overlap, the last one open.

    ``holder`` decides each; this only walks the moments at which the answer can change.
    """
    moments = {triggered_at, judged_at}
    moments |= {one.accepted_at for one in offers} | {one.accepted_at for one in handovers}
    moments |= {one.made_at for one in objections} | {one.withdrawn_at for one in objections}
    if judged_at is not None:
        moments.add(decides_at(judged_at, opened_at, due_at))
    walked: list[Holding] = []
    for moment in sorted(one for one in moments if one is not None and triggered_at <= one <= now):
        found = holder(home, offers, objections, handovers, judged_at, opened_at, due_at, moment)
        body = convenor if found.basis == CONVENOR else found.body
        if walked and (walked[-1].body, walked[-1].basis) == (body, found.basis):
            continue
        if walked:
            last = walked.pop()
            walked.append(Holding(last.body, last.basis, last.starts_at, moment))
        walked.append(Holding(body, found.basis, moment, None))
    return walked


def suggested(rows: Mapping[str, Mapping[str, object]], *, provider_kind: str, several_areas: bool) -> str:
    """Return which kind of body suits this provider best, by ``ring_holder_suits``.

    Args:
        rows: the list's rows by the kind of provider they stand for, with ``default`` and
            ``several_areas`` among them.
        provider_kind: the provider's kind.
        several_areas: whether it is commissioned across several groups' areas.

    Returns:
        A code of ``agency_kinds`` or of ``relations`` (``lead_commissioner``).
    """
    key = "several_areas" if several_areas else provider_kind
    row = rows.get(key) or rows["default"]
    return str(row["suggested"])


def home_holder(team: B, next_tier: B | None, *, concerned: bool) -> B:
    """Return which of NHS England's bodies holds by default: its next tier where it is itself concerned."""
    return next_tier if concerned and next_tier is not None else team
