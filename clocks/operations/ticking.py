"""The tick: what is due is claimed, and each claimed clock is brought up to the moment.

It runs from the timetable of the worker and from a ticker that needs no broker; two, or eight, at once are harmless.
Rows are claimed from the clocks' table alone and skipped where another ticker holds them. A tick gives way to people:
it waits less for a lock than the database waits before it calls two waiting transactions a deadlock.
"""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from clocks.models import Clock, Ticking
from clocks.operations.advancing import advance
from clocks.rules.states import OPEN
from clocks.timetable import Timetable

log = logging.getLogger(__name__)

BATCH = 100
_LIMITS = (
    "SET LOCAL lock_timeout = '400ms'",  # less than deadlock_timeout: the tick gives way, never the person
    "SET LOCAL statement_timeout = '10s'",
    "SET LOCAL idle_in_transaction_session_timeout = '4s'",  # a frozen ticker lets go of its rows
)


@dataclass(frozen=True)
class Ticked:
    """What one tick did.

    Attributes:
        clocks: how many were brought up to the moment.
        steps: how many steps that took.
        failed: those that could not be, to be left out until the next.
        more: more are due.
    """

    clocks: int = 0
    steps: int = 0
    failed: frozenset[UUID] = frozenset()
    more: bool = False


def tick(*, now: datetime, skip: AbstractSet[UUID] = frozenset(), batch: int = BATCH) -> Ticked:
    """Take the steps that are due of the clocks longest due, in one short transaction.

    Args:
        now: the database's moment.
        skip: clocks to leave out, because they failed a moment ago.
        batch: how many clocks at most.

    Returns:
        What was done. A clock that fails is tried alone, so that it holds up no other, and stays due: the watchdog
        turns red on it.
    """
    timetable = Timetable()
    try:
        with transaction.atomic():
            clocks = _claim(now, skip, batch)
            steps = advance(clocks, now=now, timetable=timetable)
        return Ticked(len(clocks), steps, more=len(clocks) == batch)
    except Exception as problem:
        if not alive():
            raise
        log.warning("a batch of clocks failed (%s); each is tried alone", type(problem).__name__)
    return _each_alone(now, skip, batch, timetable)


def _each_alone(now: datetime, skip: AbstractSet[UUID], batch: int, timetable: Timetable) -> Ticked:
    due = list(_due(now, skip).values_list("pk", flat=True)[:batch])
    steps, failed = 0, set()
    for pk in due:
        try:
            with transaction.atomic():
                steps += advance(_claim(now, skip, 1, pk=pk), now=now, timetable=timetable)
        except Exception:
            if not alive():
                raise
            log.exception("clock %s could not take its step", pk)
            failed.add(pk)
    return Ticked(len(due) - len(failed), steps, frozenset(failed), more=len(due) == batch)


def alive() -> bool:
    """Say whether the connection is still there: without one nothing can be tried alone either."""
    return connection.connection is not None and not connection.connection.closed


def _due(now: datetime, skip: AbstractSet[UUID]) -> QuerySet[Clock]:
    due = Clock.objects.filter(state__in=OPEN, next_step_at__lte=now).exclude(pk__in=skip)
    return due.order_by("next_step_at", "pk")


def _claim(now: datetime, skip: AbstractSet[UUID], batch: int, pk: UUID | None = None) -> Sequence[Clock]:
    """Take the rows of due clocks that no other ticker holds."""
    with connection.cursor() as cursor:
        for limit in _LIMITS:
            cursor.execute(limit)
    due = _due(now, skip).select_for_update(skip_locked=True, no_key=True)
    return list((due.filter(pk=pk) if pk else due)[:batch])


def _never() -> bool:
    return False


def tick_due(
    *,
    ask_time: Callable[[], datetime],
    source: str,
    lasting: timedelta = timedelta(seconds=20),
    stopping: Callable[[], bool] = _never,
) -> int:
    """Tick until nothing more is due, then note that this ticker ticked.

    Args:
        ask_time: tells the database's moment; asked before each batch, so that what is stored is when it was done.
        source: the ticker's name, for the watchdog.
        lasting: how long to go on at most.
        stopping: says that no further batch is to be started.

    Returns:
        How many steps were taken.
    """
    now = ask_time()
    until, steps, failed = now + lasting, 0, frozenset[UUID]()
    while True:
        ticked = tick(now=now, skip=failed)
        steps, failed = steps + ticked.steps, failed | ticked.failed
        if not ticked.more or stopping() or now > until:
            break
        now = ask_time()
    Ticking.objects.update_or_create(source=source, defaults={"at": now})
    return steps
