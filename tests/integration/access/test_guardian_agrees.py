"""The permission library and the principal give the same answer, and both follow the dates."""

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, transaction
from guardian.shortcuts import get_objects_for_user, get_users_with_perms

from access.models import Circle, CircleReading, Record
from access.operations import audience, list_participants
from access.principal import principal_of
from access.sight import visible_to
from accounts.models import User

READ = "access.read_circle"


def circles_by_every_way(user: User) -> set[int]:
    """The circles a person reads, asked in three ways that must agree."""
    fresh = User.objects.get(pk=user.pk)  # the library keeps its answers on the object
    by_principal = (principal := principal_of(user.pk)).circles | principal.named
    listed = set(get_objects_for_user(fresh, READ, Circle).values_list("pk", flat=True))
    one_by_one = {circle.pk for circle in Circle.objects.all() if fresh.has_perm(READ, circle)}
    assert by_principal == listed == one_by_one
    return by_principal


def test_a_seat_reads_the_circle_and_a_stranger_does_not(world) -> None:
    circle = world.record(world.seats()).circle
    world.record(audience("agency", agency=world.stranger.pk))
    assert circles_by_every_way(world.nia) == {circle.pk}
    assert world.nia in get_users_with_perms(circle, with_group_users=True)
    assert world.sol not in get_users_with_perms(circle, with_group_users=True)


def test_a_person_without_a_body_reads_none(world) -> None:
    world.record(world.seats())
    assert circles_by_every_way(world.person()) == set()


def test_a_person_named_at_a_body_reads_there_and_nowhere_else(world, freeze) -> None:
    world.sol.memberships.update(ends_on="2026-03-10")
    world.joins(world.sol, world.neighbour, starts_on="2026-03-10")
    record = world.record(world.named(world.sol, world.stranger))
    assert circles_by_every_way(world.sol) == {record.named.pk}
    freeze("2026-03-10T00:00Z")
    assert circles_by_every_way(world.sol) == set()


@pytest.mark.parametrize("ending", ["the seat", "the membership", "the group's member"])
def test_a_day_passing_takes_the_circle_without_any_write(world, freeze, ending) -> None:
    circle = world.record(world.seats()).circle
    rows = {
        "the seat": world.nia.seats,
        "the membership": world.nia.memberships,
        "the group's member": world.neighbour.group_memberships,
    }
    rows[ending].update(ends_on="2026-03-29")  # the night on which the clocks change
    freeze("2026-03-28T23:59:59Z")
    assert circles_by_every_way(world.nia) == {circle.pk}
    freeze("2026-03-29T00:00Z")
    assert circles_by_every_way(world.nia) == set()


def test_a_seat_that_starts_tomorrow_counts_from_midnight_in_london(world, freeze) -> None:
    circle = world.record(world.seats()).circle
    late = world.person(world.neighbour)
    world.sits(late, world.neighbour, starts_on="2026-06-01")
    freeze("2026-05-31T22:59:59Z")
    assert circles_by_every_way(late) == set()
    freeze("2026-05-31T23:00Z")  # it is summer: London's first of June
    assert circles_by_every_way(late) == {circle.pk}


def test_a_listing_counts_from_its_moment_to_its_end(world, freeze) -> None:
    summit = world.record(kind="risk_summit", gate="listed")
    room = world.record(audience("participants", summit=summit.pk)).circle
    listing = list_participants(summit=summit, people=[(world.sol.pk, world.stranger.pk)], now=world.now)[0]
    listing.ended_at = "2026-03-03T11:00Z"
    listing.save()
    assert circles_by_every_way(world.sol) == {room.pk}
    freeze("2026-03-03T11:00Z")
    assert circles_by_every_way(world.sol) == set()


def test_an_associates_representative_is_in_no_audience_of_the_group(world) -> None:
    world.record(world.seats())
    world.record(audience("qsg_readers", qsg=world.group.pk))
    world.record(audience("all_seats"))
    world.member(world.stranger, kind="associate")
    world.sits(world.sol, world.stranger)
    assert circles_by_every_way(world.sol) == set()


def test_a_deactivated_account_reads_nothing(world) -> None:
    world.record(world.seats())
    world.nia.is_active = False
    world.nia.save()
    assert circles_by_every_way(world.nia) == set()


def test_an_administrators_role_is_no_reading_role(world) -> None:
    world.record(audience("agency", agency=world.owner.pk))
    assert circles_by_every_way(world.person(world.owner, "agency_administrator")) == set()


class TestWhatTheDatabaseRefuses:
    def test_adding_a_person_to_an_audience(self, world) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            world.sol.groups.add(world.seats().group)
        with pytest.raises(DatabaseError), transaction.atomic():
            world.seats().group.user_set.add(world.sol)

    def test_taking_a_person_out_of_an_audience(self, world) -> None:
        assert world.nia.groups.filter(pk=world.seats().pk).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            world.nia.groups.clear()

    def test_a_superuser(self, world) -> None:
        world.sol.is_superuser = True
        with pytest.raises(IntegrityError, match="no_superuser_who_sees_everything"), transaction.atomic():
            world.sol.save()


class TestTraps:
    """What others fell into: each is real on this stack, and each leads nowhere here."""

    def test_a_superuser_would_pass_every_question_so_there_is_none(self, world) -> None:
        circle = world.record(world.seats()).circle
        imagined = User(email="root@example.org", is_superuser=True)
        assert imagined.has_perm(READ, circle)
        assert not hasattr(User.objects, "create_superuser")

    def test_the_model_level_permission_opens_every_row_of_the_library_but_not_of_the_portal(
        self, world
    ) -> None:
        record = world.record(audience("agency", agency=world.stranger.pk))
        world.seats().group.permissions.add(Permission.objects.get(codename="read_circle"))
        nia = User.objects.get(pk=world.nia.pk)
        assert get_objects_for_user(nia, READ, Circle).filter(pk=record.circle.pk).exists()
        assert record.circle_id not in principal_of(nia.pk).circles
        assert not visible_to(principal_of(nia.pk), Record.objects.filter(pk=record.pk)).exists()

    def test_grants_compare_whole_keys_not_text(self, world) -> None:
        """The library's generic tables keep ids as text: circle 1 must not open circle 10, or '1 '."""
        field = Circle._meta.get_field("readings").remote_field
        assert field.get_internal_type() == "ForeignKey"
        assert field.target_field.get_internal_type() == "BigAutoField"

    def test_a_grant_to_a_single_person_does_not_exist(self) -> None:
        """Only audiences are granted; a person is an audience of one at a body, which ends with the dates."""
        pointing = {relation.related_model for relation in Circle._meta.related_objects}
        assert pointing == {CircleReading}
