"""Who leads: proposed, accepted, objected to, decided once, handed over; and the database's own refusal of a gap."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from access.refusals import Invalid, NotNow, NotPermitted
from audit.models import Line
from clocks.models import Clock
from notifications.models import Message
from risk_summits.models import RingHolding, Room
from risk_summits.operations import (
    answer_handover,
    answer_lead,
    declare_concerned,
    object_to_lead,
    offer_handover,
    propose_lead,
    record_judgement,
    withdraw_objection,
)
from risk_summits.operations.holding import suggested_bodies
from tests.integration.risk_summits.conftest import again
from tests.summits import clock, hold, trigger


@pytest.fixture
def judged(world, room) -> Room:
    """A room in which the group judged ten hours after the call: the lead is decided at 22 hours."""
    record_judgement(
        by=world.by("chair"), now=world.at(10), room=room, judge="group", code="actual", text="Three falls."
    )
    return room


def leads(room):
    holding = again(room).holding()
    return holding.agency.name, holding.basis


def propose(world, room, name, agency, at=11.0, **more):
    return propose_lead(
        by=world.by(name), now=world.at(at), room=room, agency=world.agencies[agency].pk, **more
    )


def test_a_body_that_proposes_itself_leads_at_once(world, judged):
    propose(world, judged, "tess", "tda")
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")
    assert again(judged).roles_of(world.by("tess")) == {"ring_holders_lead"}
    assert again(judged).roles_of(world.by("chair")) == {"chair"}
    assert Message.objects.filter(event="summit.led").count() == 9


def test_a_body_that_another_proposes_must_accept_first(world, judged):
    offer = propose(world, judged, "cara", "tda")
    assert leads(judged) == ("Example Area Team", "interim")
    told = Message.objects.filter(event="summit.lead_proposed", topic=offer.pk)
    assert [one.recipient for one in told] == [world.people["tess"]]
    with pytest.raises(NotPermitted, match="Only NHS Trust Development Authority can say"):
        answer_lead(by=world.by("cara"), now=world.at(12), room=judged, offer=offer.pk, accept=True)
    answer_lead(by=world.by("tess"), now=world.at(12), room=judged, offer=offer.pk, accept=True)
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")
    with pytest.raises(NotNow, match="answered already"):
        answer_lead(
            by=world.by("tess"), now=world.at(13), room=judged, offer=offer.pk, accept=False, reason="x"
        )


def test_declining_takes_a_reason(world, judged):
    offer = propose(world, judged, "cara", "tda")
    with pytest.raises(Invalid):
        answer_lead(by=world.by("tess"), now=world.at(12), room=judged, offer=offer.pk, accept=False)
    answer_lead(
        by=world.by("tess"), now=world.at(12), room=judged, offer=offer.pk, accept=False, reason="Too far."
    )
    assert leads(judged) == ("Example Area Team", "interim")
    propose(world, judged, "tess", "tda", at=13)
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")


def test_what_was_agreed_on_the_telephone_is_written_down_afterwards(world, judged):
    offer = propose(world, judged, "cara", "tda", happened_at=world.at(10.5))
    answer_lead(
        by=world.by("tess"),
        now=world.at(14),
        room=judged,
        offer=offer.pk,
        accept=True,
        happened_at=world.at(12),
    )
    offer.refresh_from_db()
    assert (offer.accepted_at, offer.accepted_recorded_at) == (world.at(12), world.at(14))
    assert again(judged).holding().starts_at == world.at(12)


def test_an_objection_puts_it_back_to_interim_and_is_taken_back_by_who_made_it(world, judged):
    propose(world, judged, "tess", "tda")
    objection = object_to_lead(
        by=world.by("cora"),
        now=world.at(12),
        room=judged,
        agency=world.tda.pk,
        ground="capacity",
        text="Two people.",
    )
    assert leads(judged) == ("Example Area Team", "interim")
    with pytest.raises(NotPermitted, match="Only Example Council"):
        withdraw_objection(by=world.by("cara"), now=world.at(13), room=judged, objection=objection.pk)
    withdraw_objection(by=world.by("cora"), now=world.at(13), room=judged, objection=objection.pk)
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")
    with pytest.raises(Invalid):
        withdraw_objection(by=world.by("cora"), now=world.at(13), room=judged, objection=objection.pk)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"ground": "colour"}, "ground"), ({"text": " "}, "text"), ({"agency": "monitor"}, "agency")],
)
def test_an_objection_names_one_of_three_grounds(world, judged, more, field):
    propose(world, judged, "tess", "tda")
    usual = {"agency": "tda", "ground": "legitimacy", "text": "It is its own trust.", **more}
    usual["agency"] = world.agencies[usual["agency"]].pk
    with pytest.raises(Invalid) as refusal:
        object_to_lead(by=world.by("cora"), now=world.at(12), room=judged, **usual)
    assert set(refusal.value.errors) == {field}


def test_cqc_does_not_lead_and_nobody_leads_who_was_not_called(world, judged):
    with pytest.raises(Invalid, match="does not lead responses"):
        propose(world, judged, "quinn", "cqc")
    with pytest.raises(Invalid, match="bodies called"):
        propose(world, judged, "cara", "faraway")
    propose(world, judged, "cara", "tda")
    with pytest.raises(NotNow, match="proposed already"):
        propose(world, judged, "cora", "tda")
    with pytest.raises(Invalid):
        answer_lead(by=world.by("tess"), now=world.at(12), room=judged, offer=judged.pk, accept=True)
    with pytest.raises(NotPermitted, match="A lead for Care Quality Commission"):
        propose(world, judged, "quiz", "tda")


def test_when_the_time_is_up_nhs_england_holds_it_and_everybody_is_told(world, judged):
    world.move(22, 1)
    assert leads(judged) == ("Example Area Team", "default")
    held = clock(judged, "ring")
    assert held.state == "missed"
    assert {one.recipient for one in held.steps.get(step="due").messages.all()} >= {
        world.people["cora"],
        world.people["quinn"],
    }
    assert again(judged).ring_decided_at == world.at(22)
    assert Line.objects.filter(deed="summit.lead_decided", doer="clockwork").count() == 1
    world.move(23)
    assert Line.objects.filter(deed="summit.lead_decided").count() == 1
    with pytest.raises(NotNow, match="time to agree who leads ended"):
        propose(world, judged, "tess", "tda", at=24)


def test_who_agreed_in_time_and_stands_meets_the_clock(world, judged):
    propose(world, judged, "tess", "tda", at=12)
    world.move(22, 1)
    held = clock(judged, "ring")
    assert (held.state, held.met_at) == ("met", world.at(12))
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")
    with pytest.raises(NotNow):
        object_to_lead(
            by=world.by("cora"),
            now=world.at(23),
            room=judged,
            agency=world.tda.pk,
            ground="capacity",
            text="Late.",
        )


def test_between_the_due_moment_and_the_tick_nothing_can_be_agreed_any_more(world, judged):
    with pytest.raises(NotNow, match="time to agree who leads ended"):
        propose(world, judged, "tess", "tda", at=22.01)


def test_the_meeting_that_opens_decides_before_the_due_time(world, judged):
    hold(world, judged, world.at(15), world.at(14), "team", "ccg")
    assert leads(judged) == ("Example Area Team", "default")
    held = clock(judged, "ring")
    assert (held.state, held.missed_at) == ("missed", world.at(14))
    assert again(judged).holding().starts_at == world.at(14)


def test_a_body_agreed_before_the_meeting_opens_stays(world, judged):
    propose(world, judged, "tess", "tda", at=12)
    hold(world, judged, world.at(15), world.at(14), "tda", "ccg")
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")
    assert clock(judged, "ring").state == "met"
    assert clock(judged, "response").state == "met"


def test_a_handover_needs_acceptance(world, judged):
    with pytest.raises(NotNow, match="not decided yet"):
        offer_handover(by=world.by("chair"), now=world.at(12), room=judged, to=world.tda.pk)
    world.move(22, 1)
    with pytest.raises(NotPermitted, match="Only Example Area Team"):
        offer_handover(by=world.by("cara"), now=world.at(23), room=judged, to=world.tda.pk)
    for wrong in ("cqc", "team", "faraway"):
        with pytest.raises(Invalid):
            offer_handover(by=world.by("chair"), now=world.at(23), room=judged, to=world.agencies[wrong].pk)
    first = offer_handover(by=world.by("chair"), now=world.at(23), room=judged, to=world.tda.pk)
    assert leads(judged) == ("Example Area Team", "default")
    with pytest.raises(NotNow, match="has not answered yet"):
        offer_handover(by=world.by("chair"), now=world.at(24), room=judged, to=world.ccg.pk)
    with pytest.raises(NotPermitted):
        answer_handover(by=world.by("cara"), now=world.at(24), room=judged, handover=first.pk, accept=True)
    with pytest.raises(Invalid):
        answer_handover(by=world.by("tess"), now=world.at(24), room=judged, handover=first.pk, accept=False)
    answer_handover(
        by=world.by("tess"), now=world.at(24), room=judged, handover=first.pk, accept=False, reason="No."
    )
    second = offer_handover(by=world.by("chair"), now=world.at(25), room=judged, to=world.ccg.pk)
    answer_handover(by=world.by("cara"), now=world.at(26), room=judged, handover=second.pk, accept=True)
    assert leads(judged) == ("NHS Example CCG", "handed_over")
    assert again(judged).roles_of(world.by("cara")) == {"representative", "ring_holders_lead"}
    with pytest.raises(NotNow, match="answered already"):
        answer_handover(by=world.by("cara"), now=world.at(27), room=judged, handover=second.pk, accept=True)


def test_nhs_england_declares_its_concern_before_the_judgement(world, room):
    declare_concerned(by=world.by("chair"), now=world.at(1), room=room, why="criticised")
    assert again(room).home_holder == world.region
    with pytest.raises(Invalid):
        declare_concerned(by=world.by("chair"), now=world.at(1), room=room, why="")
    with pytest.raises(NotPermitted):
        declare_concerned(by=world.by("cara"), now=world.at(1), room=room, why="buys")
    record_judgement(
        by=world.by("chair"), now=world.at(10), room=room, judge="group", code="actual", text="Three falls."
    )
    assert leads(room) == ("Example Region", "interim")
    assert again(room).roles_of(world.by("director")) == {"ring_holders_lead"}
    with pytest.raises(NotNow, match="somebody leads already"):
        declare_concerned(by=world.by("director"), now=world.at(11), room=room, why="buys")


def test_a_ring_clock_corrected_after_its_time_deposes_nobody(world, judged):
    propose(world, judged, "tess", "tda", at=20)
    record_judgement(
        by=world.by("quinn"),
        now=world.at(21),
        room=judged,
        judge="cqc",
        code="breach",
        happened_at=world.at(1),
    )
    assert leads(judged) == ("NHS Trust Development Authority", "agreed")
    assert again(judged).ring_decided_at == world.at(21)
    new = clock(judged, "ring", replaced_by=None)
    assert (new.due_at, new.state) == (world.at(13), "met_late")


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("nhs_trust", {"tda"}),
        ("foundation_trust", {"monitor"}),
        ("care_home", {"council"}),
        ("independent_hospital", {"ccg"}),
        ("primary_care", {"region"}),
        ("ambulance", {"team"}),
    ],
)
def test_a_lead_is_suggested_by_the_providers_kind(world, kind, keys):
    world.provider.kind = kind
    world.provider.save()
    room = trigger(world).room
    assert {one.agency_id for one in suggested_bodies(room, world.now)} == {
        world.agencies[key].pk for key in keys
    }


def test_the_database_refuses_a_moment_with_nobody_and_one_with_two(world, judged):
    connection.check_constraints()
    held = again(judged).holding()

    def refused(change):
        def changed():
            with transaction.atomic():
                change()
                connection.check_constraints()

        with pytest.raises(IntegrityError):
            changed()

    refused(
        lambda: RingHolding.objects.filter(pk=held.pk).update(starts_at=held.starts_at + timedelta(seconds=1))
    )
    refused(
        lambda: RingHolding.objects.filter(pk=held.pk).update(starts_at=held.starts_at - timedelta(seconds=1))
    )
    refused(lambda: RingHolding.objects.filter(pk=held.pk).update(ends_at=world.at(30)))
    refused(lambda: RingHolding.objects.filter(pk=held.pk).update(superseded_at=world.at(30)))
    with pytest.raises(Exception, match=r"permission denied|annot delete"), transaction.atomic():
        RingHolding.objects.filter(pk=held.pk).delete()


def test_what_is_stored_is_what_the_facts_say(world, judged):
    propose(world, judged, "tess", "tda", at=12)
    object_to_lead(
        by=world.by("cora"),
        now=world.at(13),
        room=judged,
        agency=world.tda.pk,
        ground="capacity",
        text="Two people.",
    )
    world.move(22, 1)
    stored = [
        (one.agency.name, one.basis, one.starts_at) for one in judged.ringholdings.filter(superseded_at=None)
    ]
    assert stored == [
        ("Example Area Team", "convenor", world.now),
        ("Example Area Team", "interim", world.at(10)),
        ("NHS Trust Development Authority", "agreed", world.at(12)),
        ("Example Area Team", "interim", world.at(13)),
        ("Example Area Team", "default", world.at(22)),
    ]
    assert Clock.objects.filter(record=judged.pk, family="ring").count() == 1
