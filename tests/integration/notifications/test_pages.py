"""The inbox, one message, and who could not be reached."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.operations import audience, create_record, share_record
from actions.models import Action
from audit.models import Line
from clocks.models import Clock
from clocks.operations import meet, tick
from notifications.inbox import lines_of, unreached
from notifications.models import Delivery, Message
from notifications.operations import tell
from tests.integration.agencies.conftest import client_as, text_of
from tests.timed import START, hours

INSTANT = timedelta(microseconds=1)


@pytest.fixture
def about(cast):
    cast.record = create_record(kind="action", by=cast.by(), now=START)
    Action.objects.create(
        record=cast.record,
        asked=cast.body,
        statement="Look at the ward at night.",
        aim="safeguard",
        power_kind="none",
        due_at=START + hours(50),
    )
    cast.meant["seat-holders"] = [cast.people["Bea"].pk]
    return cast


@pytest.fixture
def alert(about):
    """An alert to Bea, from the start of its clock."""
    return about.start("summit_alert", responsible_person=about.people["Bea"].pk)


def test_what_waits_for_me_stands_first(about, alert, freeze):
    about.meant["chair"] = [about.people["Bea"].pk]
    about.start("response_24")
    tick(now=START + hours(12))
    freeze(START + hours(13))
    answer = client_as(about.people["Bea"]).get("/inbox/")
    said = text_of(answer)
    assert said.index("Please answer") < said.index("To know")
    assert "Members relevant meet: people in danger: 11 hours left. It is due 4 March 2026, 10am." in said
    assert "About: Look at the ward at night." in said
    assert Line.objects.filter(deed="read", detail__page="InboxPage").count() == 1


def test_the_newest_message_about_a_thing_stands_for_those_before_it(about, freeze):
    about.meant["chair"] = [about.people["Bea"].pk]
    clock = about.start()
    for now in (START + hours(24), START + hours(40), clock.due_at + INSTANT, clock.due_at + hours(9)):
        tick(now=now)
    (line,) = lines_of(about.by("Bea"), clock.due_at + hours(9))
    assert line.earlier == 3
    assert line.sentence == (
        "Still not done: Members relevant meet. It was due 5 March 2026, 10am: 9 hours overdue."
    )
    freeze(clock.due_at + hours(9))
    assert "The newest of 4 messages about this." in text_of(client_as(about.people["Bea"]).get("/inbox/"))


def test_nothing_is_a_good_state(about, freeze):
    freeze(START)
    assert "No message waits for your answer." in text_of(client_as(about.people["Bea"]).get("/inbox/"))


def test_acknowledging_takes_a_button_and_meets_the_alert(about, alert, freeze):
    freeze(START + hours(1))
    message = Message.objects.get(recipient=about.people["Bea"])
    client, address = client_as(about.people["Bea"]), f"/inbox/{message.pk}/"
    for ask in (client.get, client.head):
        assert ask(address).status_code == 200
    message.refresh_from_db()
    assert message.seen_at == START + hours(1)
    assert not message.acknowledged_at
    assert Clock.objects.get().state == "running"
    assert client.post(address).status_code == 302
    message.refresh_from_db()
    clock = Clock.objects.get()
    assert message.acknowledged_at == START + hours(1)
    assert (clock.state, clock.met_by, clock.met_how) == ("met", about.people["Bea"], "acknowledged")
    assert "You said that you read it 3 March 2026, 11am" in text_of(client.get(address))
    again = client.post(address)
    assert again.status_code == 422
    assert "You have already said that you read this." in text_of(again)


def test_an_acknowledgement_of_what_is_over_is_kept_all_the_same(about, alert, freeze):
    meet(clock=alert, by=about.by(), now=START + hours(1))
    freeze(START + hours(2))
    message = Message.objects.get(recipient=about.people["Bea"])
    assert message.ended_at == START + hours(1)
    client = client_as(about.people["Bea"])
    assert "and it is over." in text_of(client.get(f"/inbox/{message.pk}/"))
    assert client.post(f"/inbox/{message.pk}/").status_code == 302
    message.refresh_from_db()
    assert message.acknowledged_at
    assert Clock.objects.get().met_by == about.people["Ann"]


def test_an_acknowledgement_does_not_meet_what_waits_for_more(about, freeze):
    about.meant["person who flagged"] = [about.people["Bea"].pk]
    about.start("safeguard_child")
    freeze(START + hours(1))
    message = Message.objects.get(recipient=about.people["Bea"])
    assert client_as(about.people["Bea"]).post(f"/inbox/{message.pk}/").status_code == 302
    assert Clock.objects.get().state == "running"


def test_another_person_s_message_and_an_unknown_one_are_alike_absent(about, alert, freeze):
    freeze(START)
    message = Message.objects.get(recipient=about.people["Bea"])
    client = client_as(about.people["Cy"])
    for pk in (message.pk, "00000000-0000-4000-8000-000000000000"):
        for ask in (client.get, client.post):
            assert ask(f"/inbox/{pk}/").status_code == 404


def test_a_message_about_what_went_out_of_sight_is_absent_everywhere(about, alert, freeze):
    freeze(START)
    bea = about.people["Bea"]
    message = Message.objects.get(recipient=bea)
    bea.memberships.update(ends_on="2021-01-01")
    client = client_as(bea)
    assert "No message waits for your answer." in text_of(client.get("/inbox/"))
    assert client.get(f"/inbox/{message.pk}/").status_code == 404
    assert client.post(f"/inbox/{message.pk}/").status_code == 404


def test_what_concerns_no_record_stands_in_the_inbox_without_a_title(about, freeze):
    freeze(START)
    detail = {
        "label": "A closed record needs a handler",
        "due": START.isoformat(),
        "said": "reminder",
        "steps": [],
    }
    (message,) = tell(record=None, event="clock.minutes", to=[about.people["Bea"]], now=START, detail=detail)
    client = client_as(about.people["Bea"])
    assert "A closed record needs a handler" in text_of(client.get("/inbox/"))
    assert "A message from the portal" in text_of(client.get(f"/inbox/{message.pk}/"))


def fail(message, **values):
    Delivery.objects.filter(message=message).update(state="claimed")
    Delivery.objects.filter(message=message).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "dead", "reason": "refused"},
        {"state": "pending", "reason": "busy", "attempts": 4},
    ],
)
def test_who_could_not_be_reached_stands_in_red_with_the_number_to_ring(about, alert, freeze, values):
    freeze(START + hours(1))
    message = Message.objects.get(recipient=about.people["Bea"])
    fail(message, **values)
    about.directory.numbers = {about.people["Bea"].pk: "020 7946 0000"}
    client = client_as(about.people["Ann"])
    said = text_of(client.get("/inbox/unreached/"))
    assert "Bea" in said
    assert "Telephone: 020 7946 0000" in said
    assert "Nobody else could be told instead." in said
    address = f"/inbox/{message.pk}/told-by-phone/"
    assert "You rang Bea" in text_of(client.get(address))
    moment = {
        "happened_at_day": "3",
        "happened_at_month": "3",
        "happened_at_year": "2026",
        "happened_at_time": "10:30",
    }
    wrong = client.post(address, moment | {"happened_at_time": "23:30"})
    assert wrong.status_code == 422
    assert client.post(address, moment).status_code == 302
    clock = Clock.objects.get()
    assert (clock.state, clock.met_how, clock.met_at) == ("met", "by_phone", START + hours(0.5))
    assert "Everybody was reached" in text_of(client.get("/inbox/unreached/"))


def test_the_number_of_the_account_is_rung_where_the_directory_knows_none(about, alert):
    about.people["Bea"].telephone = "07700 900000"
    about.people["Bea"].save()
    message = Message.objects.get(recipient=about.people["Bea"])
    fail(message, state="dead", reason="refused")
    (one,) = unreached(about.by("Ann"), START)
    assert (one.telephone, one.why) == (
        "07700 900000",
        "the mail server says that the address does not exist or takes no mail",
    )


def test_whoever_may_no_longer_see_it_is_not_to_be_rung(about, alert, freeze):
    message = Message.objects.get(recipient=about.people["Bea"])
    fail(message, state="withheld", reason="out_of_sight")
    (one,) = unreached(about.by("Ann"), START)
    assert one.telephone == ""
    freeze(START)
    assert "No number is recorded." in text_of(client_as(about.people["Ann"]).get("/inbox/unreached/"))


def test_who_could_not_be_reached_is_shown_only_of_what_the_reader_sees(about, alert, freeze):
    freeze(START)
    message = Message.objects.get(recipient=about.people["Bea"])
    fail(message, state="dead", reason="refused")
    about.add("Eve", agency=type(about.body).objects.create(kind="ccg", name="NHS Other CCG"))
    client = client_as(about.people["Eve"])
    assert "Everybody was reached" in text_of(client.get("/inbox/unreached/"))
    assert client.get(f"/inbox/{message.pk}/told-by-phone/").status_code == 404


def test_who_could_not_be_reached_is_for_the_body_that_looks_after_it_and_whoever_was_told_instead(
    about, alert, freeze
):
    """Another body's people may see the matter; what the owner's people were told of it says more."""
    freeze(START)
    message = Message.objects.get(recipient=about.people["Bea"])
    other = type(about.body).objects.create(kind="ccg", name="NHS Other CCG")
    eve = about.add("Eve", agency=other)
    Action.objects.filter(pk=about.record.pk).update(asked=other)
    share_record(
        record=about.record, audiences=[audience("agency", agency=other.pk)], by=about.by(), now=START
    )
    client = client_as(eve)
    assert client.get(f"/actions/{about.record.pk}/").status_code == 200
    assert client.get(f"/inbox/{message.pk}/told-by-phone/").status_code == 404
    fail(message, state="dead", reason="refused")
    assert unreached(about.by("Eve"), START) == []
    assert client.get(f"/inbox/{message.pk}/told-by-phone/").status_code == 404
    Message.objects.create(
        recipient=eve, record=about.record, event=message.event, written_at=START, instead_of=message,
        topic=message.topic, detail=message.detail,
    )  # fmt: skip
    (one,) = unreached(about.by("Eve"), START)
    assert one.line.message == message
    assert client.get(f"/inbox/{message.pk}/told-by-phone/").status_code == 200


def test_a_message_that_was_brought_is_nobodys_to_ring_about(about, alert, freeze):
    freeze(START)
    message = Message.objects.get(recipient=about.people["Bea"])
    assert client_as(about.people["Ann"]).get(f"/inbox/{message.pk}/told-by-phone/").status_code == 404


def test_the_inbox_takes_the_same_queries_however_many_lines(about):
    about.meant["chair"] = [about.people["Bea"].pk]
    by, now = about.by("Bea"), START + hours(24)

    def queries_for(lines):
        tick(now=now)
        with CaptureQueriesContext(connection) as queries:
            assert len(lines_of(by, now)) == lines
        return len(queries)

    about.start("response_48")
    few = queries_for(1)
    for _ in range(5):
        record = create_record(kind="action", by=about.by(), now=START)
        Action.objects.create(
            record=record, asked=about.body, statement="x", aim="safeguard", power_kind="none", due_at=now
        )
        about.start("response_48", record=record)
    assert queries_for(6) == few
