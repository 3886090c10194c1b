"""What every deed on a plan has in common: it is read afresh, changed on what was seen, and stands in its timeline."""

from collections.abc import Mapping
from datetime import date, datetime

from access.principal import Principal
from access.refusals import NotNow
from access.sight import must_see
from agencies.places import NOBODY
from audit.operations import record_deed
from providers.closing import rules
from providers.models import ClosurePlan, PlanNote
from reference.personal_data import codes
from timekeeping.london import london_day, time_in_words

KEEP, DECIDE = "closing.keep", "closing.decide"


def take_up(
    *, by: Principal, plan: ClosurePlan, seen: int, permission: str = KEEP, over: bool = False
) -> ClosurePlan:
    """Read a plan afresh and hold it for this transaction, for its owner's people.

    Args:
        by: must see it, and hold ``permission`` at its owner.
        plan: the one on the screen.
        seen: its ``version`` when the person read it.
        permission: the code.
        over: a plan that is over may be meant too.

    Raises:
        Http404: out of sight.
        NotPermitted: in sight only.
        NotNow: somebody changed it meanwhile, or it is over.
    """
    must_see(by, plan.record)
    owner = plan.record.owner
    by.require(
        permission, at=plan.record, sentence=f"Only {owner}, whose plan this is, changes it. Ask them."
    )
    fresh = hold(plan)
    if fresh.version != seen:
        last = fresh.notes.select_related("by").last()
        who = (
            f"{last.by} wrote on this plan at {time_in_words(last.recorded_at)}" if last else "It was changed"
        )
        raise NotNow(
            f"{who}, while you were writing. What you typed is below and nothing was changed: read the plan as it "
            "stands now, then send yours again if it still fits."
        )
    if not over:
        rules.check_open(fresh.state)
    return fresh


def hold(plan: ClosurePlan) -> ClosurePlan:
    """Read a plan afresh, and hold it for this transaction."""
    plans = ClosurePlan.objects.select_for_update(of=("self",)).select_related("record__owner", "provider")
    return plans.get(pk=plan.pk)


def done(
    plan: ClosurePlan,
    code: str,
    deed: str,
    *,
    by: Principal,
    now: datetime,
    text: str = "",
    on: date | None = None,
    detail: Mapping[str, object] | None = None,
) -> ClosurePlan:
    """Save a plan with its next version, put the deed into its timeline, and write it in the log.

    Args:
        plan: changed already, not yet saved.
        code: the deed's code for the log.
        deed: the timeline's.
        by: whose deed it is.
        now: the moment of recording.
        text: what the timeline says of it.
        on: the day on which it happened, if not today.
        detail: codes, numbers and ids for the log.
    """
    plan.version += 1
    plan.save()
    write(plan, deed, by=by, now=now, text=text, on=on)
    let_through = codes([text])
    found = {"personal_data": let_through} if let_through else {}
    detail = {"version": plan.version, "state": plan.state, **found, **(detail or {})}
    record_deed(by=by, now=now, deed=code, record=plan.pk, detail=detail)
    return plan


def write(
    plan: ClosurePlan, deed: str, *, by: Principal, now: datetime, text: str = "", on: date | None = None
) -> None:
    """Put one entry into a plan's timeline; the caller holds the plan."""
    last = plan.notes.last()
    assert by.user_id is not None  # whoever may change a plan is a person
    PlanNote.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        deed=deed,
        text=text.strip(),
        on=on or london_day(now),
        recorded_at=now,
        by_id=by.user_id,
        agency_id=by.agency_id or NOBODY,
    )
