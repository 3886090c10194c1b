from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from access.refusals import Invalid, NotNow, NotPermitted
from actions import rules
from actions.models import Action, Turn
from actions.operations import (
    accept_action,
    agree_counter,
    complete_action,
    counter_action,
    decline_action,
    keep_to_what_was_asked,
    record_progress,
    withdraw_action,
)
from agencies.models import Membership
from audit.models import Line
from clocks.models import Clock
from notifications.inbox import line_of
from notifications.models import Message
from tests.integration.actions.conftest import Ask
from tests.response import Bodies, person, room

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Deeds = {
    "accept": (accept_action, {}),
    "decline": (decline_action, {"reason": "We inspected last week."}),
    "counter": (counter_action, {"statement": "A visit by day.", "due_at": DAY, "reason": "No night staff."}),
    "agree": (agree_counter, {}),
    "keep": (keep_to_what_was_asked, {"reason": "It happens at night."}),
    "progress": (record_progress, {"text": "Team named.", "rag": "amber", "risk": "moderate"}),
    "complete": (complete_action, {"evidence": "Report of 3 March.", "risk": "low"}),
    "withdraw": (withdraw_action, {"reason": "Another body did it."}),
}
ASKED_SIDE = {"accept", "decline", "counter", "progress", "complete"}
POSSIBLE = {
    "offered": {"accept", "decline", "counter", "withdraw"},
    "countered": {"accept", "decline", "agree", "keep", "withdraw"},
    "accepted": {"progress", "complete", "withdraw"},
    "declined": set(),
    "done": set(),
    "withdrawn": set(),
}


class Doing:
    """Does a deed to an action as the person who usually would, at a moment."""

    def __init__(self, world: Bodies) -> None:
        self.world = world

    def __call__(self, deed: str, action: Action, **otherwise: object) -> Action:
        operation, usual = Deeds[deed]
        now = otherwise.pop("now", self.world.now)
        said = {name: now + one if isinstance(one, timedelta) else one for name, one in usual.items()}
        user = self.world.cqc_lead if deed in ASKED_SIDE else self.world.ccg_lead
        asked = {"by": self.world.by(user), "now": now, "action": action, "seen": action.turn}
        return operation(**{**asked, **said, **otherwise})


@pytest.fixture
def do(world: Bodies) -> Doing:
    return Doing(world)


@pytest.fixture
def brought_to(ask: Ask, do: Doing):
    """Bring an action to a status, through the operations."""
    ways = {
        "offered": [],
        "countered": ["counter"],
        "accepted": ["accept"],
        "declined": ["decline"],
        "done": ["accept", "complete"],
        "withdrawn": ["withdraw"],
    }

    def bring(status: str) -> Action:
        action = ask()
        for deed in ways[status]:
            action = do(deed, action)
        assert action.status == status
        return action

    return bring


@pytest.mark.parametrize("status", rules.TRANSITIONS)
@pytest.mark.parametrize("deed", Deeds)
def test_each_deed_is_possible_where_it_should_be_and_nowhere_else(brought_to, do, status, deed):
    action = brought_to(status)
    if deed in POSSIBLE[status]:
        after = do(deed, action)
        assert after.turn == action.turn + 1
        assert Turn.objects.filter(action=action).count() == after.turn
        return
    with pytest.raises(NotNow, match=rules.ALREADY[status]):
        do(deed, action)
    assert Action.objects.get(pk=action.pk).turn == action.turn


@pytest.mark.parametrize("deed", sorted(ASKED_SIDE))
def test_another_body_answers_nothing_and_is_told_why(world, ask, do, deed):
    action = ask(origin=room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)))
    for user in (world.tda_lead, world.ccg_lead):
        with pytest.raises(NotPermitted, match="Only Care Quality Commission can do this"):
            do(deed, action, by=world.by(user))


@pytest.mark.parametrize("deed", sorted(Deeds))
def test_an_action_out_of_sight_does_not_exist(world, ask, do, deed):
    action = ask()
    with pytest.raises(Http404):
        do(deed, action, by=world.by(world.tda_lead))


@pytest.mark.parametrize("deed", ["accept", "decline", "counter"])
def test_only_a_lead_answers_for_the_body_asked(world, ask, do, deed):
    with pytest.raises(NotPermitted, match="Your role at Care Quality Commission"):
        do(deed, ask(), by=world.by(world.cqc_worker))


@pytest.mark.parametrize("deed", ["progress", "complete"])
def test_whoever_works_there_says_how_it_goes_and_a_reader_does_not(world, brought_to, do, deed):
    action = brought_to("accepted")
    with pytest.raises(NotPermitted):
        do(deed, action, by=world.by(world.cqc_reader))
    do(deed, action, by=world.by(world.cqc_worker))


@pytest.mark.parametrize("deed", ["agree", "keep", "withdraw"])
def test_only_the_body_that_asked_speaks_for_it(world, brought_to, do, deed):
    action = brought_to("countered")
    for user in (world.cqc_lead, world.ccg_reader):
        with pytest.raises(NotPermitted, match="Only NHS Example CCG asked for this"):
            do(deed, action, by=world.by(user))


@pytest.mark.parametrize("deed", sorted(Deeds))
def test_what_somebody_did_meanwhile_is_not_written_over(ask, do, brought_to, world, deed):
    stood = next(status for status, deeds in POSSIBLE.items() if deed in deeds)
    action = brought_to(stood)
    with pytest.raises(NotNow, match=r"took a turn on this action at midday, while you were writing"):
        do(deed, action, seen=action.turn - 1)
    assert Action.objects.get(pk=action.pk).turn == action.turn


@pytest.mark.parametrize(
    ("deed", "field"),
    [
        ("decline", "reason"),
        ("counter", "reason"),
        ("counter", "statement"),
        ("keep", "reason"),
        ("withdraw", "reason"),
        ("progress", "text"),
        ("complete", "evidence"),
    ],
)
@pytest.mark.parametrize("words", ["", "x" * 4001, "Ask for 943 476 5919."])
def test_words_are_needed_can_be_kept_and_name_no_patient(brought_to, do, deed, field, words):
    action = brought_to(next(status for status, deeds in POSSIBLE.items() if deed in deeds))
    with pytest.raises(Invalid) as refusal:
        do(deed, action, **{field: words})
    assert set(refusal.value.errors) == {field}
    assert Action.objects.get(pk=action.pk).turn == action.turn


def test_words_that_may_be_left_out_name_no_patient_either(brought_to, do):
    for deed, status in (("accept", "offered"), ("agree", "countered")):
        with pytest.raises(Invalid) as refusal:
            do(deed, brought_to(status), text="Ask for 943 476 5919.")
        assert set(refusal.value.errors) == {"text"}


# Accepting


def test_accepting_starts_the_clock_of_the_body_asked(world, ask, do):
    action = do("accept", ask(), text="We start on Monday.", lead=world.cqc_worker.pk)
    assert (action.status, action.rag, action.accepted_at) == ("accepted", "green", world.now)
    assert action.led_by == "Quiz Worker"
    clock = Clock.objects.get(record=action.pk)
    assert (clock.kind, clock.state, clock.due_at) == ("action", "running", action.due_at)
    assert clock.responsible_agency == world.cqc
    assert Line.objects.filter(deed="action.accepted", record_id=action.pk).count() == 1


def test_an_acceptance_by_telephone_keeps_both_moments(world, ask, do):
    action = ask(happened_at=world.now - 5 * HOUR)
    action = do("accept", action, happened_at=world.now - HOUR)
    assert Clock.objects.get(record=action.pk).started_at == world.now - HOUR
    turn = action.turns.get(deed="accepted")
    assert (turn.happened_at, turn.recorded_at) == (world.now - HOUR, world.now)


@pytest.mark.parametrize(("moment", "words"), [(HOUR, "not come yet"), (-HOUR, "before what it answers")])
def test_an_acceptance_at_an_impossible_moment_is_refused(world, ask, do, moment, words):
    with pytest.raises(Invalid, match=words):
        do("accept", ask(), happened_at=world.now + moment)
    assert not Clock.objects.exists()


def test_what_is_already_past_its_time_is_countered_not_accepted(world, ask, do):
    action = ask(due_at=world.now + HOUR)
    with pytest.raises(Invalid, match="still to come"):
        do("accept", action, now=world.now + HOUR)


def test_an_acceptance_told_late_may_be_born_missed(world, ask, do):
    action = ask(due_at=world.now + 2 * HOUR)
    do("accept", action, now=world.now + 3 * HOUR, happened_at=world.now + HOUR)
    clock = Clock.objects.get(record=action.pk)
    assert clock.state == "missed"


def test_the_lead_is_a_person_at_the_body_asked(world, ask, do):
    action = ask(lead_name="Whoever is on duty")
    for stranger in (world.ccg_lead.pk, uuid4()):
        with pytest.raises(Invalid, match="Choose a person at Care Quality Commission"):
            do("accept", action, lead=stranger)
    administrator = person("Cy Admin", world.cqc, "agency_administrator")
    Membership.objects.filter(user=world.cqc_worker).update(ends_on=world.now.date())
    for one in (administrator, world.cqc_worker):
        with pytest.raises(Invalid):
            do("accept", action, lead=one.pk)
    assert do("accept", action).led_by == "Whoever is on duty"


def test_a_proposal_says_who_would_lead_it(world, ask, do):
    with pytest.raises(Invalid, match="Choose a person at Care Quality Commission"):
        do("counter", ask(), lead=world.ccg_lead.pk)
    action = do("agree", do("counter", ask(), lead=world.cqc_worker.pk))
    assert action.lead == world.cqc_worker


def test_the_lead_may_have_no_account(ask, do):
    assert do("accept", ask(), lead_name=" Dr Patel ").led_by == "Dr Patel"


def test_the_body_asked_may_take_back_its_proposal_and_accept(brought_to, do):
    action = do("accept", brought_to("countered"))
    assert action.statement == "Inspect the maternity ward at night."
    assert (action.counter_statement, action.counter_due_at) == ("", None)


# Another way


def test_what_was_asked_stands_until_the_asker_agrees(world, brought_to, do):
    action = brought_to("countered")
    assert action.statement == "Inspect the maternity ward at night."
    assert action.counter_statement == "A visit by day."
    action = do("agree", action, text="Fine.")
    assert (action.status, action.statement) == ("accepted", "A visit by day.")
    clock = Clock.objects.get(record=action.pk)
    assert clock.due_at == action.due_at == world.now + DAY
    assert [turn.deed for turn in action.turns.all()] == ["asked", "countered", "agreed"]


def test_an_agreement_comes_too_late_when_the_time_proposed_has_passed(world, brought_to, do):
    with pytest.raises(NotNow, match="time they proposed has passed"):
        do("agree", brought_to("countered"), now=world.now + DAY)


def test_keeping_to_what_was_asked_offers_it_again(world, brought_to, do):
    action = do("keep", brought_to("countered"))
    assert action.status == "offered"
    assert action.counter_due_at is None
    assert Message.objects.filter(event="action.asked", recipient=world.cqc_lead, ended_at=None).count() == 1
    do("accept", action)


def test_a_proposal_of_nothing_else_is_refused(ask, do):
    action = ask()
    with pytest.raises(Invalid, match="accept it"):
        do("counter", action, statement=action.statement, due_at=action.due_at)
    with pytest.raises(Invalid, match="still to come"):
        do("counter", action, due_at=action.record.recorded_at)


# Doing


def test_progress_changes_how_it_stands_and_the_first_risk_stays(brought_to, do):
    action = do("progress", brought_to("accepted"), rag="red", risk="critical")
    assert (action.rag, action.current_risk, action.initial_risk) == ("red", "critical", "serious")
    with pytest.raises(Invalid):
        do("progress", action, rag="purple")


def test_done_in_time_meets_the_clock(brought_to, do, world):
    action = do("complete", brought_to("accepted"), now=world.now + DAY)
    assert (action.evidence, action.ended_at) == ("Report of 3 March.", world.now + DAY)
    assert Clock.objects.get(record=action.pk).state == "met"
    with pytest.raises(Invalid):
        do("complete", brought_to("accepted"), risk="unheard of")


@pytest.mark.parametrize(("done", "state"), [(9 * DAY, "met_recorded_late"), (11 * DAY, "met_late")])
def test_done_and_recorded_late_keeps_both_moments(brought_to, do, world, done, state):
    action = do("progress", brought_to("accepted"), now=world.now + 10 * DAY)
    action = do("complete", action, now=world.now + 12 * DAY, happened_at=world.now + done)
    clock = Clock.objects.get(record=action.pk)
    assert (clock.state, clock.met_at) == (state, world.now + done)


def test_done_before_it_was_accepted_cannot_be(world, brought_to, do):
    action = brought_to("accepted")
    with pytest.raises(Invalid, match="before what it answers"):
        do("complete", action, now=world.now + DAY, happened_at=world.now - HOUR)


def test_withdrawing_an_accepted_action_stops_its_clock(brought_to, do):
    action = do("withdraw", brought_to("accepted"))
    clock = Clock.objects.get(record=action.pk)
    assert (clock.state, clock.stop_reason) == ("stopped", "withdrawn")


# Telling


def test_the_other_side_is_told_of_each_turn(world, brought_to, do):
    action = brought_to("accepted")
    told = Message.objects.filter(event="action.changed")
    assert {one.recipient for one in told} == {world.ccg_lead}
    assert not Message.objects.filter(event="action.asked", ended_at=None).exists()
    do("withdraw", action)
    assert set(told.filter(detail__turn=3).values_list("recipient", flat=True)) == {world.cqc_lead.pk}
    message = told.get(detail__turn=3)
    assert line_of(message, world.now).sentence == "NHS Example CCG, about an action: withdrawn."
    assert not hasattr(message, "delivery")


def test_the_lead_is_told_when_it_is_withdrawn(world, ask, do):
    action = do("accept", ask(), lead=world.cqc_worker.pk)
    do("withdraw", action)
    told = Message.objects.filter(event="action.changed", detail__turn=3)
    assert set(told.values_list("recipient", flat=True)) == {world.cqc_lead.pk, world.cqc_worker.pk}


def test_a_body_that_asked_itself_tells_its_others(world, ask, do):
    second = person("Dee Second", world.ccg, "agency_lead")
    action = ask(asked=world.ccg.pk, power_kind="none", power="")
    do("accept", action, by=world.by(world.ccg_lead))
    assert Message.objects.get(event="action.changed").recipient == second


# What the clock's steps tell


def test_the_names_in_the_steps_are_people(world, ask, do):
    from actions.operations.telling import RECIPIENTS

    action = do("accept", ask(), lead=world.cqc_worker.pk)
    clock = Clock.objects.get(record=action.pk)
    assert {name: RECIPIENTS[name](clock, world.now) for name in RECIPIENTS} == {
        "lead": [world.cqc_worker.pk],
        "agency lead": [world.cqc_lead.pk],
        "chair": [world.ccg_lead.pk],
    }
    Action.objects.filter(pk=action.pk).update(lead=None)
    assert RECIPIENTS["lead"](clock, world.now) == []


# The database holds it too


def test_the_database_keeps_every_turn_and_refuses_half_states(world, brought_to):
    action = brought_to("accepted")
    for change in (
        lambda: Turn.objects.filter(action=action).update(text="something else"),
        lambda: Turn.objects.filter(action=action).delete(),
        lambda: Action.objects.filter(pk=action.pk).update(status="done"),
        lambda: Action.objects.filter(pk=action.pk).update(status="countered"),
        lambda: Action.objects.filter(pk=action.pk).update(status="lost"),
        lambda: Action.objects.filter(pk=action.pk).update(ended_at=world.now),
        lambda: Action.objects.filter(pk=action.pk).update(power=""),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
