"""What every deed in a room has in common: it is in sight, still open, and on what was seen."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from access.finding import the
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted, check_lengths
from access.sight import visible_to
from audit.operations import record_deed
from reference.personal_data import codes, sentence, undecided
from risk_summits.models import CalledBody, Room
from risk_summits.rules import calling, judging
from timekeeping.london import moment_in_words

ROOMS = Room.objects.select_related(
    "record", "summit__record__owner", "summit__home", "summit__provider", "summit__convenor", "home_holder"
)


def enter(*, by: Principal, room: Room, seen: int | None = None, ended: bool = False) -> Room:
    """Read a room afresh, and hold it for this transaction: two deeds in one room never cross.

    Args:
        by: must be in the room.
        room: the one on the screen.
        seen: its ``version`` when the person read it, for deeds that depend on the whole.
        ended: whether the deed is possible after the summit has ended.

    Raises:
        Http404: out of sight.
        NotNow: the summit has ended, or something changed meanwhile.
    """
    rooms = visible_to(by, ROOMS.select_for_update(of=("self",)))
    held = the(rooms.filter(pk=room.pk))
    if not ended and held.summit.ended_at is not None:
        raise NotNow(
            f"This risk summit was closed on {moment_in_words(held.summit.ended_at)}. "
            "Nothing was changed, and what you typed is still here."
        )
    if seen is not None and seen != held.version:
        raise NotNow(
            "Something changed in this room while you were writing. What you typed is below and nothing was changed: "
            "look at how it stands now, then send yours again if it still fits."
        )
    return held


def log(
    room: Room, *, by: Principal, now: datetime, deed: str, save: tuple[str, ...] = (), **detail: object
) -> None:
    """Count the change, save what changed of the room, and write the deed in the log."""
    room.version += 1
    room.save(update_fields=["version", *save])
    record_deed(by=by, now=now, deed=deed, record=room.pk, detail=detail)


def fact(room: Room, *, by: Principal, now: datetime, happened_at: datetime | None = None) -> dict[str, Any]:
    """Return what every fact of a room has: both moments, and who recorded it for whom."""
    return {
        "room": room,
        "happened_at": happened_at or now,
        "recorded_at": now,
        "by_id": by.user_id,
        "by_agency_id": by.agency_id,
    }


def happened(room: Room, moment: datetime | None, *, now: datetime, field: str = "happened_at") -> datetime:
    """Return when something in the room happened; refuse the future and what was before the call."""
    if moment is None:
        return now
    return judging.settle_moment(moment, triggered_at=room.record.happened_at, now=now, field=field)


def own_call(room: Room, by: Principal) -> CalledBody:
    """Return the call of the principal's own body; refuse for a body that was not called."""
    called = room.called.select_related("agency").filter(agency=by.agency_id).first()
    if called is None:
        raise NotPermitted("Your body was not called to this risk summit, so nobody can speak for it here.")
    return called


def called_body(room: Room, agency: UUID, *, field: str = "agency") -> CalledBody:
    """Return the call of a body chosen on a form; one that was not called reads like an unknown one."""
    called = room.called.select_related("agency").filter(agency_id=agency).first()
    if called is None:
        raise Invalid({field: "Choose one of the bodies called to this risk summit."})
    return called


def guard(texts: Mapping[str, str], *, decided: Set[str] = frozenset(), **shorter: int) -> dict[str, Any]:
    """Refuse words that are longer than is kept, or look like a patient's until a person has decided (mission B7).

    Args:
        texts: what is to be stored, by field.
        decided: the marks of what the person says is no patient's.
        **shorter: the most characters of a field that is no prose.

    Returns:
        What the log keeps of those let through: their kinds.
    """
    check_lengths(texts, {**dict.fromkeys(texts, calling.LONGEST_TEXT), **shorter})
    found = undecided(texts, decided=decided)
    if found:
        raise Invalid({field: sentence(one) for field, one in found.items()})
    let_through = codes(texts.values())
    return {"let_through": let_through} if let_through else {}
