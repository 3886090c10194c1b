"""The only writers of clocks and their steps.

``starting`` starts them, ``running`` meets, stops and corrects them; ``ticking`` notices what is due; ``watching`` notices when nothing notices.
"""

from clocks.operations.advancing import tell_again
from clocks.operations.running import correct, extend, fall_due, hand_over, judge_again, meet, stop
from clocks.operations.starting import Start, start_clock, start_clocks
from clocks.operations.ticking import tick, tick_due
from clocks.operations.watching import unexplained_words, watchdog

__all__ = [
    "Start",
    "correct",
    "extend",
    "fall_due",
    "hand_over",
    "judge_again",
    "meet",
    "start_clock",
    "start_clocks",
    "stop",
    "tell_again",
    "tick",
    "tick_due",
    "unexplained_words",
    "watchdog",
]
