"""Invitations through a real mail server, read back as calendars read them."""

import time
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from access.models import Listing
from accounts.models import User
from audit.models import Line
from meetings.entries import entry, london, sender
from meetings.operations import cancel_meeting, move_meeting
from notifications.models import Delivery
from notifications.operations import send_due
from tests.integration.meetings.conftest import HOUR, Convene
from tests.sinks import Sink, sink

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def server(settings):
    with sink(settings) as running:
        yield running


@pytest.fixture
def send(world, server):
    """Empty the outbox of what is about meetings, at a moment."""

    def sent(now=None) -> list[EmailMessage]:
        Delivery.objects.exclude(message__event__startswith="meeting.").delete()
        server.mails.clear()
        began, start = time.monotonic(), now or world.now
        send_due(ask_time=lambda: start + timedelta(seconds=time.monotonic() - began))
        return sorted(server.mails, key=lambda mail: mail["To"])

    return sent


def part(mail: EmailMessage) -> EmailMessage:
    (found,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    return found


def read(mail: EmailMessage) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(part(mail).get_content())
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def mail_to(mails: list[EmailMessage], name: str) -> EmailMessage:
    (found,) = [mail for mail in mails if mail["To"] == f"{name}@example.org"]
    return found


def test_each_mail_is_a_request_for_one_persons_calendar(world, room, convene: Convene, send):
    meeting = convene()
    mails = send()
    assert len(mails) == meeting.invitations.count() > 5
    for mail in mails:
        assert mail["X-Envelope"] == mail["To"]
        assert mail["Cc"] is None
        assert part(mail).get_param("method") == "REQUEST"
        assert part(mail).get_content_charset() == "utf-8"
        calendar, event = read(mail)
        assert calendar["METHOD"] == "REQUEST"
        assert event["UID"] == f"{meeting.pk}@quality-surveillance-portal"
        assert event["SEQUENCE"] == 0
        assert event["STATUS"] == "CONFIRMED"
        assert event["CLASS"] == "PRIVATE"
        assert event["SUMMARY"] == "Quality Surveillance Portal meeting"
        assert event["ATTENDEE"] == f"mailto:{mail['To']}"
        assert event["ATTENDEE"].params["RSVP"] == "FALSE"
        assert event["ORGANIZER"] == f"mailto:{sender()}"
        assert event["DTSTAMP"].dt == world.now.replace(microsecond=0)
        assert event["DTSTART"].dt == meeting.starts_at


def test_nothing_of_the_matter_is_in_a_mail_or_a_calendar(world, convene: Convene, send):
    convene()
    secrets = ["Fictional Hospital", "Falls", "Care Quality", "Example House", "0300 000 0000", "duty desk"]
    for mail in send():
        written = mail.as_string() + part(mail).get_content() + mail.get_body(("plain",)).get_content()
        assert not [one for one in secrets if one in written]
        others = [user.email for user in User.objects.all() if user.email != mail["To"]]
        assert not [one for one in others if one in written]


def test_moving_updates_the_same_entry_and_cancelling_takes_it_away(world, room, convene: Convene, send):
    meeting = convene()
    first = mail_to(send(), "quinn")
    meeting = move_meeting(
        by=world.by("chair"),
        now=world.now + HOUR,
        at=room,
        meeting=meeting,
        seen=meeting.version,
        starts_at=world.now + 30 * HOUR,
        ends_at=world.now + 31 * HOUR,
        place="Room 5",
        joining="",
    )
    second = mail_to(send(world.now + HOUR), "quinn")
    cancel_meeting(
        by=world.by("chair"),
        now=world.now + 2 * HOUR,
        at=room,
        meeting=meeting,
        seen=meeting.version,
        reason="CQC goes tonight.",
    )
    third = mail_to(send(world.now + 2 * HOUR), "quinn")
    entries = [read(mail)[1] for mail in (first, second, third)]
    assert len({one["UID"] for one in entries}) == 1
    assert [one["SEQUENCE"] for one in entries] == [0, 1, 2]
    assert [one["STATUS"] for one in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [part(mail).get_param("method") for mail in (first, second, third)] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    assert [one["DTSTAMP"].dt for one in entries] == sorted(one["DTSTAMP"].dt for one in entries)
    assert entries[1]["DTSTART"].dt == world.now.replace(microsecond=world.now.microsecond) + 30 * HOUR
    assert len({mail["Message-ID"] for mail in (first, second, third)}) == 3
    assert "CQC goes tonight" not in third.as_string()


def test_only_the_newest_version_is_sent(world, room, convene: Convene, send):
    meeting = convene()
    move_meeting(
        by=world.by("chair"),
        now=world.now,
        at=room,
        meeting=meeting,
        seen=meeting.version,
        starts_at=world.now + 30 * HOUR,
        ends_at=world.now + 31 * HOUR,
        place="Room 5",
        joining="",
    )
    mails = send()
    assert {read(mail)[1]["SEQUENCE"] for mail in mails} == {1}
    withheld = Delivery.objects.filter(message__event="meeting.invited")
    assert set(withheld.values_list("state", "reason")) == {("withheld", "no_longer_so")}


def test_who_was_taken_off_the_list_before_sending_is_sent_nothing(world, room, convene: Convene, send):
    meeting = convene()
    Listing.objects.filter(summit=room.record, user=world.people["quinn"]).update(ended_at=world.now)
    mails = send()
    assert "quinn@example.org" not in [mail["To"] for mail in mails]
    delivery = Delivery.objects.get(message__recipient=world.people["quinn"], message__record=meeting.record)
    assert (delivery.state, delivery.reason) == ("withheld", "out_of_sight")
    assert Line.objects.filter(deed="message.withheld", record_id=meeting.pk).exists()


def test_a_mail_tried_twice_is_the_same_mail(world, convene: Convene, server: Sink, send):
    convene(people=[(world.people["quinn"].pk, world.cqc.pk)])
    server.down = True
    assert send() == []
    server.down = False
    (mail,) = send(world.now + HOUR)
    assert read(mail)[1]["DTSTAMP"].dt == world.now.replace(microsecond=0)


# London's time


@pytest.mark.parametrize(
    ("starts_at", "wall"),
    [
        (datetime(2026, 3, 28, 9, tzinfo=UTC), "2026-03-28 09:00 GMT"),
        (datetime(2026, 3, 29, 8, tzinfo=UTC), "2026-03-29 09:00 BST"),
        (datetime(2026, 10, 24, 8, tzinfo=UTC), "2026-10-24 09:00 BST"),
        (datetime(2026, 10, 25, 9, tzinfo=UTC), "2026-10-25 09:00 GMT"),
        (datetime(2026, 7, 1, 18, 30, tzinfo=UTC), "2026-07-01 19:30 BST"),
    ],
)
def test_the_hour_is_right_on_both_sides_of_each_change(convene: Convene, starts_at, wall):
    meeting = convene(starts_at=starts_at, ends_at=starts_at + HOUR)
    text = entry(meeting, method="REQUEST", attendee="a@example.org", stamped_at=meeting.record.recorded_at)
    # By the zone in the file alone, as a calendar does that knows no other.
    calendar = Calendar.from_ical(text)
    (zone,) = calendar.walk("VTIMEZONE")
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    naive = event["DTSTART"].dt.replace(tzinfo=None)
    assert f"{naive:%Y-%m-%d %H:%M}" == wall[:16]
    moment = naive.replace(tzinfo=zone.to_tz(lookup_tzid=False))
    assert moment.astimezone(UTC) == starts_at
    assert event["DTEND"].dt - event["DTSTART"].dt == HOUR


def test_the_zone_of_the_file_is_londons_from_2024_to_2039():
    zone = london()
    zone["TZID"] = "Somewhere else"
    made = zone.to_tz(lookup_tzid=False)
    day = date(2024, 1, 1)
    while day.year < 2040:
        noon = datetime(day.year, day.month, day.day, 12)
        assert made.utcoffset(noon) == noon.replace(tzinfo=LONDON).utcoffset(), day
        day += timedelta(days=1)
    for start in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        for quarter in range(5 * 4):
            moment = start + timedelta(minutes=15 * quarter)
            assert moment.astimezone(made).replace(tzinfo=None) == moment.astimezone(LONDON).replace(
                tzinfo=None
            )


def test_the_zone_is_two_yearly_rules_and_no_lists_of_dates(convene: Convene):
    text = entry(
        convene(), method="REQUEST", attendee="a@example.org", stamped_at=datetime(2026, 3, 3, tzinfo=UTC)
    )
    assert text.count("RRULE:") == 2
    assert "RDATE" not in text
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in text
    assert text.replace("\r\n", "").count("\n") == 0
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("Portal <portal@example.nhs.uk>", "portal@example.nhs.uk"),
        ("portal@example.nhs.uk", "portal@example.nhs.uk"),
        ("", "portal@portal.example"),
    ],
)
def test_the_organiser_is_the_portal(settings, address, plain):
    settings.DEFAULT_FROM_EMAIL, settings.PORTAL_URL = address, "https://portal.example"
    assert sender() == plain
