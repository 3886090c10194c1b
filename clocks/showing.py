"""Clocks on the screen: which a person sees, and how one is put in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from access.principal import Principal
from access.sight import visible_to
from clocks.models import Clock
from clocks.rules import states
from clocks.timetable import Timetable
from timekeeping.london import left_in_words, london_day

SOON = timedelta(hours=6)


@dataclass(frozen=True)
class Look:
    """How a clock looks: the state that ``components/clock.jinja`` draws, and the words that stand beside it."""

    state: str
    words: str


def look_of(clock: Clock, now: datetime) -> Look:
    """Return how a clock looks at a moment: "18 hours left", "missed, 2 hours overdue", "met", "met, recorded late"."""
    if clock.state == states.RUNNING:
        soon = clock.due_at - now < min(SOON, (clock.due_at - clock.started_at) / 5)
        return Look("soon" if soon else "running", left_in_words(clock.due_at, now))
    if clock.state == states.MISSED:
        return Look("missed", f"missed, {left_in_words(clock.fell_due_at, now)}")
    if clock.state == states.STOPPED:
        return Look("stopped", f"stopped: {states.STOP_REASONS[clock.stop_reason]}")
    return Look("met" if clock.state == states.MET else "late", states.WORDS[clock.state])


def labelled(clocks: Iterable[Clock], now: datetime) -> list[tuple[Clock, Look, str]]:
    """Return each clock with how it looks, and what it asks for in the words of the list."""
    timetable, today = Timetable(), london_day(now)
    return [(one, look_of(one, now), timetable.interval(one.kind, today).label) for one in clocks]


def open_clocks(by: Principal) -> QuerySet[Clock]:
    """Return the clocks that count, running or missed, of what a person sees: the one due first comes first."""
    clocks = Clock.objects.filter(state__in=states.OPEN).select_related("record", "responsible_agency")
    return visible_to(by, clocks, through="record").order_by("due_at", "pk")
