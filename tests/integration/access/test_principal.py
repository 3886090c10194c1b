"""Who asks: everything the rule wants to know of a person, in one question, as of the database's moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from access.models import Conflict, EmergencyAccess, Inheritance
from access.principal import ANY_SEAT, OWN_BODY, PORTAL, Principal, clockwork, principal_of
from access.refusals import NotPermitted
from access.roles import ALL_PERMISSIONS, EVERYBODY, permissions_of
from agencies.models import PortalRole
from tests.integration.access.conftest import LONG_AGO, TODAY, TOMORROW, YESTERDAY


def test_it_is_one_question_to_the_database(world, django_assert_num_queries) -> None:
    world.record(world.seats())
    with django_assert_num_queries(1):
        principal = principal_of(world.nia.pk)
    assert principal == Principal(
        kind="person",
        asked_at=world.now,
        user_id=world.nia.pk,
        name="Nia Neighbour",
        agency_id=world.neighbour.pk,
        agency_name="Care Quality Commission",
        agency_roles=frozenset({"reader"}),
        seats={world.group.pk: frozenset({"representative"})},
        groups=frozenset({world.seats().pk}),
        circles=principal.circles,
    )
    assert len(principal.circles) == 1


def test_its_moment_is_the_databases_in_utc(world, freeze) -> None:
    freeze("2026-07-01T12:00+01:00")
    assert principal_of(world.nia.pk).asked_at == datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert principal_of(world.nia.pk).asked_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("days", "current"),
    [
        ({"starts_on": TODAY}, True),
        ({"starts_on": TOMORROW}, False),
        ({"ends_on": TODAY}, False),
        ({"ends_on": TOMORROW}, True),
        ({"starts_on": YESTERDAY, "ends_on": TODAY}, False),
        ({"starts_on": TODAY, "ends_on": TOMORROW}, True),
    ],
)
class TestDays:
    """The first day counts, the last named does not."""

    def test_of_a_membership(self, world, days, current) -> None:
        principal = world.by(world.person(world.owner, "contributor", **days))
        assert principal.agency_id == (world.owner.pk if current else None)
        assert principal.agency_roles == ({"contributor"} if current else set())
        assert principal.reads is current

    def test_of_a_seat(self, world, days, current) -> None:
        person = world.person(world.owner)
        world.sits(person, world.owner, **days)
        world.seats()
        assert bool(world.by(person).seats) is current
        assert bool(world.by(person).groups) is current

    def test_of_the_bodys_membership_of_the_group(self, world, days, current) -> None:
        person = world.person(world.stranger)
        world.member(world.stranger, **days)
        world.sits(person, world.stranger)
        world.seats()
        assert bool(world.by(person).seats) is current
        assert bool(world.by(person).groups) is current

    def test_of_a_role_at_the_portal(self, world, days, current) -> None:
        person = world.person()
        PortalRole.objects.create(user=person, role="auditor", **{"starts_on": LONG_AGO, **days})
        assert world.by(person).portal_roles == ({"auditor"} if current else set())

    def test_of_a_conflict(self, world, days, current) -> None:
        days = {"starts_on": LONG_AGO, "provider": world.hospital, **days}
        Conflict.objects.create(user=world.olu, **days)
        Conflict.objects.create(agency=world.owner, **days)
        principal = world.by(world.olu)
        expected = {world.hospital.pk} if current else set()
        assert principal.own_conflicts == expected
        assert principal.body_conflicts == expected

    def test_of_the_safeguarding_leads_post(self, world, days, current) -> None:
        world.leads_safeguarding(world.olu, world.owner, **days)
        assert world.by(world.olu).safeguarding_lead is current


def test_an_associates_seat_is_no_seat(world) -> None:
    world.member(world.stranger, kind="associate")
    world.sits(world.sol, world.stranger, kind="chair")
    assert world.by(world.sol).seats == {}


def test_a_seat_held_for_a_body_one_has_left_is_no_seat(world) -> None:
    world.nia.memberships.update(ends_on=TODAY)
    world.joins(world.nia, world.owner, starts_on=TODAY)
    principal = world.by(world.nia)
    assert (principal.agency_id, principal.seats) == (world.owner.pk, {})


def test_two_seats_in_one_group_are_held_together(world) -> None:
    world.sits(world.nia, world.neighbour, kind="chair")
    assert world.by(world.nia).seats == {world.group.pk: {"chair", "representative"}}


def test_several_roles_at_one_body(world) -> None:
    world.joins(world.olu, world.owner, "agency_administrator")
    principal = world.by(world.olu)
    assert principal.agency_roles == {"reader", "agency_administrator"}
    assert principal.may("people.manage", at=OWN_BODY)
    assert principal.may("concern.read", at=OWN_BODY)


def test_another_persons_post_or_conflict_is_not_mine(world) -> None:
    other = world.person(world.owner)
    world.leads_safeguarding(other, world.owner)
    Conflict.objects.create(user=other, provider=world.hospital, starts_on=LONG_AGO)
    principal = world.by(world.olu)
    assert not principal.safeguarding_lead
    assert not principal.own_conflicts


def test_what_was_accepted_from_a_predecessor_and_what_was_left_out(world, freeze) -> None:
    kept_back = world.record()
    row = Inheritance.objects.create(
        successor=world.stranger, predecessor=world.owner, accepted_at="2026-03-03T10:00Z"
    )
    row.exceptions.add(kept_back)
    assert not world.by(world.sol).predecessors
    freeze("2026-03-03T10:00Z")
    assert world.by(world.sol).predecessors == {world.owner.pk}
    assert world.by(world.sol).exceptions == {kept_back.pk}


class TestEmergencyAccess:
    def give(self, world, user, hours=4, agency=None) -> EmergencyAccess:
        return EmergencyAccess.objects.create(
            user=user,
            agency=agency or world.stranger,
            provider=world.hospital,
            starts_at=world.now,
            ends_at=world.now + timedelta(hours=hours),
        )

    def test_it_counts_from_its_moment_until_its_end(self, world, freeze) -> None:
        world.joins(world.sol, world.stranger, "emergency_access")
        self.give(world, world.sol)
        assert world.by(world.sol).emergency == {world.hospital.pk}
        freeze("2026-03-03T12:59:59.999Z")
        assert world.by(world.sol).emergency
        freeze("2026-03-03T13:00Z")
        assert not world.by(world.sol).emergency
        freeze("2026-03-03T08:59Z")
        assert not world.by(world.sol).emergency

    def test_it_needs_the_role_still(self, world) -> None:
        self.give(world, world.sol)
        assert not world.by(world.sol).emergency

    def test_it_counts_only_at_the_body_where_it_was_taken(self, world) -> None:
        world.joins(world.sol, world.stranger, "emergency_access")
        self.give(world, world.sol, agency=world.owner)
        assert not world.by(world.sol).emergency

    @pytest.mark.parametrize("hours", [4.001, 0, -1])
    def test_the_database_refuses_more_than_four_hours_and_less_than_none(self, world, hours) -> None:
        with pytest.raises(IntegrityError, match="emergency_at_most_four_hours"), transaction.atomic():
            self.give(world, world.sol, hours=hours)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({}, "conflict_of_a_body_or_a_person"),
        ({"user": True, "agency": True}, "conflict_of_a_body_or_a_person"),
        ({"user": True, "ends_on": LONG_AGO}, "conflict_ends_after_it_starts"),
    ],
)
def test_the_database_refuses_a_conflict_that_means_nothing(world, wrong, constraint) -> None:
    held = {"user": world.olu, "agency": world.owner}
    values = {name: held.get(name, value) for name, value in wrong.items()}
    with pytest.raises(IntegrityError, match=constraint):
        Conflict.objects.create(provider=world.hospital, starts_on=LONG_AGO, **values)


def test_the_database_refuses_a_body_that_succeeds_itself(world) -> None:
    with pytest.raises(IntegrityError, match="no_body_succeeds_itself"):
        Inheritance.objects.create(successor=world.owner, predecessor=world.owner, accepted_at=world.now)


def test_an_account_that_may_not_sign_in_is_a_principal_with_nothing(world) -> None:
    type(world.nia).objects.filter(pk=world.nia.pk).update(is_active=False)
    principal = world.by(world.nia)
    assert principal == Principal(kind="person", asked_at=world.now, user_id=world.nia.pk)
    assert not principal.reads


class TestMay:
    def test_a_role_counts_where_it_is_held(self, world) -> None:
        world.sits(world.nia, world.neighbour, kind="chair")
        chair = world.by(world.nia)
        assert chair.may("level.set", at=world.group)
        assert chair.may("level.set", at=ANY_SEAT)
        assert not chair.may("level.set", at=world.region)
        assert not chair.may("level.set", at=OWN_BODY)
        assert not chair.may("level.set", at=PORTAL)

    def test_at_a_body_it_counts_for_its_own_people_alone(self, world) -> None:
        assert world.by(world.olu).may("concern.read", at=world.owner)
        assert not world.by(world.olu).may("concern.read", at=world.neighbour)

    def test_a_role_at_the_portal(self, world) -> None:
        PortalRole.objects.create(user=world.sol, role="portal_administrator", starts_on=LONG_AGO)
        assert world.by(world.sol).may("membership.manage", at=PORTAL)
        assert not world.by(world.sol).may("membership.manage", at=OWN_BODY)
        assert not world.by(world.olu).may("membership.manage", at=PORTAL)

    def test_some_things_are_everybodys(self, world) -> None:
        stranger = world.by(world.person())
        assert all(stranger.may(permission, at=PORTAL) for permission in EVERYBODY)
        assert not any(stranger.may(permission, at=OWN_BODY) for permission in ALL_PERMISSIONS - EVERYBODY)

    def test_the_clockwork_is_refused_nothing(self, world) -> None:
        assert all(clockwork(world.now).may(permission, at=OWN_BODY) for permission in ALL_PERMISSIONS)

    def test_a_refusal_says_a_sentence(self, world) -> None:
        olu = world.by(world.olu)
        olu.require("concern.read", at=OWN_BODY)
        with pytest.raises(NotPermitted, match="Ask your body's lead"):
            olu.require("concern.raise", at=OWN_BODY)
        with pytest.raises(NotPermitted, match="Only the chair"):
            olu.require("level.set", at=world.group, sentence="Only the chair sets levels.")

    def test_no_roles_permit_nothing(self) -> None:
        assert permissions_of(set()) == frozenset()
