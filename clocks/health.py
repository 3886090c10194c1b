"""What of the clocks is watched at ``/health``."""

from datetime import datetime

from clocks.operations.watching import last_tick, oldest_step, watchdog
from timekeeping.london import moment_in_words

SILENT_AFTER = 120
"""Seconds without a tick after which every page says so: the ticker's silence shows within three minutes."""

_SILENT = (
    "Deadlines have not been watched since {}. Nothing is lost, but messages about them are late. "
    "Ring the people you would rely on the portal to tell."
)
_SAYS = {
    "step": ("deadlines", "no step is waiting", "a step has been due since {}"),
    "tick": ("tick", "nothing has ever ticked", "last ticked {}"),
    "outbox": ("outbox", "no mail is waiting", "a mail has been due since {}"),
    "seal": ("seal", "every line of the log is sealed", "a line of the log has been unsealed since {}"),
}


def watched(*, now: datetime) -> dict[str, tuple[bool, str]]:
    """Return each watched part: whether it is well, and its figures in a sentence."""
    found = {}
    for code, part in watchdog(now).items():
        name, quiet, busy = _SAYS[code]
        says = busy.format(moment_in_words(part.since)) if part.since else quiet
        found[name] = (not part.red, f"{says} ({part.seconds:.0f} s, red above {part.limit:.0f} s)")
    return found


def alarms(*, now: datetime) -> list[str]:
    """Return what every page says in red when deadlines are not being watched: nobody must trust a silence.

    A portal that never ticked says nothing here: it is not running yet, and ``/health`` is red.
    """
    tick = last_tick(now)
    if tick.since and tick.seconds > SILENT_AFTER:
        return [_SILENT.format(moment_in_words(tick.since))]
    step = oldest_step(now)
    if step.since and step.red:
        # Not which, nor when it was due: it may be out of the reader's sight.
        return ["A deadline has not been dealt with in time. Messages may be late."]
    return []
