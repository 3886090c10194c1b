"""Rolling restarts under load: the web is replaced again and again while people read and write."""

import time

from qsg_portal.faults.figures import Figure
from qsg_portal.faults.rig import CLOCKWORK, Rig
from qsg_portal.faults.visiting import Front, Visitors

VISITORS = 6
LONGEST = 20.0


def rolling(rig: Rig, restarts: int) -> list[Figure]:
    """Restart the web so often, with SIGTERM, under load; each time one of the clockwork as well.

    Args:
        rig: a rig whose servers run.
        restarts: how often.
    """
    front = Front(rig)
    try:
        front.roll()
        visitors = Visitors(rig, front.port, VISITORS)
        visitors.start()
        began = time.monotonic()
        time.sleep(2)
        took = []
        for turn in range(restarts):
            took.append(front.roll())
            rig.restart(CLOCKWORK[turn % len(CLOCKWORK)])
        time.sleep(2)
        lasted = time.monotonic() - began
        told = visitors.stop()
    finally:
        front.end()
    kept = {str(one) for (one,) in rig.ask("SELECT record_id FROM concerns_concern")}
    name = f"{restarts} rolling restarts under load"
    return [
        Figure(name, "requests", len(told.asked)),
        Figure(name, "requests a second", len(told.asked) / lasted),
        Figure(name, "requests lost or answered otherwise", sum(not one.well for one in told.asked), 0),
        Figure(name, "writes acknowledged", len(told.promised), 1, at_least=True),
        Figure(name, "acknowledged writes lost", len(set(told.promised) - kept), 0),
        Figure(name, "writes kept twice", len(kept) - len(set(told.promised)), 0),
        Figure(name, "slowest answer", max(one.took for one in told.asked), None, " s"),
        Figure(name, "slowest end of a server", max(took), LONGEST, " s"),
    ]
