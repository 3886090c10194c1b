"""Emptying the outbox: to mail servers that behave and to some that do not."""

import smtplib
import socket
import time
from concurrent.futures import Future
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import DatabaseError, OperationalError, transaction

from access.operations import withdraw_record
from agencies.models import Agency, Membership
from audit.models import Line
from notifications import events, post, rules
from notifications.models import Delivery, Message
from notifications.operations import acknowledge, claiming, ending, send_due, sending, tell
from tests.sinks import dripping, sink
from tests.timed import START, hours


class Running:
    """A moment that goes on from START as time does, and can be moved."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.moved = timedelta(0)

    def __call__(self):
        return START + self.moved + timedelta(seconds=time.monotonic() - self.began)


@pytest.fixture
def ask_time():
    return Running()


@pytest.fixture
def over():
    """The topics that are over."""
    return set()


@pytest.fixture(autouse=True)
def an_event(monkeypatch, over):
    event = events.Event(
        "test.alert", "summit alert", lambda message, now: "said", lambda message: message.topic not in over
    )
    monkeypatch.setattr(events, "EVENTS", {event.code: event})
    monkeypatch.setattr(post, "ANSWER_WITHIN", 0.6)
    monkeypatch.setattr(post, "WITHIN", 1.5)


@pytest.fixture
def server(settings):
    with sink(settings) as running:
        yield running


def told(cast, *names, **more):
    people = [cast.people[name] for name in names or ("Bea",)]
    return tell(**{"record": cast.record, "event": "test.alert", "to": people, "now": START, **more})


def states():
    return dict(
        Delivery.objects.order_by("message__recipient__full_name").values_list(
            "message__recipient__full_name", "state"
        )
    )


def test_each_mail_has_one_recipient_and_nothing_of_the_matter(cast, server, ask_time):
    cast.record.about.all()
    messages = told(cast, "Ann", "Bea", "Cy")
    assert send_due(ask_time=ask_time) == {"sent": 3}
    assert server.recipients == ["ann@example.org", "bea@example.org", "cy@example.org"]
    for mail in server.mails:
        assert mail["To"] == mail["X-Envelope"]
        assert not mail["Cc"]
        assert not mail["Bcc"]
        assert mail["Auto-Submitted"] == "auto-generated"
        text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
        (message,) = (one for one in messages if one.recipient.email == mail["To"])
        address = f"https://portal.example/inbox/{message.pk}/"
        for words in (text, html):
            assert address in words
            assert words.count("OFFICIAL-SENSITIVE") == 2
            assert "Opening this link alone does not tell anyone" in words
            for hidden in ("said", "alert", "concern", "NHS Example CCG", str(cast.record.pk)):
                assert hidden not in words
        assert mail["Message-ID"] == message.delivery.header_id == f"<{message.delivery.pk}@portal.example>"
    assert states() == {"Ann": "sent", "Bea": "sent", "Cy": "sent"}


def test_the_name_of_a_person_is_only_a_name(cast, server, ask_time):
    cast.people["Bea"].full_name = "Bea <script>alert(1)</script>\n& Co"
    cast.people["Bea"].save()
    told(cast)
    send_due(ask_time=ask_time)
    html = server.mails[0].get_body(["html"]).get_content()
    assert "<script>" not in html


def test_a_mail_that_asks_for_no_answer_says_so(cast, server, ask_time):
    message = told(cast)[0]
    Message.objects.filter(pk=message.pk).update(asks=False)
    send_due(ask_time=ask_time)
    assert server.mails[0]["Subject"] == "There is something for you in the Quality Surveillance Portal"


def test_a_recipient_who_no_longer_sees_it_is_not_sent_it_and_the_log_says_why(cast, server, ask_time):
    """The seat ended, the body was left, the deputy's term is over: between the writing and the sending."""
    (message,) = told(cast)
    Membership.objects.filter(user=cast.people["Bea"]).update(ends_on="2021-01-01")
    assert send_due(ask_time=ask_time) == {"withheld": 1}
    assert server.mails == []
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason, delivery.sent_at) == ("withheld", "out_of_sight", None)
    line = Line.objects.get(deed="message.withheld")
    assert (line.doer, line.record_id) == ("clockwork", cast.record.pk)
    assert line.detail == {
        "message": str(message.pk),
        "recipient": str(cast.people["Bea"].pk),
        "reason": "out_of_sight",
    }


def test_somebody_else_is_told_when_the_person_is_gone(cast, server, ask_time):
    cast.directory.line = [cast.people["Cy"].pk]
    cast.people["Bea"].is_active = False
    cast.people["Bea"].save()
    (message,) = told(cast)
    assert send_due(ask_time=ask_time) == {"withheld": 1, "sent": 1}
    assert server.recipients == ["cy@example.org"]
    passed = Message.objects.get(recipient=cast.people["Cy"])
    assert (passed.instead_of, passed.event, passed.record_id) == (message, "test.alert", cast.record.pk)
    assert Delivery.objects.get(message=message).reason == "no_account"


def test_those_who_stand_in_are_asked_for_their_sight_too(cast, server, ask_time):
    stranger = cast.add("Eve", agency=Agency.objects.create(kind="ccg", name="NHS Other CCG"))
    cast.directory.line = [stranger.pk, cast.people["Cy"].pk]
    cast.people["Bea"].is_active = False
    cast.people["Bea"].save()
    told(cast)
    assert send_due(ask_time=ask_time) == {"withheld": 2, "sent": 1}
    assert server.recipients == ["cy@example.org"]


def test_what_is_over_is_not_mailed_and_nobody_stands_in(cast, server, ask_time, over):
    cast.directory.line = [cast.people["Cy"].pk]
    over.add(cast.record.pk)
    told(cast, topic=cast.record.pk)
    assert send_due(ask_time=ask_time) == {"withheld": 1}
    assert Delivery.objects.get().reason == "no_longer_so"
    assert Message.objects.count() == 1


def test_a_record_that_was_withdrawn_is_mailed_to_nobody_new(cast, server, ask_time):
    told(cast)
    newcomer = cast.add("New")
    Membership.objects.filter(user=newcomer).update(starts_on="2026-03-03")
    withdraw_record(record=cast.record, now=START)
    Membership.objects.filter(user=cast.people["Bea"]).update(ends_on="2021-01-01")
    assert send_due(ask_time=ask_time) == {"withheld": 1}


def test_what_concerns_no_record_is_mailed_to_whoever_has_an_account(cast, server, ask_time):
    tell(record=None, event="test.alert", to=[cast.people["Bea"]], now=START)
    assert send_due(ask_time=ask_time) == {"sent": 1}


def test_an_address_that_does_not_exist_is_given_up_and_the_next_person_told(cast, server, ask_time):
    cast.add("Flo", address="flo@nobody.example")
    cast.directory.line = [cast.people["Cy"].pk]
    told(cast, "Flo")
    assert send_due(ask_time=ask_time) == {"dead": 1, "sent": 1}
    assert server.recipients == ["cy@example.org"]
    assert Line.objects.get(deed="message.undelivered").detail["reason"] == "refused"


def test_a_text_that_is_refused_is_given_up(cast, server, ask_time):
    cast.add("Flo", address="flo@spam.example")
    told(cast, "Flo")
    assert send_due(ask_time=ask_time) == {"dead": 1}


def test_try_again_later_backs_off_that_person_alone(cast, server, ask_time):
    cast.add("Flo", address="flo@busy.example")
    told(cast, "Flo", "Bea")
    told(cast, "Flo", now=START + timedelta(seconds=1))
    assert send_due(ask_time=ask_time) == {"pending": 1, "sent": 1}
    assert server.asked["busy.example"] == 1
    delivery = Delivery.objects.get(message__recipient=cast.people["Flo"], attempts=1)
    assert delivery.reason == "busy"
    assert timedelta(seconds=9) < delivery.next_try_at - ask_time() < timedelta(seconds=11)
    ask_time.moved = timedelta(seconds=2)
    assert send_due(ask_time=ask_time) == {}
    assert server.asked["busy.example"] == 1


def test_after_four_failures_the_next_person_is_told_once(cast, server, ask_time):
    cast.add("Flo", address="flo@busy.example")
    cast.directory.line = [cast.people["Cy"].pk]
    told(cast, "Flo")
    for attempt in range(1, 7):
        send_due(ask_time=ask_time)
        assert Delivery.objects.get(message__recipient=cast.people["Flo"]).attempts == attempt
        assert Message.objects.filter(recipient=cast.people["Cy"]).exists() == (attempt >= 4)
        ask_time.moved += hours(0.6)
    assert Message.objects.filter(recipient=cast.people["Cy"]).count() == 1


def test_nobody_is_told_instead_of_somebody_who_was_reached(cast, server, ask_time):
    cast.add("Flo", address="flo@nobody.example")
    cast.directory.line = [cast.people["Cy"].pk]
    (message,) = told(cast, "Flo")
    acknowledge(message=message, by=cast.by("Flo"), now=START)
    assert send_due(ask_time=ask_time) == {"dead": 1}
    assert Message.objects.count() == 1


def test_a_mail_server_off_for_two_hours_loses_nothing(cast, server, ask_time):
    told(cast, "Ann", "Bea", "Cy")
    server.down = True
    for _ in range(8):
        send_due(ask_time=ask_time)
        ask_time.moved += hours(0.25)
    server.down = False
    ask_time.moved += hours(0.5)
    send_due(ask_time=ask_time)
    assert server.recipients == ["ann@example.org", "bea@example.org", "cy@example.org"]


def test_a_mail_server_that_cannot_be_reached(cast, settings, ask_time):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "notifications.post.TimedBackend", "127.0.0.1"
    told(cast)
    assert send_due(ask_time=ask_time) == {"pending": 1}
    assert Delivery.objects.get().reason == "unreachable"


def test_a_mail_server_that_never_answers_delays_nobody_else(cast, server, ask_time, monkeypatch):
    """Thirty mails to a domain that hangs stand before one to a domain that does not: a minute, one after another."""
    monkeypatch.setattr(post, "ANSWER_WITHIN", 2)
    monkeypatch.setattr(post, "WITHIN", 4)
    silent = [
        cast.add(f"Silent{number}", address=f"person{number}@silent.example").full_name
        for number in range(30)
    ]
    told(cast, *silent)
    told(cast, "Bea", now=START + timedelta(milliseconds=1))
    send_due(ask_time=ask_time, lasting=timedelta(seconds=4))
    assert Delivery.objects.get(message__recipient=cast.people["Bea"]).sent_at - START < timedelta(seconds=20)
    assert Delivery.objects.filter(reason="no_answer").exists()
    told(cast, "Cy", now=ask_time())
    send_due(ask_time=ask_time, lasting=timedelta(seconds=0.2))
    assert states()["Cy"] == "sent"


def test_an_invitation_goes_with_the_mail_as_a_calendar(cast, server, ask_time, monkeypatch):
    part = events.CalendarPart("REQUEST", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    event = events.Event(
        "test.invited", "summit alert", lambda message, now: "said", calendar=lambda message: part
    )
    monkeypatch.setitem(events.EVENTS, event.code, event)
    told(cast, event=event.code)
    send_due(ask_time=ask_time)
    (calendar,) = (one for one in server.mails[0].walk() if one.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"


def test_a_mail_server_that_says_a_byte_now_and_then_is_cut_off(cast, settings, ask_time):
    told(cast)
    with dripping(settings):
        began = time.monotonic()
        assert send_due(ask_time=ask_time) == {"pending": 1}
        assert time.monotonic() - began < 4
    assert Delivery.objects.get().reason == "no_answer"


def test_a_mail_that_cannot_be_written_is_tried_again_and_holds_up_nobody(
    cast, server, ask_time, monkeypatch, caplog
):
    told(cast, "Ann", "Bea")
    letter = sending.letter

    def broken(delivery):
        if delivery.message.recipient == cast.people["Ann"]:
            raise RuntimeError("no template")
        return letter(delivery)

    monkeypatch.setattr(sending, "letter", broken)
    assert send_due(ask_time=ask_time) == {"pending": 1, "sent": 1}
    assert Delivery.objects.get(message__recipient=cast.people["Ann"]).reason == "fault"
    assert "could not be written" in caplog.text


def test_a_fault_in_handing_over_is_a_fault_and_not_a_loss(cast, ask_time, monkeypatch, caplog):
    told(cast)
    monkeypatch.setattr(sending, "hand_over", lambda mail, taken: taken.set_exception(ZeroDivisionError()))
    assert send_due(ask_time=ask_time) == {"pending": 1}
    assert Delivery.objects.get().reason == "fault"
    assert "could not be handed over" in caplog.text


def test_a_sender_that_was_killed_leaves_a_claim_that_runs_out(cast, server, ask_time):
    told(cast)
    (taken,) = claiming.claim(now=START, slow=False, places=5)
    assert claiming.claim(now=START, slow=False, places=5) == []
    assert claiming.claim(now=START, slow=True, places=5) == []
    assert send_due(ask_time=ask_time) == {}
    ask_time.moved = rules.LEASE
    assert send_due(ask_time=ask_time) == {"sent": 1}
    assert server.mails[0]["Message-ID"] == taken.header_id


def test_a_sender_that_wakes_after_its_claim_ran_out_changes_nothing(cast, server, ask_time):
    told(cast)
    (late,) = claiming.claim(now=START, slow=False, places=5)
    ask_time.moved = rules.LEASE
    send_due(ask_time=ask_time)
    sent = Delivery.objects.get()
    assert ending.mark_failed(late, "busy", now=ask_time()) == "pending"
    ending.mark_withheld(late, "out_of_sight", now=ask_time())
    sent.refresh_from_db()
    assert (sent.state, sent.attempts) == ("sent", 2)
    assert not Line.objects.filter(deed="message.withheld").exists()


def test_a_sender_asked_to_stop_takes_nothing_up(cast, server, ask_time):
    told(cast)
    assert send_due(ask_time=ask_time, stopping=lambda: True) == {}
    assert Delivery.objects.get().state == "pending"


def test_two_senders_take_no_mail_twice(cast):
    told(cast, "Ann", "Bea", "Cy")
    first = claiming.claim(now=START, slow=False, places=2)
    second = claiming.claim(now=START, slow=False, places=2)
    assert len({one.pk for one in [*first, *second]}) == 3


def test_any_backend_will_do(cast, ask_time):
    told(cast)
    assert send_due(ask_time=ask_time) == {"sent": 1}
    assert [one.to for one in django_mail.outbox] == [["bea@example.org"]]


@pytest.mark.parametrize("state", ["sent", "withheld", "dead"])
def test_the_database_lets_no_ended_mail_be_sent_again(cast, state):
    told(cast)
    Delivery.objects.update(state="claimed")
    Delivery.objects.update(state=state, sent_at=START if state == "sent" else None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Delivery.objects.update(state="pending", sent_at=None)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"")}), "refused"),
        (smtplib.SMTPRecipientsRefused({"a": (452, b"")}), "busy"),
        (smtplib.SMTPDataError(554, b""), "refused"),
        (smtplib.SMTPDataError(451, b""), "busy"),
        (smtplib.SMTPSenderRefused(553, b"", "x"), "busy"),
        (smtplib.SMTPAuthenticationError(535, b""), "busy"),
        (smtplib.SMTPServerDisconnected(), "no_answer"),
        (TimeoutError(), "no_answer"),
        (smtplib.SMTPNotSupportedError(), "unreachable"),
        (ConnectionRefusedError(), "unreachable"),
        (socket.gaierror(), "unreachable"),
    ],
)
def test_every_failure_has_a_reason_in_words(problem, reason):
    class Mail:
        connection = None

        def send(self):
            raise problem

    taken = Future()
    post.hand_over(Mail(), taken)
    assert taken.exception().reason == reason
    assert rules.REASONS[reason]


def test_a_mail_server_that_hangs_up_at_once_is_let_go(cast, settings, ask_time):
    """The account's letters are sent by the same backend, which opens and closes by itself."""
    told(cast)
    with dripping(settings, every=9):
        backend = post.TimedBackend()
        with pytest.raises(OSError, match="timed out"):
            backend.open()
        assert backend.timer.finished.is_set()
        assert all(one.fileno() == -1 for one in backend.sockets)


def test_what_is_already_closed_is_not_cut(settings):
    backend = post.TimedBackend()
    closed = socket.socket()
    closed.close()
    backend.sockets = [closed]
    backend.cut()
    assert backend.was_cut


@pytest.mark.parametrize("kind", [smtplib.SMTP, post.TimedBackend])
def test_a_goodbye_that_fails_changes_nothing(cast, server, ask_time, monkeypatch, kind):
    told(cast)
    name = "quit" if kind is smtplib.SMTP else "close"
    goodbye = getattr(kind, name)

    def refuse(self):
        goodbye(self)
        raise smtplib.SMTPResponseException(500, b"no")

    monkeypatch.setattr(kind, name, refuse)
    assert send_due(ask_time=ask_time) == {"sent": 1}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_is_waited_for_with_what_was_sent(
    cast, server, ask_time, monkeypatch
):
    told(cast, "Ann", "Bea")
    mark_sent, away = sending.mark_sent, [OperationalError("restarting"), OperationalError("restarting")]

    def mark(deliveries, *, now):
        if away:
            raise away.pop()
        mark_sent(deliveries, now=now)

    monkeypatch.setattr(sending, "mark_sent", mark)
    send_due(ask_time=ask_time)
    assert server.recipients == ["ann@example.org", "bea@example.org"]
    assert states() == {"Ann": "sent", "Bea": "sent"}
    assert not away


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_is_said_after_what_is_under_way_was_seen_through(
    cast, server, ask_time, monkeypatch
):
    told(cast, "Ann", "Bea")
    monkeypatch.setattr(sending, "WAITED_FOR", 0.3)

    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(sending, "mark_sent", away)
    with pytest.raises(OperationalError):
        send_due(ask_time=ask_time)
    assert len(server.mails) == 2
    assert states() == {"Ann": "claimed", "Bea": "claimed"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_while_a_mail_is_written_is_said(cast, ask_time, monkeypatch):
    told(cast)

    def away(message):
        raise OperationalError("gone")

    monkeypatch.setattr(sending, "withheld", away)
    with pytest.raises(OperationalError):
        send_due(ask_time=ask_time)
    assert states() == {"Bea": "claimed"}
