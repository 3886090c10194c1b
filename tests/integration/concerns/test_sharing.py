"""Sharing more and less, who will see it before it is saved, and asking."""

from uuid import uuid4

import pytest
from django.http import Http404

from access.models import Audience, Conflict
from access.operations import drifted_circles
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from accounts.models import User
from agencies.models import Agency
from concerns.models import Comment, Concern
from concerns.operations.changing import withdraw_concern
from concerns.operations.saying import comment, corroborate
from concerns.operations.sharing import (
    ask_to_share,
    choice_of,
    foresee,
    live_shares,
    share_less,
    share_more,
    words_that_go_with,
)
from concerns.rules.sharing import ALL_SEATS, QSG_CLEARED, QSG_READERS, QSG_SEATS, Choice
from notifications.models import Message


def sees(world, name, concern):
    return visible_to(world.by(name), Concern.objects.filter(pk=concern.pk)).exists()


def all_who_see(world, concern):
    return {name for name in world.people if sees(world, name, concern)}


def share(world, concern, by="worker", seen=None, **choice):
    seen = Concern.objects.get(pk=concern.pk).version if seen is None else seen
    chosen = Choice(**{"gateway": "functions", **choice})
    return share_more(by=world.by(by), now=world.now, concern=concern, choice=chosen, seen=seen)


HOME = {"lead", "worker", "reader", "unseated"}
NORTH_SEATS = {"inspector", "volunteer", "social_worker", "chair", "secretariat"}


@pytest.mark.parametrize(
    ("chosen", "others"),
    [
        (lambda w: {}, set()),
        (lambda w: {"people": {(w.inspector.pk, w.cqc.pk)}}, {"inspector"}),
        (lambda w: {"agencies": {w.cqc.pk}}, {"inspector", "cqc_unseated"}),
        (lambda w: {"agencies": {w.guest.pk}}, {"visitor"}),
        (lambda w: {"groups": {(QSG_CLEARED, w.north.pk)}}, {"inspector", "chair"}),
        (lambda w: {"groups": {(QSG_SEATS, w.north.pk)}}, NORTH_SEATS),
        (lambda w: {"groups": {(QSG_READERS, w.north.pk)}}, NORTH_SEATS | {"cqc_unseated"}),
        (lambda w: {"groups": {(QSG_SEATS, w.region.pk)}}, {"regional"}),
        (lambda w: {"all_groups": True}, NORTH_SEATS | {"regional", "stranger"}),
    ],
)
def test_who_will_see_it_is_who_then_sees_it(world, chosen, others):
    choice = Choice(
        gateway="functions", **{k: v if v is True else frozenset(v) for k, v in chosen(world).items()}
    )
    before = set(Audience.objects.values_list("pk", flat=True))
    foreseen = foresee(owner=world.ccg.pk, choice=choice, providers=[world.provider.pk])
    assert set(Audience.objects.values_list("pk", flat=True)) == before
    concern = world.concern(choice=choice)
    names = {world.people[name].full_name for name in all_who_see(world, concern)}
    assert {one.name for one in foreseen.readers} == names
    assert all_who_see(world, concern) == HOME | others
    assert drifted_circles() == []


def test_who_will_see_it_is_said_by_body_with_counts_and_names(world):
    foreseen = foresee(owner=world.ccg.pk, choice=world.seats(), providers=[world.provider.pk])
    bodies = {one["name"]: (one["count"], one["people"]) for one in foreseen.bodies}
    assert bodies["Care Quality Commission"] == (1, ["Ines Inspector"])
    assert bodies["NHS Example CCG"][0] == 4
    assert "people at the member bodies of North QSG who have no seat there" in foreseen.not_them


def test_sharing_more_is_foreseen_on_top_of_what_is_shared(world):
    concern = world.concern(choice=world.seats(excluded=frozenset({world.healthwatch.pk})))
    more = Choice(agencies=frozenset({world.neighbour.pk}))
    foreseen = foresee(owner=world.ccg.pk, choice=more, providers=[], saved=concern.record)
    names = {one.name for one in foreseen.readers}
    assert {"Stu Stranger", "Ines Inspector"} <= names
    assert "Vic Volunteer" not in names
    assert "Healthwatch Example" in foreseen.not_them


def test_the_owner_shares_more_and_each_share_says_why_it_may(world):
    concern = world.concern(choice=Choice())
    share(world, concern, agencies=frozenset({world.cqc.pk}), gateway="regulation")
    assert all_who_see(world, concern) == HOME | {"inspector", "cqc_unseated"}
    (one,) = live_shares(concern.record)
    assert (one.gateway, one.by, one.at) == ("regulation", world.worker, world.now)


def test_a_person_named_is_told(world):
    concern = world.concern(choice=Choice())
    share(world, concern, people=frozenset({(world.stranger.pk, world.neighbour.pk)}))
    assert Message.objects.get(event="concern.named").recipient == world.stranger
    assert sees(world, "stranger", concern)


def test_what_they_see_already_is_not_shared_again(world):
    concern = world.concern()
    with pytest.raises(Invalid, match="can see it already"):
        share(world, concern, groups=frozenset({(QSG_SEATS, world.north.pk)}))
    with pytest.raises(Invalid, match="can see it already"):
        share(world, concern, gateway="")


def test_a_share_needs_a_reason_and_known_readers(world):
    concern = world.concern(choice=Choice())
    with pytest.raises(Invalid) as refused:
        share(world, concern, agencies=frozenset({world.cqc.pk}), gateway="")
    assert set(refused.value.errors) == {"gateway"}
    with pytest.raises(Invalid) as refused:
        share(world, concern, agencies=frozenset({uuid4()}))
    assert set(refused.value.errors) == {"agencies"}


def test_a_body_that_was_shut_out_is_not_given_it(world):
    concern = world.concern(choice=world.seats(excluded=frozenset({world.cqc.pk})))
    for chosen in ({"agencies": {world.cqc.pk}}, {"people": {(world.inspector.pk, world.cqc.pk)}}):
        with pytest.raises(Invalid, match="shut out"):
            share(world, concern, **{name: frozenset(value) for name, value in chosen.items()})


def test_sharing_can_shut_a_body_out_and_that_alone_is_a_change(world):
    concern = world.concern()
    share(world, concern, excluded=frozenset({world.cqc.pk}), gateway="")
    assert not sees(world, "inspector", concern)


@pytest.mark.parametrize("name", ["reader", "inspector", "chair"])
def test_a_reader_does_not_share_onward(world, name):
    concern = world.concern()
    with pytest.raises(NotPermitted):
        share(world, concern, by=name, all_groups=True)
    with pytest.raises(NotPermitted):
        share_less(by=world.by(name), now=world.now, concern=concern, shares=[], seen=1)


def test_for_a_stranger_there_is_nothing_to_share(world):
    concern = world.concern()
    with pytest.raises(Http404):
        share(world, concern, by="stranger", all_groups=True)
    with pytest.raises(Http404):
        share_less(by=world.by("stranger"), now=world.now, concern=concern, shares=[], seen=1)
    with pytest.raises(Http404):
        ask_to_share(by=world.by("stranger"), now=world.now, concern=concern, group=world.south.pk)


def test_a_withdrawn_concern_is_shared_with_nobody_more(world):
    concern = withdraw_concern(
        by=world.by("worker"), now=world.now, concern=world.concern(), reason="Wrong.", seen=1
    )
    with pytest.raises(NotNow, match="is withdrawn"):
        share(world, concern, seen=concern.version, all_groups=True)
    with pytest.raises(NotNow, match="is withdrawn"):
        ask_to_share(by=world.by("inspector"), now=world.now, concern=concern, group=world.south.pk)


def test_a_stale_page_shares_nothing(world):
    with pytest.raises(NotNow, match="changed this"):
        share(world, world.concern(), seen=0, all_groups=True)


def say(world, concern, by, **more):
    return comment(by=world.by(by), now=world.now, concern=concern, text="We heard the same.", **more)


def test_widening_lists_the_bodies_whose_words_go_with_it_and_tells_them(world):
    concern = world.concern()
    say(world, concern, "volunteer")
    say(world, concern, "lead")
    say(world, concern, "inspector", narrowed=True)
    corroborate(
        by=world.by("volunteer"),
        now=world.now,
        concern=concern,
        stance="too",
        source_kind="enter_and_view",
        reliability="first_hand",
        origin="own",
    )
    assert [one.agency for one in words_that_go_with(concern)] == ["Healthwatch Example"]
    Message.objects.all().delete()
    share(world, concern, groups=frozenset({(QSG_SEATS, world.south.pk)}))
    told = Message.objects.filter(event="concern.widened")
    assert [one.recipient for one in told] == [world.volunteer]
    words = visible_to(world.by("stranger"), Comment.objects.all())
    assert {one.record.owner.name for one in words} == {"Healthwatch Example", "NHS Example CCG"}


def test_sharing_less_ends_sight_at_the_next_request(world):
    concern = world.concern()
    (share_,) = live_shares(concern.record)
    share_less(by=world.by("worker"), now=world.now, concern=concern, shares=[share_.pk], seen=1)
    assert all_who_see(world, concern) == HOME
    share_.refresh_from_db()
    assert share_.ended_at == world.now
    assert drifted_circles() == []


def test_sharing_less_can_shut_a_body_out(world):
    concern = world.concern()
    share_less(
        by=world.by("worker"),
        now=world.now,
        concern=concern,
        shares=[],
        seen=1,
        excluded=frozenset({world.cqc.pk}),
    )
    assert not sees(world, "inspector", concern)
    assert sees(world, "volunteer", concern)


def less(world, concern, shares=(), excluded=()):
    share_less(
        by=world.by("lead"),
        now=world.now,
        concern=concern,
        shares=shares,
        seen=Concern.objects.get(pk=concern.pk).version,
        excluded=frozenset(excluded),
    )


def test_what_is_to_end_is_a_share_of_this_concern(world):
    concern, other = world.concern(), world.concern()
    for forged in ([uuid4()], [live_shares(other.record)[0].pk]):
        with pytest.raises(Invalid, match="Choose one of the answers"):
            less(world, concern, forged)
    with pytest.raises(Invalid, match="no longer see it"):
        less(world, concern)
    with pytest.raises(Invalid, match="Your own body"):
        less(world, concern, excluded=[world.ccg.pk])
    with pytest.raises(Invalid):
        less(world, concern, excluded=[uuid4()])


def test_a_closed_concern_keeps_a_handler(world):
    named = frozenset({(world.lead.pk, world.ccg.pk), (world.inspector.pk, world.cqc.pk)})
    concern = world.concern(choice=Choice(closed=True, people=named, gateway="functions"))
    by_person = {one.audience.person_id: one.pk for one in live_shares(concern.record)}
    with pytest.raises(Invalid, match="needs somebody at your own body"):
        less(world, concern, [by_person[world.lead.pk], by_person[world.worker.pk]])
    less(world, concern, [by_person[world.inspector.pk]])
    assert all_who_see(world, concern) == {"lead", "worker"}


@pytest.mark.parametrize("why", ["left", "no_account", "interest"])
def test_a_handler_who_reads_it_no_more_does_not_count(world, why):
    named = frozenset({(world.lead.pk, world.ccg.pk), (world.worker.pk, world.ccg.pk)})
    concern = world.concern(choice=Choice(closed=True, people=named))
    by_person = {one.audience.person_id: one.pk for one in live_shares(concern.record)}
    if why == "left":
        world.worker.memberships.update(ends_on=world.now.date())
    elif why == "no_account":
        User.objects.filter(pk=world.worker.pk).update(is_active=False)
    else:
        Conflict.objects.create(user=world.worker, provider=world.provider, starts_on=world.now.date())
    with pytest.raises(Invalid, match="needs somebody at your own body"):
        less(world, concern, [by_person[world.lead.pk]])
    assert sees(world, "lead", concern)


def test_two_who_share_at_once_are_told_of_each_other(world):
    concern = world.concern()
    (held,) = live_shares(concern.record)
    less(world, concern, [held.pk])
    with pytest.raises(NotNow, match="Lena Lead changed this"):
        share(world, concern, seen=1, groups=frozenset({(QSG_SEATS, world.north.pk)}))
    share(world, concern, groups=frozenset({(QSG_SEATS, world.north.pk)}))
    with pytest.raises(NotNow, match="Wes Worker changed this"):
        share(world, concern, seen=2, all_groups=True)
    assert Concern.objects.get().versions.count() == 1, "nothing that it says was changed"


def test_what_is_shared_is_read_back_as_it_was_chosen(world):
    choice = Choice(
        closed=True,
        people=frozenset({(world.lead.pk, world.ccg.pk), (world.worker.pk, world.ccg.pk)}),
        agencies=frozenset({world.cqc.pk}),
        groups=frozenset({(QSG_CLEARED, world.north.pk), (QSG_READERS, world.south.pk)}),
        all_groups=True,
        excluded=frozenset({world.healthwatch.pk}),
        gateway="functions",
    )
    concern = world.concern(choice=choice)
    assert choice_of(concern.record) == Choice(**{**choice.__dict__, "gateway": ""})
    assert ALL_SEATS in {one.audience.kind for one in live_shares(concern.record)}


def test_a_reader_asks_and_the_owner_is_told(world):
    concern = world.concern()
    ask_to_share(by=world.by("inspector"), now=world.now, concern=concern, group=world.south.pk)
    told = Message.objects.filter(event="concern.share_asked")
    assert {one.recipient for one in told} == {world.worker, world.lead}
    assert not sees(world, "stranger", concern)
    ask_to_share(by=world.by("volunteer"), now=world.now, concern=concern, agency=world.neighbour.pk)
    assert Message.objects.filter(event="concern.share_asked").count() == 4


def test_asking_says_one_body_or_one_group_that_exists(world):
    concern, by = world.concern(), world.by("inspector")
    for asked in (
        {},
        {"group": world.south.pk, "agency": world.guest.pk},
        {"agency": uuid4()},
        {"group": uuid4()},
    ):
        with pytest.raises(Invalid):
            ask_to_share(by=by, now=world.now, concern=concern, **asked)
    with pytest.raises(NotNow, match="Your own body"):
        ask_to_share(by=world.by("worker"), now=world.now, concern=concern, agency=world.guest.pk)


def test_a_body_made_today_can_be_shared_with_by_name(world):
    from tests.concerned import person

    body = Agency.objects.create(kind="ccg", name="NHS New CCG")
    world.people["newcomer"] = person("Nell New", body)
    choice = Choice(agencies=frozenset({body.pk}), gateway="functions")
    foreseen = foresee(owner=world.ccg.pk, choice=choice, providers=[])
    assert "Nell New" in {one.name for one in foreseen.readers}
    assert sees(world, "newcomer", world.concern(choice=choice))
