"""What a successor body takes over of another's sight: its intelligence as a whole, and what binds it."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from access.models import Conflict, Inheritance, Record, RecordExclusion
from access.operations import audience, exclude, share_record
from access.principal import Principal
from access.sight import PROTECTED_SOURCE
from timekeeping.london import london_day

GATEWAY = "Taken over from a body that closed"


def inherit(
    *,
    successor: UUID,
    predecessor: UUID,
    exceptions: Iterable[UUID] = (),
    handlers: Iterable[UUID] = (),
    by: Principal,
    now: datetime,
) -> Inheritance:
    """Let a body stand as the owner of what another owns, but for what is left out; a part of a deed that writes its own line.

    "Acceptance is direct only, no chains; the accepting person re-names the handlers of closed records"
    (visibility.md, Succession). The owner on old records never changes.

    Args:
        successor: the body that accepts.
        predecessor: the body that owns the records.
        exceptions: records that stay with nobody.
        handlers: people of the successor who are named on each closed record that goes over; a draft, what is sealed
            and who a protected source is are opened to nobody by that.
        by: who does it.
        now: from when.
    """
    made, _ = Inheritance.objects.get_or_create(
        successor_id=successor, predecessor_id=predecessor, defaults={"accepted_at": now}
    )
    made.exceptions.add(*exceptions)
    named = [audience("person", person=person, agency=successor) for person in handlers]
    if named:
        closed = Record.objects.filter(owner=predecessor, closed=True, gate=Record.Gate.OPEN)
        going = closed.exclude(kind=PROTECTED_SOURCE).exclude(pk__in=made.exceptions.values("pk"))
        for record in going:
            share_record(record=record, audiences=named, by=by, now=now, gateway=GATEWAY)
    return made


def left_out(*, successor: UUID, predecessor: UUID) -> list[UUID]:
    """Return the records that a body did not take over from another."""
    held = Inheritance.objects.filter(successor=successor, predecessor=predecessor)
    return list(held.exclude(exceptions=None).values_list("exceptions", flat=True))


def bind(*, successor: UUID, predecessor: UUID, now: datetime) -> None:
    """Let what shut the predecessor out shut the successor out too: conflicts of interest, and single records.

    "The predecessor's conflicts bind the successor": as data, so that the rule of sight stays one sentence. A record
    that is the successor's own is left alone: exclusion never applies to the owner.
    """
    day = london_day(now)
    current = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    held: dict[tuple[UUID, date | None], date] = {}
    for theirs in Conflict.objects.filter(current, agency=successor).order_by("-starts_on"):
        held[theirs.provider_id, theirs.ends_on] = theirs.starts_on
    Conflict.objects.bulk_create(
        Conflict(
            agency_id=successor,
            provider_id=one.provider_id,
            starts_on=max(one.starts_on, day),
            ends_on=one.ends_on,
            reason=one.reason,
        )
        for one in Conflict.objects.filter(current, agency=predecessor)
        if held.get((one.provider_id, one.ends_on), date.max) > max(one.starts_on, day)
    )
    shut = RecordExclusion.objects.filter(agency=predecessor).exclude(record__owner=successor)
    for record in Record.objects.filter(pk__in=shut.values("record_id")):
        exclude(record=record, agencies=[successor], now=now)
