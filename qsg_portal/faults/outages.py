"""Outages: what people who use the portal see while something under it is gone, and how soon it is over.

A database that falls silent, a broker that is killed, a disk that is full (the database's, then the log's), and
machines whose clocks are wrong. The disks are small file systems in memory, mounted for the trial: only root may.
"""

import http.client
import json
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from qsg_portal.faults.disks import fill, small_disk
from qsg_portal.faults.figures import Figure
from qsg_portal.faults.rig import CLOCKWORK, Rig
from qsg_portal.faults.trials import deadlines, never
from qsg_portal.faults.visiting import AROUND, NOTE, WRITTEN, Front, Told, Visitors
from qsg_portal.faults.visitor import Visitor
from qsg_portal.faults.wire import Wire
from qsg_portal.surroundings import WEB_ROLE

VISITORS = 12
"""More than the web has threads: a queue that fills shows."""

SOON = 10.0
"""Seconds within which an outage is answered with 503, and within which it is over once its cause is gone."""

CALM = 4.0
"""Seconds of good answers after which an outage is taken to be over."""

RED_SOON, RED_WITHOUT_A_TICK = 12.0, 60.0
"""Seconds within which /health is red: though it came when every thread waited; when it is the tick that stands still."""

CONNECTIONS = 8
"""As many as the web has threads."""

DAMAGE = """
    SELECT (SELECT count(*) FROM concerns_concern c WHERE NOT EXISTS (
        SELECT 1 FROM concerns_concernversion v WHERE v.concern_id = c.record_id))
    + (SELECT count(*) FROM concerns_concern c WHERE NOT EXISTS (
        SELECT 1 FROM audit_line l WHERE l.record_id = c.record_id AND l.deed = 'concern.noted'))
    + (SELECT count(*) FROM audit_line l WHERE l.deed = 'concern.noted' AND NOT EXISTS (
        SELECT 1 FROM concerns_concern c WHERE c.record_id = l.record_id))
"""
"""How many notes are there by half: without their text, or without their line in the log, or the line alone."""


class Outage:
    """People use the portal; something is taken away, and given back."""

    def __init__(self, rig: Rig, front: Front) -> None:
        """Let the people in."""
        self.rig, self.front = rig, front
        front.roll()
        self.visitors = Visitors(rig, front.port, VISITORS)
        self.gone_at = self.back_at = 0.0
        self.red_after: float | None = None

    def go_through(self, take: Callable[[], object], give: Callable[[], object], seconds: float) -> Told:
        """Use, take, use without it for these seconds, give, use until it is over; return what people were told."""
        self.visitors.start()
        time.sleep(3)
        take()
        self.gone_at = time.monotonic()
        while time.monotonic() < self.gone_at + seconds:
            if self.red_after is None and health(self.front.port)[0] == 503:
                self.red_after = time.monotonic() - self.gone_at
            time.sleep(0.5)
        give()
        self.back_at = time.monotonic()
        while time.monotonic() < self.back_at + SOON + 5 and not self._well_for(CALM):
            self.rig.rest(0.5)
        return self.visitors.stop()

    def _well_for(self, seconds: float) -> bool:
        """Return whether for so long everybody has been answered well."""
        now = time.monotonic()
        last = [one for one in list(self.visitors.told.asked) if one.ended > now - seconds]
        return now > self.back_at + seconds and bool(last) and all(one.well for one in last)

    def figures(self, name: str, told: Told) -> list[Figure]:
        """Return what any outage is measured by."""
        while_gone = [one for one in told.asked if self.gone_at <= one.began < self.back_at]
        refused = [one for one in while_gone if one.status == "503"]
        bad_after = [
            one.ended - self.back_at for one in told.asked if one.ended > self.back_at and not one.well
        ]
        kept = {str(one) for (one,) in self.rig.ask("SELECT record_id FROM concerns_concern")}
        return [
            Figure(name, "requests meanwhile", len(while_gone)),
            Figure(name, "of them answered 503", len(refused)),
            Figure(
                name,
                "answered neither well nor 503",
                sum(not one.well and one.status != "503" for one in told.asked),
                0,
            ),
            Figure(
                name, "slowest answer meanwhile", max((one.took for one in while_gone), default=0), SOON, " s"
            ),
            Figure(name, "over after its cause by", max(bad_after, default=0), SOON, " s"),
            Figure(
                name,
                "well answered afterwards",
                sum(one.well and one.began > self.back_at for one in told.asked),
                1,
                at_least=True,
            ),
            Figure(name, "acknowledged writes", len(told.promised), 1, at_least=True),
            Figure(name, "acknowledged writes lost", len(set(told.promised) - kept), 0),
            Figure(name, "notes kept by half", float(self.rig.ask(DAMAGE)[0][0]), 0),
        ]


def silent_database(rig: Rig, seconds: float) -> list[Figure]:
    """The network swallows every word between the web and the database for a while."""
    wire = Wire(rig.database.sockets / ".s.PGSQL.5432")
    front = Front(rig, DATABASE_URL=f"postgresql://{WEB_ROLE}@127.0.0.1:{wire.port}/qsg_portal")
    name = f"database silent for {seconds:.0f} s"
    try:
        outage = Outage(rig, front)
        told = outage.go_through(wire.speaks.clear, wire.speaks.set, seconds)
        time.sleep(1)
        held = rig.ask(f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{WEB_ROLE}'")[0][0]
        return [
            *outage.figures(name, told),
            Figure(
                name,
                "/health red after",
                outage.red_after if outage.red_after is not None else 999,
                RED_SOON,
                " s",
            ),
            Figure(name, "connections held afterwards", held, CONNECTIONS),
        ]
    finally:
        wire.close()
        front.end()


def no_broker(rig: Rig, seconds: float) -> list[Figure]:
    """The broker is killed while people write."""
    front = Front(rig)
    name = f"broker gone for {seconds:.0f} s"
    try:
        outage = Outage(rig, front)
        told = outage.go_through(lambda: rig.kill("broker"), lambda: rig.bring_up("broker"), seconds)
        saved = [
            one for one in told.asked if one.status == "302" and outage.gone_at < one.began < outage.back_at
        ]
        return [
            *outage.figures(name, told),
            Figure(name, "saved without it", len(saved), 1, at_least=True),
            Figure(name, "not answered well", sum(not one.well for one in told.asked), 0),
        ]
    finally:
        front.end()


def full_disk(rig: Rig, seconds: float) -> list[Figure]:
    """The database's disk is filled to the last byte, and emptied again.

    Args:
        rig: one whose database has a small disk of its own.
        seconds: how long it stays full; half a minute until /health is red.
    """
    front = Front(rig)
    name = f"database's disk full for {seconds:.0f} s"
    ballast = rig.database.folder / "ballast"
    try:
        outage = Outage(rig, front)

        def empty() -> None:
            ballast.unlink()
            rig.bring_up("database")

        told = outage.go_through(lambda: fill(ballast), empty, seconds)
        rig.recover()
        figures = outage.figures(name, told)
        if seconds >= RED_WITHOUT_A_TICK:  # sooner there is nothing to be red about
            red = outage.red_after if outage.red_after is not None else 999
            figures.append(Figure(name, "/health red after", red, RED_WITHOUT_A_TICK, " s"))
        return figures
    finally:
        front.end()


def full_log(rig: Rig) -> list[Figure]:
    """The disk of the web's log is full: people are served all the same, and /health says that nothing is logged."""
    name = "log's disk full"
    with small_disk(rig.folder / "logs", 1) as folder:
        ballast = folder / "ballast"
        front = Front(rig)
        with (folder / "web.log").open("ab") as log:
            try:
                front.serving = front.start(output=log.fileno())
                well_before = told_well("log", front.port)
                fill(ballast)
                visitor = Visitor("127.0.0.1", front.port, around=AROUND)
                answers = [visitor.get("/sign-in/") for _ in range(60)]
                said_full = not all(told_well("log", front.port) for _ in range(12))
                written = (folder / "web.log").stat().st_size
                ballast.unlink()
                for _ in range(20):  # each of the server's processes must have had something to say
                    visitor.get("/sign-in/")
                    well_after = all(told_well("log", front.port) for _ in range(12))
                    if well_after:
                        break
                more = (folder / "web.log").stat().st_size - written
            finally:
                front.end()
    return [
        Figure(name, "answered well meanwhile", sum(one.status == 200 for one in answers), 60, at_least=True),
        Figure(
            name,
            "said by /health: before, full, after",
            float(well_before + said_full + well_after),
            3,
            at_least=True,
        ),
        Figure(name, "bytes logged once there is room", more, 1, at_least=True),
    ]


def wrong_clocks(rig: Rig, number: int, over: float, wrong_by: Sequence[int] = (300, -300)) -> list[Figure]:
    """The web's and the worker's clocks are wrong by these seconds, the ticker's by as much the other way."""
    figures: list[Figure] = []
    before = {name: rig.children[name].environ for name in CLOCKWORK}
    for ahead in wrong_by:
        name = f"clocks {ahead:+d} s on web and worker"
        for part, seconds in (("worker", ahead), ("timetable", ahead), ("ticker", -ahead)):
            rig.take_down(part)
            rig.children[part].environ = {**(before[part] or {}), **faked(seconds)}
        rig.bring_up(*CLOCKWORK)
        found = deadlines(rig, f"drill_clocks_{'ahead' if ahead > 0 else 'behind'}", number, over, rig.rest)
        front = Front(rig, **faked(ahead))
        try:
            front.roll()
            visitors = Visitors(rig, front.port, 1)
            visitor = visitors.visitors[0]
            asked = float(rig.ask("SELECT extract(epoch FROM portal_now())")[0][0])
            page = visitor.get(NOTE).text
            answer = visitor.post(NOTE, page, **{**WRITTEN, "danger": "yes"}, headline=f"Danger {ahead}")
            due = rig.ask(
                "SELECT extract(epoch FROM c.started_at), extract(epoch FROM c.due_at) FROM clocks_clock c"
                f" JOIN concerns_concern n ON n.record_id = c.record_id WHERE n.headline = 'Danger {ahead}'"
            )
        finally:
            front.end()
        off = max((abs(float(start) - asked) for start, _ in due), default=999.0)
        figures += [
            *never(name, found),
            Figure(name, "lateness at most", max(found["lateness"]), 5, " s"),
            Figure(name, "a concern with danger is taken", float(answer.status == 302), 1, at_least=True),
            Figure(name, "its clocks start off the truth by", off, 5, " s"),
        ]
    for name in CLOCKWORK:
        rig.take_down(name)
        rig.children[name].environ = before[name]
    rig.bring_up(*CLOCKWORK)
    return figures


def faked(seconds: int) -> dict[str, str]:
    """Return the environment of a process whose clock is wrong by these seconds.

    Raises:
        RuntimeError: libfaketime is not installed.
    """
    found = find_spec("libfaketime")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("libfaketime is missing: make check installs it")
    (library,) = Path(found.submodule_search_locations[0]).rglob("libfaketime.so.1")
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def health(port: int) -> tuple[int, dict[str, dict[str, object]]]:
    """Return /health as it is told on this machine: the status, and the parts; 0 when it does not answer in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON + 2)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())["parts"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return 0, {}
    finally:
        connection.close()


def told_well(part: str, port: int) -> bool:
    """Return whether /health says that a part is well."""
    return bool(health(port)[1].get(part, {}).get("well"))
