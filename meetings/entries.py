"""A meeting as a calendar entry (RFC 5545, RFC 5546): neutral words only, London's time.

A calendar is read by assistants, on lock screens and by whoever it is shared with, so the entry
names no provider, no body, no other person, no place and no telephone number: those stand in the
portal, behind sign-in. Whether one is coming is said there too.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
)

from meetings.models import Meeting
from timekeeping.london import LONDON

SUMMARY = "Quality Surveillance Portal meeting"
PRODUCT = "-//Quality Surveillance Portal//Meetings//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def entry(meeting: Meeting, *, method: str, attendee: str, stamped_at: datetime) -> str:
    """Write a meeting's calendar entry for one person.

    Args:
        meeting: its ``uid`` names the entry in every version; ``sequence`` counts them.
        method: ``REQUEST``, ``CANCEL``, or ``PUBLISH`` for a file that is fetched.
        attendee: the one recipient's e-mail address.
        stamped_at: the moment at which this version was written.

    Returns:
        The iCalendar text, lines ended as the format wants.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(london())
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", stamped_at)
    event.add("dtstart", meeting.starts_at.astimezone(LONDON))
    event.add("dtend", meeting.ends_at.astimezone(LONDON))
    event.add("summary", SUMMARY)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    address = f"{settings.PORTAL_URL}{meeting.get_absolute_url()}"
    event.add(
        "description",
        "OFFICIAL-SENSITIVE. Where it is, how to join and whether you are coming: in the portal. " + address,
    )
    event.add("url", address)
    event.add("organizer", _organiser())
    if method != PUBLISH:
        event.add("attendee", _attendee(attendee))
    calendar.add_component(event)
    return calendar.to_ical().decode()


def london() -> Timezone:
    """Return London's zone as two yearly rules.

    The library's own lists of dates are misread by an hour in some calendars; the two rules hold
    from 1996, when the last Sundays of March and October were settled on.
    """
    zone = Timezone()
    zone.add("tzid", "Europe/London")
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    for part, name, start, month, before, after in (
        (summer, "BST", datetime(1996, 3, 31, 1), 3, 0, 1),  # noqa: DTZ001 - the wall, as the format wants
        (winter, "GMT", datetime(1996, 10, 27, 2), 10, 1, 0),  # noqa: DTZ001
    ):
        part.add("tzname", name)
        part.add("dtstart", start)
        part.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(part)
    return zone


def _organiser() -> vCalAddress:
    """Return the portal's own address, which reads no answers."""
    organiser = vCalAddress(f"mailto:{sender()}")
    organiser.params["cn"] = vText("Quality Surveillance Portal")
    return organiser


def sender() -> str:
    """Return the address that the portal's mail comes from, without a name."""
    address: str = settings.DEFAULT_FROM_EMAIL
    plain = address.rpartition("<")[2].rstrip(">").strip()
    return plain or f"portal@{urlsplit(settings.PORTAL_URL).hostname}"


def _attendee(address: str) -> vCalAddress:
    """Return the one recipient; answers are given in the portal, so the calendar asks for none."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee
