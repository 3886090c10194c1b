"""What a person's inbox shows, and who could not be reached: reading only, and only what the reader sees now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from access.models import KINDS, Record, Sighted
from access.principal import Principal
from access.sight import owned, visible_to
from notifications import rules
from notifications.events import Facts, directory, held_by, known
from notifications.models import Delivery, Message

SHOWN = 100


@dataclass(frozen=True)
class Line:
    """One line of the inbox: the newest message about one thing.

    Attributes:
        message: the message.
        sentence: what it says at this moment.
        title: what it is about.
        address: where that is.
        waits: an answer is waited for.
        earlier: how many older messages about the same thing it stands for.
        caution: the tag beside the title, "" for none.
    """

    message: Message
    sentence: str
    title: str
    address: str
    waits: bool
    earlier: int = 0
    caution: str = ""


def inbox_of(by: Principal) -> QuerySet[Message]:
    """Return the messages of a person about what that person sees now, or is told by an office held now, newest first."""
    mine = Message.objects.filter(recipient_id=by.user_id)
    seen = visible_to(by, mine.filter(record__isnull=False), through="record")
    return mine.filter(held_by(by) | Q(pk__in=seen.values("pk"))).order_by("-written_at", "pk")


def lines_of(by: Principal, now: datetime, *, waiting: bool = False) -> list[Line]:
    """Return a person's inbox: one line a thing, those that wait for an answer first, then the newest.

    Args:
        by: the person.
        now: the moment.
        waiting: only the lines that wait for an answer.
    """
    newest: dict[object, Message] = {}
    count: dict[object, int] = {}
    for message in inbox_of(by).select_related("record")[:SHOWN]:
        about = message.topic or message.record_id or message.pk
        newest.setdefault(about, message)
        count[about] = count.get(about, 0) + 1
    chosen = [(one, count[about] - 1) for about, one in newest.items() if one.waits or not waiting]
    lines = lines_for([one for one, _ in chosen], now, [earlier for _, earlier in chosen])
    return sorted(lines, key=lambda line: not line.waits)


@dataclass(frozen=True)
class Alike:
    """Lines that say the same about the same page.

    Attributes:
        line: the first of them.
        more: how many more there are.
        address: where to answer: many on the page that they are about, one on its own.
    """

    line: Line
    more: int
    address: str


def folded(lines: Iterable[Line]) -> list[Alike]:
    """Return lines with those that say the same about the same page as one, in their order."""
    alike: dict[tuple[object, str], list[Line]] = {}
    for line in lines:
        alike.setdefault((line.address or line.message.pk, line.sentence), []).append(line)
    return [
        Alike(
            line=same[0],
            more=len(same) - 1,
            address=same[0].address
            if len(same) > 1
            else reverse("notifications:message", args=[same[0].message.pk]),
        )
        for same in alike.values()
    ]


def line_of(message: Message, now: datetime) -> Line:
    """Return the line of one message, whose record the reader was found to see."""
    (line,) = lines_for([message], now)
    return line


def things_of(records: Iterable[UUID | None]) -> dict[UUID, Sighted]:
    """Return the things that share these records' keys, in one query a kind; the caller has asked sight."""
    keys: dict[str, list[UUID]] = {}
    for kind, key in Record.objects.filter(pk__in={pk for pk in records if pk}).values_list("kind", "pk"):
        keys.setdefault(kind, []).append(key)
    found: dict[UUID, Sighted] = {}
    for kind, theirs in keys.items():
        found |= KINDS[kind]._default_manager.select_related("record__parent").in_bulk(theirs)
    return found


def lines_for(messages: Collection[Message], now: datetime, earlier: Iterable[int] = ()) -> list[Line]:
    """Put messages into words; what they speak of is fetched once for all."""
    things, facts = things_of(message.record_id for message in messages), Facts(messages)
    numbers = chain(earlier, repeat(0))
    return [
        _line(message, things, facts, now, number) for message, number in zip(messages, numbers, strict=False)
    ]


def _line(message: Message, things: dict[UUID, Sighted], facts: Facts, now: datetime, earlier: int) -> Line:
    thing = things.get(message.record_id) if message.record_id else None
    message.facts = facts
    return Line(
        message=message,
        sentence=known(message.event).sentence(message, now),
        title=thing.title if thing else "",
        address=thing.get_absolute_url() if thing else known(message.event).address(message),
        waits=message.waits,
        earlier=earlier,
        caution=thing.caution if thing else "",
    )


@dataclass(frozen=True)
class Unreached:
    """A person whom a message could not be brought to, and the number to ring."""

    record: UUID
    line: Line
    why: str
    telephone: str
    passed_on: Sequence[Message]


def not_brought(by: Principal) -> QuerySet[Message]:
    """Return the messages that could not be brought and that this principal is to ring about.

    They are for the body that looks after the matter and for whoever was told instead: what another body was told
    says more than the matter itself does (that it was asked to share it, who is named on it).
    """
    gone = Q(state=rules.WITHHELD, reason__in=rules.PERSON_IS_GONE, message__passed_on=None)
    failed = Q(state=rules.DEAD) | gone
    failing = Q(state__in=rules.WAITING, attempts__gte=rules.PASSED_ON_AFTER) & ~Q(reason="")
    mails = Delivery.objects.filter(failed | failing)
    told_instead = Message.objects.filter(recipient_id=by.user_id).values("instead_of")
    theirs = owned(by, "record") | Q(pk__in=told_instead)
    not_mailed = Q(delivery__in=mails) | Q(mailed_with__delivery__in=mails)
    return visible_to(by, Message.objects.filter(theirs, not_mailed), through="record")


def unreached(by: Principal, now: datetime) -> list[Unreached]:
    """Return those who could not be reached: shown in red to whoever is to ring them, until told by telephone."""
    shown = list(
        not_brought(by)
        .filter(seen_at=None, acknowledged_at=None, told_at=None, ended_at=None)
        .select_related("delivery", "mailed_with__delivery", "recipient", "record")
        .prefetch_related("passed_on__recipient")
        .order_by("-written_at", "pk")[:SHOWN]
    )
    numbers = {one.recipient_id: one.recipient.telephone for one in shown}
    numbers.update(directory().telephones(frozenset(numbers), now))
    return [
        Unreached(
            record=one.record_id,
            line=line,
            why=rules.REASONS[mail.reason],
            telephone="" if mail.state == rules.WITHHELD else numbers.get(one.recipient_id, ""),
            passed_on=list(one.passed_on.all()),
        )
        for one, line in zip(shown, lines_for(shown, now), strict=True)
        if one.record_id and (mail := one.mail)
    ]
