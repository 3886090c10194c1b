"""What the inbox says of clocks, and what an acknowledgement does to one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.models import Listing
from access.principal import Principal
from access.refusals import NotNow
from clocks.models import Clock
from clocks.operations import meet
from clocks.operations.advancing import DONE, event_of
from clocks.registry import FAMILIES, family_of
from clocks.rules.states import OPEN
from notifications.events import Event, Row
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
    "access_review": "access review",
    "level_review": "surveillance level",
    "level_notice": _DIGEST,
    "level_reply": _DIGEST,
    "level_withheld": "surveillance level",
    "closing_receipt": "closure or hand-back plan",
}
"""How each family of clocks reaches people: only a summit, its deadlines and a safeguarding clock interrupt anybody."""


_SAYS = {
    "start": "{label}: {left}. It is due {when}.",
    "reminder": "{label}: {left}. It is due {when}.",
    "missed": "Missed: {label}. It was due {when}.",
    DONE: "{label}: its time is over, {when}, and it is done.",
    "again": "Still not done: {label}. It was due {when}: {left}.",
    "over": "{label}. It was due {when}, and it is over.",
}
_SAYS_OF = {
    (
        "summit_alert",
        "start",
    ): "You are called to a risk summit. Say that you have read this by {when}: {left}.",
    (
        "summit_alert",
        "reminder",
    ): "Somebody was called to a risk summit and has not answered: due {when}, {left}.",
    (
        "summit_alert",
        "missed",
    ): "Somebody who was called to a risk summit was not reached by {when}. Ring them.",
    (
        "views_reveal",
        DONE,
    ): "What the bodies say about a risk summit is shown to everyone in its room, since {when}.",
    ("safeguarding", "start"): "{label}. Ring first, then say who has rung whom by {when}: {left}.",
    ("safeguarding", "reminder"): "{label}. Ring first, then say who has rung whom by {when}: {left}.",
    ("safeguarding", "missed"): "{label}. Nobody has said it: it was due {when}.",
}
"""What the inbox says of a step, where a family of clocks has words of its own for its reader."""


def sentence(message: Message, now: datetime) -> str:
    """Return what the inbox says: how much is left, or that it was missed. Nothing of what it is about."""
    due = datetime.fromisoformat(message.detail["due"])
    said = "over" if message.ended_at else message.detail["said"]
    code = message.event.removeprefix("clock.")
    family = FAMILIES.get(code)
    own = family.words(message, said) if family and family.words else ""
    words = own or _SAYS_OF.get((code, said), _SAYS[said])
    when = due_in_words(due, zone=zone_matters(now, due))
    return words.format(label=message.detail["label"], when=when, left=left_in_words(due, now))


def _about(message: Message) -> Iterable[Row]:
    family = FAMILIES.get(message.event.removeprefix("clock."))
    return family.about(message) if family else ()


def _address(message: Message) -> str:
    family = FAMILIES.get(message.event.removeprefix("clock."))
    return family.address(message) if family else ""


def still(message: Message) -> bool:
    """Say whether the clock is still open: nothing is mailed about one that was met or stopped, but that its time was."""
    return message.detail["said"] == DONE or _clock(message) is not None


def _clock(message: Message) -> Clock | None:
    """Return the clock that a message is about, while it is open."""
    return Clock.objects.filter(pk__in=[message.topic], state__in=OPEN).first()


def acknowledged(*, message: Message, by: Principal, now: datetime, happened_at: datetime) -> None:
    """Meet the clock, where being reached is what it waits for (NQB ch. 5 (l.832)) and it is this person who was.

    Others are told of it too: whoever calls the bodies together, those who stand in. That they have read it, or were
    rung, says nothing of the body or person it waits for.
    """
    clock = _clock(message)
    if clock is None or not family_of(clock.family).met_by_acknowledging:
        return
    agency = clock.responsible_agency_id if message.told_at else by.agency_id
    if not _waits_for(clock, person=message.recipient_id, agency=agency):
        return
    how = "by_phone" if message.told_at else "acknowledged"
    try:
        meet(clock=clock, by=by, now=now, happened_at=happened_at, how=how)
    except NotNow:
        pass  # it has ended meanwhile; that this person was reached is kept all the same


def _waits_for(clock: Clock, *, person: UUID, agency: UUID | None) -> bool:
    """Say whether a clock waits for this very person, or for the body for which they are listed there."""
    if clock.responsible_person_id == person:
        return True
    if clock.responsible_agency_id is None or clock.responsible_agency_id != agency:
        return False
    listed = Listing.objects.filter(summit=clock.record_id, user=person, agency=agency, ended_at=None)
    return listed.exists()


EVENTS = tuple(
    Event(event_of(family), policy, sentence, still, acknowledged, about=_about, address=_address)
    for family, policy in POLICIES.items()
)
