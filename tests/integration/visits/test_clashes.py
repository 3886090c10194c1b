"""Warnings are each reader's own; a clash is told to who sees both, and to nobody else."""

from datetime import date, timedelta

import pytest

from access.principal import clockwork
from audit.models import Line
from notifications.inbox import line_of
from notifications.models import Message
from tests.integration.visits.conftest import naming
from visits.models import Visit
from visits.operations.clashing import clashing_with
from visits.operations.planning import cancel_visit
from visits.operations.reading import load_before_asking, warnings_among, warnings_before, window_of
from visits.operations.sharing import share_visit
from visits.rules.load import MANY_REQUESTS
from visits.tasks import look_for_clashes

pytestmark = pytest.mark.django_db


def told(world) -> dict[str, set]:
    names = {user.pk: name for name, user in world.people.items()}
    found: dict[str, set] = {}
    for message in Message.objects.filter(event="visit.days"):
        found.setdefault(names[message.recipient_id], set()).add(message.record_id)
    return found


def clashes(world, name: str, visit: Visit) -> set:
    return {one.pk for one in warnings_among(world.by(name), [visit]).clashes.get(visit.pk, ())}


class TestWarnings:
    def test_are_of_what_the_reader_sees(self, world, plan) -> None:
        open_one = plan(choice=world.seats())
        hidden = plan("social_worker", announced=False, choice=naming(world, "chair"))
        inside = plan("unseated")
        assert clashes(world, "chair", open_one) == {hidden.pk}
        assert clashes(world, "social_worker", open_one) == {hidden.pk}
        assert clashes(world, "worker", open_one) == {inside.pk}
        assert clashes(world, "inspector", open_one) == set()
        assert clashes(world, "volunteer", open_one) == set()

    def test_are_said_before_it_is_planned(self, world, plan) -> None:
        open_one, hidden = plan(choice=world.seats()), plan("social_worker", announced=False)
        mine = plan("worker", starts_on=date(2026, 4, 20), ends_on=date(2026, 4, 20))
        wanted = window_of(mine).__class__(
            **{**window_of(mine).__dict__, "first": date(2026, 3, 12), "last": date(2026, 3, 13)}
        )
        found = warnings_before(world.by("worker"), world.provider, wanted)
        assert found.clashes == {mine.pk: [open_one]}
        assert hidden.pk not in {one.pk for others in found.clashes.values() for one in others}
        assert not warnings_before(world.by("worker"), world.provider, window_of(mine))

    def test_of_many_visits_count_what_the_reader_sees(self, world, plan) -> None:
        days = [date(2026, 3, 10) + timedelta(days=8 * count) for count in range(4)]
        shown = [plan(starts_on=day, ends_on=day, choice=world.seats()) for day in days[:3]]
        hidden = plan(starts_on=days[3], ends_on=days[3], announced=False)
        assert warnings_among(world.by("worker"), shown).loads == []
        (load,) = warnings_among(world.by("inspector"), [*shown, hidden]).loads
        assert (load.visits.number, load.visits.first, load.visits.last) == (4, days[0], days[3])

    def test_of_many_requests_count_what_the_reader_sees(self, world, ask) -> None:
        for _ in range(MANY_REQUESTS - 1):
            ask(choice=world.seats())
        ask("unseated")
        due = date(2026, 3, 20)
        assert load_before_asking(world.by("volunteer"), world.provider, due).requests.number == MANY_REQUESTS
        assert (
            load_before_asking(world.by("worker"), world.provider, due).requests.number == MANY_REQUESTS + 1
        )
        assert load_before_asking(world.by("stranger"), world.provider, due) is None

    def test_take_the_same_number_of_questions_however_many(
        self, world, plan, django_assert_num_queries
    ) -> None:
        shown = [plan(choice=world.seats()), plan("social_worker", choice=world.seats())]
        by = world.by("worker")
        with django_assert_num_queries(3):
            warnings_among(by, shown)
        shown += [plan("volunteer", choice=world.seats(), provider=world.other_provider) for _ in range(4)]
        with django_assert_num_queries(3):
            assert len(warnings_among(by, shown).clashes) == 2

    def test_leave_out_what_is_called_off(self, world, plan) -> None:
        open_one, other = plan(choice=world.seats()), plan("social_worker", choice=world.seats())
        cancel_visit(
            by=world.by("social_worker"), now=world.now, visit=other, why="Not now", seen=other.version
        )
        assert clashes(world, "worker", open_one) == set()
        assert clashing_with(Visit.objects.get(pk=other.pk)) == []


class TestTheClockwork:
    def test_tells_who_sees_both_once(self, world, plan) -> None:
        one = plan(choice=world.seats())
        other = plan("social_worker", choice=world.seats())
        assert look_for_clashes() == 2
        # The bodies that go, and the chair and the secretariat; not the CCG, nor Healthwatch, which see both.
        assert set(told(world)) == {"inspector", "social_worker", "chair", "secretariat"}
        assert {key for keys in told(world).values() for key in keys} <= {one.pk, other.pk}
        assert look_for_clashes() == 0
        share_visit(
            by=world.by("inspector"),
            now=world.now,
            visit=one,
            choice=world.seats(world.region),
            seen=Visit.objects.get(pk=one.pk).version,
        )
        assert look_for_clashes() == 1
        assert Message.objects.filter(event="visit.days").count() == 4, "nobody is told of the two twice"

    def test_tells_nobody_of_an_unannounced_one_who_may_not_see_it(self, world, plan) -> None:
        open_one = plan(choice=world.seats())
        hidden = plan("social_worker", announced=False, choice=naming(world, "chair"))
        look_for_clashes()
        assert told(world) == {"chair": {hidden.pk}, "social_worker": {hidden.pk}}
        line = Line.objects.get(deed="visit.clashes_looked_for")
        assert (line.record_id, line.detail) == (None, {"visits": 2})
        said = line_of(
            Message.objects.select_related("record").get(event="visit.days", recipient=world.chair), world.now
        )
        assert str(open_one.pk) not in said.address + said.sentence + said.title
        assert "Care Quality Commission" not in said.sentence + said.title

    def test_writes_nothing_where_there_is_nothing_new(self, world) -> None:
        assert look_for_clashes() == 0
        assert not Line.objects.filter(deed="visit.clashes_looked_for").exists()

    def test_finds_no_clash_with_oneself_or_who_goes_along(self, world, plan) -> None:
        plan(choice=world.seats(), parties=frozenset({world.council.pk}))
        plan("social_worker", choice=world.seats())
        plan(choice=world.seats())
        look_for_clashes()
        pairs = Message.objects.filter(event="visit.days").values_list("record_id", "detail__beside")
        assert len({frozenset(map(str, pair)) for pair in pairs}) == 1, "the council's with CQC's second"

    def test_is_the_portals_own(self, world, plan) -> None:
        plan()
        look_for_clashes()
        assert Line.objects.get(deed="visit.clashes_looked_for").doer == clockwork(world.now).kind
