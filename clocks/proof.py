"""A clock's proof sheet: rebuilt from the record alone, one page that would stand up in an inquiry."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.principal import Principal
from access.sight import owned
from accounts.models import User
from clocks.models import Clock, ClockStep
from clocks.rules import states
from clocks.timetable import Timetable
from notifications import rules as mail
from notifications.models import Message
from timekeeping.london import Span, length_in_words, london_day, zone_matters

BEGINNING = "0" * 64

Knows = Callable[[User | None, datetime | None], bool]
"""Whether the reader may be told the name of somebody who did, or was told, something at a moment."""


@dataclass(frozen=True)
class Told:
    """One person told at a step: how, and what is known of it."""

    name: str
    written_at: datetime
    mailed: str
    sent_at: datetime | None
    seen_at: datetime | None
    acknowledged_at: datetime | None
    told_at: datetime | None
    told_recorded_at: datetime | None
    told_by: str
    instead_of: str


@dataclass(frozen=True)
class Entry:
    """One step.

    Attributes:
        step: when it was due and when it was recorded, and for whom nobody stood.
        told: who was told, as far as the reader may know them.
        others: how many others were told, by the moment.
        hash: of the whole step, whatever part of it the reader may know.
    """

    step: ClockStep
    told: Sequence[Told]
    others: Mapping[datetime, int]
    hash: str


@dataclass(frozen=True)
class Sheet:
    """The whole sheet.

    Attributes:
        clock: the clock.
        label: what the screen calls this kind.
        outcome: the state in words.
        by_how_much: how long before or after the due moment it was met; empty while it was not.
        zone: London's clocks change while it runs, so that moments name their zone.
        person, started_by, met_by, stopped_by: names, where there are such people and the reader may know them.
        entries: its steps in order, each hash made of the one before.
        hash: the hash of the whole: the clock's own facts and the last step's hash.
    """

    clock: Clock
    label: str
    outcome: str
    by_how_much: str
    zone: bool
    person: str
    started_by: str
    met_by: str
    stopped_by: str
    entries: Sequence[Entry]
    hash: str


def proof_sheet(clock: Clock, by: Principal) -> Sheet:
    """Rebuild a clock's proof sheet from the record.

    Args:
        clock: the clock, in the reader's sight.
        by: who reads it. Who else is in an audience is the owner's to know, and theirs who call people to a summit;
            any other reader is told the names of their own body's people, and how many others there were.

    Returns:
        Every step with both its moments, who was told and how, and hashes: two prints of the same record bear the same,
        whoever reads them, and a change of any moment, person or outcome gives others.
    """
    whole = _knows_everybody(by, clock.record)
    knows = _everybody if whole else _only_their_own(by)
    steps = clock.steps.prefetch_related(
        "messages__recipient",
        "messages__told_by",
        "messages__instead_of",
        "messages__delivery",
        "messages__mailed_with__delivery",
    )
    before, entries = BEGINNING, []
    for step in steps:
        messages = _with_those_after(step.messages.all())
        told = [_told(message, _everybody) for message in messages]
        before = _hash(
            before, step.step, step.number, step.due_at, step.recorded_at, step.effect, step.nobody, told
        )
        known = [message for message in messages if knows(message.recipient, message.written_at)]
        others = Counter(message.written_at for message in messages if message not in known)
        shown = told if whole else [_told(message, knows, reasons=False) for message in known]
        entries.append(Entry(step, shown, others, before))
    last = max((entry.step.recorded_at for entry in entries), default=clock.due_at)
    return Sheet(
        clock=clock,
        label=Timetable().interval(clock.kind, london_day(clock.started_at)).label,
        outcome=states.WORDS[clock.state],
        by_how_much=by_how_much(clock),
        zone=zone_matters(clock.started_at, max(last, clock.due_at)),
        person=_name(knows, clock.responsible_person, clock.started_recorded_at),
        started_by=_name(knows, clock.started_by, clock.started_recorded_at),
        met_by=_name(knows, clock.met_by, clock.met_recorded_at),
        stopped_by=_name(knows, clock.stopped_by, clock.stopped_at),
        entries=entries,
        hash=_hash(before, *(getattr(clock, name) for name in _FACTS)),
    )


_FACTS = (
    "id",
    "record_id",
    "kind",
    "responsible_agency_id",
    "responsible_person_id",
    "started_at",
    "started_recorded_at",
    "due_at",
    "missed_at",
    "state",
    "met_at",
    "met_recorded_at",
    "met_by_id",
    "met_how",
    "stopped_at",
    "stop_reason",
)


def _knows_everybody(by: Principal, record: Record) -> bool:
    """Say whether a reader is of the record's owner, or calls people to the summit that the record is a part of."""
    if Record.objects.filter(owned(by, ""), pk=record.pk).exists():
        return True
    place = record.sighted
    return hasattr(place, "roles_of") and by.may("summit.call", at=place)


def _everybody(person: User | None, at: datetime | None) -> bool:
    return True


def _only_their_own(by: Principal) -> Knows:
    """Return who is known outside: whoever acted for the reader's own body on that day."""
    spans: dict[UUID, list[Span]] = defaultdict(list)
    if by.agency_id:
        held = User.objects.filter(memberships__agency=by.agency_id)
        rows = held.values_list("pk", "memberships__starts_on", "memberships__ends_on")
        for person, starts_on, ends_on in rows:
            spans[person].append(Span(starts_on, ends_on))

    def knows(person: User | None, at: datetime | None) -> bool:
        if person is None or at is None:
            return False
        return any(span.holds(london_day(at)) for span in spans[person.pk])

    return knows


def _name(knows: Knows, person: User | None, at: datetime | None) -> str:
    return person.full_name if person and knows(person, at) else ""


def by_how_much(clock: Clock) -> str:
    """Say how long before or after its due moment a clock was met: "2 hours before", "3 days after"."""
    if clock.met_at is None:
        return ""
    distance = clock.met_at - clock.fell_due_at
    if not distance:
        return "at the due moment"
    return f"{length_in_words(abs(distance))} {'after' if clock.met_at > clock.fell_due_at else 'before'}"


def _with_those_after(messages: Iterable[Message]) -> list[Message]:
    """Return a step's messages, each followed by the one passed on because that person could not be reached."""
    found: list[Message] = []
    waiting = sorted(
        messages, key=lambda message: (message.recipient.full_name, str(message.pk)), reverse=True
    )
    while waiting:
        found.append(waiting.pop())
        passed = found[-1].passed_on.select_related(
            "recipient", "told_by", "instead_of__recipient", "delivery", "mailed_with__delivery"
        )
        waiting.extend(passed)
    return found


def _told(message: Message, knows: Knows, *, reasons: bool = True) -> Told:
    delivery, words, before = message.mail, "", message.instead_of
    if delivery:
        reason = mail.REASONS.get(delivery.reason, "") if reasons else ""
        words = f"{mail.WORDS[delivery.state]}: {reason}" if reason else mail.WORDS[delivery.state]
    return Told(
        name=message.recipient.full_name,
        written_at=message.written_at,
        mailed=words,
        sent_at=delivery.sent_at if delivery else None,
        seen_at=message.seen_at,
        acknowledged_at=message.acknowledged_at,
        told_at=message.told_at,
        told_recorded_at=message.told_recorded_at,
        told_by=_name(knows, message.told_by, message.told_recorded_at),
        instead_of=_name(knows, before.recipient, before.written_at) if before else "",
    )


def _hash(*facts: object) -> str:
    text = json.dumps(facts, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return vars(value) if isinstance(value, Told) else str(value)
