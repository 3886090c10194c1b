from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from access.models import Listing
from access.operations import exclude
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from audit.models import Line
from meetings.models import Invitation, Meeting
from meetings.operations import (
    answer_invitation,
    cancel_meeting,
    essential_to,
    invite_people,
    meetings_of,
    move_meeting,
    participants_of,
    present_at,
    proceedings_of,
)
from meetings.registry import matter_of, take_matter
from notifications.events import known
from notifications.inbox import line_of
from notifications.models import Message
from tests import summits
from tests.integration.meetings.conftest import HOUR, Convene

MINUTE = timedelta(minutes=1)


def sees(world, name, meeting) -> bool:
    return visible_to(world.by(name), Meeting.objects.filter(pk=meeting.pk)).exists()


def invited(meeting, **more) -> set[str]:
    rows = meeting.invitations.filter(sequence=meeting.sequence, **more)
    return set(rows.values_list("user__email", flat=True))


def again(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


# Convening


@pytest.mark.parametrize(("field", "longest"), [("place", 300), ("joining", 2000)])
def test_where_it_is_is_kept_whole_or_refused(convene: Convene, field, longest):
    with pytest.raises(Invalid) as refusal:
        convene(**{field: "x" * (longest + 1)})
    assert set(refusal.value.errors) == {field}
    assert getattr(convene(**{field: "x" * longest}), field) == "x" * longest


def test_everyone_in_the_room_sees_the_meeting_and_is_invited(world, room, convene: Convene):
    meeting = convene(essential=[world.cqc.pk])
    assert meeting.status == "scheduled"
    emails = {one for user, _ in participants_of(room.record) for one in [user]}
    assert set(meeting.invitations.values_list("user", flat=True)) == emails
    assert "quinn@example.org" in invited(meeting)
    assert sees(world, "quinn", meeting)
    assert not sees(world, "fay", meeting)
    assert not sees(world, "cole", meeting), "a colleague of somebody in the room is not in it"
    assert essential_to(meeting) == {world.cqc.pk}
    assert present_at(proceedings_of(meeting)) == frozenset()
    line = Line.objects.get(deed="meeting.convened")
    assert line.record_id == meeting.pk
    assert line.detail == {"of": str(room.pk), "purpose": "response", "invited": len(emails)}


def test_whoever_owns_it_sees_it_only_from_inside_the_room(world, room, convene: Convene):
    meeting = convene()
    chair = world.people["chair"]
    assert meeting.record.owner == world.team
    assert sees(world, "chair", meeting)
    Listing.objects.filter(summit=room.record, user=chair).update(ended_at=world.now)
    assert not sees(world, "chair", meeting)


def test_each_person_invited_is_told_at_once_and_by_mail(world, convene: Convene):
    meeting = convene()
    messages = Message.objects.filter(event="meeting.invited", record=meeting.record)
    assert messages.count() == len(invited(meeting))
    message = messages.filter(recipient=world.people["quinn"]).get()
    assert message.delivery.first_at == world.now
    assert not message.asks
    assert line_of(message, world.now).sentence == (
        "You are invited to a meeting on 4 March 2026, 9:02am. Please say whether you are coming."
    )


@pytest.mark.parametrize("name", ["quinn", "cara", "tess"])
def test_being_in_the_room_is_not_enough_to_convene(world, convene: Convene, name):
    with pytest.raises(NotPermitted):
        convene(by=world.by(name))


def test_a_room_out_of_sight_does_not_exist(world, convene: Convene):
    with pytest.raises(Http404):
        convene(by=world.by("fay"))


def test_a_place_that_is_another_summits_is_refused(world, room, convene: Convene):
    other = summits.trigger(world, by="cara").room
    meeting = convene()
    with pytest.raises(Http404):
        convene(at=other)
    with pytest.raises(Http404):
        cancel_meeting(
            by=world.by("chair"), now=world.now, at=other, meeting=meeting, seen=1, reason="Not needed."
        )


@pytest.mark.parametrize(
    ("otherwise", "field"),
    [
        ({"purpose": "party"}, "purpose"),
        ({"place": " ", "joining": ""}, "place"),
        ({"joining": "Write to Mrs Ray at ray@home.example"}, "joining"),
        ({"essential": [uuid4()]}, "essential"),
        ({"people": [(uuid4(), uuid4())]}, "people"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(convene: Convene, otherwise, field):
    with pytest.raises(Invalid) as refusal:
        convene(**otherwise)
    assert set(refusal.value.errors) == {field}
    assert not Meeting.objects.exists()


def test_a_number_to_dial_is_nobodys_own(convene: Convene):
    assert "0113 496 0018" in convene(joining="Dial 0113 496 0018, then 4471#").joining
    with pytest.raises(Invalid, match="telephone number"):
        convene(place="Ring 0113 496 0018")


def test_people_are_asked_to_a_time_still_to_come(world, convene: Convene):
    with pytest.raises(Invalid, match="record that it was held"):
        convene(starts_at=world.now - HOUR)


def test_some_of_the_people_may_be_invited(world, convene: Convene):
    pair = (world.people["quinn"].pk, world.cqc.pk)
    assert invited(convene(people=[pair])) == {"quinn@example.org"}


def test_a_body_shut_out_of_the_room_is_shut_out_of_the_meeting(world, room, convene: Convene):
    exclude(record=room.record, agencies=[world.tda.pk], now=world.now)
    meeting = convene()
    assert not sees(world, "tess", meeting)


def test_the_meetings_of_a_room_are_those_in_sight_in_their_order(world, room, convene: Convene):
    later, sooner = convene(), convene(starts_at=world.now + HOUR, ends_at=world.now + 2 * HOUR)
    assert meetings_of(world.by("quinn"), room.record) == [sooner, later]
    assert meetings_of(world.by("fay"), room.record) == []


# Moving


def moved(world, room, meeting, **otherwise):
    usual = {
        "by": world.by("chair"),
        "now": world.now,
        "at": room,
        "meeting": meeting,
        "seen": meeting.version,
        "starts_at": world.now + 40 * HOUR,
        "ends_at": world.now + 41 * HOUR,
        "place": "Room 5",
        "joining": "",
    }
    return move_meeting(**{**usual, **otherwise})


def test_moving_makes_another_version_and_asks_everyone_again(world, room, convene: Convene):
    meeting = convene(essential=[world.cqc.pk])
    answer_invitation(by=world.by("quinn"), now=world.now, meeting=meeting, sequence=0, answer="accepted")
    before = invited(meeting)
    meeting = moved(world, room, meeting)
    assert (meeting.sequence, meeting.place, meeting.status) == (1, "Room 5", "scheduled")
    assert invited(meeting) == before == invited(meeting, answer="none")
    assert essential_to(meeting) == {world.cqc.pk}
    assert (
        Invitation.objects.get(meeting=meeting, sequence=0, answer="accepted").user == world.people["quinn"]
    )
    assert Message.objects.filter(event="meeting.moved").count() == len(before)
    old = Message.objects.filter(event="meeting.invited").first()
    assert old.ended_at == world.now
    assert not known("meeting.invited").still(old)
    message = Message.objects.filter(event="meeting.moved").first()
    assert known("meeting.moved").still(message)
    assert "it is now on 5 March 2026, 6:02am" in line_of(message, world.now).sentence


def test_moving_may_change_who_must_be_there(world, room, convene: Convene):
    meeting = convene(essential=[world.cqc.pk])
    meeting = moved(world, room, meeting, essential=[world.tda.pk])
    assert essential_to(meeting) == {world.tda.pk}


def test_two_people_moving_it_at_once(world, room, convene: Convene):
    meeting = convene()
    moved(world, room, meeting)
    with pytest.raises(NotNow, match="Somebody changed this meeting while you were writing"):
        moved(world, room, meeting, place="Room 6")
    assert again(meeting).place == "Room 5"


@pytest.mark.parametrize("name", ["quinn", "cara"])
def test_only_whoever_convenes_moves_cancels_or_invites(world, room, convene: Convene, name):
    meeting, by = convene(), world.by(name)
    deeds = (
        lambda: moved(world, room, meeting, by=by),
        lambda: cancelled(world, room, meeting, by=by),
        lambda: invite_people(by=by, now=world.now, at=room, meeting=meeting),
    )
    for deed in deeds:
        with pytest.raises(NotPermitted):
            deed()


def test_a_meeting_out_of_sight_does_not_exist(world, room, convene: Convene):
    meeting, by = convene(), world.by("fay")
    deeds = (
        lambda: moved(world, room, meeting, by=by),
        lambda: answer_invitation(by=by, now=world.now, meeting=meeting, sequence=0, answer="accepted"),
    )
    for deed in deeds:
        with pytest.raises(Http404):
            deed()


def test_a_move_to_the_past_or_to_nowhere_is_refused(world, room, convene: Convene):
    meeting = convene()
    with pytest.raises(Invalid):
        moved(world, room, meeting, starts_at=world.now)
    with pytest.raises(Invalid):
        moved(world, room, meeting, place="", joining="")


# Inviting more


def test_those_called_since_are_invited_to_the_same_version(world, room, convene: Convene):
    pair = (world.people["quinn"].pk, world.cqc.pk)
    meeting = convene(people=[pair])
    fresh = invite_people(by=world.by("chair"), now=world.now, at=room, meeting=meeting)
    assert world.people["cara"].pk in fresh
    assert world.people["quinn"].pk not in fresh
    assert invited(meeting) == {user.email for user in world.people.values() if user.pk in {*fresh, pair[0]}}
    assert Message.objects.filter(event="meeting.invited", recipient=world.people["quinn"]).count() == 1
    assert invite_people(by=world.by("chair"), now=world.now, at=room, meeting=meeting) == []


def test_one_of_them_may_be_chosen(world, room, convene: Convene):
    pair = (world.people["quinn"].pk, world.cqc.pk)
    meeting = convene(people=[])
    assert invite_people(by=world.by("chair"), now=world.now, at=room, meeting=meeting, people=[pair]) == [
        pair[0]
    ]


# Cancelling


def cancelled(world, room, meeting, **otherwise):
    usual = {
        "by": world.by("chair"),
        "now": world.now,
        "at": room,
        "meeting": meeting,
        "seen": meeting.version,
        "reason": "CQC goes tonight instead.",
    }
    return cancel_meeting(**{**usual, **otherwise})


def test_cancelling_tells_everyone_invited(world, room, convene: Convene):
    meeting = convene()
    before = invited(meeting)
    meeting = cancelled(world, room, meeting)
    assert (meeting.status, meeting.sequence, meeting.cancelled_at) == ("cancelled", 1, world.now)
    assert invited(meeting, method="CANCEL") == before
    message = Message.objects.filter(event="meeting.cancelled").first()
    assert line_of(message, world.now).sentence == ("The meeting on 4 March 2026, 9:02am was cancelled.")


@pytest.mark.parametrize("reason", ["", "x" * 501, "943 476 5919 died."])
def test_cancelling_needs_a_reason_that_can_be_kept(world, room, convene: Convene, reason):
    with pytest.raises(Invalid) as refusal:
        cancelled(world, room, convene(), reason=reason)
    assert set(refusal.value.errors) == {"reason"}


def test_what_is_cancelled_stays_cancelled(world, room, convene: Convene):
    meeting = cancelled(world, room, convene())
    deeds = (
        lambda: cancelled(world, room, meeting),
        lambda: moved(world, room, meeting),
        lambda: invite_people(by=world.by("chair"), now=world.now, at=room, meeting=meeting),
        lambda: answer_invitation(
            by=world.by("quinn"), now=world.now, meeting=meeting, sequence=1, answer="accepted"
        ),
    )
    for deed in deeds:
        with pytest.raises(NotNow, match="was cancelled"):
            deed()


# Answering


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_an_invited_person_says_whether_they_come(world, convene: Convene, answer):
    meeting = convene()
    for given in (answer, "accepted"):
        made = answer_invitation(
            by=world.by("quinn"), now=world.now + MINUTE, meeting=meeting, sequence=0, answer=given
        )
        assert (made.answer, made.answered_at) == (given, world.now + MINUTE)


@pytest.mark.parametrize("answer", ["none", "", "maybe"])
def test_an_answer_is_one_of_three(world, convene: Convene, answer):
    with pytest.raises(Invalid):
        answer_invitation(by=world.by("quinn"), now=world.now, meeting=convene(), sequence=0, answer=answer)


def test_an_answer_is_to_the_time_that_was_on_the_screen(world, room, convene: Convene):
    meeting = convene()
    moved(world, room, meeting)
    with pytest.raises(NotNow, match="it is now on 5 March 2026"):
        answer_invitation(by=world.by("quinn"), now=world.now, meeting=meeting, sequence=0, answer="accepted")


def test_who_was_not_invited_has_nothing_to_answer(world, convene: Convene):
    meeting = convene(people=[(world.people["quinn"].pk, world.cqc.pk)])
    with pytest.raises(NotPermitted, match="You were not invited"):
        answer_invitation(by=world.by("cara"), now=world.now, meeting=meeting, sequence=0, answer="accepted")


# The registry


def test_a_matter_is_taken_once_and_others_have_the_usual(room, convene: Convene):
    with pytest.raises(ValueError, match="two apps"):
        take_matter(room.KIND)
    meeting = convene()
    usual = matter_of(meeting.record)
    assert usual.earliest(meeting.record, "response") == (
        meeting.record.recorded_at,
        "the matter was written down",
    )
    assert list(usual.called(room.record)) != []
    assert list(usual.essential(room.record)) == []
    assert usual.after_held(meeting=meeting, by=None, now=None) is None
