"""Keeping a level from the provider: proposed by one, agreed or refused by another, decided again each day (mission D2)."""

from collections.abc import Set
from datetime import datetime

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted
from clocks.models import Clock
from clocks.operations import start_clock
from clocks.rules.states import OPEN, WITHDRAWN
from providers.guarding import guard, refuse
from providers.levels import rules
from providers.levels.operations import telling, timing
from providers.levels.operations.entering import done, meet_all, must_stand, take_up
from providers.models import LevelWithholding, SurveillanceLevel
from reference.personal_data import codes


@operation("level.withholding_proposed")
def propose_withholding(
    *,
    by: Principal,
    now: datetime,
    level: SurveillanceLevel,
    reason: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> SurveillanceLevel:
    """Propose not to tell the provider yet, with the reason; a second person must agree. So it goes on each day.

    Args:
        by: needs ``level.set`` at the group.
        now: the moment.
        level: one in force of which the provider was not told.
        reason: why it is not told yet.
        seen: its ``version`` when the person read it.
        decided: marks of what looks like a patient's and, the person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    level, person = take_up(by, level, seen)
    must_stand(level, now)
    if level.told_on is not None or level.level == rules.ROUTINE:
        raise NotNow("There is nothing to keep from the provider: it was told, or needs no notice.")
    if level.withholdings.filter(agreed_at=None, ended_at=None).exists():
        raise NotNow("Somebody has proposed this already. It waits for a second person to agree.")
    if not reason.strip():
        raise Invalid({"reason": "Say why the provider is not told yet"})
    refuse(rules.too_long({"reason": reason}))
    guard({"reason": reason}, decided=decided)
    LevelWithholding.objects.create(level=level, reason=reason.strip(), recorded_at=now, by_id=person)
    telling.tell_of_withholding(level, telling.PROPOSED, to=telling.who_decide(level, now), by=by, now=now)
    return done("level.withholding_proposed", level, by=by, now=now, let_through=codes([reason]))


@operation("level.withholding_refused")
def refuse_withholding(
    *,
    by: Principal,
    now: datetime,
    level: SurveillanceLevel,
    reason: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> SurveillanceLevel:
    """Refuse, as the second person, that the provider is not told yet. The duty to tell it stands as before.

    Where it was decided earlier that it is not told, that ends too: two no longer agree. The time to tell then starts anew.

    Args:
        by: needs ``level.set`` at the group, and is not who proposed it.
        now: the moment.
        level: the level.
        reason: why the provider is to be told.
        seen: its ``version`` when the person read it.
        decided: marks of what looks like a patient's and, the person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    level, person = take_up(by, level, seen)
    held = proposal_for(by, level, now)
    if not reason.strip():
        raise Invalid({"reason": "Say why the provider is to be told"})
    refuse(rules.too_long({"reason": reason}))
    guard({"reason": reason}, decided=decided)
    held.refused_by_id, held.refusal, held.ended_at = person, reason.strip(), now
    held.save(update_fields=["refused_by", "refusal", "ended_at"])
    if _decide_again(level, how="refused", by=by, now=now):
        timing.start_notice(level, by=by, now=now)
    telling.tell_of_withholding(level, telling.REFUSED, to=[held.by_id], by=by, now=now)
    return done("level.withholding_refused", level, by=by, now=now, let_through=codes([reason]))


@operation("level.withholding_agreed")
def agree_withholding(
    *, by: Principal, now: datetime, level: SurveillanceLevel, seen: int
) -> SurveillanceLevel:
    """Agree that the provider is not told yet: the second of two people. It is decided again within a day.

    The time to tell the provider stops; the time to decide again starts.

    Args:
        by: needs ``level.set`` at the group, and is not who proposed it.
        now: the moment.
        level: the level.
        seen: its ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow: with their sentences.
    """
    level, person = take_up(by, level, seen)
    held = proposal_for(by, level, now)
    _decide_again(level, how="decided_again", by=by, now=now)
    for clock in timing.open_clocks(level, timing.NOTICE):
        timing.stop(clock=clock, by=by, now=now, reason=WITHDRAWN)
    held.agreed_at, held.agreed_by_id = now, person
    held.clock = start_clock(
        kind=timing.WITHHELD, record=level.record, by=by, now=now, responsible_agency=level.follows_id
    )
    held.save(update_fields=["agreed_at", "agreed_by", "clock"])
    telling.tell_of_withholding(level, telling.AGREED, to=[held.by_id], by=by, now=now)
    return done("level.withholding_agreed", level, by=by, now=now)


def proposal_for(by: Principal, level: SurveillanceLevel, now: datetime) -> LevelWithholding:
    """Return what was proposed and waits for a second person, who is this one.

    Raises:
        NotNow: the level is not in force any more, or nothing is proposed.
        NotPermitted: it is their own proposal.
    """
    must_stand(level, now)
    held = level.withholdings.filter(agreed_at=None, ended_at=None).first()
    if held is None:
        raise NotNow("Nobody has proposed to keep this from the provider, so there is nothing to decide.")
    if held.by_id == by.user_id:
        raise NotPermitted(rules.SECOND_PERSON)
    return held


def _decide_again(level: SurveillanceLevel, *, how: str, by: Principal, now: datetime) -> int:
    """End what two had decided before, met by what is decided now; return whether there was any."""
    before = level.withholdings.filter(ended_at=None, agreed_at__isnull=False)
    clocks = Clock.objects.filter(pk__in=before.values("clock_id"), state__in=OPEN)
    meet_all(clocks, now, by=by, now=now, how=how)
    return before.update(ended_at=now)
