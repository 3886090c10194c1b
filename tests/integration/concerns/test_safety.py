"""Anyone in danger? Numbers first, who rang whom, and clocks that stop nothing."""

from datetime import timedelta

import pytest
from django.core import mail
from django.http import Http404

from access.principal import clockwork
from access.refusals import Invalid, NotNow, NotPermitted
from clocks.models import Clock
from clocks.operations import tick
from clocks.proof import proof_sheet
from concerns.models import SafeguardingEntry
from concerns.operations.raising import raise_concern
from concerns.operations.safety import (
    entries_of,
    flag_danger,
    record_safeguarding,
    safety_clocks,
    standing_of,
)
from notifications.inbox import line_of
from notifications.models import Delivery, Message
from notifications.operations import send_due

CHILD, ADULT, NOTICE = "safeguard_child", "safeguard_adult", "safeguard_child_notice"


@pytest.fixture
def flagged(world):
    return world.concern(words=world.words(danger="yes")).record


def record(world, about_record, by="worker", **said):
    usual = {"deed": "rang", "about": "both", "whom": "Example Council duty desk"}
    return record_safeguarding(by=world.by(by), now=world.now, record=about_record, **{**usual, **said})


def states(about_record):
    return {one.kind: one.state for one in Clock.objects.filter(record=about_record)}


def test_whoever_flags_and_the_safeguarding_lead_are_told_at_once(world, flagged):
    told = Message.objects.filter(event__startswith="clock")
    assert {one.recipient for one in told} == {world.worker, world.lead}


def told_of_safety(people):
    told = Message.objects.filter(event__startswith="clock.safeguarding")
    return {person.full_name: told.filter(recipient=person).count() for person in people}


def sent(world):
    """Let the outbox be emptied, and return who was written to."""
    before = len(mail.outbox)
    send_due(ask_time=lambda: world.now)
    return sorted(one.to[0] for one in mail.outbox[before:])


def test_the_lead_is_told_the_moment_a_draft_is_raised_though_the_sender_ran_before(world, freeze):
    draft = world.draft(words=world.words(danger="yes"))
    assert {one.state for one in safety_clocks(draft.record)} == {"running"}, (
        "they count from the second step"
    )
    assert told_of_safety([world.lead]) == {"Lena Lead": 0}
    assert sent(world) == ["worker@example.org"]
    world.now = freeze("2026-03-03T12:30Z")
    raise_concern(by=world.by("worker"), now=world.now, concern=draft, seen=draft.version)
    assert "lead@example.org" in sent(world)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}, "none was withheld"
    message = Message.objects.filter(recipient=world.lead, event="clock.safeguarding").first()
    assert "Ring first" in line_of(message, world.now).sentence
    clock = safety_clocks(draft.record)[0]
    assert clock.started_at < world.now
    assert [one.name for one in proof_sheet(clock, world.by("worker")).entries[-1].told] == [
        "Lena Lead",
        "Wes Worker",
    ]


def test_of_a_draft_whose_time_passed_the_others_are_told_once_it_is_raised(world, freeze):
    draft = world.draft(words=world.words(danger="yes"))
    others = [world.lead, world.chair]
    world.now = freeze("2026-03-03T16:30Z")
    tick(now=world.now)
    sent(world)
    assert told_of_safety(others) == {"Lena Lead": 0, "Chas Chair": 0}
    raise_concern(by=world.by("worker"), now=world.now, concern=draft, seen=draft.version)
    assert told_of_safety(others) == {"Lena Lead": 2, "Chas Chair": 2}, "the child's clock and the adult's"
    assert set(sent(world)) == {"chair@example.org", "lead@example.org", "worker@example.org"}
    assert not Delivery.objects.filter(state="withheld").exists()


def test_what_was_met_while_it_was_a_draft_interrupts_nobody(world):
    draft = world.draft(words=world.words(danger="yes"))
    record(world, draft.record)
    record(world, draft.record, deed="said_about", about="adult", whom="")
    raise_concern(by=world.by("worker"), now=world.now, concern=draft, seen=draft.version)
    assert told_of_safety([world.lead]) == {"Lena Lead": 0}


def test_a_call_meets_the_clocks_of_those_it_was_about(world, flagged):
    entry = record(world, flagged, happened_at=world.now, their_reference="MASH/12")
    assert states(flagged) == {CHILD: "met", ADULT: "met", NOTICE: "running"}
    assert (entry.by, entry.agency, entry.their_reference) == (world.worker, world.ccg, "MASH/12")


def test_a_call_made_before_the_concern_was_written_counts(world, flagged):
    record(world, flagged, happened_at=world.now - timedelta(hours=5))
    assert states(flagged)[ADULT] == "met"
    assert SafeguardingEntry.objects.get().happened_at == world.now - timedelta(hours=5)


def test_a_call_written_down_late_keeps_both_moments(world, flagged, freeze):
    rang_at = world.now + timedelta(minutes=30)
    world.now = freeze("2026-03-04T09:00Z")
    record(world, flagged, happened_at=rang_at)
    assert states(flagged)[ADULT] == "met_recorded_late"


def test_saying_whom_it_is_about_stops_the_others_clock_and_starts_it_again(world, flagged, freeze):
    record(world, flagged, deed="said_about", about="adult", whom="")
    assert states(flagged) == {CHILD: "stopped", ADULT: "running", NOTICE: "stopped"}
    world.now = freeze("2026-03-03T12:01Z")
    record(world, flagged, deed="said_about", about="both", whom="")
    running = {one.kind for one in Clock.objects.filter(record=flagged, state="running")}
    assert running == {CHILD, ADULT, NOTICE}


def test_nobody_in_danger_stops_all_and_only_the_owner_says_so(world, flagged):
    with pytest.raises(NotPermitted, match="Only the body that raised this"):
        record(world, flagged, by="inspector", deed="said_about", about="neither", whom="")
    record(world, flagged, deed="said_about", about="neither", whom="")
    assert set(states(flagged).values()) == {"stopped"}


def test_a_child_is_referred_notified_and_engaged_each_apart(world, flagged):
    record(world, flagged, deed="said_about", about="child", whom="")
    record(world, flagged, deed="notified", about="child", whom="The Board's manager")
    assert states(flagged)[CHILD] == states(flagged)[NOTICE] == "running"
    record(world, flagged, deed="engaged", about="child", whom="The Board's manager")
    assert (states(flagged)[CHILD], states(flagged)[NOTICE]) == ("running", "met")
    record(world, flagged, deed="rang", about="child")
    assert states(flagged)[CHILD] == "met"


def test_the_council_states_its_route_for_an_adult(world, flagged):
    record(world, flagged, about="adult")
    record(world, flagged, deed="route", about="adult", route="enquiry")
    record(world, flagged, deed="said_about", about="adult", whom="")
    assert standing_of(entries_of(flagged)).lacks == []


def test_any_body_that_reads_it_may_write_down_its_own_call(world, flagged):
    assert record(world, flagged, by="social_worker").agency == world.council


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"deed": "forged"}, "deed"),
        ({"whom": ""}, "whom"),
        ({"about": "neither"}, "about"),
        ({"deed": "route"}, "route"),
        ({"whom": "the desk, about 999 962 4596"}, "whom"),
        ({"their_reference": "999 962 4596"}, "their_reference"),
        ({"their_reference": "x" * 61}, "their_reference"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, flagged, said, field):
    with pytest.raises(Invalid) as refused:
        record(world, flagged, **said)
    assert set(refused.value.errors) == {field}


def test_nothing_was_done_in_the_future(world, flagged):
    with pytest.raises(Invalid):
        record(world, flagged, happened_at=world.now + timedelta(minutes=1))


def test_a_record_that_nobody_flagged_has_nothing_to_answer(world):
    with pytest.raises(NotNow, match="Nobody has said"):
        record(world, world.concern().record)


def test_the_flag_is_raised_once_and_says_yes_or_not_sure(world, flagged):
    by, now = world.by("worker"), world.now
    with pytest.raises(NotNow, match="said already"):
        flag_danger(by=by, now=now, record=flagged, answer="yes")
    with pytest.raises(Invalid):
        flag_danger(by=by, now=now, record=world.concern().record, answer="no")


def test_a_reader_and_a_stranger_do_not_write_here(world, flagged):
    with pytest.raises(NotPermitted):
        record(world, flagged, by="reader")
    with pytest.raises(Http404):
        record(world, flagged, by="stranger")


def test_the_clockwork_writes_down_no_call(world, flagged):
    with pytest.raises(NotNow, match="Only a person who acts for a body"):
        record_safeguarding(
            by=clockwork(world.now), now=world.now, record=flagged, deed="rang", about="both", whom="Desk"
        )


def test_it_stops_nothing(world, flagged):
    from concerns.operations.changing import close_concern
    from concerns.operations.sharing import share_more
    from concerns.rules.sharing import Choice

    everybody = Choice(all_groups=True, gateway="safeguarding")
    share_more(by=world.by("worker"), now=world.now, concern=flagged.concern, choice=everybody, seen=1)
    close_concern(
        by=world.by("lead"), now=world.now, concern=flagged.concern, outcome="acted", reason="x", seen=2
    )
    assert states(flagged)[ADULT] == "running"
