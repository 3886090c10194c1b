"""The clocks of a level: its review day, that somebody goes and looks, that the provider is told, and its answer."""

from datetime import datetime
from functools import partial

from django.db.models import Q

from access.principal import Principal
from clocks.models import Clock
from clocks.operations import meet, start_clock, stop
from clocks.rules.states import CLOSED, OPEN
from providers.levels import rules
from providers.models import LevelWithholding, SurveillanceLevel

REVIEW, LOOK, NOTICE, REPLY, WITHHELD = (
    "level_review",
    "go_and_look",
    "level_notice",
    "level_reply",
    "level_withheld",
)
"""The families of clocks that hang on a level."""

LOOK_KIND = "go_and_look_level"
NOTICE_KINDS = {rules.MORE_INFORMATION: "level_notice_at_once", rules.ENHANCED: "level_notice"}


def open_clocks(level: SurveillanceLevel, *families: str) -> list[Clock]:
    """Return the clocks of these families that still count on a level, or of all."""
    held = Clock.objects.filter(record=level.pk, state__in=OPEN)
    return list((held.filter(family__in=families) if families else held).order_by("due_at", "kind"))


def begin(
    made: SurveillanceLevel,
    before: SurveillanceLevel | None,
    *,
    stood: str,
    by: Principal,
    now: datetime,
) -> None:
    """Start what a level that was just set has to be timed by.

    One that is kept goes on from what the provider was told of it: told once is told, and the time to answer runs on;
    not told, the time to tell it runs on too, and one that is over stays missed until the provider is told.
    """
    if made.review_on is None:
        return
    start = partial(start_clock, record=made.record, by=by, now=now, responsible_agency=made.follows_id)
    start_review(made, started_at=now, by=by, now=now)
    if made.level == rules.MORE_INFORMATION:
        start(kind=LOOK_KIND)
    told_before = before is not None and before.told_on is not None
    until_now: list[Clock] = []
    if before is not None and made.level == stood:
        until_now = _until_now(before, now=now)
        if told_before:
            made.told_on = before.told_on
            made.save(update_fields=["told_on"])
    for clock in until_now:
        start(kind=clock.kind, started_at=clock.started_at)
    must = rules.tells_provider(level=made.level, before=stood, told_before=told_before)
    if must and not any(clock.family == NOTICE for clock in until_now):
        start_notice(made, by=by, now=now)


def start_review(level: SurveillanceLevel, *, started_at: datetime, by: Principal, now: datetime) -> None:
    """Start the time until a level above routine is reviewed."""
    start_clock(
        kind=REVIEW,
        chosen=level.review_on,
        record=level.record,
        by=by,
        now=now,
        started_at=started_at,
        responsible_agency=level.follows_id,
    )


def start_notice(level: SurveillanceLevel, *, by: Principal, now: datetime) -> None:
    """Start the time in which the provider is told of a level above routine."""
    start_clock(
        kind=NOTICE_KINDS[level.level],
        record=level.record,
        by=by,
        now=now,
        responsible_agency=level.follows_id,
    )


def _until_now(before: SurveillanceLevel, *, now: datetime) -> list[Clock]:
    """Return what ran until now on a level that is kept: the time to tell, also where it is over, and that to answer."""
    counted = Q(family=NOTICE) | Q(family=REPLY, due_at__gt=now)
    return list(Clock.objects.filter(counted, record=before.pk, stopped_at=now, stop_reason=CLOSED))


def end(level: SurveillanceLevel, *, how: str, by: Principal, now: datetime) -> None:
    """End the clocks of a level whose place another takes: its review is met by that, the others stop.

    A review day that is over is left to the tick: the level had lapsed, whoever was first.
    """
    for clock in open_clocks(level):
        if clock.family != REVIEW:
            stop(clock=clock, by=by, now=now, reason=CLOSED)
        elif now <= clock.due_at:
            meet(clock=clock, by=by, now=now, how=how)


def end_withholding(held: LevelWithholding, *, by: Principal, now: datetime, reason: str = CLOSED) -> None:
    """End a withholding, decided or only proposed, and its daily clock."""
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    if held.clock is not None and held.clock.state in OPEN:
        stop(clock=held.clock, by=by, now=now, reason=reason)
