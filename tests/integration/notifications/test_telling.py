"""Telling people, and what they answer."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from access.refusals import Invalid, NotNow, NotPermitted
from audit.models import Line
from notifications import events
from notifications.models import Delivery, Message
from notifications.operations import acknowledge, end_waiting, mark_seen, tell, told_by_phone
from reference.models import Entry
from tests.timed import START, hours

EVENING = datetime.fromisoformat("2026-03-03T21:00:00+00:00")


@pytest.fixture(autouse=True)
def some_events(monkeypatch):
    carried = []

    def carry(**what):
        carried.append(what)

    known = {
        code: events.Event(code, policy, lambda message, now: f"{message.event} said", acknowledged=carry)
        for code, policy in {
            "test.alert": "summit alert",
            "test.offer": "action asked of my body",
            "test.digest": "coverage, silence, feedback owed, return due",
            "test.unheard": "nobody ever wrote a policy",
        }.items()
    }
    known["test.plain"] = events.Event("test.plain", "summit alert", lambda message, now: "plain")
    monkeypatch.setattr(events, "EVENTS", known)
    return carried


def told(cast, event="test.alert", *names, now=START, **more):
    people = [cast.people[name] for name in names or ("Bea",)]
    return tell(record=cast.record, event=event, to=people, now=now, **more)


def test_each_person_has_a_line_in_the_inbox_and_a_mail_of_their_own(cast):
    messages = told(cast, "test.alert", "Bea", "Cy", "Bea")
    assert [message.recipient for message in messages] == [cast.people["Bea"], cast.people["Cy"]]
    assert all(message.asks for message in messages)
    assert Delivery.objects.filter(message__in=messages, state="pending", next_try_at=START).count() == 2


def test_ids_do_as_well_as_people(cast):
    (message,) = tell(record=None, event="test.alert", to=[cast.people["Bea"].pk], now=START)
    assert message.record is None


def test_what_waits_for_the_digest_is_not_mailed(cast):
    (message,) = told(cast, "test.digest")
    assert not message.asks
    assert not Delivery.objects.exists()


def test_a_mail_that_is_held_waits_for_the_morning(cast):
    told(cast, "test.offer", now=EVENING)
    assert Delivery.objects.get().next_try_at.isoformat() == "2026-03-04T07:00:00+00:00"


def test_at_most_one_mail_a_day_where_the_policy_says_so(cast):
    told(cast, "test.offer")
    told(cast, "test.offer", now=START + hours(2))
    assert (Message.objects.count(), Delivery.objects.count()) == (2, 1)
    told(cast, "test.offer", now=START + hours(24))
    told(cast, "test.offer", "Cy", now=START + hours(24))
    assert Delivery.objects.count() == 3


def test_an_event_that_nobody_registered_is_refused(cast):
    with pytest.raises(ValueError, match=r"nobody registered the event 'test\.egg'"):
        told(cast, "test.egg")
    with pytest.raises(ValueError, match="says nothing of how to tell"):
        told(cast, "test.unheard")


def test_a_policy_that_was_ended_without_another_goes_on_counting(cast):
    Entry.objects.filter(list_code="notification_policy").update(effective_to="2001-01-01")
    told(cast)
    assert Delivery.objects.count() == 1


def test_an_event_is_registered_once(cast):
    event = events.known("test.alert")
    events.register(event)
    with pytest.raises(ValueError, match="registered twice"):
        events.register(events.Event("test.alert", "summit alert", event.sentence))


def test_without_a_directory_nobody_stands_in_for_anybody(cast):
    nobody = events._NoDirectory()
    assert nobody.next_in_line(None, frozenset(), START) is None
    assert nobody.telephones(frozenset(), START) == {}


def test_a_message_holds_no_word_that_a_person_typed(cast):
    columns = {field.name for field in Message._meta.concrete_fields}
    assert columns == {
        *("id", "record", "event", "topic", "detail", "recipient", "instead_of", "written_at", "asks"),
        *("seen_at", "acknowledged_at", "told_at", "told_recorded_at", "told_by", "ended_at"),
        "mailed_with",
    }


def test_only_its_recipient_acknowledges_and_only_once(cast, some_events):
    (message,) = told(cast)
    with pytest.raises(NotPermitted):
        acknowledge(message=message, by=cast.by("Cy"), now=START + hours(1))
    done = acknowledge(message=message, by=cast.by("Bea"), now=START + hours(1))
    assert done.acknowledged_at == done.seen_at == START + hours(1)
    assert done.reached
    with pytest.raises(NotNow, match="already said"):
        acknowledge(message=message, by=cast.by("Bea"), now=START + hours(2))
    assert [what["happened_at"] for what in some_events] == [START + hours(1)]
    line = Line.objects.get(deed="message.acknowledged")
    assert line.detail == {"message": str(message.pk), "recipient": str(cast.people["Bea"].pk)}


def test_an_event_may_have_nothing_to_do_with_an_acknowledgement(cast):
    (message,) = told(cast, "test.plain")
    assert acknowledge(message=message, by=cast.by("Bea"), now=START).acknowledged_at == START


def test_seeing_is_noted_once_and_acknowledges_nothing(cast):
    (message,) = told(cast)
    mark_seen(message=message, by=cast.by("Cy"), now=START)
    mark_seen(message=message, by=cast.by("Bea"), now=START + hours(1))
    mark_seen(message=message, by=cast.by("Bea"), now=START + hours(2))
    message.refresh_from_db()
    assert message.seen_at == START + hours(1)
    assert not message.reached
    acknowledge(message=message, by=cast.by("Bea"), now=START + hours(3))
    message.refresh_from_db()
    assert message.seen_at == START + hours(1)


def test_told_by_phone_at_eight_and_typed_on_monday(cast, some_events):
    (message,) = told(cast)
    eight, monday = START + hours(10), START + hours(60)
    done = told_by_phone(message=message, by=cast.by("Ann"), now=monday, happened_at=eight)
    assert (done.told_at, done.told_recorded_at, done.told_by) == (eight, monday, cast.people["Ann"])
    assert some_events[0]["happened_at"] == eight
    assert Line.objects.filter(deed="message.told_by_phone").count() == 1
    with pytest.raises(NotNow, match="already been reached"):
        told_by_phone(message=message, by=cast.by("Ann"), now=monday, happened_at=eight)


@pytest.mark.parametrize(
    ("at", "sentence"), [(hours(2), "future"), (-hours(1), "before there was anything to tell")]
)
def test_a_call_in_the_future_or_before_there_was_anything_to_tell_is_refused(cast, at, sentence):
    (message,) = told(cast)
    with pytest.raises(Invalid) as refusal:
        told_by_phone(message=message, by=cast.by("Ann"), now=START + hours(1), happened_at=START + at)
    assert sentence in refusal.value.errors["happened_at"]


def test_what_is_over_waits_for_nobody(cast):
    messages = told(cast, "test.alert", "Bea", "Cy", topic=cast.record.pk)
    assert end_waiting(topic=cast.record.pk, now=START + hours(1)) == 2
    assert end_waiting(topic=cast.record.pk, now=START + hours(2)) == 0
    messages[0].refresh_from_db()
    assert messages[0].ended_at == START + hours(1)


def test_the_database_refuses_a_call_that_nobody_made(cast):
    (message,) = told(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(told_at=START)


@pytest.mark.django_db(transaction=True)
def test_a_sender_is_woken_when_the_transaction_commits_and_not_before(cast):
    with connection.cursor() as cursor:
        cursor.execute("LISTEN outbox")
    bell = connection.connection
    with transaction.atomic():
        told(cast)
        bell.poll()
        assert not bell.notifies
    bell.poll()
    assert len(bell.notifies) == 1
    with connection.cursor() as cursor:
        cursor.execute("UNLISTEN outbox")
