"""The clock of an accepted action: due at the moment agreed, met by its being done."""

from datetime import datetime

from access.principal import Principal
from actions.models import Action
from clocks.models import Clock
from clocks.operations import hand_over, meet, start_clock, stop
from clocks.rules.states import OPEN, WITHDRAWN

KIND = FAMILY = "action"


def start_its_clock(action: Action, *, by: Principal, now: datetime) -> None:
    """Start the clock of an action just accepted, at the moment of acceptance."""
    start_clock(
        kind=KIND,
        record=action.record,
        by=by,
        now=now,
        started_at=action.accepted_at,
        chosen=action.due_at,
        responsible_agency=action.asked_id,
    )


def meet_its_clock(action: Action, *, by: Principal, now: datetime, happened_at: datetime) -> None:
    """Meet the clock by the deed, at the moment it was done."""
    meet(clock=_running(action), by=by, now=now, happened_at=happened_at, how="done")


def stop_its_clock(action: Action, *, by: Principal, now: datetime) -> None:
    """Stop the clock of an action that is no longer asked for."""
    stop(clock=_running(action), by=by, now=now, reason=WITHDRAWN)


def hand_over_its_clock(action: Action, *, by: Principal, now: datetime) -> None:
    """Let the body that took it over meet its clock; start and due moment stay."""
    hand_over(clock=_running(action), by=by, now=now, to=action.asked_id)


def _running(action: Action) -> Clock:
    return Clock.objects.get(record=action.pk, family=FAMILY, state__in=OPEN)
