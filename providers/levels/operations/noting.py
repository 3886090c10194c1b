"""What is written on a level while it stands: criteria met, the provider's part (mission D2; NQB 1c, 2a).

The provider is told in writing, or kept from it by two people who decide again each day.
"""

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import must_see
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import meet, start_clock
from clocks.rules.states import OPEN, WITHDRAWN
from providers.levels import rules
from providers.levels.operations import timing
from providers.levels.operations.reading import shown
from providers.models import CriterionMet, LevelWithholding, LevelWord, SurveillanceLevel
from reference.personal_data import codes, sentence, undecided
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
    level, person = _take_up(by, level, seen)
    _must_stand(level, now)
    errors = rules.check_met(
        number=number,
        count=len(rules.criteria_of(level.exit_criteria)),
        already=set(level.met.values_list("number", flat=True)),
        evidence=evidence,
    )
    if met_on is None or met_on > london_day(now):
        errors["met_on"] = "Say since which day, at the latest today"
    _refuse(errors)
    assert met_on is not None  # checked above
    _guard({"evidence": evidence}, decided)
    CriterionMet.objects.create(
        level=level, number=number, met_on=met_on, evidence=evidence.strip(), recorded_at=now, by_id=person
    )
    return _done("level.criterion_met", level, by=by, now=now, number=number, let_through=codes([evidence]))


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
    level, person = _take_up(by, level, seen)
    recorded = london_day(level.record.recorded_at)
    since = min(level.met_on or recorded, recorded)
    _refuse(rules.check_word(kind=kind, whose=whose, text=text, on=on, since=since, today=london_day(now)))
    assert on is not None  # checked above
    if kind == rules.TOLD and level.level == rules.ROUTINE:
        raise NotNow("A provider at routine needs no notice. Nothing was changed.")
    _guard({"text": text, "whose": whose}, decided)
    LevelWord.objects.create(
        level=level, kind=kind, on=on, whose=whose.strip(), text=text.strip(), recorded_at=now, by_id=person
    )
    _keep_clocks(level, kind, on, by=by, now=now)
    return _done("level.provider_word", level, by=by, now=now, kind=kind, let_through=codes([text, whose]))


def _keep_clocks(level: SurveillanceLevel, kind: str, on: date, *, by: Principal, now: datetime) -> None:
    at = min(day_starts(on), now) if on < london_day(now) else now
    if kind == rules.ANSWERED:
        _meet(timing.open_clocks(level, timing.REPLY), at, by=by, now=now, how="replied")
        return
    level.told_on = min(level.told_on or on, on)  # the first letter tells
    _meet(timing.open_clocks(level, timing.NOTICE), at, by=by, now=now, how="told")
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


def _meet(clocks: Iterable[Clock], at: datetime, *, by: Principal, now: datetime, how: str) -> None:
    """Meet these clocks by a deed; one before a clock began meets it as it begins."""
    for clock in clocks:
        meet(clock=clock, by=by, now=now, happened_at=max(at, clock.started_at), how=how)


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
    level, person = _take_up(by, level, seen)
    _must_stand(level, now)
    if level.told_on is not None or level.level == rules.ROUTINE:
        raise NotNow("There is nothing to keep from the provider: it was told, or needs no notice.")
    if level.withholdings.filter(agreed_at=None, ended_at=None).exists():
        raise NotNow("Somebody has proposed this already. It waits for a second person to agree.")
    if not reason.strip():
        raise Invalid({"reason": "Say why the provider is not told yet"})
    _refuse(rules.too_long({"reason": reason}))
    _guard({"reason": reason}, decided)
    LevelWithholding.objects.create(level=level, reason=reason.strip(), recorded_at=now, by_id=person)
    return _done("level.withholding_proposed", level, by=by, now=now, let_through=codes([reason]))


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
    level, person = _take_up(by, level, seen)
    _must_stand(level, now)
    held = level.withholdings.filter(agreed_at=None, ended_at=None).first()
    if held is None:
        raise NotNow("Nobody has proposed to keep this from the provider, so there is nothing to agree to.")
    if held.by_id == person:
        raise NotPermitted(rules.SECOND_PERSON)
    before = level.withholdings.filter(ended_at=None).exclude(pk=held.pk)
    clocks = Clock.objects.filter(pk__in=before.values("clock_id"), state__in=OPEN)
    _meet(clocks, now, by=by, now=now, how="decided_again")
    before.update(ended_at=now)
    for clock in timing.open_clocks(level, timing.NOTICE):
        timing.stop(clock=clock, by=by, now=now, reason=WITHDRAWN)
    held.agreed_at, held.agreed_by_id = now, person
    held.clock = start_clock(
        kind=timing.WITHHELD, record=level.record, by=by, now=now, responsible_agency=level.follows_id
    )
    held.save(update_fields=["agreed_at", "agreed_by", "clock"])
    return _done("level.withholding_agreed", level, by=by, now=now)


def _take_up(by: Principal, level: SurveillanceLevel, seen: int) -> tuple[SurveillanceLevel, UUID]:
    """Read a level afresh and hold it for this transaction; return it with who acts."""
    must_see(by, level.record)
    by.require(
        "level.set",
        at=level.qsg,
        sentence=f"Only the chair or the secretariat of {level.qsg} writes this on a level.",
    )
    assert by.user_id is not None  # a role at a group is a person's
    fresh = (
        SurveillanceLevel.objects.select_for_update(of=("self",)).select_related("record").get(pk=level.pk)
    )
    if fresh.version != seen:
        raise NotNow(
            "Somebody wrote on this level while you were writing. What you typed is below and nothing was changed: "
            "read the level as it stands now, then send yours again if it still fits."
        )
    return fresh, by.user_id


def _must_stand(level: SurveillanceLevel, now: datetime) -> None:
    held = shown(level, now)
    if held.standing != rules.SET:
        raise NotNow(f"This level is not in force any more: it {held.words}. Nothing was changed.")


def _refuse(errors: Mapping[str, str]) -> None:
    if errors:
        raise Invalid(errors)


def _guard(texts: Mapping[str, str], decided: Set[str]) -> None:
    found = undecided(texts, decided=decided)
    _refuse({name: sentence(one) for name, one in found.items()})


def _done(
    deed: str, level: SurveillanceLevel, *, by: Principal, now: datetime, **detail: object
) -> SurveillanceLevel:
    level.version += 1
    level.save(update_fields=["version", "told_on"])
    record_deed(by=by, now=now, deed=deed, record=level.pk, detail={"version": level.version, **detail})
    return level
