"""The bodies' views: stated unseen by the others, revealed together (NQB ch. 5, l.834)."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import audience, create_record, operation, share_record
from access.principal import OWN_BODY, Principal, clockwork
from clocks.models import Clock
from clocks.operations import meet
from clocks.rules.states import OPEN
from meetings.models import Meeting
from meetings.rules import HELD
from risk_summits.models import Room, StatedView
from risk_summits.operations.entering import ROOMS, enter, guard, log, own_call
from risk_summits.rules import sealing

FAMILY = "views_reveal"


@operation("summit.view_stated")
def state_view(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    answer: str,
    text: str = "",
    decided: Set[str] = frozenset(),
) -> StatedView:
    """State the own body's view, unseen by the others until the views are revealed.

    Stating another replaces the one before; both stay. When it is the last that was waited
    for, the views are revealed.

    Args:
        by: a lead of a body called.
        now: the moment.
        room: the room.
        answer: a code of ``sealing.ANSWERS``; "cannot say, by law" is one.
        text: what it rests on.
        decided: marks of what looks like a patient's and, a person says, is not.

    Returns:
        The view.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    room = enter(by=by, room=room)
    own = own_call(room, by)
    by.require(
        "summit.state_view",
        at=OWN_BODY,
        sentence=f"A lead for {own.agency} states its view. Ring yours, and say what you would say.",
    )
    sealing.check_view(answer, text)
    let_through = guard({"text": text}, decided=decided)
    record = create_record(
        kind=StatedView.KIND,
        by=by,
        now=now,
        providers=[room.summit.provider_id],
        gate=Record.Gate.LISTED,
    )
    revealed = room.revealed_at is not None
    own_people = audience("body_participants", summit=room.pk, agency=own.agency_id)
    shared = [own_people, *([audience("participants", summit=room.pk)] if revealed else [])]
    share_record(record=record, audiences=shared, by=by, now=now)
    room.views.filter(agency=own.agency, replaced_by=None).update(replaced_by_id=record.pk)
    view = StatedView.objects.create(
        record=record,
        room=room,
        agency=own.agency,
        answer=answer,
        text=text.strip(),
        after_reveal=revealed,
    )
    log(room, by=by, now=now, deed="summit.view_stated", answer_given=True, **let_through)
    reveal_if_due(room, by=by, now=now)
    return view


def speaking(room: Room) -> set[UUID]:
    """Return the bodies whose views are waited for."""
    return set(room.called.filter(speaks=True).values_list("agency_id", flat=True))


def spoken(room: Room) -> set[UUID]:
    """Return the bodies that have stated a view."""
    return set(room.views.filter(replaced_by=None).values_list("agency_id", flat=True))


def reveal_if_due(room: Room, *, by: Principal, now: datetime) -> None:
    """Reveal the views when all are in, or a meeting has opened."""
    opened = Meeting.objects.filter(of=room.pk, status=HELD).exists()
    because = sealing.reveals(speaking(room), spoken(room), opened=opened, due_at=None, now=now)
    if because and room.revealed_at is None:
        reveal_views(by=by, now=now, room=room, because=because, at=now)


@operation("summit.views_revealed")
def reveal_views(*, by: Principal, now: datetime, room: Room, because: str, at: datetime) -> Room:
    """Share every view with all the participants, at once and for good.

    Args:
        by: whose deed brought it about, or the clockwork.
        now: the moment.
        room: the room, held by the caller, its views sealed.
        because: all in, the meeting opened, or the time was up.
        at: when it was due.
    """
    everyone = audience("participants", summit=room.pk)
    for view in room.views.filter(replaced_by=None).select_related("record"):
        share_record(record=view.record, audiences=[everyone], by=by, now=now)
    room.revealed_at, room.revealed_because = at, because
    log(
        room,
        by=by,
        now=now,
        deed="summit.views_revealed",
        save=("revealed_at", "revealed_because"),
        because=because,
    )
    clock = Clock.objects.filter(record=room.pk, family=FAMILY, state__in=OPEN).first()
    if clock is not None and because != sealing.TIME and now <= clock.due_at:
        meet(clock=clock, by=by, now=now, how=because)
    return room


def reveal_at_due_time(clock: Clock, *, at: datetime, now: datetime) -> None:
    """Reveal the views as they stand when four hours have passed: an effect of the clock, in the tick's transaction."""
    room = ROOMS.select_for_update(of=("self",)).get(pk=clock.record_id)
    if room.revealed_at is None and room.summit.ended_at is None:
        reveal_views(by=clockwork(now), now=now, room=room, because=sealing.TIME, at=at)
