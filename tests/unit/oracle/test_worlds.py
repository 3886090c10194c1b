"""The generated worlds: loadable, and held to what must be true whatever else the rule says."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.constraints import problems
from tests.oracle.oracle import principal_of, readers, sees, token_sees
from tests.oracle.worlds import moments, worlds

few = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
asked = st.integers(0, 5)


@few
@given(worlds())
def test_a_generated_world_could_be_loaded(world):
    assert problems(world) == []
    assert 3 <= len(world.agencies) <= 5
    assert 4 <= len(world.users) <= 8
    assert 6 <= len(world.records) <= 12
    assert world.moments == moments(world.base_day)


@few
@given(worlds(), asked)
def test_a_child_has_no_reader_whom_its_parent_has_not(world, place):
    at = world.moments[place]
    for child in world.records:
        if child.parent_rule == "required":
            assert readers(world, child.id, at) <= readers(world, child.parent, at)


@few
@given(worlds(), asked)
def test_nobody_without_a_reading_role_sees_anything(world, place):
    at = world.moments[place]
    for user in world.users:
        if principal_of(world, user.id, at) is None:
            assert not any(sees(world, user.id, record.id, at) for record in world.records)


@few
@given(worlds(), asked)
def test_taking_shares_glass_or_members_away_adds_no_reader(world, place):
    at = world.moments[place]
    less = [
        replace(world, records=tuple(replace(r, shares=r.shares[1:]) for r in world.records)),
        replace(world, emergency_accesses=()),
        replace(world, qsg_members=world.qsg_members[1:]),
        replace(world, seats=()),
        replace(world, participants=()),
        replace(world, portal_roles=()),
    ]
    for record in world.records:
        before = readers(world, record.id, at)
        assert all(readers(poorer, record.id, at) <= before for poorer in less)


@few
@given(worlds(), asked)
def test_closing_excluding_or_narrowing_a_record_adds_no_reader(world, place):
    at = world.moments[place]
    everybody = tuple(agency.id for agency in world.agencies)
    for record in world.records:
        before = readers(world, record.id, at)
        for change in ({"closed": True}, {"excluded": everybody}, {"narrowed": True}):
            stricter = replace(record, **change)
            changed = tuple(stricter if r is record else r for r in world.records)
            assert readers(replace(world, records=changed), record.id, at) <= before


@few
@given(worlds(), asked)
def test_gates_that_name_people_let_nobody_else_through(world, place):
    at = world.moments[place]
    leads = {post.user for post in world.safeguarding_leads}
    for record in world.records:
        if record.gate in ("draft", "named", "sealed"):
            people = {share.user for share in record.shares}
            people |= leads if record.gate == "sealed" else set()
            assert readers(world, record.id, at) <= people


@few
@given(worlds(), asked)
def test_what_a_token_sees_is_neither_closed_nor_drafted_nor_for_those_named(world, place):
    at = world.moments[place]
    for record in world.records:
        if record.closed or record.gate in ("draft", "named", "sealed"):
            assert not any(token_sees(world, a.id, record.id, at) for a in world.agencies)
