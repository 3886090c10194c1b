"""Shares are the fact; circles are derived from them, interned, and never edited."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from access.models import Audience, Circle, CircleReading, Listing, Record, RecordExclusion, Share
from access.operations import (
    audience,
    circle_of,
    create_record,
    derive_circle,
    drifted_circles,
    end_shares,
    exclude,
    list_participants,
    lock,
    share_record,
    withdraw_record,
)
from access.principal import Principal, clockwork
from access.refusals import NotNow
from access.sight import MOST_PARENTS, visible_to


def sees(world, user, record) -> bool:
    return visible_to(world.by(user), Record.objects.filter(pk=record.pk)).exists()


def test_an_audience_is_the_same_row_each_time(world) -> None:
    assert world.seats() == world.seats()
    assert audience("agency", agency=world.owner.pk) != audience("agency", agency=world.stranger.pk)


def test_an_audience_whose_group_was_made_by_another_process_is_taken_up(world) -> None:
    group = Group.objects.create(name=f"agency:{world.stranger.pk.hex}")
    assert audience("agency", agency=world.stranger.pk).group == group


def test_the_database_refuses_a_second_audience_of_the_same_making(world) -> None:
    world.seats()
    with pytest.raises(IntegrityError, match="audience_once"):
        Audience.objects.create(group=Group.objects.create(name="another"), kind="qsg_seats", qsg=world.group)


def test_records_shared_with_the_same_audiences_have_one_circle(world) -> None:
    seats, body = world.seats(), audience("agency", agency=world.stranger.pk)
    first, second = world.record(seats, body), world.record(body, seats, body)
    assert first.circle == second.circle
    assert set(first.circle.readings.values_list("group_id", flat=True)) == {seats.pk, body.pk}
    assert world.record(seats).circle != first.circle


def test_sharing_twice_makes_one_share(world) -> None:
    record = world.record(world.seats())
    assert share_record(record=record, audiences=[world.seats()], by=world.by(world.olu), now=world.now) == []
    assert record.shares.count() == 1


def test_the_database_refuses_a_second_live_share_with_the_same_audience(world) -> None:
    record = world.record(world.seats())
    with pytest.raises(IntegrityError, match="shared_once_at_a_time"):
        Share.objects.create(record=record, audience=world.seats(), at=world.now)


def test_a_share_says_who_gave_it_and_through_which_gateway(world) -> None:
    record = world.record()
    (share,) = share_record(
        record=record, audiences=[world.seats()], by=world.by(world.olu), now=world.now, gateway="HSCA 2008"
    )
    assert (share.by, share.at, share.gateway) == (world.olu, world.now, "HSCA 2008")


def test_ending_a_share_takes_the_sight_and_keeps_the_fact(world) -> None:
    record = world.record(world.seats())
    assert sees(world, world.nia, record)
    assert end_shares(record=record, audiences=[world.seats()], now=world.now) == 1
    assert not sees(world, world.nia, record)
    assert record.circle is None
    assert record.shares.get().ended_at == world.now
    assert end_shares(record=record, audiences=[world.seats()], now=world.now) == 0


def test_what_was_ended_can_be_shared_again(world) -> None:
    record = world.record(world.seats())
    end_shares(record=record, audiences=[world.seats()], now=world.now)
    share_record(record=record, audiences=[world.seats()], by=world.by(world.olu), now=world.now)
    assert sees(world, world.nia, record)
    assert record.shares.count() == 2


def test_the_database_refuses_to_delete_a_share(world) -> None:
    record = world.record(world.seats())
    with pytest.raises(DatabaseError, match=r"permission denied|Cannot delete"):
        record.shares.all().delete()


def test_the_database_refuses_a_share_that_ends_before_it_began(world) -> None:
    record = world.record(world.seats())
    with pytest.raises(IntegrityError, match="share_ends_after_it_began"):
        record.shares.update(ended_at="2020-01-01T00:00Z")


def test_people_named_stand_in_a_circle_of_their_own(world) -> None:
    record = world.record(world.named(world.sol, world.stranger), world.seats())
    assert record.named.readings.get().group == world.named(world.sol, world.stranger).group
    assert record.circle.readings.get().group == world.seats().group


def test_no_audience_is_no_circle(db) -> None:
    assert circle_of([]) is None


def test_the_same_circle_asked_for_twice_is_made_once(world) -> None:
    numbers = [world.seats().pk, audience("all_seats").pk]
    assert circle_of(numbers) == circle_of(reversed(numbers))
    assert Circle.objects.count() == 1
    assert CircleReading.objects.count() == 2


def test_a_lock_reads_the_record_afresh(world) -> None:
    record = world.record()
    Record.objects.filter(pk=record.pk).update(closed=True, gate="sealed")
    lock(record)
    assert (record.closed, record.gate) == (True, "sealed")


class TestDrift:
    def test_nothing_drifts(self, world) -> None:
        record = world.record(world.seats(), world.named(world.sol, world.stranger))
        world.record()
        end_shares(record=record, audiences=[world.seats()], now=world.now)
        assert drifted_circles() == []

    def test_a_circle_set_by_hand_is_found(self, world) -> None:
        record, other = world.record(), world.record(world.seats())
        Record.objects.filter(pk=record.pk).update(circle=other.circle)
        assert drifted_circles() == [record.pk]

    def test_a_person_named_by_hand_is_found(self, world) -> None:
        record = world.record()
        named = circle_of([world.named(world.sol, world.stranger).pk])
        Record.objects.filter(pk=record.pk).update(named=named)
        assert drifted_circles() == [record.pk]

    def test_a_grant_added_to_a_circle_is_found_on_every_record_of_it(self, world) -> None:
        records = [world.record(world.seats()), world.record(world.seats())]
        reading = records[0].circle.readings.get()
        CircleReading.objects.create(
            group=audience("all_seats").group,
            permission=reading.permission,
            content_object=records[0].circle,
        )
        assert set(drifted_circles()) == {one.pk for one in records}

    def test_deriving_again_heals_it(self, world) -> None:
        record, other = world.record(), world.record(world.seats())
        Record.objects.filter(pk=record.pk).update(circle=other.circle)
        record.refresh_from_db()
        derive_circle(record)
        assert drifted_circles() == []

    def test_the_command_says_how_many_were_compared_and_names_each_that_differs(self, world) -> None:
        record, other = world.record(), world.record(world.seats())
        said = io.StringIO()
        call_command("check_sight", stdout=said)
        assert said.getvalue() == "2 records compared with their shares.\n"
        Record.objects.filter(pk=record.pk).update(circle=other.circle)
        with pytest.raises(CommandError, match=str(record.pk)) as refused:
            call_command("check_sight", stdout=said)
        assert str(other.pk) not in str(refused.value)


class TestMakingARecord:
    def test_it_belongs_to_the_body_of_whoever_records_it(self, world) -> None:
        record = world.record()
        assert (record.owner, record.recorded_by) == (world.owner, world.olu)
        assert record.happened_at == record.recorded_at == world.now

    def test_it_may_belong_to_another_body(self, world) -> None:
        record = create_record(kind="action", by=clockwork(world.now), now=world.now, owner=world.stranger.pk)
        assert (record.owner, record.recorded_by) == (world.stranger, None)

    def test_it_is_refused_in_the_name_of_no_body(self, world) -> None:
        nobody = Principal(kind="person", asked_at=world.now, user_id=world.person().pk)
        with pytest.raises(NotNow, match="no body"):
            create_record(kind="concern", by=nobody, now=world.now)

    def test_it_is_about_a_provider_once(self, world) -> None:
        record = world.record(providers=[world.hospital.pk, world.hospital.pk, world.provider().pk])
        assert record.about.count() == record.providers.count() == 2

    def test_nothing_can_be_added_to_what_hangs_on_another(self, world) -> None:
        child = world.record(parent=world.record(), parent_rule="required")
        with pytest.raises(NotNow, match="hangs on another"):
            world.record(parent=child, parent_rule="adds")

    def test_an_action_can_come_from_a_concern_and_be_commented(self, world) -> None:
        action = world.record(parent=world.record(), parent_rule="adds")
        assert world.record(parent=action, parent_rule="required").parent == action

    def test_no_deeper_than_sight_looks(self, world) -> None:
        record = world.record()
        for _ in range(MOST_PARENTS):
            record = world.record(parent=record, parent_rule="required")
        with pytest.raises(NotNow, match="further up"):
            world.record(parent=record, parent_rule="required")

    @pytest.mark.parametrize(
        ("wrong", "constraint"),
        [
            ({"parent_rule": "required"}, "record_parent_and_rule_together"),
            ({"gate": "withdrawn"}, "record_withdrawn_says_when"),
            ({"narrowed": True}, "record_narrowed_is_a_child"),
        ],
    )
    def test_the_database_refuses_what_means_nothing(self, world, wrong, constraint) -> None:
        with pytest.raises(IntegrityError, match=constraint):
            world.record(**wrong)

    def test_the_database_refuses_a_parent_without_its_meaning(self, world) -> None:
        with pytest.raises(IntegrityError, match="record_parent_and_rule_together"):
            world.record(parent=world.record())


def test_a_body_is_shut_out_once_however_often_it_is_said(world) -> None:
    record = world.record(world.seats())
    for _ in range(2):
        exclude(record=record, agencies=[world.neighbour.pk], now=world.now)
    assert RecordExclusion.objects.count() == 1
    assert not sees(world, world.nia, record)


class TestTombstones:
    def test_those_who_read_it_until_then_see_that_it_was(self, world) -> None:
        record = world.record(world.seats())
        withdraw_record(record=record, now=world.now)
        assert record.withdrawn_at == world.now
        assert sees(world, world.nia, record)
        assert sees(world, world.olu, record)
        assert not sees(world, world.sol, record)

    def test_somebody_who_takes_a_seat_afterwards_does_not(self, world) -> None:
        record = world.record(world.seats())
        withdraw_record(record=record, now=world.now)
        later = world.person(world.neighbour)
        world.sits(later, world.neighbour)
        assert not sees(world, later, record)

    def test_somebody_who_moved_to_another_body_does_not(self, world) -> None:
        record = world.record(world.seats())
        withdraw_record(record=record, now=world.now)
        world.nia.memberships.update(ends_on="2026-03-03")
        world.joins(world.nia, world.owner, starts_on="2026-03-03")
        assert not sees(world, world.nia, record)

    def test_what_hangs_on_it_is_gone(self, world) -> None:
        record = world.record(world.seats())
        comment = world.record(kind="comment", parent=record, parent_rule="required")
        assert sees(world, world.nia, comment)
        withdraw_record(record=record, now=world.now)
        assert not sees(world, world.nia, comment)
        assert not sees(world, world.olu, comment)


class TestListings:
    @pytest.fixture
    def room(self, world):
        summit = world.record(kind="risk_summit", gate="listed")
        rooms = [
            audience("participants", summit=summit.pk),
            audience("body_participants", summit=summit.pk, agency=world.neighbour.pk),
        ]
        share_record(record=summit, audiences=rooms[:1], by=world.by(world.olu), now=world.now)
        return summit

    def test_owning_it_gives_nothing(self, world, room) -> None:
        assert not sees(world, world.olu, room)

    def test_a_person_listed_at_their_body_sees_the_room(self, world, room) -> None:
        first = list_participants(summit=room, people=[(world.nia.pk, world.neighbour.pk)], now=world.now)[0]
        again = list_participants(summit=room, people=[(world.nia.pk, world.neighbour.pk)], now=world.now)[0]
        assert first == again
        assert sees(world, world.nia, room)

    def test_a_person_listed_for_a_body_they_are_not_of_does_not(self, world, room) -> None:
        list_participants(summit=room, people=[(world.sol.pk, world.neighbour.pk)], now=world.now)
        assert not sees(world, world.sol, room)

    def test_a_bodys_own_participants_are_an_audience(self, world, room) -> None:
        list_participants(summit=room, people=[(world.nia.pk, world.neighbour.pk)], now=world.now)
        list_participants(summit=room, people=[(world.sol.pk, world.stranger.pk)], now=world.now)
        view = world.record(
            audience("body_participants", summit=room.pk, agency=world.neighbour.pk),
            kind="stated_view",
            gate="listed",
        )
        assert sees(world, world.nia, view)
        assert not sees(world, world.sol, view)

    def test_taken_off_the_list_they_see_it_no_more_and_may_come_back(self, world, room) -> None:
        list_participants(summit=room, people=[(world.nia.pk, world.neighbour.pk)], now=world.now)
        Listing.objects.filter(summit=room, user=world.nia).update(ended_at=world.now)
        assert not sees(world, world.nia, room)
        list_participants(summit=room, people=[(world.nia.pk, world.neighbour.pk)], now=world.now)
        assert sees(world, world.nia, room)
        assert Listing.objects.count() == 2

    def test_the_database_refuses_to_list_twice_at_a_time(self, world, room) -> None:
        list_participants(summit=room, people=[(world.nia.pk, world.neighbour.pk)], now=world.now)
        with pytest.raises(IntegrityError, match="listed_once_at_a_time"), transaction.atomic():
            Listing.objects.create(summit=room, user=world.nia, agency=world.neighbour, starts_at=world.now)
