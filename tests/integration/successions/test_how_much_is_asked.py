"""However much a body looks after, offering it and taking it back asks the database as often, but for what each deed writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.operations import audience, share_record
from clocks.operations import start_clock
from successions import operations, rules
from tests.successors import Closing

pytestmark = pytest.mark.django_db

A_DEED_WITH_AN_ACTION = 25
"""Its share, its turn, its line of the log, and who is told; it is no more than that, however many there are."""


def deadlines(world: Closing, number: int) -> None:
    """Let the CCG have to meet so many deadlines about what CQC looks after, in sight of both bodies."""
    for _ in range(number):
        theirs = world.concern(by="inspector").record
        by = world.by("inspector")
        both = [audience("agency", agency=one.pk) for one in (world.ccg, world.neighbour)]
        share_record(record=theirs, audiences=both, by=by, now=world.now, gateway="functions")
        start_clock(kind="go_and_look", record=theirs, by=by, now=world.now, responsible_agency=world.ccg.pk)


def asked(world: Closing, kind: str) -> tuple[int, int]:
    """Return how many statements it takes to offer all of a kind, and then to undo the succession."""
    opened = world.open()
    with CaptureQueriesContext(connection) as offering:
        world.hand_on(opened, kind)
    with CaptureQueriesContext(connection) as undoing:
        operations.undo_succession(by=world.by(world.desk), now=world.now, succession=opened)
    return len(offering), len(undoing)


def test_offering_and_taking_back_deadlines_asks_as_often_for_one_as_for_many(world: Closing) -> None:
    deadlines(world, 1)
    asked(world, rules.CLOCK)  # what is kept in memory is fetched once
    one = asked(world, rules.CLOCK)
    deadlines(world, 5)
    assert asked(world, rules.CLOCK) == one


def test_an_action_more_costs_its_own_deed_and_no_more(world: Closing) -> None:
    counts = []
    for more in (1, 0, 1, 4):
        for _ in range(more):
            world.action()
        counts.append(asked(world, rules.ACTION))
    for one, two, six in zip(*counts[1:], strict=True):
        assert two - one <= A_DEED_WITH_AN_ACTION
        assert six - two == 4 * (two - one)
