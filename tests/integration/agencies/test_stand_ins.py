"""Who stands in for whom, and which number is rung."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from agencies import stand_ins
from agencies.models import Post
from clocks import registry
from notifications import events
from tests.integration.agencies.conftest import LAST_YEAR, TODAY, belongs, person, sits


def told(user):
    return SimpleNamespace(recipient_id=user.pk)


@pytest.fixture
def chain(world):
    """Ann's deputy, a holder of the post of deputy, a lead, a chair, and the regional chair."""
    deputy, post, lead, chair, regional = map(
        person, ("Di Deputy", "Po Post", "Le Lead", "Ch Chair", "Re Chair")
    )
    sits(world.ann, world.ccg, world.group)
    for user in (deputy, post):
        belongs(user, world.ccg)
    belongs(lead, world.ccg, "agency_lead")
    sits(deputy, world.ccg, world.group, "deputy")
    Post.objects.create(agency=world.ccg, post="deputy", user=post, starts_on=LAST_YEAR)
    for user, group in ((chair, world.group), (regional, world.region)):
        belongs(user, group.team)
        sits(user, group.team, group, "chair")
    return [deputy, post, lead, chair, regional]


def test_the_deputy_then_the_lead_then_the_chair(world, chain):
    directory, done = stand_ins.Directory(), frozenset({world.ann.pk})
    for user in chain:
        assert directory.next_in_line(told(world.ann), done, world.now) == user.pk
        done |= {user.pk}
    assert directory.next_in_line(told(world.ann), done, world.now) is None


def test_an_account_that_is_closed_or_a_seat_that_ended_today_stands_in_for_nobody(world, chain):
    deputy, post, lead, *_ = chain
    deputy.seats.update(ends_on=TODAY)
    post.is_active = False
    post.save()
    assert stand_ins.Directory().next_in_line(told(world.ann), frozenset(), world.now) == lead.pk


def test_somebody_who_was_never_at_a_body_has_nobody(world):
    assert stand_ins.Directory().next_in_line(told(world.bob), frozenset(), world.now) is None


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-03-03T10:00Z", "020 1 day"),
        ("2026-03-03T18:00Z", "020 1 night"),
        ("2026-03-07T10:00Z", "020 1 night"),
    ],
)
def test_out_of_hours_the_post_s_own_number_is_rung(world, freeze, moment, number):
    Post.objects.create(
        agency=world.ccg,
        post="deputy",
        user=world.ann,
        telephone="020 1 day",
        out_of_hours_telephone="020 1 night",
        starts_on=LAST_YEAR,
    )
    found = stand_ins.Directory().telephones(frozenset({world.ann.pk}), freeze(moment))
    assert found == {world.ann.pk: number}


def test_without_a_post_the_body_is_rung_and_without_a_number_nobody(world):
    numbers = stand_ins.Directory().telephones
    assert numbers(frozenset({world.ann.pk}), world.now) == {}
    world.ccg.telephone = "020 2"
    world.ccg.save()
    assert numbers(frozenset({world.ann.pk, world.bob.pk}), world.now) == {world.ann.pk: "020 2"}


def test_of_last_resort_the_body_s_leads_are_told_and_else_the_chairs_of_its_groups(world, chain):
    clock = SimpleNamespace(responsible_agency_id=world.ccg.pk, record=None)
    assert stand_ins.last_resort(clock, world.now) == [chain[2].pk]
    chain[2].memberships.update(ends_on=TODAY)
    assert stand_ins.last_resort(clock, world.now) == [chain[3].pk]
    clock = SimpleNamespace(
        responsible_agency_id=None, record=SimpleNamespace(owner_id=world.other.pk, pk=uuid4())
    )
    assert stand_ins.last_resort(clock, world.now) == []


def test_the_portal_knows_its_directory():
    assert isinstance(events.directory(), stand_ins.Directory)
    assert registry.NAMES[registry.LAST_RESORT] is stand_ins.last_resort
