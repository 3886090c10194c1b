"""What the inbox says of clocks, and what an acknowledgement does to one."""

from datetime import datetime

from access.principal import Principal
from access.refusals import NotNow
from clocks.models import Clock
from clocks.operations import meet
from clocks.operations.advancing import event_of
from clocks.registry import family_of
from clocks.rules.states import OPEN
from notifications.events import Event
from notifications.models import Message
from timekeeping.london import due_in_words, left_in_words, zone_matters

_DIGEST = "coverage, silence, feedback owed, return due"
_DEADLINES = "judgement, response, ring, impact and follow-up clocks"

POLICIES = {
    "summit_alert": "summit alert",
    "safeguarding": "safeguarding clock",
    "safeguarding_notice": "safeguarding clock",
    "judgement": _DEADLINES,
    "response": _DEADLINES,
    "ring": _DEADLINES,
    "impact": _DEADLINES,
    "follow_up": _DEADLINES,
    "views_reveal": _DEADLINES,
    "special_condition": _DEADLINES,
    "emergency_review": _DEADLINES,
    "action": _DIGEST,
    "return": _DIGEST,
    "feedback": _DIGEST,
    "provider_notice": _DIGEST,
    "provider_reply": _DIGEST,
    "go_and_look": _DIGEST,
    "minutes": _DIGEST,
    "new_director": _DIGEST,
    "statutory_request": _DIGEST,
}
"""How each family of clocks reaches people: only a summit, its deadlines and a safeguarding clock interrupt anybody."""


def sentence(message: Message, now: datetime) -> str:
    """Return what the inbox says: how much is left, or that it was missed. Nothing of what it is about."""
    label, due = message.detail["label"], datetime.fromisoformat(message.detail["due"])
    when = due_in_words(due, zone=zone_matters(now, due))
    if message.ended_at:
        return f"{label}. It was due {when}, and it is over."
    if message.detail["said"] == "missed":
        return f"Missed: {label}. It was due {when}."
    if message.detail["said"] == "again":
        return f"Still not done: {label}. It was due {when}: {left_in_words(due, now)}."
    return f"{label}: {left_in_words(due, now)}. It is due {when}."


def still(message: Message) -> bool:
    """Say whether the clock is still open: nothing is mailed about one that was met or stopped."""
    return _clock(message) is not None


def _clock(message: Message) -> Clock | None:
    """Return the clock that a message is about, while it is open."""
    return Clock.objects.filter(pk__in=[message.topic], state__in=OPEN).first()


def acknowledged(*, message: Message, by: Principal, now: datetime, happened_at: datetime) -> None:
    """Meet the clock, where being reached is what it waits for (NQB ch. 5 (l.832))."""
    clock = _clock(message)
    if clock is None or not family_of(clock.family).met_by_acknowledging:
        return
    how = "by_phone" if message.told_at else "acknowledged"
    try:
        meet(clock=clock, by=by, now=now, happened_at=happened_at, how=how)
    except NotNow:
        pass  # it has ended meanwhile; that this person was reached is kept all the same


EVENTS = tuple(
    Event(event_of(family), policy, sentence, still, acknowledged) for family, policy in POLICIES.items()
)
