"""A level that no meeting kept: it counts as routine from the midnight that ends its review day, without a job.

Here the clockwork writes down that it lapsed, and ends what hung on it. Who follows it and the chair were warned, and
are told, by the steps of its clock (``clock_steps``, family ``level_review``).
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from access.operations import operation
from access.principal import Principal, clockwork
from access.refusals import NotNow
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations.ticking import alive
from providers.levels.operations import timing
from providers.models import SurveillanceLevel
from timekeeping.london import london_day

log = logging.getLogger(__name__)

MOST_AT_ONCE = 400
"""Levels in one run of the task, so that it ends in good time; the next run goes on."""


@operation("level.lapsed")
def lapse_level(*, by: Principal, now: datetime, level: SurveillanceLevel) -> SurveillanceLevel:
    """Write down that a level lapsed, once, and end what hung on it: withholdings, and clocks that still run.

    Args:
        by: the clockwork.
        now: the moment.
        level: one whose review day is over.

    Raises:
        NotNow: another took its place meanwhile, its day is not over, or it was written down before.
    """
    by.require("level.set", at=level.qsg)
    level = SurveillanceLevel.objects.select_for_update(of=("self",)).get(pk=level.pk)
    over = level.review_on is not None and level.review_on < london_day(now)
    if not over or level.ended_at is not None or level.lapsed_at is not None:
        raise NotNow("This level has not lapsed, or that was written down before.")
    for held in level.withholdings.filter(ended_at=None):
        timing.end_withholding(held, by=by, now=now)
    families = (timing.LOOK, timing.NOTICE, timing.REPLY)
    for clock in timing.open_clocks(level, *families):
        timing.stop(clock=clock, by=by, now=now, reason=timing.CLOSED)
    level.lapsed_at = now
    level.version += 1
    level.save(update_fields=["lapsed_at", "version"])
    record_deed(by=by, now=now, deed="level.lapsed", record=level.pk, detail={"level": level.level})
    return level


def time_untimed_levels(*, now: datetime) -> int:
    """Start the review clock of each standing level that has none, such as one older than these clocks; return how many.

    It starts as the level did: what it should have told by now it tells at once, and that it lapsed.
    """
    timed = Clock.objects.filter(family=timing.REVIEW).values("record_id")
    held = SurveillanceLevel.objects.filter(ended_at=None, review_on__isnull=False).exclude(pk__in=timed)
    count = 0
    for each in held.order_by("review_on", "pk")[:MOST_AT_ONCE]:
        try:
            count += _time(held.filter(pk=each.pk), now)
        except Exception:
            if not alive():
                raise
            log.exception(
                "the review of level %s could not be timed", each.pk
            )  # one that fails holds up no other
    return count


def _time(meant: QuerySet[SurveillanceLevel], now: datetime) -> int:
    with transaction.atomic():
        level = meant.select_for_update(of=("self",)).select_related("record").first()
        if level is None:  # another took its place in this very moment
            return 0
        timing.start_review(level, started_at=level.record.recorded_at, by=clockwork(now), now=now)
        return 1


def lapse_due_levels(*, now: datetime) -> int:
    """Write down each level that lapsed, each in its own transaction; return how many. Run again, it goes on."""
    held = SurveillanceLevel.objects.filter(
        ended_at=None, lapsed_at=None, review_on__lt=london_day(now)
    ).order_by("review_on", "pk")
    count = 0
    for level in held[:MOST_AT_ONCE]:
        try:
            lapse_level(by=clockwork(now), now=now, level=level)
        except NotNow:
            continue  # another took its place in this very moment
        count += 1
    return count
