"""Which earlier versions a person may read: those current on a day when they were in reach."""

from datetime import timedelta

import pytest

from access.earlier import Period, periods_reached
from access.models import Conflict, Inheritance
from access.operations import audience, end_shares, exclude, share_record
from access.principal import clockwork
from agencies.models import Seat
from concerns.rules.sharing import Choice
from tests.concerned import NOON, person, region, sits

DAY = timedelta(days=1)


@pytest.fixture
def world(freeze):
    return region(freeze(NOON))


@pytest.fixture
def record(world):
    return world.concern().record


def reached(world, record, name="volunteer", *periods):
    """Versions one to four, ten days each from the start, unless other periods are given."""
    usual = [Period(n + 1, world.now + n * 10 * DAY, world.now + (n + 1) * 10 * DAY) for n in range(4)]
    by = world.by(name) if isinstance(name, str) else name
    return set(periods_reached(by=by, record=record, periods=periods or usual))


def day(world, number):
    return (world.now + number * DAY).date()


def test_whoever_was_there_all_along_reads_all(world, record):
    assert reached(world, record) == reached(world, record, "reader") == {1, 2, 3, 4}


def test_whoever_was_never_reached_reads_none(world, record):
    assert reached(world, record, "stranger") == set()
    assert reached(world, record, "administrator") == set()


def test_a_seat_counts_from_its_first_day_to_the_day_before_its_last(world, record):
    world.volunteer.seats.update(starts_on=day(world, 15), ends_on=day(world, 20))
    assert reached(world, record) == {2}
    world.volunteer.seats.update(starts_on=day(world, 15), ends_on=day(world, 21))
    assert reached(world, record) == {2, 3}, (
        "the day on which one version ends and the next begins counts for both"
    )


def test_one_day_is_enough_even_the_last(world, record):
    end = world.now + 10 * DAY
    world.volunteer.seats.update(starts_on=end.date())
    assert reached(world, record, "volunteer", Period(1, world.now, end)) == {1}
    world.volunteer.seats.update(starts_on=end.date() + DAY)
    assert reached(world, record, "volunteer", Period(1, world.now, end)) == set()


def test_a_membership_of_the_body_and_of_the_group_count_with_their_dates_too(world, record):
    world.healthwatch.group_memberships.update(starts_on=day(world, 25))
    assert reached(world, record) == {3, 4}
    world.volunteer.memberships.update(starts_on=day(world, 35))
    assert reached(world, record) == {4}


def test_a_share_counts_while_it_lived(world, freeze):
    record = world.concern(choice=Choice()).record
    seats = audience("qsg_seats", qsg=world.north.pk)
    share_record(record=record, audiences=[seats], by=world.by("worker"), now=world.now + 12 * DAY)
    assert reached(world, record) == {2, 3, 4}
    end_shares(record=record, audiences=[seats], now=world.now + 22 * DAY)
    assert reached(world, record) == {2, 3}


def test_the_owners_people_count_from_their_first_day(world, record):
    world.people["late"] = person("Lee Late", world.ccg)
    world.late.memberships.update(starts_on=day(world, 31))
    assert reached(world, record, "late") == {4}


def test_of_a_closed_record_the_owners_people_count_only_by_name(world):
    choice = Choice(closed=True, people=frozenset({(world.lead.pk, world.ccg.pk)}))
    record = world.concern(choice=choice).record
    assert reached(world, record, "lead") == {1, 2, 3, 4}
    assert reached(world, record, "reader") == set()


def test_for_the_owners_people_a_seat_adds_nothing_to_a_closed_record(world):
    choice = world.seats(closed=True, people=frozenset({(world.lead.pk, world.ccg.pk)}))
    record = world.concern(choice=choice).record
    sits(world.reader, world.north)
    assert reached(world, record, "reader") == set()
    assert reached(world, record, "volunteer") == {1, 2, 3, 4}


def test_a_persons_interest_shuts_out_as_it_did_then(world, record):
    Conflict.objects.create(
        user=world.volunteer, provider=world.provider, starts_on=day(world, 5), ends_on=day(world, 25)
    )
    assert reached(world, record) == {1, 3, 4}


def test_a_bodys_interest_shuts_out_others_and_not_the_owner(world, record):
    for agency in (world.healthwatch, world.ccg):
        Conflict.objects.create(agency=agency, provider=world.provider, starts_on=day(world, 0))
    assert reached(world, record) == set()
    assert reached(world, record, "reader") == {1, 2, 3, 4}


def test_a_successors_people_count_from_its_acceptance(world, record):
    Inheritance.objects.create(
        successor=world.neighbour, predecessor=world.ccg, accepted_at=world.now + 15 * DAY
    )
    assert reached(world, record, "stranger") == {2, 3, 4}


def test_whoever_moved_keeps_what_they_read_as_a_person(world, record):
    world.volunteer.seats.update(ends_on=day(world, 5))
    world.volunteer.memberships.update(ends_on=day(world, 5))
    world.volunteer.memberships.create(agency=world.cqc, role="reader", starts_on=day(world, 25))
    Seat.objects.create(
        user=world.volunteer, qsg=world.north, agency=world.cqc, kind="deputy", starts_on=day(world, 25)
    )
    assert reached(world, record) == {1, 3, 4}


def test_the_clockwork_reads_all_and_nobody_asks_for_nothing(world, record):
    assert reached(world, record, clockwork(world.now)) == {1, 2, 3, 4}
    assert periods_reached(by=world.by("volunteer"), record=record, periods=[]) == frozenset()


def test_five_years_of_versions_are_one_question(world, record, django_assert_num_queries):
    many = [Period(n, world.now + n * 18 * DAY, world.now + (n + 1) * 18 * DAY) for n in range(100)]
    by = world.by("volunteer")
    with django_assert_num_queries(1):
        assert len(periods_reached(by=by, record=record, periods=many)) == 100


def test_a_person_named_at_a_body_with_an_interest_was_not_reached_then(world):
    named = Choice(people=frozenset({(world.volunteer.pk, world.healthwatch.pk)}), gateway="functions")
    record = world.concern(choice=named).record
    Conflict.objects.create(
        agency=world.healthwatch, provider=world.provider, starts_on=day(world, 5), ends_on=day(world, 25)
    )
    assert reached(world, record) == {1, 3, 4}


def test_a_persons_name_on_a_record_of_their_own_body_counts_whatever_interest_the_body_has(world):
    choice = Choice(closed=True, people=frozenset({(world.lead.pk, world.ccg.pk)}))
    record = world.concern(choice=choice).record
    Conflict.objects.create(agency=world.ccg, provider=world.provider, starts_on=day(world, 0))
    assert reached(world, record, "lead") == {1, 2, 3, 4}


@pytest.mark.parametrize("how", ["seat", "name"])
def test_a_body_that_was_shut_out_was_not_reached_from_then_on(world, how):
    named = Choice(people=frozenset({(world.volunteer.pk, world.healthwatch.pk)}), gateway="functions")
    record = world.concern(choice=world.seats() if how == "seat" else named).record
    exclude(record=record, agencies=[world.healthwatch.pk], now=world.now + 15 * DAY)
    assert reached(world, record) == {1, 2}
    assert reached(world, record, "worker") == {1, 2, 3, 4}


def test_a_body_shut_out_before_it_was_given_it_was_never_reached(world):
    record = world.concern(choice=Choice()).record
    exclude(record=record, agencies=[world.healthwatch.pk], now=world.now + 10 * DAY)
    seats = audience("qsg_seats", qsg=world.north.pk)
    share_record(
        record=record,
        audiences=[seats],
        by=world.by("worker"),
        now=world.now + 10 * DAY + timedelta(hours=3),
    )
    assert reached(world, record) == set()


def test_what_a_successor_left_out_is_not_its_own(world, record):
    accepted = Inheritance.objects.create(
        successor=world.neighbour, predecessor=world.ccg, accepted_at=world.now + 15 * DAY
    )
    accepted.exceptions.add(record)
    assert reached(world, record, "stranger") == set()
