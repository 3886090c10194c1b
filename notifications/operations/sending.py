"""Emptying the outbox: claim, ask sight again, send, mark.

Several senders may run at once; each mail is claimed by one. A sender that is killed leaves a claim that runs out, and
another sends the mail again under the same Message-ID. Two lanes keep a dead mail server from delaying anybody else:
mails that failed before, and those to a mail domain that stopped answering, have a few places of their own.
"""

import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction

from access.models import Record
from access.principal import clockwork, principal_of
from access.sight import visible_to
from audit.operations import record_deed
from notifications import rules
from notifications.events import directory, known
from notifications.letters import letter
from notifications.models import Delivery, Message
from notifications.operations.telling import pass_on
from notifications.post import NotSent, hand_over

log = logging.getLogger(__name__)

FAST_PLACES, SLOW_PLACES = 6, 2
TROUBLE_LASTS = timedelta(minutes=10)
LOOK_EVERY = 0.2
"""Seconds between looks at the outbox while mails are under way."""

_CLAIM = """
WITH silent AS MATERIALIZED (
    SELECT DISTINCT split_part(u.email, '@', 2) AS domain
    FROM notifications_delivery d
    JOIN notifications_message m ON m.id = d.message_id
    JOIN accounts_user u ON u.id = m.recipient_id
    WHERE d.state IN ('pending', 'claimed') AND d.reason = 'no_answer' AND d.last_tried_at > %(trouble_since)s
)
SELECT d.id
FROM notifications_delivery d
JOIN notifications_message m ON m.id = d.message_id
JOIN accounts_user u ON u.id = m.recipient_id
WHERE d.state IN ('pending', 'claimed') AND d.next_try_at <= %(now)s
    AND (d.attempts > 0 OR split_part(u.email, '@', 2) IN (SELECT domain FROM silent)) = %(slow)s
    AND NOT EXISTS (
        SELECT 1 FROM notifications_delivery other
        JOIN notifications_message om ON om.id = other.message_id
        WHERE om.recipient_id = m.recipient_id AND other.id <> d.id AND other.state IN ('pending', 'claimed')
            AND other.attempts > 0 AND other.next_try_at > %(now)s
    )
ORDER BY d.next_try_at, d.id
LIMIT %(places)s
FOR UPDATE OF d SKIP LOCKED
"""


def _never() -> bool:
    return False


def send_due(
    *,
    ask_time: Callable[[], datetime],
    lasting: timedelta = timedelta(seconds=20),
    stopping: Callable[[], bool] = _never,
) -> Counter[str]:
    """Send what is due, until nothing is or the time is up.

    Args:
        ask_time: tells the database's moment; asked again and again, because sending takes time.
        lasting: how long new mails are taken up; those under way then still have their few seconds.
        stopping: says that no more are to be taken up.

    Returns:
        How many mails ended in which state.
    """
    ended: Counter[str] = Counter()
    now = ask_time()
    until = now + lasting
    under_way: dict[Future[None], tuple[Delivery, bool]] = {}
    with ThreadPoolExecutor(FAST_PLACES + SLOW_PLACES, thread_name_prefix="post") as post:
        while True:
            more = now < until and not stopping() and _take_up(post, under_way, ended, now)
            if not under_way and not more:
                return ended
            if not under_way:
                now = ask_time()
                continue
            done, _ = wait(under_way, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            now = ask_time()
            for future in done:
                delivery, _slow = under_way.pop(future)
                ended[_mark(delivery, _failure(future), now)] += 1


def _take_up(
    post: ThreadPoolExecutor,
    under_way: dict[Future[None], tuple[Delivery, bool]],
    ended: Counter[str],
    now: datetime,
) -> bool:
    """Claim as many mails as there are free places, and start sending those whose reader may have them.

    Returns:
        Whether any were claimed.
    """
    claimed = False
    for slow, places in ((False, FAST_PLACES), (True, SLOW_PLACES)):
        taken = sum(lane == slow for _, lane in under_way.values())
        for delivery in claim(now=now, slow=slow, places=places - taken):
            claimed = True
            mail = _write(delivery, ended, now)
            if mail:
                under_way[post.submit(hand_over, mail)] = (delivery, slow)
    return claimed


def claim(*, now: datetime, slow: bool, places: int) -> list[Delivery]:
    """Claim mails of one lane for a while. A person one of whose mails failed has no other tried before that one.

    Args:
        now: the moment.
        slow: the lane of mails that failed before and of domains that stopped answering.
        places: how many at most.
    """
    if places <= 0:
        return []
    asked = {"now": now, "slow": slow, "places": places, "trouble_since": now - TROUBLE_LASTS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, asked)
        ids = [pk for (pk,) in cursor.fetchall()]
        deliveries = list(Delivery.objects.filter(pk__in=ids).select_related("message__recipient"))
        for delivery in deliveries:
            delivery.state, delivery.attempts = rules.CLAIMED, delivery.attempts + 1
            delivery.next_try_at, delivery.last_tried_at = now + rules.LEASE, now
        Delivery.objects.bulk_update(deliveries, ["state", "attempts", "next_try_at", "last_tried_at"])
    return deliveries


def _write(delivery: Delivery, ended: Counter[str], now: datetime) -> EmailMultiAlternatives | None:
    """Ask sight again and write the mail; None when it is withheld or cannot be written, which is then marked."""
    try:
        reason = withheld(delivery.message)
        if reason:
            _withhold(delivery, reason, now)
            ended[rules.WITHHELD] += 1
            return None
        return letter(delivery)
    except Exception:
        log.exception("mail %s could not be written", delivery.pk)
        ended[_mark(delivery, rules.FAULT, now)] += 1
        return None


def withheld(message: Message) -> str:
    """Say why this message may not be sent at this moment; empty when it may."""
    if not message.recipient.is_active:
        return rules.NO_ACCOUNT
    if not known(message.event).still(message):
        return rules.NO_LONGER_SO
    if message.record_id is None:
        return ""
    reader = principal_of(message.recipient_id)
    seen = visible_to(reader, Record.objects.filter(pk=message.record_id)).exists()
    return "" if seen else rules.OUT_OF_SIGHT


def _withhold(delivery: Delivery, reason: str, now: datetime) -> None:
    """Mark a mail as not sent, with the reason, and write it in the log; somebody else is told if the person is gone."""
    with transaction.atomic():
        if not _end(delivery, now, state=rules.WITHHELD, reason=reason):
            return
        _log(delivery, "message.withheld", reason, now)
        if reason in rules.PERSON_IS_GONE:
            tell_the_next(delivery.message, now=now)


def _failure(future: Future[None]) -> str:
    """Return why sending failed; empty when it did not."""
    try:
        future.result()
    except NotSent as problem:
        return problem.reason
    except Exception:
        log.exception("a mail could not be handed over")
        return rules.FAULT
    return ""


def _mark(delivery: Delivery, failure: str, now: datetime) -> str:
    """Write down how it went; return the mail's state. A claim that ran out meanwhile is somebody else's."""
    if not failure:
        _end(delivery, now, state=rules.SENT, reason="", sent_at=now)
        return rules.SENT
    verdict = rules.after_failure(failure, delivery.attempts, delivery.first_at, now)
    with transaction.atomic():
        if _end(delivery, verdict.next_try_at, state=verdict.state, reason=failure):
            if verdict.state == rules.DEAD:
                _log(delivery, "message.undelivered", failure, now)
            if verdict.pass_on:
                tell_the_next(delivery.message, now=now)
    return verdict.state


def _end(delivery: Delivery, next_try_at: datetime, **values: object) -> bool:
    """Give up the claim with these values, if it is still this sender's."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=rules.CLAIMED, attempts=delivery.attempts)
    return bool(mine.update(next_try_at=next_try_at, **values))


def tell_the_next(message: Message, *, now: datetime) -> Message | None:
    """Tell whoever stands in for a person who cannot be reached, once; None when it was done or nobody is left."""
    if message.reached or message.passed_on.exists():
        return None
    told = Message.objects.filter(event=message.event, record=message.record_id, topic=message.topic)
    already = frozenset(told.values_list("recipient_id", flat=True)) | {message.recipient_id}
    person = directory().next_in_line(message, already, now)
    return pass_on(message, to=person, now=now) if person else None


def _log(delivery: Delivery, deed: str, reason: str, now: datetime) -> None:
    message = delivery.message
    record_deed(
        by=clockwork(now),
        now=now,
        deed=deed,
        record=message.record_id,
        detail={"message": str(message.pk), "recipient": str(message.recipient_id), "reason": reason},
    )
