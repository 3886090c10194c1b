"""How a mail ended: sent, withheld, to be tried again, or given up; and who is told instead."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access.principal import clockwork
from audit.operations import record_deed
from notifications import rules
from notifications.events import OFFICES, directory
from notifications.models import Delivery, Message
from notifications.operations.telling import pass_on


def mark_sent(deliveries: Iterable[UUID], *, now: datetime) -> None:
    """Write down that these were sent, in one statement: the less time between the two, the fewer mails go twice."""
    claimed = Delivery.objects.filter(pk__in=list(deliveries), state=rules.CLAIMED)
    claimed.update(state=rules.SENT, reason="", sent_at=now, next_try_at=now)


def mark_failed(delivery: Delivery, reason: str, *, now: datetime) -> str:
    """Write down that one could not be sent; return its state. A claim that ran out meanwhile is somebody else's."""
    verdict = rules.after_failure(reason, delivery.attempts, delivery.first_at, now)
    with transaction.atomic():
        if _give_up(delivery, verdict.next_try_at, verdict.state, reason):
            if verdict.state == rules.DEAD:
                _log(delivery, "message.undelivered", reason, now)
            if verdict.pass_on:
                tell_the_next(delivery.message, now=now)
    return verdict.state


def mark_withheld(delivery: Delivery, reason: str, *, now: datetime) -> None:
    """Write down, in the log too, that one was not sent, and why; somebody else is told if the person is gone."""
    with transaction.atomic():
        if _give_up(delivery, now, rules.WITHHELD, reason):
            _log(delivery, "message.withheld", reason, now)
            if reason in rules.PERSON_IS_GONE:
                tell_the_next(delivery.message, now=now)


def tell_the_next(message: Message, *, now: datetime) -> Message | None:
    """Tell whoever stands in for a person who cannot be reached, once, all that one mail was to tell.

    Returns:
        What carries the mail to that person; None when it was done or nobody is left.
    """
    waiting = [one for one in (message, *message.goes_along.all()) if not one.reached]
    if not waiting or waiting[0].passed_on.exists():
        return None
    told = Message.objects.filter(
        event=message.event, record=message.record_id, topic__in=[one.topic for one in waiting]
    )
    already = frozenset(told.values_list("recipient_id", flat=True)) | {message.recipient_id}
    person = _next(message, already, now)
    return pass_on(waiting, to=person, now=now) if person else None


def _next(message: Message, told: frozenset[UUID], now: datetime) -> UUID | None:
    """Return who is told instead: of what is told by office, the next who holds it, and nobody else ever."""
    if message.event in OFFICES:
        return next((one for one in OFFICES[message.event].line(message, now) if one not in told), None)
    return directory().next_in_line(message, told, now)


def _give_up(delivery: Delivery, next_try_at: datetime, state: str, reason: str) -> bool:
    """Give up the claim, if it is still this sender's."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=rules.CLAIMED, attempts=delivery.attempts)
    return bool(mine.update(next_try_at=next_try_at, state=state, reason=reason))


def _log(delivery: Delivery, deed: str, reason: str, now: datetime) -> None:
    message = delivery.message
    record_deed(
        by=clockwork(now),
        now=now,
        deed=deed,
        record=message.record_id,
        detail={"message": str(message.pk), "recipient": str(message.recipient_id), "reason": reason},
    )
