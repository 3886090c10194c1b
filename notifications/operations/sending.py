"""Emptying the outbox: claim, ask sight again, send, mark.

Several senders may run at once; each mail is claimed by one. A sender that is killed leaves a claim that runs out, and
another sends the mail again under the same Message-ID. So that this is rare, what was sent is written down before
anything else is taken up, and a database that is away for a moment is waited for.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import TypeVar

from django.core.mail import EmailMultiAlternatives
from django.db import Error, connection

from access.principal import principal_of
from access.reach import why
from notifications import rules
from notifications.events import held_by, known
from notifications.letters import letter
from notifications.models import Delivery, Message
from notifications.operations.claiming import claim
from notifications.operations.ending import mark_failed, mark_sent, mark_withheld
from notifications.post import NotSent, hand_over

log = logging.getLogger(__name__)

T = TypeVar("T")
FAST_PLACES, SLOW_PLACES = 6, 2
LOOK_EVERY = 0.2
"""Seconds without a mail going through after which more are taken up though some are under way."""
WAITED_FOR = 20.0
"""Seconds for which a database that is away is waited for, with what was sent still to be written down."""


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
    with ThreadPoolExecutor(FAST_PLACES + SLOW_PLACES, thread_name_prefix="post") as post:
        sender = _Sender(post, ask_time)
        try:
            sender.work(lasting, stopping)
        finally:
            sender.finish()
    return sender.ended


class _Sender:
    """What is under way in one run, and how it ended."""

    def __init__(self, post: ThreadPoolExecutor, ask_time: Callable[[], datetime]) -> None:
        self.post = post
        self.ask_time = ask_time
        self.ended: Counter[str] = Counter()
        self.under_way: dict[Future[None], tuple[Delivery, bool]] = {}

    def work(self, lasting: timedelta, stopping: Callable[[], bool]) -> None:
        """Take mails up and see them through, until none is left or the time is up."""
        until = self._ask() + lasting
        while self.asked < until and not stopping():
            if not self._take_up(self.asked) and not self.under_way:
                return
            while self._see_through():
                pass
            self._ask()

    def _ask(self) -> datetime:
        self.asked, self.asked_when = self.ask_time(), time.monotonic()
        return self.asked

    def _now(self) -> datetime:
        """Return the moment, by the time that passed since it was asked: asking again would keep a mark waiting."""
        return self.asked + timedelta(seconds=time.monotonic() - self.asked_when)

    def finish(self) -> None:
        """See through what is under way."""
        while self.under_way:
            self._see_through()

    def _take_up(self, now: datetime) -> bool:
        """Claim as many mails as there are free places, and start sending those whose reader may have them.

        Returns:
            Whether any were claimed.
        """
        claimed = False
        for slow, places in ((False, FAST_PLACES), (True, SLOW_PLACES)):
            held = sum(lane == slow for _, lane in self.under_way.values())
            for delivery in claim(now=now, slow=slow, places=places - held):
                claimed = True
                mail = self._write(delivery, now)
                if mail:
                    taken: Future[None] = Future()
                    self.under_way[taken] = (delivery, slow)
                    self.post.submit(hand_over, mail, taken)
        return claimed

    def _write(self, delivery: Delivery, now: datetime) -> EmailMultiAlternatives | None:
        """Ask sight again and write the mail; None when it is withheld or cannot be written, which is then marked."""
        try:
            reason = withheld(delivery.message)
            if not reason:
                return letter(delivery)
        except Error:
            raise
        except Exception:
            log.exception("mail %s could not be written", delivery.pk)
            self.ended[mark_failed(delivery, rules.FAULT, now=now)] += 1
            return None
        mark_withheld(delivery, reason, now=now)
        self.ended[rules.WITHHELD] += 1
        return None

    def _see_through(self) -> bool:
        """Wait a moment for mails to go through and write down how they did; False when none went through."""
        done, _ = wait(self.under_way, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
        if done:
            went = {future: self.under_way.pop(future)[0] for future in done}
            _insist(lambda: self._mark(went.items()))
        return bool(done)

    def _mark(self, went: Iterable[tuple[Future[None], Delivery]]) -> None:
        failures = {delivery: _failure(future) for future, delivery in went}
        now = self._now()
        sent = [delivery.pk for delivery, failure in failures.items() if not failure]
        mark_sent(sent, now=now)
        ended = Counter({rules.SENT: len(sent)} if sent else {})
        for delivery, failure in failures.items():
            if failure:
                ended[mark_failed(delivery, failure, now=now)] += 1
        self.ended += ended


def withheld(message: Message) -> str:
    """Say why this message, with those that go along, may not be sent at this moment; empty when it may."""
    if not message.recipient.is_active:
        return rules.NO_ACCOUNT
    if not any(known(one.event).still(one) for one in (message, *message.goes_along.all())):
        return rules.NO_LONGER_SO
    by = principal_of(message.recipient_id)
    if message.record is None:
        held = Message.objects.filter(held_by(by), pk=message.pk).exists()
    else:
        held = bool(why(by, message.record))
    return "" if held else rules.OUT_OF_SIGHT


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


def _insist(write: Callable[[], T]) -> T:
    """Write to the database, again and again while it is away, for as long as the claims stand."""
    ends = time.monotonic() + WAITED_FOR
    while True:
        try:
            return write()
        except Error:
            if connection.in_atomic_block or time.monotonic() > ends:
                raise
            connection.close()
            time.sleep(LOOK_EVERY)
