"""The clocks of a room: the large one and what it waits for, the others, and the strip of stages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clocks.models import Clock
from clocks.rules.states import OPEN
from clocks.showing import Look, look_of
from nhsuk.words import listing
from risk_summits.rules import judging, ring, stages
from risk_summits.showing.calls import CallLine
from risk_summits.showing.held import Held
from risk_summits.showing.parts import essential
from timekeeping.london import london_day

LARGE = ("judgement", "response", "follow_up")
LABELS = {
    "judgement": "Judge together",
    "response": "Meet to respond",
    "ring": "Agree who leads",
    "follow_up": "Meet again",
    "views_reveal": "Views revealed together",
    "impact": "Say what a step would do",
    "provider_notice": "Tell the provider",
    "provider_reply": "The provider answers on the facts",
    "special_condition": "Decide again not to tell the provider",
}
"""What a room's own clocks ask for, shorter than the list says it; others are called as the list calls them."""


@dataclass(frozen=True)
class ShownClock:
    """A clock with its words."""

    clock: Clock
    look: Look
    label: str
    waits_for: str = ""


@dataclass(frozen=True)
class Step:
    """One stage of the strip."""

    text: str
    done: bool
    current: bool


def clocks_of(held: Held) -> list[ShownClock]:
    """Return every clock of a room, alerts apart: those that count first, the soonest due first."""
    shown = [ShownClock(one, look_of(one, held.now), label_of(held, one)) for one in held.clocks]
    return sorted(shown, key=lambda one: (one.clock.state not in OPEN, one.clock.due_at, str(one.clock.pk)))


def label_of(held: Held, clock: Clock) -> str:
    """Return what a clock asks for."""
    label = LABELS.get(clock.family) or held.timetable.interval(clock.kind, london_day(held.now)).label
    return f"{label}: {clock.responsible_agency}" if clock.family == "impact" else label


def large_clock(held: Held, shown: Iterable[ShownClock]) -> ShownClock | None:
    """Return the clock at the top: the one that the bodies together owe first, with what it waits for."""
    mine = [one for one in shown if one.clock.family in LARGE and one.clock.is_open]
    if not mine:
        return None
    first = min(mine, key=lambda one: one.clock.due_at)
    return ShownClock(first.clock, first.look, first.label, _waits_for(held, first.clock))


def _waits_for(held: Held, clock: Clock) -> str:
    """Return what the large clock waits for, by name."""
    if clock.family == "judgement":
        said = {one.agency_id for one in held.stated if one.replaced_by_id is None}
        silent = held.named({one.agency_id for one in held.called if one.speaks} - said)
        return f"the group's judgement.{f' No view yet from {listing(silent)}.' if silent else ''}"
    must = held.named(essential(held, None, held.now))
    return f"a meeting, in person or by call, with {listing(must)}."


def strip(held: Held, calls: Sequence[CallLine]) -> list[Step]:
    """Return the strip of stages; the first that is not done is where the room stands."""
    done = {
        "called": True,
        "reached": all(one.reached for one in calls),
        "views": held.room.revealed_at is not None,
        "judged": any(one.code not in judging.NOT_A_JUDGEMENT for one in held.in_force),
        "led": held.room.ring_decided_at is not None or held.holdings[-1].basis == ring.AGREED,
        "met": any(one.family == "response" and one.met_at for one in held.clocks),
        "asked": not any(held.gates.values()),
        "closed": not held.open,
    }
    needless = ("led", "met") if held.failure_at is None else ()
    steps, passed = [], False
    for code, text in stages.STRIP:
        if code in needless:
            continue
        here = not done[code] and not passed and held.open
        steps.append(Step(text, done[code], here))
        passed = passed or here
    return steps
