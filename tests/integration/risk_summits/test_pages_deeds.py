"""One page for each deed in a room: done, refused in a sentence with nothing lost, and taken once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from access.models import Listing, Record
from actions.operations import ask_for_action
from audit.models import Line
from concerns.models import Concern
from risk_summits.models import Judgement
from risk_summits.operations import (
    add_known,
    answer_gate,
    offer_handover,
    propose_lead,
    record_judgement,
)
from tests.integration.risk_summits.conftest import again
from tests.integration.risk_summits.pages import client_as, marks, post, room_address, text_of
from tests.integration.risk_summits.test_responding import concern
from tests.response import moment_parts
from tests.summits import clock, hold


def send(world, name, room, deed, **data):
    """Send the form of a deed as this person."""
    return post(client_as(world, name), room_address(room, deed), data)


def done(answer, words=""):
    assert answer.status_code == 302, text_of(answer)
    return answer


def refused(answer, sentence):
    assert answer.status_code == 422, answer.status_code
    assert sentence in text_of(answer)


def judged(world, room, minutes=60, **more):
    return record_judgement(
        by=world.by("chair"),
        now=world.move(minutes=minutes),
        room=again(room),
        judge="group",
        code="potential",
        text="Six falls.",
        **more,
    )


# The call list


def test_i_have_this(world, room):
    client = client_as(world, "quinn")
    assert "I have this" in text_of(client.get(room_address(room)))
    done(client.post(room_address(room, "acknowledge")))
    assert clock(room, "summit_alert", responsible_agency=world.cqc.pk).met_at
    assert "Nothing waited for you" in text_of(client.post(room_address(room, "acknowledge"), follow=True))


def test_told_by_phone_at_another_moment(world, room):
    world.move(hours=1)
    council = clock(room, "summit_alert", responsible_agency=world.council.pk)
    deed = f"told/{council.pk}"
    refused(send(world, "chair", room, deed, person="other", whom=""), "Say who was told.")
    refused(
        send(
            world,
            "chair",
            room,
            deed,
            person="other",
            whom="The duty desk",
            **moment_parts("happened_at", world.at(2)),
        ),
        "has not come yet",
    )
    cora = str(world.people["cora"].pk)
    done(send(world, "chair", room, deed, person=cora, **moment_parts("happened_at", world.at(minutes=20))))
    shown = text_of(client_as(world, "chair").get(room_address(room)))
    assert "Cora of council was told by phone" in shown
    answer = client_as(world, "chair").get(room_address(room, deed))
    assert answer.status_code == 409
    assert "reached already" in text_of(answer)
    assert f'<a href="{room_address(room)}">Back to the summit</a>' in answer.content.decode()


def test_another_body_is_called_and_marked(world, room):
    done(send(world, "secretary", room, "call-a-body", agency=str(world.police.pk), why="It holds a file."))
    refused(
        send(world, "secretary", room, "call-a-body", agency=str(world.police.pk), why="Again."),
        "has been called already",
    )
    done(send(world, "secretary", room, "call-a-body", agency=str(world.police.pk), why="", essential="on"))
    assert room.called.get(agency=world.police).essential


NUMBER = "Ring 0113 496 0018."


def decides(world, name, room, deed, field, **data):
    """A number is asked about in every deed; it goes through once the person says that it is nobody's in care."""
    answer = send(world, name, room, deed, **{field: NUMBER}, **data)
    refused(answer, "looks like somebody's telephone number")
    mark = answer.content.decode().split('name="decided" value="')[1].split('"')[0]
    done(send(world, name, room, deed, **{field: NUMBER}, **data, decided=mark))


def test_whatever_can_be_typed_in_a_room_can_be_decided_about(world, room):
    council = clock(room, "summit_alert", responsible_agency=world.council.pk)
    decides(world, "chair", room, "call-a-body", "why", agency=str(world.police.pk))
    decides(world, "chair", room, f"told/{council.pk}", "whom", person="other")
    made = judged(world, room)
    decides(
        world,
        "chair",
        room,
        f"judgements/{made.pk}",
        "why",
        **moment_parts("happened_at", world.at(minutes=30)),
    )
    decides(world, "chair", room, "sooner", "reason", hours="12")
    for body in (world.tda, world.ccg):
        propose_lead(by=world.by("quinn"), now=world.at(minutes=61), room=room, agency=body.pk)
    first, second = room.ringoffers.order_by("agency__name")
    decides(world, "cora", room, f"lead/{first.pk}/object", "text", ground="capacity")
    holder = {world.tda.pk: "tess", world.ccg.pk: "cara"}
    decides(world, holder[first.agency_id], room, f"lead/{first.pk}/answer", "reason", answer="decline")
    decides(world, "chair", room, "exit", "text")
    decides(world, "chair", room, f"exit/{room.criteria.get().pk}", "evidence")
    world.move(hours=20)
    offer_handover(by=world.by("chair"), now=world.at(20), room=again(room), to=second.agency_id)
    over = f"handovers/{room.ringhandovers.get().pk}"
    decides(world, holder[second.agency_id], room, over, "reason", answer="decline")
    assert Line.objects.filter(detail__let_through=["telephone"], record=room.pk).count() == 9


def test_people_are_listed(world, room):
    cole = f"{world.people['cole'].pk}:{world.ccg.pk}"
    done(send(world, "cara", room, "bring", person=cole))
    assert Listing.objects.filter(summit=room.pk, user=world.people["cole"], ended_at=None).exists()
    world.person("tom", "tda", "reader")
    refused(
        send(world, "cara", room, "bring", person=f"{world.people['tom'].pk}:{world.tda.pk}"),
        "Choose one of the answers in the list",
    )
    done(send(world, "chair", room, "list-a-person", person=f"{world.people['tom'].pk}:{world.tda.pk}"))


# Views, danger, what is known


def test_a_view_needs_its_reason_and_can_be_stated_again(world, room):
    refused(send(world, "quinn", room, "view", answer="actual", text=""), "what your view rests on")
    done(send(world, "quinn", room, "view", answer="cannot_by_law", text=""))
    done(send(world, "quinn", room, "view", answer="actual", text="We went and looked."))
    assert room.views.get(replaced_by=None).answer == "actual"


def test_what_looks_like_a_patient_is_asked_about_first(world, room):
    said = {"answer": "actual", "text": "Patient 943 476 5919 fell."}
    answer = send(world, "quinn", room, "view", **said)
    refused(answer, "This may identify a patient")
    mark = answer.content.decode().split('name="decided" value="')[1].split('"')[0]
    done(send(world, "quinn", room, "view", **said, decided=mark))


def test_danger_is_said_and_the_numbers_stand_on_top(world, room):
    done(send(world, "quiz", room, "danger", answer="not_sure", text="Two wards without a nurse."))
    text = text_of(client_as(world, "cara").get(room_address(room)))
    assert text.index("Somebody may be in danger") < text.index("Judge together")
    assert "Two wards without a nurse." in text


def test_known_is_added(world, room):
    refused(send(world, "quiz", room, "known", text=" "), "Say what became known.")
    refused(
        send(world, "quiz", room, "known", text="Later.", **moment_parts("happened_at", world.at(5))),
        "has not come yet",
    )
    done(send(world, "quiz", room, "known", text="A third fall."))


# Judgements


@pytest.mark.parametrize(
    ("hours", "sentence"), [(5, "has not come yet"), (-3, "was called on 3 March 2026, 2:02pm")]
)
def test_a_judgement_in_the_future_or_before_the_call_is_refused(world, room, hours, sentence):
    world.move(hours=1)
    answer = send(
        world,
        "chair",
        room,
        "judge/group",
        code="actual",
        text="Six falls in a month.",
        **moment_parts("happened_at", world.at(hours)),
    )
    refused(answer, sentence)
    assert "Six falls in a month." in answer.content.decode(), "what was typed stays"
    assert not Judgement.objects.exists()


def test_a_judgement_is_recorded_late_with_both_moments(world, room):
    world.move(hours=3)
    said = {"code": "potential", "text": "Six falls.", **moment_parts("happened_at", world.at(1))}
    done(send(world, "chair", room, "judge/group", **said))
    held = Judgement.objects.get()
    assert held.recorded_at - held.happened_at > timedelta(hours=1)
    text = text_of(client_as(world, "cora").get(room_address(room)))
    assert "Judged 3 March 2026, 3:02pm ; recorded 3 March 2026, 5:02pm" in text.replace("pm;", "pm ;")
    assert "Meet to respond" in text


def test_cqcs_judgement_is_cqcs_alone(world, room):
    answer = client_as(world, "cora").get(room_address(room, "judge/cqc"))
    assert answer.status_code == 403
    assert "Only CQC can record CQC's judgement: it is CQC's alone." in text_of(answer)
    forced = client_as(world, "chair").post(
        room_address(room, "judge/cqc"), {"code": "breach", "text": "Why.", "once": str(uuid4())}
    )
    assert forced.status_code == 403
    assert "Only CQC can record CQC's judgement" in text_of(forced)
    assert not Judgement.objects.exists()
    done(send(world, "quinn", room, "judge/cqc", code="breach"))
    assert client_as(world, "quinn").get(room_address(room, "judge/nobody")).status_code == 404


def test_cannot_yet_say_needs_what_is_awaited_and_a_time(world, room):
    world.move(hours=20)
    refused(send(world, "chair", room, "judge/group", code="extended", text="Wait."), "Give the new time")
    late = moment_parts("until", world.at(80))
    refused(
        send(world, "chair", room, "judge/group", code="extended", text="Wait.", **late), "within 72 hours"
    )
    done(
        send(
            world,
            "chair",
            room,
            "judge/group",
            code="extended",
            text="The inspectors' report.",
            **moment_parts("until", world.at(60)),
        )
    )


def test_a_mistyped_moment_is_put_right(world, room):
    held = judged(world, room)
    deed = f"judgements/{held.pk}"
    world.move(hours=2)
    right = moment_parts("happened_at", world.at(minutes=30))
    refused(send(world, "chair", room, deed, why="", **right), "Say what was wrong.")
    done(send(world, "chair", room, deed, why="It was half past.", **right))
    answer = client_as(world, "chair").get(room_address(room, deed))
    assert answer.status_code == 409
    assert "has been corrected already" in text_of(answer)


def test_a_stale_page_loses_nothing_and_changes_nothing(world, room):
    client = client_as(world, "chair")
    shown = client.get(room_address(room, "judge/group"))
    add_known(by=world.by("cara"), now=world.now, room=room, text="Another fall.")
    said = {**marks(shown), "code": "actual", "text": "Typed with care."}
    answer = client.post(room_address(room, "judge/group"), said)
    refused(answer, "Something changed in this room while you were writing.")
    assert "Typed with care." in answer.content.decode()
    assert not Judgement.objects.exists()
    done(client.post(room_address(room, "judge/group"), {**said, **marks(answer)}))


def test_the_same_judgement_sent_twenty_times_is_taken_once(world, room):
    client = client_as(world, "chair")
    said = {**marks(client.get(room_address(room, "judge/group"))), "code": "actual", "text": "Six falls."}
    for _ in range(20):
        done(client.post(room_address(room, "judge/group"), said))
    assert Judgement.objects.count() == 1


# Who leads


def test_the_lead_is_proposed_accepted_objected_to_and_taken_back(world, room):
    judged(world, room)
    done(send(world, "cara", room, "lead/propose", agency=str(world.tda.pk)))
    refused(send(world, "cara", room, "lead/propose", agency=str(world.tda.pk)), "has been proposed already")
    offer = room.ringoffers.get()
    wrong = client_as(world, "cora").get(room_address(room, f"lead/{offer.pk}/answer"))
    assert wrong.status_code == 403
    assert "Only NHS Trust Development Authority can say whether it takes the lead." in text_of(wrong)
    refused(send(world, "tess", room, f"lead/{offer.pk}/answer", answer="decline", reason=""), "Say why")
    done(send(world, "tess", room, f"lead/{offer.pk}/answer", answer="accept"))
    assert again(room).holding().agency == world.tda
    done(send(world, "cora", room, f"lead/{offer.pk}/object", ground="capacity", text="Two inquiries run."))
    assert again(room).holding().basis == "interim"
    objection = room.ringobjections.get()
    assert "Take it back" in text_of(client_as(world, "cora").get(room_address(room)))
    done(send(world, "cora", room, f"objections/{objection.pk}"))
    assert again(room).holding().agency == world.tda


def test_the_lead_is_handed_over_once_it_is_decided(world, room):
    judged(world, room)
    propose_lead(by=world.by("tess"), now=world.move(hours=2), room=room, agency=world.tda.pk)
    early = send(world, "tess", room, "lead/hand-over", to=str(world.ccg.pk))
    refused(early, "not decided yet")
    world.move(hours=20)
    wrong = client_as(world, "cara").get(room_address(room, "lead/hand-over"))
    assert "Only NHS Trust Development Authority, which leads, can hand over." in text_of(wrong)
    done(send(world, "tess", room, "lead/hand-over", to=str(world.ccg.pk)))
    handover = room.ringhandovers.get()
    done(send(world, "cara", room, f"handovers/{handover.pk}", answer="accept"))
    assert again(room).holding().agency == world.ccg
    late = client_as(world, "cara").get(room_address(room, "lead/propose"))
    assert late.status_code == 409
    assert "The time to agree who leads ended" in text_of(late)


def test_nhs_england_declares_that_it_is_concerned(world, room):
    done(send(world, "chair", room, "lead/nhs-england", why="criticised"))
    assert "NHS England is itself criticised" in text_of(client_as(world, "cora").get(room_address(room)))


# The response


def test_the_bodies_meet_sooner_and_as_often_as_they_agree(world, room):
    judged(world, room)
    refused(send(world, "chair", room, "sooner", hours="4", reason=""), "Say why it cannot wait.")
    done(send(world, "chair", room, "sooner", hours="4", reason="Tonight is unsafe."))
    refused(send(world, "chair", room, "sooner", hours="8", reason="No."), "can only be made shorter")
    done(send(world, "chair", room, "follow-up", days="5"))
    refused(send(world, "chair", room, "follow-up", days="90"), "must be 14 or less")


def test_cqc_asks_what_a_step_would_do_and_a_body_answers(world, room):
    wrong = client_as(world, "cara").get(room_address(room, "impact"))
    assert wrong.status_code == 403
    assert "Only CQC asks" in text_of(wrong)
    done(send(world, "quinn", room, "impact", step="Closing the unit.", agencies=[str(world.ccg.pk)]))
    asked = room.impactrequests.get().assessments.get()
    assert client_as(world, "cora").get(room_address(room, f"impact/{asked.pk}")).status_code == 404
    refused(
        send(world, "cara", room, f"impact/{asked.pk}", answer="decline", text=""),
        "Say why your body declines",
    )
    done(send(world, "cara", room, f"impact/{asked.pk}", answer="accept", text="Forty beds elsewhere."))


# Gates, the provider, the end


def test_an_answer_from_an_older_page_never_passes_over_another(world, room):
    address = room_address(room, "gates/safeguarding_children")
    first, second = client_as(world, "chair"), client_as(world, "secretary")
    older = marks(second.get(address))
    done(post(first, address, {"answer": "at_risk", "text": "The ward sister rang."}))
    calm = {"answer": "none_known", "text": "Nobody said so on the call."}
    answer = second.post(address, {**older, **calm})
    refused(answer, "Somebody answered this while you were writing")
    shown = text_of(answer)
    assert "A child is, or may be, at risk . Chair of team of Example Area Team said so" in shown
    assert "The ward sister rang." in shown
    assert "Nobody said so on the call." in shown
    assert room.gateanswers.get().answer == "at_risk"
    assert "why that answer no longer holds" in text_of(second.get(address))
    refused(post(second, address, {**calm, "text": ""}), "Say in a sentence how you know")
    done(post(second, address, calm))
    assert room.gateanswers.count() == 2


def test_a_gate_needs_its_reason_and_an_unknown_one_is_absent(world, room):
    gate = "gates/safeguarding_adults"
    refused(send(world, "chair", room, gate, answer="none_known", text=""), "Say in a sentence how you know")
    done(send(world, "chair", room, gate, answer="none_known", text="Asked everybody on the call."))
    assert client_as(world, "chair").get(room_address(room, "gates/nothing")).status_code == 404


def test_the_summit_closes_only_when_everything_is_answered(world, room):
    judged(world, room)
    hold(world, room, world.move(hours=3), world.at(2), "team", "ccg", "cqc")
    ask_for_action(
        by=world.by("chair"),
        now=world.at(3),
        asked=world.ccg.pk,
        statement="Count the staff on each ward",
        aim="safeguard",
        power_kind="none",
        due_at=world.at(60),
        risk="serious",
        origin=room.record,
    )
    client = client_as(world, "chair")
    words = {"learning": "Ask for the charts first.", "unfinished": "on"}
    answer = post(client, room_address(room, "close"), words)
    refused(
        answer, "Not answered yet: professional standards and safeguarding adults and safeguarding children"
    )
    assert "Ask for the charts first." in answer.content.decode()
    for gate, code in (
        ("professional_standards", "considered_none"),
        ("safeguarding_children", "none_known"),
    ):
        answer_gate(
            by=world.by("chair"), now=world.at(3), room=again(room), gate=gate, answer=code, text="Asked."
        )
    refused(post(client, room_address(room, "close"), words), "Not answered yet: safeguarding adults.")
    answer_gate(
        by=world.by("chair"),
        now=world.at(3),
        room=again(room),
        gate="safeguarding_adults",
        answer="none_known",
        text="Asked.",
    )
    refused(post(client, room_address(room, "close"), words), "No exit criterion was set")
    done(send(world, "chair", room, "exit", text="No new fall for two weeks"))
    refused(post(client, room_address(room, "close"), words), "1 of 1 exit criteria is not met yet")
    criterion = room.criteria.get()
    refused(send(world, "chair", room, f"exit/{criterion.pk}", evidence=""), "Say what shows it.")
    done(send(world, "chair", room, f"exit/{criterion.pk}", evidence="Weekly counts."))
    refused(post(client, room_address(room, "close"), {**words, "learning": ""}), "Say what was learnt")
    plain = post(client, room_address(room, "close"), {"learning": "Ask for the charts first."})
    refused(plain, "Say that the summit is closed with what is listed above unfinished")
    page = text_of(plain)
    for sentence in (
        "Not reached: Care Quality Commission, Example Area Team, Example Council, ",
        "The provider has not been told of the summit.",
        "No view was stated by",
        "Count the staff on each ward : NHS Example CCG, not accepted, due",
        "Deadlines that stop, unmet",
        "Meet again, due",
        "Deadlines that go on",
        "Tell the provider, due",
    ):
        assert sentence in page, sentence
    done(post(client, room_address(room, "close"), {**words, "outcome": "Staffing is back."}))
    shown = text_of(client.get(room_address(room)))
    assert "Ask for the charts first." in shown
    assert "Staffing is back." in text_of(client_as(world, "nell").get(room_address(room)))
    late = client.get(room_address(room, "known"))
    assert late.status_code == 409
    assert "This risk summit was closed on" in text_of(late)
    done(send(world, "chair", room, "provider", kind="outcome", text="Letter to the medical director."))


def test_two_people_keep_it_from_the_provider(world, room):
    done(send(world, "chair", room, "provider/not-yet", reason="Records might be changed."))
    own = client_as(world, "chair").get(room_address(room, "provider/not-yet/agree"))
    assert own.status_code == 409
    assert "decided by two people" in text_of(own)
    world.person("second", "team")
    Listing.objects.create(
        summit=room.record, user=world.people["second"], agency=world.team, starts_at=world.now
    )
    done(send(world, "second", room, "provider/not-yet/agree"))
    assert "The provider is not told yet" in text_of(client_as(world, "cora").get(room_address(room)))
    done(send(world, "chair", room, "provider", kind="told", text="Letter to the chief executive."))


def test_nothing_to_agree_to_is_said(world, room):
    answer = client_as(world, "chair").get(room_address(room, "provider/not-yet/agree"))
    assert answer.status_code == 409
    assert "nothing to agree to" in text_of(answer)


def test_a_closed_concern_of_the_own_body_is_offered_to_nobody_who_is_not_named_on_it(world, room):
    held, hidden = concern(world), concern(world)
    Concern.objects.filter(pk=hidden.pk).update(headline="A named nurse spoke up")
    Record.objects.filter(pk=hidden.pk).update(closed=True)
    client = client_as(world, "cara")
    offered = client.get(room_address(room, "put-before")).content.decode()
    assert str(held.pk) in offered
    assert str(hidden.pk) not in offered
    assert "spoke up" not in offered
    refused(send(world, "cara", room, "put-before", concern=str(hidden.pk)), "Choose one of the answers")


def test_only_the_owner_puts_its_concern_before_the_room(world, room):
    held = concern(world)
    refused(send(world, "quinn", room, "put-before", concern=str(held.pk)), "Choose one of the answers")
    done(send(world, "cara", room, "put-before", concern=str(held.pk)))
    assert "Concerns put before the room Falls on one ward" in text_of(
        client_as(world, "tess").get(room_address(room))
    )
    tabled = room.tabled.get()
    deed = f"put-before/{tabled.pk}"
    assert client_as(world, "quinn").get(room_address(room, deed)).status_code == 404
    done(send(world, "cara", room, deed, change="keep"))
    assert room.tabled.get().keep
    done(send(world, "cara", room, deed, change="take_back"))
    assert "Concerns put before the room" not in text_of(client_as(world, "tess").get(room_address(room)))


# Nobody else


DEEDS = [
    "call-a-body",
    "list-a-person",
    "bring",
    "view",
    "danger",
    "known",
    "judge/group",
    "judge/cqc",
    "lead/propose",
    "lead/hand-over",
    "lead/nhs-england",
    "sooner",
    "follow-up",
    "impact",
    "gates/professional_standards",
    "exit",
    "close",
    "provider",
    "provider/not-yet",
    "provider/not-yet/agree",
    "put-before",
]


def test_a_reader_is_refused_in_words_and_a_stranger_finds_nothing(world, room):
    world.person("rita", "cqc", "reader")
    Listing.objects.create(
        summit=room.record, user=world.people["rita"], agency=world.cqc, starts_at=world.now
    )
    reader, stranger = client_as(world, "rita"), client_as(world, "fay")
    for deed in DEEDS:
        answer = reader.get(room_address(room, deed))
        assert answer.status_code in (403, 409), deed
        assert stranger.get(room_address(room, deed)).status_code == 404, deed
        assert stranger.post(room_address(room, deed), {}).status_code == 404, deed


def test_unknown_ids_are_absent(world, room):
    client, unknown = client_as(world, "chair"), uuid4()
    for deed in (
        "told/{}",
        "judgements/{}",
        "lead/{}/answer",
        "lead/{}/object",
        "objections/{}",
        "handovers/{}",
        "impact/{}",
        "exit/{}",
        "put-before/{}",
    ):
        answer = client_as(world, "tess").get(room_address(room, deed.format(unknown)))
        assert answer.status_code in (403, 404), deed
        assert client.get(room_address(room, deed.format(unknown))).status_code in (403, 404), deed
    assert client.get(f"/risk-summits/{unknown}/").status_code == 404
