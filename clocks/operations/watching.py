"""The watchdog: it notices when nothing notices."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min

from audit.operations import oldest_unsealed_at
from clocks.models import Clock, Ticking
from clocks.registry import gaps
from clocks.rules.states import OPEN
from clocks.timetable import Timetable
from notifications.models import Delivery
from notifications.rules import WAITING
from timekeeping.london import london_day


@dataclass(frozen=True)
class Part:
    """One thing that is watched: since when, how long it may last, and whether that is over."""

    since: datetime | None
    seconds: float
    limit: float

    @property
    def red(self) -> bool:
        """Whether the limit is passed."""
        return self.seconds > self.limit


LIMITS = {
    "step": timedelta(seconds=60),
    "tick": timedelta(seconds=30),
    "outbox": timedelta(seconds=120),
    "seal": timedelta(seconds=60),
}


def watchdog(now: datetime) -> dict[str, Part]:
    """Return what is watched, at a moment; the portal is unhealthy when any part is red.

    Args:
        now: the database's moment.

    Returns:
        ``step``: the oldest due step that nobody took; ``tick``: since the last one; ``outbox``: the oldest mail that
        was to be sent and was not taken up; ``seal``: the oldest line of the log without one.
    """
    mail = Delivery.objects.filter(state__in=WAITING, next_try_at__lte=now).aggregate(at=Min("next_try_at"))[
        "at"
    ]
    return {
        "step": oldest_step(now),
        "tick": last_tick(now),
        "outbox": _part("outbox", mail, now),
        "seal": _part("seal", oldest_unsealed_at(), now),
    }


def oldest_step(now: datetime) -> Part:
    """Return since when the oldest due step waits that nobody took."""
    waiting = Clock.objects.filter(state__in=OPEN, next_step_at__lte=now)
    return _part("step", waiting.aggregate(at=Min("next_step_at"))["at"], now)


def last_tick(now: datetime) -> Part:
    """Return when any ticker last ticked; endlessly long ago when none ever did."""
    ticked = Ticking.objects.aggregate(at=Max("at"))["at"]
    never = Part(None, float("inf"), LIMITS["tick"].total_seconds())
    return _part("tick", ticked, now) if ticked else never


def _part(name: str, since: datetime | None, now: datetime) -> Part:
    seconds = (now - since).total_seconds() if since else 0.0
    return Part(since, max(seconds, 0.0), LIMITS[name].total_seconds())


def unexplained_words(now: datetime) -> list[str]:
    """Return a sentence for each word of the steps in force that no app explained."""
    return gaps(Timetable().families(london_day(now)))
