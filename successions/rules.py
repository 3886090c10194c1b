"""What a body holds, by kind; who answers for it; what may follow what. Pure: no framework, no database, no clock.

"A body is abolished, its successor proposed, every open duty, seat and action accepted by someone before it closes"
(mission A10; NQB ch. 1, on the bodies of the reform that were abolished in March and April 2013, and the "robust handovers
between organisations who are transferring responsibilities").
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from timekeeping.london import day_in_words

OPEN, CLOSED, UNDONE = "open", "closed", "undone"
SUCCESSION_TRANSITIONS: dict[str, frozenset[str]] = {
    OPEN: frozenset({CLOSED, UNDONE}),
    CLOSED: frozenset(),
    UNDONE: frozenset(),
}
SUCCESSION_WORDS = {OPEN: "Under way", CLOSED: "Done: the body has closed", UNDONE: "Undone"}

WAITING, ACCEPTED, DECLINED, TAKEN_BACK = "waiting", "accepted", "declined", "taken_back"
OFFER_TRANSITIONS: dict[str, frozenset[str]] = {
    WAITING: frozenset({ACCEPTED, DECLINED, TAKEN_BACK}),
    ACCEPTED: frozenset({ACCEPTED, DECLINED, TAKEN_BACK}),
    DECLINED: frozenset(),
    TAKEN_BACK: frozenset(),
}
"""What was accepted may still be declined until the body closes: nothing has moved before that.

It is accepted again where people act for the body since of whom it was not said whether they go over. Who offered it takes
back what is not answered; what was accepted only with the whole succession.
"""
OFFER_WORDS = {
    WAITING: "Not answered yet",
    ACCEPTED: "Accepted",
    DECLINED: "Declined",
    TAKEN_BACK: "Taken back",
}
LIVE = (WAITING, ACCEPTED)

PEOPLE, MEMBERSHIP, SEAT, POSTS = "people", "membership", "seat", "posts"
AREA, BUYING = "area", "buying"
INTELLIGENCE, ACTION, CLOCK = "intelligence", "action", "clock"

KIND_WORDS: dict[str, str] = {
    PEOPLE: "The people who act for it",
    MEMBERSHIP: "Memberships of groups",
    SEAT: "Seats",
    POSTS: "Entries in the directory",
    AREA: "The area it stands in",
    BUYING: "The care it buys",
    INTELLIGENCE: "Intelligence, as a whole",
    ACTION: "Open actions asked of it",
    CLOCK: "Deadlines it has to meet",
}
"""Every kind, in the order of the page."""

WHOLE: dict[str, str] = {
    PEOPLE: "Everybody who acts for it",
    POSTS: "All its entries in the directory",
    AREA: "All of its area",
    BUYING: "All the care it buys",
}
"""Kinds that are offered and answered as a whole, as they are called then; intelligence is by its own words."""

IN_SIGHT = frozenset({INTELLIGENCE, ACTION, CLOCK})
"""Kinds that are intelligence: the closing body's own lead offers them, and only who sees them reads what they are."""

UNTOLD = "Intelligence, open actions and deadlines"
"""What they are together, to whoever is not told of them."""
UNTOLD_EXPLAINED = (
    "A lead of the closing body offers these. Who looks after the directory is not told what they are."
)

PEOPLES = frozenset({PEOPLE, SEAT, POSTS})
"""Kinds that say who may act for whom: an administrator's to accept. The others are a lead's."""

EXPLAINED: dict[str, str] = {
    PEOPLE: "Those chosen act for the successor in the same roles from the day on; the roles of the others end.",
    MEMBERSHIP: "The successor joins the group in its place, as a member or a guest as it was.",
    SEAT: "The successor says who sits there from the day on.",
    POSTS: "They end with the body; the successor has named its own, or does so now.",
    AREA: "The successor stands in the footprint of each group in which the body stood.",
    BUYING: "The successor buys from the day on what the body bought.",
    INTELLIGENCE: "The successor looks after everything that the body looked after, but for what stays. The records keep"
    " the name of the body that wrote them.",
    ACTION: "The successor is asked for what the body was asked for, in the same words and by the same day.",
    CLOCK: "The successor has to meet the deadline, which does not move.",
}


@dataclass(frozen=True)
class Held:
    """One thing that a body holds and that somebody else must accept.

    Attributes:
        kind: a code of ``KIND_WORDS``.
        thing: the key of the seat, action, deadline …; of what goes as a whole, the body whose it is.
    """

    kind: str
    thing: UUID

    @property
    def key(self) -> tuple[str, UUID]:
        """What tells it from all else that the body holds."""
        return self.kind, self.thing


def unaccepted(held: Iterable[Held], accepted: Collection[tuple[str, UUID]]) -> list[Held]:
    """Return what nobody has accepted."""
    return [one for one in held if one.key not in accepted]


def waits_in_words(left: Iterable[Held]) -> str:
    """Return which kinds are not accepted as yet, without a number or a title.

    What is intelligence is one kind here: the desk is not told whether there are actions or deadlines.
    """
    kinds = {one.kind for one in left}
    said = [words for kind, words in KIND_WORDS.items() if kind in kinds - IN_SIGHT]
    return "; ".join(
        words[0].lower() + words[1:] for words in [*said, *([UNTOLD] if kinds & IN_SIGHT else [])]
    )


def not_yet(left: Iterable[Held], body: str) -> str:
    """Return why the body cannot close, as a sentence; "" when it can."""
    words = waits_in_words(left)
    return (
        f"{body} cannot close yet. Not all of this is accepted: {words}. Nothing was changed."
        if words
        else ""
    )


def too_early(on: date, today: date) -> str:
    """Return why it is not time to close, as a sentence; "" when it is."""
    return f"It closes on {day_in_words(on)}, and not before. Nothing was changed." if today < on else ""


def opens(*, body: str, successors: Collection[str], on: date) -> list[str]:
    """Say what opening a succession means."""
    return [
        f"{body} is to close on {day_in_words(on)}. What it holds is offered to {' and '.join(successors)}.",
        "Nothing moves before it closes: until then everybody keeps the roles, seats and sight that they have.",
        f"People there accept or decline each part. {body} cannot close while one is not accepted.",
        "Intelligence, open actions and deadlines are offered by a lead of the closing body. This desk is not told what they are.",
    ]


def cannot_answer(body: str, *, lead: bool, administrator: bool) -> list[str]:
    """Say who is missing at a successor, for its part to be accepted; nothing where nobody is."""
    missing = [
        words for words, there in (("no lead", lead), ("no administrator", administrator)) if not there
    ]
    if not missing:
        return []
    return [
        f"{body} has {' and '.join(missing)} in the portal. Invite them: nobody else there can accept its part."
    ]


def unanswerable(kind: str, to: str, number: int) -> str:
    """Say that so many actions or deadlines are not offered, because nobody at the successor could answer them."""
    one = number == 1
    each, it = ("is", "it") if one else ("are", "them")
    first = (
        "Ask them to name another lead"
        if kind == ACTION
        else f"Ask whoever looks after {it} to share {it} with them first"
    )
    return (
        f"No lead of {to} sees what {number} of these {each} about, so {'it is' if one else 'they are'} not offered."
        f" {first}, or offer {it} to another successor."
    )


def closes(*, body: str, on: date) -> list[str]:
    """Say what closing means."""
    return [
        f"{body} closes as of {day_in_words(on)}. What was accepted is its successors' from this moment.",
        "Every role, seat and post at the body ends. Its name, its code and what it wrote stay as they are.",
        "This cannot be undone.",
    ]


def undoes(*, body: str) -> list[str]:
    """Say what undoing means."""
    return [
        f"{body} does not close. Everything offered is taken back, and nothing has moved.",
        "It can be opened again.",
    ]


def fault_of_day(
    on: date, *, opened_on: date | None, successors: Mapping[str, tuple[date | None, date | None]]
) -> dict[str, str]:
    """Return what is wrong with the day, by field.

    Args:
        on: the first day without the body.
        opened_on: when the body opened, where that is known.
        successors: by name, when each opened and closed, where that is known.
    """
    if opened_on and on <= opened_on:
        return {"on": f"It opened on {day_in_words(opened_on)}. It must close on a later day."}
    for name, (opened, closed) in successors.items():
        if closed is not None:
            return {
                "successors": f"{name} closed on {day_in_words(closed)}, or will. Choose a body that stays."
            }
        if opened and opened > on:
            return {"on": f"{name} opens on {day_in_words(opened)}, after that day. Choose a later day."}
    return {}
