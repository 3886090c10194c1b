"""The clocks of a level: its review day, that somebody goes and looks, that the provider is told, and its answer."""

from datetime import datetime
from functools import partial

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

    One that is kept goes on from what the provider was told of it: told once is told, and the time to answer runs on.
    """
    if made.review_on is None:
        return
    start = partial(start_clock, record=made.record, by=by, now=now, responsible_agency=made.follows_id)
    start(kind=REVIEW, chosen=made.review_on)
    if made.level == rules.MORE_INFORMATION:
        start(kind=LOOK_KIND)
    kept = before is not None and made.level == stood
    if before is not None and kept and before.told_on is not None:
        made.told_on = before.told_on
        made.save(update_fields=["told_on"])
        _carry_reply(made, before, by=by, now=now)
    if rules.tells_provider(
        level=made.level, before=stood, told_before=before is not None and before.told_on is not None
    ):
        start(kind=NOTICE_KINDS[made.level])


def _carry_reply(made: SurveillanceLevel, before: SurveillanceLevel, *, by: Principal, now: datetime) -> None:
    """Let the provider's time to answer run on, with the same start and end, where it ran until now."""
    held = Clock.objects.filter(record=before.pk, family=REPLY, stopped_at=now, due_at__gt=now)
    for clock in held:
        start_clock(
            kind=REPLY,
            record=made.record,
            by=by,
            now=now,
            started_at=clock.started_at,
            responsible_agency=made.follows_id,
        )


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
