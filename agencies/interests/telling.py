"""What is told of the register of interests: that one's yearly word is due, and that a line of it is said to be over."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from agencies.interests import rules
from agencies.interests.models import InterestsDeclaration
from agencies.interests.operations import DUE, SAID_OVER
from notifications.events import Event, Row
from notifications.models import Message

_POLICY = "declaration of interests"


def _due(message: Message, now: datetime) -> str:
    said = InterestsDeclaration.objects.filter(
        user=message.recipient_id, said_at__lt=message.written_at
    ).first()
    return rules.due_words(said.said_at.date() if said else None)


def _still(message: Message) -> bool:
    """Say whether the word is still owed: nothing is mailed to who has given it since."""
    given = InterestsDeclaration.objects.filter(user=message.recipient_id, said_at__gte=message.written_at)
    return not given.exists()


def _own_page(message: Message) -> str:
    return reverse("agencies:interests")


def _person(message: Message) -> Row:
    return User.objects.all(), message.topic


def _about(message: Message) -> Iterable[Row]:
    return (_person(message),)


def _over(message: Message, now: datetime) -> str:
    """Say whose line; which provider it is about stands on the person's page, for whoever looks after people."""
    person = message.facts[_person(message)]
    name = person.full_name if person else "Somebody"
    return f"{name} says that a declared interest is over. It binds until you end it."


def _persons_page(message: Message) -> str:
    return reverse("agencies:person", args=[message.topic])


EVENTS = (
    Event(DUE, _POLICY, _due, _still, address=_own_page),
    Event(SAID_OVER, _POLICY, _over, about=_about, address=_persons_page),
)
