"""The provider's part: told in writing, or kept from it by two people and decided again each day (mission F8)."""

from collections.abc import Set
from datetime import datetime

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from clocks.models import Clock
from clocks.operations import meet, start_clock, stop
from clocks.rules.states import OPEN, WITHDRAWN
from risk_summits.models import ProviderWord, Room, Withholding
from risk_summits.operations.entering import enter, fact, guard, happened, log
from risk_summits.operations.timing import newest
from risk_summits.rules import closing

NOTICE, REPLY, SPECIAL = "provider_notice", "provider_reply", "special_condition"


@operation("summit.provider_word")
def record_provider_word(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    kind: str,
    text: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> ProviderWord:
    """Record that the provider was told, was told the outcome, or answered on the facts.

    Telling it ends a withholding and starts its time to answer; its answer stands beside the matter.

    Args:
        by: needs ``summit.tell_provider`` at the summit; also after it has ended.
        now: the moment.
        room: the room.
        kind: ``told``, ``outcome`` or ``reply``.
        text: what was written, or how and to whom.
        happened_at: when, if not now.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room, ended=True)
    by.require("summit.tell_provider", at=room)
    if kind not in closing.PROVIDER_WORDS:
        raise Invalid({"kind": "Say what passed between you."})
    if kind == closing.OUTCOME and room.summit.ended_at is None:
        raise NotNow("The summit has not ended yet, so there is no outcome to tell. Nothing was changed.")
    if not text.strip():
        raise Invalid({"text": "Say what was written, to whom."})
    let_through = guard({"text": text}, decided=decided)
    at = happened(room, happened_at, now=now)
    word = ProviderWord.objects.create(
        kind=kind, text=text.strip(), **fact(room, by=by, now=now, happened_at=at)
    )
    _keep_clocks(room, kind, at, by=by, now=now)
    log(room, by=by, now=now, deed="summit.provider_word", kind=kind, **let_through)
    return word


def _keep_clocks(room: Room, kind: str, at: datetime, *, by: Principal, now: datetime) -> None:
    if kind == closing.REPLY:
        _meet(room, REPLY, at, by=by, now=now, how="replied")
        return
    _meet(room, NOTICE, at, by=by, now=now, how="told")
    for held in room.withholdings.filter(ended_at=None):
        _end(held, by=by, now=now)
    if kind == closing.TOLD and room.summit.ended_at is None and newest(room, REPLY) is None:
        start_clock(kind="provider_reply_summit", record=room.record, by=by, now=now, started_at=at)


def _meet(room: Room, family: str, at: datetime, *, by: Principal, now: datetime, how: str) -> None:
    """Meet the open clock of a family, if there is one; a deed before it began meets it as it begins."""
    clock = newest(room, family)
    if clock is not None and clock.is_open:
        meet(clock=clock, by=by, now=now, happened_at=max(at, clock.started_at), how=how)


def _end(held: Withholding, *, by: Principal, now: datetime) -> None:
    """End a withholding, decided or only proposed, and its daily clock."""
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    if held.clock is not None and held.clock.state in OPEN:
        stop(clock=held.clock, by=by, now=now, reason=WITHDRAWN)


@operation("summit.withholding_proposed")
def propose_withholding(
    *, by: Principal, now: datetime, room: Room, reason: str, decided: Set[str] = frozenset()
) -> Withholding:
    """Propose not to tell the provider yet, with the reason; a second person must agree.

    Also proposes, each day, that it goes on. Needs ``summit.tell_provider`` at the summit.
    """
    room = enter(by=by, room=room)
    by.require("summit.tell_provider", at=room)
    if room.withholdings.filter(agreed_at=None, ended_at=None).exists():
        raise NotNow("Somebody has proposed this already. It waits for a second person to agree.")
    if not reason.strip():
        raise Invalid({"reason": "Say why the provider is not told yet."})
    let_through = guard({"reason": reason}, decided=decided)
    held = Withholding.objects.create(reason=reason.strip(), **fact(room, by=by, now=now))
    log(room, by=by, now=now, deed="summit.withholding_proposed", **let_through)
    return held


@operation("summit.withholding_agreed")
def agree_withholding(*, by: Principal, now: datetime, room: Room) -> Withholding:
    """Agree that the provider is not told yet: the second of two people. It is decided again within a day.

    The time to tell the provider stops; the time to decide again starts.

    Args:
        by: needs ``summit.tell_provider`` at the summit, and is not who proposed it.
        now: the moment.
        room: the room.
    """
    room = enter(by=by, room=room)
    by.require("summit.tell_provider", at=room)
    held = room.withholdings.filter(agreed_at=None, ended_at=None).first()
    if held is None:
        raise NotNow("Nobody has proposed to keep this from the provider, so there is nothing to agree to.")
    closing.check_second_person(held.by_id, by.user_id)
    before = room.withholdings.filter(ended_at=None).exclude(pk=held.pk)
    for clock in Clock.objects.filter(pk__in=before.values("clock_id")):
        meet(clock=clock, by=by, now=now, how="decided_again")
    before.update(ended_at=now)
    notice = newest(room, NOTICE)
    if notice is not None and notice.is_open:
        stop(clock=notice, by=by, now=now, reason=WITHDRAWN)
    held.agreed_at, held.agreed_by_id = now, by.user_id
    held.clock = start_clock(kind=SPECIAL, record=room.record, by=by, now=now)
    held.save()
    log(room, by=by, now=now, deed="summit.withholding_agreed")
    return held
