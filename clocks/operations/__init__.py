"""The only writers of clocks and their steps.

``running`` starts, meets and stops them; ``ticking`` notices what is due; ``watching`` notices when nothing notices.
"""

from clocks.operations.running import correct, extend, fall_due, meet, start_clock, stop
from clocks.operations.ticking import tick, tick_due
from clocks.operations.watching import unexplained_words, watchdog

__all__ = [
    "correct",
    "extend",
    "fall_due",
    "meet",
    "start_clock",
    "stop",
    "tick",
    "tick_due",
    "unexplained_words",
    "watchdog",
]
