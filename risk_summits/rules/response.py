"""How soon the bodies meet, and whether what was held counts (NQB ch. 5, l.858)."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from access.refusals import Invalid

YES, NO, NOT_SURE = "yes", "no", "not_sure"
DANGER = {YES: "Yes", NO: "No", NOT_SURE: "Not sure"}
CRITICAL = "critical"

SOONER = (2, 4, 8, 12)
"""Hours that may be chosen instead, with a reason, when the situation demands it."""

FOLLOW_UP_DAYS, LONGEST_FOLLOW_UP_DAYS = 7, 14

JUDGEMENT, RESPONSE, FOLLOW_UP = "judgement", "response", "follow_up"
PURPOSES = {
    JUDGEMENT: "To judge together",
    RESPONSE: "To respond together",
    FOLLOW_UP: "To follow up",
}

AIMS = {
    "safeguard": "Safeguard people",
    "continue": "Keep the service going",
    "improve": "Begin improvement and support staff",
}
"""The three aims of what is done together (NQB ch. 5, l.850-854)."""


@dataclass(frozen=True)
class Terms:
    """The response clock as it ought to be: when it starts and which duration it runs."""

    started_at: datetime
    kind: str
    chosen: str | None
    hours: int


def in_danger(answers: Iterable[str]) -> bool:
    """Say whether anyone may be in danger: a yes, or a not sure, from anybody."""
    return any(one in (YES, NOT_SURE) for one in answers)


def terms(judged_at: datetime, *, danger: bool, severity: str, sooner_hours: int | None) -> Terms:
    """Return the clock that the facts ask for.

    Args:
        judged_at: the earliest judgement of serious failure, actual or potential.
        danger: whether anyone may be in danger.
        severity: a code of ``severity_scale``, or nothing.
        sooner_hours: 2, 4, 8 or 12 when the situation demands it.
    """
    if sooner_hours is not None:
        return Terms(judged_at, "response_sooner", f"{sooner_hours}h", sooner_hours)
    if danger or severity == CRITICAL:
        return Terms(judged_at, "response_24", None, 24)
    return Terms(judged_at, "response_48", None, 48)


def check_sooner(hours: int, reason: str, *, current: int | None) -> None:
    """Raise Invalid unless the response is brought forward to a time that is offered, with a reason."""
    if hours not in SOONER:
        raise Invalid({"hours": "Choose 2, 4, 8 or 12 hours."})
    if current is not None and hours >= current:
        raise Invalid(
            {"hours": f"The bodies already meet within {current} hours. A time can only be made shorter."}
        )
    if not reason.strip():
        raise Invalid({"reason": "Say why it cannot wait."})


@dataclass(frozen=True)
class Held:
    """A meeting that took place, as the response clock asks about it.

    Attributes:
        purpose: to judge, to respond or to follow up.
        opened_at, ended_at: when.
        goes_on: a meeting that judged and went on to the response.
        present: the bodies that were there, in person or by call.
    """

    purpose: str
    opened_at: datetime
    ended_at: datetime
    goes_on: bool
    present: AbstractSet[object]


def response_opened_at(held: Held, judged_at: datetime | None) -> datetime | None:
    """Return when this meeting opened as a response meeting; None when it was none.

    *Opened* is at or after the judgement; people type minutes, so a meeting opened in the
    minute of the judgement opened with it. A meeting in which the judgement was taken is not
    its response meeting, unless it goes on to the response; then it counts as held at the
    moment of the judgement.
    """
    if judged_at is None:
        return None
    if held.purpose == JUDGEMENT:
        return judged_at if held.goes_on and held.opened_at <= judged_at <= held.ended_at else None
    if held.opened_at < judged_at.replace(second=0, microsecond=0):
        return None
    return max(held.opened_at, judged_at)


def first_opened(meetings: Sequence[Held], judged_at: datetime | None) -> tuple[datetime, Held] | None:
    """Return the first response meeting and the moment at which it opened as one; None when there was none."""
    opened = [
        (moment, number, one)
        for number, one in enumerate(meetings)
        if (moment := response_opened_at(one, judged_at)) is not None
    ]
    if not opened:
        return None
    moment, _, one = min(opened, key=lambda each: each[:2])
    return moment, one


def follow_up_days(days: int) -> int:
    """Return the days until the next meeting, or raise Invalid when that is too long."""
    if not 1 <= days <= LONGEST_FOLLOW_UP_DAYS:
        raise Invalid(
            {"days": f"Meet again within {LONGEST_FOLLOW_UP_DAYS} days, while action is outstanding."}
        )
    return days
