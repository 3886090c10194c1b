"""Who led when: the one place that writes it, what the ring's clock decides, and whom a provider suits."""

from datetime import datetime
from uuid import UUID

from access.principal import clockwork
from audit.operations import record_deed
from clocks.models import Clock
from clocks.registry import Deed
from clocks.rules.states import OPEN
from reference.operations import latest, rows
from risk_summits.models import CalledBody, RingHolding, RingOffer, Room
from risk_summits.operations.facts import failure_at
from risk_summits.operations.telling import tell_participants
from risk_summits.rules import ring
from timekeeping.london import london_day


def rule_facts(room: Room) -> dict[str, object]:
    """Return what the rule asks of a room: who was proposed, objected to and handed the lead."""
    return {
        "offers": [ring.Offer(one.agency_id, one.accepted_at) for one in room.ringoffers.all()],
        "objections": [
            ring.Objection(one.agency_id, one.happened_at, one.withdrawn_at)
            for one in room.ringobjections.all()
        ],
        "handovers": [ring.Handover(one.to_id, one.accepted_at) for one in room.ringhandovers.all()],
    }


def derive_holdings(room: Room, *, now: datetime) -> RingHolding:
    """Write who has led since the call, from the facts; return who leads now.

    Rows that no longer hold after a correction stay, with the moment from which they do not.
    """
    walked = ring.holdings(
        room.home_holder_id,
        room.summit.convenor_id,
        triggered_at=room.record.happened_at,
        judged_at=failure_at(room),
        opened_at=None,
        due_at=room.ring_decided_at,
        now=now,
        **rule_facts(room),  # type: ignore[arg-type]
    )
    held = list(room.ringholdings.filter(superseded_at=None).order_by("number"))
    for number, one in enumerate(walked, start=1):
        ends_at = one.ends_at or room.summit.ended_at
        row_ = held[number - 1] if number <= len(held) else None
        if row_ and (row_.agency_id, row_.basis, row_.starts_at) == (one.body, one.basis, one.starts_at):
            if row_.ends_at != ends_at:
                row_.ends_at = ends_at
                row_.save(update_fields=["ends_at"])
            continue
        for other in held[number - 1 :]:
            other.superseded_at = now
            other.save(update_fields=["superseded_at"])
        held = held[: number - 1]
        made = RingHolding.objects.create(
            room=room,
            agency_id=UUID(str(one.body)),
            basis=one.basis,
            number=number,
            starts_at=one.starts_at,
            ends_at=ends_at,
            recorded_at=now,
        )
        held.append(made)
    for other in held[len(walked) :]:
        other.superseded_at = now
        other.save(update_fields=["superseded_at"])
    return room.holding()


def holdings_changed(room: Room, *, now: datetime) -> None:
    """Derive who leads, and tell everyone in the room when that is another body."""
    before = room.holding()
    after = derive_holdings(room, now=now)
    if (before.agency_id, before.basis) != (after.agency_id, after.basis):
        tell_participants(room, event="summit.led", now=now, topic=after.pk)


def may_lead(kind: str) -> bool:
    """Say whether a body of this kind may lead a response (``agency_kinds``)."""
    held = latest("agency_kinds").get(kind)  # a row's end ends what is offered, never a body
    return held is not None and held["may_hold_ring"] == "yes"


def suggested_bodies(room: Room, now: datetime) -> list[CalledBody]:
    """Return the bodies called that suit as lead by the provider's kind (``ring_holder_suits``)."""
    held = {str(one["provider_kind"]): one for one in _by_kind(now)}
    code = ring.suggested(held, provider_kind=room.summit.provider.kind, several_areas=room.several_areas)
    called = list(room.called.select_related("agency"))
    if code == "lead_commissioner":
        return [one for one in called if one.agency_id == room.lead_commissioner_id]
    if code == "nhs_england":
        return [one for one in called if one.agency_id == room.home_holder_id]
    return [one for one in called if one.agency.kind == code and may_lead(one.agency.kind)]


def _by_kind(now: datetime) -> list[dict[str, object]]:
    """Return the rows of ``ring_holder_suits`` spread over the kinds of provider they stand for."""
    spread = []
    for one in rows("ring_holder_suits", on=london_day(now)):
        kinds = {"care_home_or_home_care": ("care_home", "home_care")}.get(
            one["provider_kind"], (one["provider_kind"],)
        )
        spread += [{**one, "provider_kind": kind} for kind in kinds]
    return spread


# The clock's side: decided once, when the time is up or the first response meeting opens


def agreed_at(clock: Clock, at: datetime) -> Deed | None:
    """Decide who leads as the clock falls due: the acceptance that then stands, or None for the default."""
    room = _room_of(clock)
    found = ring.holder(
        room.home_holder_id,
        judged_at=failure_at(room),
        opened_at=None,
        due_at=at,
        now=at,
        **rule_facts(room),  # type: ignore[arg-type]
    )
    if found.basis != ring.AGREED:
        return None
    _decide(room, _moment(clock, at), clock.started_recorded_at)
    offer = acceptance(room, UUID(str(found.body)))
    return Deed(max(offer.accepted_at or at, clock.started_at), offer.accepted_recorded_at or at)


def acceptance(room: Room, body: UUID) -> RingOffer:
    """Return the first acceptance of a body."""
    return room.ringoffers.filter(agency_id=body, accepted_at__isnull=False).earliest("accepted_at")


def default_holder(clock: Clock, *, at: datetime, now: datetime) -> None:
    """Let the interim become the default: an effect of the ring's clock, in the tick's transaction.

    A clock that was corrected after its due moment decides on what stood when that was recorded:
    a body that had agreed by then stays, for nobody is deposed by a correction.
    """
    _decide(_room_of(clock), _moment(clock, at), now)


def _moment(clock: Clock, at: datetime) -> datetime:
    return max(at, clock.started_recorded_at)


def _room_of(clock: Clock) -> Room:
    return (
        Room.objects.select_for_update(of=("self",))
        .select_related("record", "summit__record", "summit__convenor")
        .get(pk=clock.record_id)
    )


def _decide(room: Room, moment: datetime, now: datetime) -> None:
    """Write that it is decided, as of a moment."""
    room.ring_decided_at = moment
    room.version += 1
    room.save(update_fields=["ring_decided_at", "version"])
    after = derive_holdings(room, now=max(moment, now))
    record_deed(
        by=clockwork(now), now=now, deed="summit.lead_decided", record=room.pk, detail={"basis": after.basis}
    )


def ring_clock(room: Room) -> Clock | None:
    """Return the clock that waits for the lead to be agreed, while it is open."""
    return Clock.objects.filter(record=room.pk, family="ring", state__in=OPEN).first()
