"""What of the clocks is watched at ``/health``."""

from datetime import datetime

from clocks.operations.watching import watchdog
from timekeeping.london import moment_in_words

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
