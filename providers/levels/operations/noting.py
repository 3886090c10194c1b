"""What is written on a level while it stands: criteria met, the provider told in writing, its answer (NQB 1c, 2a)."""

from collections.abc import Set
from datetime import date, datetime

from access.operations import operation
from access.principal import Principal
from access.refusals import NotNow
from clocks.models import Clock
from clocks.operations import start_clock
from clocks.rules.states import WITHDRAWN
from providers.guarding import guard, refuse
from providers.levels import rules
from providers.levels.operations import timing
from providers.levels.operations.entering import done, meet_all, must_stand, take_up
from providers.levels.operations.reading import shown
from providers.models import CriterionMet, LevelWord, SurveillanceLevel
from reference.personal_data import codes
from timekeeping.london import day_starts, london_day


@operation("level.criterion_met")
def meet_criterion(
    *,
    by: Principal,
    now: datetime,
    level: SurveillanceLevel,
    number: int,
    met_on: date | None,
    evidence: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> SurveillanceLevel:
    """Say that one of what must be so for a level to end is so. The level stays until a group lowers it.

    Args:
        by: needs ``level.set`` at the group.
        now: the moment.
        level: one in force.
        number: which line of its exit criteria, from 1.
        met_on: since which day.
        evidence: what shows it.
        seen: its ``version`` when the person read it.
        decided: marks of what looks like a patient's and, the person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    level, person = take_up(by, level, seen)
    must_stand(level, now)
    errors = rules.check_met(
        number=number,
        count=len(rules.criteria_of(level.exit_criteria)),
        already=set(level.met.values_list("number", flat=True)),
        evidence=evidence,
    )
    if met_on is None or met_on > london_day(now):
        errors["met_on"] = "Say since which day, at the latest today"
    refuse(errors)
    assert met_on is not None  # checked above
    guard({"evidence": evidence}, decided=decided)
    CriterionMet.objects.create(
        level=level, number=number, met_on=met_on, evidence=evidence.strip(), recorded_at=now, by_id=person
    )
    return done("level.criterion_met", level, by=by, now=now, number=number, let_through=codes([evidence]))


@operation("level.provider_word")
def record_word(
    *,
    by: Principal,
    now: datetime,
    level: SurveillanceLevel,
    kind: str,
    on: date | None,
    whose: str,
    text: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> SurveillanceLevel:
    """Record a letter that told the provider of its level and the reasons, or its answer; also after the level ended.

    Telling it ends a withholding and starts its time to answer; the answer stands beside the level.

    Args:
        by: needs ``level.set`` at the group.
        now: the moment.
        level: the level.
        kind: ``told`` or ``answered``.
        on: the day of the letter.
        whose: who wrote it.
        text: what it said, whole or in short.
        seen: its ``version`` when the person read it.
        decided: marks of what looks like a patient's and, the person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    level, person = take_up(by, level, seen)
    since = _first_day(level)
    refuse(rules.check_word(kind=kind, whose=whose, text=text, on=on, since=since, today=london_day(now)))
    assert on is not None  # checked above
    if kind == rules.TOLD and level.level == rules.ROUTINE:
        raise NotNow("A provider at routine needs no notice. Nothing was changed.")
    guard({"text": text, "whose": whose}, decided=decided)
    LevelWord.objects.create(
        level=level, kind=kind, on=on, whose=whose.strip(), text=text.strip(), recorded_at=now, by_id=person
    )
    _keep_clocks(level, kind, on, by=by, now=now)
    return done("level.provider_word", level, by=by, now=now, kind=kind, let_through=codes([text, whose]))


def _first_day(level: SurveillanceLevel) -> date:
    """Return the first day that a letter may have; of one that was kept, also of before it was kept."""
    recorded = london_day(level.record.recorded_at)
    timed = [london_day(clock.started_at) for clock in timing.open_clocks(level, timing.NOTICE)]
    return min([level.met_on or recorded, recorded, *timed])


def _keep_clocks(level: SurveillanceLevel, kind: str, on: date, *, by: Principal, now: datetime) -> None:
    at = min(day_starts(on), now) if on < london_day(now) else now
    if kind == rules.ANSWERED:
        meet_all(timing.open_clocks(level, timing.REPLY), at, by=by, now=now, how="replied")
        return
    level.told_on = min(level.told_on or on, on)  # the first letter tells
    meet_all(timing.open_clocks(level, timing.NOTICE), at, by=by, now=now, how="told")
    for held in level.withholdings.filter(ended_at=None):
        timing.end_withholding(held, by=by, now=now, reason=WITHDRAWN)
    started = Clock.objects.filter(record=level.pk, family=timing.REPLY).exists()
    if shown(level, now).standing == rules.SET and not started:
        start_clock(
            kind=timing.REPLY,
            record=level.record,
            by=by,
            now=now,
            started_at=at,
            responsible_agency=level.follows_id,
        )
