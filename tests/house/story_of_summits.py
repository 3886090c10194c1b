"""The story, second part: risk summits with their rooms, actions and meetings."""

from datetime import timedelta
from typing import Any

from access.operations import audience, share_record
from actions.models import Action
from actions.operations import (
    accept_action,
    ask_for_action,
    comment_on_action,
    counter_action,
    decline_action,
    record_progress,
)
from agencies.agreements.operations import keep_document, sign_agreement
from agencies.lists.operations import Wording, change_row, retire_row
from agencies.readiness.operations import save_draft, sign_declaration
from agencies.readiness.reading import questions_on
from agencies.readiness.rules import Answer
from agencies.reviews.operations import begin_review
from clocks.operations import tick
from meetings.models import Meeting
from meetings.operations import answer_invitation, convene_meeting, record_call_held
from meetings.operations.recording import Told
from meetings.rules import Attended
from notifications.models import Delivery
from notifications.rules import PASSED_ON_AFTER, WAITING
from risk_summits.models import RiskSummit, Room, StatedView
from risk_summits.operations import (
    Trigger,
    acknowledge_alert,
    add_known,
    answer_gate,
    answer_impact,
    answer_lead,
    ask_for_impact,
    object_to_lead,
    offer_handover,
    propose_lead,
    record_judgement,
    record_provider_word,
    say_danger,
    set_criterion,
    state_view,
    table_concern,
    trigger_summit,
    withdraw_objection,
)
from tests.house.stage import NOON, Stage, key
from tests.house.story import says, step
from timekeeping.london import london_day


def bodies(*names: str) -> tuple[Any, ...]:
    return tuple(key(f"body {name}") for name in names)


def called(stage: Stage, by: str, name: str, about: str, *, home: str = "group", **more: Any) -> RiskSummit:
    """Call a summit, to the bodies that the portal proposes."""
    said = Trigger(
        provider=stage.provider(about),
        feared=says(f"{name} room", "People may come to harm"),
        danger="not_sure",
        home=key(f"group {home}"),
        **more,
    )
    return trigger_summit(by=stage.by(by), now=stage.now, said=said)


def room_of(stage: Stage, name: str) -> Room:
    return stage.get(name).room


def the_clockwork(stage: Stage) -> None:
    while tick(now=stage.now).more:
        pass


# --- One that ended -------------------------------------------------------------------------------


@step("ended")
def ended(stage: Stage) -> RiskSummit:
    return called(stage, "lead", "ended", "hospital")


@step("ended room", "ended")
def ended_room(stage: Stage) -> Room:
    return room_of(stage, "ended")


@step("ended", otherwise=None)
def it_is_not_taken_forward(stage: Stage) -> None:
    for gate in ("safeguarding_adults", "safeguarding_children"):
        answer_gate(
            by=stage.by("chair"),
            now=stage.now,
            room=room_of(stage, "ended"),
            gate=gate,
            answer="none_known",
            text=says("ended room", "Asked of everybody"),
        )
    record_judgement(
        by=stage.by("chair"),
        now=stage.now,
        room=room_of(stage, "ended"),
        judge="group",
        code="not_taken_forward",
        text=says("ended room", "Handled well"),
    )


# --- One that goes on -----------------------------------------------------------------------------


@step("summit")
def summit(stage: Stage) -> RiskSummit:
    return called(stage, "lead", "summit", "hospital")


@step("summit room", "summit")
def summit_room(stage: Stage) -> Room:
    return room_of(stage, "summit")


@step()
def the_clockwork_runs(stage: Stage) -> None:
    the_clockwork(stage)


@step("summit")
def it_is_acknowledged(stage: Stage) -> None:
    acknowledge_alert(by=stage.by("cqc"), now=stage.now, summit=stage.get("summit"))


def _view(stage: Stage, by: str, answer: str, text: str) -> StatedView:
    return state_view(by=stage.by(by), now=stage.now, room=room_of(stage, "summit"), answer=answer, text=text)


def _another_view_of_cqc(stage: Stage) -> None:
    """That a body has spoken is shown to the room; what it said is not, until all views are."""
    if "summit room" not in stage.left_out:
        _view(stage, "cqc", "none", "Nothing known.")


def _another_view_of_the_ccg(stage: Stage) -> None:
    if "summit room" not in stage.left_out:
        _view(stage, "lead", "potential", "Nothing else.")


@step("view of cqc", otherwise=_another_view_of_cqc)
def view_of_cqc(stage: Stage) -> StatedView:
    return _view(stage, "cqc", "actual", says("view of cqc"))


@step("view of the ccg", otherwise=_another_view_of_the_ccg)
def view_of_the_ccg(stage: Stage) -> StatedView:
    return _view(stage, "lead", "none", says("view of the ccg"))


@step("summit room")
def something_is_known(stage: Stage) -> None:
    add_known(
        by=stage.by("lead"), now=stage.now, room=room_of(stage, "summit"), text=says("summit room", "Known")
    )
    say_danger(
        by=stage.by("cqc"),
        now=stage.now,
        room=room_of(stage, "summit"),
        answer="yes",
        text=says("summit room", "In danger"),
    )


def _own_is_shown_to_the_same_people(stage: Stage) -> None:
    """The owner's people may know who reads what is theirs; that these meet in a room is not theirs to know."""
    held = stage.get("own")
    if held is not None:
        people = ("chair", "cqc", "council", "regional", "secretariat", "shut_out")
        named = [audience("person", person=person, agency=body) for person, body in map(stage.at, people)]
        share_record(record=held.record, audiences=named, by=stage.by("lead"), now=stage.now)


@step("summit room", "own", otherwise=_own_is_shown_to_the_same_people)
def a_concern_is_put_before_it(stage: Stage) -> None:
    table_concern(
        by=stage.by("lead"), now=stage.now, room=room_of(stage, "summit"), concern=stage.get("own").pk
    )


@step("summit room")
def it_is_judged(stage: Stage) -> None:
    record_judgement(
        by=stage.by("chair"),
        now=stage.now,
        room=room_of(stage, "summit"),
        judge="group",
        code="potential",
        text=says("summit room", "Judged"),
        severity="serious",
    )


@step("summit room")
def the_tda_takes_the_lead(stage: Stage) -> None:
    offer = propose_lead(
        by=stage.by("lead"), now=stage.now, room=room_of(stage, "summit"), agency=key("body tda")
    )
    object_to_lead(
        by=stage.by("council"),
        now=stage.now,
        room=room_of(stage, "summit"),
        agency=key("body tda"),
        ground="capacity",
        text=says("summit room", "Too far away"),
    )
    withdraw_objection(
        by=stage.by("council"),
        now=stage.now,
        room=room_of(stage, "summit"),
        objection=room_of(stage, "summit").ringobjections.get().pk,
    )
    answer_lead(
        by=stage.by("shut_out"), now=stage.now, room=room_of(stage, "summit"), offer=offer.pk, accept=True
    )


@step("meeting", "summit room")
def meeting(stage: Stage) -> Meeting:
    room = room_of(stage, "summit")
    return convene_meeting(
        by=stage.by("shut_out"),
        now=stage.now,
        at=room,
        of=room.record,
        purpose="response",
        starts_at=stage.now + timedelta(days=9),
        ends_at=stage.now + timedelta(days=9, hours=1),
        joining=says("meeting", "By telephone"),
        place=says("meeting", "Room 4"),
    )


@step("meeting")
def somebody_says_that_they_are_coming(stage: Stage) -> None:
    held = stage.get("meeting")
    answer_invitation(
        by=stage.by("cqc"), now=stage.now, meeting=held, sequence=held.sequence, answer="accepted"
    )


@step("call", "summit room")
def call(stage: Stage) -> Meeting:
    room = room_of(stage, "summit")
    told = Told(
        opened_at=stage.now - timedelta(minutes=10),
        closed_at=stage.now - timedelta(minutes=2),
        how="by_call",
        attendance=[
            Attended(agency=key("body cqc"), presence="by_call", user=key("person cqc")),
            Attended(agency=key("body ccg"), presence="by_call", user=key("person lead")),
        ],
        discussion=says("call", "Who goes tonight"),
        decisions=(says("call", "The bodies meet again"),),
    )
    return record_call_held(
        by=stage.by("shut_out"), now=stage.now, at=room, of=room.record, purpose="follow_up", told=told
    )


@step("summit room")
def what_it_would_mean_is_asked(stage: Stage) -> None:
    ask_for_impact(
        by=stage.by("cqc"),
        now=stage.now,
        room=room_of(stage, "summit"),
        step=says("summit room", "Close the ward to new patients"),
        agencies=bodies("tda"),
    )
    assessment = room_of(stage, "summit").impactrequests.get().assessments.get()
    answer_impact(
        by=stage.by("shut_out"),
        now=stage.now,
        room=room_of(stage, "summit"),
        assessment=assessment.pk,
        text=says("summit room", "Two wards would take them"),
    )


@step("summit room")
def another_body_is_asked_to_take_over(stage: Stage) -> None:
    offer_handover(by=stage.by("shut_out"), now=stage.now, room=room_of(stage, "summit"), to=key("body team"))


@step("summit room")
def the_provider_is_told_and_a_criterion_set(stage: Stage) -> None:
    room = room_of(stage, "summit")
    set_criterion(
        by=stage.by("shut_out"), now=stage.now, room=room, text=says("summit room", "Two quiet weeks")
    )
    record_provider_word(
        by=stage.by("shut_out"),
        now=stage.now,
        room=room_of(stage, "summit"),
        kind="told",
        text=says("summit room", "A letter"),
    )


# --- Others ---------------------------------------------------------------------------------------


@step("quiet")
def quiet(stage: Stage) -> RiskSummit:
    return called(stage, "council", "quiet", "home", restricted=True)


@step("quiet room", "quiet")
def quiet_room(stage: Stage) -> Room:
    return room_of(stage, "quiet")


def _another_view_of_the_council(stage: Stage) -> None:
    if "quiet room" not in stage.left_out:
        state_view(
            by=stage.by("council"),
            now=stage.now,
            room=room_of(stage, "quiet"),
            answer="none",
            text="Nothing known.",
        )


@step("sealed view", otherwise=_another_view_of_the_council)
def sealed_view(stage: Stage) -> StatedView:
    """Nobody has met, so it stays among the council's own people."""
    return state_view(
        by=stage.by("council"),
        now=stage.now,
        room=room_of(stage, "quiet"),
        answer="actual",
        text=says("sealed view"),
    )


@step("far")
def far(stage: Stage) -> RiskSummit:
    return called(stage, "neighbour", "far", "elsewhere", home="next")


@step("far room", "far")
def far_room(stage: Stage) -> Room:
    return room_of(stage, "far")


# --- Actions --------------------------------------------------------------------------------------


def asked(stage: Stage, by: str, name: str, of: str, **more: Any) -> Action:
    return ask_for_action(
        by=stage.by(by),
        now=stage.now,
        asked=key(f"body {of}"),
        statement=says(name, "Look at the ward at night"),
        aim="safeguard",
        power_kind="none",
        due_at=stage.now + timedelta(days=12),
        risk="serious",
        **more,
    )


def origin_of(stage: Stage, name: str) -> dict[str, Any]:
    """What an action came from; in a world without it, what it is about stays."""
    origin = stage.get(name)
    return {"origin": origin.record} if origin else {"providers": [stage.provider("hospital")]}


@step("asked in the room", "summit room")
def asked_in_the_room(stage: Stage) -> Action:
    return asked(stage, "shut_out", "asked in the room", "cqc", origin=stage.get("summit room").record)


@step("asked in the room")
def it_is_declined(stage: Stage) -> None:
    action = stage.get("asked in the room")
    decline_action(
        by=stage.by("cqc"),
        now=stage.now,
        action=action,
        seen=action.turn,
        reason=says("asked in the room", "No ward"),
    )


@step("asked from own")
def asked_from_own(stage: Stage) -> Action:
    """Whoever is asked sees the action, and not the concern that it came from, nor that it came from one."""
    return asked(stage, "lead", "asked from own", "monitor", **origin_of(stage, "own"))


@step("asked from closed")
def asked_from_closed(stage: Stage) -> Action:
    """The asking body's own people who are not named on the concern see the action alone."""
    return asked(stage, "lead", "asked from closed", "monitor", **origin_of(stage, "closed_inside"))


@step("asked from closed comment", "asked from closed")
def said_by_a_colleague(stage: Stage) -> Any:
    return comment_on_action(
        by=stage.by("reader"),
        now=stage.now,
        action=stage.get("asked from closed"),
        text=says("asked from closed comment"),
    )


@step("asked from seats")
def asked_from_seats(stage: Stage) -> Action:
    return asked(stage, "lead", "asked from seats", "council", **origin_of(stage, "seats"))


@step("asked from seats")
def another_way_is_proposed(stage: Stage) -> None:
    action = stage.get("asked from seats")
    counter_action(
        by=stage.by("council"),
        now=stage.now,
        action=action,
        seen=action.turn,
        statement=says("asked from seats", "By day instead"),
        due_at=stage.now + timedelta(days=20),
        reason=says("asked from seats", "Nobody at night"),
    )


@step("asked about the home")
def asked_about_the_home(stage: Stage) -> Action:
    return asked(stage, "council", "asked about the home", "cqc", providers=[stage.provider("home")])


@step("asked about the home")
def it_is_accepted_and_goes_on(stage: Stage) -> None:
    action = stage.get("asked about the home")
    action = accept_action(
        by=stage.by("cqc"), now=stage.now, action=action, seen=action.turn, text=says("asked about the home")
    )
    record_progress(
        by=stage.by("cqc"),
        now=stage.now,
        action=action,
        seen=action.turn,
        text=says("asked about the home", "A date is set"),
        rag="amber",
        risk="moderate",
    )


@step("asked from own comment", "asked from own")
def said_of_an_action(stage: Stage) -> Any:
    return comment_on_action(
        by=stage.by("stranger"),
        now=stage.now,
        action=stage.get("asked from own"),
        text=says("asked from own comment"),
    )


@step("asked from seats narrowed", "asked from seats")
def said_to_the_asker_alone(stage: Stage) -> Any:
    return comment_on_action(
        by=stage.by("council"),
        now=stage.now,
        action=stage.get("asked from seats"),
        text=says("asked from seats narrowed"),
        narrowed=True,
    )


def a_review(stage: Stage) -> Any:
    return begin_review(by=stage.by("portal_administrator"), now=stage.now, agency=stage.body("ccg"))


@step("access review", otherwise=a_review)
def the_review_of_a_body_begins(stage: Stage) -> Any:
    """Its record is in nobody's sight, and its page goes by the administrator's role: the same in every world."""
    return a_review(stage)


@step()
def a_groups_agreement_is_signed(stage: Stage) -> None:
    """Plain knowledge for the group's bodies: the same in every world."""
    by, day = stage.by("secretariat"), london_day(stage.now)
    document = keep_document(
        by=by,
        now=stage.now,
        qsg=stage.group("group"),
        kind="agreement",
        title="Agreement of Example QSG",
        place="https://example.org/agreement",
        starts_on=day,
    )
    sign_agreement(by=by, now=stage.now, document=document, agencies=[stage.body("ccg")], signed_on=day)


def drafts_its_readiness(stage: Stage, by: str, body: str, text: str) -> None:
    questions = questions_on(london_day(stage.now))
    answers = {position: Answer(text, "Minute 4 of the board") for position in questions}
    board_on = london_day(stage.now)
    save_draft(by=stage.by(by), now=stage.now, agency=stage.body(body), answers=answers, board_on=board_on)


@step()
def a_body_declares_its_readiness(stage: Stage) -> None:
    drafts_its_readiness(stage, "lead", "ccg", "We have, since March.")
    sign_declaration(by=stage.by("lead"), now=stage.now, agency=stage.body("ccg"), seen=1)


@step()
def bodies_draft_theirs(stage: Stage) -> None:
    drafts_its_readiness(stage, "contributor", "ccg", "And again in June.")
    drafts_its_readiness(stage, "council", "council", "Not yet said to anybody.")


@step()
def lists_are_changed_from_a_day_on(stage: Stage) -> None:
    """Public to everybody who is signed in: the same in every world."""
    by, day = stage.by("portal_administrator"), london_day(stage.now) + timedelta(days=30)
    change_row(
        by=by,
        now=stage.now,
        list_code="confidence_scale",
        code="heard",
        seen=0,
        starts_on=day,
        wording=Wording(
            cells={"rank": "1", "label": "Hearsay", "definition": "Nobody has checked."},
            source="The groups' own wish",
            status="judgement",
        ),
        reason="A plainer word.",
    )
    retire_row(
        by=by,
        now=stage.now,
        list_code="source_reliability",
        code="not_assessable",
        seen=0,
        starts_on=day,
        reason="Nobody used it.",
    )


@step(at=NOON)
def the_clockwork_runs_again(stage: Stage) -> None:
    """Nothing is overdue unhandled when everybody looks, in either world."""
    the_clockwork(stage)


@step(at=NOON)
def no_mail_can_be_brought(stage: Stage) -> None:
    """Then pages say who is to be rung, and of what."""
    Delivery.objects.filter(state__in=WAITING).update(reason="busy", attempts=PASSED_ON_AFTER)
