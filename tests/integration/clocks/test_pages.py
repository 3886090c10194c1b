"""The record of a deadline on the screen and on paper."""

from datetime import datetime, timedelta

import pytest

from access.models import Listing
from access.operations import audience, create_record, share_record
from actions.models import Action
from audit.models import Line
from clocks.models import Clock
from clocks.operations import correct, extend, meet, stop, tick
from clocks.proof import by_how_much, proof_sheet
from clocks.showing import look_of, open_clocks
from notifications.models import Delivery, Message
from notifications.operations import acknowledge, told_by_phone
from notifications.operations.telling import pass_on
from tests import summits
from tests.integration.agencies.conftest import client_as, text_of
from tests.timed import START, hours

INSTANT = timedelta(microseconds=1)


@pytest.fixture
def about(cast):
    """The cast's record is an action, so that it has a title and an address."""
    cast.record = create_record(kind="action", by=cast.by(), now=START)
    Action.objects.create(
        record=cast.record,
        asked=cast.body,
        statement="Look at the ward at night.",
        aim="safeguard",
        power_kind="none",
        due_at=START + hours(50),
    )
    return cast


def page_of(clock, user, moment, freeze):
    freeze(moment)
    return client_as(user).get(f"/clocks/{clock.pk}/")


def test_everything_that_was_done_and_everybody_who_was_told(about, freeze):
    about.meant |= {"seat-holders": [about.people["Bea"].pk], "their body's lead": [about.people["Ann"].pk]}
    about.meant |= {"deputy": [about.people["Cy"].pk], "convenor": []}
    clock = about.start(
        "summit_alert", responsible_person=about.people["Bea"].pk, responsible_agency=about.body.pk
    )
    tick(now=clock.due_at + INSTANT)
    first = Message.objects.get(recipient=about.people["Bea"])
    Delivery.objects.filter(message=first).update(state="claimed")
    Delivery.objects.filter(message=first).update(state="dead", reason="refused")
    passed = pass_on([first], to=about.people["Dot"].pk, now=START + hours(1))
    Listing.objects.create(
        summit=about.record, user=about.people["Dot"], agency=about.body, starts_at=START, ended_at=None
    )
    acknowledge(message=passed, by=about.by("Dot"), now=START + hours(3))
    called = Message.objects.filter(recipient=about.people["Cy"]).earliest("written_at")
    told_by_phone(message=called, by=about.by("Ann"), now=START + hours(5), happened_at=START + hours(4))
    answer = page_of(clock, about.people["Ann"], START + hours(6), freeze)
    said = text_of(answer)
    for words in (
        "Alert the other QSG members",
        "Look at the ward at night.",
        "Started 3 March 2026, 10am, by Ann",
        "Due 3 March 2026, midday",
        "met late: 3 March 2026, 1pm, by Dot (1 hour after)",
        "Who had to meet it NHS Example CCG",
        "Person Bea",
        "Due 3 March 2026, 11am; recorded 3 March 2026, midday",
        "Nobody stood for: convenor",
        "Bea: in the portal 3 March 2026, 10am; mail could not be delivered: the mail server says that the address",
        "Dot, instead of Bea: in the portal 3 March 2026, 11am; mail waiting to be sent; seen 3 March 2026, 1pm",
        "acknowledged 3 March 2026, 1pm",
        "told by telephone by Ann, 3 March 2026, 2pm, recorded 3 March 2026, 3pm",
        "OFFICIAL-SENSITIVE",
    ):
        assert words in said, words
    assert Line.objects.filter(deed="read", detail__page="ProofPage").count() == 1


@pytest.fixture
def told_of(about):
    """A clock of which people of two bodies were told, one of them in vain; Eve of the other body sees it."""
    other = type(about.body).objects.create(kind="ccg", name="NHS Other CCG")
    eve, fay = (about.add(name, agency=other) for name in ("Eve", "Fay"))
    named = [audience("person", person=one.pk, agency=other.pk) for one in (eve, fay)]
    share_record(record=about.record, audiences=named, by=about.by(), now=START, gateway="functions")
    about.meant["seat-holders"] = [about.people[name].pk for name in ("Bea", "Cy", "Eve", "Fay")]
    clock = about.start("summit_alert", responsible_person=about.people["Bea"].pk)
    for name, reason in (("Bea", "refused"), ("Fay", "out_of_sight")):
        mail = Delivery.objects.filter(message__recipient=about.people[name])
        mail.update(state="claimed")
        mail.update(state="dead" if name == "Bea" else "withheld", reason=reason)
    first = Message.objects.get(recipient=about.people["Bea"])
    pass_on([first], to=about.people["Dot"].pk, now=START + hours(1))
    called = Message.objects.get(recipient=eve)
    told_by_phone(message=called, by=about.by("Ann"), now=START + hours(1), happened_at=START + hours(1))
    return clock


def test_outside_the_owner_the_sheet_names_the_readers_own_people_and_counts_the_others(
    about, told_of, freeze
):
    said = text_of(page_of(told_of, about.people["Eve"], START + hours(1), freeze))
    assert "Eve: in the portal 3 March 2026, 10am" in said
    assert "told by telephone, 3 March 2026, 11am" in said
    assert "Fay: in the portal 3 March 2026, 10am; mail not sent" in said
    assert "2 other people of other bodies: in the portal 3 March 2026, 10am." in said
    assert "1 other person of other bodies: in the portal 3 March 2026, 11am." in said
    for hidden in ("Ann", "Bea", "Cy", "Dot", "may no longer see", "address does not exist"):
        assert hidden not in said, hidden
    whole = text_of(page_of(told_of, about.people["Ann"], START + hours(1), freeze))
    for known in ("Bea", "Cy", "Dot", "Fay", "by Ann", "may no longer see", "address does not exist"):
        assert known in whole, known
    assert "of other bodies" not in whole
    hashes = [
        (sheet.hash, [entry.hash for entry in sheet.entries])
        for sheet in (proof_sheet(told_of, about.by(name)) for name in ("Ann", "Eve"))
    ]
    assert hashes[0] == hashes[1]


def test_who_was_told_at_another_body_is_not_named_after_moving_here(about, told_of, freeze):
    bea, other = about.people["Bea"], about.people["Eve"].memberships.get().agency
    bea.memberships.update(ends_on="2026-03-04")
    bea.memberships.create(agency=other, role="contributor", starts_on="2026-03-04")
    said = text_of(page_of(told_of, about.people["Eve"], START + hours(48), freeze))
    assert "Fay: in the portal" in said
    assert "Bea" not in said


def test_those_who_call_people_to_a_summit_see_whom_its_deadlines_told(freeze):
    world = summits.world(freeze)
    room = summits.trigger(world).room
    world.move(minutes=1)
    clock = Clock.objects.filter(record=room.pk, responsible_agency=world.cqc, family="summit_alert").get()
    chair, healthwatch = (
        text_of(client_as(world.people[name]).get(f"/clocks/{clock.pk}/")) for name in ("chair", "hetty")
    )
    assert "Quinn of cqc: in the portal" in chair
    assert "Quinn of cqc" not in healthwatch
    assert "of other bodies: in the portal" in healthwatch


def test_the_mark_is_the_same_for_the_same_record_and_another_for_another(about):
    clock = about.start("summit_alert", responsible_person=about.people["Bea"].pk)
    about.meant["seat-holders"] = [about.people["Bea"].pk]
    once = proof_sheet(clock, about.by("Ann"))
    assert proof_sheet(Clock.objects.get(pk=clock.pk), about.by("Dot")).hash == once.hash
    Message.objects.update(seen_at=START + hours(1))
    assert proof_sheet(clock, about.by("Ann")).hash != once.hash
    assert proof_sheet(clock, about.by("Ann")).entries[0].hash != once.entries[0].hash


def test_a_clock_that_was_corrected_names_the_one_that_took_its_place(about, freeze):
    old = about.start()
    new = correct(clock=old, by=about.by(), now=START + hours(1), kind="response_24")
    said = text_of(page_of(old, about.people["Ann"], START + hours(2), freeze))
    assert "Another clock took its place" in said
    assert "stopped: its start or length was corrected" in said
    answer = page_of(new, about.people["Ann"], START + hours(2), freeze)
    assert "It took the place of an earlier clock" in text_of(answer)
    assert f"/clocks/{old.pk}/" in answer.content.decode()
    assert "No step has been due yet." in text_of(answer)


def test_moments_name_their_zone_when_the_clocks_change_meanwhile(about, freeze):
    started = datetime.fromisoformat("2026-10-24T12:00:00+01:00")
    clock = about.start("response_24", started_at=started, now=started)
    said = text_of(page_of(clock, about.people["Ann"], started + hours(1), freeze))
    assert "Started 24 October 2026, midday (BST)" in said
    assert "Due 25 October 2026, 11am (GMT)" in said
    assert "bank holidays do not stop a clock that counts hours" in said


def test_a_clock_out_of_sight_is_absent(about, freeze):
    clock = about.start()
    stranger = about.add("Eve", agency=type(about.body).objects.create(kind="ccg", name="NHS Other CCG"))
    unseen = page_of(clock, stranger, START, freeze)
    absent = client_as(stranger).get("/clocks/00000000-0000-4000-8000-000000000000/")
    assert unseen.status_code == absent.status_code == 404


def test_whoever_has_no_reading_role_is_refused_or_sees_nothing(about, freeze):
    clock = about.start()
    about.people["Bea"].memberships.update(role="agency_administrator")
    assert page_of(clock, about.people["Bea"], START, freeze).status_code == 404


@pytest.mark.parametrize(
    ("after", "state", "words"),
    [
        (hours(1), "running", "47 hours left"),
        (hours(44), "soon", "4 hours left"),
        (hours(50), "missed", "missed, 2 hours overdue"),
    ],
)
def test_how_an_open_clock_looks(cast, after, state, words):
    clock = cast.start()
    tick(now=START + after)
    clock.refresh_from_db()
    look = look_of(clock, START + after)
    assert (look.state, look.words) == (state, words)


def test_how_an_ended_clock_looks(cast):
    met = meet(clock=cast.start(), by=cast.by(), now=START + hours(1))
    late = meet(
        clock=cast.start("response_24"), by=cast.by(), now=START + hours(25), happened_at=START + hours(1)
    )
    stopped = stop(clock=cast.start("judgement"), by=cast.by(), now=START, reason="withdrawn")
    looks = [look_of(clock, START + hours(30)) for clock in (met, late, stopped)]
    assert [(look.state, look.words) for look in looks] == [
        ("met", "met"),
        ("late", "met, recorded late"),
        ("stopped", "stopped: what it was about was withdrawn"),
    ]


def test_by_how_much(cast):
    clock = cast.start()
    assert by_how_much(clock) == ""
    assert by_how_much(meet(clock=clock, by=cast.by(), now=clock.due_at)) == "at the due moment"


def test_the_open_clocks_that_a_person_sees_soonest_first(about):
    second, first = about.start(), about.start("response_24")
    missed = about.start("summit_alert")
    tick(now=START + hours(3))
    stop(clock=about.start("judgement"), by=about.by(), now=START, reason="closed")
    extend(clock=second, by=about.by(), now=START + hours(1), until=START + hours(48))
    open_now = list(open_clocks(about.by("Bea")))
    assert [clock.pk for clock in open_now[:2]] == [missed.pk, first.pk]
    assert len(open_now) == 3
    stranger = about.add("Eve", agency=type(about.body).objects.create(kind="ccg", name="NHS Other CCG"))
    assert not open_clocks(about.by("Eve")).exists()
    assert stranger.pk
