"""What becomes known after the call, and who says that people are in danger: never sealed, never waited for."""

from collections.abc import Set
from datetime import datetime

from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid
from concerns.models import DangerFlag
from concerns.operations.safety import flag_danger
from risk_summits.models import DangerReport, Known, Room
from risk_summits.operations.entering import enter, fact, guard, happened, log, own_call
from risk_summits.operations.telling import tell_participants
from risk_summits.operations.timing import settle
from risk_summits.rules import response


@operation("summit.known_added")
def add_known(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    text: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Known:
    """Add to what is known, for everyone in the room.

    Args:
        by: anyone of a body called who may contribute.
        now: the moment.
        room: the room.
        text: what became known.
        happened_at: when, if not now; it may lie before the call.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    own_call(room, by)
    by.require("summit.inform", at=OWN_BODY)
    if not text.strip():
        raise Invalid({"text": "Say what became known."})
    at = happened_at or now
    if at > now:
        raise Invalid({"happened_at": "That moment has not come yet. Say when it became known."})
    let_through = guard({"text": text}, decided=decided)
    known = Known.objects.create(text=text.strip(), **fact(room, by=by, now=now, happened_at=at))
    log(room, by=by, now=now, deed="summit.known_added", **let_through)
    return known


@operation("summit.danger_said")
def say_danger(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    answer: str,
    text: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> DangerReport:
    """Say that people are, or may be, in danger. Everyone in the room hears it at once, sealed views or not.

    The safeguarding clocks start, unless they run; a response of 48 hours becomes one of 24.

    Args:
        by: anyone of a body called who may contribute.
        now: the moment.
        room: the room.
        answer: ``yes`` or ``not_sure``.
        text: what the danger is; no names.
        happened_at: when it was said, if not now.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    own_call(room, by)
    by.require("summit.inform", at=OWN_BODY)
    if answer not in (response.YES, response.NOT_SURE):
        raise Invalid({"answer": "Say whether people are in danger; “Not sure” is an answer."})
    let_through = guard({"text": text}, decided=decided)
    at = happened(room, happened_at, now=now)
    report = DangerReport.objects.create(
        answer=answer, text=text.strip(), **fact(room, by=by, now=now, happened_at=at)
    )
    flag_once(room, answer, by=by, now=now, at=at)
    settle(room, by=by, now=now)
    tell_participants(room, event="summit.danger", now=now, topic=report.pk, besides=by.user_id)
    log(room, by=by, now=now, deed="summit.danger_said", answer=answer, **let_through)
    return report


def flag_once(room: Room, answer: str, *, by: Principal, now: datetime, at: datetime) -> None:
    """Start the safeguarding clocks of a room, unless somebody started them before."""
    if not DangerFlag.objects.filter(record=room.pk).exists():
        flag_danger(by=by, now=now, record=room.record, answer=answer, flagged_at=at)
