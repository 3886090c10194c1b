"""The examples that decide, on the real database: ``visible_to``, ``why`` and ``readers`` say the same."""

from datetime import timedelta

import pytest
from django.http import Http404

from access.models import Conflict, Inheritance, Record, RecordProvider, Share
from access.operations import audience, end_shares, exclude, list_participants, withdraw_record
from access.principal import clockwork
from access.reach import (
    WORDS,
    Plan,
    Reason,
    by_body,
    explain,
    names_of,
    plan_of,
    readers,
    why,
)
from access.sight import MOST_PARENTS, must_see, visible_to
from tests.integration.access.conftest import LONG_AGO, TODAY, YESTERDAY


@pytest.fixture
def sees(world):
    """Ask in every way, and insist that the ways agree."""

    def asked(user, record) -> bool:
        principal = world.by(user)
        listed = visible_to(principal, Record.objects.all()).filter(pk=record.pk).exists()
        told = user.pk in {one.user_id for one in readers(plan_of(record))}
        assert listed == told == bool(why(principal, record))
        return listed

    return asked


def reasons(world, user, record) -> set[str]:
    return {one.code for one in why(world.by(user), record)}


class TestTheOwner:
    def test_a_reader_of_the_owner_sees_what_is_shared_with_nobody(self, world, sees) -> None:  # example 1
        record = world.record()
        assert sees(world.olu, record)
        assert not sees(world.nia, record)
        assert reasons(world, world.olu, record) == {"owner"}

    def test_a_closed_record_is_for_those_named(self, world, sees) -> None:  # 2 and 3
        named = world.person(world.owner)
        record = world.record(
            world.seats(),
            audience("qsg_readers", qsg=world.group.pk),
            world.named(named, world.owner),
            closed=True,
        )
        world.sits(world.olu, world.owner)
        assert not sees(world.olu, record)
        assert sees(named, record)
        assert sees(world.nia, record)  # closed is closed to the owner's own people
        assert reasons(world, named, record) == {"named"}

    def test_a_successor_that_accepted_it_stands_as_the_owner(self, world, sees) -> None:  # 24
        record, left_out, closed = world.record(), world.record(), world.record(closed=True)
        assert not sees(world.sol, record)
        row = Inheritance.objects.create(
            successor=world.stranger, predecessor=world.owner, accepted_at=world.now
        )
        row.exceptions.add(left_out)
        assert sees(world.sol, record)
        assert not sees(world.sol, left_out)
        assert not sees(world.sol, closed)
        assert sees(world.olu, record)

    def test_an_acceptance_may_leave_nothing_out(self, world, sees) -> None:
        record = world.record()
        Inheritance.objects.create(successor=world.stranger, predecessor=world.owner, accepted_at=world.now)
        assert sees(world.sol, record)

    def test_an_acceptance_in_the_future_is_none(self, world, sees) -> None:
        Inheritance.objects.create(
            successor=world.stranger, predecessor=world.owner, accepted_at=world.now + timedelta(hours=1)
        )
        assert not sees(world.sol, world.record())


class TestAudiences:
    def test_the_groups_seats(self, world, sees) -> None:  # 4, 5
        colleague = world.person(world.neighbour)
        record = world.record(world.seats())
        assert sees(world.nia, record)
        assert not sees(colleague, record)
        assert sees(colleague, world.record(audience("qsg_readers", qsg=world.group.pk)))
        assert why(world.by(world.nia), record) == [Reason("audience", world.seats().pk)]

    def test_a_seat_that_ended_yesterday(self, world, sees) -> None:  # 6
        record = world.record(world.seats())
        world.nia.seats.update(ends_on=TODAY)
        assert not sees(world.nia, record)

    def test_a_body_that_left_the_group(self, world, sees) -> None:  # 8
        record = world.record(world.seats())
        world.neighbour.group_memberships.update(ends_on=YESTERDAY)
        assert not sees(world.nia, record)

    def test_only_cleared_seats(self, world, sees) -> None:  # 9
        cleared = world.person(world.neighbour)
        world.sits(cleared, world.neighbour, cleared=True)
        record = world.record(audience("qsg_cleared", qsg=world.group.pk))
        assert sees(cleared, record)
        assert not sees(world.nia, record)

    def test_an_associate_is_reached_by_name_alone(self, world, sees) -> None:  # 10
        world.member(world.stranger, kind="associate")
        world.sits(world.sol, world.stranger)
        assert not sees(world.sol, world.record(world.seats(), audience("all_seats")))
        assert sees(world.sol, world.record(audience("agency", agency=world.stranger.pk)))

    def test_a_person_named_at_a_body_they_left(self, world, sees) -> None:  # 11
        record = world.record(world.named(world.sol, world.stranger))
        assert sees(world.sol, record)
        world.sol.memberships.update(ends_on=TODAY)
        world.joins(world.sol, world.neighbour, starts_on=TODAY)
        assert not sees(world.sol, record)

    def test_a_seat_in_the_region_is_no_seat_in_its_local_groups(self, world, sees) -> None:  # 18
        world.member(world.stranger, qsg=world.region)
        world.sits(world.sol, world.stranger, qsg=world.region)
        assert not sees(world.sol, world.record(world.seats()))

    def test_who_joined_today_sees_what_was_shared_last_year(self, world, sees) -> None:  # 19
        record = world.record(world.seats())
        Share.objects.update(at="2025-03-03T09:00Z")
        today = world.person(world.neighbour, starts_on=TODAY)
        world.sits(today, world.neighbour, starts_on=TODAY)
        assert sees(today, record)

    def test_roles_that_administer_read_nothing(self, world, sees) -> None:  # 16
        record = world.record(world.seats(), audience("agency", agency=world.owner.pk))
        administrator = world.person(world.owner, "agency_administrator")
        world.sits(administrator, world.owner, kind="secretariat")
        assert not sees(administrator, record)


class TestExclusionAndConflict:
    def test_a_body_shut_out_of_one_record(self, world, sees) -> None:  # 12
        record = world.record(world.seats(), world.named(world.nia, world.neighbour))
        exclude(record=record, agencies=[world.neighbour.pk], now=world.now)
        assert not sees(world.nia, record)

    def test_never_applies_to_the_owner(self, world, sees) -> None:  # 13
        record = world.record()
        exclude(record=record, agencies=[world.owner.pk], now=world.now)
        assert sees(world.olu, record)

    def test_a_persons_conflict_applies_at_home(self, world, sees) -> None:  # 14
        record = world.record(world.named(world.olu, world.owner))
        Conflict.objects.create(user=world.olu, provider=world.hospital, starts_on=LONG_AGO)
        assert not sees(world.olu, record)

    def test_a_bodys_conflict_with_one_of_a_themes_providers(self, world, sees) -> None:  # 15
        other = world.provider()
        theme = world.record(world.seats(), providers=[world.hospital.pk, other.pk])
        mine = world.record(world.seats(), by=world.nia, providers=[other.pk])
        Conflict.objects.create(agency=world.neighbour, provider=other, starts_on=LONG_AGO)
        assert not sees(world.nia, theme)
        assert sees(world.nia, mine)
        assert sees(world.nia, world.record(world.seats()))


class TestGates:
    def test_a_draft_is_its_authors(self, world, sees) -> None:
        draft = world.record(world.named(world.olu, world.owner), gate="draft")
        colleague = world.person(world.owner)
        assert sees(world.olu, draft)
        assert not sees(colleague, draft)

    def test_named_only(self, world, sees) -> None:
        record = world.record(world.named(world.sol, world.stranger), world.seats(), gate="named")
        assert sees(world.sol, record)
        assert not sees(world.nia, record)
        assert not sees(world.olu, record)

    def test_a_protected_source_is_for_the_owners_named_handlers(self, world, sees) -> None:
        handler = world.named(world.olu, world.owner)
        outsider = world.named(world.sol, world.stranger)
        source = world.record(handler, outsider, gate="named", kind="protected_source")
        assert sees(world.olu, source)
        assert not sees(world.sol, source)

    def test_sealed(self, world, sees) -> None:
        lead = world.person(world.owner)
        world.leads_safeguarding(lead, world.owner)
        sealed = world.record(world.named(world.sol, world.stranger), world.seats(), gate="sealed")
        assert sees(world.sol, sealed)
        assert sees(lead, sealed)
        assert not sees(world.olu, sealed)
        assert not sees(world.nia, sealed)
        assert reasons(world, lead, sealed) == {"safeguarding_lead"}
        assert reasons(world, world.sol, sealed) == {"named"}

    def test_a_safeguarding_lead_elsewhere_opens_no_seal(self, world, sees) -> None:
        world.leads_safeguarding(world.nia, world.neighbour)
        assert not sees(world.nia, world.record(world.seats(), gate="sealed"))

    def test_a_tombstone_is_for_those_who_had_it(self, world, sees) -> None:
        record = world.record(world.seats())
        withdraw_record(record=record, now=world.now)
        assert sees(world.nia, record)
        assert sees(world.olu, record)
        assert not sees(world.sol, record)

    def test_a_tombstone_is_not_for_emergency_access_nor_for_who_is_shut_out_later(self, world, sees) -> None:
        record = world.record(world.seats())
        withdraw_record(record=record, now=world.now)
        exclude(record=record, agencies=[world.neighbour.pk], now=world.now)
        assert not sees(world.nia, record)

    def test_what_emergency_access_opens_shows_no_tombstone_of_what_hung_on_it(self, world, sees) -> None:
        parent = world.record(world.seats())
        comment = world.record(kind="comment", parent=parent, parent_rule="required")
        withdraw_record(record=comment, now=world.now)
        assert sees(world.nia, comment), "had it, and sees what it hung on"
        end_shares(record=parent, audiences=[world.seats()], now=world.now)
        world.breaks_the_glass(world.nia, world.neighbour)
        assert sees(world.nia, parent)
        assert not sees(world.nia, comment)


class TestChildren:
    def test_the_parent_must_be_seen_and_a_share_widens_nothing(self, world, sees) -> None:
        parent = world.record(world.seats())
        child = world.record(
            world.named(world.sol, world.stranger), kind="comment", parent=parent, parent_rule="required"
        )
        assert sees(world.nia, child)
        assert sees(world.olu, child)
        assert not sees(world.sol, child)

    def test_a_narrowed_comment(self, world, sees) -> None:  # 21
        other = world.person(world.stranger)
        parent = world.record(world.seats(), audience("agency", agency=world.stranger.pk))
        comment = world.record(
            world.named(other, world.stranger),
            by=world.nia,
            kind="comment",
            parent=parent,
            parent_rule="required",
            narrowed=True,
        )
        assert sees(world.nia, comment)
        assert sees(world.olu, comment)
        assert sees(other, comment)
        assert not sees(world.sol, comment)

    def test_a_closed_child_is_closed_to_its_own_body(self, world, sees) -> None:
        parent = world.record(world.seats())
        child = world.record(by=world.nia, kind="comment", parent=parent, parent_rule="required", closed=True)
        assert not sees(world.nia, child)
        assert sees(world.olu, child)

    def test_a_body_shut_out_of_the_child_alone(self, world, sees) -> None:
        parent = world.record(world.seats())
        child = world.record(kind="comment", parent=parent, parent_rule="required")
        exclude(record=child, agencies=[world.neighbour.pk], now=world.now)
        assert sees(world.nia, parent)
        assert not sees(world.nia, child)

    def test_an_action_is_added_to_what_readers_of_its_origin_see(self, world, sees) -> None:
        origin = world.record(world.seats())
        action = world.record(
            audience("agency", agency=world.stranger.pk), kind="action", parent=origin, parent_rule="adds"
        )
        assert sees(world.sol, action)
        assert not sees(world.sol, origin)
        assert sees(world.nia, action)
        assert reasons(world, world.nia, action) == {"parent"}
        exclude(record=action, agencies=[world.neighbour.pk], now=world.now)
        assert not sees(world.nia, action)

    def test_a_comment_on_such_an_action(self, world, sees) -> None:
        origin = world.record(world.seats())
        action = world.record(
            audience("agency", agency=world.stranger.pk), kind="action", parent=origin, parent_rule="adds"
        )
        comment = world.record(by=world.sol, kind="comment", parent=action, parent_rule="required")
        assert sees(world.sol, comment)
        assert sees(world.nia, comment)


class TestEmergency:
    @pytest.fixture(autouse=True)
    def broken_glass(self, world) -> None:
        world.breaks_the_glass(world.sol, world.stranger)

    def test_it_opens_a_closed_record_and_says_so(self, world, sees) -> None:  # 23
        record = world.record(closed=True)
        assert sees(world.sol, record)
        assert reasons(world, world.sol, record) == {"emergency"}
        assert explain([Reason("emergency")]) == [WORDS["emergency"]]

    def test_it_ends(self, world, sees, freeze) -> None:
        record = world.record()
        freeze("2026-03-03T13:00Z")
        assert not sees(world.sol, record)

    @pytest.mark.parametrize("gate", ["draft", "sealed", "named", "listed"])
    def test_it_opens_no_gate(self, world, sees, gate) -> None:
        assert not sees(world.sol, world.record(gate=gate))

    def test_it_passes_no_list(self, world, sees) -> None:
        record = world.record()
        exclude(record=record, agencies=[world.stranger.pk], now=world.now)
        assert not sees(world.sol, record)

    def test_it_opens_no_other_provider(self, world, sees) -> None:
        assert not sees(world.sol, world.record(providers=[world.provider().pk]))


class TestReaders:
    def test_before_saving_and_after_they_are_the_same(self, world) -> None:
        seats = world.seats()
        before = readers(
            Plan(
                owner=world.owner.pk,
                audiences=frozenset({seats.pk}),
                named_people=frozenset({(world.sol.pk, world.stranger.pk)}),
                providers=frozenset({world.hospital.pk}),
            )
        )
        record = world.record(seats, world.named(world.sol, world.stranger))
        after = readers(plan_of(record))
        assert [one.name for one in before] == ["Nia Neighbour", "Sol Stranger", "Olu Owner"]
        assert [(one.user_id, one.agency_id) for one in after] == [
            (one.user_id, one.agency_id) for one in before
        ]

    def test_they_stand_by_body(self, world) -> None:
        bodies = by_body(readers(plan_of(world.record(world.seats()))))
        assert {name: [one.name for one in people] for name, people in bodies.items()} == {
            "Care Quality Commission": ["Nia Neighbour"],
            "NHS Example CCG": ["Olu Owner"],
        }

    def test_a_bodys_conflict_counts_before_saving_too(self, world) -> None:
        Conflict.objects.create(agency=world.neighbour, provider=world.hospital, starts_on=LONG_AGO)
        plan = Plan(
            owner=world.owner.pk,
            audiences=frozenset({world.seats().pk}),
            providers=frozenset({world.hospital.pk}),
        )
        assert [one.name for one in readers(plan)] == ["Olu Owner"]

    def test_a_matter_of_no_provider_has_readers_too(self, world) -> None:
        assert [one.name for one in readers(Plan(owner=world.owner.pk))] == ["Olu Owner"]

    def test_those_of_a_child_come_through_its_parent(self, world) -> None:
        parent = world.record(world.seats())
        child = world.record(kind="comment", parent=parent, parent_rule="required")
        assert {one.name for one in readers(plan_of(child))} == {"Nia Neighbour", "Olu Owner"}

    def test_a_person_listed_in_a_summit_reads_its_room(self, world) -> None:
        summit = world.record(kind="risk_summit", gate="listed")
        room = audience("participants", summit=summit.pk)
        record = world.record(room, gate="listed")
        list_participants(summit=summit, people=[(world.sol.pk, world.stranger.pk)], now=world.now)
        assert {one.name for one in readers(plan_of(record))} == {"Sol Stranger"}


class TestWords:
    def test_an_audience_is_said_by_its_name(self, world) -> None:
        record = world.record(world.seats())
        assert explain(why(world.by(world.nia), record)) == [
            "It was shared with: Everyone with a seat in the group: Example QSG."
        ]

    def test_an_audience_of_everybody_has_no_place(self, world) -> None:
        everybody = audience("all_seats")
        assert names_of([everybody.pk]) == {everybody.pk: "Everyone with a seat in any group"}
        assert names_of([]) == {}

    def test_every_reason_has_a_sentence(self, world) -> None:
        assert explain([Reason(code) for code in WORDS]) == list(WORDS.values())


class TestVisibleTo:
    def test_the_clockwork_is_refused_nothing(self, world) -> None:
        record = world.record(gate="sealed")
        by = clockwork(world.now)
        assert list(visible_to(by, Record.objects.all())) == [record]
        assert why(by, record) == [Reason("owner")]

    def test_who_does_not_read_sees_nothing(self, world) -> None:
        record = world.record()
        nobody = world.by(world.person())
        assert not visible_to(nobody, Record.objects.all()).exists()
        assert why(nobody, record) == []

    def test_rows_that_point_at_a_record_are_seen_with_it(self, world) -> None:
        record = world.record(world.seats())
        world.record()
        rows = visible_to(world.by(world.nia), RecordProvider.objects.all(), through="record")
        assert [row.record_id for row in rows] == [record.pk]

    def test_what_is_out_of_sight_is_absent(self, world) -> None:
        record = world.record()
        must_see(world.by(world.olu), record)
        with pytest.raises(Http404):
            must_see(world.by(world.nia), record)

    def test_an_operation_is_told_the_same_at_every_depth(self, world) -> None:
        """``must_see`` looks only as far up as the record hangs."""
        record, records = world.record(world.seats()), []
        for _ in range(MOST_PARENTS):
            records.append(record)
            record = world.record(kind="comment", parent=record, parent_rule="required")
        for one in [*records, record]:
            must_see(world.by(world.nia), Record.objects.get(pk=one.pk))
            with pytest.raises(Http404):
                must_see(world.by(world.sol), Record.objects.get(pk=one.pk))
        must_see(clockwork(world.now), record)
        with pytest.raises(Http404):
            must_see(world.by(world.person()), records[0])
