"""The trials: what is done to the rig, and the figures that come of it."""

import random
import time
from collections.abc import Callable
from typing import Any

from qsg_portal.faults.control import set_timers
from qsg_portal.faults.figures import Figure, disorder, share
from qsg_portal.faults.rig import CLOCKWORK, Rig

SEEDING = 8.0
"""Seconds from now until the first is due: what it takes to write a thousand of them down."""

SETTLING = 75.0
"""Seconds given after the last due moment: a claim of a killed sender runs out after thirty."""

Say = Callable[[str], None]


def deadlines(
    rig: Rig, kind: str, number: int, over: float, fault: Callable[[float], None]
) -> dict[str, Any]:
    """Set deadlines, do something to the rig while they fall due, and measure.

    Args:
        rig: the rig, its clockwork running.
        kind: a name for this drill.
        number: how many deadlines.
        over: the seconds over which they fall due.
        fault: is called with the seconds until the last is due, and lasts about as long.
    """
    rig.recover(60, whole=True)
    mails_before, doubled_before = len(rig.sink.received), _repeats(rig)
    answer = rig.drill("set", kind=kind, number=number, wait=SEEDING, over=over)
    fault(answer["last_due_in"])
    rig.bring_up("database", "broker", *CLOCKWORK)
    rig.settle(kind, SETTLING)
    found = rig.drill("measure", kind=kind)
    found["mails_seen"] = len(rig.sink.received) - mails_before
    found["mails_doubled"] = _repeats(rig) - doubled_before
    return found


def _repeats(rig: Rig) -> int:
    return sum(rig.sink.received.values()) - len(rig.sink.received)


def never(name: str, found: dict[str, Any]) -> list[Figure]:
    """Return the figures that are nothing, whatever happens."""
    return [
        Figure(name, "deadlines set", found["set"]),
        Figure(name, "deadlines lost", found["lost"], 0),
        Figure(name, "steps early", found["early"], 0),
        Figure(name, "transitions or messages doubled", found["doubled"], 0),
        Figure(name, "mails lost", found["mails"] - found["mails_seen"] + found["unsent"], 0),
    ]


def calm(rig: Rig, number: int, over: float) -> list[Figure]:
    """Nothing is done to the rig."""
    name = "no fault"
    found = deadlines(rig, "drill_calm", number, over, rig.rest)
    late = found["lateness"]
    return [
        *never(name, found),
        Figure(name, "lateness p50", share(late, 0.5), None, " s"),
        Figure(name, "lateness p99", share(late, 0.99), 2, " s"),
        Figure(name, "mails doubled", found["mails_doubled"], 0),
    ]


def killing(rig: Rig, number: int, kills: int, over: float, *, at_once: bool, say: Say) -> list[Figure]:
    """Workers, the timetable, the ticker, the broker and the database are killed at random.

    Unless ``at_once``, the next is killed only when somebody ticks again. Two faults at once lose nothing either, but a
    sender killed while the database is away cannot have written down what it sent, and its mails go twice.
    """
    name = f"{kills} times kill -9"

    def fault(left: float) -> None:
        ends = time.monotonic() + left
        rig.kills.clear()
        while (done := rig.kills.total()) < kills:
            remaining = max(ends - time.monotonic(), 0)
            rig.rest(remaining / (kills - done) * random.uniform(0.2, 1.0))
            rig.kill_one()
            if not at_once:
                rig.recover()
        say("  killed: " + ", ".join(f"{part} {times}" for part, times in sorted(rig.kills.items())))
        rig.rest(ends - time.monotonic())

    found = deadlines(rig, "drill_kill", number, over, fault)
    late = found["lateness"]
    return [
        *never(name, found),
        Figure(name, "lateness p50", share(late, 0.5), None, " s"),
        Figure(name, "lateness p99", share(late, 0.99), 15, " s"),
        Figure(name, "mails doubled, same Message-ID", found["mails_doubled"], max(1, kills * 0.02)),
    ]


def restarting(rig: Rig, number: int, restarts: int) -> list[Figure]:
    """The clockwork's processes are asked to end and started again, one after another."""
    name = f"{restarts} restarts by SIGTERM"

    def fault(left: float) -> None:
        ends = time.monotonic() + left
        for turn in range(restarts):
            rig.restart(CLOCKWORK[turn % len(CLOCKWORK)])
        rig.rest(ends - time.monotonic())

    found = deadlines(rig, "drill_restart", number, restarts * 3.0, fault)
    return [*never(name, found), Figure(name, "lateness p99", share(found["lateness"], 0.99), 15, " s")]


def without_broker(rig: Rig, number: int, over: float) -> list[Figure]:
    """The broker is gone all the while."""
    name = f"broker off for {over:.0f} s"

    def fault(left: float) -> None:
        rig.kill("broker")
        rig.rest(left)

    found = deadlines(rig, "drill_broker", number, over, fault)
    return [*never(name, found), Figure(name, "lateness at most", max(found["lateness"]), 60, " s")]


def frozen(rig: Rig, number: int, over: float) -> list[Figure]:
    """The ticker stands still again and again, with whatever rows it holds."""
    name = "ticker frozen"

    def fault(left: float) -> None:
        ends = time.monotonic() + left
        while time.monotonic() < ends:
            rig.freeze("ticker")
            time.sleep(min(12.0, max(ends - time.monotonic(), 0)) + 1)
            rig.thaw("ticker")
            time.sleep(random.uniform(0.1, 0.9))

    found = deadlines(rig, "drill_frozen", number, over, fault)
    return [*never(name, found), Figure(name, "lateness at most", max(found["lateness"]), 10, " s")]


def overdue(rig: Rig, number: int) -> list[Figure]:
    """Everything was off for a day."""
    name = f"{number} overdue after a day"
    rig.take_down(*CLOCKWORK)
    rig.drill("past", kind="drill_past", number=number)
    rig.bring_up(*CLOCKWORK)
    began, left = 0.0, number
    while left and (not began or time.monotonic() - began < 180):
        time.sleep(0.2)
        (left,) = rig.ask(
            "SELECT count(*) FROM clocks_clock WHERE kind = 'drill_past' AND state = 'running'"
        )[0]
        if not began and rig.ask(
            "SELECT 1 FROM clocks_ticking WHERE at > portal_now() - interval '2 seconds'"
        ):
            began = time.monotonic()
        began = began or (time.monotonic() if left < number else 0.0)
    took = time.monotonic() - began
    found = rig.drill("measure", kind="drill_past")
    return [
        Figure(name, "deadlines set", found["set"]),
        Figure(name, "deadlines lost", found["lost"], 0),
        Figure(name, "transitions or messages doubled", found["doubled"], 0),
        Figure(name, "all fired within", took, 60, " s"),
        Figure(name, "out of due order by at most", disorder(found["recorded"]), 2, " s"),
        Figure(name, "least lateness stored", min(found["lateness"]), 60, " s", at_least=True),
    ]


def timers(rig: Rig, number: int, over: float, kills: int) -> list[Figure]:
    """The control: timers in the broker, through kills of the broker and of their worker."""
    name = f"control: Celery ETA, {kills} kills"
    rig.ask("CREATE TABLE IF NOT EXISTS control_fired (number integer)")
    rig.bring_up("control")
    now = float(rig.ask("SELECT extract(epoch FROM portal_now())")[0][0])
    due = sorted(now + 3 + random.uniform(0, over) for _ in range(number))
    set_timers(rig.plan.broker_url, due)
    ends = time.monotonic() + over + 3
    for turn in range(kills):
        time.sleep(max(ends - time.monotonic(), 0) / (kills - turn) * 0.8)
        for part in ("broker", "control"):
            rig.kill(part)
            rig.bring_up(part)
    time.sleep(max(ends - time.monotonic(), 0) + 10)
    fired, different = rig.ask("SELECT count(*), count(DISTINCT number) FROM control_fired")[0]
    return [
        Figure(name, "deadlines set", number),
        Figure(name, "deadlines lost", number - different, 1, at_least=True),
        Figure(name, "fired twice", fired - different),
    ]
