from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Membership
from audit.models import Line
from meetings import registry
from meetings.models import Meeting, Proceedings
from meetings.operations import (
    bodies_called,
    cancel_meeting,
    correct_proceedings,
    essential_to,
    present_at,
    proceedings_of,
    record_call_held,
    record_meeting_held,
)
from meetings.rules import Attended
from notifications.models import Message
from reference.personal_data import find
from tests.integration.meetings.conftest import HOUR, Convene, told

DAY = timedelta(days=1)


@pytest.fixture
def record(world, room):
    """Record a meeting as the chair, an hour after the call unless said otherwise."""

    def recorded(meeting: Meeting, opened_at=None, **otherwise) -> Meeting:
        now = otherwise.pop("now", world.now + 2 * HOUR)
        said = otherwise.pop("told", None) or told(world, opened_at or world.now + HOUR)
        usual = {"by": world.by("chair"), "now": now, "at": room, "meeting": meeting, "seen": meeting.version}
        return record_meeting_held(**{**usual, "told": said, **otherwise})

    return recorded


@pytest.fixture
def correct(world, room):
    def corrected(meeting: Meeting, **otherwise) -> Meeting:
        usual = {
            "by": world.by("chair"),
            "now": world.now + 3 * HOUR,
            "at": room,
            "meeting": meeting,
            "seen": meeting.version,
            "told": told(world, world.now + HOUR, discussion="Night staffing, and falls."),
            "why": "Falls were left out.",
        }
        return correct_proceedings(**{**usual, **otherwise})

    return corrected


@pytest.fixture
def call(world, room):
    def recorded(**otherwise) -> Meeting:
        usual = {
            "by": world.by("chair"),
            "now": world.now + 2 * DAY,
            "at": room,
            "of": room.record,
            "purpose": "judgement",
            "told": told(world, world.now + 6 * HOUR),
        }
        return record_call_held(**{**usual, **otherwise})

    return recorded


def test_a_meeting_held_says_who_was_there_and_what_was_decided(world, convene: Convene, record):
    meeting = record(convene())
    assert (meeting.status, meeting.opened_at) == ("held", world.now + HOUR)
    assert present_at(proceedings_of(meeting)) == {world.cqc.pk, world.ccg.pk, world.team.pk}
    held = proceedings_of(meeting)
    assert held.number == 1
    assert (held.recorded_by, held.recorded_for) == (world.people["chair"], world.team)
    assert [one.text for one in held.decisions.all()] == ["Nobody new is admitted.", "CQC visits tonight."]
    line = Line.objects.get(deed="meeting.held")
    assert line.detail == {"version": 1, "purpose": "response"}
    assert not Message.objects.filter(event="meeting.invited", ended_at=None).exists()


def test_held_by_telephone_in_the_evening_and_recorded_on_monday(world, call):
    meeting = call()
    held = proceedings_of(meeting)
    assert held.opened_at == world.now + 6 * HOUR == meeting.record.happened_at
    assert held.recorded_at == world.now + 2 * DAY == meeting.record.recorded_at
    assert meeting.ends_at == held.opened_at + HOUR
    assert not meeting.invitations.exists()


def test_a_call_says_when_it_closed_where_it_was_and_who_had_to_be_there(world, call):
    opened = world.now + HOUR
    meeting = call(
        told=told(world, opened, closed_at=opened + HOUR / 2, went_on=True),
        place="The site office",
        essential=[world.cqc.pk],
    )
    assert meeting.ends_at == meeting.closed_at == opened + HOUR / 2
    assert proceedings_of(meeting).went_on
    assert essential_to(meeting) == {world.cqc.pk}


def test_only_a_meeting_to_judge_goes_on_to_the_response(world, convene: Convene, record):
    meeting = record(convene(), told=told(world, world.now + HOUR, went_on=True))
    assert not proceedings_of(meeting).went_on


@pytest.mark.parametrize(
    ("otherwise", "field"),
    [
        ({"opened_at": 3 * HOUR}, "opened_at"),
        ({"opened_at": -HOUR}, "opened_at"),
        ({"closed_at": 3 * HOUR}, "closed_at"),
        ({"closed_at": HOUR / 2}, "closed_at"),
        ({"how": "by pigeon"}, "how"),
        ({"attendance": []}, "attendance"),
        ({"discussion": "  "}, "discussion"),
        ({"discussion": "x" * 100_000}, "discussion"),
        ({"discussion": "About 943 476 5919."}, "discussion"),
        ({"decisions": ["Write to 943 476 5919."]}, "decisions"),
        ({"decisions": ["x" * 2001]}, "decisions"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(world, convene: Convene, record, otherwise, field):
    said = {name: world.now + one if isinstance(one, timedelta) else one for name, one in otherwise.items()}
    meeting = convene()
    with pytest.raises(Invalid) as refusal:
        record(meeting, told=replace(told(world, world.now + HOUR), **said))
    assert set(refusal.value.errors) == {field}
    assert Meeting.objects.get(pk=meeting.pk).status == "scheduled"
    assert not Proceedings.objects.exists()


def test_a_meeting_cannot_have_opened_before_what_it_answers(world, room, call):
    with pytest.raises(Invalid, match="That is before"):
        call(told=told(world, world.now - HOUR))
    assert not Meeting.objects.exists()


def test_people_and_bodies_that_were_not_there_cannot_be_put_there(world, convene: Convene, record):
    meeting = convene()
    for row in (
        Attended(world.cqc.pk, "by_call", user=world.people["cara"].pk),
        Attended(world.cqc.pk, "by_call", user=uuid4()),
        Attended(world.faraway.pk, "by_call", name="Somebody"),
        Attended(world.cqc.pk, "by_call", name="ann@home.example"),
    ):
        with pytest.raises(Invalid) as refusal:
            record(meeting, told=told(world, world.now + HOUR, attendance=[row]))
        assert set(refusal.value.errors) == {"attendance"}


def test_who_left_the_body_since_may_have_been_there(world, convene: Convene, record):
    meeting = convene()
    Membership.objects.filter(user=world.people["quinn"]).update(ends_on=(world.now + DAY).date())
    record(meeting, now=world.now + 3 * DAY)
    with pytest.raises(Invalid, match="does not act for that body"):
        record(convene(), opened_at=world.now + 2 * DAY, now=world.now + 3 * DAY)


def test_a_person_decides_what_is_no_patients(world, convene: Convene, record):
    words = "Case 943 476 5919."
    decided = frozenset(one.mark for one in find(words))
    meeting = record(convene(), told=told(world, world.now + HOUR, discussion=words, decided=decided))
    assert proceedings_of(meeting).discussion == words
    assert Line.objects.get(deed="meeting.held").detail["let_through"] == ["nhs_number"]


@pytest.mark.parametrize("name", ["quinn", "cara"])
def test_only_whoever_keeps_the_record_writes_it(world, convene: Convene, record, correct, call, name):
    by = world.by(name)
    meeting = convene()
    for deed in (lambda: record(meeting, by=by), lambda: call(by=by)):
        with pytest.raises(NotPermitted):
            deed()
    held = record(meeting)
    with pytest.raises(NotPermitted):
        correct(held, by=by)
    with pytest.raises(Http404):
        correct(held, by=world.by("fay"))
    with pytest.raises(Http404):
        call(by=world.by("fay"))


def test_it_is_recorded_once_and_then_corrected(world, convene: Convene, record):
    meeting = record(convene())
    with pytest.raises(NotNow, match="was held"):
        record(meeting)


def test_a_cancelled_meeting_was_not_held(world, room, convene: Convene, record, correct):
    meeting = cancel_meeting(
        by=world.by("chair"), now=world.now, at=room, meeting=convene(), seen=1, reason="Not needed."
    )
    for deed in (record, correct):
        with pytest.raises(NotNow, match="was cancelled"):
            deed(meeting)


def test_a_meeting_that_was_not_held_has_no_record_to_correct(convene: Convene, correct):
    with pytest.raises(NotNow, match="has not been recorded as held"):
        correct(convene())


def test_a_correction_is_another_version_and_the_first_stays(world, convene: Convene, record, correct):
    meeting = correct(record(convene()))
    first, second = meeting.proceedings.all()
    assert (first.discussion, second.discussion) == (
        "Night staffing on the ward.",
        "Night staffing, and falls.",
    )
    assert (second.number, second.why_corrected) == (2, "Falls were left out.")
    assert second.attendance.count() == first.attendance.count() == 4
    assert Line.objects.get(deed="meeting.corrected").detail["version"] == 2


def test_a_correction_may_move_the_moment_and_take_words_over(world, convene: Convene, record, correct):
    words = "Case 943 476 5919."
    decided = frozenset(one.mark for one in find(words))
    meeting = record(convene(), told=told(world, world.now + HOUR, discussion=words, decided=decided))
    earlier = world.now + HOUR / 2
    meeting = correct(meeting, told=told(world, earlier, discussion=words))
    assert meeting.opened_at == earlier == proceedings_of(meeting).opened_at


@pytest.mark.parametrize("why", ["", "x" * 501, "943 476 5919"])
def test_a_correction_says_why(convene: Convene, record, correct, why):
    with pytest.raises(Invalid) as refusal:
        correct(record(convene()), why=why)
    assert set(refusal.value.errors) == {"why"}


def test_two_corrections_at_once(convene: Convene, record, correct):
    meeting = record(convene())
    seen = meeting.version
    correct(meeting)
    with pytest.raises(NotNow, match="while you were writing"):
        correct(meeting, seen=seen)


def test_a_purpose_must_be_known(call):
    with pytest.raises(Invalid) as refusal:
        call(purpose="party")
    assert set(refusal.value.errors) == {"purpose"}


def test_the_place_of_a_call_names_no_patient(call):
    with pytest.raises(Invalid) as refusal:
        call(place="Home of 943 476 5919")
    assert set(refusal.value.errors) == {"place"}


def test_what_follows_happens_in_the_same_transaction(world, room, convene: Convene, record, monkeypatch):
    heard = []

    def refuse(*, meeting, by, now):
        heard.append(present_at(proceedings_of(meeting)))
        raise Invalid({"opened_at": "The matter says no."})

    matter = replace(registry.MATTERS[room.KIND], after_held=refuse)
    monkeypatch.setitem(registry.MATTERS, room.KIND, matter)
    meeting = convene()
    with pytest.raises(Invalid, match="The matter says no"), transaction.atomic():
        record(meeting)
    assert heard == [{world.cqc.pk, world.ccg.pk, world.team.pk}]
    assert not Proceedings.objects.exists()
    assert not Line.objects.filter(deed="meeting.held").exists()


def test_a_matter_may_set_no_floor(world, room, call, monkeypatch):
    matter = replace(registry.MATTERS[room.KIND], earliest=lambda of, purpose: None)
    monkeypatch.setitem(registry.MATTERS, room.KIND, matter)
    assert call(told=told(world, world.now - HOUR)).opened_at == world.now - HOUR


def test_the_bodies_called_are_the_summits(world, room):
    assert world.cqc.pk in bodies_called(room.record)
    assert world.faraway.pk not in bodies_called(room.record)


def test_the_database_keeps_every_version_and_refuses_half_states(world, convene: Convene, record):
    meeting = record(convene())
    held = Meeting.objects.filter(pk=meeting.pk)
    proceedings = meeting.proceedings.get()
    for change in (
        lambda: held.update(status="scheduled"),
        lambda: held.update(status="lost"),
        lambda: held.update(ends_at=meeting.starts_at),
        lambda: held.update(cancelled_at=world.now),
        lambda: meeting.proceedings.update(discussion="Nothing."),
        lambda: meeting.proceedings.all().delete(),
        lambda: proceedings.attendance.update(presence="absent"),
        lambda: proceedings.decisions.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
