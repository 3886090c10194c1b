"""Putting a record before the room: only the body that owns it can, until the summit ends (visibility.md, example 20)."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from access.models import Record
from access.operations import audience, end_shares, operation, share_record
from access.principal import Principal
from access.refusals import Invalid, NotNow
from access.sight import visible_to
from concerns.models import Concern
from risk_summits.models import Room, Tabled
from risk_summits.operations.entering import enter, fact, log
from risk_summits.operations.telling import tell_participants

GATEWAY = "Put before a risk summit by the body that owns it"


def offered(by: Principal, room: Room) -> QuerySet[Concern]:
    """Return the concerns of the principal's own body about this provider that could be put before the room."""
    mine = Concern.objects.filter(
        record__owner_id__in=[by.agency_id, *by.predecessors],
        record__gate=Record.Gate.OPEN,
        record__about__provider_id=room.summit.provider_id,
    )
    held = room.tabled.filter(ended_at=None).values("record_id")
    return visible_to(by, mine.exclude(pk__in=held)).select_related("record").order_by("-record__recorded_at")


@operation("summit.tabled")
def table_concern(*, by: Principal, now: datetime, room: Room, concern: UUID, keep: bool = False) -> Tabled:
    """Put one of the own body's concerns before the room: its participants see it until the summit ends.

    The owner's consent is this deed: nobody else can do it.

    Args:
        by: in the room; needs ``summit.table`` at the body that owns the concern.
        now: the moment.
        room: the room.
        concern: an open concern of that body about the provider.
        keep: whether the participants go on seeing it after the summit.
    """
    room = enter(by=by, room=room)
    held = offered(by, room).filter(pk=concern).first()
    if held is None:
        raise Invalid({"concern": "Choose one of your body's concerns about this provider."})
    by.require(
        "summit.table",
        at=held.record,
        sentence=f"A lead for {held.record.owner} decides whether this is put before the room.",
    )
    everyone = audience("participants", summit=room.pk)
    if not share_record(record=held.record, audiences=[everyone], by=by, now=now, gateway=GATEWAY):
        raise NotNow("The people in this room see this concern already. Nothing was changed.")
    tabled = Tabled.objects.create(record=held.record, keep=keep, **fact(room, by=by, now=now))
    tell_participants(room, event="summit.tabled", now=now, topic=tabled.pk, besides=by.user_id)
    log(room, by=by, now=now, deed="summit.tabled", record_put=str(held.pk), keep=keep)
    return tabled


@operation("summit.tabling_changed")
def change_tabled(
    *, by: Principal, now: datetime, room: Room, tabled: UUID, take_back: bool = False
) -> Tabled:
    """Take a record back from the room, or keep it shared after the summit ends. Only its owner can."""
    room = enter(by=by, room=room)
    held = room.tabled.select_related("record__owner").filter(pk=tabled, ended_at=None).first()
    if held is None:
        raise Invalid({"tabled": "Choose something that was put before the room."})
    by.require("summit.table", at=held.record, sentence=f"Only {held.record.owner} can change that.")
    if take_back:
        end_shares(record=held.record, audiences=[audience("participants", summit=room.pk)], now=now)
        held.ended_at = now
    else:
        held.keep = not held.keep
    held.save()
    log(room, by=by, now=now, deed="summit.tabling_changed", taken_back=take_back, keep=held.keep)
    return held
