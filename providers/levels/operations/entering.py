"""What every deed on a level has in common: it is read afresh, changed on what was seen, and written in the log."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.principal import Principal
from access.refusals import NotNow
from access.sight import must_see
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import meet
from providers.levels import rules
from providers.levels.operations.reading import shown
from providers.models import SurveillanceLevel


def take_up(by: Principal, level: SurveillanceLevel, seen: int) -> tuple[SurveillanceLevel, UUID]:
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


def must_stand(level: SurveillanceLevel, now: datetime) -> None:
    """Refuse to write on a level that is not in force any more."""
    held = shown(level, now)
    if held.standing != rules.SET:
        raise NotNow(f"This level is not in force any more: it {held.words}. Nothing was changed.")


def done(
    deed: str, level: SurveillanceLevel, *, by: Principal, now: datetime, **detail: object
) -> SurveillanceLevel:
    """Save a level with its next version, and write the deed in the log with codes and numbers."""
    level.version += 1
    level.save(update_fields=["version", "told_on"])
    record_deed(by=by, now=now, deed=deed, record=level.pk, detail={"version": level.version, **detail})
    return level


def meet_all(clocks: Iterable[Clock], at: datetime, *, by: Principal, now: datetime, how: str) -> None:
    """Meet these clocks by a deed; one before a clock began meets it as it begins."""
    for clock in clocks:
        meet(clock=clock, by=by, now=now, happened_at=max(at, clock.started_at), how=how)
