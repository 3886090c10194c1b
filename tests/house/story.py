"""How the story of a world is told: step by step, each through operations, any step left out where it must be."""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from access.models import Record
from access.sight import visible_to
from tests.house.chance import drawn_from
from tests.house.stage import BEGINS, NOON, Stage

EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Step:
    """One deed of the story.

    Attributes:
        names: the records it makes or changes; where one of them is left out, the step is.
        tell: what is done.
        otherwise: what is done instead of leaving it out, where it is no secret *that* something was said.
        at: when, if not in its turn.
    """

    names: tuple[str, ...]
    tell: Callable[[Stage], object]
    otherwise: Callable[[Stage], object] | None = None
    at: datetime | None = None

    @property
    def name(self) -> str:
        return self.tell.__name__


STEPS: list[Step] = []


def step(
    *names: str, otherwise: Callable[[Stage], object] | None = None, at: datetime | None = None
) -> Callable[[Callable[[Stage], object]], Callable[[Stage], object]]:
    """Add a step to the story; the first name is what its result is called, if it returns one."""

    def add(tell: Callable[[Stage], object]) -> Callable[[Stage], object]:
        STEPS.append(Step(names, tell, otherwise, at))
        return tell

    return add


def canary(name: str) -> str:
    """A word that stands in the texts of one record and nowhere else."""
    digest = hashlib.sha256(name.encode()).digest()
    return "zq" + "".join(chr(ord("a") + byte % 26) for byte in digest[:9])


def says(name: str, words: str = "It was seen on the ward") -> str:
    """A text of a record: some words, and its canary."""
    return f"{words} {canary(name)}"


def tell(stage: Stage, *, left_out: frozenset[str] = frozenset()) -> Stage:
    """Tell the story on a stage, without what is left out, and stop the clock where everybody looks."""
    told = replace(stage, things={}, left_out=left_out)
    for number, one in enumerate(STEPS):
        act = one.otherwise if left_out.intersection(one.names) else one.tell
        if act is None:
            continue
        told.freeze(one.at or BEGINS + number * EVERY)
        with drawn_from(f"step {one.name}"):
            made = act(told)
        if made is not None and one.names:
            told.things[one.names[0]] = made
    told.freeze(NOON)
    return told


def hidden_from(stage: Stage, persona: str) -> frozenset[str]:
    """The names of what the story made that is out of a persona's sight."""
    by = stage.by(persona)
    keys = {name: thing.pk for name, thing in stage.things.items()}
    records = Record.objects.filter(pk__in=keys.values())
    seen = set(visible_to(by, records).values_list("pk", flat=True))
    return frozenset(name for name, pk in keys.items() if pk not in seen)


@contextmanager
def undone():
    """Do something in the database and take it back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
