"""From an order that abolishes a body to its closing: what moves, what stays, and that nothing moves before."""

from datetime import date

import pytest

from access.models import Conflict, Inheritance, RecordExclusion
from access.operations.inheriting import GATEWAY, inherit
from access.refusals import NotNow
from actions.models import Action
from agencies.models import (
    Agency,
    FootprintAgency,
    Membership,
    Post,
    QSGMember,
    Seat,
    Signature,
)
from audit.models import Line
from clocks.models import Clock
from providers.models import Commissioning
from successions import rules
from successions.models import HandingOver
from successions.operations import close_due, undo_succession
from successions.operations.offering import stays_of
from successions.reading import held_in_sight
from tests.successors import APRIL, TODAY, Closing

pytestmark = pytest.mark.django_db

FIRST = "2026-04-01T00:05Z"


def test_opening_offers_what_everybody_may_know_and_moves_nothing(world: Closing) -> None:
    opened = world.open()
    assert set(opened.offers.values_list("kind", flat=True)) == {
        rules.PEOPLE,
        rules.MEMBERSHIP,
        rules.SEAT,
        rules.POSTS,
        rules.AREA,
        rules.BUYING,
    }
    assert world.ccg.closed_on is None
    assert not QSGMember.objects.filter(qsg=world.region.north, agency=world.neighbour).exists()
    assert Line.objects.filter(deed="succession.opened").count() == 1


def test_everything_accepted_moves_on_the_day_by_itself(world: Closing, freeze) -> None:
    action = world.accepted_action()
    world.concern(by="lead")
    opened = world.open()
    worker = world.region.people["worker"]
    people = opened.offers.get(kind=rules.PEOPLE)
    world.accept(people, people=[worker.pk])
    for offer in opened.offers.filter(kind=rules.SEAT):
        world.accept(offer, person=worker.pk)
    world.accept_all(opened)
    assert close_due(now=freeze("2026-03-31T22:30Z")) == 0
    now = freeze(FIRST)
    assert close_due(now=now) == 1
    opened.refresh_from_db()
    assert (opened.state, opened.ended_by) == (rules.CLOSED, None)
    assert world.ccg.closed_on == APRIL
    assert list(Membership.objects.filter(user=worker, ends_on=None).values_list("agency", "role")) == [
        (world.neighbour.pk, "contributor")
    ]
    seat = Seat.objects.get(qsg=world.region.north, agency=world.neighbour)
    assert (seat.user, seat.kind, seat.starts_on) == (worker, "representative", APRIL)
    assert not Membership.objects.filter(agency=world.ccg, ends_on=None).exists()
    assert not Seat.objects.filter(agency=world.ccg, ends_on=None).exists()
    assert not QSGMember.objects.filter(agency=world.ccg, ends_on=None).exists()
    assert QSGMember.objects.get(agency=world.neighbour, qsg=world.region.north).starts_on == APRIL
    assert not Post.objects.filter(agency=world.ccg, ends_on=None).exists()
    buys = {one.agency_id: (one.lead, one.starts_on, one.ends_on) for one in Commissioning.objects.all()}
    assert buys[world.neighbour.pk] == (True, APRIL, None)
    assert buys[world.ccg.pk][2] == APRIL
    assert FootprintAgency.objects.filter(agency=world.neighbour, qsg=world.region.north).exists()
    taken = Action.objects.get(pk=action.pk)
    assert (taken.asked, taken.status, taken.due_at) == (world.neighbour, "accepted", action.due_at)
    assert taken.turns.last().deed == "taken_over"
    clock = Clock.objects.get(record=action.pk, state="running")
    old = clock.replaces
    assert (clock.responsible_agency, clock.due_at) == (world.neighbour, action.due_at)
    assert (old.state, old.stop_reason) == ("stopped", "handed_over")
    assert close_due(now=now) == 0
    lines = Line.objects.values_list("deed", flat=True)
    assert [lines.filter(deed=deed).count() for deed in ("succession.closed", "clock.handed_over")] == [1, 1]


def test_the_owner_on_old_records_never_changes_and_the_name_stays(world: Closing, freeze) -> None:
    concern = world.concern(by="lead")
    opened = world.open()
    world.accept_all(opened)
    world.close(opened, freeze(FIRST))
    concern.record.refresh_from_db()
    assert concern.record.owner == world.ccg
    assert Agency.objects.get(pk=world.ccg.pk).name == "NHS Example CCG"


def test_it_cannot_close_while_one_thing_is_unaccepted_and_says_only_which_kind(
    world: Closing, freeze
) -> None:
    world.action(statement="A title that the desk must not read")
    opened = world.open()
    world.hand_on(opened, rules.INTELLIGENCE)
    world.hand_on(opened, rules.ACTION)
    left = opened.offers.get(kind=rules.ACTION)
    for offer in opened.offers.filter(state=rules.WAITING).exclude(pk=left.pk):
        world.accept(offer)
    now = freeze(FIRST)
    assert close_due(now=now) == 0
    with pytest.raises(NotNow) as refusal:
        world.close(opened, now)
    assert "intelligence, open actions and deadlines" in str(refusal.value)
    assert "title" not in str(refusal.value)
    assert not any(letter.isdigit() for letter in str(refusal.value))
    assert Inheritance.objects.count() == 0
    world.accept(left)
    assert world.close(opened, now).state == rules.CLOSED


def test_what_comes_to_the_body_meanwhile_has_to_be_accepted_too(world: Closing, freeze) -> None:
    opened = world.open()
    world.accept_all(opened)
    action = world.action()
    now = freeze(FIRST)
    with pytest.raises(NotNow):
        world.close(opened, now)
    world.hand_on(opened, rules.ACTION)
    world.accept(opened.offers.get(thing=action.pk))
    assert world.close(opened, now).state == rules.CLOSED


def test_it_does_not_close_before_the_day(world: Closing) -> None:
    opened = world.open()
    world.accept_all(opened)
    with pytest.raises(NotNow, match="1 April 2026, and not before"):
        world.close(opened, world.now)


def test_what_was_accepted_and_can_stand_no_more_stops_the_closing_and_nothing_moves(
    world: Closing, freeze
) -> None:
    opened = world.open()
    world.accept_all(opened)
    now = freeze(FIRST)
    Signature.objects.all().delete()
    with pytest.raises(NotNow, match="agreement") as refusal:
        world.close(opened, now)
    assert "Nothing was changed" in str(refusal.value)
    assert world.ccg.closed_on is None
    assert Inheritance.objects.count() == 0
    assert Membership.objects.filter(agency=world.ccg, ends_on=None).exists()


def test_the_predecessors_conflicts_bind_the_successor(world: Closing, freeze) -> None:
    Conflict.objects.create(
        agency=world.ccg, provider=world.region.other_provider, starts_on=date(2025, 1, 1)
    )
    theirs = world.concern(by="inspector")
    RecordExclusion.objects.create(record=theirs.record, agency=world.ccg, recorded_at=world.now)
    opened = world.open()
    world.accept_all(opened)
    assert not Conflict.objects.filter(agency=world.neighbour).exists()
    world.close(opened, freeze(FIRST))
    bound = Conflict.objects.get(agency=world.neighbour)
    assert (bound.provider, bound.starts_on, bound.ends_on) == (world.region.other_provider, APRIL, None)
    assert RecordExclusion.objects.filter(record=theirs.record, agency=world.neighbour).exists()


def test_a_closed_record_is_handled_by_whom_the_successor_names(world: Closing, freeze) -> None:
    concern = world.concern(by="lead")
    concern.record.closed = True
    concern.record.save()
    opened = world.open()
    world.accept_all(opened, intelligence=[world.heir_reader.pk])
    world.close(opened, freeze(FIRST))
    assert list(concern.record.shares.filter(gateway=GATEWAY).values_list("audience__person", flat=True)) == [
        world.heir_reader.pk
    ]


def test_a_third_body_accepts_what_the_second_took_over_from_the_first(world: Closing, freeze) -> None:
    """Acceptance is direct only, no chains: what was taken over stands by itself among what the next one holds."""
    kept, stays = world.concern(by="lead"), world.concern(by="lead")
    opened = world.open()
    world.hand_on(opened, rules.INTELLIGENCE, stays=[stays.pk])
    world.accept_all(opened)
    world.close(opened, freeze(FIRST))
    third = Agency.objects.create(kind="icb", name="NHS Example Integrated Care Board")
    held = {one.thing for one in _in_sight(world.neighbour)}
    assert held == {world.neighbour.pk, world.ccg.pk}
    again = world.open(body=world.neighbour, successors=[third], on=date(2026, 7, 1))
    HandingOver.objects.filter(succession=again).delete()
    offer = HandingOver.objects.create(
        succession=again,
        kind=rules.INTELLIGENCE,
        thing=world.ccg.pk,
        to=third,
        offered_at=world.now,
        offered_by=world.desk,
    )
    assert stays_of(offer) == [stays.pk]
    made = inherit(
        successor=third.pk,
        predecessor=world.ccg.pk,
        exceptions=stays_of(offer),
        by=world.by(world.desk),
        now=world.now,
    )
    assert list(made.exceptions.values_list("pk", flat=True)) == [stays.pk]
    assert kept.pk not in stays_of(offer)


def _in_sight(agency: Agency):
    return [one for one in held_in_sight(agency) if one.kind == rules.INTELLIGENCE]


def test_undoing_takes_every_offer_back_and_it_can_be_opened_again(world: Closing) -> None:
    action = world.action()
    opened = world.open()
    world.hand_on(opened, rules.ACTION)
    assert action.record.shares.filter(ended_at=None, audience__agency=world.neighbour).exists()
    world.accept_all(opened)
    undo_succession(by=world.by(world.desk), now=world.now, succession=opened)
    assert not opened.offers.filter(state__in=rules.LIVE).exists()
    assert not action.record.shares.filter(ended_at=None, audience__agency=world.neighbour).exists()
    assert Action.objects.get(pk=action.pk).asked == world.ccg
    with pytest.raises(NotNow, match="over: undone"):
        undo_succession(by=world.by(world.desk), now=world.now, succession=opened)
    with pytest.raises(NotNow, match="over: undone"):
        world.close(opened, world.now)
    assert world.open(on=TODAY).state == rules.OPEN
