"""What is told of a change of Director, and whom its deadline tells."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse

from agencies.contacts import rules
from agencies.contacts.leads import leads_for
from agencies.contacts.models import DirectorMeeting, Post
from agencies.contacts.operations import CHANGED
from agencies.models import Agency
from clocks.models import Clock
from notifications.events import Event, Row
from notifications.models import Message
from timekeeping.london import day_in_words


def _cqc_lead(clock: Clock, now: datetime) -> Iterable[UUID]:
    meeting = DirectorMeeting.objects.select_related("post").get(pk=clock.record_id)
    return leads_for(meeting.post.agency_id, now, or_portal=False)


RECIPIENTS = {"CQC lead": _cqc_lead}


def _post(message: Message) -> Row:
    return Post.objects.select_related("area"), message.topic


def _body(message: Message) -> Row:
    return Agency.objects.all(), UUID(str(message.detail["agency"]))


def _about(message: Message) -> Iterable[Row]:
    return _post(message), _body(message)


def _sentence(message: Message, now: datetime) -> str:
    """Return what the inbox says: who, where and from when; all of it stands in the directory, for everybody."""
    post, body = message.facts[_post(message)], message.facts[_body(message)]
    return rules.director_words(
        body=body.name if body else "a council",
        name=post.holder_name if post else "",
        day=day_in_words(date.fromisoformat(str(message.detail["on"]))),
        came=bool(message.detail["came"]),
    )


def _address(message: Message) -> str:
    """Return where it leads: the post in the directory; the body, where the post was taken back."""
    if message.facts[_post(message)]:
        return reverse("agencies:post", args=[message.topic])
    return reverse("agencies:agency", args=[message.detail["agency"]])


EVENTS = (Event(CHANGED, "change of Director", _sentence, about=_about, address=_address),)
