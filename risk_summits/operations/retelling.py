"""When the record of a meeting is corrected: the clocks it had met or started follow what is now known (clocks.md)."""

from datetime import datetime, timedelta

from access.principal import Principal
from clocks.models import Clock
from clocks.operations import correct, judge_again, stop
from clocks.registry import Deed
from clocks.rules.states import CORRECTED, STOPPED
from meetings.models import Meeting
from risk_summits.models import Room
from risk_summits.operations.facts import failure_at
from risk_summits.operations.timing import FOLLOW_UP, RESPONSE, counting, held_as
from risk_summits.rules import response
from timekeeping.london import london_day


def follow_correction(room: Room, meeting: Meeting, *, by: Principal, now: datetime) -> None:
    """Judge again what a meeting met, and put right what it started, when it opened at another moment or does not count.

    Args:
        room: the room, held by the caller.
        meeting: one held in it, its corrected record in force.
        by: who corrected it.
        now: the moment.
    """
    versions = [held_as(meeting, one, now) for one in meeting.proceedings.order_by("number")]
    if len({(one.opened_at, one.present, one.goes_on) for one in versions[-2:]}) < 2:
        return  # told for the first time, or only the words were corrected
    held = counting(room, now)
    opened_at = next((moment for one, moment in held if one.pk == meeting.pk), None)
    judged_at = failure_at(room)
    was = {response.response_opened_at(one, judged_at) for one in versions[:-1]} - {None, opened_at}
    for clock in _clocks(room, RESPONSE):
        if clock.met_at in was:
            first = min(held, key=lambda each: each[1], default=None)
            judge_again(clock=clock, by=by, now=now, deed=_deed(*first) if first else None)
    for clock in _clocks(room, FOLLOW_UP):
        if clock.met_at in was:
            judge_again(clock=clock, by=by, now=now, deed=_deed(meeting, opened_at) if opened_at else None)
        elif clock.started_at in was and opened_at is not None:
            correct(clock=clock, by=by, now=now, started_at=opened_at, chosen=f"{_days(clock)}d")
        elif clock.started_at in was and clock.is_open:
            stop(clock=clock, by=by, now=now, reason=CORRECTED)


def _clocks(room: Room, family: str) -> list[Clock]:
    """Return the clocks of a family that were neither stopped nor replaced, the earliest first."""
    held = Clock.objects.filter(record=room.pk, family=family, replaced_by=None).exclude(state=STOPPED)
    return list(held.order_by("started_at", "pk"))


def _deed(meeting: Meeting, opened_at: datetime) -> Deed:
    """Return the deed of a meeting: it was recorded when somebody first wrote down that it had been held."""
    recorded = meeting.proceedings.filter(recorded_at__gte=opened_at).order_by("number")
    return Deed(opened_at, recorded[0].recorded_at)


def _days(clock: Clock) -> int:
    """Return within how many days of its start a clock is due, at the midnight that ends the last of them."""
    last = clock.due_at - timedelta(microseconds=1)
    return (london_day(last) - london_day(clock.started_at)).days
