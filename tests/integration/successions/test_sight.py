"""What the successor's people see before and after, by the list, by the reason, and by the oracle's own sentence."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Record
from access.reach import explain, plan_of, readers, why
from access.refusals import NotPermitted
from access.sight import visible_to
from actions.models import Action
from concerns.models import Concern
from concerns.operations.changing import close_concern, require_owner
from successions import rules
from successions.operations import decline
from tests.oracle.oracle import Principal as Asker
from tests.oracle.oracle import owns
from tests.oracle.world import Succession as Told
from tests.oracle.world import World
from tests.successors import APRIL, Closing

pytestmark = pytest.mark.django_db

FIRST = "2026-04-01T00:05Z"


def seen(world: Closing, user: object) -> set:
    return set(visible_to(world.by(user), Record.objects.all()).values_list("pk", flat=True))


def test_sight_comes_with_the_closing_and_not_before_and_says_why(world: Closing, freeze) -> None:
    concern, stays = world.concern(by="lead"), world.concern(by="lead")
    opened = world.open()
    world.hand_on(opened, rules.INTELLIGENCE, stays=[stays.pk])
    world.accept_all(opened)
    assert seen(world, world.heir_reader) == set()
    world.close(opened, freeze(FIRST))
    by = world.by(world.heir_reader)
    assert concern.pk in seen(world, world.heir_reader)
    assert explain(why(by, concern.record)) == ["Your body took it over from the body that looked after it."]
    assert {one.user_id for one in readers(plan_of(concern.record))} >= {
        world.heir_reader.pk,
        world.heir_lead.pk,
    }
    for who in (world.heir_reader, "stranger", "inspector", "visitor"):
        listed = seen(world, who)
        for record in Record.objects.filter(pk__in=[concern.pk, stays.pk]):
            assert (record.pk in listed) == bool(why(world.by(who), record)), who


def test_the_oracle_says_the_same_of_who_looks_after_what(world: Closing, freeze) -> None:
    concern, stays = world.concern(by="lead"), world.concern(by="lead")
    opened = world.open()
    world.hand_on(opened, rules.INTELLIGENCE, stays=[stays.pk])
    world.accept_all(opened)
    world.close(opened, freeze(FIRST))
    accepted = Told(
        successor=world.neighbour.pk, predecessor=world.ccg.pk, accepted_on=APRIL, exceptions=(stays.pk,)
    )
    told = World(base_day=APRIL, successions=(accepted,))
    for user in (world.heir_reader, world.heir_lead, world.region.people["inspector"]):
        by = world.by(user)
        asker = Asker(user=by.user_id, agency=by.agency_id)
        for record in (concern.record, stays.record):
            there = SimpleNamespace(id=record.pk, owner=record.owner_id)
            assert owns(told, asker, there, by.asked_at) == record.is_of(by)


def test_a_successors_lead_acts_for_the_owner_and_not_on_what_stayed(world: Closing, freeze) -> None:
    concern, stays = world.concern(by="lead"), world.concern(by="lead")
    opened = world.open()
    world.hand_on(opened, rules.INTELLIGENCE, stays=[stays.pk])
    world.accept_all(opened, intelligence=[])
    now = freeze(FIRST)
    world.close(opened, now)
    by = world.by(world.heir_lead)
    assert concern.record.roles_of(by) == {"agency_lead"}
    assert stays.record.roles_of(by) == set()
    closed = close_concern(
        by=by,
        now=now,
        concern=concern,
        seen=concern.version,
        outcome="acted",
        reason="It is done.",
    )
    assert closed.status == "closed"
    with pytest.raises(NotPermitted):
        require_owner(by, stays, "concern.close")


def test_an_offered_action_is_seen_there_so_that_it_can_be_judged_and_no_longer_when_declined(
    world: Closing,
) -> None:
    action = world.action()
    opened = world.open()
    assert action.pk not in seen(world, world.heir_lead)
    (offer,) = world.hand_on(opened, rules.ACTION)
    assert action.pk in seen(world, world.heir_lead)
    decline(by=world.by(world.heir_lead), now=world.now, offer=offer, reason="It is not ours to do.")
    assert action.pk not in seen(world, world.heir_lead)
    turns = list(Action.objects.get(pk=action.pk).turns.values_list("deed", flat=True))
    assert turns == ["asked", "passed_on", "kept_back"]


def test_a_successor_asks_as_few_questions_as_anybody(world: Closing, freeze) -> None:
    for _ in range(3):
        world.concern(by="lead")

    def asked(user: object) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            by = world.by(user)
            list(visible_to(by, Concern.objects.all())[:20])
        return len(queries)

    before = asked(world.heir_reader)
    opened = world.open()
    world.accept_all(opened)
    world.close(opened, freeze(FIRST))
    assert asked(world.heir_reader) == before
    assert len(seen(world, world.heir_reader)) >= 3
