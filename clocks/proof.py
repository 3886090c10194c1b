"""A clock's proof sheet: rebuilt from the record alone, one page that would stand up in an inquiry."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clocks.models import Clock, ClockStep
from clocks.rules import states
from clocks.timetable import Timetable
from notifications import rules as mail
from notifications.models import Message
from timekeeping.london import length_in_words, london_day, zone_matters

BEGINNING = "0" * 64


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
    """One step: when it was due, when it was recorded, who was told, for whom nobody stood, and its hash."""

    step: ClockStep
    told: Sequence[Told]
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
        entries: its steps in order, each hash made of the one before.
        hash: the hash of the whole: the clock's own facts and the last step's hash.
    """

    clock: Clock
    label: str
    outcome: str
    by_how_much: str
    zone: bool
    entries: Sequence[Entry]
    hash: str


def proof_sheet(clock: Clock) -> Sheet:
    """Rebuild a clock's proof sheet from the record.

    Args:
        clock: the clock, in the reader's sight.

    Returns:
        Every step with both its moments, everybody who was told and how, and hashes: two prints of the same record bear
        the same, and a change of any moment, person or outcome gives others.
    """
    steps = clock.steps.prefetch_related(
        "messages__recipient",
        "messages__told_by",
        "messages__instead_of",
        "messages__delivery",
        "messages__mailed_with__delivery",
    )
    before, entries = BEGINNING, []
    for step in steps:
        told = [_told(message) for message in _with_those_after(step.messages.all())]
        before = _hash(
            before, step.step, step.number, step.due_at, step.recorded_at, step.effect, step.nobody, told
        )
        entries.append(Entry(step, told, before))
    last = max((entry.step.recorded_at for entry in entries), default=clock.due_at)
    return Sheet(
        clock=clock,
        label=Timetable().interval(clock.kind, london_day(clock.started_at)).label,
        outcome=states.WORDS[clock.state],
        by_how_much=by_how_much(clock),
        zone=zone_matters(clock.started_at, max(last, clock.due_at)),
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


def _told(message: Message) -> Told:
    delivery, words = message.mail, ""
    if delivery:
        reason = mail.REASONS.get(delivery.reason, "")
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
        told_by=message.told_by.full_name if message.told_by else "",
        instead_of=message.instead_of.recipient.full_name if message.instead_of else "",
    )


def _hash(*facts: object) -> str:
    text = json.dumps(facts, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return vars(value) if isinstance(value, Told) else str(value)
