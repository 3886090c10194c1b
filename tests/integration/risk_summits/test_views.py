"""Views are stated unseen by the others and revealed together."""

import pytest
from django.http import Http404

from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from audit.models import Line
from concerns.models import DangerFlag
from notifications.events import known
from notifications.models import Message
from risk_summits.models import StatedView
from risk_summits.operations import add_known, say_danger, state_view
from risk_summits.operations.people import listed
from tests.integration.risk_summits.conftest import again
from tests.summits import clock, hold

SPEAK = ("cara", "quinn", "chair", "tess", "cora", "hetty")


def views_seen(world, name, room):
    held = visible_to(world.by(name), StatedView.objects.filter(room=room)).select_related("agency")
    return {str(one.agency) for one in held}


def say(world, room, name, answer="actual", at=1.0, **more):
    return state_view(
        by=world.by(name), now=world.at(at), room=room, answer=answer, text=more.pop("text", "Falls."), **more
    )


def test_a_view_is_seen_by_its_own_body_alone_until_the_reveal(world, room):
    view = say(world, room, "quinn")
    assert views_seen(world, "quinn", room) == views_seen(world, "quiz", room) == {"Care Quality Commission"}
    for other in ("cara", "chair", "director", "nell"):
        assert views_seen(world, other, room) == set()
    assert view.title == "What Care Quality Commission says"
    assert again(room).revealed_at is None


def test_all_are_revealed_when_the_last_that_is_waited_for_is_in(world, room):
    for name in SPEAK[:-1]:
        say(world, room, name)
    assert views_seen(world, "cara", room) == {"NHS Example CCG"}
    say(world, room, "hetty", "cannot_by_law", text="")
    held = again(room)
    assert held.revealed_because == "all_in"
    assert clock(held, "views_reveal").state == "met"
    assert len(views_seen(world, "director", room)) == 6
    assert Line.objects.filter(deed="summit.views_revealed").count() == 1


def test_after_four_hours_they_are_revealed_as_they_stand(world, room):
    say(world, room, "quinn")
    world.move(4)
    assert again(room).revealed_at is None  # a view at the due moment itself is still unseen
    world.move(4, 1)
    held = again(room)
    assert held.revealed_because == "time"
    assert held.revealed_at == world.at(4)
    assert views_seen(world, "cara", room) == {"Care Quality Commission"}
    revealed = clock(held, "views_reveal")
    assert (revealed.state, revealed.met_at) == ("met", revealed.due_at), (
        "no fault: the time is one of its ends"
    )
    assert [step.step for step in revealed.steps.all()] == ["due"]
    told = Message.objects.filter(topic=revealed.pk)
    assert {one.recipient_id for one in told} == {user for user, _ in listed(held.pk)}
    line = known(told[0].event)
    assert "shown to everyone in its room" in line.sentence(told[0], world.at(5))
    assert line.still(told[0])


def test_the_meeting_that_opens_reveals_them(world, room):
    say(world, room, "quinn")
    hold(world, room, world.at(2), world.at(1.5), "team", "ccg", purpose="judgement")
    assert again(room).revealed_because == "meeting_opened"
    assert views_seen(world, "cara", room) == {"Care Quality Commission"}


def test_another_view_replaces_the_one_before_and_both_stay(world, room):
    first = say(world, room, "quinn", "cannot_yet")
    second = say(world, room, "quinn", "potential")
    first.refresh_from_db()
    assert first.replaced_by == second
    for name in SPEAK:
        if name != "quinn":
            say(world, room, name)
    assert views_seen(world, "cara", room) == views_seen(world, "quinn", room)
    seen = visible_to(world.by("cara"), StatedView.objects.filter(room=room, agency=world.cqc))
    assert list(seen) == [second]


def test_a_view_after_the_reveal_is_seen_at_once_and_says_so(world, room):
    world.move(4, 1)
    view = say(world, room, "quinn", at=5)
    assert view.after_reveal
    assert views_seen(world, "cara", room) == {"Care Quality Commission"}


def test_only_a_lead_of_a_body_called_speaks_for_it(world, room):
    with pytest.raises(NotPermitted, match="A lead for Care Quality Commission"):
        say(world, room, "quiz")
    with pytest.raises(Http404):
        say(world, room, "nell")
    with pytest.raises(Invalid):
        say(world, room, "quinn", text=" ")
    with pytest.raises(Invalid, match="NHS number"):
        say(world, room, "quinn", text="Patient 943 476 5919")


def test_danger_is_never_sealed(world, room):
    assert not DangerFlag.objects.filter(record=room.pk).exists()
    report = say_danger(
        by=world.by("quiz"), now=world.at(1), room=room, answer="yes", text="No nurse tonight."
    )
    assert DangerFlag.objects.get(record=room.pk).answer == "yes"
    told = Message.objects.filter(event="summit.danger", topic=report.pk)
    assert {one.recipient for one in told} == {
        world.people[name]
        for name in ("cara", "quinn", "chair", "secretary", "director", "tess", "hetty", "cora")
    }
    say_danger(by=world.by("cora"), now=world.at(2), room=room, answer="not_sure")
    assert room.dangerreports.count() == 2
    with pytest.raises(Invalid):
        say_danger(by=world.by("cora"), now=world.at(2), room=room, answer="no")
    with pytest.raises(Invalid, match="has not come yet"):
        say_danger(by=world.by("cora"), now=world.at(2), room=room, answer="yes", happened_at=world.at(3))


def test_anybody_in_the_room_who_contributes_adds_to_what_is_known(world, room):
    known = add_known(
        by=world.by("quiz"), now=world.at(1), room=room, text="Two more falls.", happened_at=world.at(-5)
    )
    assert known.by_agency == world.cqc
    with pytest.raises(Invalid):
        add_known(by=world.by("quiz"), now=world.at(1), room=room, text=" ")
    with pytest.raises(Invalid, match="has not come yet"):
        add_known(by=world.by("quiz"), now=world.at(1), room=room, text="x", happened_at=world.at(2))


def test_nothing_is_added_to_a_closed_room(world, room):
    room.summit.status, room.summit.ended_at = "not_taken_forward", world.at(1)
    room.summit.save()
    room.ringholdings.update(ends_at=world.at(1))
    with pytest.raises(NotNow, match="was closed on"):
        add_known(by=world.by("quiz"), now=world.at(2), room=room, text="x")
    world.move(5)
    assert again(room).revealed_at is None
