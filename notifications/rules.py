"""When a message interrupts, when a mail is tried again, and when somebody else must be told instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from timekeeping import london

PENDING, CLAIMED, SENT, WITHHELD, DEAD = "pending", "claimed", "sent", "withheld", "dead"

TRANSITIONS: dict[str, frozenset[str]] = {
    PENDING: frozenset({CLAIMED}),
    CLAIMED: frozenset({PENDING, SENT, WITHHELD, DEAD}),
    SENT: frozenset(),
    WITHHELD: frozenset(),
    DEAD: frozenset(),
}
"""The states of one mail. A claim whose sender died simply runs out, and the row is claimed again."""

STATES = tuple(TRANSITIONS)
WAITING = (PENDING, CLAIMED)

WORDS = {
    PENDING: "waiting to be sent",
    CLAIMED: "being sent",
    SENT: "sent",
    WITHHELD: "not sent",
    DEAD: "could not be delivered",
}

REFUSED, BUSY, NO_ANSWER, UNREACHABLE, FAULT = "refused", "busy", "no_answer", "unreachable", "fault"
OUT_OF_SIGHT, NO_LONGER_SO, NO_ACCOUNT = "out_of_sight", "no_longer_so", "no_account"
REASONS = {
    REFUSED: "the mail server says that the address does not exist or takes no mail",
    BUSY: "the mail server asks to try again later",
    NO_ANSWER: "the mail server stopped answering",
    UNREACHABLE: "the mail server could not be reached",
    FAULT: "the portal could not write the mail",
    OUT_OF_SIGHT: "the person may no longer see what it is about",
    NO_LONGER_SO: "it was over before the mail was sent",
    NO_ACCOUNT: "the person's account is closed",
}
"""Why a mail failed or was withheld, in words."""

PERSON_IS_GONE = frozenset({OUT_OF_SIGHT, NO_ACCOUNT})
"""Withheld because this person should not, or cannot, be told: somebody else of the body is."""

QUIET_FROM, QUIET_UNTIL = time(20), time(7)
_WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 1200))
LONGEST_WAIT = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(hours=24)
PASSED_ON_AFTER = 4
"""Failures after which the next person is told too, about four minutes after the first."""

LEASE = timedelta(seconds=30)
"""How long a sender may hold a mail before another takes it; far more than one sending may last."""


@dataclass(frozen=True)
class Policy:
    """How one kind of event reaches people: a row of ``notification_policy``.

    Attributes:
        event: the row's name.
        mail: a mail is sent beside the line in the inbox.
        held: the mail waits for the morning.
        acknowledge: the reader is asked to say that it was read.
        daily: at most one mail a day and person for events of this kind.
    """

    event: str
    mail: bool
    held: bool
    acknowledge: bool
    daily: bool


def parse_policy(row: Mapping[str, str]) -> Policy:
    """Read one row of ``notification_policy``; raise ValueError when its quiet hours are not understood."""
    if row["quiet_hours"] not in ("held", "never held"):
        raise ValueError(f"not a rule for quiet hours: {row['quiet_hours']!r}")
    return Policy(
        event=row["event"],
        mail="mail" in row["channel"],
        held=row["quiet_hours"] == "held",
        acknowledge=row["acknowledge"].startswith("yes"),
        daily=row["most_per_person"].startswith("1 a day"),
    )


def not_before(policy: Policy, now: datetime) -> datetime:
    """Return the first moment at which a mail of this policy may go: now, or seven in the morning in London."""
    wall = now.astimezone(london.LONDON)
    if not policy.held or QUIET_UNTIL <= wall.time() < QUIET_FROM:
        return now
    morning = wall.date() + timedelta(days=wall.time() >= QUIET_FROM)
    return datetime.combine(morning, QUIET_UNTIL, london.LONDON).astimezone(now.tzinfo)


@dataclass(frozen=True)
class Verdict:
    """What follows a failure: the mail's next state, when it is tried again, and whether the next person is told."""

    state: str
    next_try_at: datetime
    pass_on: bool


def after_failure(reason: str, attempts: int, first_at: datetime, now: datetime) -> Verdict:
    """Return what follows a failed attempt.

    Args:
        reason: why it failed.
        attempts: how many there have been, this one included.
        first_at: when the mail was first to be sent.
        now: the database's moment.
    """
    if reason == REFUSED or now - first_at >= GIVEN_UP_AFTER:
        return Verdict(DEAD, now, pass_on=True)
    wait = _WAITS[attempts - 1] if attempts <= len(_WAITS) else LONGEST_WAIT
    return Verdict(PENDING, now + wait, pass_on=attempts >= PASSED_ON_AFTER)
