"""Telling people: a line in the inbox, and a mail in the outbox, in the transaction of what is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from access.models import Record
from accounts.models import User
from notifications.events import known
from notifications.models import Delivery, Message
from notifications.rules import Policy, not_before, parse_policy
from reference.operations import latest, rows
from timekeeping.london import day_starts, london_day

OUTBOX = "outbox"
"""The database's channel on which senders are woken when a transaction that tells somebody commits."""


@dataclass(frozen=True)
class Telling:
    """One thing to tell, and to whom.

    Attributes:
        record: what it is about; the reader must see it. None only for what concerns no record.
        event: the code of a registered event.
        to: the users' ids; each is told once.
        topic: what within the record it is about, if anything.
        detail: codes and ids for the sentence; never a text that a person typed.
    """

    record: UUID | None
    event: str
    to: Sequence[UUID]
    topic: UUID | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


def tell(
    *,
    record: Record | None,
    event: str,
    to: Iterable[User | UUID],
    now: datetime,
    topic: UUID | None = None,
    detail: Mapping[str, object] | None = None,
) -> list[Message]:
    """Tell people of one thing, in the caller's transaction.

    Args:
        record: the record it is about.
        event: the code of a registered event; its policy says whether a mail goes too.
        to: the people, or their ids.
        now: the moment.
        topic: what within the record it is about.
        detail: codes and ids only.

    Returns:
        The messages written, one a person.
    """
    people = tuple(one if isinstance(one, UUID) else one.pk for one in to)
    telling = Telling(record.pk if record else None, event, people, topic, detail or {})
    return tell_many([telling], now=now)


def tell_many(tellings: Sequence[Telling], *, now: datetime) -> list[Message]:
    """Tell people of several things at once, in the caller's transaction; a sender is woken when it commits.

    What one person is told of one record goes in one mail: a line each in the inbox, and one call to look there.

    Returns:
        The messages written, in the order of the tellings and their people.

    Raises:
        ValueError: an event that nobody registered, or one of whose policy the reference data never said anything.
    """
    policies = _policies(now)
    messages: list[Message] = []
    deliveries: list[Delivery] = []
    carriers: dict[tuple[UUID, UUID | None, str], Message] = {}
    for telling in tellings:
        policy = _policy_of(telling.event, policies)
        for person in dict.fromkeys(telling.to):
            message = _message(telling, person, policy, now)
            messages.append(message)
            if not policy.mail or (policy.daily and _mailed_today(message, now)):
                continue
            carrier = carriers.setdefault((person, telling.record, policy.event), message)
            if carrier is message or known(telling.event).calendar:
                deliveries.append(_delivery(message, policy, now))
            else:
                message.mailed_with = carrier
    write(messages, deliveries)
    return messages


def write(messages: Sequence[Message], deliveries: Sequence[Delivery]) -> None:
    """Write messages and mails together, and wake a sender on commit."""
    with transaction.atomic(savepoint=False):
        Message.objects.bulk_create(messages)
        Delivery.objects.bulk_create(deliveries)
        if deliveries:
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {OUTBOX}")


def pass_on(messages: Sequence[Message], *, to: UUID, now: datetime) -> Message:
    """Tell the next person what this one could not be told, in one mail; return what carries it."""
    policy = _policy_of(messages[0].event, _policies(now))
    passed = []
    for message in messages:
        telling = Telling(message.record_id, message.event, (to,), message.topic, message.detail)
        passed.append(_message(telling, to, policy, now))
        passed[-1].instead_of = message
        passed[-1].mailed_with = passed[0] if len(passed) > 1 and policy.mail else None
    write(passed, [_delivery(passed[0], policy, now)] if policy.mail else [])
    return passed[0]


def _message(telling: Telling, person: UUID, policy: Policy, now: datetime) -> Message:
    return Message(
        record_id=telling.record,
        event=telling.event,
        topic=telling.topic,
        detail=dict(telling.detail),
        recipient_id=person,
        written_at=now,
        asks=policy.acknowledge,
    )


def _delivery(message: Message, policy: Policy, now: datetime) -> Delivery:
    at = not_before(policy, now)
    return Delivery(message=message, first_at=at, next_try_at=at)


def _policies(now: datetime) -> dict[str, Policy]:
    return {row["event"]: parse_policy(row) for row in rows("notification_policy", on=london_day(now))}


def _policy_of(event: str, policies: Mapping[str, Policy]) -> Policy:
    """Return how an event reaches people; a row that was ended without another in its place goes on counting."""
    name = known(event).policy
    if name in policies:
        return policies[name]
    newest = latest("notification_policy")
    if name not in newest:
        raise ValueError(f"the reference data says nothing of how to tell {name!r}")
    return parse_policy(newest[name])


def _mailed_today(message: Message, now: datetime) -> bool:
    today = Delivery.objects.filter(
        message__recipient_id=message.recipient_id,
        message__event=message.event,
        message__written_at__gte=day_starts(london_day(now)),
    )
    return today.exists()
