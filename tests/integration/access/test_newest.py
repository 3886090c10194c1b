"""However a page finds its rows, they are the rows that ``visible_to`` lets through, in their order."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import Q

from access.models import Record
from access.newest import MOMENT, SHORT, Newest, first_of_kinds
from access.operations import end_shares, withdraw_record
from access.principal import clockwork, principal_of
from access.sight import hanging_on, visible_to
from concerns.models import Comment, Concern
from nhsuk.paging import page_of, straight
from tests.oracle.loaded import load, shallow
from tests.oracle.worlds import world_of
from tests.signing_in import sign_in

WORLDS = range(200, 212)
WAYS = [
    {},
    {"own": 0},
    {"own": 0, "near": 1},
    {"own": 0, "near": 0, "narrowed": True},
    {"own": 1, "near": 1, "narrowed": True},
]


def concerns_of(records) -> None:
    """Make a concern of each record that is one."""
    Concern.objects.bulk_create(
        Concern(
            record=record,
            reference=f"W{number}",
            status="open",
            about="provider",
            headline="Falls",
            source_kind="complaint",
            danger="no",
            changed_at=record.recorded_at,
        )
        for number, record in enumerate(records)
    )


def laid_out(number, freeze):
    """A generated world whose records are concerns, and comments on them."""
    world = shallow(world_of(number))
    freeze(world.moments[0])
    load(world)
    concerns_of(Record.objects.filter(kind="concern", parent=None))
    children = Record.objects.filter(parent__isnull=False, parent__parent=None)
    children.update(kind=Comment.KIND)
    Comment.objects.bulk_create(Comment(record=one, text="I saw it too.") for one in children)
    return world


def find_the_same(by, things, **narrowing) -> None:
    """However the newest and the oldest of these are found, they are what ``visible_to`` lets through."""
    seen = visible_to(by, things)
    for rising in (False, True):
        rows = seen.order_by(MOMENT, "pk") if rising else seen.order_by(f"-{MOMENT}", "-pk")
        for way in WAYS:
            for size in (1, 3, 50):
                found = Newest(by, **way, **narrowing)(rows, size, rising=rising)
                assert found == list(rows[:size]), (by.user_id, way, size)


@pytest.mark.django_db
@pytest.mark.parametrize("number", WORLDS)
def test_every_way_of_finding_the_newest_finds_what_is_in_sight(number, freeze) -> None:
    world = laid_out(number, freeze)
    for moment in (world.moments[0], world.moments[-1]):
        freeze(moment)
        for user in world.users:
            by = principal_of(user.id)
            for kind in (Concern, Comment):
                find_the_same(by, kind.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("number", WORLDS)
def test_what_has_not_ended_and_what_is_new_are_found_among_their_own(number, freeze) -> None:
    world = laid_out(number, freeze)
    concerns = list(Record.objects.filter(kind="concern", parent=None).order_by("recorded_at", "pk"))
    Record.objects.filter(pk__in=[one.pk for one in concerns[::2]]).update(ended=True)
    middle = concerns[len(concerns) // 2].recorded_at if concerns else world.moments[0]
    for user in world.users:
        by = principal_of(user.id)
        find_the_same(by, Concern.objects.filter(record__ended=False), open_only=True)
        find_the_same(by, Concern.objects.filter(record__recorded_at__gte=middle), since=middle)


@pytest.mark.django_db
@pytest.mark.parametrize("number", WORLDS)
def test_records_of_several_kinds_are_found_kind_by_kind(number, freeze) -> None:
    world = laid_out(number, freeze)
    kinds = [Concern.KIND, Comment.KIND]
    for user in world.users:
        by = principal_of(user.id)
        made = Record.objects.filter(Q(concern__isnull=False) | Q(comment__isnull=False), kind__in=kinds)
        rows = visible_to(by, made)
        assert pages(rows, partial(first_of_kinds, by, kinds), moment="recorded_at") == pages(
            rows, straight, moment="recorded_at"
        )


@pytest.mark.django_db
@pytest.mark.parametrize("number", WORLDS)
def test_what_hangs_on_a_record_in_sight_is_what_the_whole_rule_says(number, freeze) -> None:
    world = laid_out(number, freeze)
    for user in world.users:
        by = principal_of(user.id)
        for parent in visible_to(by, Record.objects.filter(parent=None, children__isnull=False).distinct()):
            whole = visible_to(by, Comment.objects.filter(record__parent=parent))
            found = hanging_on(by, parent)
            assert set(found.get(Comment.KIND, [])) == {one.pk for one in whole}, (user, parent)


def pages(rows, take, moment=MOMENT) -> list[list[Concern]]:
    """Every page of a list, to the oldest and back to the newest again."""
    found, mark, side = [], "", "older"
    while True:
        page = page_of(rows, moment=moment, mark=mark, size=2, take=take)
        found.append(list(page.rows))
        mark = getattr(page, side)
        if not mark and side == "newer":
            return found
        if not mark:
            side, mark = "newer", page.newer


@pytest.mark.django_db
def test_pages_follow_one_another_the_same_way_both_ways(world) -> None:
    records = [world.record(world.seats()) for _ in range(5)] + [world.record() for _ in range(3)]
    records += [world.record(world.named(world.nia, world.neighbour)) for _ in range(2)]
    concerns_of(records)  # all at one moment: the key alone orders them
    by = world.by(world.nia)
    rows = visible_to(by, Concern.objects.all())
    expected = pages(rows, straight)
    assert len(expected) == 7
    for way in WAYS:
        assert pages(rows, Newest(by, **way)) == expected


@pytest.mark.django_db
def test_nothing_is_found_for_who_sees_nothing_and_all_for_the_clockwork(world) -> None:
    concerns_of([world.record()])
    nobody = world.by(world.person())
    assert Newest(nobody)(visible_to(nobody, Concern.objects.all()).order_by("pk"), 5) == []
    everything = visible_to(clockwork(world.now), Concern.objects.all()).order_by("pk")
    assert len(Newest(clockwork(world.now))(everything, 5)) == 1


@pytest.mark.django_db
def test_long_lists_are_left_to_the_filters_own_index(world, monkeypatch, django_assert_num_queries) -> None:
    records = [world.record(world.seats()) for _ in range(3)]
    for hours, record in enumerate(records):
        record.recorded_at += timedelta(hours=hours)
        record.save()
    concerns_of(records)
    by = world.by(world.nia)
    rows = visible_to(by, Concern.objects.filter(severity="")).order_by(f"-{MOMENT}", "-pk")
    take = Newest(by, narrowed=True, near=1)
    # The end of the near, the near, the lists' length, the lists, a setting taken back, the rows.
    with django_assert_num_queries(6):
        assert len(take(rows, 3)) == 3
    monkeypatch.setattr("access.newest.SHORT", 2)
    with django_assert_num_queries(4):
        assert len(take(rows, 3)) == 3
    assert SHORT > 2


@pytest.mark.django_db
def test_what_hangs_on_many_records_is_found_among_the_newest_of_all(freeze, monkeypatch) -> None:
    monkeypatch.setattr("access.newest.SHORT", 0)
    for user in laid_out(WORLDS[0], freeze).users:
        find_the_same(principal_of(user.id), Comment.objects.all())


@pytest.mark.django_db
def test_what_emergency_access_opens_is_found_too(world) -> None:
    concerns_of([world.record()])
    world.breaks_the_glass(world.sol, world.stranger)
    rows = visible_to(world.by(world.sol), Concern.objects.all()).order_by(f"-{MOMENT}", "-pk")
    assert len(Newest(world.by(world.sol))(rows, 3)) == 1


@pytest.mark.django_db
def test_nothing_hangs_on_a_tombstone(world) -> None:
    parent = world.record(world.seats())
    child = world.record(parent=parent, parent_rule="required", kind="comment")
    Comment.objects.create(record=child, text="I saw it too.")
    withdraw_record(record=parent, now=world.now)
    parent.refresh_from_db()
    for user in (world.olu, world.nia):
        assert hanging_on(world.by(user), parent) == {}


@pytest.mark.django_db
def test_a_tombstone_hangs_on_nothing_that_only_emergency_access_opens(world) -> None:
    parent = world.record(world.seats())
    child = world.record(parent=parent, parent_rule="required", kind="comment")
    Comment.objects.create(record=child, text="I saw it too.")
    withdraw_record(record=child, now=world.now)
    assert hanging_on(world.by(world.nia), parent) == {"comment": [child.pk]}
    end_shares(record=parent, audiences=[world.seats()], now=world.now)
    world.breaks_the_glass(world.nia, world.neighbour)
    by = world.by(world.nia)
    parent = visible_to(by, Record.objects.filter(pk=parent.pk)).get()
    assert not visible_to(by, Comment.objects.all()).exists()
    assert hanging_on(by, parent) == {}
    assert hanging_on(world.by(world.olu), parent) == {"comment": [child.pk]}


@pytest.mark.django_db
def test_whoever_holds_emergency_access_opens_pages(world) -> None:
    world.breaks_the_glass(world.sol, world.stranger)
    client = sign_in(world.sol)
    assert [client.get(path).status_code for path in ("/", "/concerns/", "/inbox/")] == [200, 200, 200]
