"""The portal and an oracle made from the rule's page alone agree on every generated world.

``visible_to`` (SQL), ``decide`` (which gives the reasons) and ``readers`` (who will see this)
are each asked for every person and record, at every moment as dates pass. ``ORACLE_WORLDS``
says how many worlds (default 12; ``make oracle`` asks for thousands).
"""

import os

import pytest
from django.db import transaction

from access.models import Record
from access.operations import drifted_circles
from access.principal import principal_of
from access.reach import Person, decide, plan_of, readers
from access.sight import visible_to
from tests.oracle import oracle
from tests.oracle.loaded import load, shallow
from tests.oracle.world import World
from tests.oracle.worlds import world_of

WORLDS = int(os.environ.get("ORACLE_WORLDS", "12"))


@pytest.mark.django_db
def test_the_portal_and_the_oracle_agree_on_every_world(freeze) -> None:
    asked = 0
    for number in range(WORLDS):
        with transaction.atomic():
            asked += _agree_through(shallow(world_of(number)), number, freeze)
            transaction.set_rollback(True)
        if number % 100 == 99:
            print(f"{number + 1:,} worlds, {asked:,} questions ...", flush=True)
    print(f"The portal and the oracle agreed on {WORLDS:,} worlds, {asked:,} questions.")


def _agree_through(world: World, number: int, freeze) -> int:
    freeze(world.moments[0])
    load(world)
    assert drifted_circles() == []
    plans = {record.pk: plan_of(record) for record in Record.objects.select_related("parent__parent__parent")}
    for moment in world.moments:
        freeze(moment)
        _agree(world, number, moment, plans)
    return len(world.moments) * len(world.users) * len(world.records)


def _agree(world: World, number: int, moment, plans) -> None:
    told = {record.id: set() for record in world.records}
    for user in world.users:
        principal = principal_of(user.id)
        person = Person.of(principal)
        expected = {r.id for r in world.records if oracle.sees(world, user.id, r.id, moment)}
        seen = set(visible_to(principal, Record.objects.all()).values_list("pk", flat=True))
        assert seen == expected, (number, moment, user.id, seen ^ expected)
        for key, plan in plans.items():
            reasons = decide(person, plan) if principal.reads else []
            assert bool(reasons) == (key in expected), (number, moment, user.id, key, reasons)
            if key in expected:
                told[key].add(user.id)
    for key, plan in plans.items():
        listed = {one.user_id for one in readers(plan)}
        assert listed == told[key], (number, moment, key, listed ^ told[key])
