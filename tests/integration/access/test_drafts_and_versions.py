"""Drafts change and are opened once; earlier versions are for those who were in reach when they stood."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from access.drafts import open_draft, set_about
from access.earlier import Period, periods_reached
from access.models import Conflict, Inheritance
from access.operations import audience, end_shares, list_participants, share_record
from access.principal import Principal, clockwork
from access.refusals import NotNow
from tests.integration.access.conftest import LONG_AGO, TODAY


class TestDrafts:
    def test_what_a_draft_is_about_is_said_anew(self, world) -> None:
        draft, other = world.record(gate="draft"), world.provider()
        set_about(record=draft, providers=[other.pk, other.pk])
        assert list(draft.providers.all()) == [other]

    def test_opened_it_stands_as_recorded_then(self, world) -> None:
        draft = world.record(gate="draft")
        later, before = world.now + timedelta(hours=2), world.now - timedelta(days=3)
        open_draft(record=draft, now=later, happened_at=before, closed=True)
        draft.refresh_from_db()
        assert (draft.gate, draft.closed) == ("open", True)
        assert (draft.recorded_at, draft.happened_at) == (later, before)

    def test_what_is_open_is_no_draft(self, world) -> None:
        record = world.record()
        with pytest.raises(NotNow, match="no draft any more"):
            set_about(record=record, providers=[])
        with pytest.raises(NotNow, match="no draft any more"):
            open_draft(record=record, now=world.now, happened_at=world.now, closed=False)

    def test_what_another_opened_meanwhile_is_no_draft(self, world) -> None:
        draft = world.record(gate="draft")
        stale = type(draft).objects.get(pk=draft.pk)
        open_draft(record=draft, now=world.now, happened_at=world.now, closed=False)
        with pytest.raises(NotNow):
            set_about(record=stale, providers=[])


DAYS = [f"2026-02-{day:02d}T12:00Z" for day in (1, 8, 15, 22)]


def periods(*moments: str) -> list[Period]:
    ends = [datetime.fromisoformat(one) for one in [*moments, "2026-03-03T09:00Z"]]
    return [Period(number, *ends_of) for number, ends_of in enumerate(pairwise(ends), start=1)]


class TestEarlierVersions:
    """Four versions, current from noon of the 1st, 8th, 15th and 22nd of February."""

    @pytest.fixture
    def record(self, world, freeze):
        freeze(DAYS[0])
        world.now = datetime.fromisoformat(DAYS[0])
        made = world.record(world.seats())
        freeze("2026-03-03T09:00Z")
        return made

    def reached(self, world, user, record) -> set[int]:
        return set(periods_reached(by=world.by(user), record=record, periods=periods(*DAYS)))

    def test_who_was_there_all_along_reads_all(self, world, record) -> None:
        assert self.reached(world, world.olu, record) == {1, 2, 3, 4}
        assert self.reached(world, world.nia, record) == {1, 2, 3, 4}

    def test_who_took_the_seat_later_reads_those_since(self, world, record) -> None:  # example 22
        late = world.person(world.neighbour)
        world.sits(late, world.neighbour, starts_on="2026-02-16")
        assert self.reached(world, late, record) == {3, 4}

    def test_any_part_of_a_day_counts(self, world, record) -> None:
        late = world.person(world.neighbour)
        world.sits(late, world.neighbour, starts_on="2026-02-15")  # version 2 stood until noon of that day
        assert self.reached(world, late, record) == {2, 3, 4}

    def test_who_joined_the_owner_later_reads_those_since(self, world, record) -> None:
        late = world.person(world.owner, starts_on="2026-02-23")
        assert self.reached(world, late, record) == {4}

    def test_what_it_was_shared_with_later_reads_those_since(self, world, record) -> None:
        share_record(
            record=record,
            audiences=[audience("agency", agency=world.stranger.pk)],
            by=world.by(world.olu),
            now=datetime.fromisoformat("2026-02-10T09:00Z"),
        )
        assert self.reached(world, world.sol, record) == {2, 3, 4}

    def test_a_share_that_had_ended_reaches_nothing_after(self, world, record) -> None:
        end_shares(record=record, audiences=[world.seats()], now=datetime.fromisoformat("2026-02-10T09:00Z"))
        assert self.reached(world, world.nia, record) == {1, 2}

    def test_a_closed_record_is_read_by_those_then_named(self, world, record) -> None:
        record.closed = True
        record.save()
        share_record(
            record=record,
            audiences=[world.named(world.olu, world.owner)],
            by=world.by(world.olu),
            now=datetime.fromisoformat("2026-02-17T09:00Z"),
        )
        assert self.reached(world, world.olu, record) == {3, 4}
        assert self.reached(world, world.nia, record) == {1, 2, 3, 4}

    def test_a_persons_conflict_shuts_out_as_it_did_then(self, world, record) -> None:
        Conflict.objects.create(
            user=world.olu, provider=world.hospital, starts_on=LONG_AGO, ends_on="2026-02-16"
        )
        assert self.reached(world, world.olu, record) == {3, 4}

    def test_a_bodys_conflict_shuts_out_as_it_did_then_but_not_the_owner(self, world, record) -> None:
        for agency in (world.owner, world.neighbour):
            Conflict.objects.create(
                agency=agency, provider=world.hospital, starts_on=LONG_AGO, ends_on="2026-02-16"
            )
        assert self.reached(world, world.nia, record) == {3, 4}
        assert self.reached(world, world.olu, record) == {1, 2, 3, 4}

    def test_a_successor_reads_those_since_it_accepted(self, world, record) -> None:
        Inheritance.objects.create(
            successor=world.stranger, predecessor=world.owner, accepted_at="2026-02-16T09:00Z"
        )
        assert self.reached(world, world.sol, record) == {3, 4}

    def test_a_participant_reads_those_while_listed(self, world, record) -> None:
        summit = world.record(kind="risk_summit", gate="listed")
        share_record(
            record=record,
            audiences=[audience("participants", summit=summit.pk)],
            by=world.by(world.olu),
            now=datetime.fromisoformat(DAYS[0]),
        )
        (listing,) = list_participants(
            summit=summit,
            people=[(world.sol.pk, world.stranger.pk)],
            now=datetime.fromisoformat("2026-02-09T09:00Z"),
        )
        listing.ended_at = "2026-02-16T09:00Z"
        listing.save()
        assert self.reached(world, world.sol, record) == {2, 3}

    def test_who_left_reads_those_of_their_time(self, world, record) -> None:
        world.olu.memberships.update(ends_on="2026-02-08")
        assert self.reached(world, world.olu, record) == {1}
        assert world.olu.memberships.get().ends_on < TODAY

    def test_the_clockwork_reads_all(self, world, record) -> None:
        asked = periods(*DAYS)
        assert periods_reached(by=clockwork(world.now), record=record, periods=asked) == {1, 2, 3, 4}

    def test_a_bodys_own_system_is_no_person_and_was_there_on_no_day(self, world, record) -> None:
        token = Principal(kind="token", asked_at=world.now, agency_id=world.owner.pk)
        assert periods_reached(by=token, record=record, periods=periods(*DAYS)) == frozenset()

    def test_of_no_versions_none(self, world, record, django_assert_num_queries) -> None:
        by = world.by(world.olu)
        with django_assert_num_queries(0):
            assert periods_reached(by=by, record=record, periods=[]) == frozenset()
        with django_assert_num_queries(1):
            periods_reached(by=by, record=record, periods=periods(*DAYS))
