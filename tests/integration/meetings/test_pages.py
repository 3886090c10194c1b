import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from audit.models import Line
from meetings.models import Invitation, Meeting
from meetings.operations import move_meeting, present_at, proceedings_of, record_meeting_held
from risk_summits.models import Room
from risk_summits.operations import propose_lead, record_judgement
from tests.integration.meetings.conftest import HOUR, Convene, told
from tests.response import moment_parts
from tests.signing_in import sign_in


@pytest.fixture
def client_of(world):
    return lambda name: sign_in(world.people[name])


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]


def post(client, address: str, data: dict):
    """Send the form of a page as a browser does, its hidden marks included."""
    shown = client.get(address)
    assert shown.status_code == 200, text_of(shown)
    marks = {"once": hidden(shown, "once")}
    for name in ("seen", "sequence"):
        if f'name="{name}"' in shown.content.decode():
            marks[name] = hidden(shown, name)
    return client.post(address, {**marks, **data})


def grid(world, **how: str) -> dict[str, str]:
    """Fill in how people took part, by their names."""
    filled = {}
    for key, presence in how.items():
        user = world.people[key]
        agency = user.memberships.get().agency_id
        filled[f"person_{agency.hex}_{user.pk.hex}"] = presence
    return filled


# Convening


def test_the_chair_convenes_and_everyone_is_invited(world, room: Room, client_of):
    client = client_of("chair")
    address = f"/meetings/convene/{room.pk}/"
    shown = text_of(client.get(address))
    assert "Fictional Hospital" in shown
    assert "Quinn of cqc" in shown, "who will be invited"
    said = {
        "purpose": "response",
        "lasts": "90",
        "place": "Room 4",
        "joining": "Dial 0113 496 0018, then 4471#",
        "essential": [str(world.cqc.pk)],
        **moment_parts("starts_at", world.now + 20 * HOUR),
    }
    answer = post(client, address, said)
    meeting = Meeting.objects.get()
    assert answer["Location"] == f"/meetings/{meeting.pk}/"
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=90)
    page = text_of(client.get(answer["Location"]))
    assert "Everyone here is invited" in page
    assert "Care Quality Commission" in page
    assert "(GMT)" in page


def test_a_meeting_nobody_could_find_is_refused_beside_its_field(world, room, client_of):
    said = {"purpose": "response", "lasts": "60", **moment_parts("starts_at", world.now + 20 * HOUR)}
    answer = post(client_of("chair"), f"/meetings/convene/{room.pk}/", said)
    assert answer.status_code == 422
    assert "Say where it is, or how to join by call." in text_of(answer)


@pytest.mark.parametrize("deed", ["convene", "record-a-call"])
def test_who_may_only_be_in_the_room_may_not_convene_or_record(world, room, client_of, deed):
    address = f"/meetings/{deed}/{room.pk}/"
    assert client_of("quinn").get(address).status_code == 403
    assert client_of("fay").get(address).status_code == 404
    assert client_of("chair").get(f"/meetings/{deed}/{uuid4()}/").status_code == 404


def test_only_a_matter_that_is_a_place_has_meetings(world, room, convene: Convene, client_of):
    meeting = convene()
    assert client_of("chair").get(f"/meetings/convene/{meeting.pk}/").status_code == 404


def judge_failure(world, room: Room):
    now = world.move(minutes=60)
    return record_judgement(
        by=world.by("chair"), now=now, room=room, judge="group", code="actual", text="Three falls."
    )


def test_a_meeting_after_its_deadline_is_convened_with_open_eyes(world, room: Room, client_of):
    judge_failure(world, room)
    client, address = client_of("chair"), f"/meetings/convene/{room.pk}/"
    assert "Save it all the same" not in text_of(client.get(address))
    said = {"purpose": "response", "lasts": "60", "joining": "Ring the duty desk."}
    late = {**said, **moment_parts("starts_at", world.at(50))}
    refusal = post(client, address, late)
    assert refusal.status_code == 422
    assert "This is after the deadline, 5 March 2026, 3:02pm" in text_of(refusal)
    assert not Meeting.objects.exists()
    assert post(client, address, {**late, "all_the_same": "on"}).status_code == 302
    assert post(client, address, {**said, **moment_parts("starts_at", world.at(30))}).status_code == 302
    assert post(client, address, {**late, "purpose": "judgement"}).status_code == 302
    address = f"/meetings/{Meeting.objects.get(purpose='judgement').pk}/move/"
    assert post(client, address, {**late, **moment_parts("starts_at", world.at(60))}).status_code == 302


def test_a_meeting_that_takes_the_lead_from_an_agreed_body_says_so_first(world, room: Room, client_of):
    judge_failure(world, room)
    now = world.move(hours=3)
    propose_lead(by=world.by("cara"), now=now, room=room, agency=world.ccg.pk)
    client = client_of("chair")
    page = text_of(client.get(room.get_absolute_url()))
    assert "Lead agreed : done" in page
    assert (
        "It stays the lead unless a body objects before the meeting opens, or before 4 March 2026, 3:02am"
        in page
    )
    assert "Who leads is decided" not in page
    world.move(hours=3, minutes=5)
    address = f"/meetings/record-a-call/{room.pk}/"
    said = {
        "purpose": "response",
        "how": "by_call",
        "discussion": "Who does what.",
        **grid(world, chair="by_call", quinn="by_call"),
        **moment_parts("opened_at", world.at(2)),
    }
    refusal = post(client, address, said)
    assert refusal.status_code == 422
    assert "This opened before NHS Example CCG was agreed as lead." in text_of(refusal)
    assert "Example Area Team leads from then, 3 March 2026, 4:02pm" in text_of(refusal)
    assert Room.objects.get().holding().basis == "agreed"
    after = {**said, **moment_parts("opened_at", world.at(3, 3))}
    assert "all_the_same" not in post(client, address, {**after, "how": ""}).content.decode()
    saved = post(client, address, {**said, "all_the_same": "on"})
    assert saved.status_code == 302
    assert Room.objects.get().holding().basis == "default"
    page = text_of(client.get(room.get_absolute_url()))
    line = page[page.index("Agree who leads") :][:90]
    assert "missed, 1 hour 5 minutes overdue due 3 March 2026, 4:02pm" in line, line
    assert "Not recorded." in text_of(client.get(saved["Location"]))


# One meeting


def test_the_page_says_when_where_and_who_comes(world, convene: Convene, client_of):
    meeting = convene()
    page = text_of(client_of("quinn").get(f"/meetings/{meeting.pk}/"))
    for words in (
        "Meeting to respond",
        "4 March 2026, 9:02am (GMT)",
        "Room 4, Example House",
        "0300 000 0000",
    ):
        assert words in page
    assert "Say whether you are coming" in page
    assert "Record that it was held" not in page
    assert "Record that it was held" in text_of(client_of("chair").get(f"/meetings/{meeting.pk}/"))
    assert Line.objects.filter(deed="read", detail__page="MeetingPage", record_id=meeting.pk).count() == 2


PAGES = ["", "calendar/", "answer/", "move/", "invite/", "cancel/", "record/", "correct/"]


@pytest.mark.parametrize("part", PAGES)
def test_a_meeting_out_of_sight_is_absent(world, convene: Convene, client_of, part):
    client = client_of("fay")
    there, absent = (client.get(f"/meetings/{one}/{part}") for one in (convene().pk, uuid4()))
    assert (there.status_code, absent.status_code) == (404, 404)
    normal = re.compile(rb'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')
    assert normal.sub(b"", there.content) == normal.sub(b"", absent.content)


@pytest.mark.parametrize("part", ["move/", "invite/", "cancel/", "record/", "correct/"])
def test_being_in_the_room_does_not_change_it(world, convene: Convene, client_of, part):
    meeting = convene()
    client = client_of("quinn")
    assert client.get(f"/meetings/{meeting.pk}/{part}").status_code == 403
    assert client.post(f"/meetings/{meeting.pk}/{part}").status_code == 403
    meeting.refresh_from_db()
    assert meeting.version == 1


def test_an_invited_person_answers(world, convene: Convene, client_of):
    meeting = convene()
    client = client_of("quinn")
    answer = post(client, f"/meetings/{meeting.pk}/answer/", {"answer": "accepted"})
    assert answer.status_code == 302
    page = text_of(client.get(f"/meetings/{meeting.pk}/"))
    assert "Your answer Coming" in page
    assert Invitation.objects.get(user=world.people["quinn"]).answer == "accepted"


def test_an_answer_to_a_time_that_changed_meanwhile_is_asked_again(world, room, convene: Convene, client_of):
    meeting = convene()
    client = client_of("quinn")
    shown = client.get(f"/meetings/{meeting.pk}/answer/")
    move_meeting(
        by=world.by("chair"),
        now=world.now,
        at=room,
        meeting=meeting,
        seen=1,
        starts_at=world.now + 40 * HOUR,
        ends_at=world.now + 41 * HOUR,
        place="Room 5",
        joining="",
    )
    marks = {"once": hidden(shown, "once"), "sequence": hidden(shown, "sequence"), "answer": "accepted"}
    answer = client.post(f"/meetings/{meeting.pk}/answer/", marks)
    assert answer.status_code == 422
    assert "The meeting was changed: it is now on 5 March 2026, 6:02am" in text_of(answer)


def test_the_calendar_file_is_neutral_and_the_same_each_time(world, convene: Convene, client_of):
    meeting = convene()
    client = client_of("quinn")
    first, second = (client.get(f"/meetings/{meeting.pk}/calendar/") for _ in range(2))
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in first["Content-Disposition"]
    assert "no-store" in first["Cache-Control"]
    assert first.content == second.content
    calendar = Calendar.from_ical(first.content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert event["UID"] == meeting.uid
    assert "ATTENDEE" not in event
    assert b"Fictional" not in first.content


def test_moving_by_the_page_starts_from_how_it_stands(world, convene: Convene, client_of):
    meeting = convene(ends_at=world.now + 19 * HOUR + timedelta(minutes=50), essential=[world.cqc.pk])
    client = client_of("chair")
    address = f"/meetings/{meeting.pk}/move/"
    shown = client.get(address).content.decode()
    assert 'value="Room 4, Example House"' in shown
    assert "50 minutes" in shown
    said = {"lasts": "50", "place": "Room 5", **moment_parts("starts_at", world.now + 30 * HOUR)}
    assert post(client, address, said).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.place, meeting.joining) == (1, "Room 5", "")
    assert not meeting.essential_bodies.exists()


def test_a_stale_page_is_told_and_keeps_what_was_typed(world, convene: Convene, client_of):
    meeting = convene()
    client = client_of("chair")
    address = f"/meetings/{meeting.pk}/cancel/"
    shown = client.get(address)
    Meeting.objects.filter(pk=meeting.pk).update(version=7)
    late = {"once": hidden(shown, "once"), "seen": hidden(shown, "seen"), "reason": "CQC goes tonight."}
    answer = client.post(address, late)
    assert answer.status_code == 422
    assert "Somebody changed this meeting" in text_of(answer)
    assert "CQC goes tonight." in answer.content.decode()
    assert post(client, address, {"reason": "CQC goes tonight."}).status_code == 302
    page = text_of(client.get(f"/meetings/{meeting.pk}/"))
    assert "Cancelled 3 March 2026" in page
    assert "CQC goes tonight." in page
    assert client.get(address).status_code == 409


def test_those_called_since_are_invited(world, convene: Convene, client_of):
    meeting = convene(people=[(world.people["quinn"].pk, world.cqc.pk)])
    client = client_of("chair")
    address = f"/meetings/{meeting.pk}/invite/"
    assert "Cara of ccg" in text_of(client.get(address))
    assert post(client, address, {}).status_code == 302
    assert "Everyone in this summit is invited already." in text_of(client.get(address))


# The record


def held_form(world, **otherwise) -> dict[str, str]:
    return {
        "how": "both",
        "discussion": "Night staffing on the ward.",
        "decisions": "Nobody new is admitted.\n\nCQC visits tonight.",
        **moment_parts("opened_at", world.now - timedelta(seconds=35) + HOUR),
        **grid(world, quinn="by_call", cara="in_person"),
        **otherwise,
    }


def test_a_meeting_is_recorded_with_who_was_there(world, convene: Convene, client_of, freeze):
    meeting = convene(essential=[world.cqc.pk])
    freeze(world.now + 2 * HOUR)
    client = client_of("chair")
    address = f"/meetings/{meeting.pk}/record/"
    named = {
        f"name_{world.tda.pk.hex}": "The duty director\nA matron",
        f"name_{world.council.pk.hex}_presence": "apologies",
    }
    assert post(client, address, held_form(world, **named)).status_code == 302
    meeting.refresh_from_db()
    assert meeting.status == "held"
    assert present_at(proceedings_of(meeting)) == {world.cqc.pk, world.ccg.pk, world.tda.pk}
    page = text_of(client.get(f"/meetings/{meeting.pk}/"))
    for words in (
        "Night staffing on the ward.",
        "CQC visits tonight.",
        "The duty director How There in person",
        "A matron How There in person",
        "Example Council Who Nobody How Sent apologies",
        "Example Area Team Who Nobody How Absent",
        "Opened 3 March 2026, 3:02pm (GMT)",
        "Recorded 3 March 2026, 4:02pm, by Chair of team",
    ):
        assert words in page, words
    assert "went on" not in client.get(f"/meetings/{meeting.pk}/").content.decode()


def test_a_call_in_the_evening_is_recorded_the_next_day(world, room, client_of, freeze):
    freeze(world.now + 18 * HOUR)
    client = client_of("chair")
    said = held_form(world, purpose="judgement", went_on="on", essential=[str(world.cqc.pk)])
    answer = post(client, f"/meetings/record-a-call/{room.pk}/", said)
    assert answer.status_code == 302, text_of(answer)
    meeting = Meeting.objects.get()
    held = proceedings_of(meeting)
    assert held.recorded_at - held.opened_at == 17 * HOUR + timedelta(seconds=35)
    assert held.went_on
    assert [one.text for one in held.decisions.all()] == ["Nobody new is admitted.", "CQC visits tonight."]
    page = text_of(client.get(answer["Location"]))
    assert "Judged, and went on to the response" in page


@pytest.mark.parametrize(
    ("otherwise", "words"),
    [
        ({"opened_at_year": "2030"}, "That moment has not come yet"),
        ({"opened_at_year": "2025"}, "That is before"),
        ({"discussion": "About 943 476 5919."}, "looks like an NHS number"),
        ({"discussion": ""}, "What was said?"),
        ({"name_": "ann@home.example"}, "e-mail address"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    world, convene: Convene, client_of, freeze, otherwise, words
):
    meeting = convene()
    freeze(world.now + 2 * HOUR)
    said = {f"name_{world.tda.pk.hex}" if name == "name_" else name: one for name, one in otherwise.items()}
    answer = post(client_of("chair"), f"/meetings/{meeting.pk}/record/", held_form(world, **said))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "Nobody new is admitted." in answer.content.decode()
    meeting.refresh_from_db()
    assert meeting.status == "scheduled"


def test_nobody_there_is_no_meeting(world, convene: Convene, client_of, freeze):
    meeting = convene()
    freeze(world.now + 2 * HOUR)
    said = held_form(world, **grid(world, quinn="apologies", cara=""))
    answer = post(client_of("chair"), f"/meetings/{meeting.pk}/record/", said)
    assert answer.status_code == 422
    assert "A meeting at which nobody was present was not held." in text_of(answer)


def test_the_record_is_corrected_and_both_versions_are_shown(
    world, room, convene: Convene, client_of, freeze
):
    meeting = record_meeting_held(
        by=world.by("chair"),
        now=world.now + 2 * HOUR,
        at=room,
        meeting=convene(),
        seen=1,
        told=told(world, world.now + HOUR),
    )
    freeze(world.now + 3 * HOUR)
    client = client_of("chair")
    address = f"/meetings/{meeting.pk}/correct/"
    shown = client.get(address).content.decode()
    assert "Night staffing on the ward." in shown
    assert "The duty manager" in shown
    assert '<option value="apologies" selected>' in shown
    said = held_form(world, discussion="Night staffing, and falls.", why="Falls were left out.")
    assert post(client, address, said).status_code == 302
    page = text_of(client.get(f"/meetings/{meeting.pk}/"))
    for words in ("Night staffing, and falls.", "Falls were left out.", "Night staffing on the ward."):
        assert words in page
    assert client.get(f"/meetings/{meeting.pk}/record/").status_code == 409


@pytest.mark.parametrize("state", ["scheduled", "held"])
def test_the_number_of_queries_does_not_grow(world, room, convene: Convene, client_of, state):
    few = [(world.people["quinn"].pk, world.cqc.pk)]
    small, large = convene(people=few), convene()
    if state == "held":
        from meetings.rules import Attended

        rows = [Attended(world.cqc.pk, "by_call", name=f"Somebody {number}") for number in range(20)]
        now = world.now + 2 * HOUR
        for meeting, attendance in ((small, rows[:1]), (large, rows)):
            record_meeting_held(
                by=world.by("chair"),
                now=now,
                at=room,
                meeting=meeting,
                seen=1,
                told=told(
                    world, world.now + HOUR, attendance=attendance, decisions=[row.name for row in attendance]
                ),
            )
    client = client_of("quinn")
    client.get(f"/meetings/{small.pk}/")
    counts = []
    for meeting in (small, large):
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/meetings/{meeting.pk}/")
        counts.append(len(caught))
    assert counts[0] == counts[1]
    print(f"meeting, {state}: {counts[0]} queries")
